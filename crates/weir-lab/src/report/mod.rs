//! `weir-lab report`: what was measured, as one HTML page with pictures.
//!
//! The page stands by itself: no script, no font, nothing that is fetched. It follows from the files
//! alone, without a clock, so the same files give the same page, byte for byte.
//!
//! - [`read`] takes the JSON of `weir-lab eval` and `weir-lab train` and refuses what is missing or is
//!   no number; [`results`] is what it says, in [`quantities`].
//! - [`sections`] turns it into figures, one subject each; [`targets`] says which numbers that were to
//!   be reached are. `figure` is a heading, pictures and tables; [`chart`] draws the pictures.
//! - [`page`] puts them together. `names` says what policies are called, `number` how numbers are
//!   written, `markup` what may stand in HTML.

mod chart;
mod figure;
mod markup;
mod names;
mod number;
mod page;
pub mod quantities;
pub mod read;
pub mod results;
mod sections;
mod targets;

use std::path::PathBuf;

pub use page::page;
pub use read::ReadError;

use crate::output::{Place, WriteError};

/// What `weir-lab report` was asked for.
#[derive(Clone, Debug)]
pub struct ReportRequest {
    /// Files to report on, in the order in which they are shown.
    pub json: Vec<PathBuf>,
    /// The page to write.
    pub out: PathBuf,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A file was refused.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The page could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Reads the files and writes the page; returns what to print.
///
/// # Errors
/// [`ReportError`]; nothing is written then.
pub fn report(request: &ReportRequest) -> Result<String, ReportError> {
    let place = Place::new(&request.out)?;
    let files = request.json.iter().map(|file| read::read(file));
    let files = files.collect::<Result<Vec<_>, _>>()?;
    place.write(page(&files).into_bytes())?;
    Ok(format!("written to {}\n", request.out.display()))
}
