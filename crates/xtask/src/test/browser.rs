//! The built page: what is in it, and what it does in a browser.

use std::fs;
use std::process::Command;

use super::native;
use super::tally::Tally;
use crate::Failure;
use crate::demo_cloud::{self, DemoCloud};
use crate::dist::{self, Sizes};
use crate::end_to_end::Stage;
use crate::kernels;
use crate::page::Module;
use crate::places::{Places, make_folder};
use crate::setup::drivers::Drivers;
use crate::setup::{browser, model};
use crate::step;
use crate::worker_tests;

/// What the linker puts around each export of a module whose constructors nobody calls: it would
/// run all of them again at every call, which makes each launch of a kernel 200 times slower.
const WRAPPER: &str = ".command_export";
/// The crates of the runtime, which the page's own module must not carry.
const RUNTIME: [&str; 2] = ["burn_", "cubecl"];

/// Looks at the two modules.
pub(crate) fn page(places: &Places) -> Result<Tally, Failure> {
    let dist = places.dist();
    let (page, worker) = (Module::page(&dist)?, Module::worker(&dist)?);
    for module in [&page, &worker] {
        println!("{:>10} bytes  {}", module.len(), module.path.display());
    }
    let checks = [
        ("the page's module names its functions", page.has_names()),
        (
            "the worker's module names its functions",
            worker.has_names(),
        ),
        (
            "the worker runs its constructors once",
            !worker.mentions(WRAPPER),
        ),
        (
            "the worker carries the runtime",
            RUNTIME.iter().all(|name| worker.mentions(name)),
        ),
        (
            "the page does not carry the runtime",
            !RUNTIME.iter().any(|name| page.mentions(name)),
        ),
    ];
    for (what, holds) in checks {
        println!("{}  {what}", if holds { "ok    " } else { "FAILED" });
    }
    Ok(checks.iter().map(|(_, holds)| Tally::of(*holds)).sum())
}

/// What the worker computes in WebAssembly: the policy, against what the lab wrote down, and the
/// kernels that it loads beside itself.
pub(crate) fn decisions(places: &Places) -> Result<Tally, Failure> {
    let mut tally = Tally::default();
    for mut tests in [
        worker_tests::build(places)?,
        worker_tests::build_relaxed(places)?,
    ] {
        let counted = native::count(&mut tests)?;
        if counted == Tally::default() {
            // The runner takes a module without tests for a success.
            return Err("some of the worker's tests hold no test".into());
        }
        tally = tally + counted;
    }
    Ok(tally)
}

/// The page in the browsers of three makers.
pub(crate) fn browsers(places: &Places) -> Result<Tally, Failure> {
    let chromium = browser::find_or_install()?;
    let drivers = Drivers::ready(places)?;
    model::fetch(places)?;
    let program = demo_cloud::build(places)?;
    let serving = DemoCloud::start(&program, places, 0, None)?;
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter", "tap", "local.test.mjs"])
        .current_dir(places.browsers())
        .env("WEIR_PAGE", &serving.page)
        .env("CHROMIUM", chromium);
    drivers.name_in(&mut node);
    let mut tally = Tally::default();
    let succeeded = native::read_lines(&mut node, |line| {
        println!("{line}");
        tally = tally + Tally::of_node(line).unwrap_or_default();
    })?;
    Ok(if succeeded || tally.failed > 0 {
        tally
    } else {
        tally + Tally::FAILED
    })
}

/// Builds the page for hosting, and holds its modules against their bars.
pub(crate) fn sizes(places: &Places) -> Result<Tally, Failure> {
    dist::build(places)?;
    let sizes = Sizes::of(&places.dist())?;
    let weighed = sizes.beside_their_bars().map(|(size, bar, what)| {
        let fits = size <= bar;
        let verdict = if fits { "ok    " } else { "FAILED" };
        println!("{verdict}  {what} has {size} of {bar} bytes after brotli");
        Tally::of(fits)
    });
    Ok(weighed.into_iter().sum())
}

/// Some of Playwright's projects.
pub(crate) fn end_to_end(places: &Places, projects: &[&str]) -> Result<Tally, Failure> {
    let stage = Stage::set_up(places)?;
    make_folder(&places.native_target())?;
    let report = places.native_target().join("weir-e2e.json");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let mut playwright = stage.playwright(places);
    playwright.env("WEIR_E2E_REPORT", &report);
    playwright.env("WEIR_KERNELS", kernels::write(places)?);
    playwright.args(
        projects
            .iter()
            .map(|project| format!("--project={project}")),
    );
    let ran = step::run_aloud("browser tests", &mut playwright);
    let counted = fs::read_to_string(&report)
        .ok()
        .and_then(|report| Tally::of_playwright(&report));
    match (counted, ran) {
        (Some(tally), Err(_)) if tally.failed == 0 => Ok(tally + Tally::FAILED),
        (Some(tally), _) => Ok(tally),
        (None, Err(failure)) => Err(failure.into()),
        (None, Ok(())) => Err("Playwright left no report".into()),
    }
}
