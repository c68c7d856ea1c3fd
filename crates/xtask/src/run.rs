//! `cargo xtask run`: the page and the demo cloud, until Ctrl-C.

use crate::Failure;
use crate::cli::RunOptions;
use crate::demo_cloud::{self, Backend, DemoCloud};
use crate::page;
use crate::places::Places;
use crate::setup::{cargo_tools, model, python};
use crate::step;

/// Builds and serves.
pub(crate) fn run(places: &Places, options: &RunOptions) -> Result<(), Failure> {
    cargo_tools::ready(places)?;
    let model = model::fetch(places)?;
    let backend = if options.cloud {
        match python::server(places) {
            Ok(python) => Some(Backend { model, python }),
            Err(missing) => {
                step::note(&format!("going on without the demo cloud: {missing}"));
                None
            }
        }
    } else {
        None
    };
    let usual = options.profile.usual();
    let mut trunk = page::trunk(places, options.profile)?;
    step::run("building the page", usual, &mut trunk)?;
    let program = demo_cloud::build(places)?;

    let serving = DemoCloud::start(&program, places, options.port, backend.as_ref())?;
    match &serving.cloud {
        Some(cloud) => eprintln!("\nThe demo cloud answers at {cloud}"),
        None => eprintln!("\nThere is no cloud: every turn is answered in the page."),
    }
    eprintln!("Ctrl-C ends it. Open this address in your browser:\n");
    println!("{}", serving.page);
    Ok(serving.serve()?)
}
