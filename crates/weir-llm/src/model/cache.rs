//! Keys and values of the tokens that were read so far.

use super::Layer;
use crate::device::floats;
use crate::kernels::pack::Order;
use crate::kernels::{Heads, Recording, Work, scalar};
use burn::backend::DispatchTensor;
use burn::tensor::{Device, Tensor};
use std::sync::Arc;

/// Keys and values of every layer, and how many tokens they hold.
///
/// They take `2 · layers · kv_heads · head_dim · 4` bytes per token, e.g. 46,080 bytes per token or
/// 94 MB for 2,048 tokens of SmolLM2-135M. A GPU has memory for the whole context from the start, a
/// CPU for at most twice as many tokens as there are.
#[derive(Debug)]
pub struct KvCache {
    pub(super) layers: Vec<KvLayer>,
    /// Cosine and sine of every pair at every position, `[context, dim]`.
    pub(super) turns: DispatchTensor,
    pub(super) single: Single,
    pub(super) len: usize,
    context: usize,
}

/// How a single token passes through the layers.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a cache has one, and it is not moved about"
)]
pub(super) enum Single {
    /// Like several tokens: six operations to a layer.
    Apart,
    /// By [`LlmOps::attend`](crate::kernels::LlmOps::attend) and
    /// [`LlmOps::feed`](crate::kernels::LlmOps::feed), two operations to a layer, which hand on this
    /// tensor.
    Fused {
        sizes: Work,
        work: DispatchTensor,
        /// The layers' launches, once there were any.
        recorded: Option<Recorded>,
    },
}

impl Single {
    /// Two operations for each layer if they are `fused`, which is worth it on a GPU: what a launch
    /// takes there is more than what it takes to sum something up twice.
    pub(super) fn new(fused: Option<Work>, device: &Device) -> Self {
        match fused {
            Some(sizes) => Self::Fused {
                sizes,
                work: Tensor::<1>::empty([sizes.len()], device).into_dispatch(),
                recorded: None,
            },
            None => Self::Apart,
        }
    }
}

/// The launches of all layers for a single token: the same for each one, since keys, values and work
/// are changed in place. Kept beside these, and with the weights, for as long as they are repeated.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) layers: Arc<[Layer]>,
    /// `None` if the device cannot record: then they are launched each time.
    pub(super) recording: Option<Recording>,
}

impl Recorded {
    /// Enqueues the launches once more; `false` if that cannot be done, and nothing was enqueued.
    pub(super) fn repeat(&self) -> bool {
        self.recording.as_ref().is_some_and(Recording::repeat)
    }
}

/// Keys and values of one layer, `[kv, context, dim]` each; of the context, as far as there is memory.
#[derive(Debug)]
pub(super) struct KvLayer {
    pub(super) keys: DispatchTensor,
    pub(super) values: DispatchTensor,
}

/// Tokens that a CPU has memory for at first.
const FIRST: usize = 64;

impl KvCache {
    pub(super) fn new(
        layers: usize,
        heads: Heads,
        frequencies: &[f64],
        fused: Option<Work>,
        context: usize,
        device: &Device,
    ) -> Self {
        let room = match Order::of(device) {
            Order::Quads => context.min(FIRST),
            Order::BlockMajor => context,
        };
        let shape = [heads.kv, room, heads.dim];
        let empty = || Tensor::<3>::empty(shape, device).into_dispatch();
        let turns = (0..context)
            .flat_map(|position| scalar::turn(position, frequencies, heads.dim))
            .collect();
        Self {
            layers: (0..layers)
                .map(|_| KvLayer {
                    keys: empty(),
                    values: empty(),
                })
                .collect(),
            turns: floats(turns, device),
            single: Single::new(fused, device),
            len: 0,
            context,
        }
    }

    /// How many tokens it holds.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether it holds no token.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many tokens it has room for.
    #[must_use]
    pub const fn context(&self) -> usize {
        self.context
    }

    /// Forgets all tokens but the first `len`; nothing if there are fewer.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }
}
