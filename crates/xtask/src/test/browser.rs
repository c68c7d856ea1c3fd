//! The built page: what is in it, and what it does in a browser.

use std::fs;

use super::native;
use super::tally::Tally;
use crate::Failure;
use crate::end_to_end::Stage;
use crate::kernels;
use crate::page::Module;
use crate::places::{Places, make_folder};
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

/// What the policy decides in WebAssembly, against what the lab wrote down.
pub(crate) fn decisions(places: &Places) -> Result<Tally, Failure> {
    let tally = native::count(&mut worker_tests::build(places)?)?;
    if tally == Tally::default() {
        // The runner takes a module without tests for a success.
        return Err("the worker's tests hold no test".into());
    }
    Ok(tally)
}

/// Playwright's projects, all but the one that `run --check` uses.
pub(crate) fn end_to_end(places: &Places) -> Result<Tally, Failure> {
    let stage = Stage::set_up(places)?;
    make_folder(&places.native_target())?;
    let report = places.native_target().join("weir-e2e.json");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let mut playwright = stage.playwright(places);
    playwright.env("WEIR_E2E_REPORT", &report);
    playwright.env("WEIR_KERNELS", kernels::write(places)?);
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
