//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Serves the page, and a demo cloud on this machine.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Options {
    /// Folder of the built page; it holds an index.html.
    #[arg(long, value_name = "DIR")]
    pub(crate) page: PathBuf,

    /// Port of the page on 127.0.0.1; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub(crate) page_port: u16,

    /// Folder of the GGUF files that are served under /models/.
    #[arg(long, value_name = "DIR")]
    pub(crate) models: PathBuf,

    /// Catalogue that knows the names and hashes of those files, in place of Weir's own.
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,

    /// GGUF file that the demo cloud answers with; without it there is no demo cloud.
    #[arg(long, value_name = "GGUF", requires = "python")]
    model: Option<PathBuf>,

    /// Python that has the package xllamacpp.
    #[arg(long, value_name = "PROGRAM", requires = "model")]
    python: Option<PathBuf>,

    /// Threads that the demo cloud computes with; by default two, or one where that would leave no
    /// core to the browser, whose work would then stop the demo cloud's again and again.
    #[arg(long, value_name = "NUMBER")]
    threads: Option<u16>,

    /// Port of the demo cloud on 127.0.0.1; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(crate) cloud_port: u16,

    /// What the page may connect to besides itself and the demo cloud, as sources of its
    /// Content-Security-Policy. The default lets users name any provider; "" lets them name none.
    #[arg(long, value_name = "SOURCES", default_value = crate::page::ANY_PROVIDER)]
    pub(crate) connect_src: String,
}

/// What answers behind the gateway.
#[derive(Debug)]
pub(crate) struct Backend {
    /// The weights.
    pub(crate) model: PathBuf,
    /// A Python with llama.cpp's server.
    pub(crate) python: PathBuf,
    /// Threads to compute with.
    pub(crate) threads: u16,
}

impl Options {
    /// The backend, if one is named.
    pub(crate) fn backend(&self) -> Option<Backend> {
        let (model, python) = self.model.clone().zip(self.python.clone())?;
        Some(Backend {
            model,
            python,
            threads: self.threads.unwrap_or_else(spare_threads),
        })
    }
}

fn spare_threads() -> u16 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cores > 2 { 2 } else { 1 }
}
