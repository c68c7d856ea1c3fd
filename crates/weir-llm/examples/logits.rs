//! Logits for a text, as `tests/quality` compares them: `logits MODEL cpu|bytes|webgpu WINDOW`.
//! `bytes` is the processor with activations rounded as kernels with relaxed SIMD round them.
//!
//! Token ids come in on standard input and logits go out on standard output, both as little-endian
//! words of 32 bits: `vocab` floats for each token. A new context begins every `WINDOW` tokens.

#![expect(
    unsafe_code,
    reason = "a kernel is adopted by its address, even if it is our own"
)]

use std::error::Error;
use std::io::{Read, Write, stdin, stdout};
use std::path::PathBuf;

use futures::executor::block_on;
use weir_llm::device::{self, DeviceKind};
use weir_llm::gguf::Gguf;
use weir_llm::kernels::simd::{self, product::bytes};
use weir_llm::model::Llama;
use weir_llm::source::FileSource;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, device, window] = arguments.as_slice() else {
        return Err(
            "say which model, cpu, bytes or webgpu, and how many tokens a window has".into(),
        );
    };
    let kind = match device.as_str() {
        "cpu" => DeviceKind::Cpu,
        "bytes" => {
            // SAFETY: it is a product, and stays one.
            unsafe { simd::adopt(bytes::q4) }?;
            DeviceKind::Cpu
        }
        "webgpu" => DeviceKind::WebGpu,
        other => return Err(format!("\"{other}\" is none of cpu, bytes and webgpu").into()),
    };
    let mut bytes = Vec::new();
    stdin().read_to_end(&mut bytes)?;
    let (words, _) = bytes.as_chunks::<4>();
    let tokens: Vec<u32> = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
    block_on(write(&PathBuf::from(model), kind, &tokens, window.parse()?))
}

async fn write(
    model: &PathBuf,
    kind: DeviceKind,
    tokens: &[u32],
    window: usize,
) -> Result<(), Box<dyn Error>> {
    let source = FileSource::open(model)?;
    let gguf = Gguf::read(&source).await?;
    let device = device::open(kind).await?;
    let llama = Llama::load(&gguf, &source, &device, |_| ()).await?;
    let mut out = stdout().lock();
    for tokens in tokens.chunks(window.max(1)) {
        let logits = llama.score(&mut llama.cache(tokens.len()), tokens).await?;
        out.write_all(bytemuck::cast_slice(&logits))?;
    }
    Ok(())
}
