//! Byte-pair encoding: joining the two neighbours that were joined earliest in training, again and
//! again, until none are left that were ever joined.
//!
//! Sennrich, Haddow, Birch: *Neural Machine Translation of Rare Words with Subword Units* (2016).
//! A heap of candidate pairs over a linked list makes it O(n log n) in the length of a word, so that
//! a word of a million letters is as harmless as a thousand words.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// Marks a byte that the vocabulary lacks: it joins with nothing.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// Which pairs of tokens join, in which order, and to what.
#[derive(Debug, Default)]
pub(super) struct Merges {
    pairs: HashMap<(u32, u32), Merge>,
}

#[derive(Debug, Clone, Copy)]
struct Merge {
    rank: u32,
    joined: u32,
}

/// A symbol of the word with its neighbours.
#[derive(Clone, Copy)]
struct Symbol {
    token: u32,
    previous: usize,
    next: usize,
}

/// No neighbour on that side.
const NOWHERE: usize = usize::MAX;

/// Two neighbours that can be joined. The lowest rank goes first, the leftmost among equals.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    rank: u32,
    left: usize,
    right: usize,
    pair: (u32, u32),
    joined: u32,
}

impl Merges {
    /// Adds the next pair in order; a pair that is there already keeps its place.
    pub(super) fn push(&mut self, left: u32, right: u32, joined: u32) {
        let rank = self.pairs.len() as u32;
        self.pairs
            .entry((left, right))
            .or_insert(Merge { rank, joined });
    }

    /// Joins the tokens of one word and appends what is left of them to `out`.
    pub(super) fn apply(&self, word: impl Iterator<Item = u32>, out: &mut Vec<u32>) {
        let mut symbols: Vec<Symbol> = word
            .enumerate()
            .map(|(at, token)| Symbol {
                token,
                previous: at.wrapping_sub(1),
                next: at + 1,
            })
            .collect();
        if let Some(last) = symbols.last_mut() {
            last.next = NOWHERE;
        }
        let mut heap: BinaryHeap<Reverse<Candidate>> = (1..symbols.len())
            .filter_map(|right| self.candidate(&symbols, right - 1, right))
            .collect();
        while let Some(Reverse(candidate)) = heap.pop() {
            let (left, right) = (candidate.left, candidate.right);
            // Either side may have been joined with another neighbour in the meantime.
            if symbols[left].next != right
                || (symbols[left].token, symbols[right].token) != candidate.pair
            {
                continue;
            }
            let after = symbols[right].next;
            symbols[left].token = candidate.joined;
            symbols[left].next = after;
            symbols[right].next = NOWHERE;
            if after != NOWHERE {
                symbols[after].previous = left;
                heap.extend(self.candidate(&symbols, left, after));
            }
            let before = symbols[left].previous;
            if before != NOWHERE {
                heap.extend(self.candidate(&symbols, before, left));
            }
        }
        let mut at = if symbols.is_empty() { NOWHERE } else { 0 };
        while at != NOWHERE {
            out.extend(Some(symbols[at].token).filter(|&token| token != UNKNOWN));
            at = symbols[at].next;
        }
    }

    fn candidate(
        &self,
        symbols: &[Symbol],
        left: usize,
        right: usize,
    ) -> Option<Reverse<Candidate>> {
        let pair = (symbols[left].token, symbols[right].token);
        let &Merge { rank, joined } = self.pairs.get(&pair)?;
        Some(Reverse(Candidate {
            rank,
            left,
            right,
            pair,
            joined,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::{Merges, UNKNOWN};
    use proptest::prelude::*;

    /// Joins by definition: find the lowest rank, leftmost, join, start over.
    fn by_definition(merges: &Merges, word: &[u32]) -> Vec<u32> {
        let mut word = word.to_vec();
        while let Some((_, at, joined)) = word
            .windows(2)
            .enumerate()
            .filter_map(|(at, pair)| {
                let merge = merges.pairs.get(&(pair[0], pair[1]))?;
                Some((merge.rank, at, merge.joined))
            })
            .min()
        {
            word[at] = joined;
            word.remove(at + 1);
        }
        word.retain(|&token| token != UNKNOWN);
        word
    }

    fn apply(merges: &Merges, word: &[u32]) -> Vec<u32> {
        let mut out = Vec::new();
        merges.apply(word.iter().copied(), &mut out);
        out
    }

    #[test]
    fn an_unknown_byte_keeps_its_neighbours_apart() {
        let mut merges = Merges::default();
        merges.push(0, 1, 2);
        assert_eq!(apply(&merges, &[0, 1]), [2]);
        assert_eq!(apply(&merges, &[0, UNKNOWN, 1]), [0, 1]);
        assert!(apply(&merges, &[]).is_empty());
    }

    proptest! {
        #[test]
        fn the_heap_joins_as_the_definition_says(
            pairs in prop::collection::vec((0_u32..12, 0_u32..12), 0..40),
            word in prop::collection::vec(prop_oneof![9 => 0_u32..6, 1 => Just(UNKNOWN)], 0..60),
        ) {
            let mut merges = Merges::default();
            for (at, (left, right)) in pairs.into_iter().enumerate() {
                merges.push(left, right, 6 + at as u32 % 6);
            }
            prop_assert_eq!(apply(&merges, &word), by_definition(&merges, &word));
        }
    }
}
