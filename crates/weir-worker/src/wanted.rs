//! What a turn wants of a local reply, in the words of the model; and what is told of its tokens, in
//! those of the page.

use std::rc::Rc;

use weir_core::{JsonFormat, ReplyOptions, SaidToken, TokenLogprob, TopLogprob};
use weir_llm::{
    format::{Format, FormatError},
    generate::{Request, Said},
    likelihood::Likelihood,
    sampling::Sampling,
    tokenizer::Tokenizer,
};

/// Close to greedy, which a model this small repeats itself with. The seed is fixed: the same
/// dialogue gets the same answer.
const SAMPLING: Sampling = Sampling {
    temperature: 0.2,
    top_k: 40,
    top_p: 0.9,
    min_p: 0.0,
    repeat_penalty: 1.1,
    frequency_penalty: 0.0,
    presence_penalty: 0.0,
    repeat_window: 64,
    seed: 0,
};
/// As many alternatives to a token as the OpenAI API tells.
const MOST_ALTERNATIVES: u32 = 20;

/// Seconds between two looks at what a GPU has chosen: text still flows.
const BETWEEN_LOOKS: f32 = 0.04;

/// What is asked of a model that makes so many tokens per second; of a reply of at most `limit` tokens
/// if the options say nothing of it.
pub(crate) fn request(
    options: &ReplyOptions,
    limit: u32,
    tokens_per_second: f32,
) -> Result<Request, FormatError> {
    let format = match &options.json {
        None => None,
        Some(JsonFormat::Any) => Some(Format::json()),
        Some(JsonFormat::Schema(schema)) => Some(Format::schema(schema)?),
    };
    let usual = &SAMPLING;
    Ok(Request {
        sampling: Sampling {
            temperature: options.temperature.unwrap_or(usual.temperature),
            top_k: options.top_k.map_or(usual.top_k, |most| most as usize),
            top_p: options.top_p.unwrap_or(usual.top_p),
            min_p: options.min_p.unwrap_or(usual.min_p),
            repeat_penalty: options.repeat_penalty.unwrap_or(usual.repeat_penalty),
            frequency_penalty: options.frequency_penalty.unwrap_or(usual.frequency_penalty),
            presence_penalty: options.presence_penalty.unwrap_or(usual.presence_penalty),
            repeat_window: usual.repeat_window,
            seed: options.seed.unwrap_or(usual.seed),
        },
        stops: options.stop.clone(),
        limit: options.max_tokens.unwrap_or(limit) as usize,
        format: format.map(Rc::new),
        odds: options
            .logprobs
            .map(|most| most.min(MOST_ALTERNATIVES) as usize),
        burst: (tokens_per_second * BETWEEN_LOOKS) as usize,
    })
}

/// A token as the page hears of it.
pub(crate) fn said(said: &Said, tokenizer: &Tokenizer) -> SaidToken {
    let text = |token| String::from_utf8_lossy(tokenizer.bytes(token)).into_owned();
    let top = |likelihood: &Likelihood| TopLogprob {
        token: text(likelihood.token),
        logprob: likelihood.logprob,
        bytes: tokenizer.bytes(likelihood.token).to_vec(),
    };
    SaidToken {
        id: said.token,
        logprob: said.odds.as_ref().map(|odds| TokenLogprob {
            token: text(said.token),
            logprob: odds.logprob,
            bytes: tokenizer.bytes(said.token).to_vec(),
            top_logprobs: odds.top.iter().map(top).collect(),
        }),
    }
}
