//! The only key to the network.

/// Leave for one call to one host, up to a number of bytes. Only the engine makes one, after mask
/// and gate, and egress takes it by value: a permit cannot be copied, kept or sent along.
#[derive(Debug, PartialEq, Eq)]
pub struct Permit {
    host: String,
    bytes_limit: u64,
}

impl Permit {
    pub(crate) const fn new(host: String, bytes_limit: u64) -> Self {
        Self { host, bytes_limit }
    }

    /// The one host (with its port, if it has one) that may be called.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The longest body that may be sent.
    #[must_use]
    pub const fn bytes_limit(&self) -> u64 {
        self.bytes_limit
    }
}
