//! The response model: a reply's score by who answers, task, prompt and views, from the general to the
//! particular, each drawn towards what it is a case of.

use weir_core::{Action, Task};
use weir_policy::response::Estimate;

use super::{
    logged::{Reply, arm},
    mixed::{Group, Level, Mixed, Moments},
};
use crate::statistics::{ARMS, Scores, TASKS};

/// Sides: local or cloud.
const SIDES: usize = 2;
/// Sets of the views that were logged.
const VIEW_SETS: usize = 1 << (ARMS - 2);

/// What a score may depend on, from the general to the particular.
pub const FACTORS: [&str; 8] = [
    "side (local or cloud)",
    "arm (side and number of views)",
    "task",
    "task × side",
    "task × arm",
    "set of views",
    "prompt",
    "prompt × side",
];

/// A fitted response model.
#[derive(Clone, Debug)]
pub struct Hierarchy {
    model: Mixed,
    prompts: usize,
}

/// What is expected of one reply.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// Its score.
    pub mean: f64,
    /// One standard deviation of that mean.
    pub deviation: f64,
    /// One standard deviation of a single score around that mean.
    pub spread: f64,
}

impl Hierarchy {
    /// Of single replies, with scores clipped at `clip`.
    #[must_use]
    pub fn fit<'a>(replies: impl IntoIterator<Item = &'a Reply>, clip: f64) -> Self {
        let replies: Vec<&Reply> = replies.into_iter().collect();
        let last = replies.iter().map(|reply| reply.prompt + 1).max();
        let prompts = last.unwrap_or(0);
        let groups: Vec<Group> = replies
            .into_iter()
            .map(|reply| {
                let score = reply.score.min(clip);
                Group {
                    levels: levels(
                        task(reply.task),
                        reply.arm(),
                        views(reply.action),
                        prompt(reply.prompt, prompts),
                    ),
                    count: 1.0,
                    sum: score,
                    squares: score * score,
                }
            })
            .collect();
        Self {
            model: Mixed::fit(&sizes(prompts), &groups),
            prompts,
        }
    }

    /// Of scores by task and arm, where nothing is known of prompts and views. That the prompts of a
    /// task differ then looks like noise, and the task means seem surer than they are.
    #[must_use]
    pub fn of_table(scores: &[[Scores; ARMS]; TASKS]) -> Self {
        let cells = scores.iter().enumerate().flat_map(|(task, row)| {
            let cells = row.iter().enumerate();
            cells.map(move |(arm, cell)| (task, arm, cell))
        });
        let groups: Vec<Group> = cells
            .map(|(task, arm, cell)| {
                let (count, mean) = (f64::from(cell.count), f64::from(cell.mean));
                let within = (count - 1.0).max(0.0) * f64::from(cell.deviation).powi(2);
                Group {
                    levels: levels(Level::Known(task), arm, Level::Mean, Level::Mean),
                    count,
                    sum: count * mean,
                    squares: within + count * mean * mean,
                }
            })
            .collect();
        Self {
            model: Mixed::fit(&sizes(0), &groups),
            prompts: 0,
        }
    }

    /// The score of a reply by `action` to a prompt, which may be one that was never logged, and of
    /// a task that was not.
    #[must_use]
    pub fn predict(&self, of: Task, number: Option<usize>, action: Action) -> Prediction {
        let prompt = number.map_or(Level::New, |number| prompt(number, self.prompts));
        let levels = levels(task(of), arm(action), views(action), prompt);
        let Moments { mean, variance } = self.model.expect(&levels);
        Prediction {
            mean: mean.max(0.0),
            deviation: variance.sqrt(),
            spread: (variance + self.model.noise()).sqrt(),
        }
    }

    /// The mean score of a task on an arm, over its prompts and over sets of views. For a task that
    /// was never logged it is the mean over tasks, as uncertain as they differ.
    #[must_use]
    pub fn expected(&self, of: Task, arm: usize) -> Estimate {
        let levels = levels(task(of), arm, Level::Mean, Level::Mean);
        let Moments { mean, variance } = self.model.expect(&levels);
        Estimate {
            mean: mean.max(0.0) as f32,
            deviation: variance.sqrt() as f32,
        }
    }

    /// How much each of [`FACTORS`] moves a score, as a standard deviation.
    #[must_use]
    pub fn deviations(&self) -> [f64; FACTORS.len()] {
        let variances = self.model.variances();
        std::array::from_fn(|factor| variances[factor].sqrt())
    }

    /// Standard deviation of scores of the same prompt, arm and views.
    #[must_use]
    pub fn noise(&self) -> f64 {
        self.model.noise().sqrt()
    }
}

/// How many levels each of [`FACTORS`] has.
const fn sizes(prompts: usize) -> [usize; FACTORS.len()] {
    [
        SIDES,
        ARMS,
        TASKS,
        TASKS * SIDES,
        TASKS * ARMS,
        VIEW_SETS,
        prompts,
        prompts * SIDES,
    ]
}

/// A level for each of [`FACTORS`].
fn levels(task: Level, arm: usize, views: Level, prompt: Level) -> Vec<Level> {
    let side = arm.min(1);
    let within = |level: Level, place: usize, places: usize| match level {
        Level::Known(level) => Level::Known(level * places + place),
        other => other,
    };
    vec![
        Level::Known(side),
        Level::Known(arm),
        task,
        within(task, side, SIDES),
        within(task, arm, ARMS),
        views,
        prompt,
        within(prompt, side, SIDES),
    ]
}

const fn task(task: Task) -> Level {
    if task.index() < TASKS {
        Level::Known(task.index())
    } else {
        Level::New
    }
}

const fn prompt(number: usize, prompts: usize) -> Level {
    if number < prompts {
        Level::Known(number)
    } else {
        Level::New
    }
}

/// A local reply sees no views, as does one to the text alone.
const fn views(action: Action) -> Level {
    let set = action.uploads().bits() as usize;
    if set < VIEW_SETS {
        Level::Known(set)
    } else {
        Level::New
    }
}
