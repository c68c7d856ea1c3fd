//! What the header says about one tensor.

use super::GgufError;

/// How the numbers of a tensor are stored.
///
/// The quantised types hold 32 numbers to a block, all little-endian:
/// `Q4_0` a half-precision scale and 16 bytes of nibbles, `Q4_1` a scale, a minimum and 16 bytes,
/// `Q8_0` a scale and 32 signed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GgmlType {
    /// 32-bit floats.
    F32,
    /// 16-bit floats.
    F16,
    /// 4 bits, scale.
    Q4_0,
    /// 4 bits, scale and minimum.
    Q4_1,
    /// 8 bits, scale.
    Q8_0,
}

impl GgmlType {
    /// The type with this number in ggml, if it is supported.
    #[must_use]
    pub const fn from_id(id: u32) -> Option<Self> {
        match id {
            0 => Some(Self::F32),
            1 => Some(Self::F16),
            2 => Some(Self::Q4_0),
            3 => Some(Self::Q4_1),
            8 => Some(Self::Q8_0),
            _ => None,
        }
    }

    /// The number of this type in ggml.
    #[must_use]
    pub const fn id(self) -> u32 {
        match self {
            Self::F32 => 0,
            Self::F16 => 1,
            Self::Q4_0 => 2,
            Self::Q4_1 => 3,
            Self::Q8_0 => 8,
        }
    }

    /// How many numbers one block holds.
    #[must_use]
    pub const fn block_size(self) -> u64 {
        match self {
            Self::F32 | Self::F16 => 1,
            Self::Q4_0 | Self::Q4_1 | Self::Q8_0 => 32,
        }
    }

    /// How many bytes one block takes.
    #[must_use]
    pub const fn block_bytes(self) -> u64 {
        match self {
            Self::F32 => 4,
            Self::F16 => 2,
            Self::Q4_0 => 18,
            Self::Q4_1 => 20,
            Self::Q8_0 => 34,
        }
    }

    /// Bytes of a tensor of this `shape` (fastest axis first).
    ///
    /// `None` if a row is not a whole number of blocks or the size does not fit 64 bits.
    #[must_use]
    pub fn bytes(self, shape: &[u64]) -> Option<u64> {
        let row = *shape.first()?;
        if !row.is_multiple_of(self.block_size()) {
            return None;
        }
        shape
            .iter()
            .try_fold(1_u64, |product, &axis| product.checked_mul(axis))?
            .checked_div(self.block_size())?
            .checked_mul(self.block_bytes())
    }
}

/// ggml's name for a type that is not supported here, for the message.
pub(super) fn type_name(id: u32) -> String {
    let name = match id {
        6 => "Q5_0",
        7 => "Q5_1",
        9 => "Q8_1",
        10 => "Q2_K",
        11 => "Q3_K",
        12 => "Q4_K",
        13 => "Q5_K",
        14 => "Q6_K",
        15 => "Q8_K",
        16 => "IQ2_XXS",
        17 => "IQ2_XS",
        18 => "IQ3_XXS",
        19 => "IQ1_S",
        20 => "IQ4_NL",
        21 => "IQ3_S",
        22 => "IQ2_S",
        23 => "IQ4_XS",
        24 => "I8",
        25 => "I16",
        26 => "I32",
        27 => "I64",
        28 => "F64",
        29 => "IQ1_M",
        30 => "BF16",
        34 => "TQ1_0",
        35 => "TQ2_0",
        39 => "MXFP4",
        _ => return format!("type number {id}"),
    };
    name.to_owned()
}

/// Where one tensor lies in the file and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorInfo {
    /// Its name, e.g. `blk.0.attn_q.weight`.
    pub name: String,
    /// Its axes in ggml's order: the first is the fastest (a row of the matrix).
    pub shape: Vec<u64>,
    /// How its numbers are stored.
    pub ty: GgmlType,
    /// Its first byte, counted from the start of the file.
    pub offset: u64,
    /// How many bytes it takes; all of them lie inside the file.
    pub bytes: u64,
}

impl TensorInfo {
    /// Checks that the tensor has this shape (fastest axis first).
    ///
    /// # Errors
    /// [`GgufError::Shape`] names both.
    pub fn expect_shape(&self, expected: &[u64]) -> Result<(), GgufError> {
        if self.shape == expected {
            return Ok(());
        }
        Err(GgufError::Shape {
            tensor: self.name.clone(),
            expected: expected.to_vec(),
            found: self.shape.clone(),
        })
    }
}
