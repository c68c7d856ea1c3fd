//! The local model: fits `weir-llm` and the task probe to the engine.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures::lock::Mutex;
use weir_browser::timers;
use weir_core::{DeviceEstimate, dialogue};
use weir_engine::{Heard, LocalAnswer, LocalFailure, LocalModel, Message, Speaker, Understanding};
use weir_llm::{
    chat::{self, ChatTemplate, Role},
    generate::{self, Ending, Memory, Request},
    model::Llama,
    sampling::Sampling,
    tokenizer::Tokenizer,
};
use weir_policy::{Probe, Reading, probe::text_tokens};

/// Tokens kept free for the reply, at most a quarter of what the model remembers.
const REPLY: usize = 512;
/// Close to greedy, which a model this small repeats itself with. The seed is fixed: the same
/// dialogue gets the same answer.
const SAMPLING: Sampling = Sampling {
    temperature: 0.2,
    top_k: 40,
    top_p: 0.9,
    repeat_penalty: 1.1,
    repeat_window: 64,
    seed: 0,
};
/// Prefill reads many tokens at once and is this many times quicker than decoding, until measured.
const PREFILL_ADVANTAGE: f32 = 3.0;
/// How much one reply moves the estimate of the device's rates.
const STEP: f32 = 0.5;

/// The local model, once there is one.
#[derive(Debug, Default)]
pub(crate) struct Local {
    loaded: RefCell<Option<Rc<Loaded>>>,
}

/// A model that can answer.
#[derive(Debug)]
pub(crate) struct Loaded {
    name: String,
    llama: Llama,
    tokenizer: Tokenizer,
    template: ChatTemplate,
    probe: Option<Probe>,
    memory: Mutex<Memory>,
    /// Tokens that the model remembers, prompt and reply together.
    context: usize,
    rates: Cell<DeviceEstimate>,
}

impl Local {
    pub(crate) fn unload(&self) {
        self.loaded.take();
    }

    pub(crate) fn set(&self, loaded: Loaded) {
        self.loaded.replace(Some(Rc::new(loaded)));
    }

    fn loaded(&self) -> Option<Rc<Loaded>> {
        self.loaded.borrow().clone()
    }
}

impl Loaded {
    pub(crate) fn new(
        name: String,
        llama: Llama,
        tokenizer: Tokenizer,
        template: ChatTemplate,
        probe: Option<Probe>,
        tokens_per_second: f32,
        context: usize,
    ) -> Self {
        let memory = Memory::new(llama.cache(context));
        Self {
            name,
            tokenizer,
            template,
            probe,
            memory: Mutex::new(memory),
            context,
            rates: Cell::new(DeviceEstimate {
                ready: true,
                prefill_tokens_per_second: tokens_per_second * PREFILL_ADVANTAGE,
                decode_tokens_per_second: tokens_per_second,
            }),
            llama,
        }
    }

    fn longest_prompt(&self) -> usize {
        let context = self.llama.config().context.min(self.context);
        context - REPLY.min(context / 4)
    }

    /// The prompt's tokens, without as many of the oldest turns as it takes to fit, and how many
    /// messages that left out.
    fn prompt(&self, messages: &[Message]) -> Result<(Vec<u32>, usize), LocalFailure> {
        let mut dropped = 0;
        loop {
            let tokens = self.written(messages, dropped, None)?;
            // The system message, one question: no less can be said.
            if tokens.len() <= self.longest_prompt() || messages.len() <= dropped + 2 {
                return Ok((tokens, dropped));
            }
            dropped += 2;
        }
    }

    /// The tokens of all messages but `dropped` ones behind the first, the last of them saying
    /// `instead` if that is something.
    fn written(
        &self,
        messages: &[Message],
        dropped: usize,
        instead: Option<&str>,
    ) -> Result<Vec<u32>, LocalFailure> {
        let (first, rest) = messages.split_at(messages.len().min(1));
        let rest = rest.get(dropped..).unwrap_or_default();
        let mut said: Vec<_> = first.iter().chain(rest).map(written).collect();
        if let (Some(last), Some(instead)) = (said.last_mut(), instead) {
            instead.clone_into(&mut last.content);
        }
        self.template
            .render(&self.tokenizer, &said, true)
            .map_err(failure)
    }

    /// What the probe makes of the user's text; its contract says how it is read. What is read here
    /// is not read again for a local reply.
    async fn read(
        &self,
        messages: &[Message],
        text: &str,
        read: &mut dyn FnMut(u32, u32),
    ) -> Result<(Reading, u32), LocalFailure> {
        let (prompt, dropped) = self.prompt(messages)?;
        let prompt_tokens = prompt.len() as u32;
        let unknown = Ok((Reading::UNKNOWN, prompt_tokens));
        let Some(probe) = &self.probe else {
            return unknown;
        };
        let said = messages.last().map_or("", |message| message.text.as_str());
        let around = said.strip_prefix(text).unwrap_or_default();
        let without = self.written(messages, dropped, Some(around))?;
        let span = text_tokens(&prompt, &without);
        if span.is_empty() || prompt.len() > self.longest_prompt() {
            return unknown;
        }
        let mut hear = |heard: generate::Heard<'_>| {
            if let generate::Heard::Read(done, total) = heard {
                read(done as u32, total as u32);
            }
        };
        let mut memory = self.memory.lock().await;
        let hidden = memory
            .embed(
                &self.llama,
                &prompt[..span.end],
                probe.layer,
                span,
                &mut hear,
                timers::yield_to_events,
            )
            .await
            .map_err(failure)?;
        Ok((probe.read(&hidden).map_err(failure)?, prompt_tokens))
    }

    /// Learns from a reply how quick the device is.
    fn learn(&self, prompt_tokens: usize, read_ms: f64, tokens: usize, decode_ms: f64) {
        let mut rates = self.rates.get();
        let blend = |estimate: &mut f32, tokens: usize, ms: f64| {
            if tokens > 8 && ms > 1.0 {
                *estimate += STEP * ((tokens as f64 * 1e3 / ms) as f32 - *estimate);
            }
        };
        blend(&mut rates.prefill_tokens_per_second, prompt_tokens, read_ms);
        blend(&mut rates.decode_tokens_per_second, tokens, decode_ms);
        self.rates.set(rates);
    }
}

impl LocalModel for Local {
    fn name(&self) -> Option<String> {
        self.loaded().map(|loaded| loaded.name.clone())
    }

    fn longest_prompt(&self) -> u32 {
        self.loaded()
            .map_or(0, |loaded| loaded.longest_prompt() as u32)
    }

    fn estimate(&self) -> DeviceEstimate {
        self.loaded().map_or(
            DeviceEstimate {
                ready: false,
                prefill_tokens_per_second: 0.0,
                decode_tokens_per_second: 0.0,
            },
            |loaded| loaded.rates.get(),
        )
    }

    async fn understand(
        &self,
        messages: &[Message],
        text: &str,
        read: &mut dyn FnMut(u32, u32),
    ) -> Result<Understanding, LocalFailure> {
        let (reading, prompt_tokens) = match self.loaded() {
            Some(loaded) => loaded.read(messages, text, read).await?,
            None => (Reading::UNKNOWN, guess_tokens(messages)),
        };
        Ok(Understanding {
            task: reading.task,
            picture_relevance: reading.picture,
            sound_relevance: reading.sound,
            prompt_tokens,
        })
    }

    async fn answer(
        &self,
        messages: &[Message],
        output_limit: u32,
        hear: &mut dyn FnMut(Heard<'_>),
    ) -> Result<LocalAnswer, LocalFailure> {
        let loaded = self.loaded().ok_or_else(|| LocalFailure {
            message: "The local model was unloaded before it could answer: ask again.".into(),
        })?;
        let (prompt, _) = loaded.prompt(messages)?;
        let request = Request {
            sampling: SAMPLING,
            stops: Vec::new(),
            limit: output_limit as usize,
        };
        let started = timers::now_ms();
        let mut first = None;
        let mut on_heard = |heard: generate::Heard<'_>| match heard {
            generate::Heard::Read(done, total) => hear(Heard::Read(done as u32, total as u32)),
            generate::Heard::Piece(piece) => {
                first.get_or_insert_with(timers::now_ms);
                hear(Heard::Piece(piece));
            }
        };
        let mut memory = loaded.memory.lock().await;
        let reply = memory
            .reply(
                &loaded.llama,
                &loaded.tokenizer,
                &prompt,
                &request,
                &mut on_heard,
                timers::yield_to_events,
            )
            .await
            .map_err(failure)?;
        let ended = timers::now_ms();
        let first = first.unwrap_or(ended);
        let read = reply.prompt_tokens - reply.remembered;
        loaded.learn(
            read,
            first - started,
            reply.tokens.saturating_sub(1),
            ended - first,
        );
        Ok(LocalAnswer {
            ending: match reply.ending {
                Ending::Complete => dialogue::Ending::Complete,
                Ending::Limit | Ending::ContextFull => dialogue::Ending::Length,
            },
            prompt_tokens: reply.prompt_tokens as u32,
            tokens: reply.tokens as u32,
        })
    }
}

fn written(message: &Message) -> chat::Message {
    let role = match message.speaker {
        Speaker::System => Role::System,
        Speaker::User => Role::User,
        Speaker::Assistant => Role::Assistant,
    };
    chat::Message::new(role, message.text.as_str())
}

/// Without a tokenizer: English has about four bytes to a token.
fn guess_tokens(messages: &[Message]) -> u32 {
    let bytes: usize = messages.iter().map(|message| message.text.len()).sum();
    u32::try_from(bytes / 4).unwrap_or(u32::MAX)
}

fn failure(error: impl std::error::Error) -> LocalFailure {
    LocalFailure {
        message: error.to_string(),
    }
}
