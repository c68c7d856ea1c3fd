//! From the tensors of a file to a model on a device, one piece of a tensor at a time.

use super::weight::{Norm, Weight};
use super::{Layer, Llama};
use crate::config::{ConfigError, ModelConfig};
use crate::device::floats;
use crate::gguf::{Gguf, GgufError, TensorInfo};
use crate::kernels::pack::{Order, PackError, Packer, common_format};
use crate::kernels::{BLOCK, Matrix, scalar};
use crate::source::{ByteSource, SourceError};
use burn::tensor::Device;

/// Bytes read from the source at a time, at most, unless one row is longer.
const PIECE: u64 = 4 << 20;
/// Widest head that the attention kernel holds in workgroup memory.
const WIDEST_HEAD: usize = 256;

/// How much of the file has been loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loaded {
    /// Bytes of tensors on the device.
    pub bytes: u64,
    /// Bytes of all tensors.
    pub total: u64,
}

/// Why a model could not be loaded.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LoadError {
    /// It is not a model of the family, or says nonsense about its sizes.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A tensor is missing or has the wrong shape.
    #[error(transparent)]
    Gguf(#[from] GgufError),
    /// The file could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A size that the kernels are not made for.
    #[error("{what} of this model is {size}; it must be {rule}: choose another model")]
    Size {
        /// Which size.
        what: &'static str,
        /// Its value.
        size: usize,
        /// What would be accepted.
        rule: &'static str,
    },
    /// The bytes of a tensor make no sense.
    #[error("tensor \"{tensor}\" is damaged ({reason}); download the model again")]
    Damaged {
        /// Name of the tensor.
        tensor: String,
        /// What is wrong.
        reason: PackError,
    },
    /// A tensor that the network does not use: it would run, but say something else.
    #[error("this model has a part that cannot be run here (tensor \"{0}\"); choose another model")]
    Unused(String),
}

impl Llama {
    /// Loads the model that `gguf` describes from `source` onto `device`.
    ///
    /// Tensors are read in pieces of a few megabytes and stay quantised; `progress` is called after
    /// every piece. Whoever runs on one thread is not blocked for longer than packing a piece takes.
    ///
    /// # Errors
    /// [`LoadError`] names the size or tensor that does not fit.
    pub async fn load(
        gguf: &Gguf,
        source: &impl ByteSource,
        device: &Device,
        progress: impl FnMut(Loaded),
    ) -> Result<Self, LoadError> {
        let config = ModelConfig::from_gguf(gguf)?;
        check_sizes(&config)?;
        check_names(gguf, config.layers)?;
        let mut loader = Loader {
            gguf,
            source,
            device,
            order: Order::of(device),
            eps: config.rms_eps,
            loaded: Loaded {
                bytes: 0,
                total: gguf.tensors().iter().map(|tensor| tensor.bytes).sum(),
            },
            progress,
        };
        let (hidden, ffn) = (config.hidden, config.ffn);
        let (q, kv) = (
            config.heads * config.head_dim,
            config.kv_heads * config.head_dim,
        );
        let embedding = loader
            .matrix("", &[("token_embd", config.vocab)], hidden)
            .await?;
        let mut layers = Vec::with_capacity(config.layers);
        for index in 0..config.layers {
            let at = format!("blk.{index}.");
            let qkv = [("attn_q", q), ("attn_k", kv), ("attn_v", kv)];
            let gate_up = [("ffn_gate", ffn), ("ffn_up", ffn)];
            layers.push(Layer {
                attention_norm: loader.norm(&at, "attn_norm", hidden).await?,
                qkv: loader.matrix(&at, &qkv, hidden).await?,
                output: loader.matrix(&at, &[("attn_output", hidden)], q).await?,
                ffn_norm: loader.norm(&at, "ffn_norm", hidden).await?,
                gate_up: loader.matrix(&at, &gate_up, hidden).await?,
                down: loader.matrix(&at, &[("ffn_down", hidden)], ffn).await?,
            });
        }
        let norm = loader.norm("", "output_norm", hidden).await?;
        let head = match gguf.find("output.weight") {
            Some(_) => Some(
                loader
                    .matrix("", &[("output", config.vocab)], hidden)
                    .await?,
            ),
            None => None,
        };
        Ok(Self {
            config,
            device: device.clone(),
            embedding,
            layers,
            norm,
            head,
        })
    }
}

/// Reads tensors one after another.
struct Loader<'a, S, P> {
    gguf: &'a Gguf,
    source: &'a S,
    device: &'a Device,
    order: Order,
    eps: f32,
    loaded: Loaded,
    progress: P,
}

impl<S: ByteSource, P: FnMut(Loaded)> Loader<'_, S, P> {
    /// One matrix of `cols` columns from the tensors `parts`, each with its number of rows, one
    /// above the other.
    async fn matrix(
        &mut self,
        prefix: &str,
        parts: &[(&str, usize)],
        cols: usize,
    ) -> Result<Weight, LoadError> {
        let mut tensors = Vec::with_capacity(parts.len());
        for (name, rows) in parts {
            let tensor = self.gguf.tensor(&format!("{prefix}{name}.weight"))?;
            tensor.expect_shape(&[cols as u64, *rows as u64])?;
            tensors.push((tensor, *rows));
        }
        let types: Vec<_> = tensors.iter().map(|(tensor, _)| tensor.ty).collect();
        let matrix = Matrix {
            rows: parts.iter().map(|(_, rows)| rows).sum(),
            cols,
            format: common_format(&types),
        };
        let mut packer = Packer::new(matrix, self.order);
        let mut name = "";
        for (tensor, rows) in tensors {
            name = &tensor.name;
            let row_bytes = tensor.bytes / rows as u64;
            let piece = (PIECE / row_bytes).max(1) * row_bytes;
            for start in (0..tensor.bytes).step_by(piece as usize) {
                let len = piece.min(tensor.bytes - start);
                let bytes = self.read(tensor, start, len).await?;
                packer
                    .push(tensor.ty, &bytes)
                    .map_err(|reason| damaged(name, reason))?;
            }
        }
        let packed = packer.finish().map_err(|reason| damaged(name, reason))?;
        Ok(Weight::new(packed, self.device))
    }

    async fn norm(&mut self, prefix: &str, name: &str, len: usize) -> Result<Norm, LoadError> {
        let tensor = self.gguf.tensor(&format!("{prefix}{name}.weight"))?;
        tensor.expect_shape(&[len as u64])?;
        let bytes = self.read(tensor, 0, tensor.bytes).await?;
        let values = scalar::dequantize(tensor.ty, &bytes);
        if !values.iter().all(|value| value.is_finite()) {
            return Err(damaged(&tensor.name, PackError::NotFinite));
        }
        Ok(Norm {
            weight: floats(values, self.device),
            eps: self.eps,
        })
    }

    async fn read(
        &mut self,
        tensor: &TensorInfo,
        start: u64,
        len: u64,
    ) -> Result<Vec<u8>, LoadError> {
        let bytes = self
            .source
            .read(tensor.offset + start, len as usize)
            .await?;
        self.loaded.bytes += len;
        (self.progress)(self.loaded);
        Ok(bytes)
    }
}

fn damaged(tensor: &str, reason: PackError) -> LoadError {
    LoadError::Damaged {
        tensor: tensor.to_owned(),
        reason,
    }
}

fn check_sizes(config: &ModelConfig) -> Result<(), LoadError> {
    let blocks = [
        ("the width", config.hidden),
        ("the width of all heads", config.heads * config.head_dim),
        ("the width of the feed-forward layer", config.ffn),
    ];
    for (what, size) in blocks {
        if !size.is_multiple_of(BLOCK) {
            let rule = "a multiple of 32";
            return Err(LoadError::Size { what, size, rule });
        }
    }
    let size = config.head_dim;
    if !size.is_multiple_of(4) || size > WIDEST_HEAD {
        let (what, rule) = ("the width of a head", "a multiple of 4 and at most 256");
        return Err(LoadError::Size { what, size, rule });
    }
    Ok(())
}

/// Checks that every tensor of the file is one that [`Llama::load`] reads.
fn check_names(gguf: &Gguf, layers: usize) -> Result<(), LoadError> {
    const WHOLE: [&str; 3] = ["token_embd", "output_norm", "output"];
    const LAYER: [&str; 9] = [
        "attn_norm",
        "attn_q",
        "attn_k",
        "attn_v",
        "attn_output",
        "ffn_norm",
        "ffn_gate",
        "ffn_up",
        "ffn_down",
    ];
    let known = |name: &str| {
        let name = name.strip_suffix(".weight")?;
        match name
            .strip_prefix("blk.")
            .and_then(|rest| rest.split_once('.'))
        {
            Some((index, part)) => {
                let index: usize = index.parse().ok()?;
                (index < layers && LAYER.contains(&part)).then_some(())
            }
            None => WHOLE.contains(&name).then_some(()),
        }
    };
    match gguf
        .tensors()
        .iter()
        .find(|tensor| known(&tensor.name).is_none())
    {
        Some(tensor) => Err(LoadError::Unused(tensor.name.clone())),
        None => Ok(()),
    }
}
