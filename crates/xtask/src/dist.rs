//! `cargo xtask dist`: the page for hosting.

use crate::Failure;
use crate::page::{self, Module, Profile};
use crate::places::Places;
use crate::setup::{cargo_tools, npm};
use crate::step;

/// Builds it into `dist`, and says how large it is.
pub(crate) fn dist(places: &Places) -> Result<(), Failure> {
    cargo_tools::ready(places)?;
    npm::wasm_opt(places)?;
    let profile = Profile::Dist;
    let mut trunk = page::trunk(places, profile)?;
    step::run("building the page for hosting", profile.usual(), &mut trunk)?;
    let dist = places.dist();
    for module in [Module::page(&dist)?, Module::worker(&dist)?] {
        eprintln!("{:>10} bytes  {}", module.len(), module.path.display());
    }
    println!("{}", dist.display());
    Ok(())
}
