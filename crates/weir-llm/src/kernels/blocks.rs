//! The blocks of ggml's quantised types, taken apart.
//!
//! Whatever its type, a weight is `d·q + m` with a small integer `q`, a scale `d` that at least 16
//! neighbours share, and a minimum `m` that 32 share. Blocks of 32 weights hold, little-endian:
//!
//! | type | bytes | weight |
//! |---|---|---|
//! | Q4_0 | half `d`, 16 of nibbles | `d·(q − 8)` |
//! | Q4_1 | halves `d`, `m`, 16 of nibbles | `d·q + m` |
//! | Q5_0 | half `d`, 4 of fifth bits, 16 of nibbles | `d·(q − 16)` |
//! | Q5_1 | halves `d`, `m`, 4 of fifth bits, 16 of nibbles | `d·q + m` |
//! | Q8_0 | half `d`, 32 signed | `d·q` |
//!
//! and blocks of 256 weights, in eight groups of 32:
//!
//! | type | bytes | weight |
//! |---|---|---|
//! | Q4_K | halves `d`, `e`, 12 of six-bit `s`, `t` for each group, 128 of nibbles | `d·s·q − e·t` |
//! | Q5_K | the same, but 32 of fifth bits before the nibbles | `d·s·q − e·t` |
//! | Q6_K | 128 of nibbles, 64 of upper bits, 16 signed `s`, each for 16 weights, half `d` | `d·s·(q − 32)` |
//!
//! Layouts and formulas are those of ggml's `block_*` and `dequantize_row_*`.

use super::BLOCK;
use crate::gguf::GgmlType;
use half::f16;
use std::array;

/// Weights that share a scale.
const HALF: usize = BLOCK / 2;

/// 32 neighbouring weights: weight `i` is `scales[i / 16] · quants[i] + minimum`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// The integers.
    pub quants: [i8; BLOCK],
    /// The scale of the first 16 weights and that of the others; the same in all types but Q6_K.
    pub scales: [f32; 2],
    /// What all weights are above; 0 in the types without a minimum.
    pub minimum: f32,
}

impl Group {
    /// The weights themselves.
    #[must_use]
    pub fn weights(&self) -> [f32; BLOCK] {
        array::from_fn(|i| self.scales[i / HALF] * f32::from(self.quants[i]) + self.minimum)
    }
}

/// The groups of a block, in the order of the weights; none if `ty` is not quantised.
///
/// # Panics
/// If `block` is shorter than a block of `ty`.
pub fn groups(ty: GgmlType, block: &[u8]) -> impl Iterator<Item = Group> {
    (0..ty.block_size() as usize / BLOCK).filter_map(move |index| group(ty, block, index))
}

/// The group `index` of a block; `None` if `ty` is not quantised.
///
/// # Panics
/// If `block` is shorter than a block of `ty`, or has no such group.
#[must_use]
pub fn group(ty: GgmlType, block: &[u8], index: usize) -> Option<Group> {
    let half = |at: usize| f16::from_le_bytes([block[at], block[at + 1]]).to_f32();
    let alike = |quants, scale, minimum| Group {
        quants,
        scales: [scale; 2],
        minimum,
    };
    Some(match ty {
        GgmlType::F32 | GgmlType::F16 | GgmlType::BF16 => return None,
        GgmlType::Q4_0 => alike(nibbles(&block[2..]).map(|q| q - 8), half(0), 0.0),
        GgmlType::Q4_1 => alike(nibbles(&block[4..]), half(0), half(2)),
        GgmlType::Q5_0 => {
            let quants = with_fifth_bits(nibbles(&block[6..]), &block[2..]);
            alike(quants.map(|q| q - 16), half(0), 0.0)
        }
        GgmlType::Q5_1 => {
            let quants = with_fifth_bits(nibbles(&block[8..]), &block[4..]);
            alike(quants, half(0), half(2))
        }
        GgmlType::Q8_0 => alike(array::from_fn(|i| block[2 + i] as i8), half(0), 0.0),
        GgmlType::Q4K => {
            let [scale, minimum] = six_bits(&block[4..16], index);
            let quants = side(&block[16..], index);
            alike(quants, half(0) * scale, -(half(2) * minimum))
        }
        GgmlType::Q5K => {
            let [scale, minimum] = six_bits(&block[4..16], index);
            let low = side(&block[48..], index);
            let quants = array::from_fn(|i| low[i] | ((block[16 + i] >> index & 1) << 4) as i8);
            alike(quants, half(0) * scale, -(half(2) * minimum))
        }
        GgmlType::Q6K => {
            // Each half of the block interleaves four groups: low nibbles of two runs of bytes,
            // then their high ones; and the upper bits of all four in one run.
            let (part, place) = (index / 4, index % 4);
            let low = &block[64 * part + 32 * (place % 2)..];
            let high = &block[128 + 32 * part..];
            let quants = array::from_fn(|i| {
                let nibble = low[i] >> (place / 2 * 4) & 15;
                let upper = high[i] >> (2 * place) & 3;
                (nibble | upper << 4) as i8 - 32
            });
            let scale = |at: usize| half(208) * f32::from(block[192 + 2 * index + at] as i8);
            Group {
                quants,
                scales: [scale(0), scale(1)],
                minimum: 0.0,
            }
        }
    })
}

/// The nibbles of 16 bytes: all low ones, then all high ones.
fn nibbles(bytes: &[u8]) -> [i8; BLOCK] {
    array::from_fn(|i| (bytes[i % HALF] >> (i / HALF * 4) & 15) as i8)
}

/// Bit `i` of the first 32 is the fifth bit of integer `i`.
fn with_fifth_bits(low: [i8; BLOCK], bits: &[u8]) -> [i8; BLOCK] {
    array::from_fn(|i| low[i] | ((bits[i / 8] >> (i % 8) & 1) << 4) as i8)
}

/// The nibbles of a group in a block of 256: two groups share 32 bytes, the first has the low ones.
fn side(bytes: &[u8], index: usize) -> [i8; BLOCK] {
    array::from_fn(|i| (bytes[index / 2 * BLOCK + i] >> (index % 2 * 4) & 15) as i8)
}

/// Scale and minimum of a group, six bits each: of the first four groups they are the low bits of a
/// byte; of the others a nibble, and two of the bits that the first four leave over.
fn six_bits(bytes: &[u8], index: usize) -> [f32; 2] {
    let [scale, minimum] = match index.checked_sub(4) {
        None => [bytes[index] & 63, bytes[index + 4] & 63],
        Some(first) => [
            bytes[index + 4] & 15 | bytes[first] >> 6 << 4,
            bytes[index + 4] >> 4 | bytes[index] >> 6 << 4,
        ],
    };
    [f32::from(scale), f32::from(minimum)]
}
