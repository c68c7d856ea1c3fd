//! A reply, token by token, and what is remembered of a dialogue between its replies.

use std::ops::Range;
use std::rc::Rc;

use crate::{
    device::DeviceError,
    format::{Format, Guide, NoRoom},
    likelihood::Odds,
    model::{ForwardError, KvCache, Llama, Logits, Prefill, Step, Tap},
    sampling::{NoCandidate, Sampler, Sampling},
    text::TextStream,
    tokenizer::Tokenizer,
};

/// What a reply should be like.
#[derive(Debug, Clone)]
pub struct Request {
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Texts before which the reply ends.
    pub stops: Vec<String>,
    /// Tokens of the reply at most.
    pub limit: usize,
    /// What the reply has to look like, if it has to.
    pub format: Option<Rc<Format>>,
    /// Of how many tokens it is told at each place how likely they were; `None` for not even the
    /// chosen one.
    pub odds: Option<usize>,
    /// Tokens that a GPU may choose before they are read back: as many as it makes in a time that
    /// nobody minds to wait for the next piece of text, or for the end after a stop.
    pub burst: usize,
}

/// A token of a reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The token.
    pub token: u32,
    /// How likely it was, if that was asked for.
    pub odds: Option<Odds>,
}

/// What is heard while a reply is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Heard<'a> {
    /// Tokens that are read, and tokens in all; what was remembered counts as read.
    Read(usize, usize),
    /// A piece of the reply.
    Piece {
        /// Whole characters.
        text: &'a str,
        /// The tokens since the last piece. Some of their text may still be held back.
        tokens: &'a [Said],
    },
}

/// Why a reply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The model said all it wanted, or a stop text was reached.
    Complete,
    /// It has as many tokens as were asked for.
    Limit,
    /// The context is full, and nothing could be left out of it.
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
    /// The reply may not be as long as its format needs.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
}

impl From<DeviceError> for GenerateError {
    fn from(error: DeviceError) -> Self {
        Self::Forward(error.into())
    }
}

/// Tokens of a reply that must be left to go on from, where its beginning is left out.
const LEAST_KEPT: usize = 16;

/// The tokens of a dialogue that the model has read, with their keys and values.
///
/// The next prompt of the same dialogue begins with them, so only what is new is read.
#[derive(Debug)]
pub struct Memory {
    /// It may hold a few tokens more, which a GPU read behind the end of a reply.
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
    /// The reply goes on behind the tokens `said`, which are not heard again; it is the same as if
    /// it had never been interrupted. Where the context is full, `shorten` is asked for the prompt
    /// with less in it; if it has none, the reply's own beginning is left out. The rest is read
    /// anew, and the reply goes on.
    ///
    /// # Errors
    /// [`GenerateError`]; what was heard before stands.
    pub async fn reply(
        &mut self,
        llama: &Llama,
        tokenizer: &Tokenizer,
        prompt: &[u32],
        said: &[u32],
        request: &Request,
        mut shorten: impl FnMut() -> Option<Vec<u32>>,
        hear: &mut dyn FnMut(Heard<'_>),
        give_way: impl AsyncFn(),
    ) -> Result<Reply, GenerateError> {
        let mut choice = Choice::new(request, llama, tokenizer)?;
        let mut text = TextStream::new(request.stops.iter().cloned());
        for &token in said {
            choice.replay(token);
            text.push(tokenizer.bytes(token));
        }
        let mut prompt = prompt.to_vec();
        let mut tokens = said.to_vec();
        let mut unheard = Vec::new();
        let mut remembered = None;
        // How many of the reply's first tokens the model no longer sees.
        let mut unseen = 0;
        let ending = 'reply: loop {
            let seen = [&prompt, &tokens[unseen..]].concat();
            if seen.len() > self.context()
                && let Some(less) = self.make_room(&mut prompt, tokens.len(), &mut shorten)
            {
                unseen = less;
                continue;
            }
            let known = self.recall(&seen, seen.len());
            remembered.get_or_insert(known);
            let mut logits = self.read(llama, &seen, None, hear, &give_way).await?.logits;
            while !text.stopped() && tokens.len() < request.limit {
                let left = request.limit - tokens.len();
                let (chosen, step) = choice.next(llama, &mut self.cache, logits, left).await?;
                for said in chosen {
                    let token = said.token;
                    if tokenizer.is_end(token) {
                        break 'reply Ending::Complete;
                    }
                    tokens.push(token);
                    unheard.push(said);
                    let piece = text.push(tokenizer.bytes(token));
                    if !piece.is_empty() {
                        hear(Heard::Piece {
                            text: &piece,
                            tokens: &unheard,
                        });
                        unheard.clear();
                    }
                    if text.stopped() {
                        break 'reply Ending::Complete;
                    }
                    if self.tokens.len() < self.cache.len() {
                        // All but the last one have been read to choose the next.
                        self.tokens.push(token);
                    }
                }
                if self.cache.len() == self.context() {
                    break;
                }
                let last = &tokens[tokens.len().saturating_sub(1)..];
                let step = step.map_or_else(|| llama.step(&self.cache, last), Ok)?;
                logits = llama.forward(&mut self.cache, step)?;
                self.tokens.extend(last);
                give_way().await;
            }
            if text.stopped() {
                break Ending::Complete;
            }
            if tokens.len() >= request.limit {
                break Ending::Limit;
            }
            match self.make_room(&mut prompt, tokens.len(), &mut shorten) {
                Some(less) => unseen = less,
                None => break Ending::ContextFull,
            }
        };
        let rest = text.finish();
        if !rest.is_empty() || !unheard.is_empty() {
            hear(Heard::Piece {
                text: &rest,
                tokens: &unheard,
            });
        }
        Ok(Reply {
            ending,
            prompt_tokens: prompt.len(),
            remembered: remembered.unwrap_or_default(),
            tokens: tokens.len(),
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

    /// Leaves so much of the prompt out, and then of the beginning of a reply of `reply` tokens, that
    /// a quarter of the context is free. Returns how many of the reply's tokens that leaves out;
    /// `None` if next to nothing of the reply would be left.
    fn make_room(
        &self,
        prompt: &mut Vec<u32>,
        reply: usize,
        shorten: &mut impl FnMut() -> Option<Vec<u32>>,
    ) -> Option<usize> {
        let room = self.context() - self.context() / 4;
        while prompt.len() + reply > room {
            let Some(shorter) = shorten() else {
                let kept = room.checked_sub(prompt.len())?;
                return (kept >= LEAST_KEPT).then(|| reply - kept);
            };
            *prompt = shorter;
        }
        Some(0)
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

/// Chooses tokens: on the device where it can, since then a few bytes are read back instead of all
/// logits.
struct Choice<'a> {
    sampler: Sampler,
    guide: Option<Guide<'a>>,
    odds: Option<usize>,
    on_device: OnDevice,
}

/// What the device can do of it.
enum OnDevice {
    /// Nothing: its logits are read.
    Nothing,
    /// It finds the most likely token.
    Likeliest,
    /// It chooses as the sampler would, `now` tokens before they are read back. That doubles up to
    /// `most`, so that the first words are there at once.
    Bursts { now: usize, most: usize },
}

impl<'a> Choice<'a> {
    /// The prompt does not count as recent: penalising its end marks would keep a reply from ending.
    fn new(request: &'a Request, llama: &Llama, tokenizer: &'a Tokenizer) -> Result<Self, NoRoom> {
        let guide = |format: &'a Rc<Format>| Guide::new(format, tokenizer, request.limit);
        let guide = request.format.as_ref().map(guide).transpose()?;
        let most = request.burst.max(1).min(llama.burst(&request.sampling));
        let on_device = if guide.is_some() || request.odds.is_some() {
            OnDevice::Nothing
        } else if most > 0 {
            OnDevice::Bursts { now: 1, most }
        } else if request.sampling.takes_the_likeliest() {
            OnDevice::Likeliest
        } else {
            OnDevice::Nothing
        };
        Ok(Self {
            sampler: Sampler::new(request.sampling),
            guide,
            odds: request.odds,
            on_device,
        })
    }

    /// Goes on as if it had chosen `token`.
    fn replay(&mut self, token: u32) {
        self.sampler.replay(token);
        if let Some(guide) = &mut self.guide {
            guide.accept(token);
        }
    }

    /// The next tokens, at least one and at most `left`, and the step that reads the last of them if
    /// there is one already; those before it have been read.
    async fn next(
        &mut self,
        llama: &Llama,
        cache: &mut KvCache,
        logits: Logits,
        left: usize,
    ) -> Result<(Vec<Said>, Option<Step>), GenerateError> {
        let said = |token| Said { token, odds: None };
        match &mut self.on_device {
            OnDevice::Nothing => {
                let said = self.next_of(logits.read().await?, left)?;
                Ok((vec![said], None))
            }
            OnDevice::Likeliest => {
                let step = logits.argmax();
                Ok((vec![said(step.token().await?)], Some(step)))
            }
            OnDevice::Bursts { now, most } => {
                let room = cache.context() - cache.len() + 1;
                let count = (*now).min(left).min(room);
                *now = (2 * *now).min(*most);
                let choices = llama.choices(&mut self.sampler, count);
                let (choices, step) = choices.run(llama, cache, logits, count)?;
                let chosen = choices.read().await?;
                let chosen: Option<Vec<u32>> = chosen.into_iter().collect();
                let chosen = chosen.ok_or(NoCandidate)?;
                chosen.iter().for_each(|&token| self.sampler.accept(token));
                Ok((chosen.into_iter().map(said).collect(), Some(step)))
            }
        }
    }

    /// The token that follows by these logits, where `left` more may.
    fn next_of(&mut self, mut values: Vec<f32>, left: usize) -> Result<Said, GenerateError> {
        let told = self.odds.map(|most| (values.clone(), most));
        if let Some(guide) = &mut self.guide {
            guide.rule_out(&mut values, left);
        }
        let token = self.sampler.sample(&values)?;
        if let Some(guide) = &mut self.guide {
            guide.accept(token);
        }
        let odds = told.map(|(values, most)| Odds::of(token, &values, most));
        Ok(Said { token, odds })
    }
}
