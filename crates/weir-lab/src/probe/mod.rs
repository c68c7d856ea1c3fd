//! Training the task probe on hidden states of the local model.
//!
//! A quarter of the prompts is held out, by task. On the others, cross-validation picks the layer
//! and the strength of regularisation; a probe fitted on them is judged on the held-out quarter. The
//! probe that is written is fitted on all prompts with the same layer and strength.

mod logistic;
mod report;

use std::path::Path;

use indicatif::ProgressBar;
use weir_core::Task;
use weir_policy::{Probe, probe::VERSION};

pub use report::{Binary, Report, wilson};

use crate::{
    draws::Draws,
    language_model::{LanguageModel, ModelError},
    prompts::{self, Prompt, PromptError},
};
use logistic::{Linear, fit};

/// Why a probe could not be trained.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The prompts are damaged.
    #[error(transparent)]
    Prompts(#[from] PromptError),
    /// The model has no layers to choose from.
    #[error("the model has no layers; give the path of a language model")]
    NoLayers,
    /// The model could not be run.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// A probe and how good it is.
#[derive(Debug)]
pub struct Trained {
    /// The probe.
    pub probe: Probe,
    /// Its accuracy on held-out prompts.
    pub report: Report,
}

/// A prompt and its mean hidden states: alone, and once they are read, as a second turn.
struct Example<'a> {
    prompt: &'a Prompt,
    states: Vec<Vec<f32>>,
}

/// Layers to choose from, as shares of the depth.
const DEPTHS: [f32; 3] = [0.35, 0.5, 0.65];
/// Strengths of regularisation to choose from.
const STRENGTHS: [f32; 4] = [0.01, 0.03, 0.1, 0.3];
/// Folds of the cross-validation.
const FOLDS: usize = 5;
/// Different first turns of the dialogues in which prompts are the second.
const EARLIER: usize = 6;
/// One prompt in so many of each task is held out.
const HELD_OUT: usize = 4;

/// Trains a probe for the model in `file`.
///
/// # Errors
/// [`TrainError`] says which file, prompt or step failed.
pub fn train(file: &Path, seed: u64, progress: &ProgressBar) -> Result<Trained, TrainError> {
    let prompts = prompts::shipped()?;
    let (learning, held_out) = split(&prompts, seed);
    let mut model = LanguageModel::open(file)?;
    let layers = DEPTHS.map(|depth| (depth * model.layers() as f32) as usize);
    progress.set_length((layers.len() * learning.len() + held_out.len() + prompts.len()) as u64);

    let mut best: Option<(f32, usize, f32, Vec<Example<'_>>)> = None;
    let mut tried = Vec::new();
    for layer in layers {
        progress.set_message(format!("reading prompts, layer {layer}"));
        let examples = alone(&mut model, &learning, layer, progress)?;
        let judged =
            STRENGTHS.map(|strength| (layer, strength, cross_validate(&examples, strength)));
        tried.extend(judged);
        let better = |one: (usize, f32, f32), other: (usize, f32, f32)| {
            if other.2 > one.2 { other } else { one }
        };
        let (_, strength, accuracy) = judged.into_iter().fold(judged[0], better);
        if best
            .as_ref()
            .is_none_or(|(highest, ..)| accuracy > *highest)
        {
            best = Some((accuracy, layer, strength, examples));
        }
    }
    let Some((_, layer, strength, mut learning_examples)) = best else {
        return Err(TrainError::NoLayers);
    };
    progress.set_message(format!("reading dialogues, layer {layer}"));
    let mut held_out = alone(&mut model, &held_out, layer, progress)?;
    for examples in [&mut learning_examples, &mut held_out] {
        second_turns(&mut model, examples, &learning[..EARLIER], layer, progress)?;
    }
    let learning = learning_examples;
    progress.finish_and_clear();
    let heads = Heads::fit(learning.iter(), strength);
    let report = heads.report(&learning, &held_out, tried, strength);
    let heads = Heads::fit(learning.iter().chain(&held_out), strength);
    Ok(Trained {
        probe: heads.probe(&model, layer),
        report,
    })
}

/// Learning and held-out prompts, in random order within their tasks.
fn split(prompts: &[Prompt], seed: u64) -> (Vec<&Prompt>, Vec<&Prompt>) {
    let draws = &mut Draws::of(seed, 9);
    let (mut learning, mut held_out) = (Vec::new(), Vec::new());
    for task in Task::ALL {
        let mut of_task: Vec<_> = prompts
            .iter()
            .filter(|prompt| prompt.task == task)
            .collect();
        draws.shuffle(&mut of_task);
        let rest = of_task.split_off(of_task.len() / HELD_OUT);
        held_out.extend(of_task);
        learning.extend(rest);
    }
    draws.shuffle(&mut learning);
    (learning, held_out)
}

/// Hidden states of `prompts`, each said alone.
fn alone<'a>(
    model: &mut LanguageModel,
    prompts: &[&'a Prompt],
    layer: usize,
    progress: &ProgressBar,
) -> Result<Vec<Example<'a>>, ModelError> {
    prompts
        .iter()
        .map(|prompt| {
            let state = model.hidden(&[], &prompt.text, layer)?;
            progress.inc(1);
            Ok(Example {
                prompt,
                states: vec![state],
            })
        })
        .collect()
}

/// Adds the hidden state of each example said after one of `earlier`. Those after the same one are
/// read together, so that it is read once.
fn second_turns(
    model: &mut LanguageModel,
    examples: &mut [Example<'_>],
    earlier: &[&Prompt],
    layer: usize,
    progress: &ProgressBar,
) -> Result<(), ModelError> {
    for (group, earlier) in earlier.iter().enumerate() {
        for example in examples.iter_mut().skip(group).step_by(EARLIER) {
            example
                .states
                .push(model.hidden(&[&earlier.text], &example.prompt.text, layer)?);
            progress.inc(1);
        }
    }
    Ok(())
}

/// Share of prompts that are read right by a probe fitted on the other folds.
fn cross_validate(examples: &[Example<'_>], strength: f32) -> f32 {
    let mut right = 0;
    for fold in 0..FOLDS {
        let inside = |place: usize| place % FOLDS == fold;
        let rows = |keep: bool| {
            examples
                .iter()
                .enumerate()
                .filter(move |(place, _)| inside(*place) != keep)
                .map(|(_, example)| (example.states[0].as_slice(), example.prompt.task.index()))
        };
        let linear = fit(&rows(true).collect::<Vec<_>>(), Task::ALL.len(), strength);
        right += rows(false)
            .filter(|(state, task)| linear.likeliest(state) == *task)
            .count();
    }
    right as f32 / examples.len().max(1) as f32
}

/// The three linear maps of a probe.
struct Heads {
    tasks: Linear,
    picture: Linear,
    sound: Linear,
}

impl Heads {
    fn fit<'a>(examples: impl Iterator<Item = &'a Example<'a>> + Clone, strength: f32) -> Self {
        let of = |label: fn(&Prompt) -> usize, classes| {
            let rows: Vec<(&[f32], usize)> = examples
                .clone()
                .flat_map(|example| {
                    example
                        .states
                        .iter()
                        .map(|state| (state.as_slice(), label(example.prompt)))
                })
                .collect();
            fit(&rows, classes, strength)
        };
        Self {
            tasks: of(|prompt| prompt.task.index(), Task::ALL.len()),
            picture: of(|prompt| usize::from(prompt.picture), 2),
            sound: of(|prompt| usize::from(prompt.sound), 2),
        }
    }

    fn report(
        &self,
        learning: &[Example<'_>],
        held_out: &[Example<'_>],
        tried: Vec<(usize, f32, f32)>,
        strength: f32,
    ) -> Report {
        let mut report = Report {
            learning: learning.len(),
            tried,
            strength,
            ..Report::default()
        };
        for Example { prompt, states } in held_out {
            let [alone, later] = states.as_slice() else {
                continue;
            };
            let right =
                |linear: &Linear, label: bool| linear.likeliest(alone) == usize::from(label);
            report.confusion[prompt.task.index()][self.tasks.likeliest(alone)] += 1;
            report.later_right += u32::from(self.tasks.likeliest(later) == prompt.task.index());
            report
                .picture
                .count(prompt.picture, right(&self.picture, prompt.picture));
            report
                .sound
                .count(prompt.sound, right(&self.sound, prompt.sound));
        }
        report
    }

    fn probe(self, model: &LanguageModel, layer: usize) -> Probe {
        let (picture, picture_offset) = self.picture.difference();
        let (sound, sound_offset) = self.sound.difference();
        let (rows, offsets) = self.tasks.into_rows();
        let mut rows = rows.into_iter();
        let mut offsets = offsets.into_iter();
        Probe {
            version: VERSION,
            model: model.name().into(),
            model_sha256: model.sha256().into(),
            layer,
            tasks: std::array::from_fn(|_| rows.next().unwrap_or_default()),
            task_offsets: std::array::from_fn(|_| offsets.next().unwrap_or_default()),
            picture,
            picture_offset,
            sound,
            sound_offset,
        }
    }
}
