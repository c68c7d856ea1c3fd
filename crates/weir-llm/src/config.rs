//! What distinguishes one model of the Llama family from another, as its file states it.

use crate::gguf::{Gguf, GgufError, Metadata};

/// The sizes of a model, and how its architecture differs from other Llamas. All sizes are positive,
/// and consistent with each other: `heads` is a multiple of `kv_heads`, and `rope_dims` is even and
/// at most `head_dim`.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelConfig {
    /// Transformer blocks.
    pub layers: usize,
    /// Width of the residual stream.
    pub hidden: usize,
    /// Query heads.
    pub heads: usize,
    /// Key and value heads; each serves `heads / kv_heads` query heads.
    pub kv_heads: usize,
    /// Width of one head.
    pub head_dim: usize,
    /// Width of the feed-forward layer.
    pub ffn: usize,
    /// Tokens in the vocabulary.
    pub vocab: usize,
    /// Longest context the model was trained for, in tokens.
    pub context: usize,
    /// Leading components of each head that are rotated by the position.
    pub rope_dims: usize,
    /// Base of the rotary frequencies: component pair `i` turns by `rope_theta^(-2i/rope_dims)`
    /// per position, or less where the file has factors that divide this.
    pub rope_theta: f32,
    /// Which components of a head turn together.
    pub rope_pairs: RopePairs,
    /// Whether queries, keys and values have a bias.
    pub qkv_bias: bool,
    /// Added under the root of the RMS norm.
    pub rms_eps: f32,
}

/// How the rotated components of a head are paired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RopePairs {
    /// Component `2i` with `2i + 1`.
    Neighbours,
    /// Component `i` with `i + rope_dims / 2`.
    Halves,
}

/// Why a file, though sound, is not a model that can be run here.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// Another kind of network.
    #[error(
        "this file holds a model of the kind \"{0}\"; only the Llama family (\"llama\", \"qwen2\") can \
         be run"
    )]
    Architecture(String),
    /// A Llama-family model with a part that is not built here.
    #[error("this model uses {0}, which cannot be run here; choose another model")]
    Unsupported(&'static str),
    /// A size that makes no sense.
    #[error("\"{key}\" is {value}, which {reason}")]
    Invalid {
        /// The key in the file.
        key: String,
        /// Its value.
        value: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The file does not have what is needed.
    #[error(transparent)]
    Gguf(#[from] GgufError),
}

/// No size of a real model is larger. A damaged file must not make anyone allocate by it.
const SIZE_LIMIT: u64 = 1 << 22;

impl ModelConfig {
    /// Reads the sizes from the metadata and the shape of the embedding table.
    ///
    /// # Errors
    /// [`ConfigError`] names the architecture, key or tensor that does not fit.
    pub fn from_gguf(gguf: &Gguf) -> Result<Self, ConfigError> {
        let metadata = &gguf.metadata;
        let architecture: &str = metadata.require("general.architecture")?;
        let (qkv_bias, rope_pairs) = match architecture {
            "llama" => (false, RopePairs::Neighbours),
            "qwen2" => (true, RopePairs::Halves),
            other => return Err(ConfigError::Architecture(other.to_owned())),
        };
        let key = |name: &str| format!("{architecture}.{name}");
        refuse_unsupported(gguf, key)?;

        let hidden = size(metadata, &key("embedding_length"))?;
        let heads = size(metadata, &key("attention.head_count"))?;
        let kv_heads = size_or(metadata, &key("attention.head_count_kv"), heads)?;
        let head_dim = size_or(metadata, &key("attention.key_length"), hidden / heads)?;
        let rope_dims = size_or(metadata, &key("rope.dimension_count"), head_dim)?;
        let embedding = gguf.tensor("token_embd.weight")?;
        let vocab = embedding.shape.get(1).copied().unwrap_or(1);
        embedding.expect_shape(&[hidden as u64, vocab])?;

        if !heads.is_multiple_of(kv_heads) {
            return Err(invalid(
                &key("attention.head_count_kv"),
                kv_heads,
                "does not divide the number of heads",
            ));
        }
        if !rope_dims.is_multiple_of(2) || rope_dims > head_dim {
            return Err(invalid(
                &key("rope.dimension_count"),
                rope_dims,
                "is odd or wider than a head",
            ));
        }
        if head_dim == 0 || size_or(metadata, &key("attention.value_length"), head_dim)? != head_dim
        {
            return Err(invalid(
                &key("attention.value_length"),
                head_dim,
                "does not give keys and values the same positive width",
            ));
        }
        Ok(Self {
            layers: size(metadata, &key("block_count"))?,
            hidden,
            heads,
            kv_heads,
            head_dim,
            ffn: size(metadata, &key("feed_forward_length"))?,
            vocab: bounded("the vocabulary", vocab)?,
            context: size(metadata, &key("context_length"))?,
            rope_dims,
            rope_pairs,
            qkv_bias,
            rope_theta: positive(metadata, &key("rope.freq_base"), Some(10_000.0))?,
            rms_eps: positive(metadata, &key("attention.layer_norm_rms_epsilon"), None)?,
        })
    }
}

/// Refuses what would run but give wrong words.
fn refuse_unsupported(gguf: &Gguf, key: impl Fn(&str) -> String) -> Result<(), ConfigError> {
    let scaling: Option<&str> = gguf.metadata.optional(&key("rope.scaling.type"))?;
    if scaling.is_some_and(|kind| kind != "none") {
        return Err(ConfigError::Unsupported("scaled rotary positions"));
    }
    let experts: Option<u64> = gguf.metadata.optional(&key("expert_count"))?;
    if experts.is_some_and(|count| count > 0) {
        return Err(ConfigError::Unsupported("a mixture of experts"));
    }
    Ok(())
}

fn size(metadata: &Metadata, key: &str) -> Result<usize, ConfigError> {
    bounded(key, metadata.require(key)?)
}

fn size_or(metadata: &Metadata, key: &str, default: usize) -> Result<usize, ConfigError> {
    match metadata.optional(key)? {
        Some(value) => bounded(key, value),
        None => Ok(default),
    }
}

fn bounded(key: &str, value: u64) -> Result<usize, ConfigError> {
    if (1..=SIZE_LIMIT).contains(&value) {
        Ok(value as usize)
    } else {
        Err(invalid(key, value, "is not between 1 and 2^22"))
    }
}

fn positive(metadata: &Metadata, key: &str, default: Option<f32>) -> Result<f32, ConfigError> {
    let value = match (metadata.optional(key)?, default) {
        (Some(value), _) | (None, Some(value)) => value,
        (None, None) => return Err(GgufError::MissingKey(key.to_owned()).into()),
    };
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(invalid(key, value, "is not a positive number"))
    }
}

fn invalid(key: &str, value: impl ToString, reason: &'static str) -> ConfigError {
    ConfigError::Invalid {
        key: key.to_owned(),
        value: value.to_string(),
        reason,
    }
}
