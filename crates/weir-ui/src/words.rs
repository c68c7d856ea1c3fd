//! Every word that the page has for a value of the engine: one place to read them, and to check
//! that they say what happened and what to do about it.

mod capture;
mod decision;
mod error;
mod model;

pub use capture::{capture_kind, capture_title, source};
pub use decision::{action, constraint, explanation};
pub use error::{Remedy, error_kind, error_title, remedies};
pub use model::{chosen, device, fit, means, model_state, parameters, waiting};

use weir_cloud::prices::DEMO_MODEL;
use weir_core::{
    Modality, NanoUsd, Task, Where,
    dialogue::Ending,
    receipt::{Failover, Sent},
};

use crate::format;

/// An attached input.
#[must_use]
pub const fn modality(modality: Modality) -> &'static str {
    match modality {
        Modality::CameraView => "camera picture",
        Modality::Image => "image",
        Modality::MicrophoneClip => "audio clip",
    }
}

/// A category of turns.
#[must_use]
pub const fn task(task: Task) -> &'static str {
    match task {
        Task::Assistive => "a command",
        Task::Recommendation => "asking for a suggestion",
        Task::Query => "asking for a fact",
        Task::MessageEditing => "writing a message",
        Task::Other => "something else",
    }
}

/// A provider: its host, except for the stand-in that runs beside the page.
#[must_use]
pub fn provider<'a>(host: &'a str, model: &str) -> &'a str {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        // The colons of an IPv6 address are no port's.
        if port.ends_with(']') { host } else { name }
    });
    let is_here = matches!(name, "127.0.0.1" | "localhost" | "[::1]");
    if is_here && model == DEMO_MODEL {
        "demo cloud on this machine"
    } else {
        host
    }
}

/// A worker died in the middle of an answer.
pub const INTERRUPTED: &str = "The device was lost; going on with this answer.";

/// The cloud turned a call away, and it is made again after so many milliseconds.
#[must_use]
pub fn asking_again(wait_ms: u32) -> String {
    match wait_ms.div_ceil(1_000) {
        0 => "Asking again".to_owned(),
        seconds => format!("The cloud cannot answer yet. Asking again in {seconds} s"),
    }
}

/// What failed before another place answered, and what it cost if it did.
#[must_use]
pub fn failover(failover: &Failover) -> String {
    let who = match failover.place {
        Where::Local { .. } => "This device could not answer, so the cloud did",
        Where::Cloud { .. } => "The cloud could not answer, so this device did",
    };
    let cost = if failover.usd > NanoUsd::ZERO {
        format!(" It cost {}.", failover.usd)
    } else {
        String::new()
    };
    format!("{who}. {}{cost}", failover.why)
}

/// The local model left out this many of the oldest turns.
#[must_use]
pub fn forgotten(turns: u32) -> String {
    match turns {
        1 => "The local model no longer sees the first turn.".to_owned(),
        turns => format!("The local model no longer sees the first {turns} turns."),
    }
}

/// How a reply ended, where that needs saying.
#[must_use]
pub const fn ending(ending: Ending) -> Option<&'static str> {
    match ending {
        Ending::Complete => None,
        Ending::Length => Some("The answer reached its length limit."),
        Ending::Stopped => Some("You stopped this answer."),
        Ending::CutOff => Some("This answer broke off. What arrived is kept."),
    }
}

/// One thing that left the device, and its size.
#[must_use]
pub fn sent(sent: &Sent) -> String {
    match sent {
        Sent::Text { bytes, redacted } => {
            let text = format!("Text of the dialogue, {}", format::bytes(*bytes));
            match redacted {
                0 => text,
                1 => text + ", without a detail that stayed here",
                many => format!("{text}, without {many} details that stayed here"),
            }
        }
        Sent::Upload {
            modality: kind,
            bytes,
        } => format!(
            "{}, {}",
            capitalised(modality(*kind)),
            format::bytes(*bytes)
        ),
    }
}

/// How many bytes were sent, and in how many requests, where the first ones were turned away.
#[must_use]
pub fn requests(bytes: u64, repeated: u32) -> String {
    let bytes = format::bytes(bytes);
    match repeated {
        0 => format!("{bytes} in the request in all"),
        times => format!("{bytes} in {} requests in all", times + 1),
    }
}

/// `words` with a capital at its start.
#[must_use]
pub fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stand_in_is_named_for_what_it_is() {
        assert_eq!(
            provider("127.0.0.1", DEMO_MODEL),
            "demo cloud on this machine"
        );
        for host in [
            "localhost",
            "localhost:8080",
            "127.0.0.1:9",
            "[::1]",
            "[::1]:80",
        ] {
            assert_eq!(provider(host, DEMO_MODEL), "demo cloud on this machine");
        }
        assert_eq!(provider("127.0.0.1", "llama"), "127.0.0.1");
        assert_eq!(
            provider("localhost.example:80", DEMO_MODEL),
            "localhost.example:80"
        );
        assert_eq!(provider("api.example.com", DEMO_MODEL), "api.example.com");
    }

    #[test]
    fn a_call_that_was_made_again_names_its_requests() {
        assert_eq!(requests(1_000, 0), "1.0 kB in the request in all");
        assert_eq!(requests(3_000, 2), "3.0 kB in 3 requests in all");
        assert_eq!(asking_again(0), "Asking again");
        assert!(asking_again(2_001).ends_with("in 3 s"));
    }

    #[test]
    fn a_failover_names_what_failed_why_and_what_it_cost() {
        let mut failed = Failover {
            place: Where::Local {
                model: "tiny".to_owned(),
            },
            why: "The device was lost.".to_owned(),
            usd: NanoUsd::ZERO,
        };
        assert_eq!(
            failover(&failed),
            "This device could not answer, so the cloud did. The device was lost."
        );
        failed.usd = NanoUsd::new(10_000_000);
        assert!(failover(&failed).ends_with("It cost $0.01."));
    }

    #[test]
    fn what_was_sent_names_the_thing_and_its_size() {
        let upload = Sent::Upload {
            modality: Modality::MicrophoneClip,
            bytes: 32_044,
        };
        assert_eq!(sent(&upload), "Audio clip, 32.0 kB");
    }
}
