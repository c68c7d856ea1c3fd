//! Byte-pair encoding: joining the two neighbours that were joined earliest in training, again and
//! again, until none are left that were ever joined.
//!
//! Sennrich, Haddow, Birch: *Neural Machine Translation of Rare Words with Subword Units* (2016).

use super::join::join;
use std::collections::HashMap;

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
        let rule = |left, right| {
            let merge = self.pairs.get(&(left, right))?;
            Some((merge.rank, merge.joined))
        };
        out.extend(join(word, rule).filter(|&token| token != UNKNOWN));
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
