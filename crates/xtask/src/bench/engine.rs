//! `cargo xtask bench engine`: Weir's page and its peers in the same headless Chromium, interleaved
//! round by round, and llama.cpp as a native program beside them.
//!
//! Weir is measured as it is used: its built page is asked, its worker answers, and the times are
//! those of the messages between them. `tests/peers` holds the pages and the driver.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::rounds::{Contestant, Rounds, Sample, Spread};
use super::{EngineOptions, table, webgpu};
use crate::Failure;
use crate::demo_cloud::{self, DemoCloud};
use crate::dist::{self, Sizes};
use crate::page::{self, Profile};
use crate::places::Places;
use crate::setup::{browser, cargo_tools, model, npm, python};
use crate::step;
use crate::test::native;

const OURS: Contestant = named("weir", "q4_1");
const OURS_Q8_0: Contestant = named("weir", "q8_0");
const WLLAMA: Contestant = named("wllama", "q4_1");
const FLARE: Contestant = named("flare", "q8_0");
const LLAMA_CPP: Contestant = named("llama.cpp", "q4_1");
const ALL: [Contestant; 5] = [OURS, WLLAMA, LLAMA_CPP, OURS_Q8_0, FLARE];

/// Figures of each engine, in the words of `tests/peers/bench.mjs`.
const FIGURES: [&str; 4] = [
    "decode_tps",
    "prefill_tps",
    "warm_load_ms",
    "renderer_bytes",
];
const MEGABYTE: f64 = 1e6;

const fn named(engine: &'static str, file: &'static str) -> Contestant {
    Contestant { engine, file }
}

/// What was measured, in the order in which it is read.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    cpu: Cpu<f64>,
    webgpu: Value,
    gpu_native: Value,
    size: Size,
    peers: Map<String, Value>,
    /// The medians of `cpu` again, with the least and the most of the rounds.
    spread: Cpu<Spread>,
    notes: Vec<String>,
    machine: Value,
}

/// The figures on one thread of the processor; a ratio is ours to theirs.
#[derive(Debug, Serialize)]
pub(super) struct Cpu<T> {
    pub(super) decode_vs_wllama: Option<T>,
    pub(super) prefill_vs_wllama: Option<T>,
    pub(super) decode_vs_llamacpp: Option<T>,
    pub(super) decode_vs_flare: Option<T>,
    pub(super) warm_load_vs_wllama: Option<T>,
    pub(super) renderer_mb: Option<T>,
    pub(super) decode_tps: Option<T>,
    pub(super) prefill_tps: Option<T>,
}

/// Bytes after brotli, of a page that is built for hosting.
#[derive(Debug, Serialize)]
struct Size {
    worker_brotli: Option<u64>,
    ui_brotli: Option<u64>,
}

/// Sets everything up, measures, writes the file and prints the table.
pub(super) fn bench(places: &Places, options: &EngineOptions) -> Result<(), Failure> {
    cargo_tools::ready(places)?;
    npm::packages(places, &places.peers())?;
    let chromium = browser::find_or_install()?;
    let python = python::server(places)?;
    python::gguf(places)?;
    let q4_1 = model::fetch(places)?;
    let q8_0 = rewritten(places, &python, &q4_1)?;
    let hosted = built_page(places)?;
    let program = demo_cloud::build(places)?;
    let serving = DemoCloud::start(&program, places, 0, None)?;

    let mut driver = Command::new("node");
    driver
        .arg("bench.mjs")
        .current_dir(places.peers())
        .env("CHROMIUM", chromium)
        .env("WEIR_PAGE", &serving.page)
        .env("WEIR_MODELS", places.models())
        .env("WEIR_MODEL_Q4_1", q4_1)
        .env("WEIR_MODEL_Q8_0", q8_0)
        .env("WEIR_PYTHON", python)
        .env("WEIR_BENCH_ROUNDS", options.rounds.to_string())
        .env("WEIR_BENCH_TOKENS", options.tokens.to_string());
    let (rounds, about) = measured(&mut driver)?;
    drop(serving);
    let (launches, gpu_native) = if options.quick {
        (None, None)
    } else {
        (webgpu::launches(places)?, webgpu::speed(places)?)
    };
    let report = report(&rounds, about, hosted, launches, gpu_native);
    fs::write(&options.json, format!("{:#}\n", json!(report)))
        .map_err(|source| format!("cannot write {}: {source}", options.json.display()))?;
    print!("{}", table::table(&report.spread, &rounds, &ALL));
    for note in &report.notes {
        println!("{note}");
    }
    Ok(())
}

/// The page that is measured: what is hosted, if it is built and up to date; else the quick build.
fn built_page(places: &Places) -> Result<Option<Sizes>, Failure> {
    if dist::is_current(places)? {
        step::already("the page for hosting");
        return Ok(Some(Sizes::of(&places.dist())?));
    }
    let mut trunk = page::trunk(places, Profile::Release)?;
    step::run("building the page", Profile::Release.usual(), &mut trunk)?;
    Ok(None)
}

/// The model again with every weight as Q8_0, which Flare reads too.
fn rewritten(places: &Places, python: &Path, q4_1: &Path) -> Result<PathBuf, Failure> {
    let name = q4_1.file_name().unwrap_or_default().to_string_lossy();
    let q8_0 = q4_1.with_file_name(name.replace("Q4_1", "Q8_0"));
    if q8_0 == q4_1 {
        return Err(format!("{name} is not named after Q4_1, its quantisation").into());
    }
    if !q8_0.exists() {
        let mut script = Command::new(python);
        script
            .arg(places.peers().join("q8_0.py"))
            .args([q4_1, &q8_0]);
        step::run("writing the model as Q8_0", "10 seconds", &mut script)?;
    }
    Ok(q8_0)
}

/// Runs the driver, and shows each measurement as it comes.
fn measured(driver: &mut Command) -> Result<(Rounds, Value), Failure> {
    let begun = Instant::now();
    let mut rounds = Rounds::default();
    let mut about = Value::Null;
    let finished = native::read_lines(driver, |line| {
        if let Some(sample) = Sample::read(line) {
            let elapsed = step::clock(begun.elapsed());
            eprintln!("{elapsed:>8}  {}", sample.describe());
            rounds.push(sample);
        } else if let Ok(Value::Object(mut found)) = serde_json::from_str(line) {
            about = found.remove("about").unwrap_or_default();
        }
    })?;
    if !finished {
        return Err("the benchmark broke off; its reason stands above".into());
    }
    match rounds.failure(OURS) {
        Some(why) => Err(format!("Weir did not answer: {why}").into()),
        None => Ok((rounds, about)),
    }
}

fn report(
    rounds: &Rounds,
    mut about: Value,
    hosted: Option<Sizes>,
    launches: Option<u64>,
    gpu_native: Option<Value>,
) -> Report {
    let mut notes = Vec::new();
    let page = if hosted.is_some() { "dist" } else { "release" };
    if hosted.is_none() {
        notes.push("size: no page for hosting was built (cargo xtask dist)".to_owned());
    }
    if launches.is_none() {
        notes.push("webgpu: launches were not counted".to_owned());
    }
    if gpu_native.is_none() {
        notes.push("gpu_native: no GPU was at hand".to_owned());
    }
    let spread = Cpu {
        decode_vs_wllama: rounds.ratio(OURS, WLLAMA, "decode_tps"),
        prefill_vs_wllama: rounds.ratio(OURS, WLLAMA, "prefill_tps"),
        decode_vs_llamacpp: rounds.ratio(OURS, LLAMA_CPP, "decode_tps"),
        decode_vs_flare: rounds.ratio(OURS_Q8_0, FLARE, "decode_tps"),
        warm_load_vs_wllama: rounds.ratio(OURS, WLLAMA, "warm_load_ms"),
        renderer_mb: rounds
            .spread(OURS, "renderer_bytes")
            .map(|bytes| bytes.scaled(1.0 / MEGABYTE)),
        decode_tps: rounds.spread(OURS, "decode_tps"),
        prefill_tps: rounds.spread(OURS, "prefill_tps"),
    };
    let mut machine = about["machine"].take();
    machine["page"] = page.into();
    Report {
        cpu: spread.medians(),
        webgpu: json!({
            "dispatches_per_token": launches,
            "adapter": about["adapter"],
        }),
        gpu_native: gpu_native.unwrap_or_default(),
        size: Size {
            worker_brotli: hosted.as_ref().map(|sizes| sizes.worker),
            ui_brotli: hosted.as_ref().map(|sizes| sizes.ui),
        },
        peers: ALL
            .into_iter()
            .map(|of| (key(of), raw(rounds, of, &about["versions"])))
            .collect(),
        spread,
        notes,
        machine,
    }
}

fn key(of: Contestant) -> String {
    format!("{} {}", of.engine, of.file)
}

/// Version and raw figures of one engine, or why there are none.
fn raw(rounds: &Rounds, of: Contestant, versions: &Value) -> Value {
    let mut raw = json!({"version": versions[of.engine]});
    if let Some(why) = rounds.failure(of) {
        raw["failed"] = why.into();
    }
    for figure in FIGURES {
        raw[figure] = json!(rounds.spread(of, figure));
    }
    raw
}

impl Cpu<Spread> {
    fn medians(&self) -> Cpu<f64> {
        let median = |spread: Option<Spread>| spread.map(|spread| spread.median);
        Cpu {
            decode_vs_wllama: median(self.decode_vs_wllama),
            prefill_vs_wllama: median(self.prefill_vs_wllama),
            decode_vs_llamacpp: median(self.decode_vs_llamacpp),
            decode_vs_flare: median(self.decode_vs_flare),
            warm_load_vs_wllama: median(self.warm_load_vs_wllama),
            renderer_mb: median(self.renderer_mb),
            decode_tps: median(self.decode_tps),
            prefill_tps: median(self.prefill_tps),
        }
    }
}
