//! What past turns taught, kept over dialogues and reloads. It holds numbers and names of models, and
//! nothing that anybody said.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use weir_core::{DeviceEstimate, Moment};

use crate::{
    breaker::{Breaker, Circuit},
    estimates::{Call, Calls, Estimates, Pace, Paces},
    feedback::Feedback,
    refusal::Trouble,
    world::{CloudTerms, LocalAnswer},
};

/// What past turns taught.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lessons {
    /// By host and model.
    providers: BTreeMap<String, Provider>,
    /// By name of the local model.
    devices: BTreeMap<String, Paces>,
    /// What users think of replies.
    pub(crate) feedback: Feedback,
}

/// What is known of one model at one host.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Provider {
    calls: Calls,
    breaker: Breaker,
}

impl Lessons {
    /// Learns from a call that ended well.
    pub fn called(&mut self, terms: &CloudTerms, call: Call, now: Moment) {
        self.provider_mut(terms).calls.learn(call, now);
    }

    /// Learns how a call ended: well, or with what trouble.
    pub fn heed(&mut self, terms: &CloudTerms, trouble: Option<Trouble>, now: Moment) {
        self.provider_mut(terms).breaker.heed(trouble, now);
    }

    /// What to expect of a provider; what is assumed of any, if there is none.
    #[must_use]
    pub fn estimates(&self, terms: Option<&CloudTerms>, now: Moment) -> Estimates {
        let provider = terms.and_then(|terms| self.providers.get(&name(terms)));
        provider.map_or_else(Estimates::default, |it| it.calls.estimates(now))
    }

    /// Whether a provider may be called.
    #[must_use]
    pub fn circuit(&self, terms: &CloudTerms, now: Moment) -> Circuit {
        let provider = self.providers.get(&name(terms));
        provider.map_or(Circuit::Closed, |it| it.breaker.circuit(now))
    }

    /// Learns from a local answer how quick the device is, beside what was `measured`.
    pub fn answered(
        &mut self,
        model: &str,
        answer: &LocalAnswer,
        measured: &DeviceEstimate,
        now: Moment,
    ) {
        let paces = self.devices.entry(model.to_owned()).or_default();
        paces.learn(Pace::of(answer, measured), now);
    }

    /// What to expect of this device, of which `measured` was measured when the model was loaded.
    #[must_use]
    pub fn device(&self, model: &str, measured: DeviceEstimate, now: Moment) -> DeviceEstimate {
        let paces = self.devices.get(model);
        paces.map_or(measured, |paces| paces.estimate(measured, now))
    }

    fn provider_mut(&mut self, terms: &CloudTerms) -> &mut Provider {
        self.providers.entry(name(terms)).or_default()
    }
}

/// A space is in no host.
fn name(terms: &CloudTerms) -> String {
    format!("{} {}", terms.host, terms.model)
}
