//! WAV files of one channel of 16-bit samples.

/// Bytes before the first sample.
const HEADER: usize = 44;

/// Writes `samples` (−1 to 1; what lies beyond is clipped) as a file of `rate` Hz.
#[must_use]
pub fn encode(samples: &[f32], rate: u32) -> Vec<u8> {
    let data = (samples.len() * 2) as u32;
    let mut file = Vec::with_capacity(HEADER + samples.len() * 2);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(HEADER as u32 - 8 + data).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    // Plain PCM, one channel; then bytes per second, bytes per sample, bits per sample.
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&rate.to_le_bytes());
    file.extend_from_slice(&(rate * 2).to_le_bytes());
    file.extend_from_slice(&2_u16.to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&data.to_le_bytes());
    for sample in samples {
        let sample = (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16;
        file.extend_from_slice(&sample.to_le_bytes());
    }
    file
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn u32_at(file: &[u8], place: usize) -> u32 {
        u32::from_le_bytes(file[place..place + 4].try_into().unwrap())
    }

    fn u16_at(file: &[u8], place: usize) -> u16 {
        u16::from_le_bytes(file[place..place + 2].try_into().unwrap())
    }

    #[test]
    fn the_header_says_what_follows() {
        let file = encode(&[0.0, 1.0, -1.0, 3.0], 16_000);
        assert_eq!(&file[0..4], b"RIFF");
        assert_eq!(u32_at(&file, 4) as usize, file.len() - 8);
        assert_eq!(&file[8..16], b"WAVEfmt ");
        assert_eq!(u32_at(&file, 16), 16);
        assert_eq!((u16_at(&file, 20), u16_at(&file, 22)), (1, 1));
        assert_eq!((u32_at(&file, 24), u32_at(&file, 28)), (16_000, 32_000));
        assert_eq!((u16_at(&file, 32), u16_at(&file, 34)), (2, 16));
        assert_eq!(&file[36..40], b"data");
        assert_eq!(u32_at(&file, 40), 8);
        let samples: Vec<_> = file[44..]
            .chunks(2)
            .map(|two| u16_at(two, 0) as i16)
            .collect();
        assert_eq!(samples, [0, 32_767, -32_767, 32_767]);
    }

    proptest! {
        #[test]
        fn a_sample_comes_back_within_half_a_step(sample in -1.0..=1.0_f32) {
            let file = encode(&[sample], 16_000);
            let back = f32::from(u16_at(&file, 44) as i16) / f32::from(i16::MAX);
            prop_assert!((back - sample).abs() <= 0.51 / f32::from(i16::MAX));
        }
    }
}
