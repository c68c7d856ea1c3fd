//! Byte-level byte-pair encoding: text is cut into words, and the bytes of each word are joined.

use super::merges::{Merges, UNKNOWN};
use super::words::Cut;
use super::{NORMAL_KIND, TokenizerError, bytes};
use std::collections::HashMap;

/// How a byte-level vocabulary turns text into tokens.
#[derive(Debug)]
pub(super) struct ByteLevel {
    cut: Cut,
    merges: Merges,
    /// The token of each single byte, or [`UNKNOWN`].
    of_byte: [u32; 256],
    /// Words that are tokens whether or not their bytes join to them; empty but for Llama 3.
    whole: HashMap<Vec<u8>, u32>,
}

impl ByteLevel {
    /// `merges` are lines of two tokens with a space between, in order of training.
    pub(super) fn new(
        cut: Cut,
        texts: &[String],
        kinds: &[i32],
        merges: &[String],
    ) -> Result<Self, TokenizerError> {
        let ids: HashMap<&str, u32> = texts.iter().map(String::as_str).zip(0..).collect();
        let mut buffer = [0; 4];
        let of_byte = bytes::characters().map(|character| {
            let text: &str = character.encode_utf8(&mut buffer);
            ids.get(text).copied().unwrap_or(UNKNOWN)
        });
        let whole = (0..)
            .zip(texts.iter().zip(kinds))
            .filter(|(_, (_, kind))| cut == Cut::Llama3 && **kind == NORMAL_KIND)
            .map(|(token, (text, _))| {
                let mut bytes = Vec::new();
                put_bytes(text, &mut bytes);
                (bytes, token)
            })
            .collect();
        Ok(Self {
            cut,
            merges: read_merges(merges, &ids)?,
            of_byte,
            whole,
        })
    }

    /// Appends the tokens of `text`. A byte that the vocabulary has no token for (a few control
    /// characters) is left out, as llama.cpp leaves it out.
    pub(super) fn encode(&self, text: &str, tokens: &mut Vec<u32>) {
        for word in self.cut.words(text) {
            if let Some(token) = self.whole.get(word.as_bytes()) {
                tokens.push(*token);
                continue;
            }
            let bytes = word.bytes().map(|byte| self.of_byte[usize::from(byte)]);
            self.merges.apply(bytes, tokens);
        }
    }
}

/// Appends the bytes of a token that is written in byte characters. A character that stands for no
/// byte, as hand-added words have, stands for itself.
pub(super) fn put_bytes(text: &str, out: &mut Vec<u8>) {
    let mut buffer = [0; 4];
    for character in text.chars() {
        match bytes::byte(character) {
            Some(byte) => out.push(byte),
            None => out.extend(character.encode_utf8(&mut buffer).as_bytes()),
        }
    }
}

/// Reads the list of merges. A merge whose parts or result are no tokens can never take part in a
/// text and is left out.
fn read_merges(lines: &[String], ids: &HashMap<&str, u32>) -> Result<Merges, TokenizerError> {
    let mut merges = Merges::default();
    let mut joined = String::new();
    for line in lines {
        let (left, right) = line
            .split_once(' ')
            .ok_or_else(|| TokenizerError::Damaged(format!("\"{line}\" is not a merge")))?;
        joined.clear();
        joined.push_str(left);
        joined.push_str(right);
        if let (Some(&left), Some(&right), Some(&joined)) =
            (ids.get(left), ids.get(right), ids.get(joined.as_str()))
        {
            merges.push(left, right, joined);
        }
    }
    Ok(merges)
}
