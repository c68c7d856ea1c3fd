//! Local models: where one lies, what it is and needs, and which are kept.

use serde::{Deserialize, Serialize};

use super::DeviceKind;

/// A language model: one GGUF file, or several that follow on each other.
///
/// As JSON either `{"name", "url", "bytes", "sha256"}` or `{"name", "shards": [{"url", …}, …]}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Listed")]
pub struct ModelFile {
    /// Its name for people.
    pub name: String,
    /// Its files, in their order; never empty.
    pub shards: Vec<Shard>,
}

/// One file of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Where it is. What begins with `file:` is on the user's device: the file itself travels beside
    /// the message, in the field `files`.
    pub url: String,
    /// Its length, if known beforehand.
    #[serde(default)]
    pub bytes: Option<u64>,
    /// Its SHA-256 in hexadecimal; a file that differs is refused.
    #[serde(default)]
    pub sha256: Option<String>,
}

/// What an address begins with that names a file of the user's device.
const ON_DEVICE: &str = "file:";

impl ModelFile {
    /// The model in the one file `shard`.
    #[must_use]
    pub fn whole(name: String, shard: Shard) -> Self {
        let shards = vec![shard];
        Self { name, shards }
    }

    /// Its length, if that of every file is known.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        self.shards.iter().map(|shard| shard.bytes).sum()
    }

    /// The SHA-256 of a model in one file, if known.
    #[must_use]
    pub fn sha256(&self) -> Option<&str> {
        match self.shards.as_slice() {
            [whole] => whole.sha256.as_deref(),
            _ => None,
        }
    }

    /// Whether the user picked it from the device: without its files it cannot be had again.
    #[must_use]
    pub fn is_on_device(&self) -> bool {
        self.shards.iter().any(Shard::is_on_device)
    }
}

impl Shard {
    /// A file of the user's device. Its last change, in milliseconds since 1970, tells it from
    /// another of the same name.
    #[must_use]
    pub fn on_device(name: &str, bytes: u64, changed_ms: f64) -> Self {
        Self {
            url: format!("{ON_DEVICE}{name}?{bytes}&{changed_ms}"),
            bytes: Some(bytes),
            sha256: None,
        }
    }

    /// Whether it is a file of the user's device.
    #[must_use]
    pub fn is_on_device(&self) -> bool {
        self.url.starts_with(ON_DEVICE)
    }
}

/// A model as it may be written down.
#[derive(Deserialize)]
struct Listed {
    name: String,
    #[serde(default)]
    shards: Vec<Shard>,
    url: Option<String>,
    bytes: Option<u64>,
    sha256: Option<String>,
}

/// A model without a file.
#[derive(Debug, thiserror::Error)]
#[error("the model \"{0}\" needs either `url` or `shards`, and not both")]
struct NoFile(String);

impl TryFrom<Listed> for ModelFile {
    type Error = NoFile;

    fn try_from(listed: Listed) -> Result<Self, NoFile> {
        let (name, shards) = (listed.name, listed.shards);
        match listed.url {
            Some(url) if shards.is_empty() => Ok(Self::whole(
                name,
                Shard {
                    url,
                    bytes: listed.bytes,
                    sha256: listed.sha256,
                },
            )),
            None if !shards.is_empty() => Ok(Self { name, shards }),
            _ => Err(NoFile(name)),
        }
    }
}

/// What a model says about itself, read from the head of its file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelReport {
    /// The name that it gives itself.
    pub name: Option<String>,
    /// The kind of network: `llama`, `qwen2`.
    pub architecture: String,
    /// How most of its weights are stored: `Q4_1`.
    pub quantisation: String,
    /// Its weights.
    pub parameters: u64,
    /// Length of its files.
    pub bytes: u64,
    /// Tokens that it was trained to remember.
    pub context: u32,
    /// Whether all of it is kept in this browser.
    pub kept: bool,
    /// What it takes on each device of this machine.
    pub fits: Vec<Fit>,
}

/// Whether a model fits a device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// The device.
    pub device: DeviceKind,
    /// Bytes of memory that it takes there with the context below.
    pub memory: u64,
    /// Tokens that it would remember there.
    pub context: u32,
    /// Why it cannot run there, if it cannot.
    pub refused: Option<String>,
}

/// A model that is kept in this browser, or a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptModel {
    /// The model.
    pub model: ModelFile,
    /// Bytes of it that are kept.
    pub bytes: u64,
    /// Whether that is all of it, and verified.
    pub whole: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_one_address_or_several_shards() {
        let one: ModelFile =
            serde_json::from_str(r#"{"name": "Smol", "url": "smol.gguf", "bytes": 5}"#).unwrap();
        assert_eq!((one.bytes(), one.shards.len()), (Some(5), 1));
        let two: ModelFile = serde_json::from_str(
            r#"{"name": "Two", "shards": [{"url": "a", "bytes": 2}, {"url": "b", "bytes": 3}]}"#,
        )
        .unwrap();
        assert_eq!((two.bytes(), two.sha256()), (Some(5), None));
        let again = serde_json::to_string(&two).unwrap();
        assert_eq!(serde_json::from_str::<ModelFile>(&again).unwrap(), two);
    }

    #[test]
    fn a_model_without_a_file_is_refused() {
        for text in [
            r#"{"name": "None"}"#,
            r#"{"name": "Both", "url": "a", "shards": [{"url": "b"}]}"#,
        ] {
            let refused = serde_json::from_str::<ModelFile>(text).unwrap_err();
            assert!(refused.to_string().contains("shards"), "{refused}");
        }
    }

    #[test]
    fn a_length_is_known_only_if_every_one_is() {
        let shard = |bytes| Shard {
            url: "https://models.example/part".to_owned(),
            bytes,
            sha256: None,
        };
        let model = ModelFile {
            name: "Two".to_owned(),
            shards: vec![shard(Some(4)), shard(None)],
        };
        assert_eq!(model.bytes(), None);
        assert!(!model.is_on_device());
    }
}
