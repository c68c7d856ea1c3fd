//! What was tried.

/// How often something happened: a test of what never happens tests nothing.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) granted: u64,
    pub(crate) refused: u64,
    pub(crate) not_stored: u64,
    pub(crate) settled: u64,
    pub(crate) released: u64,
    pub(crate) interrupted: u64,
    pub(crate) ended_on_another_day: u64,
    pub(crate) ended_at_another_price: u64,
    pub(crate) clock_set_back: u64,
    pub(crate) beside_another_tab: u64,
    pub(crate) interrupted_by_another_tab: u64,
    pub(crate) made_again: u64,
    pub(crate) archived: u64,
}

impl Seen {
    /// How often the rarest of them happened.
    pub(crate) fn rarest(&self) -> u64 {
        [
            self.granted,
            self.refused,
            self.not_stored,
            self.settled,
            self.released,
            self.interrupted,
            self.ended_on_another_day,
            self.ended_at_another_price,
            self.clock_set_back,
            self.beside_another_tab,
            self.interrupted_by_another_tab,
            self.made_again,
            self.archived,
        ]
        .into_iter()
        .fold(u64::MAX, u64::min)
    }
}
