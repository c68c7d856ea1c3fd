//! What is kept out of what is sent, and that it comes back.
#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use weir_engine::redaction::{Detail, Redactor, find};

/// The details of `text`, as it has them.
fn details(text: &str) -> Vec<(Detail, &str)> {
    let found = find(text).into_iter();
    found.map(|f| (f.detail, &text[f.range])).collect()
}

#[test]
fn addresses_are_found_whole_and_without_what_stands_around_them() {
    for (text, address) in [
        (
            "Write to ada.lovelace+x@math.example.org.",
            "ada.lovelace+x@math.example.org",
        ),
        ("<müller@straße.de>", "müller@straße.de"),
        ("'o'hara@host.co', please", "o'hara@host.co"),
        ("mailto:a@b.io?subject=x", "a@b.io"),
    ] {
        assert_eq!(details(text), [(Detail::Email, address)], "{text}");
    }
    for text in [
        "@home",
        "a@b",
        "me @ home.com",
        "fn f(x@.., y)",
        "a@b..com",
        "3@5.10",
    ] {
        assert_eq!(details(text), [], "{text}");
    }
}

#[test]
fn cards_are_numbers_whose_check_digit_fits() {
    for text in [
        "4111 1111 1111 1111",
        "5500-0000-0000-0004",
        "378282246310005",
        "6011\u{a0}0009\u{a0}9013\u{a0}9424",
    ] {
        assert_eq!(details(text), [(Detail::Card, text)], "{text}");
    }
    assert_eq!(
        details("My card is 4111111111111111, until 12/27."),
        [(Detail::Card, "4111111111111111")]
    );
    for text in [
        "4111 1111 1111 1112",
        "0000 0000 0000 0000",
        "9780306406157000001",
        "4.111111111111111",
    ] {
        assert!(
            details(text)
                .iter()
                .all(|(detail, _)| *detail != Detail::Card),
            "{text}"
        );
    }
}

#[test]
fn phones_are_found_as_people_write_them() {
    for text in [
        "+49 30 1234567",
        "+1 (555) 123-4567",
        "0049 30 123456",
        "(030) 123 45 67",
        "030/1234567",
        "0171 2345678",
        "555-123-4567",
        "1-800-555-0199",
        "+33.6.12.34.56.78",
    ] {
        assert_eq!(details(text), [(Detail::Phone, text)], "{text}");
    }
    assert_eq!(
        details("Call +49 30 1234567 or (030) 765 43 21."),
        [
            (Detail::Phone, "+49 30 1234567"),
            (Detail::Phone, "(030) 765 43 21")
        ]
    );
}

#[test]
fn a_number_ends_with_its_sentence() {
    assert_eq!(
        details("Call 030 1234567. 12 people wait."),
        [(Detail::Phone, "030 1234567")]
    );
    assert_eq!(
        details("030 - 1234567 0171 2345678"),
        [
            (Detail::Phone, "030 - 1234567"),
            (Detail::Phone, "0171 2345678")
        ]
    );
}

#[test]
fn long_texts_are_gone_through_once() {
    for text in [
        "1 ".repeat(500_000),
        "1".repeat(1_000_000),
        "0 1-".repeat(250_000),
    ] {
        assert_eq!(details(&text), []);
    }
}

#[test]
fn other_numbers_are_left_alone() {
    for text in [
        "2026-11-23",
        "23.11.2026",
        "01.02.2026",
        "12:30:00",
        "3.14159265358979",
        "0.123456789",
        "192.168.100.200",
        "1,000,000,000",
        "$1000000000",
        "x1234567890",
        "2 + 2 = 4",
        "pages 100-200",
        "10 000 000",
        "978-3-16-148410-0",
    ] {
        assert_eq!(details(text), [], "{text}");
    }
}

#[test]
fn keys_are_known_by_their_issuer_or_by_their_looks() {
    for (text, key) in [
        (
            "key: sk-proj-abcdefghijklmnop1234",
            "sk-proj-abcdefghijklmnop1234",
        ),
        (
            "ghp_abcdefghijklmnopqrstuvwxyz0123456789 is old",
            "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        ),
        ("AKIAIOSFODNN7EXAMPLE.", "AKIAIOSFODNN7EXAMPLE"),
        (
            "TOKEN=hf_abcdefghijklmnopqrstuv",
            "hf_abcdefghijklmnopqrstuv",
        ),
        (
            "wJalrXUtnFEMI7K7MDENGbPxRfiCYEXAMPLEKEY1",
            "wJalrXUtnFEMI7K7MDENGbPxRfiCYEXAMPLEKEY1",
        ),
    ] {
        assert_eq!(details(text), [(Detail::Key, key)], "{text}");
    }
    let pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----";
    let text = format!("Here:\n{pem}\nThanks");
    assert_eq!(details(&text), [(Detail::Key, pem)]);
    for text in [
        "a sk-learn model",
        "https://example.org/a/very/long/path/with/Many2/Parts3/inIt4",
        "Donaudampfschifffahrtsgesellschaft",
        "550e8400-e29b-41d4-a716-446655440000",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    ] {
        assert_eq!(details(text), [], "{text}");
    }
}

#[test]
fn the_same_detail_has_the_same_placeholder_all_through_a_dialogue() {
    let mut redactor = Redactor::default();
    assert_eq!(
        redactor.redact("From a@b.io to 030 1234567 and a@b.io"),
        "From [EMAIL_1] to [PHONE_2] and [EMAIL_1]"
    );
    assert_eq!(redactor.redact("Call 030 1234567"), "Call [PHONE_2]");
    assert_eq!(
        redactor.restore("Dear [EMAIL_1], not [EMAIL_3]"),
        "Dear a@b.io, not [EMAIL_3]"
    );
}

#[test]
fn words_that_look_like_a_placeholder_come_back_as_they_were() {
    let mut redactor = Redactor::default();
    let text = "Is [EMAIL_2] for a@b.io?";
    let sent = redactor.redact(text);
    assert_eq!(sent, "Is [TEXT_1] for [EMAIL_2]?");
    assert_eq!(redactor.restore(&sent), text);
}

#[test]
fn a_placeholder_is_restored_however_a_reply_is_cut() {
    let mut redactor = Redactor::default();
    let sent = redactor.redact("a@b.io");
    let reply = format!("[[{sent}] and [EMAIL_");
    for cut in 0..=reply.len() {
        let mut restorer = redactor.restorer();
        let shown = [
            restorer.push(&reply[..cut]),
            restorer.push(&reply[cut..]),
            restorer.finish(),
        ];
        assert_eq!(shown.concat(), "[[a@b.io] and [EMAIL_");
    }
}

#[test]
fn what_cannot_be_a_placeholder_is_shown_at_once() {
    let mut redactor = Redactor::default();
    redactor.redact("a@b.io");
    let mut restorer = redactor.restorer();
    assert_eq!(restorer.push("see [the"), "see [the");
    assert_eq!(restorer.push(" [EM"), " ");
    assert_eq!(restorer.push("BER]"), "[EMBER]");
}

/// Texts in which details, placeholders and what is nearly one are frequent.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("a@b.io".to_owned()),
        Just("+49 30 1234567".to_owned()),
        Just("4111 1111 1111 1111".to_owned()),
        Just("sk-abcdefghijklmnopqrst".to_owned()),
        "\\[(EMAIL|TEXT|CARD)_[1-3]\\]",
        "[\\[\\]0-9 @.+()-]{0,12}",
        "\\PC{0,6}",
    ];
    proptest::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn every_text_of_a_dialogue_comes_back_to_the_byte(texts in proptest::collection::vec(text(), 1..5)) {
        let mut redactor = Redactor::default();
        for text in &texts {
            let sent = redactor.redact(text);
            prop_assert_eq!(&redactor.restore(&sent), text);
        }
    }

    #[test]
    fn a_reply_in_pieces_is_restored_as_in_one(text in text(), cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        let mut redactor = Redactor::default();
        let sent = redactor.redact(&text);
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(sent.len() + 1)).collect();
        ends.retain(|&end| sent.is_char_boundary(end));
        ends.extend([0, sent.len()]);
        ends.sort_unstable();
        let mut restorer = redactor.restorer();
        let mut shown: String = ends.windows(2).map(|ends| restorer.push(&sent[ends[0]..ends[1]])).collect();
        shown.push_str(&restorer.finish());
        prop_assert_eq!(shown, text);
    }

    #[test]
    fn details_stand_in_order_and_apart(text in text()) {
        let found = find(&text);
        for pair in found.windows(2) {
            prop_assert!(pair[0].range.end <= pair[1].range.start);
        }
        for one in &found {
            prop_assert!(!text[one.range.clone()].is_empty());
        }
    }
}
