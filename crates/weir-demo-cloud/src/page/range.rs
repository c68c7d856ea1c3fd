//! Parts of a file: the `Range` header.

/// What of a file is asked for, in bytes from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// From the first to the last byte, both included.
    Bytes { first: u64, last: u64 },
    /// Nothing that the file has.
    Beyond,
}

impl Part {
    /// Reads the header's value for a file of `length` bytes. What is not understood, and more than
    /// one range, asks for the whole, as RFC 9110 §14.2 allows.
    pub(super) fn read(range: &str, length: u64) -> Self {
        let Some((first, last)) = range
            .trim()
            .strip_prefix("bytes=")
            .and_then(|range| range.split_once('-'))
        else {
            return Self::Whole;
        };
        let end = length.saturating_sub(1);
        let (first, last) = match (first.trim().parse(), last.trim().parse::<u64>()) {
            (Ok(first), Ok(last)) if first <= last => (first, last.min(end)),
            (Ok(first), Err(_)) if last.trim().is_empty() => (first, end),
            (Err(_), Ok(0)) if first.trim().is_empty() => return Self::Beyond,
            (Err(_), Ok(suffix)) if first.trim().is_empty() => (length.saturating_sub(suffix), end),
            _ => return Self::Whole,
        };
        if first < length {
            Self::Bytes { first, last }
        } else {
            Self::Beyond
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_means_the_bytes_it_names() {
        let bytes = |first, last| Part::Bytes { first, last };
        for (range, part) in [
            ("bytes=0-9", bytes(0, 9)),
            ("bytes=5-", bytes(5, 99)),
            ("bytes=-10", bytes(90, 99)),
            ("bytes=-1000", bytes(0, 99)),
            ("bytes=90-1000", bytes(90, 99)),
            ("bytes=99-99", bytes(99, 99)),
            ("bytes=100-", Part::Beyond),
            ("bytes=100-200", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("bytes=9-0", Part::Whole),
            ("bytes=0-1,5-6", Part::Whole),
            ("bytes=-", Part::Whole),
            ("lines=0-9", Part::Whole),
            ("", Part::Whole),
        ] {
            assert_eq!(Part::read(range, 100), part, "{range}");
        }
        assert_eq!(Part::read("bytes=0-", 0), Part::Beyond);
    }
}
