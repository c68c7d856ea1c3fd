//! The WebGPU path without a browser: its launches are counted, and its speed is measured where there
//! is a GPU.

use std::process::Command;

use serde_json::Value;

use crate::Failure;
use crate::places::Places;
use crate::setup::model;
use crate::step;
use crate::test::native;

/// The tests of the runtime that count launches, and what follows the number where they say it.
const TESTS: &str = "launches";
const MARK: &str = " launches";
/// The example of the runtime that measures replies.
const SPEED: &str = "speed";

/// Launches of one decoded token of the model, if this tree's tests count them.
pub(super) fn launches(places: &Places) -> Result<Option<u64>, Failure> {
    let model = model::fetch(places)?;
    step::note("counting launches on WebGPU; builds the runtime's tests first, minutes if it must");
    Ok(native::output(places, TESTS, &model)?.and_then(|said| counted(&said)))
}

/// How quick the model is on this machine's GPU, through wgpu; `None` if a processor emulates it or
/// there is none.
pub(super) fn speed(places: &Places) -> Result<Option<Value>, Failure> {
    let ran = Command::new(native::runtime_example(places, SPEED)?)
        .arg(model::fetch(places)?)
        .arg("webgpu")
        .output()?;
    Ok(figures(&String::from_utf8_lossy(&ran.stdout)))
}

/// The JSON object that a program prints, if it prints one.
fn figures(said: &str) -> Option<Value> {
    let figures = said
        .lines()
        .find_map(|line| serde_json::from_str(line).ok());
    figures.filter(Value::is_object)
}

/// The number in a line that says so and nothing else.
fn counted(said: &str) -> Option<u64> {
    let mut lines = said.lines();
    lines.find_map(|line| line.trim().strip_suffix(MARK)?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn launches_are_found_among_what_tests_say() {
        let said = "running 2 tests\n64 launches\ntest few_launches ... ok\n";
        assert_eq!(counted(said), Some(64));
        assert_eq!(counted("test a_token_takes_few_launches ... ok"), None);
        assert_eq!(counted(""), None);
    }

    #[test]
    fn a_machine_without_a_gpu_has_no_speed() {
        assert_eq!(figures("null\n"), None);
        assert_eq!(figures(""), None);
        let said = "{\"adapter\":\"H100\",\"decode_tps\":400.0}\n";
        assert_eq!(
            figures(said).map(|f| f["decode_tps"].as_f64()),
            Some(Some(400.0))
        );
    }
}
