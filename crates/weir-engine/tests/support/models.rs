//! The models of the desk, which say what a test scripts.

use futures::future;
use weir_core::{DeviceEstimate, JsonFormat, Modality, SaidToken, TaskMix, dialogue::Ending};
use weir_engine::{
    Charged, CloudAnswer, CloudCall, CloudFailure, CloudModel, CloudTerms, Heard, LocalAnswer,
    LocalCall, LocalFailure, LocalModel, Message, Permit, Trouble, Understanding,
};

use super::{Desk, PRICE, Script, USAGE};

impl LocalModel for Desk {
    fn name(&self) -> Option<String> {
        Some("tiny".to_owned())
    }
    fn longest_prompt(&self) -> u32 {
        1_000
    }
    fn estimate(&self) -> DeviceEstimate {
        DeviceEstimate {
            ready: self.local_ready.get(),
            prefill_tokens_per_second: 100.0,
            decode_tokens_per_second: 20.0,
        }
    }
    async fn understand(
        &self,
        messages: &[Message],
        _text: &str,
        read: &mut dyn FnMut(u32, u32),
    ) -> Result<Understanding, LocalFailure> {
        let bytes: usize = messages.iter().map(|message| message.text.len()).sum();
        read(1, 1);
        if self.reading_fails.get() {
            return Err(LocalFailure::Device("the device was lost".to_owned()));
        }
        Ok(Understanding {
            task: TaskMix::UNKNOWN,
            picture_relevance: 0.5,
            sound_relevance: 0.5,
            prompt_tokens: bytes as u32 / 4,
        })
    }
    async fn answer(
        &self,
        call: LocalCall<'_>,
        hear: &mut dyn FnMut(Heard<'_>),
    ) -> Result<LocalAnswer, LocalFailure> {
        self.heard_locally.replace(call.messages.to_vec());
        let token = |id| SaidToken { id, logprob: None };
        if call.messages.len() > 4 {
            hear(Heard::Forgotten(1));
        }
        if call.said.is_empty() && !self.says_nothing_before.get() {
            hear(Heard::Piece("from ", &[token(1)]));
        }
        if let Some(JsonFormat::Schema(_)) = call.options.json {
            return Err(LocalFailure::Request("no such schema".to_owned()));
        }
        if self.local_fails.get() {
            return Err(LocalFailure::Device("the device was lost".to_owned()));
        }
        hear(Heard::Piece("here", &[token(2)]));
        Ok(LocalAnswer {
            ending: Ending::Complete,
            prompt_tokens: 12,
            tokens: 2,
            read_per_second: Some(50.0),
            said_per_second: Some(10.0),
        })
    }
}

impl CloudModel for Desk {
    fn terms(&self) -> Option<CloudTerms> {
        self.cloud.borrow().as_ref().map(|_| CloudTerms {
            host: "cloud.test".to_owned(),
            model: "large".to_owned(),
            price: PRICE,
        })
    }
    fn takes(&self, modality: Modality, _mime: &str) -> bool {
        modality.is_picture() || !self.deaf.get()
    }
    fn prompt_tokens_bound(&self, messages: &[Message]) -> u64 {
        messages
            .iter()
            .map(|message| message.text.len() as u64)
            .sum()
    }
    fn body_bytes(&self, call: &CloudCall<'_>) -> u64 {
        self.prompt_tokens_bound(call.messages)
            + call
                .uploads
                .iter()
                .map(|upload| upload.bytes.len() as u64)
                .sum::<u64>()
    }
    async fn answer(
        &self,
        permit: Permit,
        call: &CloudCall<'_>,
        hear: &mut dyn FnMut(&str),
    ) -> Result<CloudAnswer, CloudFailure> {
        self.calls.set(self.calls.get() + 1);
        self.permits
            .borrow_mut()
            .push((permit.host().to_owned(), permit.bytes_limit()));
        self.heard_elsewhere.replace(call.messages.to_vec());
        self.uploads.replace(
            call.uploads
                .iter()
                .map(|upload| upload.bytes.to_vec())
                .collect(),
        );
        self.stored_at_call.replace(self.stored.borrow().clone());
        let script = self.cloud.borrow().clone();
        match script {
            Some(Script::Answer(usage)) => {
                hear("from ");
                hear("there");
                Ok(CloudAnswer {
                    ending: Ending::Complete,
                    usage,
                    head_ms: None,
                })
            }
            Some(Script::Echo) => {
                for letter in call.messages.last().iter().flat_map(|it| it.text.chars()) {
                    hear(letter.encode_utf8(&mut [0; 4]));
                }
                Ok(CloudAnswer {
                    ending: Ending::Complete,
                    usage: Some(USAGE),
                    head_ms: None,
                })
            }
            Some(Script::Fail(trouble, charged)) => {
                if charged != Charged::Nothing && !self.says_nothing_before.get() {
                    hear("half");
                }
                Err(CloudFailure {
                    trouble,
                    message: "it broke".to_owned(),
                    charged,
                    again: None,
                })
            }
            Some(Script::TurnAway {
                times,
                charged,
                again,
            }) => {
                if call.attempt > times {
                    hear("from there");
                    return Ok(CloudAnswer {
                        ending: Ending::Complete,
                        usage: Some(USAGE),
                        head_ms: None,
                    });
                }
                if matches!(charged, Charged::Reported(_) | Charged::Unknown) {
                    hear("half");
                }
                Err(CloudFailure {
                    trouble: Trouble::CloudRateLimited,
                    message: "Slow down.".to_owned(),
                    charged,
                    again: Some(again),
                })
            }
            Some(Script::Hang) | None => {
                hear("half");
                future::pending().await
            }
        }
    }
}
