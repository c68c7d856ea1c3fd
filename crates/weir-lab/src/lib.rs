//! The lab: where the policy and the task probe are made and measured.
//!
//! Nothing here runs in a browser. The lab builds a world out of the statistics of logged dialogues,
//! lets a network play in it with the very features, forecasts and mask that the page uses, judges
//! the result against simpler policies on dialogues that it has not seen, and writes weights,
//! priors and a model card to `models/`.
//!
//! - [`statistics`], [`dataset`]: what is known of real dialogues; [`response`] predicts the scores of
//!   replies, [`fit`] makes the response model of the page of it.
//! - [`scenario`]: packs of numbers that say what dialogues are like, shipped and one's own.
//! - [`environment`]: the one trait that policies are trained and judged in; [`world`] is Weir's,
//!   [`tmo`] the paper's.
//! - [`policies`], [`planner`]: what to compare with.
//! - [`shipped`]: a trained policy's files. [`suite`]: the shipped one, judged on networks, budgets and scenarios.
//! - [`train`]: imitation, then masked PPO. [`evaluate`]: rewards; [`resampling`]: their intervals.
//! - [`pacing`]: days of dialogues under a day's budget.
//! - [`language_model`]: the local model, run natively. [`prompts`], [`probe`]: labelled prompts, and
//!   the task probe trained on them; [`checks`]: how good the model's replies are.
//! - [`report`]: what was measured, as a page with pictures; [`trace`]: one dialogue, turn by turn.
//! - [`decisions`]: what a trained policy decides, for the worker to be held against, and how quickly.
//! - [`commands`], [`eval_command`]: what the command line does; [`card`]: model cards; [`output`]: files, all or none.
//! - [`draws`]: seeded chance.

pub mod card;
pub mod checks;
pub mod commands;
pub mod dataset;
pub mod decisions;
pub mod draws;
pub mod environment;
pub mod eval_command;
pub mod evaluate;
pub mod fit;
pub mod language_model;
pub mod output;
pub mod pacing;
pub mod planner;
pub mod policies;
pub mod probe;
pub mod prompts;
pub mod report;
pub mod resampling;
pub mod response;
pub mod scenario;
pub mod shipped;
pub mod statistics;
pub mod suite;
pub mod tmo;
pub mod trace;
pub mod train;
pub mod world;
