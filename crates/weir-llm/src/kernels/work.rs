//! What the operations of a single token hand on to each other.

use super::{BLOCK, Heads};

/// Workgroup memory that every WebGPU device has, in bytes.
const WORKGROUP_BYTES: usize = 16 << 10;

/// The sizes of a layer, and by them the places, in one tensor of floats, of what a token's
/// operations leave for the next one.
///
/// An operation reads what the one before it left as parts, each by another workgroup of a GPU, and
/// sums them up itself, in every workgroup anew: that is quicker than to wait until all are done. The
/// residual stream has two places, because what one workgroup writes none may read at that time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Work {
    /// Width of the residual stream.
    pub hidden: usize,
    /// The heads of the attention.
    pub heads: Heads,
    /// Width of the feed-forward layer.
    pub ffn: usize,
}

impl Work {
    /// Rows of the feed-forward layer that one workgroup takes.
    pub(super) const SLICE: usize = 64;

    /// Whether a layer of these sizes can be computed in two operations.
    #[must_use]
    pub const fn fits(&self) -> bool {
        self.heads.dim.is_multiple_of(BLOCK)
            && self.heads.dim <= 8 * BLOCK
            && self.attend_bytes() <= WORKGROUP_BYTES
    }

    /// Floats of the tensor.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.slice_parts() + self.slices() * self.hidden
    }

    /// Whether there is nothing at all; it never is, but `len` asks for it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Cosine and sine of each pair at the token's position, which is the first float.
    pub(super) const fn turn(&self) -> usize {
        4
    }

    /// The residual stream in front of the attention.
    pub(super) const fn before_attention(&self) -> usize {
        self.turn() + self.heads.dim
    }

    /// The residual stream in front of the feed-forward layer, without what the heads add.
    pub(super) const fn before_feed(&self) -> usize {
        self.before_attention() + self.hidden
    }

    /// What each head adds to the residual stream, `[query heads, hidden]`.
    pub(super) const fn head_parts(&self) -> usize {
        self.before_feed() + self.hidden
    }

    /// What each slice of the feed-forward layer adds to it, `[slices, hidden]`.
    pub(super) const fn slice_parts(&self) -> usize {
        self.head_parts() + self.heads.query * self.hidden
    }

    /// Slices of the feed-forward layer.
    pub(super) const fn slices(&self) -> usize {
        self.ffn.div_ceil(Self::SLICE)
    }

    /// Threads of a workgroup that attends: one for each row of a head's projections, if it may.
    pub(super) const fn attend_threads(&self) -> usize {
        let rows = 3 * self.heads.dim;
        if rows < 256 { rows } else { 256 }
    }

    /// Positions that a workgroup which attends sums up at a time: a thread takes four components.
    pub(super) const fn shares(&self) -> usize {
        self.attend_threads() / (self.heads.dim / 4)
    }

    /// Vectors of four in the memory that first holds the stream, then the shares' sums.
    pub(super) const fn room(&self) -> usize {
        let (stream, sums) = (self.hidden / 4, self.shares() * (self.heads.dim / 4));
        if stream > sums { stream } else { sums }
    }

    /// Workgroup memory of the kernel that attends: `wgsl/attend.wgsl` and `wgsl/residual.wgsl`.
    const fn attend_bytes(&self) -> usize {
        let (threads, dim) = (self.attend_threads(), self.heads.dim);
        let floats = 4 * self.room() + 3 * threads + 7 * dim + 2 * self.shares() + 4;
        floats * size_of::<f32>()
    }
}
