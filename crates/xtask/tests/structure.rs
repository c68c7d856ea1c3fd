//! The order of the crates: dependencies run down one list, and the page never reaches the runtime.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its subject has failed"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The crates from top to bottom. A crate may depend on those below it, and on no others.
const TOP_TO_BOTTOM: [&str; 13] = [
    // Programs of this machine, which nothing depends on.
    "xtask",
    "weir-demo-cloud",
    "weir-lab",
    // The browser.
    "weir-app",
    "weir-widget",
    "weir-ui",
    "weir-worker",
    "weir-browser",
    "weir-engine",
    "weir-cloud",
    "weir-llm",
    "weir-policy",
    "weir-core",
];
/// Programs and modules: their doors are a command line, a page or an element, not a dependency.
const LEAVES: [&str; 6] = [
    "xtask",
    "weir-demo-cloud",
    "weir-lab",
    "weir-app",
    "weir-widget",
    "weir-worker",
];
/// These stand side by side; the worker joins them.
const SIDE_BY_SIDE: [&str; 4] = ["weir-engine", "weir-cloud", "weir-llm", "weir-policy"];
/// What these run is not the product; their tests may hold it against them.
const ON_THEIR_OWN: [&str; 2] = ["xtask", "weir-demo-cloud"];

/// What a crate depends on another for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Running,
    Testing,
}

/// Why `from` must not depend on `to`, if it must not.
fn forbidden(from: &str, to: &str, purpose: Purpose) -> Option<&'static str> {
    let rank = |name: &str| TOP_TO_BOTTOM.iter().position(|known| *known == name);
    let (Some(above), Some(below)) = (rank(from), rank(to)) else {
        return Some("a crate that the list does not know");
    };
    if above >= below {
        Some("arrows run down the list only")
    } else if LEAVES.contains(&to) {
        Some("nothing depends on a program")
    } else if SIDE_BY_SIDE.contains(&from) && SIDE_BY_SIDE.contains(&to) {
        Some("these stand side by side")
    } else if ON_THEIR_OWN.contains(&from) && purpose == Purpose::Running {
        Some("this one carries no product code")
    } else {
        None
    }
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(checkout())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Each crate of the workspace with the crates of the workspace that it names.
fn arrows() -> Vec<(String, Vec<(String, Purpose)>)> {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1", "--locked"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let purpose = |dependency: &Value| match dependency["kind"].as_str() {
        Some("dev") => Purpose::Testing,
        _ => Purpose::Running,
    };
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap();
            let ours = dependencies.iter().filter(|one| one["path"].is_string());
            (
                name(package),
                ours.map(|one| (name(one), purpose(one))).collect(),
            )
        })
        .collect()
}

#[test]
fn every_crate_of_the_workspace_is_in_the_list() {
    let mut found: Vec<_> = arrows().into_iter().map(|(name, _)| name).collect();
    let mut listed = TOP_TO_BOTTOM.map(str::to_owned).to_vec();
    found.sort();
    listed.sort();
    assert_eq!(found, listed);
}

#[test]
fn dependencies_run_down_the_list() {
    let mut wrong = Vec::new();
    for (from, named) in arrows() {
        for (to, purpose) in named {
            if let Some(why) = forbidden(&from, &to, purpose) {
                wrong.push(format!("{from} -> {to}: {why}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_crate_that_names_one_above_it_is_found() {
    for (from, to) in [
        ("weir-core", "weir-engine"),
        ("weir-engine", "weir-browser"),
        ("weir-engine", "weir-cloud"),
        ("weir-cloud", "weir-policy"),
        ("weir-policy", "weir-llm"),
        ("weir-app", "weir-worker"),
        ("weir-ui", "weir-app"),
        ("weir-demo-cloud", "weir-cloud"),
        ("weir-core", "weir-core"),
        ("weir-core", "weir-unknown"),
    ] {
        let found = forbidden(from, to, Purpose::Running);
        assert!(found.is_some(), "{from} -> {to}");
    }
    for (from, to) in [
        ("weir-app", "weir-ui"),
        ("weir-worker", "weir-llm"),
        ("weir-lab", "weir-policy"),
        ("weir-engine", "weir-core"),
    ] {
        let found = forbidden(from, to, Purpose::Running);
        assert_eq!(found, None, "{from} -> {to}");
    }
    for (from, to, allowed) in [
        ("weir-demo-cloud", "weir-cloud", true),
        ("weir-core", "weir-engine", false),
    ] {
        let found = forbidden(from, to, Purpose::Testing);
        assert_eq!(found.is_none(), allowed, "{from} -> {to}");
    }
}

/// The crates that `package` is built from in the browser.
fn closure(package: &str) -> Vec<String> {
    let tree = cargo(&[
        "tree",
        "--locked",
        "--package",
        package,
        "--target",
        "wasm32-unknown-unknown",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    tree.lines()
        .filter_map(|line| line.split(' ').next().map(str::to_owned))
        .collect()
}

fn runtime_crates(package: &str) -> Vec<String> {
    let mut crates = closure(package);
    crates.retain(|name| {
        ["burn", "cubecl", "wgpu"]
            .iter()
            .any(|root| name.starts_with(root))
    });
    crates
}

#[test]
fn the_page_and_the_element_do_not_reach_the_runtime() {
    for package in [
        "weir-app",
        "weir-widget",
        "weir-ui",
        "weir-browser",
        "weir-engine",
    ] {
        assert_eq!(runtime_crates(package), [""; 0], "{package}");
    }
    assert!(
        runtime_crates("weir-worker").contains(&"burn".to_owned()),
        "the worker is where it lives: if it is not found there, this test looks in the wrong way"
    );
}

#[test]
fn the_model_and_the_money_know_no_browser() {
    for package in ["weir-core", "weir-engine", "weir-cloud"] {
        let reached = closure(package);
        let browser = ["web-sys", "js-sys", "gloo-net"];
        let found: Vec<_> = reached
            .iter()
            .filter(|name| browser.contains(&name.as_str()))
            .collect();
        assert_eq!(found, [""; 0], "{package}");
    }
}
