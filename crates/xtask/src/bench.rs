//! `cargo xtask bench`: speed, measured side by side in one run and never tested.
//!
//! | module | what it does |
//! |---|---|
//! | [`decisions`] | times the policy's decisions on this machine and in WebAssembly |
//! | [`engine`] | has Weir and its peers answer in the same browser, round by round |
//! | [`overhead`] | times what Weir adds to a cloud call |
//! | [`quality`] | compares predictions with those of floats, and with llama.cpp |
//! | [`rounds`] | what came of the rounds: medians, spreads and ratios |
//! | [`webgpu`] | counts the launches of a token on WebGPU |
//! | [`table`] | the same for people, beside the bars |

mod decisions;
mod engine;
mod overhead;
mod quality;
mod rounds;
mod table;
mod webgpu;

use std::path::PathBuf;

use crate::Failure;
use crate::places::Places;

/// What is to be measured.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Bench {
    Decisions,
    Engine(EngineOptions),
    Overhead(OverheadOptions),
    Quality(QualityOptions),
}

/// How the engine is to be measured.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct EngineOptions {
    /// Where the figures go.
    pub(crate) json: PathBuf,
    /// How often every engine is asked.
    pub(crate) rounds: usize,
    /// How many tokens each answer has.
    pub(crate) tokens: usize,
    /// A try, which leaves out what takes long to build.
    pub(crate) quick: bool,
}

/// How what Weir adds to a cloud call is to be measured.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OverheadOptions {
    /// Where the figures go.
    pub(crate) json: PathBuf,
    /// How many turns are sent, without and with the local model.
    pub(crate) turns: usize,
}

/// How the quality of predictions is to be measured.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct QualityOptions {
    /// Where the figures go.
    pub(crate) json: PathBuf,
    /// A try.
    pub(crate) quick: bool,
}

/// Measures it.
pub(crate) fn bench(places: &Places, bench: &Bench) -> Result<(), Failure> {
    match bench {
        Bench::Decisions => decisions::bench(places),
        Bench::Engine(options) => engine::bench(places, options),
        Bench::Overhead(options) => overhead::bench(places, options),
        Bench::Quality(options) => quality::bench(places, options),
    }
}
