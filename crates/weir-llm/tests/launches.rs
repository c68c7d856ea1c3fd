//! How many kernels a token takes, and what these may ask of a device.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot run its model has failed"
)]

mod model_file;
mod support;

use burn::tensor::wgpu::wgpu::naga;
use futures::executor::block_on;
use naga::proc::Layouter;
use naga::{AddressSpace, ShaderStage};
use std::collections::BTreeMap;
use support::{CONTEXT, LAYERS, header, small_model};
use weir_llm::gguf::GgmlType;
use weir_llm::kernels::{Format, KernelSizes, kernels_of, launched_kernels, launches};
use weir_llm::model::Llama;
use weir_llm::sampling::{Sampler, Sampling};

/// What every WebGPU device has.
const MOST_THREADS: u32 = 256;
const MOST_WORKGROUP_BYTES: u32 = 16 << 10;
const MOST_BUFFERS: usize = 8;
/// Launches of one token of SmolLM2-135M.
const MOST_LAUNCHES: u64 = 90;

/// Reads a prompt, then lets the device choose three tokens; returns what the last one launched.
fn launches_of_a_token(llama: &Llama) -> u64 {
    block_on(async {
        let mut cache = llama.cache(CONTEXT);
        let prompt = llama.prefill(&mut cache, &[1, 2, 3], None, async |_| ());
        let mut logits = prompt.await.unwrap().logits;
        let mut choices = llama.choices(&mut Sampler::new(Sampling::default()), 3);
        let mut last = 0;
        for _ in 0..3 {
            let before = launches();
            let (chosen, step) = choices.next(logits);
            choices = chosen;
            logits = llama.forward(&mut cache, step).unwrap();
            last = launches() - before;
        }
        assert_eq!(choices.read().await.unwrap().len(), 3);
        last
    })
}

#[test]
fn a_token_takes_two_launches_to_a_layer_and_four_more() {
    let Some(device) = support::gpu() else { return };
    let file = small_model(GgmlType::Q4K).build();
    let llama = block_on(Llama::load(&header(&file), &file, &device, |_| ())).unwrap();
    assert_eq!(launches_of_a_token(&llama), 2 * LAYERS as u64 + 4);
}

#[test]
fn a_token_of_the_real_model_takes_few_launches() {
    let (Some(device), Some((source, gguf))) = (support::gpu(), model_file::open()) else {
        return;
    };
    let llama = block_on(Llama::load(&gguf, &source, &device, |_| ())).unwrap();
    let launches = launches_of_a_token(&llama);
    eprintln!("{launches} launches");
    assert!(launches <= MOST_LAUNCHES, "{launches}");
}

/// Sizes of the small models, and of SmolLM2-135M.
const WIDE: KernelSizes = KernelSizes::new([256, 512], [8, 2, 32], support::VOCAB, CONTEXT);
const SMOLLM: KernelSizes = KernelSizes::new([576, 1536], [9, 3, 64], 49_152, CONTEXT);
const NARROW: KernelSizes = KernelSizes::new([96, 160], [6, 2, 16], support::VOCAB, CONTEXT);
/// As much workgroup memory as any model may take.
const WIDEST: [KernelSizes; 2] = [
    KernelSizes::new([2048, 8192], [32, 8, 64], 128_256, CONTEXT),
    KernelSizes::new([1024, 512], [4, 1, 256], 1001, CONTEXT),
];

#[test]
fn what_a_model_launches_is_in_the_catalog() {
    let Some(device) = support::gpu() else { return };
    let file = small_model(GgmlType::Q4K).build();
    let gguf = header(&file);
    let llama = block_on(Llama::load(&gguf, &file, &device, |_| ())).unwrap();
    launches_of_a_token(&llama);
    block_on(llama.score(&mut llama.cache(CONTEXT), &[1, 2, 3])).unwrap();
    let known: BTreeMap<String, String> = [WIDE, SMOLLM]
        .into_iter()
        .flat_map(|sizes| Format::ALL.map(|format| kernels_of(sizes, format)))
        .flatten()
        .collect();
    // Other tests of this file may have launched the same or the real model's, whose embedding is of
    // another format than the rest.
    for (name, text) in launched_kernels() {
        assert_eq!(known.get(&name), Some(&text), "{name}");
    }
}

#[test]
fn no_kernel_asks_for_more_than_every_device_has() {
    for sizes in [NARROW, WIDE, SMOLLM].into_iter().chain(WIDEST) {
        for format in Format::ALL {
            for (name, text) in kernels_of(sizes, format) {
                assert_modest(&name, &text);
            }
        }
    }
}

#[track_caller]
fn assert_modest(name: &str, text: &str) {
    for word in ["f16", "enable", "subgroup"] {
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        assert!(
            words.all(|found| !found.contains(word) || found.starts_with("unpack2x16")),
            "{name} uses {word}"
        );
    }
    let module = naga::front::wgsl::parse_str(text).unwrap();
    let mut layouter = Layouter::default();
    layouter.update(module.to_ctx()).unwrap();
    let variables = || module.global_variables.iter().map(|(_, variable)| variable);
    let buffers = variables().filter(|variable| variable.binding.is_some());
    assert!(buffers.count() <= MOST_BUFFERS, "{name}");
    let shared = variables().filter(|variable| variable.space == AddressSpace::WorkGroup);
    let shared: u32 = shared.map(|variable| layouter[variable.ty].size).sum();
    assert!(shared <= MOST_WORKGROUP_BYTES, "{name}: {shared} bytes");
    let [main] = module.entry_points.as_slice() else {
        panic!("{name}: one entry point")
    };
    assert_eq!(main.stage, ShaderStage::Compute);
    let threads: u32 = main.workgroup_size.iter().product();
    assert!(threads <= MOST_THREADS, "{name}: {threads} threads");
}
