//! The whole model on every device against the plain reference.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot run its model has failed"
)]

mod model_file;
mod support;

use burn::tensor::Device;
use futures::FutureExt;
use futures::executor::block_on;
use support::{
    CONTEXT, HIDDEN, LAYERS, VOCAB, cpu, devices, header, mixed_model, qwen2_model, small_model,
};
use weir_llm::gguf::{GgmlType, GgufBuilder, GgufError};
use weir_llm::kernels::pack::PackError;
use weir_llm::model::{ForwardError, Llama, LoadError, Tap};
use weir_llm::reference::Reference;
use weir_llm::sampling::{Sampler, Sampling};
use weir_llm::source::ByteSource;

fn load(file: &Vec<u8>, device: &Device) -> Llama {
    block_on(Llama::load(&header(file), file, device, |_| ())).unwrap()
}

/// Largest difference that rounding explains, as a share of the largest logit.
const TOLERANCE: f32 = 2e-4;

fn reference(file: &Vec<u8>) -> Reference {
    block_on(Reference::load(&header(file), file, CONTEXT)).unwrap()
}

fn prompt(len: usize) -> Vec<u32> {
    (0..len as u32)
        .map(|t| (t * 17 + 3) % VOCAB as u32)
        .collect()
}

#[track_caller]
fn assert_close(found: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
    for (found, expected) in found.iter().zip(expected) {
        let error = (found - expected).abs() / largest;
        assert!(error <= tolerance, "{found} instead of {expected}");
    }
}

async fn between(_: usize) {}

#[test]
fn logits_equal_the_reference_for_every_type_of_weights() {
    for device in devices() {
        for ty in GgmlType::ALL {
            assert_logits_equal(&small_model(ty).build(), &device, TOLERANCE);
        }
    }
}

/// Reads a few tokens, enough for positions to matter.
#[track_caller]
fn assert_logits_equal(file: &Vec<u8>, device: &Device, tolerance: f32) {
    let mut reference = reference(file);
    let llama = load(file, device);
    let tokens = prompt(5);
    let expected: Vec<f32> = tokens.iter().flat_map(|&t| reference.read(t)).collect();
    let found = block_on(llama.score(&mut llama.cache(CONTEXT), &tokens)).unwrap();
    assert_close(&found, &expected, tolerance);
}

#[test]
fn biases_and_pairs_across_halves_equal_the_reference() {
    for device in devices() {
        for ty in [GgmlType::F32, GgmlType::Q5_0, GgmlType::Q4K] {
            assert_logits_equal(&qwen2_model(ty).build(), &device, TOLERANCE);
        }
    }
}

#[test]
fn matrices_of_different_types_are_joined() {
    let ty = |name: &str| match name.split_once("attn_") {
        Some((_, "q")) => GgmlType::Q4_1,
        Some((_, "v")) => GgmlType::Q8_0,
        _ => GgmlType::F16,
    };
    let file = mixed_model(ty).build();
    for device in devices() {
        // Joined as half floats, which rounds some weights.
        assert_logits_equal(&file, &device, 5e-3);
    }
}

#[test]
fn quantised_matrices_of_different_types_are_joined_without_loss() {
    let ty = |name: &str| match name.rsplit_once('_') {
        Some((_, "v" | "up")) => GgmlType::Q6K,
        Some((_, "gate")) => GgmlType::Q5K,
        _ => GgmlType::Q4K,
    };
    let file = mixed_model(ty).build();
    for device in devices() {
        assert_logits_equal(&file, &device, TOLERANCE);
    }
}

#[test]
fn reading_a_prompt_then_decoding_equals_the_reference() {
    // The heads of the first are too narrow for a GPU to take a layer in two launches.
    for ty in [GgmlType::Q4_1, GgmlType::Q4K] {
        assert_decodes_like_the_reference(&small_model(ty).build());
    }
}

#[track_caller]
fn assert_decodes_like_the_reference(file: &Vec<u8>) {
    for device in devices() {
        let mut reference = reference(file);
        let llama = load(file, &device);
        for len in [1, 31, 32, 33, 65] {
            reference.clear();
            let mut cache = llama.cache(CONTEXT);
            let tokens = prompt(len);
            let mut expected = Vec::new();
            for &token in &tokens {
                expected = reference.read(token);
            }
            let prefill = block_on(llama.prefill(&mut cache, &tokens, None, between)).unwrap();
            let mut logits = prefill.logits;
            assert_close(&block_on(logits.read()).unwrap(), &expected, TOLERANCE);
            // Two tokens chosen on the device and never seen by the host, two chosen by the host.
            for turn in 0..4 {
                let step = logits.argmax();
                let token = block_on(step.token()).unwrap();
                let step = if turn < 2 {
                    step
                } else {
                    llama.step(&cache, &[token]).unwrap()
                };
                logits = llama.forward(&mut cache, step).unwrap();
                let expected = reference.read(token);
                assert_close(&block_on(logits.read()).unwrap(), &expected, TOLERANCE);
            }
            assert_eq!(cache.len(), len + 4);
        }
    }
}

#[test]
fn tokens_chosen_on_the_device_are_those_that_the_host_chooses() {
    let file = small_model(GgmlType::Q6K).build();
    let sampling = Sampling {
        temperature: 1.0,
        repeat_penalty: 1.2,
        seed: 3,
        ..Sampling::default()
    };
    for device in devices() {
        let llama = load(&file, &device);
        for sampling in [Sampling::default(), sampling] {
            let start = || {
                let mut cache = llama.cache(CONTEXT);
                let prefill = block_on(llama.prefill(&mut cache, &prompt(9), None, between));
                (cache, prefill.unwrap().logits, Sampler::new(sampling))
            };
            let (mut cache, mut logits, mut sampler) = start();
            let mut expected = Vec::new();
            for _ in 0..14 {
                let token = sampler.sample(&block_on(logits.read()).unwrap()).unwrap();
                expected.push(token);
                let step = llama.step(&cache, &[token]).unwrap();
                logits = llama.forward(&mut cache, step).unwrap();
            }
            let (mut cache, mut logits, mut sampler) = start();
            let mut found = Vec::new();
            for count in [1, 8, 5] {
                let mut choices = llama.choices(&mut sampler, count);
                for _ in 0..count {
                    let step;
                    (choices, step) = choices.next(logits);
                    logits = llama.forward(&mut cache, step).unwrap();
                }
                for token in block_on(choices.read()).unwrap() {
                    sampler.accept(token.unwrap());
                    found.push(token.unwrap());
                }
            }
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn the_context_is_used_to_its_last_token_and_no_further() {
    let file = small_model(GgmlType::Q8_0).build();
    for device in devices() {
        let mut reference = reference(&file);
        let llama = load(&file, &device);
        let mut cache = llama.cache(10 * CONTEXT);
        assert_eq!(
            cache.context(),
            CONTEXT,
            "no more than the model was trained for"
        );
        let tokens = prompt(CONTEXT);
        let (last, before) = tokens.split_last().unwrap();
        block_on(llama.prefill(&mut cache, before, None, between)).unwrap();
        let step = llama.step(&cache, &[*last]).unwrap();
        let logits = llama.forward(&mut cache, step).unwrap();
        let mut expected = Vec::new();
        for &token in &tokens {
            expected = reference.read(token);
        }
        assert_close(&block_on(logits.read()).unwrap(), &expected, TOLERANCE);

        let full = ForwardError::ContextFull {
            needed: CONTEXT + 1,
            context: CONTEXT,
        };
        assert_eq!(llama.step(&cache, &[1]).unwrap_err(), full);
        assert_eq!(
            llama.forward(&mut cache, logits.argmax()).unwrap_err(),
            full
        );
        let prefill = block_on(llama.prefill(&mut cache, &[1], None, between));
        assert_eq!(prefill.unwrap_err(), full);
        assert_eq!(cache.len(), CONTEXT);
    }
}

#[test]
fn forgotten_tokens_leave_no_trace() {
    let file = small_model(GgmlType::Q4_1).build();
    for device in devices() {
        let llama = load(&file, &device);
        let read = |cache: &mut _, tokens: &[u32]| {
            let prefill = block_on(llama.prefill(cache, tokens, None, between)).unwrap();
            block_on(prefill.logits.read()).unwrap()
        };
        let expected = read(&mut llama.cache(CONTEXT), &prompt(40));
        let mut cache = llama.cache(CONTEXT);
        read(&mut cache, &[&prompt(20)[..], &[1; 30]].concat());
        cache.truncate(20);
        assert_close(&read(&mut cache, &prompt(40)[20..]), &expected, 1e-5);
    }
}

#[test]
fn a_tap_gives_the_mean_hidden_state_of_its_tokens() {
    let file = small_model(GgmlType::Q4_1).build();
    let tokens = prompt(70);
    for device in devices() {
        let mut reference = reference(&file);
        let llama = load(&file, &device);
        for layer in 0..LAYERS {
            // Inside a chunk, across chunks, one token, all.
            for range in [3..9, 20..70, 64..65, 0..70] {
                reference.clear();
                let mut expected = vec![0.0; HIDDEN];
                for (at, &token) in tokens.iter().enumerate() {
                    let hidden = reference.hidden(token, layer + 1);
                    if range.contains(&at) {
                        let share = 1.0 / range.len() as f32;
                        expected
                            .iter_mut()
                            .zip(hidden)
                            .for_each(|(e, h)| *e += share * h);
                    }
                }
                let tap = Tap {
                    layer,
                    tokens: range,
                };
                let mut cache = llama.cache(CONTEXT);
                let prefill = llama.prefill(&mut cache, &tokens, Some(&tap), between);
                let tapped = block_on(prefill).unwrap().tapped.unwrap();
                assert_close(&tapped, &expected, TOLERANCE);
            }
        }
        let all = &tokens;
        for (layer, tokens) in [(LAYERS, 0..1), (0, 2..2), (0, 60..71)] {
            let tap = Tap { layer, tokens };
            let mut cache = llama.cache(CONTEXT);
            let prefill = llama.prefill(&mut cache, all, Some(&tap), between);
            assert_eq!(block_on(prefill).unwrap_err(), ForwardError::TapOutside);
        }
    }
}

#[test]
fn reading_gives_way_between_chunks_and_can_be_cancelled_there() {
    let file = small_model(GgmlType::Q4_1).build();
    let llama = load(&file, &cpu());
    let mut cache = llama.cache(CONTEXT);
    let mut seen = Vec::new();
    let pending = async |done: usize| {
        seen.push(done);
        if done >= 64 {
            std::future::pending::<()>().await;
        }
    };
    let tokens = prompt(70);
    assert!(
        llama
            .prefill(&mut cache, &tokens, None, pending)
            .now_or_never()
            .is_none()
    );
    assert_eq!(seen, [32, 64]);
    assert_eq!(cache.len(), 64, "what was read stays");
    let rest = llama.prefill(&mut cache, &tokens[64..], None, between);
    let logits = block_on(async { rest.await.unwrap().logits.read().await.unwrap() });
    let whole = block_on(llama.score(&mut llama.cache(CONTEXT), &tokens)).unwrap();
    assert_close(&logits, &whole[69 * VOCAB..], 1e-5);
}

#[test]
fn nonsense_is_refused() {
    let file = small_model(GgmlType::Q4_1).build();
    let llama = load(&file, &cpu());
    let cache = &mut llama.cache(CONTEXT);
    let unknown = ForwardError::UnknownToken {
        token: VOCAB as u32,
        vocab: VOCAB,
    };
    assert_eq!(llama.step(cache, &[0, VOCAB as u32]).unwrap_err(), unknown);
    assert_eq!(llama.step(cache, &[]).unwrap_err(), ForwardError::NoTokens);
    let empty = block_on(llama.prefill(cache, &[], None, between));
    assert_eq!(empty.unwrap_err(), ForwardError::NoTokens);
    assert!(cache.is_empty());
}

fn refusal(builder: &GgufBuilder) -> LoadError {
    let file = builder.build();
    block_on(Llama::load(&header(&file), &file, &cpu(), |_| ())).unwrap_err()
}

#[test]
fn a_part_that_is_not_built_here_is_refused_by_name() {
    let bias = small_model(GgmlType::F32).tensor(
        "blk.0.attn_q.bias",
        &[HIDDEN as u64],
        GgmlType::F32,
        vec![0; 4 * HIDDEN],
    );
    assert_eq!(
        refusal(&bias),
        LoadError::Unused("blk.0.attn_q.bias".to_owned())
    );
}

#[test]
fn a_bias_that_the_architecture_has_must_be_there() {
    let file = small_model(GgmlType::F32).build();
    // Both names have five letters, so the header stays sound.
    let file: Vec<u8> = replace(&file, b"llama", b"qwen2");
    let error = block_on(Llama::load(&header(&file), &file, &cpu(), |_| ())).unwrap_err();
    let missing = GgufError::MissingTensor("blk.0.attn_q.bias".to_owned());
    assert_eq!(error, missing.into());
}

/// `bytes` with every `from` replaced by `to`, which is as long.
fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for at in 0..bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + from.len()].copy_from_slice(to);
        }
    }
    bytes
}

#[test]
fn rotary_positions_are_divided_by_the_factors_of_the_file() {
    let factors = |factors: [f32; 6]| {
        let bytes = factors.into_iter().flat_map(f32::to_le_bytes).collect();
        small_model(GgmlType::F16).tensor("rope_freqs.weight", &[6], GgmlType::F32, bytes)
    };
    let file = factors([1.0, 1.0, 2.0, 4.0, 8.0, 8.0]).build();
    for device in devices() {
        assert_logits_equal(&file, &device, TOLERANCE);
    }
    let damaged = LoadError::Damaged {
        tensor: "rope_freqs.weight".to_owned(),
        reason: PackError::NotFinite,
    };
    assert_eq!(refusal(&factors([0.0; 6])), damaged);
}

#[test]
fn weights_that_are_not_numbers_are_refused_by_name() {
    let file = small_model(GgmlType::Q8_0).build();
    let gguf = header(&file);
    let mut damaged = file.clone();
    let at = gguf.tensor("blk.1.ffn_down.weight").unwrap().offset as usize;
    damaged[at..at + 2].copy_from_slice(&[0xff, 0xff]);
    let error = block_on(Llama::load(&gguf, &damaged, &cpu(), |_| ())).unwrap_err();
    let expected = LoadError::Damaged {
        tensor: "blk.1.ffn_down.weight".to_owned(),
        reason: PackError::NotFinite,
    };
    assert_eq!(error, expected);
}

#[test]
fn loading_tells_how_far_it_is() {
    let file = small_model(GgmlType::Q4_0).build();
    let gguf = header(&file);
    let mut last = None;
    let progress = |loaded: weir_llm::model::Loaded| {
        assert!(last.is_none_or(|before| before < loaded.bytes));
        assert!(loaded.bytes <= loaded.total);
        last = Some(loaded.bytes);
    };
    block_on(Llama::load(&gguf, &file, &cpu(), progress)).unwrap();
    assert_eq!(
        last,
        Some(gguf.tensors().iter().map(|tensor| tensor.bytes).sum())
    );
}

#[test]
fn the_real_model_equals_the_reference_on_a_few_tokens() {
    let Some((source, gguf)) = model_file::open() else {
        return;
    };
    let file = block_on(source.read(0, source.len() as usize)).unwrap();
    let tokens = [504, 1573, 260];
    for device in devices() {
        let mut reference = reference(&file);
        let llama = block_on(Llama::load(&gguf, &source, &device, |_| ())).unwrap();
        let expected: Vec<f32> = tokens.iter().flat_map(|&t| reference.read(t)).collect();
        let found = block_on(llama.score(&mut llama.cache(8), &tokens)).unwrap();
        assert_close(&found, &expected, 2.0 * TOLERANCE);
    }
}
