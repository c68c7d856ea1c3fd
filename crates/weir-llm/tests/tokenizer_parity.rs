//! The tokenizer cuts every text as llama.cpp does with the same file.
#![allow(
    clippy::unwrap_used,
    reason = "a golden that cannot be read is a failed test"
)]

mod model_file;

use weir_llm::gguf::{Array, Gguf, GgufBuilder, Value};
use weir_llm::tokenizer::{Special, Tokenizer};

fn tokens(value: &serde_json::Value) -> Vec<u32> {
    serde_json::from_value(value.clone()).unwrap()
}

/// The text of an entry; broken UTF-8 is read as both sides read it, with U+FFFD for each piece.
fn text(entry: &serde_json::Value) -> String {
    match entry["hex"].as_str() {
        None => entry["text"].as_str().unwrap().to_owned(),
        Some(hex) => {
            let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
            let bytes: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
    }
}

#[test]
fn tokens_equal_those_of_llama_cpp() {
    let Some((_, gguf)) = model_file::open() else {
        return;
    };
    let tokenizer = Tokenizer::from_gguf(&gguf).unwrap();
    let wrong = differences(&tokenizer, &model_file::golden("tokens.json"));
    assert!(wrong.is_empty(), "{}: {wrong:?}", wrong.len());
}

/// The texts of a golden whose tokens are others.
fn differences(tokenizer: &Tokenizer, golden: &serde_json::Value) -> Vec<String> {
    let entries = golden["texts"].as_array().unwrap();
    assert!(entries.len() >= 200);
    let mut wrong = Vec::new();
    for entry in entries {
        let text = text(entry);
        let plain = tokens(&entry["plain"]);
        let parsed = entry.get("parsed").map_or_else(|| plain.clone(), tokens);
        if tokenizer.encode(&text, Special::Plain) != plain
            || tokenizer.encode(&text, Special::Parse) != parsed
        {
            wrong.push(text);
        }
    }
    wrong
}

#[test]
fn words_are_cut_as_llama_cpp_cuts_them_by_other_rules() {
    let Some((_, gguf)) = model_file::open() else {
        return;
    };
    let golden = model_file::golden("words.json");
    let rules = golden["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 2);
    for rule in rules {
        let pre = rule["pre"].as_str().unwrap();
        let keys = gguf.metadata.iter();
        let others = keys.filter(|(key, _)| *key != "tokenizer.ggml.pre");
        let file = others
            .fold(GgufBuilder::default(), |file, (key, value)| {
                file.key(key, value.clone())
            })
            .text("tokenizer.ggml.pre", pre)
            .build();
        let gguf = futures::executor::block_on(Gguf::read(&file)).unwrap();
        let tokenizer = Tokenizer::from_gguf(&gguf).unwrap();
        let wrong = differences(&tokenizer, rule);
        assert!(wrong.is_empty(), "{pre}, {}: {wrong:?}", wrong.len());
    }
}

#[test]
fn pieces_are_joined_as_llama_cpp_joins_them() {
    let golden = model_file::golden("pieces.json");
    let list = |name: &str| golden[name].clone();
    let strings = serde_json::from_value(list("tokens")).unwrap();
    let scores = serde_json::from_value(list("scores")).unwrap();
    let kinds = serde_json::from_value(list("kinds")).unwrap();
    let file = GgufBuilder::default()
        .text("tokenizer.ggml.model", "llama")
        .key(
            "tokenizer.ggml.tokens",
            Value::Array(Array::Strings(strings)),
        )
        .key("tokenizer.ggml.scores", Value::Array(Array::Floats(scores)))
        .key(
            "tokenizer.ggml.token_type",
            Value::Array(Array::Signed(kinds)),
        )
        .number("tokenizer.ggml.unknown_token_id", 0)
        .build();
    let gguf = futures::executor::block_on(Gguf::read(&file)).unwrap();
    let tokenizer = Tokenizer::from_gguf(&gguf).unwrap();
    let wrong = differences(&tokenizer, &golden);
    assert!(wrong.is_empty(), "{}: {wrong:?}", wrong.len());
}

#[test]
fn texts_of_the_logit_goldens_have_the_same_tokens() {
    let Some((_, gguf)) = model_file::open() else {
        return;
    };
    let tokenizer = Tokenizer::from_gguf(&gguf).unwrap();
    for (file, list, field) in [
        ("logits.json", "texts", "tokens"),
        ("greedy.json", "prompts", "prompt"),
    ] {
        for entry in model_file::golden(file)[list].as_array().unwrap() {
            let text = entry["text"].as_str().unwrap();
            assert_eq!(
                tokenizer.encode(text, Special::Parse),
                tokens(&entry[field]),
                "{text}"
            );
        }
    }
}
