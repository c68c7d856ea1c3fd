//! What `weir-lab eval --suite weir` and `--suite scaling` say: the shipped policy, judged.
//!
//! Every comparison is between policies that answer the same dialogues, named by the same seeds, of
//! which none was used in training; intervals are by bootstrap over seeds and dialogues. The parts:
//!
//! - [`policies`]: what it is compared with.
//! - [`contest`]: dialogues, and what was made of them. [`rows`]: what is said about it.
//! - [`kinds`], [`networks`]: every network by itself; how often a limit is broken where the world
//!   surprises.
//! - [`grid`]: limits that nobody was trained with.
//! - [`physics`]: nothing is sent while offline, and less as the uplink gets worse.
//! - [`cost_quality`]: how much of the cloud's quality is kept by how few calls.
//! - [`known`]: a world so small that the best is known exactly.
//! - [`ablations`]: the method without each of its parts. [`domains`]: dialogues of a kind that it
//!   never saw. Both train policies of their own, by [`training`].
//! - [`scaling`]: more inputs, tasks and turns.
//! - [`report`]: all of it as one file; [`table`]: the gist of it for the terminal.

pub mod ablations;
pub mod contest;
pub mod cost_quality;
pub mod domains;
pub mod grid;
pub mod kinds;
pub mod known;
pub mod networks;
pub mod physics;
pub mod policies;
pub mod report;
pub mod rows;
pub mod scaling;
pub mod table;
pub mod training;
