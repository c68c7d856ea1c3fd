//! `cargo xtask bench quality`: how near predictions are to those of floats, beside llama.cpp's.

use std::process::Command;

use super::QualityOptions;
use crate::Failure;
use crate::places::Places;
use crate::setup::{model, python};
use crate::step;
use crate::test::native;

/// The example of the runtime that computes logits.
const LOGITS: &str = "logits";
/// A try: one way to store weights, and one window of the text.
const QUICK: [&str; 6] = ["--kinds", "Q4_1", "--tokens", "512", "--gpu-tokens", "16"];

/// Measures, writes the file and prints a table.
pub(super) fn bench(places: &Places, options: &QualityOptions) -> Result<(), Failure> {
    let python = python::server(places)?;
    python::gguf(places)?;
    let model = model::fetch(places)?;
    let program = native::runtime_example(places, LOGITS)?;
    let mut script = Command::new(python);
    script
        .arg(places.quality().join("quality.py"))
        .arg(program)
        .arg("--model")
        .arg(model)
        .arg("--json")
        .arg(&options.json);
    if options.quick {
        script.args(QUICK);
    }
    let title = "comparing predictions (usually 7 minutes for each way to store weights)";
    Ok(step::run_aloud(title, &mut script)?)
}
