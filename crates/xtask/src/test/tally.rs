//! Counts of tests, and how they are read from what the test runners print.

use std::fmt;
use std::iter::Sum;

/// How many tests ended in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    /// One test that passed.
    pub(crate) const PASSED: Self = Self {
        passed: 1,
        failed: 0,
        skipped: 0,
    };
    /// One test that failed, or a group that could not run.
    pub(crate) const FAILED: Self = Self {
        passed: 0,
        failed: 1,
        skipped: 0,
    };
    /// One test that could not be run here and need not be.
    pub(crate) const SKIPPED: Self = Self {
        passed: 0,
        failed: 0,
        skipped: 1,
    };

    /// One test.
    pub(crate) fn of(passed: bool) -> Self {
        if passed { Self::PASSED } else { Self::FAILED }
    }

    /// Reads the summary line of Rust's own test runner, if this is one:
    /// `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; …`.
    pub(crate) fn of_libtest(line: &str) -> Option<Self> {
        let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let count = |word: &str| {
            counts.split(';').find_map(|part| {
                let (number, found) = part.trim().split_once(' ')?;
                (found == word).then(|| number.parse().ok())?
            })
        };
        Some(Self {
            passed: count("passed")?,
            failed: count("failed")?,
            skipped: count("ignored")?,
        })
    }

    /// Reads a line of the summary of Node's own test runner: `# pass 4`.
    pub(crate) fn of_node(line: &str) -> Option<Self> {
        let (word, number) = line.strip_prefix("# ")?.split_once(' ')?;
        let number = number.parse().ok()?;
        let mut tally = Self::default();
        match word {
            "pass" => tally.passed = number,
            // A test that was cancelled has shown nothing.
            "fail" | "cancelled" => tally.failed = number,
            "skipped" => tally.skipped = number,
            _ => return None,
        }
        Some(tally)
    }

    /// Reads the report that Playwright writes as JSON. A test that passed only when it was tried
    /// again has failed.
    pub(crate) fn of_playwright(report: &str) -> Option<Self> {
        let report: serde_json::Value = serde_json::from_str(report).ok()?;
        let count = |name: &str| report["stats"][name].as_u64();
        // An error outside any test: the configuration, or the set-up.
        let errors = report["errors"].as_array().map_or(0, Vec::len) as u64;
        Some(Self {
            passed: count("expected")?,
            failed: count("unexpected")? + count("flaky")? + errors,
            skipped: count("skipped")?,
        })
    }
}

impl std::ops::Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |sum, tally| sum + tally)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64, skipped: u64) -> Tally {
        Tally {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn reads_the_summary_of_libtest_and_nothing_else() {
        let ok = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; \
                  finished in 0.02s";
        assert_eq!(Tally::of_libtest(ok), Some(tally(12, 0, 1)));
        let bad = "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(Tally::of_libtest(bad), Some(tally(1, 2, 0)));
        assert_eq!(Tally::of_libtest("test ledger::settles ... ok"), None);
        assert_eq!(Tally::of_libtest("test result: ok. many passed"), None);
    }

    #[test]
    fn reads_the_summary_of_node() {
        let lines = [
            "# tests 7",
            "# pass 4",
            "# fail 1",
            "# cancelled 1",
            "# skipped 3",
            "# todo 0",
        ];
        let sum: Tally = lines.into_iter().filter_map(Tally::of_node).sum();
        assert_eq!(sum, tally(4, 2, 3));
        assert_eq!(Tally::of_node("ok 1 - pass 4"), None);
        assert_eq!(Tally::of_node("# Subtest: pass"), None);
    }

    #[test]
    fn reads_the_report_of_playwright() {
        let report = r#"{"stats":{"expected":5,"unexpected":1,"flaky":1,"skipped":2},"errors":[]}"#;
        assert_eq!(Tally::of_playwright(report), Some(tally(5, 2, 2)));
        let broken = r#"{"stats":{"expected":0,"unexpected":0,"flaky":0,"skipped":0},
                         "errors":[{"message":"no page"}]}"#;
        assert_eq!(Tally::of_playwright(broken), Some(tally(0, 1, 0)));
        assert_eq!(Tally::of_playwright("{}"), None);
        assert_eq!(Tally::of_playwright(""), None);
    }

    #[test]
    fn the_last_line_names_what_was_skipped_only_if_something_was() {
        let sum: Tally = [tally(1, 0, 0), tally(2, 1, 0)].into_iter().sum();
        assert_eq!(sum.to_string(), "3 passed, 1 failed");
        assert_eq!(
            (sum + Tally::SKIPPED).to_string(),
            "3 passed, 1 failed, 1 skipped"
        );
    }
}
