//! Server-sent events: bytes in, the data of each event out.
//!
//! Follows the WHATWG HTML standard, "Interpreting an event stream", for what a chat needs: lines
//! may end in CR, LF or CRLF, `data` lines of one event are joined by a line feed, comments and other
//! fields are skipped, a byte order mark is dropped. The bytes may be cut anywhere, also inside a
//! character or between CR and LF.

/// The longest line, and the longest event, in bytes. A chat chunk has a few hundred.
pub const MAX_EVENT_BYTES: usize = 1 << 20;

/// A line or an event went on for more than [`MAX_EVENT_BYTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is longer than {MAX_EVENT_BYTES} bytes")]
pub struct TooLong;

/// Splits an event stream.
#[derive(Clone, Debug, Default)]
pub struct Splitter {
    line: Vec<u8>,
    data: Option<String>,
    after_first_line: bool,
    after_cr: bool,
}

impl Splitter {
    /// Takes the next bytes and appends the data of each event that they complete to `events`.
    ///
    /// # Errors
    /// [`TooLong`]; the stream is then not worth reading on.
    pub fn push(&mut self, mut bytes: &[u8], events: &mut Vec<String>) -> Result<(), TooLong> {
        while let Some((&first, rest)) = bytes.split_first() {
            if std::mem::take(&mut self.after_cr) && first == b'\n' {
                bytes = rest;
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let (part, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            if self.line.len() + part.len() > MAX_EVENT_BYTES {
                return Err(TooLong);
            }
            self.line.extend_from_slice(part);
            bytes = rest;
            if let Some((&end, rest)) = rest.split_first() {
                self.after_cr = end == b'\r';
                bytes = rest;
                events.extend(self.end_line()?);
            }
        }
        Ok(())
    }

    /// The data of a last event whose closing blank line, or even line end, never came. The standard
    /// drops it; some providers end their stream so, and a cut one is told by its broken content.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn finish(mut self) -> Result<Option<String>, TooLong> {
        if !self.line.is_empty() {
            self.end_line()?;
        }
        Ok(self.data)
    }

    fn end_line(&mut self) -> Result<Option<String>, TooLong> {
        let line = std::mem::take(&mut self.line);
        let mut line = line.as_slice();
        if !std::mem::replace(&mut self.after_first_line, true) {
            line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        }
        if line.is_empty() {
            return Ok(self.data.take());
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &[][..]),
        };
        if field == b"data" {
            let value = String::from_utf8_lossy(value.strip_prefix(b" ").unwrap_or(value));
            self.append(&value)?;
        }
        Ok(None)
    }

    fn append(&mut self, value: &str) -> Result<(), TooLong> {
        match &mut self.data {
            None => self.data = Some(value.to_owned()),
            Some(data) if data.len() + 1 + value.len() > MAX_EVENT_BYTES => return Err(TooLong),
            Some(data) => {
                data.push('\n');
                data.push_str(value);
            }
        }
        Ok(())
    }
}
