//! What must be there before something can be built or tested. Each step looks first, so that a
//! second call costs a moment, and none changes anything outside the cache, the `node_modules` of tests
//! and, for browsers alone, the packages of a Debian system.

pub(crate) mod apt;
pub(crate) mod browser;
pub(crate) mod cargo_tools;
pub(crate) mod drivers;
pub(crate) mod model;
pub(crate) mod npm;
pub(crate) mod python;

use crate::Failure;
use crate::places::Places;
use crate::step;

/// All of it, as `cargo xtask setup` does.
pub(crate) fn everything(places: &Places) -> Result<(), Failure> {
    cargo_tools::ready(places)?;
    npm::packages(places, &places.e2e())?;
    browser::find_or_install()?;
    model::fetch(places)?;
    if let Err(missing) = python::server(places) {
        step::note(&format!("no demo cloud: {missing}"));
    }
    Ok(())
}
