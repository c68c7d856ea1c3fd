//! The nearest logged turns, in a k-d tree (Bentley 1975).
//!
//! States are small whole numbers, so many logged turns are equally far away, and which of them
//! count as the nearest five decides the estimate. Ties therefore have to fall as in the reference
//! (scikit-learn's tree): the same splits, the same order within a leaf, the same order of visits,
//! and the same heap, which turns away what is only as near as its farthest.

use std::ops::Range;

use super::{choice::VIEWS, select::select, state};

/// Numbers of a state and an action.
pub(super) const WIDTH: usize = state::WIDTH + 1 + VIEWS;
/// Neighbours that are looked for.
pub(super) const NEIGHBOURS: usize = 5;
/// A leaf holds about this many points.
const LEAF: f64 = 30.0;

/// A state and an action.
pub(super) type Point = [i8; WIDTH];

/// Points by place.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    points: Vec<Point>,
    /// Places of the points, those of a node side by side.
    order: Vec<usize>,
    /// A full binary tree; the children of `k` are `2k + 1` and `2k + 2`.
    nodes: Vec<Node>,
}

/// A box around some of the points.
#[derive(Clone, Debug)]
struct Node {
    points: Range<usize>,
    low: Point,
    high: Point,
}

/// A point that was found: its squared distance and its place.
pub(super) type Found = (i32, usize);

impl Tree {
    pub(super) fn new(points: Vec<Point>) -> Self {
        let levels = (points.len().saturating_sub(1) as f64 / LEAF)
            .max(1.0)
            .log2() as u32
            + 1;
        let nodes = 2_usize.pow(levels) - 1;
        let mut tree = Self {
            order: (0..points.len()).collect(),
            points,
            nodes: Vec::with_capacity(nodes),
        };
        let mut ranges: Vec<_> = std::iter::once(0..tree.order.len()).collect();
        for place in 0..nodes {
            let range = ranges[place].clone();
            let node = tree.bound(range.clone());
            if ranges.len() < nodes {
                let middle = range.len() / 2;
                let widest = node.widest();
                let points = &tree.points;
                select(&mut tree.order[range.clone()], middle, |place| {
                    (points[place][widest], place)
                });
                ranges.push(range.start..range.start + middle);
                ranges.push(range.start + middle..range.end);
            }
            tree.nodes.push(node);
        }
        tree
    }

    fn bound(&self, points: Range<usize>) -> Node {
        let (mut low, mut high) = ([i8::MAX; WIDTH], [i8::MIN; WIDTH]);
        for place in &self.order[points.clone()] {
            for (dimension, value) in self.points[*place].into_iter().enumerate() {
                low[dimension] = low[dimension].min(value);
                high[dimension] = high[dimension].max(value);
            }
        }
        Node { points, low, high }
    }

    /// The nearest points, in no order. A tree of fewer points gives fewer.
    pub(super) fn nearest(&self, to: &Point) -> impl Iterator<Item = Found> {
        let mut heap = Heap([(i32::MAX, 0); NEIGHBOURS]);
        self.visit(0, self.nodes[0].distance(to), to, &mut heap);
        let found = |(distance, _): &Found| *distance < i32::MAX;
        heap.0.into_iter().filter(found)
    }

    /// Offers the points below `node`, which is at least `distance` away.
    fn visit(&self, node: usize, distance: i32, to: &Point, heap: &mut Heap) {
        if distance > heap.farthest() {
            return;
        }
        let (left, right) = (2 * node + 1, 2 * node + 2);
        if left >= self.nodes.len() {
            for place in &self.order[self.nodes[node].points.clone()] {
                heap.offer((between(&self.points[*place], to), *place));
            }
            return;
        }
        let (to_left, to_right) = (
            self.nodes[left].distance(to),
            self.nodes[right].distance(to),
        );
        if to_left <= to_right {
            self.visit(left, to_left, to, heap);
            self.visit(right, to_right, to, heap);
        } else {
            self.visit(right, to_right, to, heap);
            self.visit(left, to_left, to, heap);
        }
    }
}

impl Node {
    /// The first of the dimensions in which the points lie farthest apart.
    fn widest(&self) -> usize {
        let spread =
            |dimension: usize| i32::from(self.high[dimension]) - i32::from(self.low[dimension]);
        (1..WIDTH).fold(0, |widest, next| {
            if spread(next) > spread(widest) {
                next
            } else {
                widest
            }
        })
    }

    /// The squared distance from `to` to the box.
    fn distance(&self, to: &Point) -> i32 {
        let nearest: Point = std::array::from_fn(|dimension| {
            to[dimension]
                .max(self.low[dimension])
                .min(self.high[dimension])
        });
        between(&nearest, to)
    }
}

/// The squared distance.
fn between(one: &Point, other: &Point) -> i32 {
    one.iter()
        .zip(other)
        .map(|(one, other)| {
            let apart = i32::from(*one) - i32::from(*other);
            apart * apart
        })
        .sum()
}

/// The nearest so far, the farthest of them first.
struct Heap([Found; NEIGHBOURS]);

impl Heap {
    fn farthest(&self) -> i32 {
        self.0[0].0
    }

    /// Takes `found` in for the farthest, if it is nearer.
    fn offer(&mut self, found: Found) {
        if found.0 >= self.farthest() {
            return;
        }
        let mut place = 0;
        loop {
            let left = 2 * place + 1;
            if left >= NEIGHBOURS {
                break;
            }
            let right = left + 1;
            let child = if right < NEIGHBOURS && self.0[right].0 > self.0[left].0 {
                right
            } else {
                left
            };
            if self.0[child].0 <= found.0 {
                break;
            }
            self.0[place] = self.0[child];
            place = child;
        }
        self.0[place] = found;
    }
}
