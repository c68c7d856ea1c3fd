//! Tokens to text as it streams: whole characters only, and nothing of a stop string.

/// Turns the bytes of token after token into text that can be shown at once.
///
/// A character that is not complete yet is held back, and so is text that may turn out to be the
/// beginning of a stop string. Bytes that are no UTF-8 become U+FFFD as in
/// [`String::from_utf8_lossy`]. How the bytes are cut into pushes changes nothing.
#[derive(Debug, Clone, Default)]
pub struct TextStream {
    stops: Vec<String>,
    /// Bytes of an incomplete character.
    bytes: Vec<u8>,
    /// Text that may begin a stop string.
    held: String,
    stopped: bool,
}

impl TextStream {
    /// A stream that ends before the first of `stops`; empty ones are ignored.
    pub fn new(stops: impl IntoIterator<Item = String>) -> Self {
        Self {
            stops: stops.into_iter().filter(|stop| !stop.is_empty()).collect(),
            ..Self::default()
        }
    }

    /// Takes the bytes of the next token and returns the text that is certain now, perhaps none.
    /// After a stop string there is none any more.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        if self.stopped {
            return String::new();
        }
        self.bytes.extend_from_slice(bytes);
        self.decode();
        self.release()
    }

    /// Whether a stop string has been reached.
    #[must_use]
    pub const fn stopped(&self) -> bool {
        self.stopped
    }

    /// Ends the stream and returns what was held back.
    #[must_use]
    pub fn finish(mut self) -> String {
        if self.stopped {
            return String::new();
        }
        self.held.push_str(&String::from_utf8_lossy(&self.bytes));
        // An incomplete character at the end is U+FFFD now, which may complete a stop string.
        let certain = self.release();
        if self.stopped {
            certain
        } else {
            certain + &self.held
        }
    }

    /// Moves all complete characters from the bytes to the text.
    fn decode(&mut self) {
        let mut incomplete = 0;
        let mut chunks = self.bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            self.held.push_str(chunk.valid());
            let invalid = chunk.invalid();
            if chunks.peek().is_none() && may_continue(invalid) {
                incomplete = invalid.len();
            } else if !invalid.is_empty() {
                self.held.push(char::REPLACEMENT_CHARACTER);
            }
        }
        self.bytes.drain(..self.bytes.len() - incomplete);
    }

    /// Cuts the text at a stop string, or else takes off all that cannot begin one.
    fn release(&mut self) -> String {
        // The stop string that ends first wins, however many characters came at once; of those that
        // end together the longest.
        let stop = self
            .stops
            .iter()
            .filter_map(|stop| Some((self.held.find(stop.as_str())?, stop.len())))
            .min_by_key(|&(start, len)| (start + len, start));
        if let Some((start, _)) = stop {
            self.stopped = true;
            self.held.truncate(start);
            return std::mem::take(&mut self.held);
        }
        let certain = self
            .held
            .char_indices()
            .map(|(at, _)| at)
            .find(|&at| {
                let rest = &self.held[at..];
                self.stops.iter().any(|stop| stop.starts_with(rest))
            })
            .unwrap_or(self.held.len());
        let held = self.held.split_off(certain);
        std::mem::replace(&mut self.held, held)
    }
}

/// Whether more bytes can make a character of `bytes`, which are not one yet.
fn may_continue(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes)
        .err()
        .is_some_and(|error| error.error_len().is_none())
}
