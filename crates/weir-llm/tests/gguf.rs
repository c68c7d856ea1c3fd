//! What the GGUF reader finds in a file, and what it says about one that is none.
#![allow(clippy::unwrap_used, reason = "tests")]

mod model_file;

use futures::executor::block_on;
use weir_llm::gguf::{Array, GgmlType, Gguf, GgufBuilder, GgufError, Value};
use weir_llm::source::{ByteSource, SourceError};

fn read(file: &[u8]) -> Result<Gguf, GgufError> {
    block_on(Gguf::read(&file))
}

/// A file with every kind of value and every kind of tensor.
fn complete() -> GgufBuilder {
    GgufBuilder::default()
        .text("text", "grüße")
        .number("small", 7)
        .number("large", u64::MAX)
        .key("negative", Value::Signed(-5))
        .key("very negative", Value::Signed(i64::MIN))
        .float("float", 0.5)
        .key("yes", Value::Bool(true))
        .key(
            "texts",
            Value::Array(Array::Strings(vec!["a".into(), String::new()])),
        )
        .key("unsigned", Value::Array(Array::Unsigned(vec![1, u32::MAX])))
        .key("signed", Value::Array(Array::Signed(vec![-1, i32::MAX])))
        .key("floats", Value::Array(Array::Floats(vec![-0.5])))
        .key("bytes", Value::Array(Array::Skipped(3)))
        .tensor("f32", &[2, 3], GgmlType::F32, vec![1; 24])
        .tensor("f16", &[3], GgmlType::F16, vec![2; 6])
        .tensor("q4_0", &[32, 2], GgmlType::Q4_0, vec![3; 36])
        .tensor("q4_1", &[64], GgmlType::Q4_1, vec![4; 40])
        .tensor("q8_0", &[32, 1, 1, 2], GgmlType::Q8_0, vec![5; 68])
}

#[test]
fn every_value_and_tensor_comes_back() {
    for version in [2, 3] {
        let file = complete().version(version).build();
        let gguf = read(&file).unwrap();
        assert_eq!(gguf.version, version);
        assert_eq!(gguf.metadata.require::<&str>("text"), Ok("grüße"));
        assert_eq!(gguf.metadata.require::<u32>("small"), Ok(7));
        assert_eq!(gguf.metadata.require::<u64>("large"), Ok(u64::MAX));
        assert_eq!(gguf.metadata.require::<f32>("float"), Ok(0.5));
        assert_eq!(gguf.metadata.require::<bool>("yes"), Ok(true));
        assert_eq!(
            gguf.metadata.require::<&[i32]>("signed"),
            Ok(&[-1, i32::MAX][..])
        );
        assert_eq!(
            gguf.metadata.require::<&[String]>("texts").unwrap(),
            ["a", ""]
        );
        let skipped = gguf
            .metadata
            .iter()
            .find(|(key, _)| *key == "bytes")
            .unwrap();
        assert_eq!(skipped.1, &Value::Array(Array::Skipped(3)));
        assert_eq!(gguf.tensors().len(), 5);
        for (name, fill) in [
            ("f32", 1),
            ("f16", 2),
            ("q4_0", 3),
            ("q4_1", 4),
            ("q8_0", 5),
        ] {
            let tensor = gguf.tensor(name).unwrap();
            let bytes = block_on(file.read(tensor.offset, tensor.bytes as usize)).unwrap();
            assert!(bytes.iter().all(|&byte| byte == fill), "{name}");
            assert_eq!(tensor.offset % 32, 0, "{name}");
        }
        assert_eq!(gguf.tensor("q8_0").unwrap().shape, [32, 1, 1, 2]);
        assert!(gguf.find("absent").is_none());
    }
}

#[test]
fn another_alignment_is_honoured() {
    let file = complete().alignment(256).build();
    let gguf = read(&file).unwrap();
    assert!(gguf.tensors().iter().all(|tensor| tensor.offset % 256 == 0));
    let odd = complete().number("general.alignment", 24).build();
    assert!(matches!(read(&odd), Err(GgufError::Malformed(_))));
}

#[test]
fn other_files_are_named() {
    let other: [(&[u8], &str); 9] = [
        (b"", "an empty file"),
        (b"<!DOCTYPE html><title>Sign in</title>", "an HTML page"),
        (b"\n <html>", "an HTML page"),
        (b"PK\x03\x04..........................", "ZIP"),
        (b"\x40\0\0\0\0\0\0\0{\"__metadata__\":{}}", "safetensors"),
        (b"version https://git-lfs.github.com/spec/v1", "Git LFS"),
        (b"{\"error\":\"not found\"}", "JSON"),
        (b"tjgg\x03\0\0\0", "GGJT"),
        (b"\x7fELF\x02", "something else"),
    ];
    for (file, name) in other {
        let error = read(file).unwrap_err();
        assert!(matches!(error, GgufError::WrongMagic { .. }), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn versions_and_byte_order_are_named() {
    for version in [0, 1, 4] {
        let file = GgufBuilder::default().version(version).build();
        assert_eq!(read(&file), Err(GgufError::Version(version)));
    }
    let file = GgufBuilder::default().version(3_u32.swap_bytes()).build();
    assert_eq!(read(&file), Err(GgufError::BigEndian));
}

#[test]
fn every_truncation_is_an_error() {
    let file = complete().build();
    // What pads the last tensor is not needed.
    let last = read(&file).unwrap();
    let end = last
        .tensors()
        .iter()
        .map(|tensor| tensor.offset + tensor.bytes)
        .max()
        .unwrap();
    for len in 5..end as usize {
        let error = read(&file[..len]).unwrap_err();
        assert!(
            matches!(error, GgufError::Truncated { .. }),
            "{len}: {error}"
        );
    }
    assert!(read(&file[..end as usize]).is_ok());
}

#[test]
fn duplicates_are_refused() {
    let key = GgufBuilder::default().number("a", 1).number("a", 1).build();
    let tensor = GgufBuilder::default()
        .tensor("a", &[1], GgmlType::F32, vec![0; 4])
        .tensor("a", &[1], GgmlType::F32, vec![0; 4])
        .build();
    for file in [key, tensor] {
        let error = read(&file).unwrap_err();
        assert!(error.to_string().contains("\"a\" occurs twice"), "{error}");
    }
}

#[test]
fn unknown_quantisations_are_named_with_those_that_work() {
    let mut file = GgufBuilder::default()
        .tensor("w", &[32], GgmlType::F32, vec![0; 128])
        .build();
    // Magic, version, counts; the name's length and "w"; axes, one axis; then the type.
    let at = 24 + 8 + 1 + 4 + 8;
    for (id, name) in [(10_u32, "Q2_K"), (39, "MXFP4"), (77, "type number 77")] {
        file[at..at + 4].copy_from_slice(&id.to_le_bytes());
        let error = read(&file).unwrap_err();
        assert!(
            matches!(error, GgufError::UnknownQuantisation { .. }),
            "{error}"
        );
        let message = error.to_string();
        assert!(
            message.contains(name) && message.contains("Q4_0"),
            "{message}"
        );
    }
}

#[test]
fn tensors_of_every_type_are_whole_blocks_and_there_to_the_last_byte() {
    for ty in GgmlType::ALL {
        let (size, bytes) = (ty.block_size(), ty.block_bytes() as usize);
        let tensor = |shape: &[u64]| {
            GgufBuilder::default()
                .tensor("w", shape, ty, vec![0; 6 * bytes])
                .build()
        };
        let file = tensor(&[2 * size, 3]);
        let gguf = read(&file).unwrap();
        let found = gguf.tensor("w").unwrap();
        assert_eq!(found.bytes as usize, 6 * bytes, "{ty:?}");
        let end = (found.offset + found.bytes) as usize;
        let short = read(&file[..end - 1]);
        assert!(matches!(short, Err(GgufError::Truncated { .. })), "{ty:?}");
        if size > 1 {
            let uneven = read(&tensor(&[size + size / 2, 4]));
            assert!(matches!(uneven, Err(GgufError::Malformed(_))), "{ty:?}");
        }
        assert_eq!(GgmlType::from_id(ty.id()), Some(ty));
    }
}

#[test]
fn impossible_tensors_are_refused() {
    let shapes: [&[u64]; 5] = [&[], &[0], &[1; 5], &[u64::MAX, 2], &[33]];
    for shape in shapes {
        let file = GgufBuilder::default()
            .tensor("w", shape, GgmlType::Q8_0, vec![])
            .build();
        assert!(
            matches!(read(&file), Err(GgufError::Malformed(_))),
            "{shape:?}"
        );
    }
    let huge = GgufBuilder::default()
        .tensor("w", &[1 << 40], GgmlType::F32, vec![])
        .build();
    assert!(matches!(read(&huge), Err(GgufError::Truncated { .. })));
    let overlapping = GgufBuilder::default()
        .tensor("a", &[16], GgmlType::F32, vec![0; 32])
        .tensor("b", &[8], GgmlType::F32, vec![0; 32])
        .build();
    let error = read(&overlapping).unwrap_err();
    assert!(error.to_string().contains("overlaps"), "{error}");
}

#[test]
fn keys_of_the_wrong_type_are_named() {
    let gguf = read(&complete().build()).unwrap();
    let metadata = &gguf.metadata;
    let missing = GgufError::MissingKey("absent".into());
    assert_eq!(metadata.require::<u64>("absent"), Err(missing));
    assert_eq!(metadata.optional::<u64>("absent"), Ok(None));
    for key in ["text", "float", "negative", "signed"] {
        let error = metadata.require::<u64>(key).unwrap_err();
        assert!(matches!(error, GgufError::WrongType { .. }), "{key}");
    }
    assert!(metadata.require::<u32>("large").is_err());
}

/// A file that claims to be far longer than the bytes it is made of, which zeros continue.
struct Sparse {
    start: Vec<u8>,
    len: u64,
}

impl ByteSource for Sparse {
    fn len(&self) -> u64 {
        self.len
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, SourceError> {
        assert!(
            len as u64 <= weir_llm::gguf::HEADER_LIMIT,
            "{len} bytes at once"
        );
        let start = self.start.get(offset as usize..).unwrap_or_default();
        let mut bytes = start[..start.len().min(len)].to_vec();
        bytes.resize(len, 0);
        Ok(bytes)
    }
}

#[test]
fn no_length_makes_a_huge_file_be_read() {
    let one_key = |value: &[u8]| {
        let mut file = b"GGUF\x03\0\0\0".to_vec();
        file.extend(0_u64.to_le_bytes());
        file.extend(1_u64.to_le_bytes());
        file.extend(value);
        file
    };
    let huge = (1_u64 << 50).to_le_bytes();
    let key = [&1_u64.to_le_bytes()[..], b"k"].concat();
    let text = [&key[..], &8_u32.to_le_bytes(), &huge].concat();
    let array = |element: u32| {
        [
            &key[..],
            &9_u32.to_le_bytes(),
            &element.to_le_bytes(),
            &huge,
        ]
        .concat()
    };
    for start in [huge.to_vec(), text, array(0), array(5), array(8), array(12)] {
        let source = Sparse {
            start: one_key(&start),
            len: 1 << 60,
        };
        let error = block_on(Gguf::read(&source)).unwrap_err();
        assert!(matches!(error, GgufError::Oversized { .. }), "{error}");
    }
}

#[test]
fn arrays_of_arrays_are_refused() {
    let mut file = GgufBuilder::default()
        .key("k", Value::Array(Array::Unsigned(vec![9; 8])))
        .build();
    // Magic, version, counts; the key's length and "k"; the type; then the type of the elements.
    let at = 24 + 8 + 1 + 4;
    file[at] = 9;
    let error = read(&file).unwrap_err();
    assert!(error.to_string().contains("array of arrays"), "{error}");
}

#[test]
fn missing_tensors_and_other_shapes_are_named() {
    let gguf = read(&complete().build()).unwrap();
    let error = gguf.tensor("output_norm.weight").unwrap_err();
    assert_eq!(error, GgufError::MissingTensor("output_norm.weight".into()));
    let error = gguf.tensor("f32").unwrap().expect_shape(&[3, 2]);
    assert!(matches!(error, Err(GgufError::Shape { .. })));
}

#[test]
fn the_model_file_is_read_to_its_end() {
    let Some((source, gguf)) = model_file::open() else {
        return;
    };
    let count = |ty| {
        gguf.tensors()
            .iter()
            .filter(|tensor| tensor.ty == ty)
            .count()
    };
    assert_eq!(
        [GgmlType::Q4_1, GgmlType::Q8_0, GgmlType::F32].map(count),
        [210, 1, 61]
    );
    let end = gguf
        .tensors()
        .iter()
        .map(|tensor| tensor.offset + tensor.bytes)
        .max();
    assert_eq!(end, Some(source.len()), "nothing is left over");
}
