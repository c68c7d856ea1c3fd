//! A long step: what is being done, how long it usually takes, how long it has taken.
//!
//! On a terminal one line stays alive below the step's name; elsewhere a line appears now and then,
//! so that a log never looks dead. What the program says is kept back and shown if it fails.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// How much of a failed program's output is shown.
const LINES_KEPT: usize = 60;
/// How often the live line of a terminal changes.
const TERMINAL_PERIOD: Duration = Duration::from_secs(1);
/// How often a line appears where there is no terminal.
const LOG_PERIOD: Duration = Duration::from_secs(20);
/// The width of the live line.
const WIDTH: usize = 78;

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepError {
    #[error("cannot start {program}: {source}")]
    Start { program: String, source: io::Error },
    #[error("{title} failed ({status})\n{output}")]
    Failed {
        title: String,
        status: ExitStatus,
        output: String,
    },
}

/// Says that something is already as it should be.
pub(crate) fn already(what: &str) {
    eprintln!("  ok  {what}");
}

/// Says something that is neither a step nor an error.
pub(crate) fn note(what: &str) {
    eprintln!("  --  {what}");
}

/// Runs a program to its end as a step that usually takes `usual`.
pub(crate) fn run(title: &str, usual: &str, command: &mut Command) -> Result<(), StepError> {
    watch(title, usual, command, &|| None)
}

/// Like [`run`], with a better word on how far it has come than the program's own last line.
pub(crate) fn watch(
    title: &str,
    usual: &str,
    command: &mut Command,
    so_far: &dyn Fn() -> Option<String>,
) -> Result<(), StepError> {
    eprintln!("  ..  {title} (usually {usual})");
    let begun = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| cannot_start(command, source))?;

    let (said, lines) = mpsc::channel();
    listen(child.stdout.take(), said.clone());
    listen(child.stderr.take(), said);

    let mut live = LiveLine::new();
    let mut kept = VecDeque::new();
    loop {
        match lines.recv_timeout(TERMINAL_PERIOD) {
            Ok(line) => {
                if kept.len() == LINES_KEPT {
                    kept.pop_front();
                }
                kept.push_back(line);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        live.show(begun.elapsed(), || {
            so_far()
                .or_else(|| kept.back().cloned())
                .unwrap_or_default()
        });
    }
    live.clear();

    let status = child
        .wait()
        .map_err(|source| cannot_start(command, source))?;
    if status.success() {
        eprintln!("  ok  {title}, {}", clock(begun.elapsed()));
        return Ok(());
    }
    Err(StepError::Failed {
        title: title.to_owned(),
        status,
        output: Vec::from(kept).join("\n"),
    })
}

/// Runs a program that speaks for itself: its output goes to the terminal as it comes.
pub(crate) fn run_aloud(title: &str, command: &mut Command) -> Result<(), StepError> {
    eprintln!("  ..  {title}");
    let begun = Instant::now();
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|source| cannot_start(command, source))?;
    if status.success() {
        eprintln!("  ok  {title}, {}", clock(begun.elapsed()));
        return Ok(());
    }
    Err(StepError::Failed {
        title: title.to_owned(),
        status,
        output: String::new(),
    })
}

/// What a program prints on stdout, or nothing if it cannot be run or fails.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    output.status.success().then(|| text.trim().to_owned())
}

/// The error for a program that did not start.
pub(crate) fn cannot_start(command: &Command, source: io::Error) -> StepError {
    StepError::Start {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
    }
}

fn listen(stream: Option<impl Read + Send + 'static>, said: Sender<String>) {
    let Some(stream) = stream else { return };
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            // A progress bar redraws itself after each carriage return: the last drawing counts.
            let line = line.trim_end().rsplit('\r').next().unwrap_or_default();
            if said.send(line.to_owned()).is_err() {
                return;
            }
        }
    });
}

/// The line that says a step is still at work.
struct LiveLine {
    terminal: bool,
    shown: Instant,
}

impl LiveLine {
    fn new() -> Self {
        Self {
            terminal: io::stderr().is_terminal(),
            shown: Instant::now(),
        }
    }

    fn show(&mut self, elapsed: Duration, detail: impl FnOnce() -> String) {
        let period = if self.terminal {
            TERMINAL_PERIOD
        } else {
            LOG_PERIOD
        };
        if self.shown.elapsed() < period {
            return;
        }
        self.shown = Instant::now();
        let line = format!("      {} {}", clock(elapsed), detail().trim());
        let line: String = line
            .chars()
            .filter(|c| !c.is_control())
            .take(WIDTH)
            .collect();
        if self.terminal {
            eprint!("\r\x1b[K{line}");
            // A terminal that went away is no reason to stop the step.
            let _ = io::stderr().flush();
        } else {
            eprintln!("{line}");
        }
    }

    fn clear(&self) {
        if self.terminal {
            eprint!("\r\x1b[K");
        }
    }
}

/// Minutes and seconds.
pub(crate) fn clock(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message_of(script: &str) -> String {
        let mut command = Command::new("sh");
        run("counting", "no time", command.args(["-c", script]))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_failure_shows_what_the_program_said_last() {
        let message = message_of("seq 100; exit 3");
        assert!(message.contains("counting failed"), "{message}");
        assert!(message.contains("exit status: 3"), "{message}");
        assert!(message.contains("\n100"), "{message}");
        assert!(!message.contains("\n10\n"), "{message}");
        let message = message_of("echo out; echo err >&2; exit 1");
        assert!(message.contains("out"), "{message}");
        assert!(message.contains("err"), "{message}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let missing = run(
            "nothing",
            "no time",
            &mut Command::new("weir-no-such-program"),
        );
        let message = missing.unwrap_err().to_string();
        assert!(
            message.contains("cannot start weir-no-such-program"),
            "{message}"
        );
    }

    #[test]
    fn asking_a_program_that_fails_answers_nothing() {
        assert_eq!(
            ask(Command::new("sh").args(["-c", "echo 7"])),
            Some("7".to_owned())
        );
        assert_eq!(ask(Command::new("sh").args(["-c", "echo 7; exit 1"])), None);
        assert_eq!(ask(&mut Command::new("weir-no-such-program")), None);
    }

    #[test]
    fn the_clock_counts_minutes() {
        assert_eq!(clock(Duration::from_secs(9)), "0:09");
        assert_eq!(clock(Duration::from_secs(725)), "12:05");
    }
}
