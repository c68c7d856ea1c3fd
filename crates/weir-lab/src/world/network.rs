//! Networks as physics, switching between profiles from turn to turn.

use weir_core::NetworkEstimate;

use crate::draws::Draws;

/// A kind of network, after TMO's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// A cable.
    Wired,
    /// A wireless network at home or at work.
    WiFi,
    /// A mobile network of the fifth generation.
    FiveG,
    /// A mobile network of the fourth generation.
    FourG,
    /// No network.
    Offline,
}

/// Median round trip and jitter in milliseconds, uplink and downlink in Mbit/s, loss.
type Medians = [f32; 5];

impl Profile {
    const ALL: [Self; 5] = [
        Self::Wired,
        Self::WiFi,
        Self::FiveG,
        Self::FourG,
        Self::Offline,
    ];
    /// How often a dialogue begins on each.
    const FIRST: [f32; 5] = [0.22, 0.27, 0.22, 0.22, 0.07];
    /// How often each follows when the network changes: a cable is pulled, a phone leaves the house.
    const NEXT: [[f32; 5]; 5] = [
        [0.0, 0.7, 0.1, 0.1, 0.1],
        [0.2, 0.0, 0.3, 0.3, 0.2],
        [0.0, 0.3, 0.0, 0.5, 0.2],
        [0.0, 0.2, 0.5, 0.0, 0.3],
        [0.1, 0.3, 0.2, 0.4, 0.0],
    ];

    const fn medians(self) -> Medians {
        match self {
            Self::Wired => [8.0, 1.0, 200.0, 500.0, 0.0],
            Self::WiFi => [20.0, 8.0, 30.0, 100.0, 0.002],
            Self::FiveG => [35.0, 15.0, 20.0, 150.0, 0.005],
            Self::FourG | Self::Offline => [70.0, 35.0, 5.0, 25.0, 0.01],
        }
    }

    /// One network of this kind: rates and delays spread around the medians.
    fn draw(self, draws: &mut Draws) -> NetworkEstimate {
        let [rtt_ms, jitter_ms, up_mbps, down_mbps, loss] = self.medians();
        let mut around = |median: f32| median * (0.5 * draws.normal()).exp();
        NetworkEstimate {
            online: self != Self::Offline,
            rtt_ms: around(rtt_ms),
            jitter_ms: around(jitter_ms),
            up_mbps: around(up_mbps),
            down_mbps: around(down_mbps),
            loss: around(loss).min(0.3),
        }
    }
}

/// A network over the turns of a dialogue (a Markov chain over profiles).
#[derive(Clone, Debug)]
pub struct Trace {
    profile: Profile,
    network: NetworkEstimate,
    switching: f32,
}

impl Trace {
    /// A trace that changes its profile from one turn to the next with probability `switching`.
    #[must_use]
    pub fn begin(draws: &mut Draws, switching: f32) -> Self {
        let profile = Profile::ALL[draws.pick(&Profile::FIRST)];
        Self {
            profile,
            network: profile.draw(draws),
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
            self.profile = Profile::ALL[draws.pick(&Profile::NEXT[self.profile as usize])];
            self.network = self.profile.draw(draws);
        }
    }

    /// Puts a dialogue that cannot do without a network on one.
    pub fn connect(&mut self, draws: &mut Draws) {
        if self.profile == Profile::Offline {
            self.profile = Profile::FourG;
            self.network = self.profile.draw(draws);
        }
    }
}
