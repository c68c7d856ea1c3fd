//! The vocabulary in the order of its bytes, to find all tokens that can come next at once.

use crate::tokenizer::Tokenizer;

/// Tokens that stand for bytes, in the order of these, and those that end a reply.
#[derive(Debug)]
pub(super) struct Vocabulary<'a> {
    tokenizer: &'a Tokenizer,
    sorted: Vec<u32>,
    ends: Vec<u32>,
}

impl<'a> Vocabulary<'a> {
    pub(super) fn new(tokenizer: &'a Tokenizer) -> Self {
        let all = || 0..tokenizer.vocab() as u32;
        let mut sorted: Vec<u32> = all()
            .filter(|&token| !tokenizer.is_control(token) && !tokenizer.bytes(token).is_empty())
            .collect();
        sorted.sort_unstable_by_key(|&token| tokenizer.bytes(token));
        Self {
            tokenizer,
            sorted,
            ends: all().filter(|&token| tokenizer.is_end(token)).collect(),
        }
    }

    pub(super) fn bytes(&self, token: u32) -> &'a [u8] {
        self.tokenizer.bytes(token)
    }

    pub(super) fn ends(&self) -> &[u32] {
        &self.ends
    }

    /// Calls `allow` for every token whose bytes `step` takes one after the other from `state` on,
    /// with the state that they lead to.
    pub(super) fn walk<S: Copy>(
        &self,
        state: S,
        step: &mut impl FnMut(S, u8) -> Option<S>,
        allow: &mut impl FnMut(u32, S),
    ) {
        self.descend(&self.sorted, 0, state, step, allow);
    }

    /// The same for tokens whose first `depth` bytes are equal and led to `state`.
    fn descend<S: Copy>(
        &self,
        tokens: &[u32],
        depth: usize,
        state: S,
        step: &mut impl FnMut(S, u8) -> Option<S>,
        allow: &mut impl FnMut(u32, S),
    ) {
        let ended = tokens.partition_point(|&token| self.bytes(token).len() == depth);
        let (here, mut rest) = tokens.split_at(ended);
        here.iter().for_each(|&token| allow(token, state));
        while let Some(&first) = rest.first() {
            let byte = self.bytes(first)[depth];
            let same = rest.partition_point(|&token| self.bytes(token)[depth] == byte);
            let (below, others) = rest.split_at(same);
            if let Some(next) = step(state, byte) {
                self.descend(below, depth + 1, next, step, allow);
            }
            rest = others;
        }
    }
}
