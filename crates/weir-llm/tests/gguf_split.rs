//! A model that is split over several files is read as one.
#![allow(clippy::unwrap_used, reason = "tests")]

use futures::executor::block_on;
use proptest::prelude::*;
use weir_llm::gguf::{GgmlType, Gguf, GgufBuilder, GgufError};
use weir_llm::source::{ByteSource, Parts, SourceError};

/// Part `number` of `count`, with one tensor of bytes that are all `number`.
fn part(number: u64, count: u64) -> Vec<u8> {
    let bytes = vec![number as u8; 64];
    let file = GgufBuilder::default()
        .number("split.no", number)
        .number("split.count", count);
    let file = if number == 0 {
        file.text("general.architecture", "llama")
            .number("split.tensors.count", count)
    } else {
        file
    };
    file.tensor(&format!("t{number}"), &[16], GgmlType::F32, bytes)
        .build()
}

fn read(parts: Vec<Vec<u8>>) -> Result<Gguf, GgufError> {
    block_on(Gguf::read_parts(&Parts::new(parts)))
}

#[test]
fn tensors_are_found_in_all_files() {
    let files: Vec<_> = (0..3).map(|number| part(number, 3)).collect();
    let parts = Parts::new(files);
    let gguf = block_on(Gguf::read_parts(&parts)).unwrap();
    let architecture = gguf.metadata.require::<&str>("general.architecture");
    assert_eq!(architecture, Ok("llama"));
    for number in 0..3_u8 {
        let tensor = gguf.tensor(&format!("t{number}")).unwrap();
        let bytes = block_on(parts.read(tensor.offset, tensor.bytes as usize)).unwrap();
        assert_eq!(bytes, [number; 64]);
    }
}

#[test]
fn a_part_that_is_missing_or_out_of_order_is_named() {
    let refused = |parts| read(parts).unwrap_err().to_string();
    let swapped = refused(vec![part(1, 2), part(0, 2)]);
    assert!(
        swapped.contains("part 2 stands where part 1 of 2"),
        "{swapped}"
    );
    let missing = refused(vec![part(0, 2)]);
    assert!(missing.contains("over 2 files"), "{missing}");
    let alone = block_on(Gguf::read(&part(0, 2))).unwrap_err();
    assert_eq!(alone.to_string(), missing);
    assert!(read(vec![]).is_err());
}

#[test]
fn contradicting_parts_are_refused() {
    let twice = GgufBuilder::default()
        .number("split.no", 1)
        .number("split.count", 2)
        .tensor("t0", &[1], GgmlType::F32, vec![0; 4])
        .build();
    let error = read(vec![part(0, 2), twice]).unwrap_err();
    assert!(error.to_string().contains("\"t0\" occurs twice"), "{error}");
    let empty = GgufBuilder::default()
        .number("split.no", 1)
        .number("split.count", 2)
        .build();
    let error = read(vec![part(0, 2), empty]).unwrap_err();
    assert!(matches!(error, GgufError::Malformed(_)), "{error}");
}

proptest! {
    #[test]
    fn parts_read_like_their_concatenation(
        parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..9), 0..5),
        offset in 0..40_u64,
        len in 0..40_usize,
    ) {
        let whole = parts.concat();
        let found = block_on(Parts::new(parts).read(offset, len));
        match block_on(whole.read(offset, len)) {
            Ok(bytes) => prop_assert_eq!(found, Ok(bytes)),
            Err(_) => prop_assert!(matches!(found, Err(SourceError::OutOfRange { .. })), "{found:?}"),
        }
    }
}
