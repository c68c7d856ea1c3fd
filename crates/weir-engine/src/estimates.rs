//! How quick the way to a provider, its model and this device are, from what calls showed.
//!
//! Every estimate is a weighted median over the last calls and what is assumed without any, so a call
//! that stalled moves none of them, and what is old gives way to what is assumed. How many bytes a
//! second the uplink takes is the slope of the Theil–Sen line (Sen 1968, Journal of the American
//! Statistical Association 63) through the sizes of requests and the times until their answers began.
//!
//! A page sees when an answer's head and its first words arrive, no packets: what a provider does
//! before it sends the head counts as the network's, which changes no sum. Loss cannot be seen, and a
//! stream of tokens does not show how quick the downlink is; both stay as they are assumed.

use serde::{Deserialize, Serialize};
use weir_core::{CloudEstimate, DeviceEstimate, Moment, NetworkEstimate};

use crate::recent::{ASSUMED, Recent, middle};

/// Requests tell something about the uplink if their lengths differ by so many bytes.
const TELLING_BYTES: u64 = 16_000;
/// What is assumed of the uplink counts as much as so many pairs of fresh calls.
const ASSUMED_UPLINK: f32 = 1.0;
/// The median of distances from the median, times this, is the standard deviation of a normal
/// distribution.
const DEVIATION: f32 = 1.4826;
/// From here to there an estimate makes sense: milliseconds, megabits or tokens per second.
const MS: (f32, f32) = (0.1, 60_000.0);
const MBPS: (f32, f32) = (0.01, 1_000.0);
const TOKENS_PER_SECOND: (f32, f32) = (0.1, 10_000.0);

/// The way to the cloud and the cloud model, as far as they are known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimates {
    /// The way; `online` is asked anew each turn.
    pub network: NetworkEstimate,
    /// The cloud model.
    pub cloud: CloudEstimate,
}

impl Default for Estimates {
    /// A middling home network and a middling cloud model, until calls say otherwise.
    fn default() -> Self {
        Self {
            network: NetworkEstimate {
                online: true,
                rtt_ms: 40.0,
                jitter_ms: 10.0,
                up_mbps: 20.0,
                down_mbps: 80.0,
                loss: 0.0,
            },
            cloud: CloudEstimate {
                ttft_ms: 600.0,
                tokens_per_second: 60.0,
            },
        }
    }
}

/// What one call showed that ended well. Times are milliseconds since it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Length of the request's body.
    pub bytes: u64,
    /// When the head of the answer arrived, if that was seen.
    pub head_ms: Option<f32>,
    /// When the first piece arrived.
    pub first_ms: f32,
    /// When the last one had.
    pub total_ms: f32,
    /// Tokens that were generated; 0 if nobody said.
    pub tokens: u64,
}

/// The last calls of one provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Calls(Recent<Call>);

impl Calls {
    pub(crate) fn learn(&mut self, call: Call, now: Moment) {
        self.0.add(call, now);
    }

    pub(crate) fn estimates(&self, now: Moment) -> Estimates {
        let assumed = Estimates::default();
        let calls = || self.0.weighed(now);
        let mut network = assumed.network;
        network.up_mbps = self.uplink(assumed.network.up_mbps, now);
        // Where the head was not seen, the network takes what it is expected to take.
        let round_trips = |network: &NetworkEstimate, call: &Call| {
            let upload_ms = call.bytes as f32 * 8e-3 / network.up_mbps;
            let ms = (call.head_ms? - upload_ms) / NetworkEstimate::ROUND_TRIPS;
            Some(within(MS, ms))
        };
        let trips =
            || calls().filter_map(|(call, weight)| Some((round_trips(&network, call)?, weight)));
        let rtt_ms = middle((network.rtt_ms, ASSUMED), trips());
        let distances = trips().map(|(ms, weight)| ((ms - rtt_ms).abs() * DEVIATION, weight));
        let jitter_ms = middle((network.jitter_ms, ASSUMED), distances);
        network.rtt_ms = rtt_ms;
        network.jitter_ms = jitter_ms;

        let instant = CloudEstimate {
            ttft_ms: 0.0,
            tokens_per_second: f32::MAX,
        };
        let first = calls().map(|(call, weight)| {
            let network_ms = || network.cloud_seconds(&instant, call.bytes, 0) * 1e3;
            let head_ms = call.head_ms.unwrap_or_else(network_ms);
            (within(MS, call.first_ms - head_ms), weight)
        });
        let rates = calls().filter_map(|(call, weight)| {
            let seconds = (call.total_ms - call.first_ms) / 1e3;
            let tokens = call.tokens.saturating_sub(1) as f32;
            let told = tokens > 0.0 && seconds > 1e-3;
            told.then(|| (within(TOKENS_PER_SECOND, tokens / seconds), weight))
        });
        let cloud = assumed.cloud;
        Estimates {
            network,
            cloud: CloudEstimate {
                ttft_ms: middle((cloud.ttft_ms, ASSUMED), first),
                tokens_per_second: middle((cloud.tokens_per_second, ASSUMED), rates),
            },
        }
    }

    /// Megabits per second: the weighted median over pairs of calls whose lengths differ.
    fn uplink(&self, assumed: f32, now: Moment) -> f32 {
        let seen = self
            .0
            .weighed(now)
            .filter_map(|(call, weight)| Some((call.bytes, call.head_ms?, weight)));
        let pairs = seen.clone().enumerate().flat_map(|(place, one)| {
            seen.clone().skip(place + 1).filter_map(move |other| {
                let ((small, soon, weight), (large, late, as_well)) = if one.0 < other.0 {
                    (one, other)
                } else {
                    (other, one)
                };
                let bytes = large - small;
                // A longer request that was answered sooner says that length hardly matters.
                let mbps = within(MBPS, bytes as f32 * 8e-3 / (late - soon).max(1e-3));
                (bytes >= TELLING_BYTES).then_some((mbps, weight * as_well))
            })
        });
        middle((assumed, ASSUMED_UPLINK), pairs)
    }
}

/// How quick this device was in one answer, as multiples of what was measured when its model was
/// loaded; `None` where too little was read or said to tell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pace {
    read: Option<f32>,
    said: Option<f32>,
}

impl Pace {
    /// What an answer showed beside what was measured.
    pub(crate) fn of(answer: &crate::world::LocalAnswer, measured: &DeviceEstimate) -> Self {
        let times = |observed: Option<f32>, measured: f32| {
            let times = observed? / measured;
            times.is_finite().then(|| times.clamp(0.01, 100.0))
        };
        Self {
            read: times(answer.read_per_second, measured.prefill_tokens_per_second),
            said: times(answer.said_per_second, measured.decode_tokens_per_second),
        }
    }
}

/// The last answers of one local model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Paces(Recent<Pace>);

impl Paces {
    pub(crate) fn learn(&mut self, pace: Pace, now: Moment) {
        self.0.add(pace, now);
    }

    /// What to expect where `measured` was measured.
    pub(crate) fn estimate(&self, measured: DeviceEstimate, now: Moment) -> DeviceEstimate {
        let times = |of: fn(&Pace) -> Option<f32>| {
            let observed = self.0.weighed(now);
            let observed = observed.filter_map(|(pace, weight)| Some((of(pace)?, weight)));
            middle((1.0, ASSUMED), observed)
        };
        DeviceEstimate {
            prefill_tokens_per_second: measured.prefill_tokens_per_second * times(|pace| pace.read),
            decode_tokens_per_second: measured.decode_tokens_per_second * times(|pace| pace.said),
            ..measured
        }
    }
}

/// `value` brought within `bounds`; what is not a number is the lower one.
const fn within((low, high): (f32, f32), value: f32) -> f32 {
    value.max(low).min(high)
}
