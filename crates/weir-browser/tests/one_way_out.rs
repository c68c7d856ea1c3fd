//! What a user said leaves through one module. This reads the sources of every crate that runs in
//! the browser and fails where another module names a way out.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its crate has failed"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The crates that run in the browser, beside this one's folder.
const CRATES: [&str; 5] = [
    "weir-browser",
    "weir-worker",
    "weir-ui",
    "weir-app",
    "weir-widget",
];

/// Words that a request cannot be made without.
const WAYS_OUT: [&str; 15] = [
    "fetch(",
    "fetch_with",
    "crate::fetch",
    "fetch::",
    "gloo_net",
    "XmlHttpRequest",
    "XMLHttpRequest",
    "send_beacon",
    "sendBeacon",
    "WebSocket",
    "EventSource",
    "RtcPeerConnection",
    "RTCPeerConnection",
    "WebTransport",
    "importScripts",
];

/// The modules of this crate that may: the binding itself, egress, and the two that send nothing
/// but an address (the page's configuration, a model's file).
const ALLOWED: [&str; 4] = ["fetch.rs", "egress.rs", "config.rs", "models/supply.rs"];

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every Rust file under `folder`.
fn sources(folder: &Path) -> Vec<PathBuf> {
    files(folder, &["rs"])
}

/// Every file under `folder` whose name ends so.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if endings
            .iter()
            .any(|ending| path.extension().is_some_and(|it| it == *ending))
        {
            found.push(path);
        }
    }
    found
}

/// What a file says outside its comments.
fn code(text: &str) -> String {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

fn ways_out(text: &str) -> Vec<&'static str> {
    let code = code(text);
    WAYS_OUT
        .into_iter()
        .filter(|word| code.contains(word))
        .collect()
}

#[test]
fn only_egress_the_configuration_and_the_model_download_reach_the_network() {
    let mut leaks = Vec::new();
    for name in CRATES {
        let folder = crates().join(name).join("src");
        let allowed = ALLOWED.map(|file| crates().join("weir-browser/src").join(file));
        for file in sources(&folder) {
            let words = ways_out(&fs::read_to_string(&file).unwrap());
            if !words.is_empty() && !allowed.contains(&file) {
                leaks.push(format!("{}: {words:?}", file.display()));
            }
        }
    }
    assert!(
        leaks.is_empty(),
        "these modules could send data: {leaks:#?}"
    );
}

#[test]
fn the_scripts_beside_the_modules_fetch_their_styles_and_nothing_else() {
    const STYLES: &str = "fetch(beside(`style/${name}.css`))";
    let scripts = files(&crates().join("../www"), &["js", "html"]);
    assert!(scripts.len() > 1, "the scripts lie elsewhere now");
    for script in scripts {
        let text = fs::read_to_string(&script).unwrap();
        let words = ways_out(&text.replacen(STYLES, "", 1));
        assert_eq!(words, [""; 0], "{}", script.display());
    }
}

/// A permit is the only key to the network: whoever made one elsewhere would pass by the gate.
#[test]
fn one_line_of_the_engine_makes_permits() {
    let mut made = Vec::new();
    for file in files(&crates(), &["rs"]) {
        let text = code(&fs::read_to_string(&file).unwrap());
        if file.components().any(|part| part.as_os_str() == "src") {
            let place = file.strip_prefix(crates()).unwrap().to_owned();
            made.extend(text.matches("Permit::new(").map(|_| place.clone()));
            made.extend(text.matches("Permit {").map(|_| place.clone()));
        }
    }
    made.sort();
    let gate = PathBuf::from("weir-engine/src/gate.rs");
    let its_own = PathBuf::from("weir-engine/src/permit.rs");
    // There `struct Permit` and `impl Permit` stand.
    assert_eq!(made, [gate, its_own.clone(), its_own]);
}

#[test]
fn the_search_finds_what_it_looks_for() {
    for file in ALLOWED {
        let text = fs::read_to_string(crates().join("weir-browser/src").join(file)).unwrap();
        assert!(
            !ways_out(&text).is_empty(),
            "{file} names no way out any more"
        );
    }
    assert_eq!(ways_out("let it = fetch(url); // WebSocket"), ["fetch("]);
    assert!(ways_out("// once upon a time there was fetch(url)").is_empty());
}

#[test]
fn no_manifest_brings_a_way_out_of_its_own() {
    for name in CRATES {
        let manifest = fs::read_to_string(crates().join(name).join("Cargo.toml")).unwrap();
        for word in [
            "gloo-net",
            "reqwest",
            "\"XmlHttpRequest\"",
            "\"WebSocket\"",
            "\"EventSource\"",
        ] {
            assert!(!manifest.contains(word), "{name} depends on {word}");
        }
    }
}
