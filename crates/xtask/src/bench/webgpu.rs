//! The WebGPU path: without a GPU its speed cannot be measured, but its launches can be counted.

use crate::Failure;
use crate::places::Places;
use crate::setup::model;
use crate::step;
use crate::test::native;

/// The tests of the runtime that count launches, and what follows the number where they say it.
const TESTS: &str = "launches";
const MARK: &str = " launches";

/// Launches of one decoded token of the model, if this tree's tests count them.
pub(super) fn launches(places: &Places) -> Result<Option<u64>, Failure> {
    let model = model::fetch(places)?;
    step::note("counting launches on WebGPU; builds the runtime's tests first, minutes if it must");
    Ok(native::output(places, TESTS, &model)?.and_then(|said| counted(&said)))
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
}
