//! The size of a picture and the length of a clip, from their headers.

/// Width and height of a PNG or JPEG file in pixels.
pub(super) fn picture_size(bytes: &[u8]) -> Option<(u32, u32)> {
    png_size(bytes).or_else(|| jpeg_size(bytes))
}

fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let size = header.strip_prefix(b"\0\0\0\rIHDR")?;
    let (width, rest) = size.split_first_chunk()?;
    let height = rest.first_chunk()?;
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)))
}

/// Walks the segments up to the frame header (ITU-T T.81, B.2.2), which holds the size.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.strip_prefix(b"\xFF\xD8")?;
    loop {
        let (&[0xFF, marker], after) = rest.split_first_chunk()? else {
            return None;
        };
        if marker == 0xFF {
            rest = &rest[1..];
            continue;
        }
        let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
        // C4, C8 and CC lie among the frame headers and are none.
        if matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) {
            let &[_, _, _, high, low, wide, narrow] = after.first_chunk()?;
            let height = u16::from_be_bytes([high, low]);
            let width = u16::from_be_bytes([wide, narrow]);
            return Some((width.into(), height.into()));
        }
        rest = after.get(length.max(2)..)?;
    }
}

/// Seconds that a RIFF WAVE file plays: the bytes of its samples over the bytes per second of its
/// format.
pub(super) fn wav_seconds(bytes: &[u8]) -> Option<f64> {
    let mut rest = bytes
        .strip_prefix(b"RIFF")?
        .get(4..)?
        .strip_prefix(b"WAVE")?;
    let mut bytes_per_second = None;
    loop {
        let (name, after) = rest.split_first_chunk::<4>()?;
        let (length, content) = after.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        match name {
            b"fmt " => bytes_per_second = content.get(8..12)?.first_chunk().copied(),
            b"data" => {
                let rate = u32::from_le_bytes(bytes_per_second?);
                // A recorder that did not know the length yet writes too large a one.
                let samples = length.min(content.len());
                return (rate > 0).then(|| samples as f64 / f64::from(rate));
            }
            _ => {}
        }
        // Chunks of an odd length are padded by a byte.
        rest = content.get(length.checked_add(length % 2)?..)?;
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
        let signature = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        [
            signature,
            width.to_be_bytes().to_vec(),
            height.to_be_bytes().to_vec(),
        ]
        .concat()
    }

    pub(crate) fn wav(bytes_per_second: u32, samples: u32) -> Vec<u8> {
        let mut bytes = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0".to_vec();
        bytes.extend([1, 0, 1, 0]);
        bytes.extend((bytes_per_second / 2).to_le_bytes());
        bytes.extend(bytes_per_second.to_le_bytes());
        bytes.extend([2, 0, 16, 0]);
        bytes.extend(b"data");
        bytes.extend(samples.to_le_bytes());
        bytes.resize(bytes.len() + samples as usize, 0);
        bytes
    }

    #[test]
    fn a_jpegs_size_is_found_behind_its_other_segments() {
        let jpeg = b"\xFF\xD8\xFF\xE0\x00\x05abc\xFF\xFF\xDB\x00\x02\xFF\xC4\x00\x03x\xFF\xC2\x00\x11\x08\x01\xE0\x02\x80\x03";
        assert_eq!(picture_size(jpeg), Some((640, 480)));
    }

    #[test]
    fn a_clips_length_is_its_samples_over_its_rate() {
        assert_eq!(wav_seconds(&wav(32_000, 64_000)), Some(2.0));
        let unfinished = &wav(32_000, 64_000)[..60 + 32_000 - 4];
        assert!(wav_seconds(unfinished).is_some_and(|seconds| seconds < 1.1));
        assert_eq!(wav_seconds(&wav(0, 8)), None);
    }

    proptest! {
        #[test]
        fn damaged_files_never_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..64),
            head in prop::sample::select(vec![
                b"".to_vec(), b"\xFF\xD8".to_vec(), b"RIFF\0\0\0\0WAVE".to_vec(), png(1, 1),
            ]),
        ) {
            let file = [head, bytes].concat();
            picture_size(&file);
            wav_seconds(&file);
        }
    }
}
