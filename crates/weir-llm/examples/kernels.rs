//! Prints, as JSON, the name and text of every WGSL kernel that models of some sizes launch: what a
//! browser's compiler is tested with.

use weir_llm::kernels::{Format, KernelSizes, kernels_of};

const CONTEXT: usize = 2048;
/// SmolLM2-135M.
const SMOLLM: KernelSizes = KernelSizes::new([576, 1536], [9, 3, 64], 49_152, CONTEXT);
/// Rests everywhere, and as much workgroup memory as any; and heads too narrow for fused kernels.
const ODD: [KernelSizes; 2] = [
    KernelSizes::new([1024, 480], [3, 1, 256], 1001, CONTEXT),
    KernelSizes::new([96, 160], [6, 2, 16], 50, CONTEXT),
];

fn main() -> Result<(), serde_json::Error> {
    let formats = Format::ALL.map(|format| (SMOLLM, format));
    let odd = ODD.map(|sizes| (sizes, Format::Q4));
    let all = formats.into_iter().chain(odd);
    // Some do not depend on the format.
    let all: std::collections::BTreeMap<String, String> = all
        .flat_map(|(sizes, format)| kernels_of(sizes, format))
        .collect();
    serde_json::to_writer(std::io::stdout().lock(), &all)
}
