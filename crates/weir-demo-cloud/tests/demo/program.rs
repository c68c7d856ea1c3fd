//! Starts the program and waits until it serves.

use std::{
    env,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, Weak},
};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct Program {
    pub(crate) child: Child,
    pub(crate) page: String,
    pub(crate) cloud: Option<String>,
}

impl Program {
    /// Runs it on free ports with what `arguments` add.
    pub(crate) fn start(page: &Path, models: &Path, arguments: &[&str]) -> Self {
        let mut child = command(page, models)
            .args(["--page-port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let ready: Value = serde_json::from_str(&line).expect("one line of JSON");
        Self {
            child,
            page: ready["page"].as_str().expect("an address").to_owned(),
            cloud: ready["cloud"].as_str().map(str::to_owned),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn command(page: &Path, models: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weir-demo-cloud"));
    command.arg("--page").arg(page).arg("--models").arg(models);
    command
}

/// A page and a model as small as they can be.
pub(crate) fn site() -> (TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let [page, models] = ["page", "models"].map(|name| folder.path().join(name));
    for (path, content) in [
        (page.join("index.html"), "<script>start()</script>Weir"),
        (page.join("app.js"), "export default 1;"),
        (page.join("app_bg.wasm"), "\0asm"),
        (page.join("weir.json"), "{}"),
        (models.join("tiny.gguf"), "0123456789"),
        (folder.path().join("secret"), "secret"),
    ] {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, content).expect("a file");
    }
    (folder, page, models)
}

/// A real model and a Python with llama.cpp: those that are named, or those of the cache. `None`,
/// and a word about it, where there are none.
pub(crate) fn backend() -> Option<[PathBuf; 2]> {
    let cache = env::var_os("XDG_CACHE_HOME").map_or_else(
        || PathBuf::from(env::var_os("HOME").unwrap_or_default()).join(".cache"),
        PathBuf::from,
    );
    let named = |variable, default| {
        env::var_os(variable).map_or_else(|| cache.join("weir").join(default), PathBuf::from)
    };
    let backend = [
        named("WEIR_MODEL", "models/SmolLM2-135M-Instruct.Q4_1.gguf"),
        named("WEIR_PYTHON", "python/bin/python"),
    ];
    match backend.iter().find(|path| !path.exists()) {
        None => Some(backend),
        Some(missing) => {
            println!(
                "skipped: {} is missing; `cargo xtask run` fetches it",
                missing.display()
            );
            None
        }
    }
}

/// The program with a real model behind it, shared by the tests that run at the same time.
pub(crate) fn with_model() -> Option<Arc<Program>> {
    static SHARED: Mutex<Weak<Program>> = Mutex::new(Weak::new());
    let backend = backend()?;
    let mut shared = SHARED
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(program) = shared.upgrade() {
        return Some(program);
    }
    let [model, python] = backend.map(|path| path.display().to_string());
    let (_folder, page, models) = site();
    let program = Program::start(&page, &models, &["--model", &model, "--python", &python]);
    let program = Arc::new(program);
    *shared = Arc::downgrade(&program);
    Some(program)
}
