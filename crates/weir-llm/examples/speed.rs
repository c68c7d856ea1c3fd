//! How quick replies are on this machine without a browser: `speed MODEL cpu|webgpu`.
//!
//! Prints JSON: the adapter, tokens per second of reading and of replying, and milliseconds to the
//! first piece of a reply to 100 tokens; each is the median of seven replies behind one that warms
//! up. Prints `null` where a processor emulates the GPU: that says nothing of a GPU's speed.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use burn::tensor::Device;
use burn::tensor::wgpu::wgpu::DeviceType;
use futures::executor::block_on;
use serde_json::json;
use weir_llm::device::{self, DeviceKind};
use weir_llm::generate::{Heard, Memory, Request};
use weir_llm::gguf::Gguf;
use weir_llm::model::Llama;
use weir_llm::sampling::Sampling;
use weir_llm::source::FileSource;
use weir_llm::tokenizer::Tokenizer;

const PROMPT: usize = 100;
const REPLY: usize = 128;
const REPLIES: usize = 7;
const CONTEXT: usize = 512;
/// Tokens between two looks, as a page asks of a quick GPU.
const BURST: usize = 16;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [model, device] if device == "cpu" => {
            let device = block_on(device::open(DeviceKind::Cpu))?;
            block_on(measure(Path::new(model), device, None))
        }
        [model, device] if device == "webgpu" => {
            let options = Device::wgpu_options().tasks_max(device::TASKS);
            let (device, setup) = options.init_with_setup()?;
            let adapter = setup.adapter.get_info();
            if adapter.device_type == DeviceType::Cpu {
                println!("null");
                return Ok(());
            }
            block_on(measure(Path::new(model), device, Some(adapter.name)))
        }
        _ => Err("say which model, and cpu or webgpu".into()),
    }
}

async fn measure(
    model: &Path,
    device: Device,
    adapter: Option<String>,
) -> Result<(), Box<dyn Error>> {
    let source = FileSource::open(model)?;
    let gguf = Gguf::read(&source).await?;
    let tokenizer = Tokenizer::from_gguf(&gguf)?;
    let llama = Llama::load(&gguf, &source, &device, |_| ()).await?;
    let mut memory = Memory::new(llama.cache(CONTEXT));
    let request = Request {
        sampling: Sampling::default(),
        stops: Vec::new(),
        limit: REPLY,
        format: None,
        odds: None,
        burst: BURST,
    };
    let (mut firsts, mut reads, mut replies) = (Vec::new(), Vec::new(), Vec::new());
    for reply in 0..=REPLIES {
        // Another beginning each time, so that nothing is remembered.
        let vocab = llama.config().vocab;
        let prompt: Vec<u32> = (0..PROMPT)
            .map(|at| ((reply * 7919 + at * 104_729) % vocab) as u32)
            .collect();
        let started = Instant::now();
        let mut first = None;
        let mut hear = |heard: Heard<'_>| {
            if let Heard::Piece { .. } = heard {
                first.get_or_insert_with(Instant::now);
            }
        };
        let made = memory
            .reply(
                &llama,
                &tokenizer,
                &prompt,
                &[],
                &request,
                || None,
                &mut hear,
                async || (),
            )
            .await?;
        let first = first.unwrap_or(started);
        if reply > 0 && made.tokens > 1 {
            let read = (first - started).as_secs_f64();
            firsts.push(1e3 * read);
            reads.push(PROMPT as f64 / read);
            replies.push((made.tokens - 1) as f64 / first.elapsed().as_secs_f64());
        }
    }
    let figures = json!({
        "adapter": adapter,
        "prefill_tps": median(reads),
        "decode_tps": median(replies),
        "first_piece_ms": median(firsts),
    });
    println!("{figures}");
    Ok(())
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
