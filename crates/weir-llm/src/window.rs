//! Which turns of a dialogue the model still sees, when not all of them fit into its context.
//!
//! The oldest go first, and several at once: what is left begins the next prompts too, so that they
//! are read on from there. One turn less each time would have the model read all of it anew with
//! every question.

/// How many of a dialogue's oldest turns the model no longer sees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    forgotten: usize,
}

impl Window {
    /// How many of the oldest turns are left out.
    #[must_use]
    pub const fn forgotten(self) -> usize {
        self.forgotten
    }

    /// The tokens of a dialogue, of which `turns` can be left out, in at most `room` tokens if that
    /// can be. `tokens` writes it without that many of its oldest turns. A dialogue with fewer turns
    /// than before is another one.
    ///
    /// # Errors
    /// Those of `tokens`.
    pub fn fit<E>(
        &mut self,
        turns: usize,
        room: usize,
        mut tokens: impl FnMut(usize) -> Result<Vec<u32>, E>,
    ) -> Result<Vec<u32>, E> {
        if self.forgotten > turns {
            self.forgotten = 0;
        }
        let written = tokens(self.forgotten)?;
        if written.len() <= room {
            return Ok(written);
        }
        let shorter = self.shorten(turns, room / 2, tokens)?;
        Ok(shorter.unwrap_or(written))
    }

    /// Leaves out more turns, until the dialogue has at most `goal` tokens or none is left to leave
    /// out. `None` if there was none.
    ///
    /// # Errors
    /// Those of `tokens`.
    pub fn shorten<E>(
        &mut self,
        turns: usize,
        goal: usize,
        mut tokens: impl FnMut(usize) -> Result<Vec<u32>, E>,
    ) -> Result<Option<Vec<u32>>, E> {
        let mut shorter = None;
        while self.forgotten < turns && shorter.as_ref().is_none_or(|it: &Vec<_>| it.len() > goal) {
            shorter = Some(tokens(self.forgotten + 1)?);
            self.forgotten += 1;
        }
        Ok(shorter)
    }
}
