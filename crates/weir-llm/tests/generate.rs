//! Replies of a small model with random weights: what is read, what is said, where they go on.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot run its model has failed"
)]

mod model_file;
mod schemas;
mod support;

use std::rc::Rc;

use futures::executor::block_on;
use weir_llm::format::Format;
use weir_llm::generate::{Ending, GenerateError, Heard, Memory, Reply, Request};
use weir_llm::gguf::Gguf;
use weir_llm::model::Llama;
use weir_llm::sampling::Sampling;
use weir_llm::tokenizer::Tokenizer;

struct Small {
    llama: Llama,
    tokenizer: Tokenizer,
}

/// What was heard of a reply.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    text: String,
    tokens: Vec<u32>,
    logprobs: Vec<f32>,
}

impl Small {
    fn new() -> Self {
        let file = model_file::golden_bytes("llama3.gguf");
        let gguf: Gguf = support::header(&file);
        Self {
            llama: block_on(Llama::load(&gguf, &file, &support::cpu(), |_| ())).unwrap(),
            tokenizer: Tokenizer::from_gguf(&gguf).unwrap(),
        }
    }

    fn memory(&self, context: usize) -> Memory {
        Memory::new(self.llama.cache(context))
    }

    fn reply(
        &self,
        memory: &mut Memory,
        prompt: &[u32],
        said: &[u32],
        request: &Request,
        shorten: impl FnMut() -> Option<Vec<u32>>,
    ) -> (Result<Reply, GenerateError>, Outcome) {
        let mut heard = Outcome::default();
        let mut hear = |word: Heard<'_>| match word {
            Heard::Read(..) => {}
            Heard::Piece { text, tokens } => {
                heard.text.push_str(text);
                heard.tokens.extend(tokens.iter().map(|said| said.token));
                let odds = tokens.iter().filter_map(|said| said.odds.as_ref());
                heard.logprobs.extend(odds.map(|odds| odds.logprob));
            }
        };
        let reply = block_on(memory.reply(
            &self.llama,
            &self.tokenizer,
            prompt,
            said,
            request,
            shorten,
            &mut hear,
            async || (),
        ));
        (reply, heard)
    }
}

fn wild(limit: usize) -> Request {
    Request {
        sampling: Sampling {
            temperature: 1.0,
            top_k: 0,
            top_p: 1.0,
            repeat_penalty: 1.2,
            seed: 3,
            ..Sampling::default()
        },
        stops: Vec::new(),
        limit,
        format: None,
        odds: None,
        burst: 1,
    }
}

fn prompt(len: u32) -> Vec<u32> {
    (0..len).map(|token| (token * 7 + 40) % 250).collect()
}

fn never() -> Option<Vec<u32>> {
    None
}

#[test]
fn a_reply_taken_up_again_is_the_same_wherever_it_broke_off() {
    let small = Small::new();
    let request = wild(24);
    let mut memory = small.memory(200);
    let (reply, whole) = small.reply(&mut memory, &prompt(20), &[], &request, never);
    let reply = reply.unwrap();
    assert_eq!(reply.tokens, whole.tokens.len());
    for broken_at in [1, 7, whole.tokens.len() - 1] {
        let said = &whole.tokens[..broken_at];
        let mut next = small.memory(200);
        let (again, rest) = small.reply(&mut next, &prompt(20), said, &request, never);
        assert_eq!(rest.tokens, whole.tokens[broken_at..], "at {broken_at}");
        assert!(whole.text.ends_with(&rest.text));
        let again = again.unwrap();
        assert_eq!((again.tokens, again.ending), (reply.tokens, reply.ending));
    }
}

#[test]
fn a_reply_goes_on_behind_a_full_context_without_the_oldest_turns() {
    let small = Small::new();
    let context = 64;
    let mut memory = small.memory(context);
    let mut prompts = vec![prompt(12), prompt(30)];
    let (reply, heard) = small.reply(&mut memory, &prompt(50), &[], &wild(60), || prompts.pop());
    let reply = reply.unwrap();
    assert_eq!(heard.tokens.len(), reply.tokens);
    assert!(reply.tokens > context - 50, "it went on: {reply:?}");
    assert_ne!(reply.ending, Ending::ContextFull);
    assert!(prompts.len() < 2, "a shorter prompt was taken");
}

#[test]
fn without_a_turn_to_leave_out_the_reply_loses_its_own_beginning() {
    let small = Small::new();
    let mut memory = small.memory(64);
    // It cannot end by chance before the context is full.
    let long = r#"{"type":"array","items":{"const":0},"minItems":60}"#;
    let request = Request {
        format: Some(Rc::new(Format::schema(long).unwrap())),
        ..wild(200)
    };
    let (reply, heard) = small.reply(&mut memory, &prompt(20), &[], &request, never);
    let reply = reply.unwrap();
    assert_eq!(heard.tokens.len(), reply.tokens);
    assert!(reply.tokens > 64, "{reply:?}");
    let zeros: Vec<u8> = serde_json::from_str(&heard.text).unwrap();
    assert!(zeros.len() >= 60);
}

#[test]
fn a_question_that_leaves_no_room_ends_the_reply() {
    let small = Small::new();
    let mut memory = small.memory(64);
    let (reply, heard) = small.reply(&mut memory, &prompt(60), &[], &wild(50), never);
    assert_eq!(reply.unwrap().ending, Ending::ContextFull);
    assert_eq!(heard.tokens.len(), 5);
    let (too_long, _) = small.reply(&mut memory, &prompt(65), &[], &wild(50), never);
    assert!(matches!(too_long, Err(GenerateError::Forward(_))));
}

#[test]
fn only_what_is_new_of_a_dialogue_is_read() {
    let small = Small::new();
    let mut memory = small.memory(300);
    // The probe reads the question without the end marks; the reply reads on from there.
    let question = prompt(80);
    let mut probed = 0;
    let mut hear = |heard: Heard<'_>| {
        if let Heard::Read(done, _) = heard {
            probed = done;
        }
    };
    let embedded = memory.embed(
        &small.llama,
        &question[..76],
        0,
        60..76,
        &mut hear,
        async || (),
    );
    assert!(!block_on(embedded).unwrap().is_empty());
    assert_eq!(probed, 76);
    let (reply, said) = small.reply(&mut memory, &question, &[], &wild(8), never);
    assert_eq!(reply.unwrap().remembered, 76);

    // A turn was answered elsewhere: its question was probed here, its reply is new.
    let local = [&question[..], &said.tokens].concat();
    let asked = [&local[..], &prompt(20)].concat();
    let mut hear = |_: Heard<'_>| ();
    let begun = memory.embed(
        &small.llama,
        &asked,
        0,
        local.len()..asked.len(),
        &mut hear,
        async || (),
    );
    block_on(begun).unwrap();
    let elsewhere = [&asked[..], &prompt(31)].concat();
    let (reply, _) = small.reply(&mut memory, &elsewhere, &[], &wild(4), never);
    assert_eq!(reply.unwrap().remembered, asked.len());
}

#[test]
fn odds_are_told_of_every_token_and_change_nothing() {
    let small = Small::new();
    let plain = wild(12);
    let told = Request {
        odds: Some(3),
        ..plain.clone()
    };
    let (_, without) = small.reply(&mut small.memory(100), &prompt(9), &[], &plain, never);
    let (_, with) = small.reply(&mut small.memory(100), &prompt(9), &[], &told, never);
    assert_eq!(without.tokens, with.tokens);
    assert_eq!(with.logprobs.len(), with.tokens.len());
    assert!(with.logprobs.iter().all(|logprob| *logprob <= 0.0));
    assert!(without.logprobs.is_empty());
}

#[test]
fn a_stop_text_ends_the_reply_before_it() {
    let small = Small::new();
    let (_, whole) = small.reply(&mut small.memory(100), &prompt(9), &[], &wild(24), never);
    let middle = whole
        .text
        .char_indices()
        .nth(whole.text.chars().count() / 2)
        .unwrap()
        .0;
    let stop = whole.text[middle..].chars().take(2).collect::<String>();
    let stopping = Request {
        stops: vec![stop.clone()],
        ..wild(24)
    };
    let (reply, heard) = small.reply(&mut small.memory(100), &prompt(9), &[], &stopping, never);
    assert_eq!(reply.unwrap().ending, Ending::Complete);
    let expected = whole.text.split_once(&stop).unwrap().0;
    assert_eq!(heard.text, expected);
}

#[test]
fn a_reply_in_a_format_is_the_same_when_it_is_taken_up_again() {
    let small = Small::new();
    let schema = r#"{"type":"array","items":{"type":"string"},"minItems":2}"#;
    let request = Request {
        format: Some(Rc::new(Format::schema(schema).unwrap())),
        ..wild(60)
    };
    let (_, whole) = small.reply(&mut small.memory(200), &prompt(9), &[], &request, never);
    assert!(
        serde_json::from_str::<Vec<String>>(&whole.text).is_ok(),
        "{}",
        whole.text
    );
    let half = whole.tokens.len() / 2;
    let said = &whole.tokens[..half];
    let (_, rest) = small.reply(&mut small.memory(200), &prompt(9), said, &request, never);
    assert_eq!(rest.tokens, whole.tokens[half..]);

    let short = Request {
        limit: 3,
        ..request
    };
    let (refused, _) = small.reply(&mut small.memory(200), &prompt(9), &[], &short, never);
    assert!(matches!(refused, Err(GenerateError::NoRoom(_))));
}

/// The shipped model under every schema, also where it is made to choose wildly.
#[test]
fn the_real_model_writes_what_the_schema_says() {
    let Some((source, gguf)) = model_file::open() else {
        return;
    };
    let real = Small {
        llama: block_on(Llama::load(&gguf, &source, &support::cpu(), |_| ())).unwrap(),
        tokenizer: Tokenizer::from_gguf(&gguf).unwrap(),
    };
    let template = weir_llm::chat::ChatTemplate::from_gguf(&gguf, &real.tokenizer).unwrap();
    let question =
        weir_llm::chat::Message::new(weir_llm::chat::Role::User, "Describe a cat as JSON.");
    let prompt = template.render(&real.tokenizer, &[question], true).unwrap();
    let mut memory = real.memory(512);
    for (seed, rules) in schemas::all().into_iter().enumerate() {
        let format = Rc::new(Format::schema(&rules.to_string()).unwrap());
        for temperature in [0.0, 1.0] {
            let request = Request {
                sampling: Sampling {
                    temperature,
                    seed: seed as u64,
                    ..Sampling::default()
                },
                stops: Vec::new(),
                limit: 48,
                format: Some(Rc::clone(&format)),
                odds: None,
                burst: 1,
            };
            let (reply, heard) = real.reply(&mut memory, &prompt, &[], &request, never);
            let text = heard.text;
            assert!(reply.is_ok(), "{reply:?}");
            let value: serde_json::Value =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            assert!(schemas::follows(&rules, &value), "{rules}\n{text}");
        }
    }
}
