//! Every operation on every device against the scalar reference.

mod support;

use futures::executor::block_on;
use proptest::prelude::*;
use support::{cpu, devices};
use weir_llm::gguf::GgmlType;
use weir_llm::kernels::compare::Comparison;
use weir_llm::kernels::{Heads, Work, self_test};
use weir_llm::sampling::Sampling;

/// One token, one short of a tile of any size, a tile, one more.
const TOKENS: [usize; 6] = [1, 7, 9, 31, 32, 33];
const SMOLLM: Heads = Heads {
    query: 9,
    kv: 3,
    dim: 64,
};

#[test]
fn self_test_passes() {
    for device in devices() {
        block_on(self_test(&device)).unwrap();
    }
}

#[test]
fn projections_equal_the_reference() {
    // Odd numbers of blocks; rows that fill no workgroup, and rows that fill several but the last.
    let shapes = [[14, 96], [66, 160]];
    let wide_shapes = [[14, 256], [66, 768]];
    for device in devices() {
        let comparison = Comparison::new(&device);
        for ty in GgmlType::ALL {
            let wide = ty.block_size() > 32;
            for shape in if wide { wide_shapes } else { shapes } {
                for tokens in TOKENS {
                    block_on(comparison.projections(ty, shape, tokens, tokens as u32))
                        .unwrap_or_else(|error| {
                            panic!("{device:?} {ty:?} {shape:?} {tokens} tokens: {error}")
                        });
                }
            }
        }
    }
}

#[test]
fn attention_equals_the_reference_from_the_first_token_to_the_end_of_the_context() {
    for device in devices() {
        let comparison = Comparison::new(&device);
        for tokens in TOKENS {
            for before in [0, 1, 63, 64, 200 - tokens] {
                block_on(comparison.attention(SMOLLM, 200, before, tokens, before as u32))
                    .unwrap_or_else(|error| {
                        panic!("{device:?} {tokens} tokens behind {before}: {error}")
                    });
            }
        }
    }
}

#[test]
fn attention_equals_the_reference_for_heads_of_any_width() {
    let shapes = [(1, 1, 4), (4, 4, 20), (8, 2, 80), (2, 1, 128), (3, 1, 256)];
    for device in devices() {
        let comparison = Comparison::new(&device);
        for (query, kv, dim) in shapes {
            let heads = Heads { query, kv, dim };
            block_on(comparison.attention(heads, 70, 66, 3, 1))
                .unwrap_or_else(|error| panic!("{device:?} {heads:?}: {error}"));
        }
    }
}

#[test]
fn a_layer_of_one_token_equals_the_reference_for_all_types_of_weights() {
    let sizes = Work {
        hidden: 256,
        heads: Heads {
            query: 8,
            kv: 2,
            dim: 32,
        },
        ffn: 512,
    };
    for device in devices() {
        let comparison = Comparison::new(&device);
        for ty in GgmlType::ALL {
            block_on(comparison.single(ty, sizes, [40, 33], 1))
                .unwrap_or_else(|error| panic!("{device:?} {ty:?}: {error}"));
        }
    }
}

#[test]
fn a_layer_of_one_token_equals_the_reference_for_all_sizes_and_positions() {
    // One, three and four query heads for each key and value head; slices that end early.
    let sizes = [
        (576, SMOLLM, 224),
        (96, heads(3, 3, 32), 160),
        (128, heads(8, 2, 64), 96),
        (160, heads(3, 1, 96), 64),
        (64, heads(4, 2, 128), 32),
        (32, heads(1, 1, 256), 32),
        (2048, heads(2, 1, 64), 32),
    ];
    for device in devices() {
        let comparison = Comparison::new(&device);
        for (hidden, heads, ffn) in sizes {
            let sizes = Work { hidden, heads, ffn };
            assert!(sizes.fits(), "{sizes:?}");
            // Around a tile of positions, and at the end of the context.
            for before in [0, 1, 3 * heads.dim, 3 * heads.dim + 1, 899] {
                let places = [900, before];
                block_on(comparison.single(GgmlType::Q4_1, sizes, places, 2)).unwrap_or_else(
                    |error| panic!("{device:?} {sizes:?} behind {before}: {error}"),
                );
            }
        }
    }
}

#[test]
fn sizes_that_exceed_a_workgroups_memory_are_not_fused() {
    let sizes = |hidden, dim| Work {
        hidden,
        heads: heads(2, 1, dim),
        ffn: 64,
    };
    assert!(!sizes(4096, 64).fits(), "the stream is too wide");
    assert!(!sizes(64, 512).fits(), "a head is too wide");
    assert!(!sizes(96, 48).fits(), "a head is no whole blocks");
}

const fn heads(query: usize, kv: usize, dim: usize) -> Heads {
    Heads { query, kv, dim }
}

#[test]
fn tokens_are_chosen_as_the_sampler_chooses_them() {
    let greedy = Sampling::default();
    let usual = Sampling {
        temperature: 0.8,
        repeat_penalty: 1.3,
        ..greedy
    };
    let settings = [
        greedy,
        Sampling {
            repeat_penalty: 1.5,
            ..greedy
        },
        usual,
        Sampling { top_k: 1, ..usual },
        Sampling {
            min_p: 0.2,
            frequency_penalty: 0.7,
            presence_penalty: -0.4,
            ..usual
        },
        Sampling {
            top_k: 256,
            top_p: 1.0,
            temperature: 3.0,
            ..usual
        },
        Sampling {
            top_p: 0.0,
            repeat_window: 2,
            ..usual
        },
        Sampling {
            temperature: 1e-3,
            repeat_window: 0,
            ..usual
        },
    ];
    for device in devices() {
        let comparison = Comparison::new(&device);
        for vocab in [1, 50, 255, 1000, 49_152] {
            for settings in settings {
                for seed in 0..2 {
                    let sampling = Sampling { seed, ..settings };
                    block_on(comparison.choices(vocab, sampling, 6)).unwrap_or_else(|error| {
                        panic!("{device:?} {vocab} tokens, {sampling:?}: {error}")
                    });
                }
            }
        }
    }
}

#[test]
fn the_first_of_the_most_likely_tokens_is_found() {
    for device in devices() {
        let comparison = Comparison::new(&device);
        for vocab in [3, 255, 256, 257, 49_152] {
            block_on(comparison.argmax(vocab, 3))
                .unwrap_or_else(|error| panic!("{device:?} {vocab}: {error}"));
        }
    }
}

#[test]
fn rows_are_summed_up() {
    for device in devices() {
        let comparison = Comparison::new(&device);
        for shape in [[2, 1], [3, 31], [33, 576]] {
            block_on(comparison.sum_rows(shape, 4))
                .unwrap_or_else(|error| panic!("{device:?} {shape:?}: {error}"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_shape_is_projected_like_the_reference(
        ty in prop::sample::select(&GgmlType::ALL[..]),
        half_rows in 1_usize..40,
        blocks in 1_usize..8,
        tokens in 1_usize..20,
        seed: u32,
    ) {
        let device = cpu();
        let comparison = Comparison::new(&device);
        let shape = [2 * half_rows, blocks * ty.block_size().max(32) as usize];
        let compared = block_on(comparison.projections(ty, shape, tokens, seed));
        prop_assert!(compared.is_ok(), "{compared:?}");
    }
}
