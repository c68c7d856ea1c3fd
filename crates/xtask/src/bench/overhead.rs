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
    handing: f64,
    reading: f64,
    storing: f64,
    sending: f64,
}

impl Sample {
    /// All that is not the local model's.
    fn overhead(&self) -> f64 {
        self.whole - self.reading
    }
}

/// What is told of a sample, by the name that it has in the file.
const FIGURES: [(&str, fn(&Sample) -> f64); 5] = [
    ("overhead_ms", Sample::overhead),
    ("handing_ms", |it| it.handing),
    ("storing_ms", |it| it.storing),
    ("sending_ms", |it| it.sending),
    ("reading_ms", |it| it.reading),
];

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
    let of = |samples: &[Sample]| {
        let mut report = json!({"samples": samples});
        for (name, figure) in FIGURES {
            report[name] = json!(Spread::of(samples.iter().map(figure)));
        }
        report
    };
    let report = json!({
        "bar_ms": BAR_MS,
        "without_local_model": of(&samples.without_local_model),
        "with_local_model": of(&samples.with_local_model),
    });
    fs::write(&options.json, format!("{report:#}\n"))
        .map_err(|source| format!("cannot write {}: {source}", options.json.display()))?;
    println!(
        "| from Enter to the request, ms (bar: {BAR_MS}) | turns | median | min | max | handing over | storing | sending |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
    for (what, samples) in rows {
        let spread = |figure: fn(&Sample) -> f64| Spread::of(samples.iter().map(figure));
        let median = |figure| spread(figure).map_or(0.0, |it| it.median);
        if let Some(whole) = spread(Sample::overhead) {
            println!(
                "| {what} | {} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} |",
                samples.len(),
                whole.median,
                whole.min,
                whole.max,
                median(|it| it.handing),
                median(|it| it.storing),
                median(|it| it.sending),
            );
        }
    }
    Ok(())
}
