//! Models whose tensors are split over several files.
//!
//! Every part is a whole GGUF file with `split.no` (from 0) and `split.count`; the first has the
//! metadata of the model, and all together have `split.tensors.count` tensors.

use super::{Gguf, GgufError, header};
use crate::source::ByteSource;

/// Reads the headers of all `parts`, each with the place of its first byte, as those of one model.
pub(super) async fn read<'a, S: ByteSource + 'a>(
    parts: impl ExactSizeIterator<Item = (u64, &'a S)>,
) -> Result<Gguf, GgufError> {
    let chosen = parts.len() as u64;
    let mut model: Option<Gguf> = None;
    for (index, (start, source)) in (0..).zip(parts) {
        let mut part = header::read(source).await?;
        let count: Option<u64> = part.metadata.optional("split.count")?;
        let number: Option<u64> = part.metadata.optional("split.no")?;
        let (count, number) = (count.unwrap_or(1).max(1), number.unwrap_or(0));
        if count != chosen || number != index {
            return Err(GgufError::Part {
                found: number.saturating_add(1),
                count,
                expected: index + 1,
                chosen,
            });
        }
        for tensor in &mut part.tensors {
            tensor.offset = tensor.offset.saturating_add(start);
        }
        match &mut model {
            Some(model) => model.tensors.append(&mut part.tensors),
            None => model = Some(part),
        }
    }
    let mut model = model.ok_or(GgufError::WrongMagic {
        found: "an empty file",
    })?;
    let tensors: Option<u64> = model.metadata.optional("split.tensors.count")?;
    if tensors.is_some_and(|count| count != model.tensors.len() as u64) {
        return Err(GgufError::Malformed(format!(
            "its files have {} tensors in all, and the first says something else",
            model.tensors.len()
        )));
    }
    model.tensors.sort_by(|a, b| a.name.cmp(&b.name));
    let mut pairs = model.tensors.windows(2);
    match pairs.find(|pair| pair[0].name == pair[1].name) {
        Some(pair) => Err(GgufError::Malformed(format!(
            "the tensor \"{}\" occurs twice",
            pair[0].name
        ))),
        None => Ok(model),
    }
}
