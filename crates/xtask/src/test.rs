//! `cargo xtask test`: groups of tests, each with its count, and the sum as the very last line.
//!
//! A group that fails does not stop the next one. A group that cannot even begin counts as one
//! failure.

mod browser;
mod lint;
pub(crate) mod native;
mod tally;

use std::cell::OnceCell;
use std::process::ExitCode;

use crate::Failure;
use crate::page::{self, Profile};
use crate::places::Places;
use crate::setup::cargo_tools;
use crate::step;
use tally::Tally;

/// What can be asked for with `--only`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    Format,
    Structure,
    Lint,
    Native,
    Runtime,
    Parity,
    Page,
    Decisions,
    E2e,
    Ledger,
    Faults,
    Privacy,
    Browsers,
    Sizes,
}

/// Playwright's projects for each kind of browser. The other groups that drive one are a project of
/// their own name.
const BROWSERS: [&str; 5] = ["gpu", "no-gpu", "no-timestamp", "denied", "strict-csp"];

impl Group {
    /// All groups, those that fail soonest first.
    pub(crate) const ALL: [Self; 14] = [
        Self::Format,
        Self::Structure,
        Self::Lint,
        Self::Native,
        Self::Runtime,
        Self::Parity,
        Self::Page,
        Self::Decisions,
        Self::E2e,
        Self::Ledger,
        Self::Faults,
        Self::Privacy,
        Self::Browsers,
        // The last: it builds another page over the one that the others test.
        Self::Sizes,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Structure => "structure",
            Self::Lint => "lint",
            Self::Native => "native",
            Self::Runtime => "runtime",
            Self::Parity => "parity",
            Self::Page => "page",
            Self::Decisions => "decisions",
            Self::E2e => "e2e",
            Self::Ledger => "ledger",
            Self::Faults => "faults",
            Self::Privacy => "privacy",
            Self::Browsers => "browsers",
            Self::Sizes => "sizes",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.name() == name)
    }
}

/// Runs the groups in order, and answers whether all passed.
pub(crate) fn test(places: &Places, groups: &[Group]) -> Result<ExitCode, Failure> {
    let run = Run {
        places,
        page: OnceCell::new(),
    };
    let mut counts = Vec::new();
    for group in groups {
        println!("\n=== {}", group.name());
        let tally = run.group(*group).unwrap_or_else(|failure| {
            eprintln!("error: {failure}");
            Tally::FAILED
        });
        println!("=== {}: {tally}", group.name());
        counts.push((group.name(), tally));
    }
    let total: Tally = counts.iter().map(|(_, tally)| *tally).sum();
    println!();
    for (name, tally) in counts {
        println!("{name:<10} {tally}");
    }
    println!("{total}");
    Ok(if total.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// One run of `cargo xtask test`.
struct Run<'a> {
    places: &'a Places,
    /// Whether the page was built, once somebody wanted it.
    page: OnceCell<bool>,
}

impl Run<'_> {
    fn group(&self, group: Group) -> Result<Tally, Failure> {
        match group {
            Group::Format => lint::format(self.places),
            Group::Structure => native::structure(self.places),
            Group::Lint => lint::lint(self.places),
            Group::Native => native::native(self.places),
            Group::Runtime => native::runtime(self.places),
            Group::Parity => native::parity(self.places),
            Group::Page => {
                self.built_page()?;
                browser::page(self.places)
            }
            // After the page, whose compiled crates these tests link.
            Group::Decisions => {
                self.built_page()?;
                browser::decisions(self.places)
            }
            Group::E2e => {
                self.built_page()?;
                browser::end_to_end(self.places, &BROWSERS)
            }
            Group::Ledger | Group::Faults | Group::Privacy => {
                self.built_page()?;
                browser::end_to_end(self.places, &[group.name()])
            }
            Group::Browsers => {
                self.built_page()?;
                browser::browsers(self.places)
            }
            Group::Sizes => browser::sizes(self.places),
        }
    }

    /// Builds the page unless this run has done so.
    fn built_page(&self) -> Result<(), Failure> {
        match self.page.get() {
            Some(true) => return Ok(()),
            Some(false) => return Err("the page did not build; its reason stands above".into()),
            None => {}
        }
        let built = self.build_page();
        // Nobody else sets it: this is the only place, and it was empty.
        let _ = self.page.set(built.is_ok());
        built
    }

    fn build_page(&self) -> Result<(), Failure> {
        cargo_tools::ready(self.places)?;
        let mut trunk = page::trunk(self.places, Profile::Release)?;
        Ok(step::run_aloud("building the page", &mut trunk)?)
    }
}
