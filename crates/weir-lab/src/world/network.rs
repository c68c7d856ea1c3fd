//! Networks as physics, switching between profiles from turn to turn.

use weir_core::NetworkEstimate;

use crate::{
    draws::Draws,
    scenario::conditions::{Network, Profile},
};

/// A network over the turns of a dialogue (a Markov chain over profiles).
#[derive(Clone, Debug)]
pub struct Trace<'a> {
    kinds: &'a Network,
    /// Place of the current profile.
    profile: usize,
    network: NetworkEstimate,
    switching: f32,
}

impl<'a> Trace<'a> {
    /// A trace over `kinds` that changes its profile from one turn to the next with probability
    /// `switching`.
    #[must_use]
    pub fn begin(kinds: &'a Network, switching: f32, draws: &mut Draws) -> Self {
        let shares: Vec<f32> = kinds.profiles.iter().map(|one| one.share).collect();
        let profile = draws.pick(&shares);
        Self {
            kinds,
            profile,
            network: draw(&kinds.profiles[profile], kinds.spread, draws),
            switching,
        }
    }

    /// The network of the current turn.
    #[must_use]
    pub const fn network(&self) -> NetworkEstimate {
        self.network
    }

    /// Goes on to the next turn.
    pub fn advance(&mut self, draws: &mut Draws) {
        if draws.chance(self.switching) {
            let next = draws.pick(&self.kinds.profiles[self.profile].next);
            self.change(next, draws);
        }
    }

    /// Puts a dialogue that cannot do without a network on the slowest that is online.
    pub fn connect(&mut self, draws: &mut Draws) {
        if self.network.online {
            return;
        }
        let mut profiles = self.kinds.profiles.iter();
        if let Some(online) = profiles.rposition(|one| one.medians.online) {
            self.change(online, draws);
        }
    }

    fn change(&mut self, profile: usize, draws: &mut Draws) {
        self.profile = profile;
        self.network = draw(&self.kinds.profiles[profile], self.kinds.spread, draws);
    }
}

/// One network of a kind: rates and delays spread around the medians.
fn draw(profile: &Profile, spread: f32, draws: &mut Draws) -> NetworkEstimate {
    let medians = &profile.medians;
    let mut around = |median: f32| median * (spread * draws.normal()).exp();
    NetworkEstimate {
        online: medians.online,
        rtt_ms: around(medians.rtt_ms),
        jitter_ms: around(medians.jitter_ms),
        up_mbps: around(medians.up_mbps),
        down_mbps: around(medians.down_mbps),
        loss: around(medians.loss).min(0.3),
    }
}
