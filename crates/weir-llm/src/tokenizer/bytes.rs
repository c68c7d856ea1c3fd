//! How byte-level vocabularies write bytes as text: printable Latin-1 characters stand for
//! themselves, the other bytes for the characters from U+0100 on, in order. (From GPT-2.)

/// The character that stands for each byte.
pub(super) fn characters() -> [char; 256] {
    let mut next = 0x100_u32;
    std::array::from_fn(|byte| {
        let byte = byte as u8;
        if matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff) {
            return char::from(byte);
        }
        let character = char::from_u32(next).unwrap_or(char::REPLACEMENT_CHARACTER);
        next += 1;
        character
    })
}

/// The byte that `character` stands for, if it stands for one.
pub(super) fn byte(character: char) -> Option<u8> {
    let code = u32::from(character);
    match code {
        0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff => Some(code as u8),
        0x100..=0x120 => Some((code - 0x100) as u8),
        0x121..=0x142 => Some((code - 0x121 + 0x7f) as u8),
        0x143 => Some(0xad),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_byte_has_its_own_character_and_comes_back_from_it() {
        for (expected, character) in super::characters().into_iter().enumerate() {
            assert_eq!(
                super::byte(character),
                Some(expected as u8),
                "{character:?}"
            );
        }
        assert_eq!(super::byte(' '), None);
        assert_eq!(super::byte('\u{144}'), None);
    }

    #[test]
    fn a_space_is_written_as_in_every_such_vocabulary() {
        assert_eq!(super::characters()[b' ' as usize], 'Ġ');
    }
}
