//! Serves the page on this machine, and stands in for a paid provider: a loopback gateway in front
//! of a real llama.cpp server, so that the first run needs no key.
//!
//! - [`options`]: the command line.
//! - [`page`]: the built page, the language models beside it, and `weir.json`, which names both.
//! - [`gateway`]: the OpenAI-compatible door, what the model cannot see put into words, faults.
//! - [`llama`]: the server behind it.
//!
//! When both serve, one line goes to stdout, `{"page":"http://…/","cloud":"http://…/v1"}` (`null`
//! without a model). Everything else that is said goes to stderr.

mod gateway;
mod llama;
mod options;
mod page;

use std::{net::Ipv4Addr, process::ExitCode, sync::Arc};

use clap::Parser;
use tokio::net::TcpListener;

use crate::{llama::Llama, options::Options};

/// Why nothing is served.
#[derive(Debug, thiserror::Error)]
enum ServeError {
    #[error(
        "port {port} of this machine is in use; end the program that uses it, or choose another port with {option}"
    )]
    PortInUse { port: u16, option: &'static str },
    #[error("cannot listen on port {port}: {source}; choose another port with {option}")]
    Listen {
        port: u16,
        option: &'static str,
        source: std::io::Error,
    },
    #[error(transparent)]
    Page(#[from] page::PageError),
    #[error(transparent)]
    Llama(#[from] llama::LlamaError),
    #[error("the server stopped: {0}")]
    Stopped(std::io::Error),
    #[error("cannot wait for a signal: {0}")]
    Signal(std::io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let outcome = tokio::select! {
        // Signals are listened for before anything is announced: whoever reads that it is ready may
        // ask it to end at once.
        biased;
        outcome = asked_to_end() => outcome.map_err(ServeError::Signal),
        outcome = serve(options) => outcome,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("weir-demo-cloud: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Serves until it is dropped, which also ends the server behind the gateway.
async fn serve(options: Options) -> Result<(), ServeError> {
    let (page_listener, page_port) = listen(options.page_port, "--page-port").await?;
    let site = page::Site::open(&options)?;
    let Some(backend) = options.backend() else {
        announce(page_port, None);
        return axum::serve(page_listener, page::router(site, None))
            .await
            .map_err(ServeError::Stopped);
    };
    let (cloud_listener, cloud_port) = listen(options.cloud_port, "--cloud-port").await?;
    let llama = Arc::new(Llama::start(backend).await?);
    let page = axum::serve(page_listener, page::router(site, Some(cloud_port)));
    let cloud = axum::serve(cloud_listener, gateway::router(llama));
    announce(page_port, Some(cloud_port));
    tokio::try_join!(page.into_future(), cloud.into_future()).map_err(ServeError::Stopped)?;
    Ok(())
}

async fn listen(port: u16, option: &'static str) -> Result<(TcpListener, u16), ServeError> {
    let refuse = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::AddrInUse => ServeError::PortInUse { port, option },
        _ => ServeError::Listen {
            port,
            option,
            source,
        },
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(refuse)?;
    let address = listener.local_addr().map_err(refuse)?;
    Ok((listener, address.port()))
}

/// The one line that whoever started this waits for.
fn announce(page_port: u16, cloud_port: Option<u16>) {
    let ready = serde_json::json!({
        "page": format!("http://127.0.0.1:{page_port}/"),
        "cloud": cloud_port.map(gateway::base_url),
    });
    println!("{ready}");
}

#[cfg(unix)]
async fn asked_to_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        outcome = tokio::signal::ctrl_c() => outcome,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn asked_to_end() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
