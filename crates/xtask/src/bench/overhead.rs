//! `cargo xtask bench overhead`: what Weir adds to a cloud call, from Enter in the page to the arrival
//! of the request, without the local model's own reading of the prompt.

use std::fs;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::OverheadOptions;
use super::rounds::Spread;
use crate::Failure;
use crate::end_to_end::Stage;
use crate::page::{self, Profile};
use crate::places::{Places, make_folder};
use crate::setup::cargo_tools;
use crate::step;

/// What it should stay within.
const BAR_MS: f64 = 30.0;

/// What the browser test writes down.
#[derive(Debug, Deserialize)]
struct Samples {
    without_local_model: Vec<Sample>,
    with_local_model: Vec<Sample>,
}

/// Milliseconds of one turn.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
struct Sample {
    whole: f64,
    reading: f64,
}

/// Measures in a headless browser, writes the file and prints a table.
pub(super) fn bench(places: &Places, options: &OverheadOptions) -> Result<(), Failure> {
    cargo_tools::ready(places)?;
    let stage = Stage::set_up(places)?;
    let mut trunk = page::trunk(places, Profile::Release)?;
    step::run("building the page", Profile::Release.usual(), &mut trunk)?;

    make_folder(&places.native_target())?;
    let result = places.native_target().join("weir-overhead.json");
    let mut playwright = stage.playwright(places);
    playwright
        .args(["--project", "overhead", "--reporter", "line"])
        .env("WEIR_OVERHEAD_RESULT", &result)
        .env("WEIR_OVERHEAD_TURNS", options.turns.to_string());
    step::run(
        "sending turns to the demo cloud",
        "two minutes",
        &mut playwright,
    )?;
    let samples: Samples = serde_json::from_str(&fs::read_to_string(&result)?)?;
    let rows = [
        ("without a local model", &samples.without_local_model),
        ("with the local model loaded", &samples.with_local_model),
    ];
    let report = rows.map(|(_, samples)| {
        let overhead = Spread::of(samples.iter().map(|it| it.whole - it.reading));
        let reading = Spread::of(samples.iter().map(|it| it.reading));
        (overhead, reading)
    });
    let of = |(overhead, reading): &(Option<Spread>, Option<Spread>), samples: &[Sample]| json!({"overhead_ms": overhead, "reading_ms": reading, "samples": samples});
    let written = json!({
        "bar_ms": BAR_MS,
        "without_local_model": of(&report[0], &samples.without_local_model),
        "with_local_model": of(&report[1], &samples.with_local_model),
    });
    fs::write(&options.json, format!("{written:#}\n"))
        .map_err(|source| format!("cannot write {}: {source}", options.json.display()))?;
    println!("| from Enter to the request, ms | turns | median | min | max | bar | met |");
    println!("|---|---:|---:|---:|---:|---:|---|");
    for ((what, samples), (overhead, _)) in rows.into_iter().zip(report) {
        if let Some(it) = overhead {
            let met = if it.median <= BAR_MS { "yes" } else { "no" };
            println!(
                "| {what} | {} | {:.1} | {:.1} | {:.1} | ≤ {BAR_MS} | {met} |",
                samples.len(),
                it.median,
                it.min,
                it.max
            );
        }
    }
    Ok(())
}
