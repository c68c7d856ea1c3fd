//! `weir-lab response`: how well the response model predicts, and what it found.

use std::path::PathBuf;

use serde::Serialize;
use weir_core::Task;
use weir_policy::response::Estimate;

use super::{
    hierarchy::{FACTORS, Hierarchy},
    logged::Logged,
    measure::{Accuracy, Row, measure},
    split::HeldOut,
};
use crate::{
    commands::task_name,
    dataset::{Dataset, DatasetError},
    evaluate::Interval,
    output::{Place, WriteError, json},
    statistics::{ARMS, SCORE_CLIP},
};

/// Why there is nothing to report.
#[derive(Debug, thiserror::Error)]
pub enum ResponseError {
    /// The dataset was refused.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// Nothing can be held out.
    #[error(
        "{source_name}: {turns} turns in {dialogues} dialogues are too few to learn from one part and \
         judge on the other; at least {LEAST_TURNS} turns in {LEAST_DIALOGUES} dialogues are needed"
    )]
    TooFew {
        /// Where they are from.
        source_name: String,
        /// How many there are.
        turns: usize,
        /// In how many dialogues.
        dialogues: usize,
    },
    /// The JSON could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

const LEAST_TURNS: usize = 20;
const LEAST_DIALOGUES: usize = 5;

/// What `weir-lab response` was asked for.
#[derive(Clone, Debug)]
pub struct ResponseRequest {
    /// Dataset to measure on; the built-in numbers if none is given.
    pub dataset: Option<PathBuf>,
    /// How often a part is held out.
    pub splits: u32,
    /// Seed of the splits.
    pub seed: u64,
    /// File to write the results to.
    pub json: Option<PathBuf>,
}

/// Measures the response model beside simpler predictors; returns what to print.
///
/// # Errors
/// [`ResponseError`]; nothing is written then.
pub fn response(request: &ResponseRequest) -> Result<String, ResponseError> {
    let file = request.json.as_deref().map(Place::new).transpose()?;
    let logged = match &request.dataset {
        Some(file) => Logged::of(&Dataset::read(file)?),
        None => Logged::kitchen(),
    };
    let (turns, dialogues) = (logged.replies.len(), logged.dialogues());
    if turns < LEAST_TURNS || dialogues < LEAST_DIALOGUES {
        return Err(ResponseError::TooFew {
            source_name: logged.source,
            turns,
            dialogues,
        });
    }
    let report = Report::of(&logged, request);
    if let Some(file) = file {
        file.write(json(&report)?)?;
    }
    Ok(report.to_string())
}

/// What is reported.
#[derive(Serialize)]
struct Report {
    source: String,
    turns: usize,
    seed: u64,
    splits: u32,
    held_out: Vec<Measured>,
    /// Of the model fitted to all turns, scores clipped at [`SCORE_CLIP`].
    components: Vec<Component>,
    replies: Vec<TaskReplies>,
}

#[derive(Serialize)]
struct Measured {
    unit: HeldOut,
    predictors: Vec<Row>,
}

#[derive(Serialize)]
struct Component {
    of: &'static str,
    deviation: f64,
}

#[derive(Serialize)]
struct TaskReplies {
    task: Task,
    arms: [Estimate; ARMS],
}

impl Report {
    fn of(logged: &Logged, request: &ResponseRequest) -> Self {
        let model = Hierarchy::fit(&logged.replies, f64::from(SCORE_CLIP));
        let mut components: Vec<Component> = FACTORS
            .into_iter()
            .zip(model.deviations())
            .map(|(of, deviation)| Component { of, deviation })
            .collect();
        components.push(Component {
            of: "what none of these explains",
            deviation: model.noise(),
        });
        Self {
            source: logged.source.clone(),
            turns: logged.replies.len(),
            seed: request.seed,
            splits: request.splits,
            held_out: HeldOut::ALL
                .map(|unit| Measured {
                    unit,
                    predictors: measure(logged, unit, request.splits, request.seed),
                })
                .into(),
            components,
            replies: Task::ALL
                .map(|task| TaskReplies {
                    task,
                    arms: std::array::from_fn(|arm| model.expected(task, arm)),
                })
                .into(),
        }
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            out,
            "{} turns of {}; {} splits, seed {}\n",
            self.turns, self.source, self.splits, self.seed
        )?;
        for Measured { unit, predictors } in &self.held_out {
            let unit = unit.name();
            writeln!(
                out,
                "| a fifth of the {unit} held out | R² raw (95 %) | inside 80 % | R² clipped at {SCORE_CLIP} (95 %) | inside 80 % |\n\
                 |---|---|---|---|---|"
            )?;
            for row in predictors {
                let [raw, clipped] = [row.raw, row.clipped].map(cells);
                writeln!(out, "| {} | {raw} | {clipped} |", row.predictor.name())?;
            }
            writeln!(out)?;
        }
        writeln!(out, "| what moves a score | by (1 deviation) |\n|---|---|")?;
        for Component { of, deviation } in &self.components {
            writeln!(out, "| {of} | {deviation:.3} |")?;
        }
        writeln!(
            out,
            "\n| expected score | local | cloud, text | 1 view | 2 | 3 |\n|---|---|---|---|---|---|"
        )?;
        for TaskReplies { task, arms } in &self.replies {
            let arms =
                arms.map(|Estimate { mean, deviation }| format!("{mean:.2} ± {deviation:.2}"));
            writeln!(out, "| {} | {} |", task_name(*task), arms.join(" | "))?;
        }
        Ok(())
    }
}

fn cells(accuracy: Accuracy) -> String {
    let Interval { mean, low, high } = accuracy.r_squared;
    let inside = accuracy
        .inside_80
        .map_or("–".into(), |share| format!("{:.0} %", share * 100.0));
    format!("{mean:.2} ({low:.2} to {high:.2}) | {inside}")
}
