//! TMO's response estimator (`tmo/env.py`, release 0.3.0) as a predictor: the five nearest turns.
//!
//! A turn is a point: the last five turns of its dialogue, each as where the turn before it was
//! answered (−1 none, 0 local, 1 cloud), which views went there, and its task as a number; then this
//! turn's action in the same way. Distances are Euclidean, weights their reciprocals. The score that
//! is asked for is no part of the point, and the turns before it are as they were logged.

use weir_core::{Action, Task};

use super::{logged::Logged, predictors::Predicted, split::Split};
use crate::statistics::ARMS;

const NEIGHBOURS: usize = 5;
/// Added to each distance before its reciprocal becomes a weight.
const NEAREST: f64 = 1e-6;
/// Turns of the history.
const SPAN: usize = 5;
/// Numbers of an action: cloud or not, and each view.
const ACTION: usize = ARMS - 1;
/// Numbers of a turn of the history: the action before it, and its task.
const TURN: usize = ACTION + 1;

type Point = [i8; SPAN * TURN + ACTION];

/// Predicts the scores of one part of `logged` from those of the other, clipped at `clip`.
pub(super) fn predict(logged: &Logged, split: &Split, clip: f64) -> Vec<Predicted> {
    let points = points(logged);
    split
        .judged
        .iter()
        .map(|place| {
            let mut near: Vec<(u32, f64)> = split
                .learnt
                .iter()
                .map(|other| {
                    let score = logged.replies[*other].score.min(clip);
                    (squared(&points[*place], &points[*other]), score)
                })
                .collect();
            near.sort_by_key(|(squared, _)| *squared);
            let (sum, weights) = near.iter().take(NEIGHBOURS).fold(
                (0.0, 0.0),
                |(sum, weights), (squared, score)| {
                    let weight = 1.0 / (f64::from(*squared).sqrt() + NEAREST);
                    (sum + weight * score, weights + weight)
                },
            );
            Predicted {
                mean: sum / weights,
                spread: None,
            }
        })
        .collect()
}

fn points(logged: &Logged) -> Vec<Point> {
    let mut before = None;
    let mut history = [-1; SPAN * TURN];
    logged
        .replies
        .iter()
        .map(|reply| {
            let mut last = [0; TURN];
            match before {
                Some((dialogue, action)) if dialogue == reply.dialogue => {
                    last[..ACTION].copy_from_slice(&flags(action));
                    history.copy_within(TURN.., 0);
                }
                _ => {
                    last[0] = -1;
                    history.fill(-1);
                }
            }
            last[ACTION] = number(reply.task);
            history[(SPAN - 1) * TURN..].copy_from_slice(&last);
            before = Some((reply.dialogue, reply.action));
            let mut point = [0; SPAN * TURN + ACTION];
            point[..SPAN * TURN].copy_from_slice(&history);
            point[SPAN * TURN..].copy_from_slice(&flags(reply.action));
            point
        })
        .collect()
}

fn flags(action: Action) -> [i8; ACTION] {
    std::array::from_fn(|place| {
        let set = match place.checked_sub(1) {
            None => action.is_cloud(),
            Some(slot) => action.uploads().contains(slot),
        };
        i8::from(set)
    })
}

/// The reference numbers tasks in the alphabetical order of their names.
const fn number(task: Task) -> i8 {
    match task {
        Task::Assistive => 0,
        Task::MessageEditing => 1,
        Task::Query => 2,
        Task::Recommendation => 3,
        Task::Other => 4,
    }
}

fn squared(one: &Point, other: &Point) -> u32 {
    let differences = one
        .iter()
        .zip(other)
        .map(|(one, other)| one.abs_diff(*other));
    differences
        .map(|difference| u32::from(difference).pow(2))
        .sum()
}
