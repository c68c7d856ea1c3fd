//! Keeping what identifies people, and keys, out of what is sent, and putting it back into the reply.
//!
//! [`find`] says where such details stand in a text. A [`Redactor`] sends placeholders in their
//! place, the same one for the same detail all through a dialogue, and a [`Restorer`] puts the details
//! back while a reply streams in. Finding is by rule: it keeps by-catch out of the cloud, and is no
//! promise that nothing personal is left, which only the person who reads the preview can give.

mod find;
mod placeholder;

pub use find::{Detail, Found, find};

use placeholder::{Shape, shape};
use std::collections::BTreeMap;
use weir_core::Passage;

/// The placeholders of one dialogue, and what they stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redactor {
    originals: BTreeMap<String, String>,
    placeholders: BTreeMap<String, String>,
}

impl Redactor {
    /// `text` with placeholders for its details. [`Redactor::restore`] gives it back to the byte.
    pub fn redact(&mut self, text: &str) -> String {
        let passages = self.passages(text).into_iter();
        passages
            .map(|Passage { text, placeholder }| placeholder.unwrap_or(text))
            .collect()
    }

    /// `text` in parts: each of its details with the placeholder for it, and what is between them.
    pub fn passages(&mut self, text: &str) -> Vec<Passage> {
        let mut passages = Vec::new();
        let mut add = |text: &str, placeholder| {
            let text = text.to_owned();
            passages.push(Passage { text, placeholder });
        };
        let mut end = 0;
        for Found { range, detail } in find(text) {
            if range.start > end {
                add(&text[end..range.start], None);
            }
            let original = &text[range.clone()];
            add(
                original,
                Some(self.placeholder(detail, original).to_owned()),
            );
            end = range.end;
        }
        if end < text.len() {
            add(&text[end..], None);
        }
        passages
    }

    /// `text` with the details that its placeholders stand for.
    #[must_use]
    pub fn restore(&self, text: &str) -> String {
        let mut restorer = self.restorer();
        let mut restored = restorer.push(text);
        restored.push_str(&restorer.finish());
        restored
    }

    /// Puts details back into a text that comes in pieces.
    #[must_use]
    pub fn restorer(&self) -> Restorer<'_> {
        Restorer {
            redactor: self,
            held: String::new(),
        }
    }

    fn placeholder(&mut self, detail: Detail, original: &str) -> &str {
        let number = self.placeholders.len() + 1;
        let entry = self.placeholders.entry(original.to_owned());
        entry.or_insert_with(|| {
            let placeholder = placeholder::named(detail, number);
            self.originals
                .insert(placeholder.clone(), original.to_owned());
            placeholder
        })
    }
}

/// Puts details back into a reply as it comes: what may be the beginning of a placeholder waits for
/// the next piece.
#[derive(Debug, Clone)]
pub struct Restorer<'a> {
    redactor: &'a Redactor,
    held: String,
}

impl Restorer<'_> {
    /// What can be shown once `piece` has come.
    pub fn push(&mut self, piece: &str) -> String {
        self.held.push_str(piece);
        let held = std::mem::take(&mut self.held);
        let mut shown = String::with_capacity(held.len());
        let mut rest = held.as_str();
        while let Some(open) = rest.find('[') {
            shown.push_str(&rest[..open]);
            rest = &rest[open..];
            let len = match shape(rest) {
                Shape::Whole(len) => len,
                Shape::Begun => {
                    self.held = rest.to_owned();
                    return shown;
                }
                Shape::Other => 1,
            };
            let (part, behind) = rest.split_at(len);
            let original = self.redactor.originals.get(part);
            shown.push_str(original.map_or(part, String::as_str));
            rest = behind;
        }
        shown.push_str(rest);
        shown
    }

    /// What was still waiting when the reply ended.
    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }
}
