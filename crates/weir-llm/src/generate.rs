//! A reply, token by token, and what is remembered of a dialogue between its replies.

use std::ops::Range;

use crate::{
    device::DeviceError,
    model::{ForwardError, KvCache, Llama, Logits, Prefill, Step, Tap},
    sampling::{NoCandidate, Sampler, Sampling},
    text::TextStream,
    tokenizer::Tokenizer,
};

/// What a reply should be like.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Texts before which the reply ends.
    pub stops: Vec<String>,
    /// Tokens of the reply at most.
    pub limit: usize,
}

/// What is heard while a reply is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard<'a> {
    /// Tokens of the prompt that are read, and tokens in all; what was remembered counts as read.
    Read(usize, usize),
    /// A piece of the reply: whole characters.
    Piece(&'a str),
}

/// Why a reply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The model said all it wanted, or a stop text was reached.
    Complete,
    /// It has as many tokens as were asked for.
    Limit,
    /// The context is full.
    ContextFull,
}

/// A reply that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// Why.
    pub ending: Ending,
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Of these, tokens that were remembered from before and not read again.
    pub remembered: usize,
    /// Tokens of the reply.
    pub tokens: usize,
}

/// Why a reply broke off.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GenerateError {
    /// The prompt does not fit, or the device failed.
    #[error(transparent)]
    Forward(#[from] ForwardError),
    /// The model predicts nothing usable.
    #[error(transparent)]
    NoCandidate(#[from] NoCandidate),
}

impl From<DeviceError> for GenerateError {
    fn from(error: DeviceError) -> Self {
        Self::Forward(error.into())
    }
}

/// The tokens of a dialogue that the model has read, with their keys and values.
///
/// The next prompt of the same dialogue begins with them, so only what is new is read.
#[derive(Debug)]
pub struct Memory {
    cache: KvCache,
    tokens: Vec<u32>,
}

impl Memory {
    /// Remembers nothing yet, and at most what fits into `cache`.
    #[must_use]
    pub const fn new(cache: KvCache) -> Self {
        Self {
            cache,
            tokens: Vec::new(),
        }
    }

    /// Tokens that there is room for.
    #[must_use]
    pub const fn context(&self) -> usize {
        self.cache.context()
    }

    /// Replies to `prompt`. `hear` gets the reply piece by piece; `give_way` is awaited after every
    /// chunk of the prompt and every token, so that whoever runs on one thread can look at its
    /// messages. Dropping the future ends the reply there; what was read stays remembered.
    ///
    /// # Errors
    /// [`GenerateError`]; what was heard before stands.
    pub async fn reply(
        &mut self,
        llama: &Llama,
        tokenizer: &Tokenizer,
        prompt: &[u32],
        request: &Request,
        hear: &mut dyn FnMut(Heard<'_>),
        give_way: impl AsyncFn(),
    ) -> Result<Reply, GenerateError> {
        let remembered = self.recall(prompt, prompt.len());
        let read = self.read(llama, prompt, None, hear, &give_way).await?;
        let mut logits = read.logits;
        let mut choice = Choice::new(request.sampling);
        let mut text = TextStream::new(request.stops.iter().cloned());
        let mut tokens = 0;
        let ending = loop {
            if tokens == request.limit {
                break Ending::Limit;
            }
            let (token, step) = choice.next(&logits).await?;
            if tokenizer.is_end(token) {
                break Ending::Complete;
            }
            tokens += 1;
            say(hear, &text.push(tokenizer.bytes(token)));
            if text.stopped() {
                break Ending::Complete;
            }
            if self.cache.len() == self.cache.context() {
                break Ending::ContextFull;
            }
            let step = step.map_or_else(|| llama.step(&self.cache, &[token]), Ok)?;
            logits = llama.forward(&mut self.cache, step)?;
            self.tokens.push(token);
            give_way().await;
        };
        say(hear, &text.finish());
        Ok(Reply {
            ending,
            prompt_tokens: prompt.len(),
            remembered,
            tokens,
        })
    }

    /// Reads `prompt` and returns the mean hidden state, behind block `layer`, of its tokens in
    /// `span`, `[hidden]`. A reply to a prompt that begins with this one reads on from here.
    ///
    /// # Errors
    /// [`GenerateError`].
    pub async fn embed(
        &mut self,
        llama: &Llama,
        prompt: &[u32],
        layer: usize,
        span: Range<usize>,
        hear: &mut dyn FnMut(Heard<'_>),
        give_way: impl AsyncFn(),
    ) -> Result<Vec<f32>, GenerateError> {
        // The hidden states of remembered tokens are gone: those in the span are read anew.
        let remembered = self.recall(prompt, span.start);
        let tokens = span.start - remembered..span.end.saturating_sub(remembered);
        let tap = Tap { layer, tokens };
        let read = self
            .read(llama, prompt, Some(&tap), hear, &give_way)
            .await?;
        Ok(read.tapped.unwrap_or_default())
    }

    /// Forgets what is not the beginning of `prompt`, and all from `most` on. The last token is
    /// always read anew: its logits are needed.
    fn recall(&mut self, prompt: &[u32], most: usize) -> usize {
        let common = self
            .tokens
            .iter()
            .zip(prompt)
            .take_while(|(one, other)| one == other);
        let remembered = common.count().min(most).min(prompt.len().saturating_sub(1));
        self.tokens.truncate(remembered);
        self.cache.truncate(remembered);
        remembered
    }

    /// Reads what is not remembered of `prompt`.
    async fn read(
        &mut self,
        llama: &Llama,
        prompt: &[u32],
        tap: Option<&Tap>,
        hear: &mut dyn FnMut(Heard<'_>),
        give_way: &impl AsyncFn(),
    ) -> Result<Prefill, GenerateError> {
        let Self { cache, tokens } = self;
        let remembered = tokens.len();
        hear(Heard::Read(remembered, prompt.len()));
        let between = async |done: usize| {
            // Noted before giving way, where the future may be dropped.
            tokens.extend(&prompt[tokens.len()..remembered + done]);
            hear(Heard::Read(remembered + done, prompt.len()));
            give_way().await;
        };
        Ok(llama
            .prefill(cache, &prompt[remembered..], tap, between)
            .await?)
    }
}

fn say(hear: &mut dyn FnMut(Heard<'_>), piece: &str) {
    if !piece.is_empty() {
        hear(Heard::Piece(piece));
    }
}

/// Chooses tokens on the device where it can: then four bytes are read back instead of all logits.
enum Choice {
    OnDevice,
    Sampled(Sampler),
}

impl Choice {
    /// The prompt does not count as recent: penalising its end marks would keep a reply from ending.
    fn new(sampling: Sampling) -> Self {
        if sampling.temperature <= 0.0 && sampling.repeat_penalty == 1.0 {
            Self::OnDevice
        } else {
            Self::Sampled(Sampler::new(sampling))
        }
    }

    /// The token that follows, and the step that reads it if there is one already.
    async fn next(&mut self, logits: &Logits) -> Result<(u32, Option<Step>), GenerateError> {
        match self {
            Self::OnDevice => {
                let step = logits.argmax();
                Ok((step.token().await?, Some(step)))
            }
            Self::Sampled(sampler) => Ok((sampler.sample(&logits.read().await?)?, None)),
        }
    }
}
