//! `cargo xtask`: everything a person does with this checkout, in one command each.
//!
//! It sets up and starts other programs; no product code lives here. A command runs from top to
//! bottom: what was asked ([`cli`]), where things lie ([`places`]), what must be there first
//! ([`setup`], with the versions of [`versions`]), then the work itself. Whatever takes long is a
//! [`step`], so that it says what it does and how long it has been at it.
//!
//! | module | what it does |
//! |---|---|
//! | [`run`] | builds the page, serves it and the demo cloud until Ctrl-C |
//! | [`check`] | has one turn answered on each side, in a headless browser |
//! | [`test`] | runs the groups of tests and counts them |
//! | [`bench`] | measures the engine beside its peers, and the policy's decisions |
//! | [`dist`] | builds the page for hosting, and weighs it |
//! | [`sources`] | tells whether a built page is up to date |
//! | [`page`] | calls Trunk, and looks at what it built |
//! | [`worker_tests`] | builds and calls the worker's tests in WebAssembly |
//! | [`demo_cloud`] | builds, starts and ends `weir-demo-cloud` |
//! | [`end_to_end`] | calls Playwright |
//! | [`kernels`] | writes the language model's kernels down for the browser's compiler |
//! | [`catalog`] | reads `models/catalog.toml` |
//!
//! Progress goes to stderr; stdout carries results alone.

mod bench;
mod catalog;
mod check;
mod cli;
mod demo_cloud;
mod dist;
mod end_to_end;
mod kernels;
mod page;
mod places;
mod run;
mod setup;
mod sources;
mod step;
mod test;
mod versions;
mod worker_tests;

use std::error::Error;
use std::process::ExitCode;

use cli::Command;
use places::Places;

/// Whatever went wrong, in words for the person at the terminal.
type Failure = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    match obey() {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn obey() -> Result<ExitCode, Failure> {
    let command = cli::parse(lexopt::Parser::from_env())?;
    let places = Places::find()?;
    match command {
        Command::Help(text) => println!("{text}"),
        Command::Run(options) if options.check => check::check(&places, &options)?,
        Command::Run(options) => run::run(&places, &options)?,
        Command::Test(groups) => return test::test(&places, &groups),
        Command::Bench(bench) => bench::bench(&places, &bench)?,
        Command::Dist => dist::dist(&places)?,
        Command::Setup => setup::everything(&places)?,
    }
    Ok(ExitCode::SUCCESS)
}
