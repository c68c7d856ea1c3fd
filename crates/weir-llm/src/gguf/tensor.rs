//! What the header says about one tensor.

use super::GgufError;

/// How the numbers of a tensor are stored.
///
/// The quantised types hold 32 numbers to a block, those that end in K 256; the bytes of a block are
/// taken apart in [`kernels::blocks`](crate::kernels::blocks).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GgmlType {
    /// 32-bit floats.
    F32,
    /// 16-bit floats.
    F16,
    /// The upper 16 bits of 32-bit floats.
    BF16,
    /// 4 bits, scale.
    Q4_0,
    /// 4 bits, scale and minimum.
    Q4_1,
    /// 5 bits, scale.
    Q5_0,
    /// 5 bits, scale and minimum.
    Q5_1,
    /// 8 bits, scale.
    Q8_0,
    /// 4 bits, scale and minimum of each 32 in 6 bits.
    Q4K,
    /// 5 bits, scale and minimum of each 32 in 6 bits.
    Q5K,
    /// 6 bits, scale of each 16 in 8 bits.
    Q6K,
}

impl GgmlType {
    /// All supported types.
    pub const ALL: [Self; 11] = [
        Self::F32,
        Self::F16,
        Self::BF16,
        Self::Q4_0,
        Self::Q4_1,
        Self::Q5_0,
        Self::Q5_1,
        Self::Q8_0,
        Self::Q4K,
        Self::Q5K,
        Self::Q6K,
    ];

    /// The type with this number in ggml, if it is supported.
    #[must_use]
    pub fn from_id(id: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|ty| ty.id() == id)
    }

    /// The number of this type in ggml.
    #[must_use]
    pub const fn id(self) -> u32 {
        match self {
            Self::F32 => 0,
            Self::F16 => 1,
            Self::Q4_0 => 2,
            Self::Q4_1 => 3,
            Self::Q5_0 => 6,
            Self::Q5_1 => 7,
            Self::Q8_0 => 8,
            Self::Q4K => 12,
            Self::Q5K => 13,
            Self::Q6K => 14,
            Self::BF16 => 30,
        }
    }

    /// What ggml calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::BF16 => "BF16",
            Self::Q4_0 => "Q4_0",
            Self::Q4_1 => "Q4_1",
            Self::Q5_0 => "Q5_0",
            Self::Q5_1 => "Q5_1",
            Self::Q8_0 => "Q8_0",
            Self::Q4K => "Q4_K",
            Self::Q5K => "Q5_K",
            Self::Q6K => "Q6_K",
        }
    }

    /// How many numbers one block holds.
    #[must_use]
    pub const fn block_size(self) -> u64 {
        match self {
            Self::F32 | Self::F16 | Self::BF16 => 1,
            Self::Q4_0 | Self::Q4_1 | Self::Q5_0 | Self::Q5_1 | Self::Q8_0 => 32,
            Self::Q4K | Self::Q5K | Self::Q6K => 256,
        }
    }

    /// How many bytes one block takes.
    #[must_use]
    pub const fn block_bytes(self) -> u64 {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::BF16 => 2,
            Self::Q4_0 => 18,
            Self::Q4_1 => 20,
            Self::Q5_0 => 22,
            Self::Q5_1 => 24,
            Self::Q8_0 => 34,
            Self::Q4K => 144,
            Self::Q5K => 176,
            Self::Q6K => 210,
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
        9 => "Q8_1",
        10 => "Q2_K",
        11 => "Q3_K",
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
