//! From the blocks of a file to a structure of arrays that a device reads well.

use super::{BLOCK, Format, Matrix};
use crate::gguf::GgmlType;
use crate::kernels::scalar;
use burn::backend::DispatchDevice;
use burn::tensor::Device;
use half::f16;

/// In which order a device wants the blocks of a matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// All blocks of row 0, then all of row 1: a CPU walks along a row.
    RowMajor,
    /// Block 0 of every row, then block 1 of every row: neighbouring GPU threads, each on a row of
    /// its own, read neighbouring memory.
    BlockMajor,
}

impl Order {
    /// The order that the kernels of `device` expect.
    #[must_use]
    pub fn of(device: &Device) -> Self {
        match device.as_dispatch() {
            DispatchDevice::Flex(_) => Self::RowMajor,
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
    /// The values of all blocks, as words whose bytes are in the order of memory.
    pub quants: Vec<i32>,
    /// The scales of all blocks; for Q4 scale and minimum in turn. Empty for F16 and F32.
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
}

/// The format that keeps matrices of these types side by side in one matrix, without loss beyond
/// rounding to half floats where the types differ.
#[must_use]
pub fn common_format(types: &[GgmlType]) -> Format {
    let formats = types.iter().map(|ty| match ty {
        GgmlType::Q4_0 | GgmlType::Q4_1 => Format::Q4,
        GgmlType::Q8_0 => Format::Q8,
        GgmlType::F16 => Format::F16,
        GgmlType::F32 => Format::F32,
    });
    formats
        .reduce(|a, b| match (a, b) {
            (a, b) if a == b => a,
            (Format::F32, _) | (_, Format::F32) => Format::F32,
            _ => Format::F16,
        })
        .unwrap_or(Format::F32)
}

impl Packer {
    /// Starts a matrix.
    #[must_use]
    pub fn new(matrix: Matrix, order: Order) -> Self {
        let blocks = matrix.blocks();
        Self {
            matrix,
            order,
            rows_done: 0,
            quants: vec![0; blocks * matrix.format.block_bytes() / size_of::<i32>()],
            scales: vec![0.0; blocks * matrix.format.block_scales()],
        }
    }

    /// Adds the next rows, stored as `ty` in `bytes`.
    ///
    /// # Errors
    /// [`PackError::Rows`] if `bytes` are not whole rows or too many, [`PackError::Format`] if they
    /// cannot be kept in the format of the matrix,
    /// [`PackError::NotFinite`] if a number in them is not finite.
    pub fn push(&mut self, ty: GgmlType, bytes: &[u8]) -> Result<(), PackError> {
        let block_bytes = BLOCK / ty.block_size() as usize * ty.block_bytes() as usize;
        let row_bytes = self.matrix.row_blocks() * block_bytes;
        let rows = bytes.len() / row_bytes.max(1);
        if rows * row_bytes != bytes.len() || self.rows_done + rows > self.matrix.rows {
            return Err(PackError::Rows);
        }
        for (index, block) in bytes.chunks_exact(block_bytes).enumerate() {
            let row = self.rows_done + index / self.matrix.row_blocks();
            self.put(row, index % self.matrix.row_blocks(), ty, block)?;
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

    fn put(
        &mut self,
        row: usize,
        block: usize,
        ty: GgmlType,
        bytes: &[u8],
    ) -> Result<(), PackError> {
        let Matrix { rows, format, .. } = self.matrix;
        let at = match self.order {
            Order::RowMajor => row * self.matrix.row_blocks() + block,
            Order::BlockMajor => block * rows + row,
        };
        let width = format.block_bytes();
        let quants = bytemuck::cast_slice_mut::<i32, u8>(&mut self.quants);
        let quants = &mut quants[at * width..(at + 1) * width];
        let width = format.block_scales();
        let scales = &mut self.scales[at * width..(at + 1) * width];
        let half =
            |index: usize| f16::from_le_bytes([bytes[2 * index], bytes[2 * index + 1]]).to_f32();
        match (format, ty) {
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
            (Format::F16, _) => {
                for (out, value) in quants
                    .chunks_exact_mut(2)
                    .zip(scalar::dequantize(ty, bytes))
                {
                    out.copy_from_slice(&f16::from_f32(value).to_le_bytes());
                    finite(&[f16::from_f32(value).to_f32()])?;
                }
            }
            (Format::F32, _) => {
                for (out, value) in quants
                    .chunks_exact_mut(4)
                    .zip(scalar::dequantize(ty, bytes))
                {
                    out.copy_from_slice(&value.to_le_bytes());
                    finite(&[value])?;
                }
            }
            (Format::Q4 | Format::Q8, _) => return Err(PackError::Format),
        }
        finite(scales)
    }
}

fn finite(values: &[f32]) -> Result<(), PackError> {
    if values.iter().all(|value| value.is_finite()) {
        Ok(())
    } else {
        Err(PackError::NotFinite)
    }
}
