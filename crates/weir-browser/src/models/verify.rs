//! The hash of a file.

use sha2::{Digest, Sha256};

use super::{ObtainProgress, ReadError, StoredFile};

/// Bytes that are hashed at once; in between, the worker hears messages.
const STEP: u64 = 4 << 20;

/// SHA-256 of the whole file in hexadecimal. What is hashed is what was stored, read back.
pub(super) async fn sha256(
    stored: &StoredFile,
    on: &mut dyn FnMut(ObtainProgress),
) -> Result<String, ReadError> {
    let total = stored.len();
    let mut hasher = Sha256::new();
    let mut bytes = 0;
    while bytes < total {
        on(ObtainProgress::Verifying { bytes, total });
        let step = STEP.min(total - bytes);
        hasher.update(stored.read(bytes, step as usize).await?);
        bytes += step;
    }
    Ok(hexadecimal(&hasher.finalize()))
}

/// Two digits for each byte.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_keep_their_zeros() {
        assert_eq!(hexadecimal(&[0x00, 0x0f, 0xa0, 0xff]), "000fa0ff");
    }
}
