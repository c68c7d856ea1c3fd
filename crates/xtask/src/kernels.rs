//! The WGSL kernels of the language model, for the browser's compiler.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use crate::Failure;
use crate::places::Places;
use crate::step;
use crate::test::native::{Part, cargo};

/// The example of `weir-llm` that prints them.
const NAME: &str = "kernels";

/// Writes every kernel that a model can launch to a file, and answers with its path.
pub(crate) fn write(places: &Places) -> Result<PathBuf, Failure> {
    let mut build = cargo(places, "build", Part::WithRuntime);
    build.args(["--example", NAME]);
    let usual = "half a minute after the runtime's tests, 10 minutes without";
    step::run("building what prints the kernels", usual, &mut build)?;

    let built = places.native_target().join("debug");
    let path = built.join("weir-kernels.json");
    let mut print = Command::new(built.join("examples").join(NAME));
    let printed = print.stdout(File::create(&path)?).status()?;
    if !printed.success() || fs::metadata(&path)?.len() == 0 {
        return Err("the kernels could not be printed".into());
    }
    Ok(path)
}
