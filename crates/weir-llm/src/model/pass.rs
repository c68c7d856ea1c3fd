//! Passes through the model: reading a prompt, predicting the next token, scoring a text.

use super::{ForwardError, KvCache, Llama};
use crate::device::{floats, integers, read};
use crate::kernels::{LlmOps, Rows};
use burn::backend::{Dispatch, DispatchTensor};
use burn::tensor::{Int, Tensor};
use std::ops::Range;

/// Tokens of a prompt that are read at once: enough to use each weight many times, few enough that
/// a worker on a CPU looks at its messages several times a second.
const CHUNK: usize = 32;
/// The same on a GPU, where a chunk of any size takes as many launches and one read back.
const GPU_CHUNK: usize = 128;

/// The tokens of one pass and the position of the first, on the device.
#[derive(Debug, Clone)]
pub struct Step {
    pub(super) tensor: DispatchTensor,
    pub(super) len: usize,
}

impl Step {
    /// The token that this step reads; the last one of several.
    ///
    /// # Errors
    /// [`ForwardError::Device`] if it could not be read back.
    pub async fn token(&self) -> Result<u32, ForwardError> {
        let tensor = Tensor::<1, Int>::from_dispatch(self.tensor.clone());
        let values: Vec<i32> = read(tensor).await?;
        Ok(values.last().map_or(0, |&token| token as u32))
    }
}

/// The logits of the next token, on the device.
#[derive(Debug)]
pub struct Logits {
    pub(super) tensor: DispatchTensor,
    pub(super) step: Step,
}

impl Logits {
    /// The most likely token as the next step. Nothing is read back, so that the next pass can be
    /// enqueued before this one has ended.
    #[must_use]
    pub fn argmax(&self) -> Step {
        Step {
            tensor: Dispatch::argmax(&self.tensor, self.step.tensor.clone()),
            len: 1,
        }
    }

    /// All logits, one per token of the vocabulary.
    ///
    /// # Errors
    /// [`ForwardError::Device`] if they could not be read back.
    pub async fn read(&self) -> Result<Vec<f32>, ForwardError> {
        Ok(read(Tensor::<2>::from_dispatch(self.tensor.clone())).await?)
    }
}

/// Asks a prompt's pass for the mean hidden state of some of its tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tap {
    /// Behind which layer, counted from 0.
    pub layer: usize,
    /// Of which tokens, counted from the first of the tokens that are read; not empty.
    pub tokens: Range<usize>,
}

/// What reading a prompt gives.
#[derive(Debug)]
pub struct Prefill {
    /// The logits of the token that follows.
    pub logits: Logits,
    /// The mean hidden state that the tap asked for, `[hidden]`.
    pub tapped: Option<Vec<f32>>,
}

impl Llama {
    /// A step that reads `tokens` behind those in `cache`.
    ///
    /// # Errors
    /// [`ForwardError::NoTokens`], [`ForwardError::UnknownToken`] or [`ForwardError::ContextFull`].
    pub fn step(&self, cache: &KvCache, tokens: &[u32]) -> Result<Step, ForwardError> {
        let vocab = self.config.vocab;
        if let Some(&token) = tokens.iter().find(|&&token| token as usize >= vocab) {
            return Err(ForwardError::UnknownToken { token, vocab });
        }
        if tokens.is_empty() {
            return Err(ForwardError::NoTokens);
        }
        check_room(cache, tokens.len())?;
        let numbers = [cache.len, tokens.len()].into_iter().map(|n| n as i32);
        let numbers = numbers.chain(tokens.iter().map(|&token| token as i32));
        Ok(Step {
            tensor: integers(numbers.collect(), &self.device),
            len: tokens.len(),
        })
    }

    /// Enqueues a pass over the tokens of `step`, which become part of `cache`, and returns the
    /// logits of the token that follows.
    ///
    /// `step` must have been made for this state of the cache: by [`Llama::step`], or by
    /// [`Logits::argmax`] of the pass before.
    ///
    /// # Errors
    /// [`ForwardError::ContextFull`].
    pub fn forward(&self, cache: &mut KvCache, step: Step) -> Result<Logits, ForwardError> {
        check_room(cache, step.len)?;
        let x = self.enqueue(cache, &step.tensor, step.len);
        cache.len += step.len;
        let tensor = self.logits(&x, &step.tensor, Rows::Last);
        Ok(Logits { tensor, step })
    }

    /// Reads `tokens` behind those in `cache`, a few at a time.
    ///
    /// `between` is called after each chunk with the number of tokens that have been read. If it is
    /// made to yield, the caller can show progress and can cancel by dropping the future: the cache
    /// then holds the tokens that were read.
    ///
    /// # Errors
    /// [`ForwardError`]; before anything was computed, unless the device failed.
    pub async fn prefill(
        &self,
        cache: &mut KvCache,
        tokens: &[u32],
        tap: Option<&Tap>,
        mut between: impl AsyncFnMut(usize),
    ) -> Result<Prefill, ForwardError> {
        check_room(cache, tokens.len())?;
        if let Some(tap) = tap
            && (tap.layer >= self.config.layers
                || tap.tokens.is_empty()
                || tap.tokens.end > tokens.len())
        {
            return Err(ForwardError::TapOutside);
        }
        let mut sum = tap.map(|_| floats(vec![0.0; self.config.hidden], &self.device));
        let mut last = Err(ForwardError::NoTokens);
        let size = self.chunk();
        for (index, chunk) in tokens.chunks(size).enumerate() {
            let first = index * size;
            let step = self.step(cache, chunk)?;
            let x = self.enqueue_apart(cache, &step.tensor, |layer, x| {
                if let Some(tap) = tap
                    && tap.layer == layer
                {
                    sum = sum
                        .take()
                        .map(|sum| self.add_tapped(sum, x, tap, first, chunk.len()));
                }
            });
            cache.len += chunk.len();
            let done = first + chunk.len();
            if done < tokens.len() {
                // Reading back anything waits until the device has caught up: progress is true,
                // and no long queue is left behind if the prompt is cancelled.
                step.token().await?;
            } else {
                let tensor = self.logits(&x, &step.tensor, Rows::Last);
                last = Ok(Logits { tensor, step });
            }
            between(done).await;
        }
        let tapped = match (sum, tap) {
            (Some(sum), Some(tap)) => {
                let sum: Vec<f32> = read(Tensor::<1>::from_dispatch(sum)).await?;
                let count = tap.tokens.len() as f32;
                Some(sum.into_iter().map(|v| v / count).collect())
            }
            _ => None,
        };
        Ok(Prefill {
            logits: last?,
            tapped,
        })
    }

    /// The logits behind every one of `tokens`, `[n, vocab]`: what a text's perplexity is made of.
    ///
    /// # Errors
    /// [`ForwardError`].
    pub async fn score(
        &self,
        cache: &mut KvCache,
        tokens: &[u32],
    ) -> Result<Vec<f32>, ForwardError> {
        let mut logits = Vec::with_capacity(tokens.len() * self.config.vocab);
        for chunk in tokens.chunks(self.chunk()) {
            let step = self.step(cache, chunk)?;
            let x = self.enqueue_apart(cache, &step.tensor, |_, _| ());
            cache.len += chunk.len();
            let tensor = self.logits(&x, &step.tensor, Rows::All);
            let values: Vec<f32> = read(Tensor::<2>::from_dispatch(tensor)).await?;
            logits.extend(values);
        }
        Ok(logits)
    }

    fn chunk(&self) -> usize {
        if self.on_gpu() { GPU_CHUNK } else { CHUNK }
    }

    /// Adds the hidden states of those tapped tokens that lie in the chunk of `len` tokens from
    /// `first` on.
    fn add_tapped(
        &self,
        sum: DispatchTensor,
        x: &DispatchTensor,
        tap: &Tap,
        first: usize,
        len: usize,
    ) -> DispatchTensor {
        let inside = |token: usize| token.saturating_sub(first).min(len) as i32;
        let span = vec![inside(tap.tokens.start), inside(tap.tokens.end)];
        Dispatch::sum_rows(sum, x, integers(span, &self.device))
    }
}

fn check_room(cache: &KvCache, tokens: usize) -> Result<(), ForwardError> {
    let (needed, context) = (cache.len + tokens, cache.context());
    if needed > context {
        return Err(ForwardError::ContextFull { needed, context });
    }
    Ok(())
}
