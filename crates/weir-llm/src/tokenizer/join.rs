//! Joining neighbours in a row, the best pair first.
//!
//! A heap of candidate pairs over a linked list makes it O(n log n) in the length of the row, so that
//! a word of a million letters is as harmless as a thousand words.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// An item of the row with its neighbours.
#[derive(Clone, Copy)]
struct Symbol<T> {
    item: T,
    previous: usize,
    next: usize,
}

/// No neighbour on that side.
const NOWHERE: usize = usize::MAX;

/// Two neighbours that can be joined. The lowest rank goes first, the leftmost among equals.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate<T, R> {
    rank: R,
    left: usize,
    right: usize,
    pair: (T, T),
    joined: T,
}

/// Joins neighbours in `row` until none are left that join. `rule` says at which rank two of them
/// join, and to what.
pub(super) fn join<T: Copy + Ord, R: Ord>(
    row: impl Iterator<Item = T>,
    rule: impl Fn(T, T) -> Option<(R, T)>,
) -> impl Iterator<Item = T> {
    let mut symbols: Vec<Symbol<T>> = row
        .enumerate()
        .map(|(at, item)| Symbol {
            item,
            previous: at.wrapping_sub(1),
            next: at + 1,
        })
        .collect();
    if let Some(last) = symbols.last_mut() {
        last.next = NOWHERE;
    }
    let candidate = |symbols: &[Symbol<T>], left: usize, right: usize| {
        let pair = (symbols[left].item, symbols[right].item);
        let (rank, joined) = rule(pair.0, pair.1)?;
        Some(Reverse(Candidate {
            rank,
            left,
            right,
            pair,
            joined,
        }))
    };
    let mut heap: BinaryHeap<_> = (1..symbols.len())
        .filter_map(|right| candidate(&symbols, right - 1, right))
        .collect();
    while let Some(Reverse(best)) = heap.pop() {
        let (left, right) = (best.left, best.right);
        // Either side may have been joined with another neighbour in the meantime.
        if symbols[left].next != right || (symbols[left].item, symbols[right].item) != best.pair {
            continue;
        }
        let after = symbols[right].next;
        symbols[left].item = best.joined;
        symbols[left].next = after;
        symbols[right].next = NOWHERE;
        if after != NOWHERE {
            symbols[after].previous = left;
            heap.extend(candidate(&symbols, left, after));
        }
        let before = symbols[left].previous;
        if before != NOWHERE {
            heap.extend(candidate(&symbols, before, left));
        }
    }
    // The first is never joined into another.
    let mut at = 0;
    std::iter::from_fn(move || {
        let symbol = symbols.get(at)?;
        at = symbol.next;
        Some(symbol.item)
    })
}
