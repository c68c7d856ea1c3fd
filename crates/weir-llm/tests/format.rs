//! What gets through a format, whatever a model thinks of it.
#![allow(clippy::unwrap_used, reason = "tests")]

mod schemas;
mod small_model;

use proptest::prelude::*;
use serde_json::{Value, json};
use weir_llm::format::{Format, FormatError, Guide};
use weir_llm::sampling::{Sampler, Sampling};
use weir_llm::tokenizer::Tokenizer;

fn tokenizer() -> Tokenizer {
    Tokenizer::from_gguf(&small_model::header(&small_model::vocabulary())).unwrap()
}

fn schema(schema: &Value) -> Format {
    Format::schema(&schema.to_string()).unwrap()
}

/// Whether `text`, token by token as bytes, gets through to its end.
fn passes(format: &Format, text: &str) -> bool {
    let tokenizer = tokenizer();
    let mut guide = Guide::new(format, &tokenizer, 10_000).unwrap();
    let byte_token = |byte: u8| {
        let mut tokens = 0..tokenizer.vocab() as u32;
        tokens
            .find(|&token| tokenizer.bytes(token) == [byte])
            .unwrap()
    };
    text.bytes().for_each(|byte| guide.accept(byte_token(byte)));
    guide.may_end()
}

/// What a model that thinks nothing in particular writes in at most `limit` tokens.
fn written(format: &Format, seed: u64, limit: usize) -> String {
    let tokenizer = tokenizer();
    let mut guide = Guide::new(format, &tokenizer, limit).unwrap();
    let mut sampler = Sampler::new(Sampling {
        temperature: 1.0,
        top_k: 0,
        top_p: 1.0,
        seed,
        ..Sampling::default()
    });
    let mut bytes = Vec::new();
    for left in (1..=limit).rev() {
        let mut logits = vec![0.0; tokenizer.vocab()];
        guide.rule_out(&mut logits, left);
        let token = sampler.sample(&logits).unwrap();
        if tokenizer.is_end(token) {
            break;
        }
        guide.accept(token);
        bytes.extend_from_slice(tokenizer.bytes(token));
    }
    String::from_utf8(bytes).unwrap()
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-999_999_999_999_999_i64..1_000_000_000_000_000).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_value_passes_as_json(value in any_value()) {
        prop_assert!(passes(&Format::json(), &value.to_string()));
    }

    #[test]
    fn whatever_passes_parses_and_follows_its_schema(seed in any::<u64>(), limit in 64..300_usize) {
        for rules in schemas::all() {
            let text = written(&schema(&rules), seed, limit);
            let value: Value = serde_json::from_str(&text)
                .map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
            prop_assert!(schemas::follows(&rules, &value), "{rules} {text}");
        }
    }

    #[test]
    fn a_value_passes_a_schema_just_if_it_follows_it(value in any_value(), which in 0..6_usize) {
        let rules = &schemas::all()[which];
        // Objects with properties are closed, and `follows` says the same.
        prop_assert_eq!(
            passes(&schema(rules), &value.to_string()),
            schemas::follows(rules, &value)
        );
    }
}

#[test]
fn properties_come_in_the_order_of_the_schema() {
    let format = Format::schema(
        r#"{"type":"object","properties":{"z":{"type":"integer"},"a":{"type":"null"}},"required":["z"]}"#,
    )
    .unwrap();
    for text in [
        r#"{"z":1,"a":null}"#,
        r#"{"z": -4, "a": null}"#,
        r#"{"z":0}"#,
    ] {
        assert!(passes(&format, text), "{text}");
    }
    for text in [
        r#"{"a":null,"z":1}"#,
        r#"{"a":null}"#,
        r#"{"z":1,}"#,
        r#"{"z":1,"a":null,"b":1}"#,
        r#"{"z":01}"#,
        r#"{"z":1.5}"#,
        r#"{"z":1"#,
        " {}",
    ] {
        assert!(!passes(&format, text), "{text}");
    }
}

#[test]
fn strings_hold_what_every_reader_takes() {
    let format = schema(&json!({"type": "string"}));
    for text in [r#""""#, r#""a\n\"\\A""#, r#""퟿""#, "\"ä€😀\""] {
        assert!(passes(&format, text), "{text}");
        assert!(serde_json::from_str::<String>(text).is_ok(), "{text}");
    }
    for text in ["\"\n\"", r#""\x""#, r#""\ud800""#, r#""\u12""#, "\""] {
        assert!(!passes(&format, text), "{text}");
    }
}

#[test]
fn a_short_limit_still_gives_whole_values() {
    let rules = json!({
        "type": "object",
        "properties": {"list": {"type": "array", "items": {"type": "object", "properties": {
            "long_name": {"type": "string"},
            "count": {"type": "number"},
        }, "required": ["long_name", "count"]}}},
        "required": ["list"],
    });
    for (seed, limit) in (12..80).enumerate() {
        let text = written(&schema(&rules), seed as u64, limit);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert!(schemas::follows(&rules, &value), "{text}");
    }
}

#[test]
fn too_short_a_limit_is_said_before_a_word_is_written() {
    let tokenizer = tokenizer();
    let format = schema(&json!({"const": "twelve bytes"}));
    assert!(Guide::new(&format, &tokenizer, 14).is_ok());
    let refused = Guide::new(&format, &tokenizer, 13).unwrap_err();
    assert_eq!((refused.needed, refused.limit), (14, 13));
}

#[test]
fn what_is_not_known_is_refused_by_name() {
    let refused = |rules: Value| Format::schema(&rules.to_string()).unwrap_err();
    for (rules, named) in [
        (json!({"type": "string", "pattern": "a+"}), "pattern"),
        (json!({"type": "number", "minimum": 3}), "minimum"),
        (json!({"$ref": "#"}), "$ref"),
        (json!({"type": "float"}), "seven types"),
        (json!({"properties": {"a": {"format": "date"}}}), "format"),
        (json!(false), "no value"),
        (json!(3), "a JSON schema"),
    ] {
        let error = refused(rules);
        assert!(error.to_string().contains(named), "{error}");
    }
    assert!(matches!(refused(json!({"enum": []})), FormatError::NoValue));
    assert!(matches!(
        refused(json!({"type": "string", "enum": [1]})),
        FormatError::NoValue
    ));
    assert!(matches!(
        refused(json!({"type": "array", "minItems": 3, "maxItems": 2})),
        FormatError::NoValue
    ));
    assert!(matches!(
        refused(json!({"type": "array", "maxItems": 1_001})),
        FormatError::LongArray(1_001)
    ));
    assert!(matches!(
        refused(json!({"type": "null", "anyOf": [true]})),
        FormatError::AnyOfBeside
    ));
    assert!(Format::schema("{").is_err());
}

#[test]
fn a_refusal_names_the_place_in_the_schema() {
    let refused = |rules: Value| Format::schema(&rules.to_string()).unwrap_err().to_string();
    let deep = json!({"properties": {"people": {"items": {"anyOf": [
        {"type": "null"},
        {"properties": {"age": {"type": "integer", "enum": ["old"]}}},
    ]}}}});
    let named = refused(deep);
    assert!(
        named.contains("properties/people/items/anyOf/1/properties/age"),
        "{named}"
    );
    let unknown = json!({"properties": {"person": {"properties": {"age": {"minimum": 1}}}}});
    let named = refused(unknown);
    assert!(
        named.contains("in `person`: in `age`: unknown field `minimum`"),
        "{named}"
    );
    assert_eq!(named.matches("line 1").count(), 1, "{named}");
}
