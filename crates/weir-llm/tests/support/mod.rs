//! Devices to test on, and a small random model.
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

/// Sizes of the small model: three query heads for each key and value head, odd numbers of blocks,
/// heads of which only a part is turned.
pub(crate) const LAYERS: usize = 2;
pub(crate) const HIDDEN: usize = 96;
pub(crate) const VOCAB: usize = 50;
pub(crate) const CONTEXT: usize = 80;
const HEADS: usize = 6;
const KV_HEADS: usize = 2;
const HEAD_DIM: usize = 16;
const FFN: usize = 160;

/// A Llama with random weights, whose matrices are stored as `ty`.
pub(crate) fn small_model(ty: GgmlType) -> GgufBuilder {
    mixed_model(|_| ty)
}

/// A Llama with random weights; `ty` says how each matrix is stored.
pub(crate) fn mixed_model(ty: impl Fn(&str) -> GgmlType) -> GgufBuilder {
    let header = GgufBuilder::default()
        .text("general.architecture", "llama")
        .number("llama.block_count", LAYERS as u64)
        .number("llama.context_length", CONTEXT as u64)
        .number("llama.embedding_length", HIDDEN as u64)
        .number("llama.feed_forward_length", FFN as u64)
        .number("llama.attention.head_count", HEADS as u64)
        .number("llama.attention.head_count_kv", KV_HEADS as u64)
        .number("llama.attention.key_length", HEAD_DIM as u64)
        .number("llama.attention.value_length", HEAD_DIM as u64)
        .number("llama.rope.dimension_count", HEAD_DIM as u64 - 4)
        .float("llama.attention.layer_norm_rms_epsilon", 1e-5)
        .float("llama.rope.freq_base", 10_000.0);
    let (q, kv) = (HEADS * HEAD_DIM, KV_HEADS * HEAD_DIM);
    let mut matrices = vec![("token_embd".to_owned(), HIDDEN, VOCAB)];
    let mut norms = vec!["output_norm".to_owned()];
    for layer in 0..LAYERS {
        let at = |name: &str| format!("blk.{layer}.{name}");
        norms.extend([at("attn_norm"), at("ffn_norm")]);
        matrices.extend([
            (at("attn_q"), HIDDEN, q),
            (at("attn_k"), HIDDEN, kv),
            (at("attn_v"), HIDDEN, kv),
            (at("attn_output"), q, HIDDEN),
            (at("ffn_gate"), HIDDEN, FFN),
            (at("ffn_up"), HIDDEN, FFN),
            (at("ffn_down"), FFN, HIDDEN),
        ]);
    }
    let mut random = Random(1);
    let builder = norms.into_iter().fold(header, |builder, name| {
        let bytes = (0..HIDDEN).flat_map(|_| (1.0 + 0.3 * random.next()).to_le_bytes());
        let name = format!("{name}.weight");
        builder.tensor(&name, &[HIDDEN as u64], GgmlType::F32, bytes.collect())
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
    let blocks = len / ty.block_size() as usize;
    let mut bytes = Vec::with_capacity(blocks * ty.block_bytes() as usize);
    for _ in 0..blocks {
        let wiggle = 1.0 + 0.2 * random.next();
        match ty {
            GgmlType::F32 => bytes.extend((size * random.next()).to_le_bytes()),
            GgmlType::F16 => bytes.extend(half(size * random.next())),
            GgmlType::Q4_0 => bytes.extend(half(size / 8.0 * wiggle)),
            GgmlType::Q4_1 => {
                bytes.extend(half(size / 8.0 * wiggle));
                bytes.extend(half(-size * wiggle));
            }
            GgmlType::Q8_0 => bytes.extend(half(size / 127.0 * wiggle)),
        }
        let rest = match ty {
            GgmlType::F32 | GgmlType::F16 => 0,
            GgmlType::Q4_0 | GgmlType::Q4_1 => 16,
            GgmlType::Q8_0 => 32,
        };
        bytes.extend((0..rest).map(|_| (random.next() * 128.0) as i8 as u8));
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
