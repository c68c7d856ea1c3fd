//! Cutting text into words before bytes are merged: no token crosses from one word into the next.
//!
//! The cut is that of GPT-2, `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
//! written by hand because it needs look-ahead, which small regular-expression crates lack.

use super::categories::{is_letter, is_number};

/// How a vocabulary wants text cut into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// As GPT-2 does.
    Gpt2,
    /// Every digit apart first, then as GPT-2 does within what lies between the digits.
    DigitsApart,
}

impl Cut {
    /// The cut that goes by this name in GGUF files (`tokenizer.ggml.pre`).
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "gpt-2" | "mpt" | "olmo" | "jais" => Some(Self::Gpt2),
            "smollm" | "starcoder" | "refact" | "command-r" | "codeshell" => {
                Some(Self::DigitsApart)
            }
            _ => None,
        }
    }

    /// The words of `text`; together they are the text.
    pub(super) fn words(self, text: &str) -> impl Iterator<Item = &str> {
        let mut rest = text;
        // Bytes until the next digit, within which GPT-2's cut sees nothing of the digit.
        let mut span = 0;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            if span == 0 {
                span = match self {
                    Self::Gpt2 => rest.len(),
                    Self::DigitsApart => rest.find(is_number).unwrap_or(rest.len()),
                };
            }
            let len = match span {
                0 => rest.chars().next().map_or(0, char::len_utf8),
                _ => first_word(&rest[..span]),
            };
            span = span.saturating_sub(len);
            let (word, after) = rest.split_at(len);
            rest = after;
            Some(word)
        })
    }
}

#[derive(PartialEq, Eq)]
enum Class {
    Letter,
    Number,
    Space,
    Other,
}

impl Class {
    fn of(c: char) -> Self {
        if is_letter(c) {
            Self::Letter
        } else if c.is_whitespace() {
            Self::Space
        } else if is_number(c) {
            Self::Number
        } else {
            Self::Other
        }
    }
}

/// Length in bytes of the first word of `text`, which is not empty.
fn first_word(text: &str) -> usize {
    for suffix in ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"] {
        if text.starts_with(suffix) {
            return suffix.len();
        }
    }
    let body = text.strip_prefix(' ').unwrap_or(text);
    if let Some(class) = body.chars().next().map(Class::of)
        && class != Class::Space
    {
        let end = body.find(|c| Class::of(c) != class).unwrap_or(body.len());
        return text.len() - body.len() + end;
    }
    let spaces = text
        .find(|c: char| !c.is_whitespace())
        .unwrap_or(text.len());
    // The last space of a run belongs to the word behind it, unless it is the only one.
    match text[..spaces].char_indices().next_back() {
        Some((last, _)) if last > 0 && spaces < text.len() => last,
        _ => spaces,
    }
}

#[cfg(test)]
mod tests {
    use super::Cut;
    use proptest::prelude::*;

    fn cut(text: &str) -> Vec<&str> {
        Cut::DigitsApart.words(text).collect()
    }

    #[test]
    fn words_take_the_space_before_them() {
        assert_eq!(
            cut("Hello, big  world"),
            ["Hello", ",", " big", " ", " world"]
        );
    }

    #[test]
    fn every_digit_stands_alone_and_takes_no_space() {
        assert_eq!(cut("a 12b٣"), ["a", " ", "1", "2", "b", "٣"]);
        assert_eq!(cut("  7"), ["  ", "7"]);
    }

    #[test]
    fn gpt2_keeps_numbers_together() {
        let words: Vec<_> = Cut::Gpt2.words("a 12b  7").collect();
        assert_eq!(words, ["a", " 12", "b", " ", " 7"]);
    }

    #[test]
    fn contractions_are_words_in_lower_case_only() {
        assert_eq!(
            cut("don't we'll I'D '"),
            ["don", "'t", " we", "'ll", " I", "'", "D", " '"]
        );
    }

    #[test]
    fn trailing_space_stays_whole() {
        assert_eq!(cut("a \n\t "), ["a", " \n\t "]);
        assert_eq!(
            cut("a\u{3000}\u{3000}b"),
            ["a", "\u{3000}", "\u{3000}", "b"]
        );
    }

    proptest! {
        #[test]
        fn no_word_is_empty_and_together_they_are_the_text(text in "\\PC*|[ \\t\\n0-9a-z'.]*") {
            for cut in [Cut::Gpt2, Cut::DigitsApart] {
                let words: Vec<_> = cut.words(&text).collect();
                prop_assert!(words.iter().all(|word| !word.is_empty()));
                prop_assert_eq!(words.concat(), text.clone());
            }
        }
    }
}
