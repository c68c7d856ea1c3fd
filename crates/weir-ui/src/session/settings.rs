//! What the user decided once and for every turn. Kept on this device; keys are never part of it.

use serde::{Deserialize, Serialize};
use weir_browser::{
    messages::{DeviceChoice, ModelFile, Preferences, ProviderSettings},
    preferences,
};
use weir_core::{Budget, Dial, Limits, NanoUsd, PrivacyRules, Redaction, ReplyOptions};

use crate::theme::Theme;

const STORED_AS: &str = "settings";

/// Five cents a dialogue: enough to try the cloud, too little to regret. A day holds five of them, and
/// a month eight such days, so that what is forgotten in a tab stays small.
const FIRST_LIMITS: Limits = Limits {
    turn: Budget::UNLIMITED,
    dialogue: money(50_000_000),
    day: money(250_000_000),
    month: money(2_000_000_000),
};

/// What the user decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Limits of a turn, a dialogue, a day and a month.
    pub limits: Limits,
    /// The dialogue's, as they were stored when there were no others.
    #[serde(rename = "budget", skip_serializing)]
    before: Option<Budget>,
    /// The balance of quality, speed and cost.
    pub dial: DialSteps,
    /// Nothing leaves the device.
    pub private: bool,
    /// What may leave it otherwise.
    pub rules: PrivacyRules,
    /// When details are left out.
    pub redaction: Redaction,
    /// The hosts, with their ports, to which the user once sent what they looked at first. Their own
    /// provider is not among them: they agreed to it when they set it up.
    pub consents: Vec<String>,
    /// Which cloud model may answer.
    pub cloud: CloudChoice,
    /// Light, dark, or as the system says.
    pub theme: Theme,
    /// What local replies should be like.
    pub replies: ReplyOptions,
    /// Whether the user once asked for the local model: it is then loaded without asking again.
    pub model_accepted: bool,
    /// The user's own choice of a local model, in place of the one that the page offers first.
    pub model: Option<ModelFile>,
    /// Where the local model should run.
    pub device: DeviceChoice,
}

/// Which cloud model may answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloudChoice {
    /// The one that the page offers, if it offers one.
    #[default]
    Offered,
    /// None.
    Off,
    /// The user's own.
    Own {
        /// Where it is.
        provider: ProviderSettings,
        /// Whether it was set up with a key, which has to be typed again after a reload.
        with_key: bool,
    },
}

/// Positions of the three sliders, 0 to [`DialSteps::MOST`]; the middle is the paper's weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialSteps {
    /// How much a good answer counts.
    pub quality: u8,
    /// How much a quick answer counts.
    pub speed: u8,
    /// How much a cheap answer counts.
    pub cost: u8,
}

impl DialSteps {
    /// The last position of a slider.
    pub const MOST: u8 = 10;
    /// The position it starts at.
    pub const MIDDLE: u8 = Self::MOST / 2;

    /// The weights: each goes in proportion to its slider, from nothing to twice the default.
    #[must_use]
    pub fn dial(self) -> Dial {
        let share = |steps: u8| f32::from(steps.min(Self::MOST)) / f32::from(Self::MIDDLE);
        let middle = Dial::default();
        Dial {
            quality: middle.quality * share(self.quality),
            association: middle.association * share(self.quality),
            latency: middle.latency * share(self.speed),
            usage: middle.usage * share(self.cost),
        }
    }
}

impl Default for DialSteps {
    fn default() -> Self {
        Self {
            quality: Self::MIDDLE,
            speed: Self::MIDDLE,
            cost: Self::MIDDLE,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: FIRST_LIMITS,
            before: None,
            dial: DialSteps::default(),
            private: false,
            rules: PrivacyRules::default(),
            redaction: Redaction::default(),
            consents: Vec::new(),
            cloud: CloudChoice::Offered,
            theme: Theme::System,
            replies: ReplyOptions::default(),
            model_accepted: false,
            model: None,
            device: DeviceChoice::Measure,
        }
    }
}

impl Settings {
    /// As they were left, or the first ones.
    #[must_use]
    pub fn load() -> Self {
        Self::stored().unwrap_or_default()
    }

    /// As they were left, in this tab or in another one.
    #[must_use]
    pub fn stored() -> Option<Self> {
        preferences::load(STORED_AS).map(Self::renewed)
    }

    /// With what an older page stored in its new place.
    fn renewed(mut self) -> Self {
        if let Some(dialogue) = self.before.take() {
            self.limits.dialogue = dialogue;
        }
        self
    }

    /// Keeps them.
    pub fn save(&self) {
        preferences::save(STORED_AS, self);
    }

    /// What the worker needs of them. `offered` is the page's own cloud model; the user's is left
    /// out while its key is missing, since every call would be refused.
    #[must_use]
    pub fn preferences(&self, offered: Option<ProviderSettings>, has_key: bool) -> Preferences {
        let provider = match &self.cloud {
            CloudChoice::Offered => offered,
            CloudChoice::Off => None,
            CloudChoice::Own { provider, with_key } => {
                (has_key || !with_key).then(|| provider.clone())
            }
        };
        Preferences {
            limits: self.limits,
            dial: self.dial.dial(),
            private: self.private,
            rules: self.rules,
            redaction: self.redaction,
            consented: matches!(self.cloud, CloudChoice::Own { .. }),
            provider,
        }
    }
}

const fn money(nanos: u64) -> Budget {
    Budget {
        usd: Some(NanoUsd::new(nanos)),
        ..Budget::UNLIMITED
    }
}

#[cfg(test)]
mod tests {
    use weir_cloud::Dialect;

    use super::*;

    fn provider(model: &str) -> ProviderSettings {
        ProviderSettings {
            dialect: Dialect::OpenAi,
            base_url: "https://api.example.com/v1".to_owned(),
            model: model.to_owned(),
            price: None,
        }
    }

    #[test]
    fn the_middle_of_the_dial_is_the_papers_weights() {
        assert_eq!(DialSteps::default().dial(), Dial::default());
    }

    #[test]
    fn a_slider_at_zero_takes_its_weight_away() {
        let dial = DialSteps {
            cost: 0,
            ..DialSteps::default()
        }
        .dial();
        assert!(dial.usage == 0.0 && dial.latency > 0.0);
    }

    #[test]
    fn the_users_own_model_waits_for_its_key() {
        let settings = Settings {
            cloud: CloudChoice::Own {
                provider: provider("own"),
                with_key: true,
            },
            ..Settings::default()
        };
        assert_eq!(
            settings
                .preferences(Some(provider("offered")), false)
                .provider,
            None
        );
        assert_eq!(
            settings.preferences(None, true).provider,
            Some(provider("own"))
        );
    }

    #[test]
    fn only_the_users_own_model_is_agreed_to_by_choosing_it() {
        let consented = |cloud| {
            let settings = Settings {
                cloud,
                ..Settings::default()
            };
            let preferences = settings.preferences(Some(provider("offered")), false);
            preferences.consented
        };
        let own = CloudChoice::Own {
            provider: provider("own"),
            with_key: false,
        };
        assert!(consented(own));
        assert!(!consented(CloudChoice::Offered) && !consented(CloudChoice::Off));
    }

    #[test]
    fn a_cloud_model_stored_before_there_were_formats_speaks_the_common_one() {
        let stored = r#"{"cloud": {"own": {"with_key": true, "provider": {
            "base_url": "https://api.example.com/v1", "model": "own", "price": {
                "input": 150, "cached_input": 150, "output": 600,
                "image_tokens": 16384, "audio_tokens_per_second": 50}}}}}"#;
        let settings: Settings = serde_json::from_str(stored).expect("it loads");
        let CloudChoice::Own { provider, .. } = settings.cloud else {
            panic!("it was the user's own");
        };
        assert_eq!(provider.dialect, Dialect::OpenAi);
        assert!(provider.price.is_some());
    }

    #[test]
    fn a_budget_stored_before_there_were_other_limits_is_the_dialogues() {
        let stored = r#"{"budget": {"usd": 7, "millis": null, "bytes": null, "images": null}}"#;
        let settings: Settings = serde_json::from_str(stored).expect("it loads");
        let limits = settings.renewed().limits;
        assert_eq!(limits.dialogue, money(7));
        assert_eq!(limits.day, FIRST_LIMITS.day);
    }

    #[test]
    fn limits_are_stored_and_read_as_they_are() {
        let mut settings = Settings::default();
        settings.limits.day.images = Some(3);
        let stored = serde_json::to_string(&settings).expect("it is written");
        let read: Settings = serde_json::from_str(&stored).expect("it loads");
        assert_eq!(read.renewed(), settings);
    }

    #[test]
    fn what_is_stored_from_an_older_page_still_loads() {
        let settings: Settings = serde_json::from_str(r#"{"private":true}"#).expect("it loads");
        assert_eq!(
            settings,
            Settings {
                private: true,
                ..Settings::default()
            }
        );
    }
}
