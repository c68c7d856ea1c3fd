//! `weir-lab scenarios`: what there is, and whether one's own is right.

use std::path::Path;

use weir_core::Action;

use super::{Pack, ScenarioError, read, shipped};

/// The shipped packs, one a line.
///
/// # Errors
/// [`ScenarioError`] if a shipped file is damaged.
pub fn list() -> Result<String, ScenarioError> {
    Ok(shipped()?.iter().map(line).collect())
}

/// Checks one's own pack; returns what to print about it.
///
/// # Errors
/// [`ScenarioError`] names file, entry and field.
pub fn check(file: &Path) -> Result<String, ScenarioError> {
    let pack = read(file)?;
    let actions = Action::enumerate(pack.most_inputs()).len();
    Ok(format!(
        "{}{} is a scenario, with up to {actions} actions a turn. \
         Train on it: weir-lab train --scenario {} --out FOLDER\n",
        line(&pack),
        file.display(),
        file.display()
    ))
}

fn line(pack: &Pack) -> String {
    format!(
        "{:24} {:>2} inputs  {:>2} tasks  {:>2} turns  {}\n",
        pack.name(),
        pack.most_inputs(),
        pack.tasks(),
        pack.most_turns(),
        pack.description()
    )
}
