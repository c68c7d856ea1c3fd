//! `cargo xtask bench decisions`: how long the policy's decisions take, natively and in WebAssembly.

use std::collections::BTreeMap;
use std::process::Command;

use serde::Deserialize;

use crate::Failure;
use crate::places::Places;
use crate::setup::cargo_tools;
use crate::step;
use crate::test::native::{self, Part};
use crate::worker_tests;

/// What `weir-lab decisions time --json` prints, and the worker's test behind [`MARK`].
#[derive(Debug, Deserialize)]
struct Timings {
    all: Timing,
    by_actions: BTreeMap<usize, Timing>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Timing {
    decisions: usize,
    median_us: f64,
    p95_us: f64,
}

const MARK: &str = "timings ";

/// Times both, one after the other, and prints one table.
pub(crate) fn bench(places: &Places) -> Result<(), Failure> {
    cargo_tools::ready(places)?;
    let mut worker = worker_tests::build(places)?;
    // As the tests are built, which leaves the program beside them.
    let mut cargo = native::cargo(places, "test", Part::WithRuntime);
    let usual = "10 minutes the first time, on two cores";
    step::run("building the lab", usual, cargo.arg("--no-run"))?;

    let program = format!("weir-lab{}", std::env::consts::EXE_SUFFIX);
    let mut lab = Command::new(places.native_target().join("debug").join(program));
    lab.args(["decisions", "time", "--json"])
        .current_dir(places.checkout());
    let here = timings(&mut lab, "")?;
    let worker = timings(worker.arg("--nocapture"), MARK)?;
    print!("{}", table(&here, &worker));
    Ok(())
}

fn timings(command: &mut Command, mark: &str) -> Result<Timings, Failure> {
    let mut found = None;
    let succeeded = native::read_lines(command, |line| {
        if let Some((_, json)) = line.split_once(mark) {
            found = found.take().or_else(|| serde_json::from_str(json).ok());
        }
    })?;
    match found {
        Some(timings) if succeeded => Ok(timings),
        _ => Err(format!("{command:?} gave no times; what it said stands above").into()),
    }
}

fn table(here: &Timings, worker: &Timings) -> String {
    let mut table = "\
                      this machine, µs     WebAssembly, µs
 actions  decisions    median     95 %     median     95 %
"
    .to_owned();
    let mut row = |name: &str, here: &Timing, worker: &Timing| {
        table.push_str(&format!(
            "{name:>8} {:>10} {:>9.1} {:>8.1} {:>10.1} {:>8.1}\n",
            here.decisions, here.median_us, here.p95_us, worker.median_us, worker.p95_us
        ));
    };
    for (actions, timing) in &here.by_actions {
        if let Some(worker) = worker.by_actions.get(actions) {
            row(&actions.to_string(), timing, worker);
        }
    }
    row("all", &here.all, &worker.all);
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"all":{"decisions":3,"median_us":2.0,"p95_us":9.5},
        "by_actions":{"2":{"decisions":3,"median_us":2.0,"p95_us":9.5}}}"#;

    #[test]
    fn times_are_found_among_what_a_test_runner_says() {
        let line = LINE.replace('\n', "");
        let script = format!("echo running; echo '  log timings {line}'");
        let mut command = Command::new("sh");
        let found = timings(command.args(["-c", &script]), MARK).unwrap();
        assert_eq!(found.all.decisions, 3);
        let rows = table(&found, &found);
        assert_eq!(rows.lines().count(), 4);
        assert!(rows.contains("     all          3       2.0      9.5        2.0      9.5"));
    }

    #[test]
    fn a_program_without_times_is_named() {
        let mut command = Command::new("sh");
        let failure = timings(command.args(["-c", "echo none"]), MARK).unwrap_err();
        assert!(failure.to_string().contains("echo none"));
    }
}
