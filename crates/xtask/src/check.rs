//! `cargo xtask run --check`: proof that the whole path works, as one line of JSON.

use std::fs;

use crate::Failure;
use crate::cli::RunOptions;
use crate::end_to_end::Stage;
use crate::page;
use crate::places::{Places, make_folder};
use crate::setup::cargo_tools;
use crate::step;

/// Has one turn answered on the machine and one in the cloud, in a headless browser.
pub(crate) fn check(places: &Places, options: &RunOptions) -> Result<(), Failure> {
    cargo_tools::ready(places)?;
    let stage = Stage::set_up(places)?;
    let mut trunk = page::trunk(places, options.profile)?;
    step::run("building the page", options.profile.usual(), &mut trunk)?;

    make_folder(&places.native_target())?;
    let result = places.native_target().join("weir-check.json");
    if result.exists() {
        fs::remove_file(&result)?;
    }
    let mut playwright = stage.playwright(places);
    playwright
        .args(["--project", "check", "--reporter", "line"])
        .env("WEIR_CHECK_RESULT", &result);
    step::run(
        "answering one turn on each side",
        "a minute",
        &mut playwright,
    )?;
    print!("{}", fs::read_to_string(&result)?);
    Ok(())
}
