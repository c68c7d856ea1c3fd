//! How quick a device is, before there is a model on it: for choosing between devices.

use crate::device::DeviceError;
use crate::model::{ForwardError, Llama};
use burn::tensor::Device;

/// What may be spent, behind the compilation of the kernels and one layer, in milliseconds.
const BUDGET_MS: f64 = 250.0;
/// Bursts of tokens that are timed at most; the quickest counts.
const BURSTS: usize = 3;
/// Tokens of a burst, behind which a GPU is waited for: about as many as a reply reads back at once.
const BURST: usize = 8;
/// The head and all layers have this many times the weights of one layer: 134.5 to 3.54 million.
const LAYERS: f64 = 38.0;

/// About how many tokens per second this device would decode with SmolLM2-135M. `now_ms` is a clock
/// in milliseconds.
///
/// Tokens pass through a model of these sizes as they do in a reply: by the same operations, each
/// token chosen on the device from the one before. First one layer alone tells about how long a token
/// takes; a device too slow for a whole one is judged by that. Then no burst of tokens is begun that
/// would not end within [`BUDGET_MS`], going by the time that the one before took. What compiling
/// kernels takes is not in the figure, and nothing can bound it.
///
/// Memory is in it only as far as a third of the real weights shows how slow it is.
///
/// # Errors
/// [`DeviceError::Failed`] if a result cannot be read back.
pub async fn measure(device: &Device, now_ms: impl Fn() -> f64) -> Result<f32, DeviceError> {
    measured(device, now_ms).await.map_err(|error| match error {
        ForwardError::Device(error) => error,
        error => DeviceError::Failed(error.to_string()),
    })
}

async fn measured(device: &Device, now_ms: impl Fn() -> f64) -> Result<f32, ForwardError> {
    let whole = Llama::blank(device);
    let first = whole.first_layer();
    // Compiles kernels and fills caches.
    first.pass_layers().await?;
    let begun = now_ms();
    first.pass_layers().await?;
    let mut token_ms = (now_ms() - begun) * LAYERS;
    if token_ms <= BUDGET_MS {
        // Compiles the kernels of embedding, head and choice.
        decode(&first, 1).await?;
        let begun = now_ms();
        for burst in 0..BURSTS {
            let before = now_ms();
            let left = BUDGET_MS - (before - begun);
            if left < token_ms {
                break;
            }
            // One layer lies in the caches, all do not: the first token alone tells how long one takes.
            let share = left / (BURSTS - burst) as f64 / at_least(token_ms);
            let tokens = if burst == 0 {
                1
            } else {
                (share as usize).clamp(1, BURST)
            };
            decode(&whole, tokens).await?;
            let took = (now_ms() - before) / tokens as f64;
            token_ms = if burst == 0 { took } else { token_ms.min(took) };
        }
    }
    Ok((1e3 / at_least(token_ms)) as f32)
}

/// A browser's clock may be too coarse to see a quick token.
fn at_least(ms: f64) -> f64 {
    ms.max(0.1)
}

/// Decodes so many tokens, and waits for them.
async fn decode(llama: &Llama, tokens: usize) -> Result<(), ForwardError> {
    let mut cache = llama.cache(llama.config().context);
    let mut step = llama.step(&cache, &[0])?;
    for _ in 0..tokens {
        step = llama.forward(&mut cache, step)?.argmax();
    }
    step.token().await.map(drop)
}
