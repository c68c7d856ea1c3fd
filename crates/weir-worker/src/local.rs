//! The local model: fits `weir-llm` and the task probe to the engine.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures::lock::Mutex;
use weir_browser::{inbox, timers};
use weir_core::{DeviceEstimate, SaidToken, dialogue};
use weir_engine::{
    Heard, LocalAnswer, LocalCall, LocalFailure, LocalModel, Message, Speaker, Understanding,
};
use weir_llm::{
    chat::{self, ChatTemplate, Role},
    generate::{self, Ending, GenerateError, Memory},
    model::{ForwardError, Llama},
    tokenizer::Tokenizer,
    window::Window,
};
use weir_policy::{Probe, Reading, probe::text_tokens};

use crate::wanted::{request, said};

/// The share of the context that is kept free for the reply, as a divisor.
const REPLY: usize = 4;
/// Prefill reads many tokens at once and is taken to be this many times quicker than decoding until
/// replies say otherwise: each weight is read once for a chunk of tokens, and what it takes to multiply
/// is left. Which device is taken does not depend on it: a turn is mostly decoding.
const PREFILL_ADVANTAGE: f32 = 3.0;
/// Fewer tokens tell no rate.
const TELLING_TOKENS: usize = 8;

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
    /// Which turns of the dialogue are left out.
    window: Cell<Window>,
    /// As they were measured when it was loaded.
    rates: DeviceEstimate,
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
            context: memory.context(),
            memory: Mutex::new(memory),
            window: Cell::default(),
            rates: DeviceEstimate {
                ready: true,
                prefill_tokens_per_second: tokens_per_second * PREFILL_ADVANTAGE,
                decode_tokens_per_second: tokens_per_second,
            },
            llama,
        }
    }

    const fn longest_prompt(&self) -> usize {
        self.context - self.context / REPLY
    }

    /// The prompt's tokens, without as many of the oldest turns as it takes to fit.
    fn prompt(&self, messages: &[Message]) -> Result<Vec<u32>, LocalFailure> {
        let mut window = self.window.get();
        let written = |forgotten| self.written(messages, forgotten, None);
        let prompt = window.fit(turns(messages), self.longest_prompt(), written)?;
        self.window.set(window);
        Ok(prompt)
    }

    /// The prompt without more of its turns, at half its length if that can be; `None` if there are
    /// no more.
    fn shorter(&self, messages: &[Message], len: usize) -> Result<Option<Vec<u32>>, LocalFailure> {
        let mut window = self.window.get();
        let written = |forgotten| self.written(messages, forgotten, None);
        let shorter = window.shorten(turns(messages), len / 2, written)?;
        self.window.set(window);
        Ok(shorter)
    }

    /// The tokens of all messages but those of the `forgotten` turns behind the first, the last of
    /// them saying `instead` if that is something.
    fn written(
        &self,
        messages: &[Message],
        forgotten: usize,
        instead: Option<&str>,
    ) -> Result<Vec<u32>, LocalFailure> {
        let (first, rest) = messages.split_at(messages.len().min(1));
        let rest = rest.get(2 * forgotten..).unwrap_or_default();
        let mut said: Vec<_> = first.iter().chain(rest).map(written).collect();
        if let (Some(last), Some(instead)) = (said.last_mut(), instead) {
            instead.clone_into(&mut last.content);
        }
        self.template
            .render(&self.tokenizer, &said, true)
            .map_err(unanswerable)
    }

    /// What the probe makes of the user's text; its contract says how it is read. What is read here
    /// is not read again for a local reply.
    async fn read(
        &self,
        messages: &[Message],
        text: &str,
        read: &mut dyn FnMut(u32, u32),
    ) -> Result<(Reading, u32), LocalFailure> {
        let prompt = self.prompt(messages)?;
        let prompt_tokens = prompt.len() as u32;
        let unknown = Ok((Reading::UNKNOWN, prompt_tokens));
        let Some(probe) = &self.probe else {
            return unknown;
        };
        let said = messages.last().map_or("", |message| message.text.as_str());
        let around = said.strip_prefix(text).unwrap_or_default();
        let without = self.written(messages, self.window.get().forgotten(), Some(around))?;
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
        let embedded = memory
            .embed(
                &self.llama,
                &prompt[..span.end],
                probe.layer,
                span,
                &mut hear,
                timers::yield_to_events,
            )
            .await;
        let hidden = or_resign(embedded).await?;
        Ok((probe.read(&hidden).map_err(failure)?, prompt_tokens))
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
            |loaded| loaded.rates,
        )
    }

    async fn understand(
        &self,
        messages: &[Message],
        text: &str,
        read: &mut dyn FnMut(u32, u32),
    ) -> Result<Understanding, LocalFailure> {
        let (reading, prompt_tokens) = match self.loaded() {
            Some(loaded) => timers::timed("weir:read", loaded.read(messages, text, read)).await?,
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
        call: LocalCall<'_>,
        hear: &mut dyn FnMut(Heard<'_>),
    ) -> Result<LocalAnswer, LocalFailure> {
        let loaded = self.loaded().ok_or_else(|| {
            LocalFailure::Device(
                "The local model was unloaded before it could answer: ask again.".into(),
            )
        })?;
        let speed = loaded.rates.decode_tokens_per_second;
        let request = request(call.options, call.output_limit, speed).map_err(unanswerable)?;
        let prompt = loaded.prompt(call.messages)?;
        let tell = RefCell::new(hear);
        let mut forgotten = 0;
        let mut say_forgotten = || {
            let turns = loaded.window.get().forgotten() as u32;
            if turns != std::mem::replace(&mut forgotten, turns) {
                (tell.borrow_mut())(Heard::Forgotten(turns));
            }
        };
        say_forgotten();
        let mut len = prompt.len();
        let shorten = || {
            // One that cannot be written is none: the reply then ends where it is.
            let shorter = loaded.shorter(call.messages, len).ok().flatten()?;
            len = shorter.len();
            say_forgotten();
            Some(shorter)
        };
        let started = timers::now_ms();
        let mut first = None;
        let mut on_heard = |heard: generate::Heard<'_>| match heard {
            generate::Heard::Read(done, total) => {
                (tell.borrow_mut())(Heard::Read(done as u32, total as u32));
            }
            generate::Heard::Piece { text, tokens } => {
                first.get_or_insert_with(timers::now_ms);
                let tokens: Vec<SaidToken> = tokens
                    .iter()
                    .map(|token| said(token, &loaded.tokenizer))
                    .collect();
                (tell.borrow_mut())(Heard::Piece(text, &tokens));
            }
        };
        let mut memory = loaded.memory.lock().await;
        let replied = memory
            .reply(
                &loaded.llama,
                &loaded.tokenizer,
                &prompt,
                call.said,
                &request,
                shorten,
                &mut on_heard,
                timers::yield_to_events,
            )
            .await;
        let reply = or_resign(replied).await?;
        let ended = timers::now_ms();
        let first = first.unwrap_or(ended);
        let read = reply.prompt_tokens.saturating_sub(reply.remembered);
        let new = reply.tokens - call.said.len();
        Ok(LocalAnswer {
            ending: match reply.ending {
                Ending::Complete => dialogue::Ending::Complete,
                Ending::Limit | Ending::ContextFull => dialogue::Ending::Length,
            },
            prompt_tokens: reply.prompt_tokens as u32,
            tokens: reply.tokens as u32,
            read_per_second: per_second(read, first - started),
            said_per_second: per_second(new.saturating_sub(1), ended - first),
        })
    }
}

/// The rate of so many tokens, if they were enough to tell.
fn per_second(tokens: usize, ms: f64) -> Option<f32> {
    (tokens > TELLING_TOKENS && ms > 1.0).then(|| (tokens as f64 * 1e3 / ms) as f32)
}

/// How many turns lie between the system message and the question.
const fn turns(messages: &[Message]) -> usize {
    messages.len().saturating_sub(2) / 2
}

/// Ends the worker where its device is lost: no other can be had in the same one.
async fn or_resign<T>(result: Result<T, GenerateError>) -> Result<T, LocalFailure> {
    match result {
        Err(GenerateError::Forward(ForwardError::Device(error))) => {
            inbox::resign(&format!("The device was lost: {error}.")).await
        }
        Err(error @ GenerateError::NoRoom(_)) => Err(unanswerable(error)),
        other => other.map_err(failure),
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

fn unanswerable(error: impl std::error::Error) -> LocalFailure {
    LocalFailure::Request(error.to_string())
}

fn failure(error: impl std::error::Error) -> LocalFailure {
    LocalFailure::Device(error.to_string())
}
