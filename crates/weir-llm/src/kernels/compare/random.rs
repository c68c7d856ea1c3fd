//! Numbers that look random and depend on a seed alone.

use crate::gguf::GgmlType;
use half::{bf16, f16};

/// `len` numbers between -1 and 1 that depend on `seed` alone.
pub(super) fn noise(len: usize, seed: u32) -> Vec<f32> {
    (0..len as u32)
        .map(|index| mix(index ^ mix(seed)) as f32 / (u32::MAX / 2) as f32 - 1.0)
        .collect()
}

/// Rows of `len` weights in all, as a file would store them: any bits, finite scales.
pub(super) fn random_rows(ty: GgmlType, len: usize, seed: u32) -> Vec<u8> {
    let blocks = len / ty.block_size() as usize;
    let bytes = blocks * ty.block_bytes() as usize;
    let mut rows: Vec<u8> = (0..bytes as u32)
        .map(|i| mix(i ^ mix(seed)) as u8)
        .collect();
    let numbers = noise(2 * blocks, seed ^ 4 << 8);
    for (block, number) in rows
        .chunks_exact_mut(ty.block_bytes() as usize)
        .zip(numbers.chunks_exact(2))
    {
        let half = |number: f32| f16::from_f32(number).to_le_bytes();
        let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
        match ty {
            GgmlType::F32 => put(0, &number[0].to_le_bytes()),
            GgmlType::F16 => put(0, &half(number[0])),
            GgmlType::BF16 => put(0, &bf16::from_f32(number[0]).to_le_bytes()),
            GgmlType::Q4_0 | GgmlType::Q5_0 | GgmlType::Q8_0 => put(0, &half(number[0] / 100.0)),
            GgmlType::Q4_1 => {
                put(0, &half(number[0] / 10.0));
                put(2, &half(number[1]));
            }
            GgmlType::Q5_1 => {
                put(0, &half(number[0] / 20.0));
                put(2, &half(number[1]));
            }
            GgmlType::Q4K => {
                put(0, &half(number[0] / 600.0));
                put(2, &half(number[1] / 60.0));
            }
            GgmlType::Q5K => {
                put(0, &half(number[0] / 1200.0));
                put(2, &half(number[1] / 60.0));
            }
            GgmlType::Q6K => put(208, &half(number[0] / 1000.0)),
        }
    }
    rows
}

/// A hash of one word (the finaliser of MurmurHash3).
const fn mix(word: u32) -> u32 {
    let word = (word ^ word >> 16).wrapping_mul(0x85eb_ca6b);
    let word = (word ^ word >> 13).wrapping_mul(0xc2b2_ae35);
    word ^ word >> 16
}
