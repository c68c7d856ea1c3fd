//! SentencePiece's byte-pair encoding: the characters of a text are joined to tokens, those with the
//! highest score first; what no token is made for becomes bytes.
//!
//! Kudo, Richardson: *SentencePiece: A simple and language independent subword tokenizer* (2018).
//! Spaces are written as `▁`, and a text begins with one.

use super::join::join;
use super::merges::UNKNOWN;
use super::{BYTE_KIND, CONTROL_KIND, TokenizerError, UNKNOWN_KIND};
use std::collections::HashMap;

/// Stands for a space.
const SPACE: char = '▁';

/// How a vocabulary of pieces turns text into tokens.
#[derive(Debug)]
pub(super) struct Pieces {
    /// The tokens that characters are joined to, by their text.
    of_text: HashMap<String, Piece>,
    /// Bytes of the longest of these texts.
    longest: usize,
    /// The token of each single byte, or [`UNKNOWN`].
    of_byte: [u32; 256],
    /// Whether a text begins with a space.
    adds_space: bool,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    token: u32,
    /// The lower, the earlier it is joined.
    rank: i32,
}

impl Pieces {
    /// `unknown` stands for a byte that has no token.
    pub(super) fn new(
        texts: &[String],
        kinds: &[i32],
        scores: &[f32],
        unknown: Option<u32>,
        adds_space: bool,
    ) -> Result<Self, TokenizerError> {
        if scores.len() != texts.len() {
            return Err(TokenizerError::Damaged(format!(
                "it has {} tokens and the scores of {}",
                texts.len(),
                scores.len()
            )));
        }
        let mut of_text = HashMap::new();
        let mut of_byte = [unknown.unwrap_or(UNKNOWN); 256];
        for (((token, text), kind), score) in (0..).zip(texts).zip(kinds).zip(scores) {
            match *kind {
                // No text may become a token that only the vocabulary itself can name.
                UNKNOWN_KIND | CONTROL_KIND => (),
                BYTE_KIND => {
                    if let Some(byte) = byte(text) {
                        of_byte[usize::from(byte)] = token;
                    }
                }
                _ => {
                    let rank = rank(*score);
                    of_text.insert(text.clone(), Piece { token, rank });
                }
            }
        }
        Ok(Self {
            longest: of_text.keys().map(String::len).max().unwrap_or(0),
            of_text,
            of_byte,
            adds_space,
        })
    }

    /// Appends the tokens of `text`, which is not empty; `first` if nothing but a named token is
    /// before it.
    pub(super) fn encode(&self, text: &str, first: bool, tokens: &mut Vec<u32>) {
        let mut text = text.replace(' ', "▁");
        if first && self.adds_space {
            text.insert(0, SPACE);
        }
        let characters = text
            .char_indices()
            .map(|(at, character)| (at, at + character.len_utf8()));
        let rule = |left: (usize, usize), right: (usize, usize)| {
            let joined = (left.0, right.1);
            if joined.1 - joined.0 > self.longest {
                return None;
            }
            let piece = self.of_text.get(&text[joined.0..joined.1])?;
            Some((piece.rank, joined))
        };
        for (start, end) in join(characters, rule) {
            let text = &text[start..end];
            match self.of_text.get(text) {
                Some(piece) => tokens.push(piece.token),
                None => {
                    let bytes = text.bytes().map(|byte| self.of_byte[usize::from(byte)]);
                    tokens.extend(bytes.filter(|&token| token != UNKNOWN));
                }
            }
        }
    }
}

/// Appends the bytes of a token that is a piece or, as `<0x0A>`, a byte.
pub(super) fn put_bytes(text: &str, kind: i32, out: &mut Vec<u8>) {
    match byte(text).filter(|_| kind == BYTE_KIND) {
        Some(byte) => out.push(byte),
        None => out.extend(text.replace(SPACE, " ").as_bytes()),
    }
}

/// The byte that a token such as `<0x0A>` stands for.
fn byte(text: &str) -> Option<u8> {
    let digits = text.strip_prefix("<0x")?.strip_suffix('>')?;
    u8::from_str_radix(digits, 16).ok()
}

/// A number that is the lower, the higher `score` is: the bits of a float order like the float, once
/// those of a negative one are turned round.
const fn rank(score: f32) -> i32 {
    let bits = (score + 0.0).to_bits() as i32;
    !(bits ^ ((bits >> 31) as u32 >> 1) as i32)
}

#[cfg(test)]
mod tests {
    use super::rank;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ranks_order_like_scores_turned_round(a: f32, b: f32) {
            prop_assert_eq!(rank(a).partial_cmp(&rank(b)), b.partial_cmp(&a));
        }
    }
}
