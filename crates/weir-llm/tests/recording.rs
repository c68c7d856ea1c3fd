//! Launches that are recorded: repeating them does what launching them does.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot run its model has failed"
)]

mod support;

use burn::backend::{Dispatch, DispatchTensor};
use burn::tensor::{Device, Int, Tensor};
use futures::executor::block_on;
use std::thread;
use support::{CONTEXT, VOCAB, cpu, gpu, header, small_model};
use weir_llm::gguf::GgmlType;
use weir_llm::kernels::{LlmOps, Recording, launches};
use weir_llm::model::{KvCache, Llama};

/// A model that a GPU takes a layer of in two launches.
fn load(ty: GgmlType, device: &Device) -> Llama {
    let file = small_model(ty).build();
    block_on(Llama::load(&header(&file), &file, device, |_| ())).unwrap()
}

fn token(at: usize) -> u32 {
    ((at * 17 + 3) % VOCAB) as u32
}

/// Reads `token` behind what is cached.
fn read(llama: &Llama, cache: &mut KvCache, token: u32) -> Vec<f32> {
    let step = llama.step(cache, &[token]).unwrap();
    let logits = llama.forward(cache, step).unwrap();
    block_on(logits.read()).unwrap()
}

/// Reads a prompt of three tokens, then four more one by one; returns the logits behind each of these.
fn reply(llama: &Llama, cache: &mut KvCache) -> Vec<Vec<f32>> {
    let prompt: Vec<u32> = (0..3).map(token).collect();
    block_on(llama.prefill(cache, &prompt, None, async |_| ())).unwrap();
    (3..7).map(|at| read(llama, cache, token(at))).collect()
}

/// Adds the one row of `x` to `sum`, over and over.
fn adding<'a>(
    x: &'a DispatchTensor,
    span: &'a DispatchTensor,
) -> impl FnMut(DispatchTensor) -> DispatchTensor + 'a {
    |sum| Dispatch::sum_rows(sum, x, span.clone())
}

fn numbers(tensor: &DispatchTensor) -> Vec<f32> {
    let tensor = Tensor::<1>::from_dispatch(tensor.clone());
    block_on(tensor.into_data_async())
        .unwrap()
        .try_to_vec()
        .unwrap()
}

/// A sum that is zero, a row that is added to it, and which rows are: that one.
fn sum(device: &Device) -> [DispatchTensor; 3] {
    let zeros = Tensor::<1>::zeros([2], device).into_dispatch();
    let x = Tensor::<2>::from_data([[1.0, 2.0]], device).into_dispatch();
    let span = Tensor::<1, Int>::from_data([0, 1], device).into_dispatch();
    [zeros, x, span]
}

#[test]
fn what_is_recorded_ran_once_and_once_more_each_time_it_is_repeated() {
    let Some(device) = gpu() else { return };
    let [zeros, x, span] = sum(&device);
    let before = launches();
    let (sum, recording) = Recording::of(&device, zeros, adding(&x, &span));
    let recording = recording.unwrap();
    assert_eq!(launches() - before, 1);
    assert_eq!(numbers(&sum), [1.0, 2.0]);
    for count in [2.0, 3.0] {
        assert!(recording.repeat());
        assert_eq!(numbers(&sum), [count, 2.0 * count]);
    }
    assert_eq!(launches() - before, 3);
    let elsewhere = thread::scope(|scope| scope.spawn(|| recording.repeat()).join());
    assert!(!elsewhere.unwrap(), "not in order with other threads' work");
    assert_eq!(numbers(&sum), [3.0, 6.0]);
}

#[test]
fn a_device_that_cannot_record_launches() {
    let device = cpu();
    let [zeros, x, span] = sum(&device);
    let (sum, recording) = Recording::of(&device, zeros, adding(&x, &span));
    assert!(recording.is_none());
    assert_eq!(numbers(&sum), [1.0, 2.0]);
}

#[test]
fn repeated_launches_give_what_launches_give() {
    let Some(device) = gpu() else { return };
    let llama = load(GgmlType::Q4K, &device);
    let (mut recorded, mut launched) = (llama.cache(CONTEXT), llama.cache(CONTEXT));
    for at in 0..6 {
        let found = read(&llama, &mut recorded, token(at));
        // What was recorded on one thread is launched on others.
        let elsewhere = || read(&llama, &mut launched, token(at));
        let expected = thread::scope(|scope| scope.spawn(elsewhere).join());
        assert_eq!(found, expected.unwrap(), "token {at}");
    }
}

#[test]
fn a_recording_serves_other_replies_after_other_passes() {
    let Some(device) = gpu() else { return };
    let llama = load(GgmlType::Q4K, &device);
    let mut cache = llama.cache(CONTEXT);
    let expected = reply(&llama, &mut cache);
    for kept in [0, 2, 5] {
        cache.truncate(kept);
        block_on(llama.score(&mut cache, &[1; 40])).unwrap();
        cache.truncate(0);
        assert_eq!(reply(&llama, &mut cache), expected);
    }
}

#[test]
fn a_recording_is_of_one_cache_and_one_model() {
    let Some(device) = gpu() else { return };
    let models = [GgmlType::Q4K, GgmlType::Q6K].map(|ty| load(ty, &device));
    let expected = models
        .each_ref()
        .map(|llama| reply(llama, &mut llama.cache(CONTEXT)));
    assert_ne!(expected[0], expected[1]);
    let mut shared = models[0].cache(CONTEXT);
    let mut own = models.each_ref().map(|llama| llama.cache(CONTEXT));
    for _ in 0..2 {
        for ((llama, own), expected) in models.iter().zip(&mut own).zip(&expected) {
            for cache in [own, &mut shared] {
                cache.truncate(0);
                assert_eq!(&reply(llama, cache), expected);
            }
        }
    }
}
