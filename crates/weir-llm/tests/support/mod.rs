//! Devices to test on, and small random models.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot make its input has failed"
)]

use burn::tensor::Device;
use futures::executor::block_on;
use std::sync::OnceLock;
use weir_llm::device::{self, DeviceKind};
use weir_llm::gguf::{GgmlType, Gguf, GgufBuilder};

pub(crate) fn cpu() -> Device {
    block_on(device::open(DeviceKind::Cpu)).unwrap()
}

/// The GPU, or a software one such as Mesa's lavapipe. `None`, with a message, if there is none.
pub(crate) fn gpu() -> Option<Device> {
    static GPU: OnceLock<Option<Device>> = OnceLock::new();
    let gpu = GPU.get_or_init(|| match block_on(device::open(DeviceKind::WebGpu)) {
        Ok(device) => Some(device),
        Err(error) => {
            eprintln!("skipped on WebGPU: {error}");
            None
        }
    });
    gpu.clone()
}

/// All devices there are.
pub(crate) fn devices() -> impl Iterator<Item = Device> {
    [Some(cpu()), gpu()].into_iter().flatten()
}

/// Sizes of the small models: three query heads for each key and value head, odd numbers of blocks
/// (where these are not of 256 weights), heads of which only a part is turned.
pub(crate) const LAYERS: usize = 2;
pub(crate) const HIDDEN: usize = 96;
pub(crate) const VOCAB: usize = 50;
pub(crate) const CONTEXT: usize = 80;

/// The widths of a small model.
#[derive(Clone, Copy)]
struct Sizes {
    hidden: usize,
    heads: usize,
    kv_heads: usize,
    head_dim: usize,
    ffn: usize,
}

const NARROW: Sizes = Sizes {
    hidden: HIDDEN,
    heads: 6,
    kv_heads: 2,
    head_dim: 16,
    ffn: 160,
};
/// Every row is whole blocks of 256.
const WIDE: Sizes = Sizes {
    hidden: 256,
    heads: 8,
    kv_heads: 2,
    head_dim: 32,
    ffn: 512,
};

/// A Llama with random weights, whose matrices are stored as `ty`.
pub(crate) fn small_model(ty: GgmlType) -> GgufBuilder {
    mixed_model(|_| ty)
}

/// A Llama with random weights; `ty` says how each matrix is stored.
pub(crate) fn mixed_model(ty: impl Fn(&str) -> GgmlType) -> GgufBuilder {
    random_model("llama", ty)
}

/// A Qwen2 with random weights and biases and a head of its own, whose matrices are stored as `ty`.
pub(crate) fn qwen2_model(ty: GgmlType) -> GgufBuilder {
    random_model("qwen2", |_| ty)
}

fn random_model(architecture: &str, ty: impl Fn(&str) -> GgmlType) -> GgufBuilder {
    let sizes = match ty("token_embd").block_size() {
        256 => WIDE,
        _ => NARROW,
    };
    let Sizes { hidden, ffn, .. } = sizes;
    let key = |name: &str| format!("{architecture}.{name}");
    let header = GgufBuilder::default()
        .text("general.architecture", architecture)
        .number(&key("block_count"), LAYERS as u64)
        .number(&key("context_length"), CONTEXT as u64)
        .number(&key("embedding_length"), hidden as u64)
        .number(&key("feed_forward_length"), ffn as u64)
        .number(&key("attention.head_count"), sizes.heads as u64)
        .number(&key("attention.head_count_kv"), sizes.kv_heads as u64)
        .number(&key("attention.key_length"), sizes.head_dim as u64)
        .number(&key("attention.value_length"), sizes.head_dim as u64)
        .number(&key("rope.dimension_count"), sizes.head_dim as u64 - 4)
        .float(&key("attention.layer_norm_rms_epsilon"), 1e-5)
        .float(&key("rope.freq_base"), 10_000.0);
    let (q, kv) = (
        sizes.heads * sizes.head_dim,
        sizes.kv_heads * sizes.head_dim,
    );
    let mut matrices = vec![("token_embd".to_owned(), hidden, VOCAB)];
    let mut vectors = vec![("output_norm.weight".to_owned(), hidden)];
    for layer in 0..LAYERS {
        let at = |name: &str| format!("blk.{layer}.{name}");
        vectors.extend([
            (at("attn_norm.weight"), hidden),
            (at("ffn_norm.weight"), hidden),
        ]);
        if architecture == "qwen2" {
            vectors.extend([
                (at("attn_q.bias"), q),
                (at("attn_k.bias"), kv),
                (at("attn_v.bias"), kv),
            ]);
        }
        matrices.extend([
            (at("attn_q"), hidden, q),
            (at("attn_k"), hidden, kv),
            (at("attn_v"), hidden, kv),
            (at("attn_output"), q, hidden),
            (at("ffn_gate"), hidden, ffn),
            (at("ffn_up"), hidden, ffn),
            (at("ffn_down"), ffn, hidden),
        ]);
    }
    if architecture == "qwen2" {
        matrices.push(("output".to_owned(), hidden, VOCAB));
    }
    let mut random = Random(1);
    let builder = vectors.into_iter().fold(header, |builder, (name, len)| {
        let bytes = (0..len).flat_map(|_| (1.0 + 0.3 * random.next()).to_le_bytes());
        builder.tensor(&name, &[len as u64], GgmlType::F32, bytes.collect())
    });
    matrices
        .into_iter()
        .fold(builder, |builder, (name, cols, rows)| {
            let ty = ty(&name);
            let bytes = quantise(ty, cols * rows, 1.5 / (cols as f32).sqrt(), &mut random);
            let shape = [cols as u64, rows as u64];
            builder.tensor(&format!("{name}.weight"), &shape, ty, bytes)
        })
}

/// The header of a file in memory.
pub(crate) fn header(file: &Vec<u8>) -> Gguf {
    block_on(Gguf::read(file)).unwrap()
}

/// `len` weights of about this size, as a file stores them.
fn quantise(ty: GgmlType, len: usize, size: f32, random: &mut Random) -> Vec<u8> {
    let half = |value: f32| half::f16::from_f32(value).to_le_bytes();
    let block_bytes = ty.block_bytes() as usize;
    let blocks = len / ty.block_size() as usize;
    let mut bytes: Vec<u8> = (0..blocks * block_bytes)
        .map(|_| (random.next() * 128.0) as i8 as u8)
        .collect();
    for block in bytes.chunks_exact_mut(block_bytes) {
        let size = size * (1.0 + 0.2 * random.next());
        let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
        match ty {
            GgmlType::F32 => put(0, &(size * random.next()).to_le_bytes()),
            GgmlType::F16 => put(0, &half(size * random.next())),
            GgmlType::BF16 => {
                let number = half::bf16::from_f32(size * random.next());
                put(0, &number.to_le_bytes());
            }
            GgmlType::Q4_0 => put(0, &half(size / 8.0)),
            GgmlType::Q5_0 => put(0, &half(size / 16.0)),
            GgmlType::Q8_0 => put(0, &half(size / 127.0)),
            GgmlType::Q4_1 => {
                put(0, &half(size / 8.0));
                put(2, &half(-size));
            }
            GgmlType::Q5_1 => {
                put(0, &half(size / 16.0));
                put(2, &half(-size));
            }
            // Scales and minima of the groups are 32 times as large on average.
            GgmlType::Q4K => {
                put(0, &half(size / 8.0 / 32.0));
                put(2, &half(size / 32.0));
            }
            GgmlType::Q5K => {
                put(0, &half(size / 16.0 / 32.0));
                put(2, &half(size / 32.0));
            }
            GgmlType::Q6K => put(208, &half(size / 32.0 / 64.0)),
        }
    }
    bytes
}

/// Numbers between -1 and 1.
struct Random(u32);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as f32 / (u32::MAX / 2) as f32 - 1.0
    }
}
