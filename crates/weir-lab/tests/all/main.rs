//! The tests of `weir-lab`, in one program because each would link all of burn. They mirror `src`.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should say where"
)]

mod checks;
mod dataset;
mod decisions;
mod eval_command;
mod evaluate;
mod fit;
mod output;
mod pacing;
mod planner;
mod policies;
mod prompts;
mod report;
mod resampling;
mod response;
mod scenario;
mod shipped;
mod suite;
mod tmo;
mod trace;
mod train;
mod world;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

use weir_lab::{
    checks::LocalQuality,
    scenario::{DEFAULT, find},
    world::{Noise, Scenario},
};

/// The shipped scenario.
fn scenario(noise: Noise) -> Arc<Scenario> {
    static CALM: LazyLock<Arc<Scenario>> = LazyLock::new(|| {
        let local = LocalQuality::shipped().unwrap();
        Arc::new(Scenario::new(find(DEFAULT).unwrap(), &local, Noise::None))
    });
    static NOISY: LazyLock<Arc<Scenario>> =
        LazyLock::new(|| Arc::new(CALM.with_noise(Noise::Full)));
    match noise {
        Noise::None => CALM.clone(),
        Noise::Full => NOISY.clone(),
    }
}

/// A folder of one test, empty at its beginning and gone at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("weir-lab-{test}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
