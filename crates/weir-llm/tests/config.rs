//! The sizes of a model, and what is said of one that cannot be run.
#![allow(clippy::unwrap_used, reason = "tests")]

mod model_file;

use futures::executor::block_on;
use weir_llm::config::{ConfigError, ModelConfig, RopePairs};
use weir_llm::gguf::{GgmlType, Gguf, GgufBuilder, GgufError};

fn llama() -> GgufBuilder {
    model("llama")
}

fn model(architecture: &str) -> GgufBuilder {
    let key = |name: &str| format!("{architecture}.{name}");
    GgufBuilder::default()
        .text("general.architecture", architecture)
        .number(&key("block_count"), 2)
        .number(&key("embedding_length"), 32)
        .number(&key("attention.head_count"), 4)
        .number(&key("attention.head_count_kv"), 2)
        .number(&key("feed_forward_length"), 96)
        .number(&key("context_length"), 128)
        .float(&key("attention.layer_norm_rms_epsilon"), 1e-5)
        .tensor("token_embd.weight", &[32, 10], GgmlType::F16, vec![0; 640])
}

fn configure(builder: &GgufBuilder) -> Result<ModelConfig, ConfigError> {
    ModelConfig::from_gguf(&block_on(Gguf::read(&builder.build())).unwrap())
}

#[test]
fn sizes_come_from_the_metadata_and_what_is_left_out_has_its_default() {
    let expected = ModelConfig {
        layers: 2,
        hidden: 32,
        heads: 4,
        kv_heads: 2,
        head_dim: 8,
        ffn: 96,
        vocab: 10,
        context: 128,
        rope_dims: 8,
        rope_theta: 10_000.0,
        rope_pairs: RopePairs::Neighbours,
        qkv_bias: false,
        rms_eps: 1e-5,
    };
    assert_eq!(configure(&llama()), Ok(expected.clone()));
    let qwen2 = ModelConfig {
        rope_pairs: RopePairs::Halves,
        qkv_bias: true,
        ..expected
    };
    assert_eq!(configure(&model("qwen2")), Ok(qwen2));
}

#[test]
fn other_architectures_are_named() {
    let other = GgufBuilder::default().text("general.architecture", "mamba");
    assert_eq!(
        configure(&other),
        Err(ConfigError::Architecture("mamba".into()))
    );
}

#[test]
fn what_would_give_wrong_words_is_refused() {
    let scaled = llama().text("llama.rope.scaling.type", "yarn");
    let experts = llama().number("llama.expert_count", 8);
    for model in [scaled, experts] {
        assert!(matches!(
            configure(&model),
            Err(ConfigError::Unsupported(_))
        ));
    }
    assert!(configure(&llama().text("llama.rope.scaling.type", "none")).is_ok());
}

#[test]
fn sizes_that_make_no_sense_are_named() {
    for (key, value) in [
        ("llama.attention.key_length", 0),
        ("llama.rope.dimension_count", 10),
        ("llama.rope.dimension_count", 3),
        ("llama.attention.value_length", 16),
        ("llama.vocab_size", 0),
    ] {
        let result = configure(&llama().number(key, value));
        if key == "llama.vocab_size" {
            assert!(result.is_ok(), "the embedding's shape counts");
            continue;
        }
        let error = result.unwrap_err();
        assert!(error.to_string().contains(key), "{error}");
    }
    let endless = llama().float("llama.rope.freq_base", f32::INFINITY);
    assert!(configure(&endless).is_err());
}

#[test]
fn missing_parts_are_named() {
    let empty = GgufBuilder::default().text("general.architecture", "llama");
    let missing = GgufError::MissingKey("llama.embedding_length".into());
    assert_eq!(configure(&empty), Err(missing.into()));
}

#[test]
fn the_model_has_the_sizes_of_its_card() {
    let Some((_, gguf)) = model_file::open() else {
        return;
    };
    let config = ModelConfig::from_gguf(&gguf).unwrap();
    let sizes = [
        config.layers,
        config.hidden,
        config.heads,
        config.kv_heads,
        config.head_dim,
    ];
    assert_eq!(sizes, [30, 576, 9, 3, 64]);
    assert_eq!(
        [config.ffn, config.vocab, config.context],
        [1536, 49152, 8192]
    );
    assert_eq!((config.rope_theta, config.rms_eps), (100_000.0, 1e-5));
}
