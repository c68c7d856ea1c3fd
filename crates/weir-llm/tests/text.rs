//! What the text stream promises, however the bytes are cut.
#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use weir_llm::text::TextStream;

fn stream(stops: &[&str]) -> TextStream {
    TextStream::new(stops.iter().map(|&stop| stop.to_owned()))
}

#[test]
fn characters_come_out_whole() {
    let mut stream = stream(&[]);
    let bytes = "ä😀".as_bytes();
    let pieces: Vec<String> = bytes.iter().map(|byte| stream.push(&[*byte])).collect();
    assert_eq!(pieces, ["", "ä", "", "", "", "😀"]);
    assert_eq!(stream.finish(), "");
}

#[test]
fn broken_bytes_become_replacement_characters_at_once() {
    let mut stream = stream(&[]);
    assert_eq!(stream.push(b"a\xffb\xe2\x82"), "a\u{fffd}b");
    assert_eq!(stream.push(b"c"), "\u{fffd}c");
    assert_eq!(stream.push(b"\xf0\x9f"), "");
    assert_eq!(stream.finish(), "\u{fffd}");
}

#[test]
fn text_that_may_begin_a_stop_string_is_held_back() {
    let mut stream = stream(&["\nUser:"]);
    assert_eq!(stream.push(b"Hi\nUs"), "Hi");
    assert_eq!(stream.push(b"ed"), "\nUsed");
    assert_eq!(stream.push(b".\nUser"), ".");
    assert_eq!(stream.push(b": more"), "");
    assert!(stream.stopped());
    assert_eq!(stream.push(b"more"), "");
    assert_eq!(stream.finish(), "");
}

#[test]
fn held_text_comes_out_at_the_end() {
    let mut stream = stream(&["END"]);
    assert_eq!(stream.push(b"the EN"), "the ");
    assert!(!stream.stopped());
    assert_eq!(stream.finish(), "EN");
}

#[test]
fn a_stop_string_can_begin_within_another_attempt() {
    let mut stream = stream(&["aab"]);
    assert_eq!(stream.push(b"aaa"), "a");
    assert_eq!(stream.push(b"b!"), "");
    assert!(stream.stopped());
}

#[test]
fn of_two_stop_strings_the_one_that_ends_first_counts() {
    for bytes in [vec![&b"xabcd"[..]], b"xabcd".chunks(1).collect()] {
        let mut stream = stream(&["abcd", "bc", ""]);
        let text: String = bytes.into_iter().map(|piece| stream.push(piece)).collect();
        assert_eq!((text.as_str(), stream.stopped()), ("xa", true));
    }
}

/// Feeds `bytes` in pieces that end at `cuts`.
fn feed(mut stream: TextStream, bytes: &[u8], cuts: &[usize]) -> (String, bool) {
    let mut text = String::new();
    let mut start = 0;
    for &cut in cuts.iter().chain([&bytes.len()]) {
        let end = cut.clamp(start, bytes.len());
        text += &stream.push(&bytes[start..end]);
        start = end;
    }
    let stopped = stream.stopped();
    (text + &stream.finish(), stopped)
}

/// Bytes that are text, broken text, or something between.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "[abc\u{e9}\u{65e5}\u{1f600}]{0,30}".prop_map(String::into_bytes),
        prop::collection::vec(prop_oneof![0x61..0x64_u8, 0x80..=0xff_u8], 0..30),
    ]
}

proptest! {
    #[test]
    fn without_stops_it_is_the_lossy_text(
        bytes in any_bytes(),
        cuts in prop::collection::vec(0..30_usize, 0..8),
    ) {
        let (text, stopped) = feed(stream(&[]), &bytes, &cuts);
        prop_assert_eq!(text, String::from_utf8_lossy(&bytes).into_owned());
        prop_assert!(!stopped);
    }

    #[test]
    fn cuts_change_nothing_and_no_stop_string_comes_out(
        bytes in any_bytes(),
        cuts in prop::collection::vec(0..30_usize, 0..8),
        stops in prop::collection::vec("[abc\u{e9}\u{65e5}\u{fffd}]{0,4}", 0..4),
    ) {
        let whole = feed(TextStream::new(stops.clone()), &bytes, &[]);
        prop_assert_eq!(&feed(TextStream::new(stops.clone()), &bytes, &cuts), &whole);
        let each: Vec<usize> = (1..bytes.len()).collect();
        prop_assert_eq!(&feed(TextStream::new(stops.clone()), &bytes, &each), &whole);

        let lossy = String::from_utf8_lossy(&bytes);
        prop_assert!(lossy.starts_with(&whole.0));
        let mut real = stops.iter().filter(|stop| !stop.is_empty());
        prop_assert!(real.clone().all(|stop| !whole.0.contains(stop.as_str())));
        prop_assert_eq!(lossy == whole.0.as_str(), real.all(|stop| !lossy.contains(stop.as_str())));
    }
}
