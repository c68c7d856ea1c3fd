//! `weir-demo-cloud`: serves the page, and stands in for a paid provider.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use serde::Deserialize;

use crate::places::Places;
use crate::step::{self, StepError};
use crate::test::native;

/// How often a running demo cloud is looked after.
const PERIOD: Duration = Duration::from_millis(200);

/// Why the demo cloud does not serve.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoCloudError {
    #[error(transparent)]
    Step(#[from] StepError),
    #[error("the demo cloud ended before it was ready; its reason stands above")]
    NotReady,
    #[error("the demo cloud ended by itself; its reason stands above")]
    Ended,
    #[error("the demo cloud said `{0}` where it should say that it is ready")]
    Unclear(String),
    #[error("cannot wait for Ctrl-C: {0}")]
    Signal(#[from] ctrlc::Error),
    #[error("cannot look after the demo cloud: {0}")]
    Lost(#[from] std::io::Error),
}

/// What answers the offloaded turns.
#[derive(Debug)]
pub(crate) struct Backend {
    /// The weights that llama.cpp serves.
    pub(crate) model: PathBuf,
    /// A Python with llama.cpp's server.
    pub(crate) python: PathBuf,
}

/// Compiles it, and says where the program is.
pub(crate) fn build(places: &Places) -> Result<PathBuf, DemoCloudError> {
    let mut cargo = native::cargo(places, "build", native::Part::Light);
    cargo.args(["--bin", "weir-demo-cloud"]);
    step::run(
        "building the demo cloud",
        "2 minutes the first time",
        &mut cargo,
    )?;
    let program = format!("weir-demo-cloud{}", std::env::consts::EXE_SUFFIX);
    Ok(places.native_target().join("debug").join(program))
}

/// A demo cloud at work. It is ended when this goes away.
#[derive(Debug)]
pub(crate) struct DemoCloud {
    child: Child,
    /// Where the page is.
    pub(crate) page: String,
    /// Where the gateway is, if there is one.
    pub(crate) cloud: Option<String>,
}

#[derive(Deserialize)]
struct Ready {
    page: String,
    cloud: Option<String>,
}

impl DemoCloud {
    /// Starts it and waits until it serves.
    pub(crate) fn start(
        program: &Path,
        places: &Places,
        port: u16,
        backend: Option<&Backend>,
    ) -> Result<Self, DemoCloudError> {
        let mut command = Command::new(program);
        command
            .arg("--page")
            .arg(places.dist())
            .arg("--models")
            .arg(places.models())
            .arg("--page-port")
            .arg(port.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        if let Some(backend) = backend {
            command.arg("--model").arg(&backend.model);
            command.arg("--python").arg(&backend.python);
        }
        let mut child = command
            .spawn()
            .map_err(|source| step::cannot_start(&command, source))?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        // From here on the child is ended whatever happens.
        let mut serving = Self {
            child,
            page: String::new(),
            cloud: None,
        };
        if line.is_empty() {
            return Err(DemoCloudError::NotReady);
        }
        let ready: Ready = serde_json::from_str(&line)
            .map_err(|_| DemoCloudError::Unclear(line.trim().to_owned()))?;
        serving.page = ready.page;
        serving.cloud = ready.cloud;
        Ok(serving)
    }

    /// Serves until Ctrl-C.
    pub(crate) fn serve(mut self) -> Result<(), DemoCloudError> {
        let (asked, asked_to_end) = mpsc::channel();
        ctrlc::set_handler(move || {
            // Nobody listens any more once the end has begun.
            let _ = asked.send(());
        })?;
        loop {
            match asked_to_end.recv_timeout(PERIOD) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            if self.child.try_wait()?.is_some() {
                return Err(DemoCloudError::Ended);
            }
        }
    }
}

impl Drop for DemoCloud {
    fn drop(&mut self) {
        // Once it has ended its number may be another's.
        if matches!(self.child.try_wait(), Ok(None)) {
            ask_to_end(&mut self.child);
        }
        // It has its own server to take down, and an error here has nobody left to tell.
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
fn ask_to_end(child: &mut Child) {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    if let Ok(pid) = i32::try_from(child.id()) {
        // An error means that it has ended already.
        let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
    }
}

#[cfg(not(unix))]
fn ask_to_end(child: &mut Child) {
    // An error means that it has ended already.
    let _ = child.kill();
}
