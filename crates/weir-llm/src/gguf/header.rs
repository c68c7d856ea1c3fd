//! Reading the header from front to back, in chunks.

use super::tensor::type_name;
use super::value::{Array, Metadata, Value};
use super::{GgmlType, Gguf, GgufError, TensorInfo, kind};
use crate::source::ByteSource;

/// Bytes that a header may take: room for a vocabulary of half a million tokens. In memory
/// it takes a few times as much, the most if all of them are empty.
pub const HEADER_LIMIT: u64 = 32 << 20;

/// Bytes fetched from the source at a time.
const CHUNK: u64 = 1 << 20;
/// Axes of a tensor, as in ggml.
const MAX_AXES: u32 = 4;
/// Alignment of the tensors where the file does not say another.
const DEFAULT_ALIGNMENT: u32 = 32;

pub(super) async fn read(source: &impl ByteSource) -> Result<Gguf, GgufError> {
    let mut reader = Reader::new(source);
    let version = reader.magic_and_version().await?;
    let tensor_count = reader.u64("the number of tensors").await?;
    let key_count = reader.u64("the number of keys").await?;

    let mut metadata = Metadata::default();
    for _ in 0..key_count {
        let key = reader.string("a key").await?;
        let value = reader.value(&key).await?;
        metadata.insert(key, value)?;
    }

    let mut tensors = Vec::new();
    for _ in 0..tensor_count {
        tensors.push(reader.tensor().await?);
    }
    let alignment = metadata
        .optional("general.alignment")?
        .unwrap_or(DEFAULT_ALIGNMENT);
    place(&mut tensors, alignment, reader.position(), source.len())?;
    Ok(Gguf {
        version,
        metadata,
        tensors,
    })
}

/// Turns offsets from the start of the data into offsets from the start of the file, and checks
/// that every tensor lies inside the file and has its bytes for itself.
fn place(
    tensors: &mut [TensorInfo],
    alignment: u32,
    header_end: u64,
    file_len: u64,
) -> Result<(), GgufError> {
    if !alignment.is_power_of_two() {
        return Err(GgufError::Malformed(format!(
            "the alignment {alignment} is not a power of two"
        )));
    }
    // The header is far shorter than 2^32 bytes, so rounding it up cannot overflow.
    let data = header_end.next_multiple_of(u64::from(alignment));
    tensors.sort_by_key(|tensor| tensor.offset);
    let mut free = data;
    for tensor in tensors.iter_mut() {
        let damaged =
            |what: &str| GgufError::Malformed(format!("tensor \"{}\" {what}", tensor.name));
        if !tensor.offset.is_multiple_of(u64::from(alignment)) {
            return Err(damaged("is not aligned"));
        }
        let end = data
            .checked_add(tensor.offset)
            .and_then(|start| start.checked_add(tensor.bytes))
            .ok_or_else(|| damaged("lies beyond any file"))?;
        if end > file_len {
            return Err(GgufError::Truncated {
                what: format!("the end of tensor \"{}\"", tensor.name),
                needed: end,
                len: file_len,
            });
        }
        tensor.offset += data;
        if tensor.offset < free {
            return Err(damaged("overlaps another"));
        }
        free = end;
    }
    Ok(())
}

/// A cursor over the header that fetches the next chunk when it runs out of bytes.
struct Reader<'a, S> {
    source: &'a S,
    /// Bytes fetched and not yet read, from `at` on.
    buffer: Vec<u8>,
    at: usize,
    /// Bytes fetched in all.
    fetched: u64,
}

impl<'a, S: ByteSource> Reader<'a, S> {
    const fn new(source: &'a S) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            at: 0,
            fetched: 0,
        }
    }

    /// How many bytes have been read.
    fn position(&self) -> u64 {
        self.fetched - (self.buffer.len() - self.at) as u64
    }

    /// The next `len` bytes; fetches no more than the file has and a header may take.
    async fn take(&mut self, len: u64, what: &str) -> Result<&[u8], GgufError> {
        let needed = self.position().saturating_add(len);
        if needed > self.source.len() {
            return Err(GgufError::Truncated {
                what: format!("the end of {what}"),
                needed,
                len: self.source.len(),
            });
        }
        if needed > HEADER_LIMIT {
            return Err(GgufError::Oversized {
                what: format!("the header up to the end of {what}, in bytes,"),
                found: needed,
                limit: HEADER_LIMIT,
            });
        }
        if needed > self.fetched {
            let more = (needed - self.fetched)
                .max(CHUNK)
                .min(self.source.len() - self.fetched);
            let bytes = self.source.read(self.fetched, more as usize).await?;
            self.buffer.drain(..self.at);
            self.at = 0;
            self.buffer.extend_from_slice(&bytes);
            self.fetched += more;
        }
        let start = self.at;
        self.at += len as usize;
        Ok(&self.buffer[start..self.at])
    }

    async fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], GgufError> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N as u64, what).await?);
        Ok(bytes)
    }

    async fn u32(&mut self, what: &str) -> Result<u32, GgufError> {
        Ok(u32::from_le_bytes(self.array(what).await?))
    }

    async fn u64(&mut self, what: &str) -> Result<u64, GgufError> {
        Ok(u64::from_le_bytes(self.array(what).await?))
    }

    async fn string(&mut self, what: &str) -> Result<String, GgufError> {
        let len = self.u64(what).await?;
        let bytes = self.take(len, what).await?.to_vec();
        String::from_utf8(bytes)
            .map_err(|_| GgufError::Malformed(format!("{what} is not UTF-8 text")))
    }

    async fn magic_and_version(&mut self) -> Result<u32, GgufError> {
        let start_len = self.source.len().min(32);
        let start = self.source.read(0, start_len as usize).await?;
        if !start.starts_with(b"GGUF") {
            return Err(GgufError::WrongMagic {
                found: kind::guess(&start),
            });
        }
        self.take(4, "the magic").await?;
        match self.u32("the version").await? {
            version @ (2 | 3) => Ok(version),
            version if matches!(version.swap_bytes(), 1..=3) => Err(GgufError::BigEndian),
            version => Err(GgufError::Version(version)),
        }
    }

    async fn value(&mut self, key: &str) -> Result<Value, GgufError> {
        Ok(match self.u32(key).await? {
            0 => Value::Unsigned(u8::from_le_bytes(self.array(key).await?).into()),
            1 => Value::Signed(i8::from_le_bytes(self.array(key).await?).into()),
            2 => Value::Unsigned(u16::from_le_bytes(self.array(key).await?).into()),
            3 => Value::Signed(i16::from_le_bytes(self.array(key).await?).into()),
            4 => Value::Unsigned(self.u32(key).await?.into()),
            5 => Value::Signed(i32::from_le_bytes(self.array(key).await?).into()),
            6 => Value::Float(f32::from_le_bytes(self.array(key).await?).into()),
            7 => match self.array(key).await? {
                [0] => Value::Bool(false),
                [1] => Value::Bool(true),
                [other] => {
                    return Err(GgufError::Malformed(format!(
                        "\"{key}\" should be true or false and is {other}"
                    )));
                }
            },
            8 => Value::String(self.string(key).await?),
            9 => Value::Array(self.elements(key).await?),
            10 => Value::Unsigned(self.u64(key).await?),
            11 => Value::Signed(i64::from_le_bytes(self.array(key).await?)),
            12 => Value::Float(f64::from_le_bytes(self.array(key).await?)),
            other => {
                return Err(GgufError::Malformed(format!(
                    "\"{key}\" has the unknown type {other}"
                )));
            }
        })
    }

    async fn elements(&mut self, key: &str) -> Result<Array, GgufError> {
        let element = self.u32(key).await?;
        let count = self.u64(key).await?;
        if element == 8 {
            let mut strings = Vec::new();
            for _ in 0..count {
                strings.push(self.string(key).await?);
            }
            return Ok(Array::Strings(strings));
        }
        let width: u64 = match element {
            0 | 1 | 7 => 1,
            2 | 3 => 2,
            4..=6 => 4,
            10..=12 => 8,
            9 => {
                return Err(GgufError::Malformed(format!(
                    "\"{key}\" is an array of arrays, which no model needs"
                )));
            }
            other => {
                return Err(GgufError::Malformed(format!(
                    "\"{key}\" has elements of the unknown type {other}"
                )));
            }
        };
        let bytes = self.take(count.saturating_mul(width), key).await?;
        let (words, _) = bytes.as_chunks::<4>();
        Ok(match element {
            4 => Array::Unsigned(words.iter().map(|&word| u32::from_le_bytes(word)).collect()),
            5 => Array::Signed(words.iter().map(|&word| i32::from_le_bytes(word)).collect()),
            6 => Array::Floats(words.iter().map(|&word| f32::from_le_bytes(word)).collect()),
            _ => Array::Skipped(count),
        })
    }

    /// One entry of the table of tensors; its offset still counts from the start of the data.
    async fn tensor(&mut self) -> Result<TensorInfo, GgufError> {
        let name = self.string("the name of a tensor").await?;
        let axes = self.u32(&name).await?;
        if !(1..=MAX_AXES).contains(&axes) {
            return Err(GgufError::Malformed(format!(
                "tensor \"{name}\" has {axes} axes; one to {MAX_AXES} are possible"
            )));
        }
        let mut shape = Vec::new();
        for _ in 0..axes {
            shape.push(self.u64(&name).await?);
        }
        let id = self.u32(&name).await?;
        let offset = self.u64(&name).await?;
        let Some(ty) = GgmlType::from_id(id) else {
            return Err(GgufError::UnknownQuantisation {
                tensor: name,
                found: type_name(id),
            });
        };
        let bytes = ty.bytes(&shape).filter(|&bytes| bytes > 0).ok_or_else(|| {
            GgufError::Malformed(format!(
                "tensor \"{name}\" cannot have shape {shape:?} as {ty:?}"
            ))
        })?;
        Ok(TensorInfo {
            name,
            shape,
            ty,
            offset,
            bytes,
        })
    }
}
