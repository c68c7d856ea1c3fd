use std::time::Duration;

use proptest::prelude::*;
use weir_cloud::{AudioFormat, ChatCall, Message, Part, Role, bound};

use crate::tape::question;

fn clip(length: Duration) -> Part {
    Part::Audio {
        format: AudioFormat::Mp3,
        bytes: Vec::new(),
        length,
    }
}

#[test]
fn pictures_and_started_seconds_are_counted() {
    let mut call = question();
    let picture = Part::Image {
        mime: "image/jpeg".into(),
        bytes: vec![0; 9_000],
    };
    call.messages[0].parts.extend([
        picture.clone(),
        picture,
        clip(Duration::from_millis(2_001)),
        clip(Duration::from_secs(1)),
    ]);
    let bound = bound(&call);
    assert_eq!(
        (bound.images, bound.audio_seconds, bound.output_tokens),
        (2, 4, 64)
    );
    assert_eq!(
        bound.prompt_tokens,
        weir_cloud::bound(&question()).prompt_tokens
    );
}

#[test]
fn a_clip_of_any_length_is_counted_without_wrapping() {
    let mut call = question();
    call.messages[0]
        .parts
        .extend([clip(Duration::MAX), clip(Duration::MAX)]);
    assert_eq!(bound(&call).audio_seconds, u32::MAX);
}

proptest! {
    #[test]
    fn every_byte_of_text_and_every_message_is_covered(texts in prop::collection::vec(".{0,40}", 0..8)) {
        let call = ChatCall {
            messages: texts.iter().map(|text| Message::text(Role::User, text)).collect(),
            ..question()
        };
        let bytes: usize = texts.iter().map(String::len).sum();
        prop_assert!(bound(&call).prompt_tokens > (bytes + 4 * texts.len()) as u64);
    }
}
