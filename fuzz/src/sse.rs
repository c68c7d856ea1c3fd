//! A stream of events from a stranger's server.
//!
//! The first byte says how long the pieces are in which the rest arrives.

use weir_cloud::sse::{Splitter, TooLong};

use super::bounded::Allowance;

/// The stream, its events, and both again for the comparison.
pub const MEMORY: Allowance = Allowance {
    base: 1 << 16,
    per_byte: 64,
};

/// Splits the stream twice, whole and in pieces: the events are the same.
pub fn check(bytes: &[u8]) {
    let Some((length, stream)) = bytes.split_first() else {
        return;
    };
    let pieces = stream.chunks(usize::from(*length).max(1));
    assert_eq!(events(pieces), events(std::iter::once(stream)));
}

fn events<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Result<Vec<String>, TooLong> {
    let mut splitter = Splitter::default();
    let mut events = Vec::new();
    for piece in pieces {
        splitter.push(piece, &mut events)?;
    }
    events.extend(splitter.finish()?);
    Ok(events)
}
