//! Replies, whichever way their tokens are chosen.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot run its model has failed"
)]

mod small_model;
mod support;

use futures::executor::block_on;
use support::{CONTEXT, VOCAB, devices, header};
use weir_llm::generate::{Ending, Heard, Memory, Reply, Request};
use weir_llm::gguf::GgmlType;
use weir_llm::model::Llama;
use weir_llm::sampling::Sampling;
use weir_llm::tokenizer::Tokenizer;

/// A model whose layers a GPU takes in two launches, and a vocabulary for what it says. It never ends
/// a reply by itself.
struct Speaker {
    llama: Llama,
    tokenizer: Tokenizer,
}

impl Speaker {
    fn on_each_device() -> impl Iterator<Item = Self> {
        let file = support::small_model(GgmlType::Q4K).build();
        devices().map(move |device| Self {
            llama: block_on(Llama::load(&header(&file), &file, &device, |_| ())).unwrap(),
            tokenizer: Tokenizer::from_gguf(&small_model::header(&small_model::vocabulary()))
                .unwrap(),
        })
    }

    fn memory(&self) -> Memory {
        Memory::new(self.llama.cache(CONTEXT))
    }

    fn reply(&self, memory: &mut Memory, prompt: &[u32], request: &Request) -> (Vec<u32>, Reply) {
        let mut tokens = Vec::new();
        let mut hear = |heard: Heard<'_>| {
            if let Heard::Piece { tokens: said, .. } = heard {
                tokens.extend(said.iter().map(|said| said.token));
            }
        };
        let reply = memory.reply(
            &self.llama,
            &self.tokenizer,
            prompt,
            &[],
            request,
            || None,
            &mut hear,
            async || (),
        );
        let reply = block_on(reply).unwrap();
        (tokens, reply)
    }
}

fn prompt(len: u32) -> Vec<u32> {
    (0..len).map(|t| (t * 11 + 4) % VOCAB as u32).collect()
}

fn request(limit: usize, burst: usize) -> Request {
    Request {
        sampling: Sampling {
            temperature: 1.0,
            repeat_penalty: 1.1,
            seed: 5,
            ..Sampling::default()
        },
        stops: Vec::new(),
        limit,
        format: None,
        odds: None,
        burst,
    }
}

#[test]
fn a_reply_is_the_same_however_many_tokens_are_chosen_at_a_time() {
    for speaker in Speaker::on_each_device() {
        // To the limit, and past the end of the context, where the beginning is left out.
        for (len, limit) in [(5, 23), (40, 60)] {
            let prompt = prompt(len);
            let reply = |burst| {
                let request = request(limit, burst);
                speaker.reply(&mut speaker.memory(), &prompt, &request)
            };
            let (tokens, expected) = reply(0);
            assert_eq!(expected.ending, Ending::Limit);
            assert_eq!(tokens.len(), limit);
            for burst in [2, 7, 100] {
                assert_eq!(
                    reply(burst),
                    (tokens.clone(), expected),
                    "bursts of {burst}"
                );
            }
        }
    }
}

#[test]
fn what_was_chosen_behind_a_stop_leaves_no_trace() {
    for speaker in Speaker::on_each_device() {
        let prompt = prompt(5);
        let mut request = request(30, 16);
        let (tokens, _) = speaker.reply(&mut speaker.memory(), &prompt, &request);
        // The first text of two tokens that does not begin before the tenth.
        let text = |tokens: &[u32]| -> Vec<u8> {
            let bytes = tokens.iter().map(|&token| speaker.tokenizer.bytes(token));
            bytes.flatten().copied().collect()
        };
        let whole = String::from_utf8(text(&tokens)).unwrap();
        let stop = (10..28)
            .map(|at| String::from_utf8(text(&tokens[at..at + 2])).unwrap())
            .find(|stop| whole.find(stop) >= Some(text(&tokens[..10]).len()))
            .unwrap();
        request.stops.push(stop);
        let mut memory = speaker.memory();
        let (stopped, reply) = speaker.reply(&mut memory, &prompt, &request);
        assert_eq!(reply.ending, Ending::Complete);
        assert!(stopped.len() < tokens.len());
        assert_eq!(stopped, tokens[..stopped.len()]);

        request.stops.clear();
        let longer = [&prompt, &stopped[..], &[7, 8, 9]].concat();
        let (again, reply) = speaker.reply(&mut memory, &longer, &request);
        // The last token of the reply was never read, nor what was chosen behind it.
        assert_eq!(reply.remembered, prompt.len() + stopped.len() - 1);
        let (fresh, _) = speaker.reply(&mut speaker.memory(), &longer, &request);
        assert_eq!(again, fresh);
    }
}
