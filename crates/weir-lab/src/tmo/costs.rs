//! Seconds and dollars of each arm, from TMO's tables, and the reward that follows.

use std::str::FromStr;

use serde::Serialize;

use super::choice::{ARMS, Choice, VIEWS};
use crate::draws::Draws;

/// A network, with its fixed table of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Network {
    /// A cable.
    Wired,
    /// WiFi.
    WiFi,
    /// 5G.
    #[serde(rename = "5G")]
    FiveG,
    /// 4G.
    #[serde(rename = "4G")]
    FourG,
}

impl Network {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Wired, Self::WiFi, Self::FiveG, Self::FourG];

    /// Its name in TMO's tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wired => "Wired",
            Self::WiFi => "WiFi",
            Self::FiveG => "5G",
            Self::FourG => "4G",
        }
    }

    /// Seconds of a cloud call with 0 to 3 views.
    const fn seconds(self) -> [f64; VIEWS + 1] {
        match self {
            Self::Wired => [6.46030, 4.76134, 6.24569, 6.98211],
            Self::WiFi => [0.5, 1.898, 2.016, 2.238],
            Self::FiveG => [0.5, 6.037, 6.412, 7.118],
            Self::FourG => [0.5, 16.603, 17.636, 19.573],
        }
    }
}

impl FromStr for Network {
    type Err = String;

    /// Reads its name, in letters of any size.
    fn from_str(name: &str) -> Result<Self, String> {
        let same = |network: &Self| network.name().eq_ignore_ascii_case(name);
        let network = Self::ALL.into_iter().find(same);
        network.ok_or_else(|| format!("“{name}” is no network; take one of Wired, WiFi, 5G, 4G"))
    }
}

/// Dollars of a cloud call with 0 to 3 views, on every network.
const CLOUD_USD: [f64; VIEWS + 1] = [0.00049, 0.00500, 0.00945, 0.01368];

/// A device that answers locally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// Raspberry Pi 4B.
    RaspberryPi4B,
    /// Raspberry Pi 5.
    RaspberryPi5,
    /// Jetson Nano.
    JetsonNano,
    /// Jetson TX2, TMO's default.
    JetsonTx2,
    /// Jetson Xavier NX.
    JetsonXavierNx,
    /// Jetson Orin NX.
    JetsonOrinNx,
    /// Jetson AGX Orin.
    JetsonAgxOrin,
    /// iPhone 15 Pro.
    IPhone15Pro,
}

impl Device {
    /// Peak GFLOPS and watts.
    const fn peak(self) -> (f64, f64) {
        match self {
            Self::RaspberryPi4B => (13.5, 8.0),
            Self::RaspberryPi5 => (31.4, 12.0),
            Self::JetsonNano => (472.0, 10.0),
            Self::JetsonTx2 => (1.33e3, 15.0),
            Self::JetsonXavierNx => (21e3, 20.0),
            Self::JetsonOrinNx => (100e3, 25.0),
            Self::JetsonAgxOrin => (275e3, 60.0),
            Self::IPhone15Pro => (35e3, 15.0),
        }
    }

    /// Seconds and dollars of a local reply. The reference divides the work per token by 1024, so a
    /// reply of 2048 tokens takes a thousandth of what it would; that is kept.
    fn reply(self) -> (f64, f64) {
        let (gigaflops, watts) = self.peak();
        let per_token = 2.0 * 3.8e9 / 1024.0;
        let seconds = per_token * 2048.0 / (gigaflops * 1e9);
        let usd_per_joule = 16.68 / 100.0 / (3600.0 * 1000.0);
        (seconds, watts * seconds * usd_per_joule)
    }
}

/// Limits of a dialogue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// Seconds of waiting.
    pub seconds: f64,
    /// Dollars.
    pub usd: f64,
}

impl Budget {
    /// TMO's at test.
    pub const TEST: Self = Self {
        seconds: 30.0,
        usd: 0.05,
    };

    /// TMO's default in training: each limit normal around the middle between what five local
    /// replies and five uploads of everything take, with a sixth of the range as deviation, and kept
    /// within the range.
    #[must_use]
    pub fn drawn(costs: &Costs, draws: &mut Draws) -> Self {
        let mut limit = |cost: &dyn Fn(Choice) -> f64| {
            let (low, high) = (5.0 * cost(Choice::LOCAL), 5.0 * cost(Choice::EVERYTHING));
            let middle = f64::midpoint(low, high);
            let limit = middle + (high - low) / 6.0 * f64::from(draws.normal());
            limit.clamp(low, high)
        };
        Self {
            seconds: limit(&|choice| costs.seconds(choice)),
            usd: limit(&|choice| costs.usd(choice)),
        }
    }

    /// Whether these totals stay within it.
    #[must_use]
    pub fn allows(&self, seconds: f64, usd: f64) -> bool {
        seconds <= self.seconds && usd <= self.usd
    }
}

/// α and each β of the reward.
const RESPONSE: f64 = 1.0;
const OTHERS: f64 = 1.0 / 3.0;

/// What each action costs on one network and device.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Costs {
    seconds: [f64; ARMS],
    usd: [f64; ARMS],
    latency: [f64; ARMS],
    usage: [f64; ARMS],
}

impl Costs {
    /// By TMO's tables.
    #[must_use]
    pub fn new(device: Device, network: Network) -> Self {
        let (local_seconds, local_usd) = device.reply();
        let arms = |local, cloud: [f64; VIEWS + 1]| {
            std::array::from_fn(|arm| if arm == 0 { local } else { cloud[arm - 1] })
        };
        let seconds = arms(local_seconds, network.seconds());
        let usd = arms(local_usd, CLOUD_USD);
        Self {
            seconds,
            usd,
            latency: min_max(seconds),
            usage: min_max(usd),
        }
    }

    /// Seconds that an action takes.
    #[must_use]
    pub const fn seconds(&self, choice: Choice) -> f64 {
        self.seconds[choice.arm()]
    }

    /// Dollars that an action takes.
    #[must_use]
    pub const fn usd(&self, choice: Choice) -> f64 {
        self.usd[choice.arm()]
    }

    /// Seconds between the quickest and the slowest arm, and dollars between the cheapest and the
    /// dearest: the units in which this network counts.
    #[must_use]
    pub fn units(&self) -> (f64, f64) {
        (spread(&self.seconds), spread(&self.usd))
    }

    /// TMO's reward of one turn, with seconds and dollars by min–max over the arms *of this network*,
    /// so that a slow network looks as quick as a fast one; that is kept.
    #[must_use]
    pub fn reward(&self, choice: Choice, response: f64, association: f64) -> f64 {
        RESPONSE * response + OTHERS * association
            - OTHERS * self.latency[choice.arm()]
            - OTHERS * self.usage[choice.arm()]
    }
}

/// The association of each action with a prompt that is this similar to each view: the sum over the
/// uploaded views, by min–max over the actions. Very nearly a third for each view, whatever it
/// shows; that is kept.
#[must_use]
pub fn association(similarity: &[f64; VIEWS]) -> [f64; Choice::ALL.len()] {
    min_max(Choice::ALL.map(|choice| choice.uploads().slots().map(|view| similarity[view]).sum()))
}

fn min_max<const N: usize>(values: [f64; N]) -> [f64; N] {
    let low = values.into_iter().fold(f64::INFINITY, f64::min);
    let spread = spread(&values);
    values.map(|value| (value - low) / spread)
}

fn spread(values: &[f64]) -> f64 {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    high - low
}
