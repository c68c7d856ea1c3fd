//! From the blocks of a file to a structure of arrays that a device reads well.
//!
//! Bytes per weight in the file and in memory, scales included:
//!
//! | type | file | memory | kept as |
//! |---|---|---|---|
//! | Q4_0, Q4_K | 0.56 | 0.75 | [`Format::Q4`] |
//! | Q4_1 | 0.63 | 0.75 | [`Format::Q4`] |
//! | Q5_0 | 0.69 | 1.13 | [`Format::Q8`] |
//! | Q8_0 | 1.06 | 1.13 | [`Format::Q8`] |
//! | Q5_1 | 0.75 | 1.38 | [`Format::Q8Halves`] |
//! | Q5_K | 0.69 | 1.38 | [`Format::Q8Halves`] |
//! | Q6_K | 0.82 | 1.38 | [`Format::Q8Halves`] |
//! | F16, BF16 | 2 | 2 | [`Format::F16`] |
//! | F32 | 4 | 4 | [`Format::F32`] |
//!
//! No quantised weight changes by more than the rounding of its scale to f32; that is why bytes hold
//! five and six bits. A BF16 weight below 2⁻¹⁷ is rounded to a multiple of 2⁻²⁴, and one that no half
//! float reaches is refused.

use super::{BLOCK, Format, Matrix, blocks};
use crate::gguf::GgmlType;
use crate::kernels::scalar;
use burn::backend::DispatchDevice;
use burn::tensor::Device;
use half::f16;

/// In which order a device wants the blocks of a matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// What a CPU reads. Quantised rows in fours: block 0 of rows 0 to 3, the words of its values
    /// and then of its scales, each beside that of the next row; then their block 1; then rows 4 to
    /// 7. Rows of zeros fill up the last four. Floats lie row by row.
    Quads,
    /// Block 0 of every row, then block 1 of every row: neighbouring GPU threads, each on a row of
    /// its own, read neighbouring memory.
    BlockMajor,
}

impl Order {
    /// The order that the kernels of `device` expect.
    #[must_use]
    pub fn of(device: &Device) -> Self {
        match device.as_dispatch() {
            DispatchDevice::Flex(_) => Self::Quads,
            _ => Self::BlockMajor,
        }
    }
}

/// A matrix that is being packed, a few rows at a time.
#[derive(Debug)]
pub struct Packer {
    matrix: Matrix,
    order: Order,
    rows_done: usize,
    quants: Vec<i32>,
    scales: Vec<f32>,
}

/// A packed matrix, ready to become two tensors.
#[derive(Debug, Clone, PartialEq)]
pub struct Packed {
    /// Shape and format.
    pub matrix: Matrix,
    /// The values of all blocks, as words whose bytes are in the order of memory; in
    /// [`Order::Quads`] their scales too.
    pub quants: Vec<i32>,
    /// The scales of all blocks; for Q4 and Q8Halves each block's scales and minimum in turn. Empty
    /// for F16 and F32, and in [`Order::Quads`].
    pub scales: Vec<f32>,
}

/// Rows that cannot be packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// More or fewer bytes than whole rows, or more rows than the matrix has.
    #[error("the rows do not fit the matrix")]
    Rows,
    /// Rows whose type cannot be kept in the format of the matrix; see [`common_format`].
    #[error("the rows are stored in another way than the matrix is kept")]
    Format,
    /// A weight or scale is infinite or not a number.
    #[error("a weight is not a finite number")]
    NotFinite,
    /// A weight that would be kept as a half float is larger than any.
    #[error("a weight is larger than the 65504 that half floats reach")]
    TooLarge,
}

/// The format that keeps matrices of these types side by side in one matrix: exactly if all are
/// quantised or one holds 32-bit floats, else as half floats.
#[must_use]
pub fn common_format(types: &[GgmlType]) -> Format {
    let formats = types.iter().map(|ty| match ty {
        GgmlType::Q4_0 | GgmlType::Q4_1 | GgmlType::Q4K => Format::Q4,
        GgmlType::Q5_0 | GgmlType::Q8_0 => Format::Q8,
        GgmlType::Q5_1 | GgmlType::Q5K | GgmlType::Q6K => Format::Q8Halves,
        GgmlType::F16 | GgmlType::BF16 => Format::F16,
        GgmlType::F32 => Format::F32,
    });
    formats
        .reduce(|a, b| match (a, b) {
            (a, b) if a == b => a,
            (Format::F32, _) | (_, Format::F32) => Format::F32,
            (Format::F16, _) | (_, Format::F16) => Format::F16,
            _ => Format::Q8Halves,
        })
        .unwrap_or(Format::F32)
}

impl Packer {
    /// Starts a matrix.
    #[must_use]
    pub fn new(matrix: Matrix, order: Order) -> Self {
        let Matrix { rows, format, .. } = matrix;
        let (rows, words, scales) = match order {
            Order::Quads => (
                rows.next_multiple_of(format.lanes()),
                format.block_words(),
                0,
            ),
            Order::BlockMajor => {
                let words = format.block_bytes() / size_of::<i32>();
                (rows, words, format.block_scales())
            }
        };
        let blocks = rows * matrix.row_blocks();
        Self {
            matrix,
            order,
            rows_done: 0,
            quants: vec![0; blocks * words],
            scales: vec![0.0; blocks * scales],
        }
    }

    /// Adds the next rows, stored as `ty` in `bytes`.
    ///
    /// # Errors
    /// [`PackError::Rows`] if `bytes` are not whole rows or too many, [`PackError::Format`] if they
    /// cannot be kept in the format of the matrix, [`PackError::NotFinite`] or
    /// [`PackError::TooLarge`] if a number in them cannot.
    pub fn push(&mut self, ty: GgmlType, bytes: &[u8]) -> Result<(), PackError> {
        // What is read at once: a block of the file, or as many numbers as one block in memory.
        let unit = BLOCK.max(ty.block_size() as usize);
        let unit_bytes = unit / ty.block_size() as usize * ty.block_bytes() as usize;
        let row_units = self.matrix.cols / unit;
        let row_bytes = row_units * unit_bytes;
        let rows = bytes.len() / row_bytes.max(1);
        if !self.matrix.cols.is_multiple_of(unit)
            || rows * row_bytes != bytes.len()
            || self.rows_done + rows > self.matrix.rows
        {
            return Err(PackError::Rows);
        }
        for (index, bytes) in bytes.chunks_exact(unit_bytes).enumerate() {
            let row = self.rows_done + index / row_units;
            let first = index % row_units * (unit / BLOCK);
            for group in 0..unit / BLOCK {
                self.put(row, first + group, ty, bytes, group)?;
            }
        }
        self.rows_done += rows;
        Ok(())
    }

    /// Ends the matrix.
    ///
    /// # Errors
    /// [`PackError::Rows`] if rows are missing.
    pub fn finish(self) -> Result<Packed, PackError> {
        if self.rows_done != self.matrix.rows {
            return Err(PackError::Rows);
        }
        Ok(self.into_packed())
    }

    /// Ends the matrix as it is: rows that were not added are zero.
    pub(crate) fn into_packed(self) -> Packed {
        Packed {
            matrix: self.matrix,
            quants: self.quants,
            scales: self.scales,
        }
    }

    /// Puts the 32 weights of `group` in `bytes` at their place in memory.
    fn put(
        &mut self,
        row: usize,
        block: usize,
        ty: GgmlType,
        bytes: &[u8],
        group: usize,
    ) -> Result<(), PackError> {
        let Matrix { rows, format, .. } = self.matrix;
        let mut words = [0; BLOCK];
        let values = &mut bytemuck::cast_slice_mut::<i32, u8>(&mut words)[..format.block_bytes()];
        let mut scales = [0.0; 3];
        let scales = &mut scales[..format.block_scales()];
        read_block(format, ty, bytes, group, values, scales)?;

        let values = values.len() / size_of::<i32>();
        let words = &words[..values];
        if self.order == Order::Quads {
            let lanes = format.lanes();
            let quad = row / lanes * self.matrix.row_blocks() + block;
            let start = quad * format.block_words() * lanes + row % lanes;
            let scales = scales.iter().map(|scale| scale.to_bits() as i32);
            let places = self.quants[start..].iter_mut().step_by(lanes);
            for (place, word) in places.zip(words.iter().copied().chain(scales)) {
                *place = word;
            }
        } else {
            let at = block * rows + row;
            self.quants[at * values..(at + 1) * values].copy_from_slice(words);
            let width = scales.len();
            self.scales[at * width..(at + 1) * width].copy_from_slice(scales);
        }
        Ok(())
    }
}

/// Takes the 32 weights of `group` in `bytes` apart as `format` keeps them.
fn read_block(
    format: Format,
    ty: GgmlType,
    bytes: &[u8],
    group: usize,
    quants: &mut [u8],
    scales: &mut [f32],
) -> Result<(), PackError> {
    let half = |index: usize| f16::from_le_bytes([bytes[2 * index], bytes[2 * index + 1]]).to_f32();
    let group = || blocks::group(ty, bytes, group);
    match (format, ty) {
        // The most common types are copied as they are.
        (Format::Q4, GgmlType::Q4_1) => {
            quants.copy_from_slice(&bytes[4..]);
            scales.copy_from_slice(&[half(0), half(1)]);
        }
        // d·(q - 8) = d·q + (-8d), and a power of two costs no precision.
        (Format::Q4, GgmlType::Q4_0) => {
            quants.copy_from_slice(&bytes[2..]);
            scales.copy_from_slice(&[half(0), -8.0 * half(0)]);
        }
        (Format::Q8, GgmlType::Q8_0) => {
            quants.copy_from_slice(&bytes[2..]);
            scales.copy_from_slice(&[half(0)]);
        }
        (Format::F16, GgmlType::F16) | (Format::F32, GgmlType::F32) => {
            quants.copy_from_slice(bytes);
            finite(&scalar::dequantize(ty, bytes))?;
        }
        (Format::Q4, GgmlType::Q4K) => {
            let group = group().ok_or(PackError::Format)?;
            let (low, high) = group.quants.split_at(BLOCK / 2);
            for ((out, low), high) in quants.iter_mut().zip(low).zip(high) {
                *out = *low as u8 | (*high as u8) << 4;
            }
            scales.copy_from_slice(&[group.scales[0], group.minimum]);
        }
        (Format::Q8, GgmlType::Q5_0) => {
            let group = group().ok_or(PackError::Format)?;
            quants.copy_from_slice(bytemuck::cast_slice(&group.quants));
            scales.copy_from_slice(&group.scales[..1]);
        }
        (Format::Q8Halves, _) => {
            let group = group().ok_or(PackError::Format)?;
            quants.copy_from_slice(bytemuck::cast_slice(&group.quants));
            scales[..2].copy_from_slice(&group.scales);
            scales[2] = group.minimum;
        }
        (Format::F16 | Format::F32, _) => {
            let weights = group().map_or_else(
                || scalar::dequantize(ty, bytes),
                |group| group.weights().to_vec(),
            );
            finite(&weights)?;
            put_floats(format, &weights, quants)?;
        }
        (Format::Q4 | Format::Q8, _) => return Err(PackError::Format),
    }
    finite(scales)
}

/// Writes weights as half floats, or as floats.
fn put_floats(format: Format, weights: &[f32], out: &mut [u8]) -> Result<(), PackError> {
    if format == Format::F32 {
        out.copy_from_slice(bytemuck::cast_slice(weights));
        return Ok(());
    }
    for (out, weight) in out.chunks_exact_mut(2).zip(weights) {
        let half = f16::from_f32(*weight);
        if half.is_infinite() {
            return Err(PackError::TooLarge);
        }
        out.copy_from_slice(&half.to_le_bytes());
    }
    Ok(())
}

fn finite(values: &[f32]) -> Result<(), PackError> {
    if values.iter().all(|value| value.is_finite()) {
        Ok(())
    } else {
        Err(PackError::NotFinite)
    }
}
