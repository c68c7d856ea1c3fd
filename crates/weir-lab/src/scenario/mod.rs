//! Scenario packs: what dialogues are like somewhere, as numbers in one TOML file.
//!
//! A pack says which inputs can be attached (X modalities), what people ask (Y tasks) and how long
//! they go on (Z turns), how good replies are, and, where they differ from the world's, networks,
//! prices and devices. `data/scenarios/README.md` explains every field and how to add one's own.
//!
//! - [`schema`]: a file as it is written. `check` makes a [`Pack`] of it or says what is wrong with
//!   it, number by number with `entry`.
//! - [`conditions`]: networks, clouds, prices and devices, with what the world draws by default.
//! - [`scaling`]: packs of any size from one template.
//! - [`response`]: how good replies are, for the policy and in truth.
//! - [`commands`]: `weir-lab scenarios`.
//!
//! A pack with a response model and a measure of surprise is a [`crate::world::Scenario`].

mod check;
pub mod commands;
pub mod conditions;
mod entry;
pub(crate) mod pack;
pub mod response;
pub mod scaling;
pub mod schema;

use std::{fs, path::Path};

pub use pack::Pack;

/// The scenario that is taken where none is named.
pub const DEFAULT: &str = "kitchen";

/// Why a scenario was refused. Messages name the file, the entry and the field.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The file cannot be read.
    #[error("{file}: {error}; give the path of a scenario, or see `weir-lab scenarios` for names")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// It is not TOML, or a field is missing, unknown or of another kind.
    #[error("{file}, line {line}: {path}: {problem}")]
    Malformed {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// Where in the file, as `tasks[0].share`.
        path: String,
        /// What is wrong there.
        problem: String,
    },
    /// A field holds what it may not hold.
    #[error("{file}: {entry}: {field}: {problem}")]
    Field {
        /// The file.
        file: String,
        /// The entry, as `tasks “query”`.
        entry: String,
        /// The field.
        field: String,
        /// What is wrong with it.
        problem: String,
    },
    /// No scenario of that name comes with the lab.
    #[error(
        "there is no scenario “{name}”; take one of {known}, or give a file that ends in .toml"
    )]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
}

/// The packs that come with the lab, one a file.
const PACKS: [(&str, &str); 3] = [
    (
        "kitchen.toml",
        include_str!("../../data/scenarios/kitchen.toml"),
    ),
    (
        "workshop.toml",
        include_str!("../../data/scenarios/workshop.toml"),
    ),
    (
        "travel.toml",
        include_str!("../../data/scenarios/travel.toml"),
    ),
];
/// The template of the scaling packs.
const SCALING: (&str, &str) = (
    "scaling.toml",
    include_str!("../../data/scenarios/scaling.toml"),
);

/// All packs that come with the lab: the domains, then the scaling configurations.
///
/// # Errors
/// [`ScenarioError`] if a shipped file is damaged.
pub fn shipped() -> Result<Vec<Pack>, ScenarioError> {
    let mut packs = Vec::new();
    for (file, text) in PACKS {
        packs.push(Pack::from_toml(file, text)?);
    }
    let (file, text) = SCALING;
    packs.extend(scaling::packs(file, text)?);
    Ok(packs)
}

/// Reads a pack from a file.
///
/// # Errors
/// [`ScenarioError`] names file, entry and field.
pub fn read(file: &Path) -> Result<Pack, ScenarioError> {
    let name = file.display().to_string();
    match fs::read_to_string(file) {
        Ok(text) => Pack::from_toml(&name, &text),
        Err(error) => Err(ScenarioError::Unreadable { file: name, error }),
    }
}

/// The shipped pack of that name, or the one in the file of that path.
///
/// # Errors
/// [`ScenarioError`] if there is neither, or it is refused.
pub fn find(name: &str) -> Result<Pack, ScenarioError> {
    let mut packs = shipped()?;
    if let Some(place) = packs.iter().position(|pack| pack.name == name) {
        return Ok(packs.swap_remove(place));
    }
    let file = Path::new(name);
    if file.exists() || file.extension().is_some_and(|end| end == "toml") {
        return read(file);
    }
    let known: Vec<&str> = packs.iter().map(|pack| pack.name.as_str()).collect();
    Err(ScenarioError::Unknown {
        name: name.into(),
        known: known.join(", "),
    })
}
