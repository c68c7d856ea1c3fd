//! Compiles `relaxed/lib.rs`, the module that the worker loads where the browser knows relaxed SIMD.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, fs};

/// What `src/relaxed.rs` includes.
const MODULE: &str = "relaxed.wasm";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=relaxed");
    println!("cargo::rerun-if-changed=../weir-llm/src/kernels/simd/product");
    let out = env::var_os("OUT_DIR").unwrap_or_default();
    let module = Path::new(&out).join(MODULE);
    let done = if env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("wasm32") {
        // For the slot that the module's kernel takes in the worker's table of functions.
        println!("cargo::rustc-link-arg=--growable-table");
        compile(&module)
    } else {
        // Only a browser runs it.
        fs::write(&module, []).map_err(|error| error.to_string())
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("cargo::error=the kernels with relaxed SIMD were not compiled: {why}");
            ExitCode::FAILURE
        }
    }
}

fn compile(module: &Path) -> Result<(), String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let ended = Command::new(rustc)
        .args(["--crate-name", "relaxed", "--crate-type", "cdylib"])
        .args(["--edition", "2024", "--target", "wasm32-unknown-unknown"])
        .args([
            "-C",
            "opt-level=3",
            "-C",
            "panic=abort",
            "-C",
            "strip=symbols",
        ])
        .args(["-C", "target-feature=+simd128,+relaxed-simd"])
        .args([
            "-C",
            "link-arg=--import-memory",
            "-C",
            "link-arg=--no-entry",
        ])
        .args(["relaxed/lib.rs", "-o"])
        .arg(module)
        .status();
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("rustc ended with {status}")),
        Err(error) => Err(format!("rustc could not be run: {error}")),
    }
}
