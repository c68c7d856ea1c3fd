use proptest::prelude::*;
use weir_cloud::sse::{MAX_EVENT_BYTES, Splitter};

fn split<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
    let mut splitter = Splitter::default();
    let mut events = Vec::new();
    for chunk in chunks {
        splitter.push(chunk, &mut events).expect("short events");
    }
    events.extend(splitter.finish().expect("short events"));
    events
}

#[test]
fn every_line_end_ends_a_line() {
    for text in [
        "data: a\n\ndata: b\n\n",
        "data: a\r\rdata: b\r\r",
        "data: a\r\n\r\ndata: b\r\n\r\n",
    ] {
        assert_eq!(split([text.as_bytes()]), ["a", "b"], "{text:?}");
    }
}

#[test]
fn data_lines_of_one_event_are_joined() {
    assert_eq!(
        split([&b"data: a\ndata\ndata:b\ndata:  c\n\n"[..]]),
        ["a\n\nb\n c"]
    );
}

#[test]
fn comments_other_fields_and_the_byte_order_mark_are_skipped() {
    let stream =
        b"\xEF\xBB\xBFdata: a\n\n: ping\n\nevent: chunk\nid: 7\nretry: 1\ndata: b\n\nnodata: c\n\n";
    assert_eq!(split([&stream[..]]), ["a", "b"]);
}

#[test]
fn a_byte_order_mark_is_only_dropped_at_the_start() {
    assert_eq!(split([&b"data: a\n\n\xEF\xBB\xBFdata: b\n\n"[..]]), ["a"]);
}

#[test]
fn an_event_without_its_blank_line_comes_at_the_end() {
    assert_eq!(split([&b"data: a\n\ndata: b"[..]]), ["a", "b"]);
}

#[test]
fn an_endless_line_is_refused() {
    let mut splitter = Splitter::default();
    let megabyte = vec![b'x'; MAX_EVENT_BYTES];
    assert!(splitter.push(&megabyte, &mut Vec::new()).is_ok());
    assert!(splitter.push(b"x", &mut Vec::new()).is_err());
}

#[test]
fn an_endless_event_is_refused() {
    let mut splitter = Splitter::default();
    let line = [b"data: ".as_slice(), &[b'x'; 1024], b"\n"].concat();
    let refused =
        (0..=MAX_EVENT_BYTES / 1024).any(|_| splitter.push(&line, &mut Vec::new()).is_err());
    assert!(refused);
}

/// Lines that an event stream may have, with every line end and letters of one to four bytes.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        "data: ?[a-zé中🙂:{}\" ]{0,12}",
        ": ?[a-zé]{0,6}",
        "(event|id|retry): ?[a-z0-9]{0,6}",
        Just(String::new()),
    ];
    let end = prop_oneof![Just("\n"), Just("\r"), Just("\r\n")];
    prop::collection::vec((line, end), 0..24).prop_map(|lines| {
        lines
            .into_iter()
            .flat_map(|(line, end)| [line.into_bytes(), end.as_bytes().to_vec()].concat())
            .collect()
    })
}

/// The standard's words, on a whole text: normalise the line ends, then go line by line.
fn by_lines(stream: &str) -> Vec<String> {
    let text = stream.replace("\r\n", "\n").replace('\r', "\n");
    let (mut events, mut data) = (Vec::new(), Vec::new());
    for line in text.split('\n').chain([""]) {
        if let Some(value) = line.strip_prefix("data:") {
            data.push(value.strip_prefix(' ').unwrap_or(value));
        } else if line == "data" {
            data.push("");
        } else if line.is_empty() && !data.is_empty() {
            events.push(std::mem::take(&mut data).join("\n"));
        }
    }
    events
}

proptest! {
    #[test]
    fn cutting_the_bytes_anywhere_changes_nothing(
        stream in streams(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        cuts.extend([0, stream.len()]);
        cuts.sort_unstable();
        let chunks = cuts.windows(2).map(|pair| &stream[pair[0]..pair[1]]);
        prop_assert_eq!(split(chunks), split([stream.as_slice()]));
        prop_assert_eq!(split(stream.chunks(1)), split([stream.as_slice()]));
    }

    #[test]
    fn events_are_those_of_the_standard(stream in streams()) {
        let expected = by_lines(&String::from_utf8(stream.clone()).expect("UTF-8"));
        prop_assert_eq!(split([stream.as_slice()]), expected);
    }

    #[test]
    fn garbage_is_read_the_same_however_it_is_cut(
        bytes in prop::collection::vec(any::<u8>(), 0..512), size in 1_usize..64,
    ) {
        prop_assert_eq!(split(bytes.chunks(size)), split([bytes.as_slice()]));
    }

    #[test]
    fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        split([bytes.as_slice()]);
    }
}
