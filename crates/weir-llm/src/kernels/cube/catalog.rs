//! Every kernel that a model can launch, without a device: for compilers that look at them all.

use super::recipe::{Output, Recipe, Row};
use crate::kernels::work::Work;
use crate::kernels::{Format, Heads, Matrix};

/// The sizes of a model, as far as its kernels depend on them.
#[derive(Debug, Clone, Copy)]
pub struct KernelSizes {
    /// Its layers' sizes.
    pub layer: Work,
    /// Tokens in the vocabulary.
    pub vocab: usize,
    /// Tokens that the cache has room for.
    pub context: usize,
    /// Added under the root of the RMS norm.
    pub eps: f32,
}

impl KernelSizes {
    /// A model of `[hidden, ffn]` columns and `[query heads, kv heads, head width]`, which adds 1e-5
    /// under the root.
    #[must_use]
    pub const fn new(
        [hidden, ffn]: [usize; 2],
        [query, kv, dim]: [usize; 3],
        vocab: usize,
        context: usize,
    ) -> Self {
        Self {
            layer: Work {
                hidden,
                heads: Heads { query, kv, dim },
                ffn,
            },
            vocab,
            context,
            eps: 1e-5,
        }
    }
}

/// What each kernel computes, and its text in WGSL, for a model of these sizes whose matrices are all
/// of the same `format`.
#[must_use]
pub fn kernels_of(sizes: KernelSizes, format: Format) -> Vec<(String, String)> {
    let KernelSizes {
        layer,
        vocab,
        context,
        eps,
    } = sizes;
    let Work { hidden, heads, ffn } = layer;
    let eps = eps.into();
    let matrix = |rows, cols| Matrix { rows, cols, format };
    let table = matrix(vocab, hidden);
    let qkv = matrix(heads.qkv(), hidden);
    let output = matrix(hidden, heads.q());
    let gate = matrix(2 * ffn, hidden);
    let down = matrix(hidden, ffn);
    let normed = |weight, row, output| Recipe::Linear {
        weight,
        norm: Some(eps),
        row,
        output,
    };
    let added = |weight| Recipe::Linear {
        weight,
        norm: None,
        row: Row::Only,
        output: Output::Add,
    };
    let tile = |weight, output| Recipe::LinearTile { weight, output };
    let mut recipes = vec![
        Recipe::Embed(table),
        normed(table, Row::Only, Output::Store),
        normed(table, Row::Last, Output::Store),
        tile(table, Output::Store),
        Recipe::RmsNorm { cols: hidden, eps },
        normed(qkv, Row::Only, Output::Store),
        tile(qkv, Output::Store),
        Recipe::RopeAppend { heads, context },
        Recipe::Attention { heads, context },
        added(output),
        tile(output, Output::Add),
        normed(gate, Row::Only, Output::Gate),
        tile(gate, Output::Gate),
        added(down),
        tile(down, Output::Add),
        Recipe::SumRows { cols: hidden },
        Recipe::Argmax { cols: vocab },
        Recipe::Choose { cols: vocab },
    ];
    if layer.fits() {
        recipes.extend([
            Recipe::Begin { work: layer, table },
            Recipe::Attend {
                work: layer,
                qkv,
                output,
                context,
                eps,
            },
            Recipe::Feed {
                work: layer,
                gate,
                down,
                eps,
            },
            Recipe::Settle(layer),
        ]);
    }
    recipes
        .into_iter()
        .map(|recipe| (format!("{recipe:?}"), recipe.text()))
        .collect()
}
