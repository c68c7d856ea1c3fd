//! What can be wrong with a model file, in words for the person who chose it.

use crate::source::SourceError;

/// Why a file is not a model that can be used here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GgufError {
    /// The first bytes are those of something else.
    #[error("this is not a GGUF model but {found}; choose a file whose name ends in .gguf")]
    WrongMagic {
        /// What the file seems to be, e.g. "an HTML page".
        found: &'static str,
    },
    /// The file was written for machines with the other byte order.
    #[error("this GGUF file is big-endian; convert it to little-endian first")]
    BigEndian,
    /// A version of the format that is not read here.
    #[error("this file has GGUF version {0}; versions 2 and 3 can be read")]
    Version(u32),
    /// The file ends too early.
    #[error(
        "the file ends before {what}: it has {len} bytes and would need {needed}; \
         it was probably not downloaded completely"
    )]
    Truncated {
        /// What could not be read.
        what: String,
        /// Bytes that the file would need at least.
        needed: u64,
        /// Bytes that it has.
        len: u64,
    },
    /// A count or length that no sensible file has.
    #[error("{what} is {found}, more than the {limit} that are accepted; the file is damaged")]
    Oversized {
        /// What is too large.
        what: String,
        /// The value in the file.
        found: u64,
        /// The largest value that is accepted.
        limit: u64,
    },
    /// The file contradicts the format.
    #[error("the file is damaged: {0}")]
    Malformed(String),
    /// A file that holds another part of a model than its place among the files says.
    #[error(
        "this model is split over {count} files, and part {found} stands where part {expected} of \
         {chosen} should: choose all of its files, in order"
    )]
    Part {
        /// Which part the file is, counted from 1.
        found: u64,
        /// How many parts the model has.
        count: u64,
        /// Where the file stands, counted from 1.
        expected: u64,
        /// How many files there are.
        chosen: u64,
    },
    /// A tensor is stored in a way that the kernels do not know.
    #[error(
        "tensor \"{tensor}\" is stored as {found}; F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, \
         Q5_K and Q6_K are supported: choose another quantisation of this model"
    )]
    UnknownQuantisation {
        /// Name of the tensor.
        tensor: String,
        /// ggml's name of the type, or its number.
        found: String,
    },
    /// A key that the model needs is not there.
    #[error("the file does not say \"{0}\", which this model needs")]
    MissingKey(String),
    /// A key has a value of another type.
    #[error("\"{key}\" should be {expected}")]
    WrongType {
        /// The key.
        key: String,
        /// What its value should be, e.g. "a string".
        expected: &'static str,
    },
    /// A tensor that the model needs is not there.
    #[error("the file has no tensor \"{0}\", which this model needs")]
    MissingTensor(String),
    /// A tensor has another shape than the metadata promise.
    #[error("tensor \"{tensor}\" has shape {found:?} where {expected:?} was expected")]
    Shape {
        /// Name of the tensor.
        tensor: String,
        /// The shape that it should have, fastest axis first.
        expected: Vec<u64>,
        /// The shape that it has, fastest axis first.
        found: Vec<u64>,
    },
    /// The bytes could not be read at all.
    #[error(transparent)]
    Source(#[from] SourceError),
}
