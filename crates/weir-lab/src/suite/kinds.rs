//! Networks that dialogues are judged on, each by itself.

use std::sync::Arc;

use serde::Serialize;

use crate::world::Scenario;

/// A kind of network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Kind {
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
    /// None.
    Offline,
    /// The scenario's own: it begins on any and changes from turn to turn.
    Switching,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Wired,
        Self::WiFi,
        Self::FiveG,
        Self::FourG,
        Self::Offline,
        Self::Switching,
    ];

    /// Its name in results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wired => "Wired",
            Self::WiFi => "WiFi",
            Self::FiveG => "5G",
            Self::FourG => "4G",
            Self::Offline => "Offline",
            Self::Switching => "Switching",
        }
    }

    /// The profile of the scenario that it holds fixed.
    const fn profile(self) -> Option<&'static str> {
        match self {
            Self::Wired => Some("wired"),
            Self::WiFi => Some("wifi"),
            Self::FiveG => Some("5g"),
            Self::FourG => Some("4g"),
            Self::Offline => Some("offline"),
            Self::Switching => None,
        }
    }

    /// Dialogues of `scenario` on this network throughout. Tasks, attachments, prices, devices and
    /// luck of a seed are the same on all fixed networks. A device that is offline has its model
    /// loaded: nothing could answer otherwise.
    #[must_use]
    pub fn scenario(self, scenario: &Scenario) -> Arc<Scenario> {
        let mut scenario = scenario.clone();
        if let Some(name) = self.profile() {
            let network = &mut scenario.pack.network;
            network.switching = 0.0;
            for profile in &mut network.profiles {
                profile.share = if profile.name == name { 1.0 } else { 0.0 };
            }
        }
        if self == Self::Offline {
            scenario.pack.device.still_loading = 0.0;
        }
        Arc::new(scenario)
    }
}
