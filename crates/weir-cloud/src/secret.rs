//! Keys that cannot be printed, compared or serialised.

use std::fmt;

use zeroize::Zeroizing;

/// A provider's key. Its text is reached in two ways, as a request's header and by
/// [`Secret::reveal`], and its memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

/// Bytes in a row that are as much of a key as nobody else should read.
const PIECE: usize = 6;

/// Why a text is not a key. The text itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Nothing but blanks.
    #[error("the key is empty; paste the key that the provider gave you")]
    Empty,
    /// Something a header cannot carry.
    #[error(
        "the key has a blank, a line break or a letter that keys do not have; copy it once more"
    )]
    NotAKey,
}

impl Secret {
    /// Takes a key as a person pastes it; blanks around it are dropped.
    ///
    /// # Errors
    /// [`SecretError`] if it cannot be a key: empty, or not made of visible ASCII alone.
    pub fn new(text: &str) -> Result<Self, SecretError> {
        let key = text.trim();
        if key.is_empty() {
            return Err(SecretError::Empty);
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SecretError::NotAKey);
        }
        Ok(Self(Zeroizing::new(key.to_owned())))
    }

    /// The text itself, for handing the key on where no serialiser sees it: from the page to its
    /// worker.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The value of the `Authorization` header.
    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.0.as_str())
    }

    /// `text` without the key or pieces of it, should a provider repeat it in an error.
    pub(crate) fn remove_from(&self, text: &str) -> String {
        let key = self.0.as_bytes();
        let length = key.len().min(PIECE);
        let mut of_key = vec![false; text.len()];
        for (start, run) in text.as_bytes().windows(length).enumerate() {
            if key.windows(length).any(|piece| piece == run) {
                of_key[start..start + length].fill(true);
            }
        }
        let mut rest = String::new();
        for (at, letter) in text.char_indices() {
            if !of_key[at] {
                rest.push(letter);
            } else if at == 0 || !of_key[at - 1] {
                rest.push('…');
            }
        }
        rest
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
