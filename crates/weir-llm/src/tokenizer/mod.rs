//! Text to tokens and back: byte-pair encoding, rebuilt from the model file.
//!
//! There are two kinds. A [byte-level](byte_level) vocabulary cuts text into [words] and
//! [joins](merges) the bytes of each in the order in which training joined them; one of
//! [pieces] joins the characters of the whole text by the scores of what they make. Control tokens
//! such as `<|im_end|>` are looked for first, and only in text that may hold them: what a visitor
//! types never becomes one.

mod byte_level;
mod bytes;
mod categories;
mod join;
mod merges;
mod pieces;
mod words;

use crate::gguf::{Gguf, GgufError};
use byte_level::ByteLevel;
use pieces::Pieces;
use std::borrow::Cow;
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
    /// Not byte-pair encoding.
    #[error(
        "this model's vocabulary is of the kind \"{0}\"; only byte-level BPE (\"gpt2\") and \
         SentencePiece's BPE (\"llama\") can be read"
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
    scheme: Scheme,
    /// The bytes of all tokens, one after the other.
    bytes: Vec<u8>,
    /// Where the bytes of each token end.
    ends: Vec<u32>,
    /// Tokens that stand for their name, not for merged bytes; longest name first.
    named: Vec<Named>,
    bos: Option<u32>,
    end_of_turn: Vec<u32>,
}

/// How plain text becomes tokens.
#[derive(Debug)]
enum Scheme {
    ByteLevel(ByteLevel),
    Pieces(Pieces),
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

/// Kinds of tokens in `tokenizer.ggml.token_type`; all but the first are not joined from others.
const NORMAL_KIND: i32 = 1;
const UNKNOWN_KIND: i32 = 2;
const CONTROL_KIND: i32 = 3;
const USER_DEFINED_KIND: i32 = 4;
const BYTE_KIND: i32 = 6;

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
        // Only a byte-level vocabulary cuts words.
        let cut = match model {
            "gpt2" => {
                let rule: &str = metadata.require("tokenizer.ggml.pre")?;
                let unknown = || TokenizerError::Cut(rule.to_owned());
                Some(Cut::named(rule).ok_or_else(unknown)?)
            }
            "llama" => None,
            other => return Err(TokenizerError::Model(other.to_owned())),
        };
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
            } else if cut.is_some() {
                byte_level::put_bytes(text, &mut bytes);
            } else {
                pieces::put_bytes(text, kind, &mut bytes);
            }
            ends.push(bytes.len() as u32);
        }
        // The name of a control token must be breakable, so that text can hold it as mere text.
        named.retain(|special| special.text.chars().count() > usize::from(special.control));
        named.sort_by_key(|special| std::cmp::Reverse(special.text.len()));

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
        // Some vocabularies want one unless they say otherwise.
        let adds_bos = adds_bos.unwrap_or(matches!(cut, None | Some(Cut::Llama3)));
        let scheme = match cut {
            Some(cut) => {
                let merges = metadata.require("tokenizer.ggml.merges")?;
                Scheme::ByteLevel(ByteLevel::new(cut, texts, kinds, merges)?)
            }
            None => Scheme::Pieces(Pieces::new(
                texts,
                kinds,
                metadata.require("tokenizer.ggml.scores")?,
                id("tokenizer.ggml.unknown_token_id")?,
                metadata
                    .optional("tokenizer.ggml.add_space_prefix")?
                    .unwrap_or(true),
            )?),
        };
        Ok(Self {
            scheme,
            bos: id("tokenizer.ggml.bos_token_id")?.filter(|_| adds_bos),
            end_of_turn,
            bytes,
            ends,
            named,
        })
    }

    /// The tokens of `text`.
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
        let mut first = true;
        for fragment in self.fragments(text, special) {
            let text = match (fragment, mark) {
                (Fragment::Token(token), _) => {
                    tokens.push(token);
                    first = true;
                    continue;
                }
                (Fragment::Text(text), Some(mark)) if text.contains(mark) => {
                    Cow::Owned(text.replace(mark, ""))
                }
                (Fragment::Text(text), _) => Cow::Borrowed(text),
            };
            if !text.is_empty() {
                match &self.scheme {
                    Scheme::ByteLevel(bytes) => bytes.encode(&text, &mut tokens),
                    Scheme::Pieces(pieces) => pieces.encode(&text, first, &mut tokens),
                }
                first = false;
            }
        }
        tokens
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
