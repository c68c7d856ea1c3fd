//! Bytes as people read them.

use std::fmt;

/// Bytes, in decimal megabytes or gigabytes, rounded up: `98 MB`, `1.6 GB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let megabytes = self.0.div_ceil(1_000_000);
        if megabytes < 1_000 {
            return write!(f, "{megabytes} MB");
        }
        let tenths = self.0.div_ceil(100_000_000);
        write!(f, "{}.{} GB", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_never_told_smaller_than_it_is() {
        assert_eq!(Size(0).to_string(), "0 MB");
        assert_eq!(Size(1).to_string(), "1 MB");
        assert_eq!(Size(98_362_432).to_string(), "99 MB");
        assert_eq!(Size(999_000_001).to_string(), "1.0 GB");
        assert_eq!(Size(1_510_000_000).to_string(), "1.6 GB");
        assert!(Size(u64::MAX).to_string().ends_with("GB"));
    }
}
