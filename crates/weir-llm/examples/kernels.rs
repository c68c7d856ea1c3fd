//! Prints, as JSON, the name and text of every WGSL kernel that models of some sizes launch: what a
//! browser's compiler is tested with.

use weir_llm::kernels::{Format, Heads, KernelSizes, Work, kernels_of};

/// SmolLM2-135M; Llama-3.2-1B, whose stream fills the workgroup memory; a model whose heads are too
/// narrow to be fused; one with wide heads and sizes that leave a rest everywhere.
const MODELS: [KernelSizes; 4] = [
    model([576, 1536], [9, 3, 64], 49_152),
    model([2048, 8192], [32, 8, 64], 128_256),
    model([96, 160], [6, 2, 16], 50),
    model([352, 480], [3, 1, 256], 1001),
];

const fn model(
    [hidden, ffn]: [usize; 2],
    [query, kv, dim]: [usize; 3],
    vocab: usize,
) -> KernelSizes {
    KernelSizes {
        layer: Work {
            hidden,
            heads: Heads { query, kv, dim },
            ffn,
        },
        vocab,
        context: 2048,
        eps: 1e-5,
    }
}

fn main() -> Result<(), serde_json::Error> {
    let all = MODELS.into_iter().flat_map(|sizes| {
        let of_format = move |format| kernels_of(sizes, format);
        Format::ALL.into_iter().flat_map(of_format)
    });
    // Some do not depend on the format.
    let all: std::collections::BTreeMap<String, String> = all.collect();
    serde_json::to_writer(std::io::stdout().lock(), &all)
}
