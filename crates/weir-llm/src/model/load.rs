//! From the tensors of a file to a model on a device, one piece of a tensor at a time.

use super::pairs::HalfPairs;
use super::weight::{Norm, Weight};
use super::{Layer, Llama};
use crate::config::{ConfigError, ModelConfig};
use crate::device::floats;
use crate::gguf::{Gguf, GgufError, TensorInfo};
use crate::kernels::pack::{Order, PackError, Packer, common_format};
use crate::kernels::{BLOCK, Matrix, scalar};
use crate::source::{Ahead, ByteSource, SourceError};
use burn::tensor::Device;

/// Bytes packed at a time, at most, unless one row is longer.
const PIECE: u64 = 1 << 20;
/// What the frequencies of the rotary positions are divided by.
const ROPE_FACTORS: &str = "rope_freqs.weight";
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
    /// Tensors are read in blocks of a few megabytes and stay quantised; `progress` is called after
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
        check_names(gguf, &config)?;
        let mut loader = Loader {
            gguf,
            source: &Ahead::of(source),
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
        let pairs = HalfPairs::of(&config);
        let whole = |name, rows| Part {
            name,
            rows,
            pairs: None,
        };
        let turned = |name, rows| Part { name, rows, pairs };
        let qkv = [
            turned("attn_q", q),
            turned("attn_k", kv),
            whole("attn_v", kv),
        ];
        let output = [whole("attn_output", hidden)];
        let gate_up = [whole("ffn_gate", ffn), whole("ffn_up", ffn)];
        let down = [whole("ffn_down", hidden)];
        let embedding = [whole("token_embd", config.vocab)];
        let head = [whole("output", config.vocab)];

        let embedding = loader.matrix("", &embedding, hidden).await?;
        let mut layers: Vec<Layer> = Vec::new();
        for index in 0..config.layers {
            let at = format!("blk.{index}.");
            let norm_name = format!("{at}attn_norm.weight");
            let attention_norm = loader.vector(&norm_name, hidden).await?;
            let weight = loader.matrix(&at, &qkv, hidden).await?;
            let bias = if config.qkv_bias {
                loader.bias(&at, &qkv).await?
            } else {
                vec![0.0; weight.matrix.rows]
            };
            let norm_and_bias = [attention_norm.as_slice(), &bias].concat();
            let qkv_bias = match layers.last() {
                Some(before) if !config.qkv_bias => before.qkv_bias.clone(),
                _ => floats(bias, device),
            };
            layers.push(Layer {
                attention_norm: loader.as_norm(attention_norm),
                qkv: weight,
                qkv_bias,
                norm_and_bias: floats(norm_and_bias, device),
                output: loader.matrix(&at, &output, q).await?,
                ffn_norm: loader.norm(&at, "ffn_norm", hidden).await?,
                gate_up: loader.matrix(&at, &gate_up, hidden).await?,
                down: loader.matrix(&at, &down, ffn).await?,
            });
        }
        let norm = loader.norm("", "output_norm", hidden).await?;
        let head = match gguf.find("output.weight") {
            Some(_) => Some(loader.matrix("", &head, hidden).await?),
            None => None,
        };
        let frequencies = loader.frequencies(&config).await?;
        Ok(Self {
            config,
            device: device.clone(),
            frequencies,
            embedding,
            layers: layers.into(),
            norm,
            head,
        })
    }
}

/// A tensor that is, or becomes part of, a matrix.
struct Part<'a> {
    /// Its name within the layer, without `.weight`.
    name: &'a str,
    rows: usize,
    /// How its rows are to be reordered, if they are heads that are turned.
    pairs: Option<HalfPairs>,
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
    /// One matrix of `cols` columns from the tensors `parts`, one above the other.
    async fn matrix(
        &mut self,
        prefix: &str,
        parts: &[Part<'_>],
        cols: usize,
    ) -> Result<Weight, LoadError> {
        let mut tensors = Vec::with_capacity(parts.len());
        for part in parts {
            let tensor = self.gguf.tensor(&format!("{prefix}{}.weight", part.name))?;
            tensor.expect_shape(&[cols as u64, part.rows as u64])?;
            tensors.push(tensor);
        }
        let types: Vec<_> = tensors.iter().map(|tensor| tensor.ty).collect();
        let matrix = Matrix {
            rows: parts.iter().map(|part| part.rows).sum(),
            cols,
            format: common_format(&types),
        };
        let mut packer = Packer::new(matrix, self.order);
        let mut name = "";
        for (tensor, part) in tensors.into_iter().zip(parts) {
            name = &tensor.name;
            let row_bytes = tensor.bytes / part.rows as u64;
            // Rows are only reordered within a head.
            let unit = row_bytes * part.pairs.map_or(1, |pairs| pairs.head_dim as u64);
            let piece = (PIECE / unit).max(1) * unit;
            for start in (0..tensor.bytes).step_by(piece as usize) {
                let len = piece.min(tensor.bytes - start);
                let mut bytes = self.read(tensor, start, len).await?;
                if let Some(pairs) = part.pairs {
                    bytes = pairs.reorder(&bytes, row_bytes as usize);
                }
                packer
                    .push(tensor.ty, &bytes)
                    .map_err(|reason| damaged(name, reason))?;
            }
        }
        let packed = packer.finish().map_err(|reason| damaged(name, reason))?;
        Ok(Weight::new(packed, self.device))
    }

    async fn norm(&mut self, prefix: &str, name: &str, len: usize) -> Result<Norm, LoadError> {
        let values = self.vector(&format!("{prefix}{name}.weight"), len).await?;
        Ok(self.as_norm(values))
    }

    fn as_norm(&self, weight: Vec<f32>) -> Norm {
        Norm {
            weight: floats(weight, self.device),
            eps: self.eps,
        }
    }

    /// The biases of `parts`, one behind the other.
    async fn bias(&mut self, prefix: &str, parts: &[Part<'_>]) -> Result<Vec<f32>, LoadError> {
        let mut joined = Vec::new();
        for part in parts {
            let name = format!("{prefix}{}.bias", part.name);
            let values = self.vector(&name, part.rows).await?;
            joined.extend(match part.pairs {
                Some(pairs) => pairs.reorder(&values, 1),
                None => values,
            });
        }
        Ok(joined)
    }

    /// By how much each pair of a head turns per position. A model whose context was extended (Llama
    /// 3.1 and later) has a factor for each.
    async fn frequencies(&mut self, config: &ModelConfig) -> Result<Vec<f64>, LoadError> {
        let (dims, theta) = (config.rope_dims, config.rope_theta);
        if self.gguf.find(ROPE_FACTORS).is_none() {
            return Ok(scalar::frequencies(dims, theta, None));
        }
        let factors = self.vector(ROPE_FACTORS, dims / 2).await?;
        let frequencies = scalar::frequencies(dims, theta, Some(&factors));
        if frequencies.iter().all(|frequency| frequency.is_finite()) {
            Ok(frequencies)
        } else {
            Err(damaged(ROPE_FACTORS, PackError::NotFinite))
        }
    }

    /// The numbers of a tensor with one axis.
    async fn vector(&mut self, name: &str, len: usize) -> Result<Vec<f32>, LoadError> {
        let tensor = self.gguf.tensor(name)?;
        tensor.expect_shape(&[len as u64])?;
        let bytes = self.read(tensor, 0, tensor.bytes).await?;
        let values = scalar::dequantize(tensor.ty, &bytes);
        if values.iter().all(|value| value.is_finite()) {
            Ok(values)
        } else {
            Err(damaged(name, PackError::NotFinite))
        }
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
fn check_names(gguf: &Gguf, config: &ModelConfig) -> Result<(), LoadError> {
    const WHOLE: [&str; 4] = ["token_embd", "output_norm", "output", "rope_freqs"];
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
    const BIASED: [&str; 3] = ["attn_q", "attn_k", "attn_v"];
    let known = |name: &str| {
        let Some((name, kind)) = name.rsplit_once('.') else {
            return false;
        };
        let in_layer = name
            .strip_prefix("blk.")
            .and_then(|rest| rest.split_once('.'));
        let inside = |index: &str| index.parse().is_ok_and(|at: usize| at < config.layers);
        match (in_layer, kind) {
            (Some((index, part)), "weight") => inside(index) && LAYER.contains(&part),
            (Some((index, part)), "bias") => {
                config.qkv_bias && inside(index) && BIASED.contains(&part)
            }
            (None, "weight") => WHOLE.contains(&name),
            _ => false,
        }
    };
    match gguf.tensors().iter().find(|tensor| !known(&tensor.name)) {
        Some(tensor) => Err(LoadError::Unused(tensor.name.clone())),
        None => Ok(()),
    }
}
