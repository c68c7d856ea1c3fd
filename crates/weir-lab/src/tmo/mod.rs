//! `tmo-compat`: the simulator of TMO (arXiv 2502.11007, code 0.3.0), as it is.
//!
//! Its response estimator, association, devices, networks, weights, budgets and splits are the
//! reference's to the last tie, with what is questionable about them, so that policies can be
//! compared with the reference's in its own game. What is kept of it against better knowledge stands
//! here, and Weir's own [`crate::world`] has none of it:
//!
//! - an estimate from five neighbours is the truth, and the prompt is not part of it ([`estimator`]);
//! - seconds and dollars are scaled by network, and a local reply takes a hundredth of a second
//!   ([`costs`]);
//! - association is nearly a third for each view, whatever it shows ([`costs::association`]).
//!
//! The reading order:
//!
//! - [`choice`], [`state`]: the nine actions, and what the estimator sees of a dialogue.
//! - [`estimator`], upon `neighbours` and `select`: response scores.
//! - [`splits`], [`simulator`]: the dialogues of one seed.
//! - [`dialogue`]: playing one. [`world`]: the same as the [`crate::environment::Environment`] that
//!   Weir's own policy is trained in, and [`practice`]: training it.
//! - [`policies`], [`planner`], [`oracle`]: policies that need no training. [`learned`]: those that TMO
//!   trains. [`routers`]: policies of the routing literature.
//! - [`evaluation`], [`suite`]: judging policies; [`grid`] under other budgets; [`logged`] by the scores that were logged, without the simulator.
//! - [`command`]: `weir-lab eval --suite tmo`.

pub mod choice;
pub mod command;
pub mod costs;
pub mod dialogue;
pub mod estimator;
pub mod evaluation;
pub mod grid;
pub mod learned;
pub mod logged;
mod neighbours;
pub mod oracle;
pub mod planner;
pub mod policies;
pub mod practice;
pub mod routers;
mod select;
pub mod simulator;
pub mod splits;
pub mod state;
pub mod suite;
pub mod world;
