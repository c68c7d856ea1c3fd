//! Another local model, before it is taken: by its address, or picked from the device.

use leptos::prelude::document;
use web_sys::{File, Url};
use weir_browser::messages::{ModelFile, ModelReport, Shard};

/// A model that may be taken.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The model.
    pub model: ModelFile,
    /// Its files, if the user picked them from the device.
    pub files: Vec<File>,
}

/// How far the choice of another local model is.
#[derive(Clone, Debug, Default)]
pub enum Choosing {
    /// Not begun: the dialog is closed.
    #[default]
    Nothing,
    /// The user is asked which one.
    Asking,
    /// The head of its file is being read.
    Looking(Candidate),
    /// This is what it is.
    Found(Candidate, Box<ModelReport>),
    /// It cannot be used; the message says why.
    Refused(String),
}

impl Candidate {
    /// What the user picked: one file, or all files of a model that is split. `None` for nothing.
    #[must_use]
    pub fn picked(mut files: Vec<File>) -> Option<Self> {
        files.sort_unstable_by_key(File::name);
        let shards = files
            .iter()
            .map(|file| Shard::on_device(&file.name(), file.size() as u64, file.last_modified()));
        let model = ModelFile {
            name: files.first()?.name(),
            shards: shards.collect(),
        };
        Some(Self { model, files })
    }
}

/// A model by its address alone, which may be relative to the page. It is named after its file, and
/// nothing is known to check it against. The address of the first of several files stands for all.
/// `None` if it is no address that can be fetched.
#[must_use]
pub fn model_at(address: &str) -> Option<ModelFile> {
    let base = document().base_uri().ok().flatten()?;
    let url = Url::new_with_base(address.trim(), &base).ok()?;
    if !matches!(url.protocol().as_str(), "http:" | "https:") {
        return None;
    }
    let path = url.pathname();
    let name = file_name(&path).to_owned();
    let shards = all_parts(&path).into_iter().map(|path| {
        url.set_pathname(&path);
        Shard {
            url: url.href(),
            bytes: None,
            sha256: None,
        }
    });
    Some(ModelFile {
        shards: shards.collect(),
        name,
    })
}

fn file_name(path: &str) -> &str {
    match path.rsplit('/').next() {
        None | Some("") => "Local model",
        Some(name) => name,
    }
}

/// The most files that a model is split into, so that no address makes thousands of requests.
const MOST_PARTS: u32 = 256;

/// Paths of all files of a model of which this is one: llama.cpp calls the first of three
/// `NAME-00001-of-00003.gguf`.
fn all_parts(path: &str) -> Vec<String> {
    let split = || {
        let (rest, count) = path.strip_suffix(".gguf")?.rsplit_once("-of-")?;
        let (name, index) = rest.rsplit_once('-')?;
        let is_number =
            |digits: &str| digits.len() == 5 && digits.bytes().all(|b| b.is_ascii_digit());
        let parts: u32 = count.parse().ok()?;
        let is_split = is_number(index) && is_number(count) && (1..=MOST_PARTS).contains(&parts);
        is_split.then_some((name, count, parts))
    };
    match split() {
        Some((name, count, parts)) => (1..=parts)
            .map(|index| format!("{name}-{index:05}-of-{count}.gguf"))
            .collect(),
        None => vec![path.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_named_after_its_file() {
        assert_eq!(file_name("/models/tiny.gguf"), "tiny.gguf");
        assert_eq!(file_name("/"), "Local model");
    }

    #[test]
    fn one_file_of_a_split_model_stands_for_all() {
        assert_eq!(
            all_parts("/m/tiny-00002-of-00003.gguf"),
            [
                "/m/tiny-00001-of-00003.gguf",
                "/m/tiny-00002-of-00003.gguf",
                "/m/tiny-00003-of-00003.gguf"
            ]
        );
    }

    #[test]
    fn what_only_looks_split_is_one_file() {
        for path in [
            "/m/tiny.gguf",
            "/m/best-of-00003.gguf",
            "/m/tiny-1-of-3.gguf",
            "/m/tiny-00001-of-00000.gguf",
            "/m/tiny-00001-of-99999.gguf",
            "/m/tiny-00001-of-+0003.gguf",
        ] {
            assert_eq!(all_parts(path), [path]);
        }
    }
}
