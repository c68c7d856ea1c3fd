//! The Rust tests that run on this machine.
//!
//! They are built by two calls of Cargo, and always by the same two: what is asked of a dependency
//! goes by the choice of packages, and the runtime takes minutes to compile. Then each is run from
//! here, which lets the parity tests be a group of their own.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::tally::Tally;
use crate::Failure;
use crate::places::Places;
use crate::setup::model;
use crate::step::{self, StepError};

/// The modules that only a browser can start, and this crate, which is compiled by itself.
const NOT_NATIVE: [&str; 3] = ["xtask", "weir-widget", "weir-worker"];
/// What the name of a test has that compares with llama.cpp.
const PARITY: &str = "parity";

/// The crates that bring the runtime along.
const WITH_RUNTIME: [&str; 3] = ["weir-lab", "weir-llm", "weir-policy"];

/// Which native crates a call of Cargo is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Those that bring burn along.
    WithRuntime,
    /// All others.
    Light,
}

impl Part {
    pub(crate) const BOTH: [Self; 2] = [Self::Light, Self::WithRuntime];
}

/// A call of Cargo on a part of the native crates.
pub(crate) fn cargo(places: &Places, command: &str, part: Part) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args([command, "--locked"]);
    match part {
        Part::WithRuntime => {
            cargo.args(WITH_RUNTIME.iter().flat_map(|name| ["--package", name]));
        }
        Part::Light => {
            let others = NOT_NATIVE.iter().chain(&WITH_RUNTIME);
            cargo.arg("--workspace");
            cargo.args(others.flat_map(|name| ["--exclude", name]));
        }
    }
    cargo
        .current_dir(places.checkout())
        .env("CARGO_TARGET_DIR", places.native_target());
    cargo
}

/// A call of Cargo on `xtask` itself, in the profile and the folder that it was compiled in.
pub(crate) fn cargo_for_xtask(places: &Places, command: &str) -> Command {
    let mut cargo = Command::new("cargo");
    cargo
        .args([
            command,
            "--locked",
            "--profile",
            "xtask",
            "--package",
            "xtask",
        ])
        .current_dir(places.checkout());
    cargo
}

/// The crates without the runtime, and the examples in their documentation.
pub(crate) fn native(places: &Places) -> Result<Tally, Failure> {
    // Whoever needs the model skips without it, and a test that was skipped has shown nothing.
    let model = model::fetch(places)?;
    let tally = run_all(build(places, Part::Light)?, &model)?;
    println!("--- xtask");
    let tally = tally + count(cargo_for_xtask(places, "test").arg("--bins"))?;
    Ok(tally + examples(places, Part::Light)?)
}

/// The crates with the runtime: kernels on each device, the model, the policy, the lab.
pub(crate) fn runtime(places: &Places) -> Result<Tally, Failure> {
    let model = model::fetch(places)?;
    let mut programs = build(places, Part::WithRuntime)?;
    programs.retain(|program| !program.name.contains(PARITY));
    Ok(run_all(programs, &model)? + examples(places, Part::WithRuntime)?)
}

/// The language model against llama.cpp's stored results on the same file.
pub(crate) fn parity(places: &Places) -> Result<Tally, Failure> {
    let model = model::fetch(places)?;
    let mut programs = build(places, Part::WithRuntime)?;
    programs.retain(|program| program.name.contains(PARITY));
    if programs.is_empty() {
        return Err("there are no parity tests".into());
    }
    Ok(run_all(programs, &model)?)
}

fn run_all(programs: Vec<TestProgram>, model: &Path) -> Result<Tally, StepError> {
    let mut tally = Tally::default();
    for program in programs {
        tally = tally + program.run(model)?;
    }
    Ok(tally)
}

fn examples(places: &Places, part: Part) -> Result<Tally, StepError> {
    println!("--- examples in the documentation");
    let mut examples = cargo(places, "test", part);
    count(examples.args(["--doc", "--no-fail-fast"]))
}

/// What one set of the runtime's tests says, if there is one of this name.
pub(crate) fn output(places: &Places, name: &str, model: &Path) -> Result<Option<String>, Failure> {
    let programs = build(places, Part::WithRuntime)?;
    let Some(program) = programs.into_iter().find(|program| program.name == name) else {
        return Ok(None);
    };
    let ran = program.command(model).arg("--nocapture").output()?;
    let said = [ran.stdout, ran.stderr].concat();
    Ok(Some(String::from_utf8_lossy(&said).into_owned()))
}

/// A program of the runtime's examples.
pub(crate) fn runtime_example(places: &Places, name: &str) -> Result<PathBuf, Failure> {
    let mut cargo = cargo(places, "build", Part::WithRuntime);
    cargo.args(["--example", name]);
    step::run(&format!("building {name}"), "2 minutes", &mut cargo)?;
    let program = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let examples = places.native_target().join("debug").join("examples");
    Ok(examples.join(program))
}

/// The order of the crates, in seconds: it needs nothing but Cargo.
pub(crate) fn structure(places: &Places) -> Result<Tally, Failure> {
    let mut cargo = cargo_for_xtask(places, "test");
    Ok(count(cargo.args(["--test", "structure"]))?)
}

/// A compiled set of tests.
#[derive(Debug, PartialEq, Eq)]
struct TestProgram {
    /// The name of its target: the file's for a test of its own, else the crate's.
    name: String,
    path: PathBuf,
    /// The folder of its package, where Cargo would run it.
    folder: PathBuf,
}

impl TestProgram {
    fn run(&self, model: &Path) -> Result<Tally, StepError> {
        println!("--- {} in {}", self.name, self.folder.display());
        count(&mut self.command(model))
    }

    fn command(&self, model: &Path) -> Command {
        let mut command = Command::new(&self.path);
        command
            .current_dir(&self.folder)
            .env("CARGO_MANIFEST_DIR", &self.folder)
            .env("WEIR_MODEL", model);
        command
    }
}

fn build(places: &Places, part: Part) -> Result<Vec<TestProgram>, StepError> {
    let mut cargo = cargo(places, "test", part);
    cargo.args(["--no-run", "--message-format", "json-render-diagnostics"]);
    let mut programs = Vec::new();
    if !read_lines(&mut cargo, |line| programs.extend(built(line)))? {
        // Cargo has said on stderr what does not compile.
        step::run_aloud("building the tests", &mut cargo)?;
    }
    Ok(programs)
}

/// What one line of Cargo's JSON says was built, if it is a test.
fn built(line: &str) -> Option<TestProgram> {
    #[derive(Deserialize)]
    struct Artifact {
        manifest_path: PathBuf,
        target: Target,
        profile: Profile,
        executable: Option<PathBuf>,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
    }
    #[derive(Deserialize)]
    struct Profile {
        test: bool,
    }

    let artifact: Artifact = serde_json::from_str(line).ok()?;
    if !artifact.profile.test {
        return None;
    }
    Some(TestProgram {
        name: artifact.target.name,
        path: artifact.executable?,
        folder: artifact.manifest_path.parent().map(Path::to_path_buf)?,
    })
}

/// Runs tests, shows what they say and counts them. A program that dies without a count has failed.
pub(super) fn count(command: &mut Command) -> Result<Tally, StepError> {
    let mut tally = Tally::default();
    let succeeded = read_lines(command, |line| {
        println!("{line}");
        tally = tally + Tally::of_libtest(line).unwrap_or_default();
    })?;
    Ok(if succeeded || tally.failed > 0 {
        tally
    } else {
        tally + Tally::FAILED
    })
}

/// Gives each line of a program's stdout to `take`, and answers whether it ended well.
pub(crate) fn read_lines(
    command: &mut Command,
    mut take: impl FnMut(&str),
) -> Result<bool, StepError> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|source| step::cannot_start(command, source))?;
    if let Some(stdout) = child.stdout.take() {
        each_line(stdout, &mut take);
    }
    let status = child
        .wait()
        .map_err(|source| step::cannot_start(command, source))?;
    Ok(status.success())
}

fn each_line(stream: impl Read, take: &mut impl FnMut(&str)) {
    for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
        take(String::from_utf8_lossy(&line).trim_end_matches('\r'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_program_is_found_in_cargos_output() {
        let line = r#"{"reason":"compiler-artifact","manifest_path":"/w/crates/a/Cargo.toml",
            "target":{"name":"parity_tokens","kind":["test"]},"profile":{"test":true},
            "executable":"/t/parity_tokens-1"}"#;
        let program = built(line).unwrap();
        assert_eq!(program.name, "parity_tokens");
        assert_eq!(program.folder, Path::new("/w/crates/a"));
        for other in [
            line.replace(r#""test":true"#, r#""test":false"#),
            line.replace(r#""/t/parity_tokens-1""#, "null"),
            r#"{"reason":"build-finished","success":true}"#.to_owned(),
        ] {
            assert_eq!(built(&other), None, "{other}");
        }
    }

    #[test]
    fn a_program_that_dies_counts_as_a_failure() {
        let count_of = |script: &str| count(Command::new("sh").args(["-c", script])).unwrap();
        let line = "echo 'test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured'";
        assert_eq!(count_of(line).to_string(), "2 passed, 0 failed");
        let dies = format!("{line}; kill -SEGV $$");
        assert_eq!(count_of(&dies).to_string(), "2 passed, 1 failed");
    }
}
