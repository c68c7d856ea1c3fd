//! Blocks of every type stand for the same weights as in ggml.
#![allow(
    clippy::unwrap_used,
    reason = "a golden that cannot be read is a failed test"
)]

use weir_llm::gguf::GgmlType;
use weir_llm::kernels::scalar::dequantize;

#[test]
fn weights_have_the_same_bits_as_those_of_ggml() {
    for (ty, name) in [
        (GgmlType::F16, "F16"),
        (GgmlType::BF16, "BF16"),
        (GgmlType::Q4_0, "Q4_0"),
        (GgmlType::Q4_1, "Q4_1"),
        (GgmlType::Q5_0, "Q5_0"),
        (GgmlType::Q5_1, "Q5_1"),
        (GgmlType::Q8_0, "Q8_0"),
        (GgmlType::Q4K, "Q4_K"),
        (GgmlType::Q5K, "Q5_K"),
        (GgmlType::Q6K, "Q6_K"),
    ] {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/ggml");
        let golden = std::fs::read(format!("{folder}/{name}.bin")).unwrap();
        // All blocks, then the weights of all.
        let (block, weights) = (ty.block_bytes() as usize, 4 * ty.block_size() as usize);
        let count = golden.len() / (block + weights);
        assert!(count > 0 && golden.len() == count * (block + weights));
        let (blocks, weights) = golden.split_at(count * block);
        let found = dequantize(ty, blocks);
        let expected = dequantize(GgmlType::F32, weights);
        assert_eq!(found.len(), expected.len(), "{name}");
        for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
            // Zero has two signs, which weigh the same.
            let same = found.to_bits() == expected.to_bits() || (*found == 0.0 && *expected == 0.0);
            assert!(same, "{name}, weight {at}: {found} instead of {expected}");
        }
    }
}
