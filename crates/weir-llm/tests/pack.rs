//! Laying out the weights of a file for a device.

use proptest::prelude::*;
use weir_llm::gguf::GgmlType;
use weir_llm::kernels::pack::{Order, PackError, Packed, Packer, common_format};
use weir_llm::kernels::simd::{Weights, unpack_row};
use weir_llm::kernels::{Format, Matrix, scalar};

fn matrix(rows: usize, cols: usize, format: Format) -> Matrix {
    Matrix { rows, cols, format }
}

fn pack(matrix: Matrix, order: Order, ty: GgmlType, bytes: &[u8]) -> Result<Packed, PackError> {
    let mut packer = Packer::new(matrix, order);
    packer.push(ty, bytes)?;
    packer.finish()
}

/// The numbers of a matrix in the order of rows.
fn unpack(packed: &Packed) -> Vec<f32> {
    let weights = Weights {
        matrix: packed.matrix,
        data: bytemuck::cast_slice(&packed.quants),
    };
    let mut numbers = vec![0.0; packed.matrix.rows * packed.matrix.cols];
    for (row, numbers) in numbers.chunks_exact_mut(packed.matrix.cols).enumerate() {
        unpack_row(weights, row, numbers);
    }
    numbers
}

fn types() -> impl Strategy<Value = GgmlType> {
    prop::sample::select(&GgmlType::ALL[..])
}

/// Blocks of 32 weights in a row of `units` blocks of the file, or of memory if those are larger.
fn in_blocks(ty: GgmlType, units: usize) -> usize {
    units * ty.block_size().max(32) as usize / 32
}

/// Rows of random bits whose scales are small finite numbers.
fn rows(ty: GgmlType, blocks: usize, bits: &[u8]) -> Vec<u8> {
    let block_bytes = ty.block_bytes() as usize;
    let count = blocks * 32 / ty.block_size() as usize;
    let mut bytes: Vec<u8> = bits
        .iter()
        .copied()
        .cycle()
        .take(count * block_bytes)
        .collect();
    for block in bytes.chunks_exact_mut(block_bytes) {
        // The exponent of a number below two.
        let high_bytes: &[usize] = match ty {
            GgmlType::F32 => &[3],
            GgmlType::Q4_1 | GgmlType::Q5_1 | GgmlType::Q4K | GgmlType::Q5K => &[1, 3],
            GgmlType::Q6K => &[209],
            _ => &[1],
        };
        for &at in high_bytes {
            block[at] &= 0xbf;
        }
    }
    bytes
}

/// Formats that can keep `ty`, from its own to the widest.
fn formats(ty: GgmlType) -> impl Strategy<Value = Format> {
    let quantised = ty.block_size() > 1;
    let mut formats = vec![common_format(&[ty]), Format::F32];
    formats.extend(quantised.then_some(Format::Q8Halves));
    prop::sample::select(formats)
}

proptest! {
    #[test]
    fn packing_keeps_every_weight(
        (ty, format) in types().prop_flat_map(|ty| (Just(ty), formats(ty))),
        row_count in 1_usize..9,
        row_units in 1_usize..5,
        bits in prop::collection::vec(any::<u8>(), 1..200),
    ) {
        let row_blocks = in_blocks(ty, row_units);
        let bytes = rows(ty, row_count * row_blocks, &bits);
        let matrix = matrix(row_count, 32 * row_blocks, format);
        let packed = pack(matrix, Order::Quads, ty, &bytes).unwrap();
        let expected = scalar::dequantize(ty, &bytes);
        for (found, expected) in unpack(&packed).iter().zip(&expected) {
            // Q4_0 is kept as d·q - 8d, which rounds once more than d·(q - 8).
            prop_assert!((found - expected).abs() <= 1e-5 * expected.abs().max(1.0));
        }
    }

    #[test]
    fn quads_hold_the_same_words_side_by_side(
        ty in types(),
        row_count in 1_usize..9,
        row_units in 1_usize..5,
        bits in prop::collection::vec(any::<u8>(), 1..200),
    ) {
        let row_blocks = in_blocks(ty, row_units);
        let bytes = rows(ty, row_count * row_blocks, &bits);
        let matrix = matrix(row_count, 32 * row_blocks, common_format(&[ty]));
        let quads = pack(matrix, Order::Quads, ty, &bytes).unwrap();
        let by_block = pack(matrix, Order::BlockMajor, ty, &bytes).unwrap();
        let (words, scales) = (matrix.format.block_bytes() / 4, matrix.format.block_scales());
        for (row, block) in (0..row_count).flat_map(|r| (0..row_blocks).map(move |b| (r, b))) {
            let at = block * row_count + row;
            let values = &by_block.quants[at * words..(at + 1) * words];
            let scales = &by_block.scales[at * scales..(at + 1) * scales];
            let expected: Vec<i32> = values
                .iter()
                .copied()
                .chain(scales.iter().map(|scale| scale.to_bits() as i32))
                .collect();
            let lanes = if scales.is_empty() { 1 } else { 4 };
            let quad = (row / lanes * row_blocks + block) * expected.len() * lanes;
            let found: Vec<i32> = quads.quants[quad + row % lanes..]
                .iter()
                .copied()
                .step_by(lanes)
                .take(expected.len())
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}

#[test]
fn rows_may_come_in_pieces() {
    let bytes = rows(GgmlType::Q4_1, 6, &[7, 1, 99, 4, 200]);
    let matrix = matrix(3, 64, Format::Q4);
    let whole = pack(matrix, Order::BlockMajor, GgmlType::Q4_1, &bytes).unwrap();
    let mut packer = Packer::new(matrix, Order::BlockMajor);
    packer.push(GgmlType::Q4_1, &bytes[..40]).unwrap();
    packer.push(GgmlType::Q4_1, &bytes[40..]).unwrap();
    assert_eq!(packer.finish().unwrap(), whole);
}

#[test]
fn matrices_of_different_types_meet_in_a_format_that_holds_both() {
    use GgmlType::{BF16, F16, F32, Q4_0, Q4_1, Q4K, Q5_0, Q5_1, Q5K, Q6K, Q8_0};
    assert_eq!(common_format(&[Q4_0, Q4_1, Q4K]), Format::Q4);
    assert_eq!(common_format(&[Q8_0, Q5_0, Q8_0]), Format::Q8);
    assert_eq!(common_format(&[Q5_1, Q5K, Q6K]), Format::Q8Halves);
    assert_eq!(common_format(&[Q4_1, Q8_0]), Format::Q8Halves);
    assert_eq!(common_format(&[Q4K, Q4K, Q6K]), Format::Q8Halves);
    assert_eq!(common_format(&[BF16, Q4_1, F16]), Format::F16);
    assert_eq!(common_format(&[Q4_1, F32, F16]), Format::F32);
}

#[test]
fn what_is_not_whole_rows_is_refused() {
    let bytes = rows(GgmlType::Q8_0, 4, &[3]);
    let matrix = matrix(2, 64, Format::Q8);
    let push = |bytes: &[u8]| pack(matrix, Order::Quads, GgmlType::Q8_0, bytes).err();
    assert_eq!(push(&bytes), None);
    assert_eq!(
        push(&bytes[..68]),
        Some(PackError::Rows),
        "a row is missing"
    );
    assert_eq!(push(&bytes[..100]), Some(PackError::Rows), "half a row");
    let more = [&bytes[..], &bytes[..68]].concat();
    assert_eq!(push(&more), Some(PackError::Rows), "a row too many");
    for ty in [GgmlType::F16, GgmlType::Q5_1] {
        let bytes = vec![0; 4 * 32 / ty.block_size() as usize * ty.block_bytes() as usize];
        let other = pack(matrix, Order::Quads, ty, &bytes);
        assert_eq!(other.err(), Some(PackError::Format), "{ty:?}");
    }
    // A block of 256 does not fit a row of 64, though both rows together have as many bytes.
    let wide = pack(matrix, Order::Quads, GgmlType::Q4K, &[0; 144]);
    assert_eq!(wide.err(), Some(PackError::Rows));
}

#[test]
fn numbers_that_are_not_finite_are_refused() {
    let infinite_half = [0x00, 0x7c];
    for (ty, at) in [
        (GgmlType::Q4_0, 0),
        (GgmlType::Q4_1, 2),
        (GgmlType::Q5_0, 0),
        (GgmlType::Q5_1, 2),
        (GgmlType::Q8_0, 0),
        (GgmlType::Q4K, 0),
        (GgmlType::Q5K, 2),
        (GgmlType::Q6K, 208),
        (GgmlType::F16, 10),
    ] {
        let mut bytes = rows(ty, in_blocks(ty, 1), &[1, 2, 3]);
        bytes[at..at + 2].copy_from_slice(&infinite_half);
        let matrix = matrix(1, 32 * in_blocks(ty, 1), common_format(&[ty]));
        let packed = pack(matrix, Order::Quads, ty, &bytes);
        assert_eq!(packed.err(), Some(PackError::NotFinite), "{ty:?}");
    }
}

#[test]
fn a_weight_that_no_half_float_reaches_is_refused() {
    let pack_first = |weight: f32| {
        let mut bytes = vec![0; 64];
        bytes[..2].copy_from_slice(&half::bf16::from_f32(weight).to_le_bytes());
        let matrix = matrix(1, 32, common_format(&[GgmlType::BF16]));
        pack(matrix, Order::Quads, GgmlType::BF16, &bytes).err()
    };
    assert_eq!(pack_first(-65_280.0), None);
    assert_eq!(pack_first(65_536.0), Some(PackError::TooLarge));
    assert_eq!(pack_first(f32::NAN), Some(PackError::NotFinite));
}
