//! TMO's response estimator: the mean score of the five nearest logged turns.

use super::{
    choice::Choice,
    neighbours::{NEIGHBOURS, Point, Tree, WIDTH},
    state::State,
};

/// Added to each distance before its reciprocal becomes a weight.
const NEAREST: f64 = 1e-6;

/// Response scores by state and action, from logged ones. As in the reference, the estimate from
/// the training dialogues is the truth in the test dialogues too; their own scores are not used.
#[derive(Clone, Debug)]
pub struct Estimator {
    tree: Tree,
    scores: Vec<f64>,
}

impl Estimator {
    /// Of logged turns, each a state, what was done, and the score; their order decides between
    /// equal ones. `None` of fewer than five.
    #[must_use]
    pub fn fit(logged: impl IntoIterator<Item = (State, Choice, f64)>) -> Option<Self> {
        let mut logged: Vec<(Point, f64)> = logged
            .into_iter()
            .map(|(state, choice, score)| (point(&state, choice), score))
            .collect();
        logged.sort_by(|(one, _), (other, _)| one.iter().rev().cmp(other.iter().rev()));
        let (points, scores): (Vec<_>, Vec<_>) = logged.into_iter().unzip();
        (points.len() >= NEIGHBOURS).then(|| Self {
            tree: Tree::new(points),
            scores,
        })
    }

    /// The response score of answering `state` by `choice`.
    #[must_use]
    pub fn response(&self, state: &State, choice: Choice) -> f64 {
        let (sum, weights) = self.tree.nearest(&point(state, choice)).fold(
            (0.0, 0.0),
            |(sum, weights), (squared, place)| {
                let weight = 1.0 / (f64::from(squared).sqrt() + NEAREST);
                (sum + weight * self.scores[place], weights + weight)
            },
        );
        sum / weights
    }
}

fn point(state: &State, choice: Choice) -> Point {
    let mut point = [0; WIDTH];
    let (past, present) = point.split_at_mut(state.numbers().len());
    past.copy_from_slice(state.numbers());
    present.copy_from_slice(&choice.flags());
    point
}
