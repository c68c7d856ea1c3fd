//! Cutting text into words before bytes are merged: no token crosses from one word into the next.
//!
//! Most families cut as GPT-2 does, `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
//! or as Qwen2 does,
//! `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
//! Llama 3 cuts as Qwen2 does but for `\p{N}{1,3}`. All are written by hand because they need look-ahead, which small regular-expression crates lack.

use super::categories::{is_letter, is_number};

/// How a vocabulary wants text cut into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// As GPT-2 does.
    Gpt2,
    /// Every digit apart first, then as GPT-2 does within what lies between the digits.
    DigitsApart,
    /// As Qwen2 does: every digit apart, a word with any one character before it, and the ends of
    /// lines with what they end.
    Qwen2,
    /// As Qwen2 does, but up to three digits together.
    Llama3,
}

impl Cut {
    /// The cut that goes by this name in GGUF files (`tokenizer.ggml.pre`).
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "gpt-2" | "mpt" | "olmo" | "jais" => Some(Self::Gpt2),
            "smollm" | "starcoder" | "refact" | "command-r" | "codeshell" => {
                Some(Self::DigitsApart)
            }
            "llama-bpe" | "llama3" | "llama-v3" => Some(Self::Llama3),
            "qwen2" | "stablelm2" | "deepseek-r1-qwen" => Some(Self::Qwen2),
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
                    Self::Gpt2 | Self::Qwen2 | Self::Llama3 => rest.len(),
                    Self::DigitsApart => rest.find(is_number).unwrap_or(rest.len()),
                };
            }
            let len = match (self, span) {
                (Self::Qwen2, _) => first_word_with_lines(rest, 1),
                (Self::Llama3, _) => first_word_with_lines(rest, 3),
                (_, 0) => rest.chars().next().map_or(0, char::len_utf8),
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

/// What English writes behind an apostrophe as a part of the word before.
const CONTRACTIONS: [&str; 7] = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

/// Length in bytes of the first word of `text`, which is not empty.
fn first_word(text: &str) -> usize {
    for suffix in CONTRACTIONS {
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
    first_space(text)
}

/// Length in bytes of the first word of `text`, which is not empty, as Qwen2 cuts it, with at most
/// `digits` together.
fn first_word_with_lines(text: &str, digits: usize) -> usize {
    for suffix in CONTRACTIONS {
        let start = text.as_bytes().get(..suffix.len());
        if start.is_some_and(|start| start.eq_ignore_ascii_case(suffix.as_bytes())) {
            return suffix.len();
        }
    }
    let first = text.chars().next().unwrap_or_default();
    let behind = &text[first.len_utf8()..];
    let letters = |text: &str| text.find(|c| !is_letter(c)).unwrap_or(text.len());
    let class = Class::of(first);
    if class == Class::Letter {
        return letters(text);
    }
    if class == Class::Number {
        let number = text.chars().take(digits).take_while(|&c| is_number(c));
        return number.map(char::len_utf8).sum();
    }
    if !matches!(first, '\r' | '\n') && behind.starts_with(is_letter) {
        return first.len_utf8() + letters(behind);
    }
    let body = text.strip_prefix(' ').unwrap_or(text);
    if body.starts_with(|c| Class::of(c) == Class::Other) {
        let rest = body.trim_start_matches(|c| Class::of(c) == Class::Other);
        return text.len() - rest.trim_start_matches(['\r', '\n']).len();
    }
    let spaces = text.len() - text.trim_start().len();
    match text[..spaces].rfind(['\r', '\n']) {
        Some(last) => last + 1,
        None => first_space(text),
    }
}

/// Length in bytes of the white space that `text` starts with, less what belongs to a word behind.
fn first_space(text: &str) -> usize {
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
    fn qwen2_keeps_ends_of_lines_with_what_they_end_and_any_character_with_a_word() {
        let words: Vec<_> = Cut::Qwen2
            .words("I'LL (do)\tit;\n\n  x 12 \n \n y")
            .collect();
        let expected = [
            "I", "'LL", " (", "do", ")", "\tit", ";\n\n", " ", " x", " ", "1", "2", " \n \n", " y",
        ];
        assert_eq!(words, expected);
        let words: Vec<_> = Cut::Llama3.words("x 12345").collect();
        assert_eq!(words, ["x", " ", "123", "45"]);
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
            for cut in [Cut::Gpt2, Cut::DigitsApart, Cut::Qwen2, Cut::Llama3] {
                let words: Vec<_> = cut.words(&text).collect();
                prop_assert!(words.iter().all(|word| !word.is_empty()));
                prop_assert_eq!(words.concat(), text.clone());
            }
        }
    }
}
