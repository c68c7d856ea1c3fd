//! Activations as blocks of integers that share a scale.

use super::product::lanes::{self, V};
use super::product::{bytes::Bytes, words::Words};
use crate::kernels::BLOCK;
use std::array::from_fn;

/// Rounds to 16 bits.
pub(super) fn words(x: &[f32]) -> Vec<Words> {
    let round = |block| {
        let Rounded { words, scale, sum } = round(block, i16::MAX);
        let pairs = words.map(|words| lanes::to_integers(lanes::evens_first(words)));
        Words {
            quants: from_fn(|i| from_fn(|odd| pairs[i / 2][i % 2 * 2 + odd])),
            scale,
            sum,
        }
    };
    x.as_chunks().0.iter().map(round).collect()
}

/// Rounds to bytes.
pub(super) fn bytes(x: &[f32]) -> Vec<Bytes> {
    let round = |block| {
        let Rounded { words, scale, sum } = round(block, i8::MAX.into());
        let fours: [_; 2] =
            from_fn(|i| lanes::to_integers(lanes::narrow_i16(words[2 * i], words[2 * i + 1])));
        Bytes {
            quants: from_fn(|i| fours[i / 4][i % 4]),
            scale,
            sum,
        }
    };
    x.as_chunks().0.iter().map(round).collect()
}

/// A block of activations as integers.
struct Rounded {
    words: [V; 4],
    /// What an integer stands for.
    scale: f32,
    /// The sum of all activations as rounded.
    sum: f32,
}

/// A block as integers of magnitudes up to `highest`.
#[inline(always)]
fn round(block: &[f32; BLOCK], highest: i16) -> Rounded {
    let fours: [V; 8] = from_fn(|i| lanes::floats(&block.as_chunks().0[i]));
    let largest = lanes::to_floats(fours.into_iter().fold(lanes::zero(), lanes::largest));
    let scale = largest.into_iter().fold(0.0, f32::max) / f32::from(highest);
    let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
    let whole = |i: usize| lanes::nearest(fours[i], inverse);
    let words: [V; 4] = from_fn(|i| lanes::narrow_i32(whole(2 * i), whole(2 * i + 1)));
    let ones = lanes::splat(0x0001_0001);
    let sums = words.map(|words| lanes::dot_words(words, ones));
    let sums = sums.into_iter().fold(lanes::zero(), lanes::add_i32);
    let sum: i32 = lanes::to_integers(sums).iter().sum();
    Rounded {
        words,
        scale,
        sum: scale * sum as f32,
    }
}
