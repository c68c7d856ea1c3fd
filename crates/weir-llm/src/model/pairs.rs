//! Bringing the components of a head into the order in which the kernels turn them.

use crate::config::{ModelConfig, RopePairs};

/// The heads of a projection whose components are paired across the halves of what is turned:
/// component `i` with `i + dims / 2`.
///
/// The kernels turn neighbours. A product `q·k` stays the same if the components of both are put
/// into another order, so the rows of both projections are, once, when the model is loaded.
#[derive(Debug, Clone, Copy)]
pub(super) struct HalfPairs {
    /// Components of a head that are turned.
    dims: usize,
    /// Components of a head.
    pub(super) head_dim: usize,
}

impl HalfPairs {
    /// `None` if the pairs of this model are neighbours in the file already.
    pub(super) const fn of(config: &ModelConfig) -> Option<Self> {
        match config.rope_pairs {
            RopePairs::Neighbours => None,
            RopePairs::Halves => Some(Self {
                dims: config.rope_dims,
                head_dim: config.head_dim,
            }),
        }
    }

    /// Whole heads, each component `width` items wide, with their pairs as neighbours.
    pub(super) fn reorder<T: Copy>(self, heads: &[T], width: usize) -> Vec<T> {
        let mut out = Vec::with_capacity(heads.len());
        for head in heads.chunks_exact(self.head_dim * width) {
            for component in 0..self.head_dim {
                let from = if component < self.dims {
                    component / 2 + component % 2 * (self.dims / 2)
                } else {
                    component
                };
                out.extend_from_slice(&head[from * width..(from + 1) * width]);
            }
        }
        out
    }
}
