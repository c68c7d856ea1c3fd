//! Text to tokens and back: byte-level byte-pair encoding, rebuilt from the model file.
//!
//! Text is cut into [words], the bytes of each word are [joined](merges) in the order in which
//! training joined them. Control tokens such as `<|im_end|>` are looked for first, and only in text
//! that may hold them: what a visitor types never becomes one.

mod bytes;
mod categories;
mod merges;
mod words;

use crate::gguf::{Gguf, GgufError};
use merges::{Merges, UNKNOWN};
use std::collections::HashMap;
use words::Cut;

/// Whether the names of control tokens in a text stand for these tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    /// They do: the text comes from a template.
    Parse,
    /// They are text like any other: the text comes from a person.
    Plain,
}

/// Why the vocabulary of a file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenizerError {
    /// Not byte-level byte-pair encoding.
    #[error(
        "this model's vocabulary is of the kind \"{0}\"; only byte-level BPE (\"gpt2\") can be read"
    )]
    Model(String),
    /// Text is cut into words in a way that is not known here.
    #[error("this model cuts text into words by the rule \"{0}\", which is not known here")]
    Cut(String),
    /// The parts of the vocabulary do not fit each other.
    #[error("the vocabulary is damaged: {0}")]
    Damaged(String),
    /// The file lacks a part of the vocabulary.
    #[error(transparent)]
    Gguf(#[from] GgufError),
}

/// The vocabulary of a model.
#[derive(Debug)]
pub struct Tokenizer {
    cut: Cut,
    merges: Merges,
    /// The token of each single byte, or [`UNKNOWN`].
    of_byte: [u32; 256],
    /// The bytes of all tokens, one after the other.
    bytes: Vec<u8>,
    /// Where the bytes of each token end.
    ends: Vec<u32>,
    /// Tokens that stand for their name, not for merged bytes; longest name first.
    named: Vec<Named>,
    bos: Option<u32>,
    end_of_turn: Vec<u32>,
}

/// A part of a text: plain, or the name of a token.
enum Fragment<'a> {
    Text(&'a str),
    Token(u32),
}

/// A token that stands for its name.
#[derive(Debug)]
struct Named {
    token: u32,
    text: String,
    control: bool,
}

/// Kinds of tokens in `tokenizer.ggml.token_type` that are not merged from bytes.
const UNKNOWN_KIND: i32 = 2;
const CONTROL_KIND: i32 = 3;
const USER_DEFINED_KIND: i32 = 4;

/// Control tokens that end a reply, by the names that model families give them; files name only one
/// of them by its number.
const END_NAMES: [&str; 7] = [
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end_of_text|>",
    "<|end|>",
    "</s>",
];

impl Tokenizer {
    /// Rebuilds the vocabulary from the metadata of `gguf`.
    ///
    /// # Errors
    /// [`TokenizerError`] if it is of another kind or its parts contradict each other.
    pub fn from_gguf(gguf: &Gguf) -> Result<Self, TokenizerError> {
        let metadata = &gguf.metadata;
        let model: &str = metadata.require("tokenizer.ggml.model")?;
        if model != "gpt2" {
            return Err(TokenizerError::Model(model.to_owned()));
        }
        let rule: &str = metadata.require("tokenizer.ggml.pre")?;
        let cut = Cut::named(rule).ok_or_else(|| TokenizerError::Cut(rule.to_owned()))?;
        let texts: &[String] = metadata.require("tokenizer.ggml.tokens")?;
        let kinds: &[i32] = metadata.require("tokenizer.ggml.token_type")?;
        if kinds.len() != texts.len() {
            return Err(TokenizerError::Damaged(format!(
                "it has {} tokens and the kinds of {}",
                texts.len(),
                kinds.len()
            )));
        }

        let mut bytes = Vec::new();
        let mut ends = Vec::with_capacity(texts.len());
        let mut named = Vec::new();
        for (token, (text, &kind)) in (0..).zip(texts.iter().zip(kinds)) {
            if matches!(kind, UNKNOWN_KIND | CONTROL_KIND | USER_DEFINED_KIND) {
                bytes.extend(text.as_bytes());
                named.push(Named {
                    token,
                    text: text.clone(),
                    control: kind != USER_DEFINED_KIND,
                });
            } else {
                put_bytes(text, &mut bytes);
            }
            ends.push(bytes.len() as u32);
        }
        // The name of a control token must be breakable, so that text can hold it as mere text.
        named.retain(|special| special.text.chars().count() > usize::from(special.control));
        named.sort_by_key(|special| std::cmp::Reverse(special.text.len()));

        let ids: HashMap<&str, u32> = texts.iter().map(String::as_str).zip(0..).collect();
        let mut buffer = [0; 4];
        let of_byte = bytes::characters().map(|character| {
            let text: &str = character.encode_utf8(&mut buffer);
            ids.get(text).copied().unwrap_or(UNKNOWN)
        });
        let id = |key: &str| -> Result<Option<u32>, TokenizerError> {
            let id: Option<u32> = metadata.optional(key)?;
            match id {
                Some(id) if id as usize >= texts.len() => Err(TokenizerError::Damaged(format!(
                    "\"{key}\" is {id}, and there are {} tokens",
                    texts.len()
                ))),
                id => Ok(id),
            }
        };
        let adds_bos: Option<bool> = metadata.optional("tokenizer.ggml.add_bos_token")?;
        let mut end_of_turn: Vec<u32> = named
            .iter()
            .filter(|special| special.control && END_NAMES.contains(&special.text.as_str()))
            .map(|special| special.token)
            .collect();
        for key in ["eos", "eot", "eom"] {
            end_of_turn.extend(id(&format!("tokenizer.ggml.{key}_token_id"))?);
        }
        Ok(Self {
            cut,
            merges: read_merges(metadata.require("tokenizer.ggml.merges")?, &ids)?,
            of_byte,
            bos: id("tokenizer.ggml.bos_token_id")?.filter(|_| adds_bos == Some(true)),
            end_of_turn,
            bytes,
            ends,
            named,
        })
    }

    /// The tokens of `text`.
    ///
    /// A byte that the vocabulary has no token for (a few control characters) is left out, as
    /// llama.cpp leaves it out.
    #[must_use]
    pub fn encode(&self, text: &str, special: Special) -> Vec<u32> {
        self.encode_without(None, text, special)
    }

    /// The tokens of `text` once every `mark` in it is taken out; but a name that has a mark inside
    /// is not looked at as the name of a token.
    pub(crate) fn encode_marked(&self, text: &str, mark: char) -> Vec<u32> {
        self.encode_without(Some(mark), text, Special::Parse)
    }

    fn encode_without(&self, mark: Option<char>, text: &str, special: Special) -> Vec<u32> {
        let mut tokens = Vec::new();
        for fragment in self.fragments(text, special) {
            match (fragment, mark) {
                (Fragment::Token(token), _) => tokens.push(token),
                (Fragment::Text(text), Some(mark)) if text.contains(mark) => {
                    self.encode_words(&text.replace(mark, ""), &mut tokens);
                }
                (Fragment::Text(text), _) => self.encode_words(text, &mut tokens),
            }
        }
        tokens
    }

    fn encode_words(&self, text: &str, tokens: &mut Vec<u32>) {
        for word in self.cut.words(text) {
            let bytes = word.bytes().map(|byte| self.of_byte[usize::from(byte)]);
            self.merges.apply(bytes, tokens);
        }
    }

    /// Finds tokens by their names, as llama.cpp does: one name after the other, the longest first,
    /// each in what the earlier ones have left of the text.
    fn fragments<'a>(&self, text: &'a str, special: Special) -> Vec<Fragment<'a>> {
        let mut fragments = vec![Fragment::Text(text)];
        let allowed = |named: &&Named| special == Special::Parse || !named.control;
        for Named {
            token, text: name, ..
        } in self.named.iter().filter(allowed)
        {
            if !text.contains(name.as_str()) {
                continue;
            }
            fragments = fragments
                .into_iter()
                .flat_map(|fragment| match fragment {
                    Fragment::Token(token) => vec![Fragment::Token(token)],
                    Fragment::Text(text) => {
                        let pieces = text.split(name.as_str()).map(Fragment::Text);
                        let mut parts: Vec<_> = pieces
                            .flat_map(|text| [text, Fragment::Token(*token)])
                            .collect();
                        parts.pop();
                        parts
                    }
                })
                .collect();
        }
        fragments
    }

    /// The bytes that `token` stands for: a piece of UTF-8 text, perhaps a part of a character.
    /// Control tokens have the bytes of their name; an unknown number has none.
    #[must_use]
    pub fn bytes(&self, token: u32) -> &[u8] {
        let at = token as usize;
        let Some(&end) = self.ends.get(at) else {
            return &[];
        };
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start as usize..end as usize]
    }

    /// How many tokens there are.
    #[must_use]
    pub fn vocab(&self) -> usize {
        self.ends.len()
    }

    /// The token that the model wants before every text, if it wants one.
    #[must_use]
    pub const fn bos(&self) -> Option<u32> {
        self.bos
    }

    /// Whether `token` ends a reply.
    #[must_use]
    pub fn is_end(&self, token: u32) -> bool {
        self.end_of_turn.contains(&token)
    }

    /// Whether `token` is a control token: part of no text.
    #[must_use]
    pub fn is_control(&self, token: u32) -> bool {
        self.control().any(|special| special.token == token)
    }

    /// The names of all control tokens, longest first.
    pub(crate) fn control_names(&self) -> impl Iterator<Item = &str> {
        self.control().map(|special| special.text.as_str())
    }

    fn control(&self) -> impl Iterator<Item = &Named> {
        self.named.iter().filter(|special| special.control)
    }
}

/// The bytes of a token that is written in byte characters. A character that stands for no byte, as
/// hand-added words have, stands for itself.
fn put_bytes(text: &str, out: &mut Vec<u8>) {
    let mut buffer = [0; 4];
    for character in text.chars() {
        match bytes::byte(character) {
            Some(byte) => out.push(byte),
            None => out.extend(character.encode_utf8(&mut buffer).as_bytes()),
        }
    }
}

/// Reads the list of merges, each two tokens with a space between. A merge whose parts or result
/// are no tokens can never take part in a text and is left out.
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
