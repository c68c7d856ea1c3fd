//! Everything of one seed: the dialogues, split, and the estimator of the training ones.

use std::path::Path;

use weir_core::Task;

use super::{
    choice::{Choice, VIEWS},
    costs::association,
    estimator::Estimator,
    splits::{SplitError, Splits},
    state::State,
};
use crate::dataset::{Dataset, DatasetError, LoggedTurn};

/// Why there is no simulator.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// The dataset was refused, or a turn lacks what TMO needs of it.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The splits were refused, or are not of this dataset.
    #[error(transparent)]
    Split(#[from] SplitError),
}

/// TMO's simulator of one seed. It is the same on every network.
#[derive(Clone, Debug)]
pub struct Simulator {
    /// Scores of the training dialogues.
    pub estimator: Estimator,
    /// Dialogues to train on, in the order of the split.
    pub train: Vec<Episode>,
    /// Dialogues to judge on, in the order of the split.
    pub test: Vec<Episode>,
    /// What users asked, by number.
    pub questions: Vec<String>,
}

/// What is given of a dialogue, whatever is done in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    /// Its `id` in the dataset.
    pub id: i64,
    /// Its turns, at least one.
    pub turns: Vec<Turn>,
}

/// What is given of a turn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn {
    /// Its task.
    pub task: Task,
    /// How similar the prompt is to each view.
    pub similarity: [f64; VIEWS],
    /// The association of each action, 0 to 1.
    pub association: [f64; Choice::ALL.len()],
    /// Number of its question in [`Simulator::questions`], which TMO's policies do not see.
    pub question: usize,
    /// How it was answered when it was logged; nothing that plays the dialogue looks at it.
    pub answered: Answered,
}

/// A logged answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answered {
    /// What was done.
    pub choice: Choice,
    /// Its response score.
    pub score: f64,
}

impl Simulator {
    /// By the splits of `seeds`, in their order, of a dataset and a list of splits.
    ///
    /// # Errors
    /// [`SimulatorError`] names file, entry and field.
    pub fn read(dataset: &Path, splits: &Path, seeds: &[u64]) -> Result<Vec<Self>, SimulatorError> {
        let (dataset, splits) = (Dataset::read(dataset)?, Splits::read(splits)?);
        let simulators = seeds.iter();
        simulators
            .map(|seed| Self::new(&dataset, &splits, *seed))
            .collect()
    }

    /// By the split of `seed`.
    ///
    /// # Errors
    /// [`SimulatorError`] names file, entry and field: a seed that is not listed, a dialogue that the
    /// dataset does not have, a turn without the similarity of its views, too few training turns.
    pub fn new(dataset: &Dataset, splits: &Splits, seed: u64) -> Result<Self, SimulatorError> {
        let split = splits.of(seed)?;
        let dialogues = |field, ids: &[i64]| {
            ids.iter()
                .map(|id| {
                    let missing = || {
                        let file = dataset.file().display();
                        splits.wrong(seed, field, format!("{file} has no dialogue {id}"))
                    };
                    let turns = dataset.dialogue(*id);
                    turns.map(|turns| (*id, turns)).ok_or_else(missing)
                })
                .collect::<Result<Vec<_>, SplitError>>()
        };
        let train = dialogues("train", &split.train)?;
        let test = dialogues("test", &split.test)?;
        let questions = questions(dataset);
        let episodes = |dialogues: Vec<(i64, &[LoggedTurn])>| {
            dialogues
                .into_iter()
                .map(|(id, turns)| Episode::new(dataset, &questions, id, turns))
                .collect::<Result<Vec<_>, DatasetError>>()
        };
        let (train, test) = (episodes(train)?, episodes(test)?);
        let estimator = Estimator::fit(train.iter().flat_map(Episode::logged))
            .ok_or_else(|| splits.wrong(seed, "train", "fewer than five turns".into()))?;
        Ok(Self {
            estimator,
            train,
            test,
            questions,
        })
    }

    /// The mean similarity of prompts to each view, over the training turns.
    #[must_use]
    pub fn mean_similarity(&self) -> [f64; VIEWS] {
        let turns = || self.train.iter().flat_map(|episode| &episode.turns);
        let count = turns().count() as f64;
        std::array::from_fn(|view| turns().map(|turn| turn.similarity[view]).sum::<f64>() / count)
    }
}

/// What users asked in a dataset, each question once.
fn questions(dataset: &Dataset) -> Vec<String> {
    let turns = dataset.dialogues().iter().flatten();
    let mut questions: Vec<String> = turns.map(|turn| turn.question.clone()).collect();
    questions.sort_unstable();
    questions.dedup();
    questions
}

impl Episode {
    fn new(
        dataset: &Dataset,
        questions: &[String],
        id: i64,
        turns: &[LoggedTurn],
    ) -> Result<Self, DatasetError> {
        let turn = |(place, turn): (usize, &LoggedTurn)| {
            let wrong = |problem| DatasetError::Field {
                file: dataset.file().to_owned(),
                dialogue: id,
                turn: place,
                field: "association_score",
                problem,
            };
            let similarity: [f64; VIEWS] = turn.similarity.as_slice().try_into().map_err(|_| {
                let count = turn.similarity.len();
                wrong(format!(
                    "{count} numbers; one is needed for each of {VIEWS} views"
                ))
            })?;
            if similarity.iter().all(|number| *number == 0.0) {
                return Err(wrong("all are 0, so none can be told from another".into()));
            }
            Ok(Turn {
                task: turn.task,
                similarity,
                association: association(&similarity),
                question: questions.partition_point(|question| *question < turn.question),
                answered: Answered {
                    choice: Choice::logged(turn),
                    score: turn.score,
                },
            })
        };
        Ok(Self {
            id,
            turns: turns
                .iter()
                .enumerate()
                .map(turn)
                .collect::<Result<_, _>>()?,
        })
    }
    /// The states that it went through when it was logged, with what was done and how it scored.
    fn logged(&self) -> impl Iterator<Item = (State, Choice, f64)> {
        let mut before = None::<(State, Choice)>;
        self.turns.iter().map(move |turn| {
            let state = match before {
                None => State::first(turn.task),
                Some((state, choice)) => state.after(choice, turn.task),
            };
            let Answered { choice, score } = turn.answered;
            before = Some((state, choice));
            (state, choice, score)
        })
    }
}
