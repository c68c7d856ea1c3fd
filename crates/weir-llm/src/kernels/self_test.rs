//! A short comparison of a device's kernels with the scalar reference, for the start of a program.

use super::compare::{Comparison, Mismatch};
use super::{Heads, Work};
use crate::gguf::GgmlType;
use crate::sampling::Sampling;
use burn::tensor::Device;

/// Why a device must not be used.
pub type SelfTestError = Mismatch;

/// Runs every operation on `device` on small fixed shapes, for one token and, with one type of
/// weights, for several, and compares the results with [`scalar`](super::scalar).
///
/// A GPU's driver or a browser's shader compiler can compute wrong numbers without any error. This
/// shows it before a visitor does, and compiles the kernels' text with whatever compiler is there.
///
/// # Errors
/// [`SelfTestError`] names the first operation that is wrong.
pub async fn self_test(device: &Device) -> Result<(), SelfTestError> {
    let comparison = Comparison::new(device);
    // One for each format in memory.
    let types = [
        GgmlType::Q4_1,
        GgmlType::Q5_1,
        GgmlType::Q8_0,
        GgmlType::F16,
        GgmlType::F32,
    ];
    for (seed, ty) in types.into_iter().enumerate() {
        comparison.projections(ty, [14, 96], 1, seed as u32).await?;
    }
    // Blocks are taken apart by the same text however many tokens there are, and a browser takes long
    // to compile.
    comparison
        .projections(GgmlType::Q4_1, [14, 96], 11, 6)
        .await?;
    let heads = Heads {
        query: 6,
        kv: 2,
        dim: 16,
    };
    for tokens in [1, 11] {
        comparison
            .attention(heads, 80, 80 - tokens, tokens, 7)
            .await?;
    }
    let sizes = Work {
        hidden: 96,
        heads: Heads {
            query: 3,
            kv: 1,
            dim: 32,
        },
        ffn: 96,
    };
    comparison
        .single(GgmlType::Q4_1, sizes, [80, 70], 10)
        .await?;
    comparison.choices(1000, Sampling::default(), 3).await?;
    comparison.argmax(1000, 8).await?;
    comparison.sum_rows([5, 40], 9).await
}
