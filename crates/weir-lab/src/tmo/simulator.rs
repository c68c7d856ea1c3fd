//! Everything of one seed: the dialogues, split, and the estimator of the training ones.

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
    /// A turn lacks what TMO needs of it.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The split is not one of this dataset.
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
}

impl Simulator {
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
        let estimator = Estimator::fit(train.iter().flat_map(|(_, turns)| logged(turns)))
            .ok_or_else(|| splits.wrong(seed, "train", "fewer than five turns".into()))?;
        let episodes = |dialogues: Vec<(i64, &[LoggedTurn])>| {
            dialogues
                .into_iter()
                .map(|(id, turns)| Episode::new(dataset, id, turns))
                .collect::<Result<_, DatasetError>>()
        };
        Ok(Self {
            estimator,
            train: episodes(train)?,
            test: episodes(test)?,
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

/// The states of a logged dialogue with what was done and how it scored.
fn logged(turns: &[LoggedTurn]) -> impl Iterator<Item = (State, Choice, f64)> {
    turns.iter().scan(None::<(State, Choice)>, |before, turn| {
        let state = match before {
            None => State::first(turn.task),
            Some((state, choice)) => state.after(*choice, turn.task),
        };
        let choice = Choice::logged(turn);
        *before = Some((state, choice));
        Some((state, choice, turn.score))
    })
}

impl Episode {
    fn new(dataset: &Dataset, id: i64, turns: &[LoggedTurn]) -> Result<Self, DatasetError> {
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
}
