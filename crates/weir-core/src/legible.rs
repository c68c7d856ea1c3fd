//! Text of strangers, as it may be shown.

use std::borrow::Cow;

/// `text` without what a reader cannot see: letters that turn the order of others around, end a line
/// of their own accord or carry hidden words. What is shown then stands where it was written.
///
/// Joiners and the plain direction marks stay: Persian, Arabic, Hebrew and emoji are written with
/// them, and they turn nothing around. See Unicode Standard Annex #9 for the directional controls
/// and R. Anderson, N. Boucher, “Trojan Source”, 2021, for what is done with them.
#[must_use]
pub fn legible(text: &str) -> Cow<'_, str> {
    if text.contains(is_hidden) {
        text.replace(is_hidden, "").into()
    } else {
        text.into()
    }
}

fn is_hidden(letter: char) -> bool {
    match letter {
        '\n' | '\r' | '\t' => false,
        // Embeddings, overrides, isolates; invisible operators; marks of annotations; tags.
        '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E007F}' => true,
        letter => letter.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_text_around_or_hides_in_it_goes() {
        let tags: String = "run"
            .chars()
            .map(|c| char::from_u32(0xE0000 + c as u32).unwrap())
            .collect();
        for (written, shown) in [
            ("a\u{202E}b\u{202C}c", "abc"),
            ("\u{2066}a\u{2069}\u{FEFF}", "a"),
            ("a\u{0}\u{8}\u{1B}[2J\u{85}b", "a[2Jb"),
            (&format!("hello{tags}"), "hello"),
        ] {
            assert_eq!(legible(written), shown);
        }
    }

    #[test]
    fn what_people_write_stays() {
        for text in [
            "a\tb\r\nc",
            "می\u{200C}خواهم",
            "👩\u{200D}👩\u{200D}👧 🏳\u{FE0F}\u{200D}🌈",
            "שלום\u{200F}!",
            "soft\u{AD}hyphen",
        ] {
            assert!(matches!(legible(text), Cow::Borrowed(same) if same == text));
        }
    }
}
