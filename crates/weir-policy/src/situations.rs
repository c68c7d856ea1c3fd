//! Turns as they come up in use, the same to the last bit on every machine.
//!
//! Decisions are compared between this machine and a browser's worker, and timed, on these. Only
//! integers and what IEEE 754 rounds exactly (`+ − × ÷ √`, comparisons, conversions) make them: a
//! logarithm or an exponential may differ in its last bit from one platform to the next.

use weir_core::{
    Action, Budget, CloudEstimate, DeviceEstimate, Dial, Forecast, Mask, Modality, ModalitySet,
    NanoUsd, NetworkEstimate, Observation, PastTurn, Price, Spending, Task, TaskMix,
    mask::{Rules, Wish},
};

use crate::{
    forecast::{self, Input, Outlook},
    policy::{Choice, DecideError, TrainedPolicy},
    response::ResponseModel,
};

/// How many there are.
pub const COUNT: usize = 10_000;
/// The most inputs that one of them has attached.
pub const MOST_INPUTS: usize = 6;

/// What the policy sees in a turn, and what the user allows.
#[derive(Clone, Debug, PartialEq)]
pub struct Situation {
    /// What the policy sees.
    pub observation: Observation,
    /// What the user allows.
    pub rules: Rules,
}

impl Situation {
    /// What `policy` does: from the mask to the choice.
    ///
    /// # Errors
    /// [`DecideError`], as [`TrainedPolicy::decide`] has it.
    pub fn decide(&self, policy: &TrainedPolicy) -> Result<Choice, DecideError> {
        policy.decide(
            &self.observation,
            &Mask::new(&self.observation, &self.rules),
        )
    }
}

/// All [`COUNT`] situations, with forecasts after `response`: none to six attached inputs; budgets
/// tight, loose and absent, untouched, half and wholly spent; offline, without a local model,
/// without a cloud, private; any history, network, device, price and dial.
pub fn all(response: &ResponseModel) -> impl Iterator<Item = Situation> {
    (0..COUNT as u64).map(|seed| Draws(seed).situation(response))
}

/// Seeded chance (SplitMix64: Steele, Lea and Flood 2014).
struct Draws(u64);

impl Draws {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A whole number below `end`.
    fn below(&mut self, end: u32) -> u32 {
        (((self.bits() >> 32) * u64::from(end)) >> 32) as u32
    }

    fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < chance
    }

    /// 0 to 1, in steps of 2⁻²⁴: all of them are `f32`s.
    fn share(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1 << 24) as f32
    }

    /// From `least` up to `least · 2^octaves`, every octave as likely.
    fn octaves(&mut self, least: f32, octaves: u32) -> f32 {
        let octave = (1_u32 << self.below(octaves)) as f32;
        least * octave * (1.0 + self.share())
    }

    fn whole_octaves(&mut self, least: f32, octaves: u32) -> u32 {
        self.octaves(least, octaves) as u32
    }

    fn situation(&mut self, response: &ResponseModel) -> Situation {
        let inputs: Vec<Input> = (0..self.below(MOST_INPUTS as u32 + 1))
            .map(|_| self.input())
            .collect();
        let prompt_tokens = self.whole_octaves(8.0, 9);
        let outlook = Outlook {
            task: self.mix(),
            inputs: &inputs,
            prompt_tokens,
            prompt_tokens_bound: u64::from(prompt_tokens) * 2 + 16,
            text_bytes: u64::from(prompt_tokens) * 4,
            local_limit: self.whole_octaves(64.0, 4),
            cloud_limit: self.whole_octaves(64.0, 4),
            network: self.network(),
            cloud: self.cloud(),
            device: self.device(),
            price: self.percent(95).then(|| self.price()),
        };
        let forecasts = forecast::forecasts(&outlook, response);
        let budget = self.budget(&forecasts);
        let history: Vec<PastTurn> = (0..self.below(8)).map(|_| self.past_turn()).collect();
        Situation {
            rules: self.rules(outlook.price.is_some()),
            observation: Observation {
                turns_done: history.len() as u32,
                history,
                task: outlook.task,
                attached: inputs.iter().map(|input| input.modality).collect(),
                relevance: inputs.iter().map(|input| input.relevance).collect(),
                prompt_tokens,
                longest_local_prompt: self.whole_octaves(1024.0, 3),
                turns_left: 8.0 * self.share(),
                committed: self.committed(&budget),
                budget,
                network: outlook.network,
                cloud: outlook.cloud,
                device: outlook.device,
                forecasts,
                dial: self.dial(),
            },
        }
    }

    fn input(&mut self) -> Input {
        let relevance = self.share();
        match self.below(3) {
            0 => Input {
                modality: Modality::CameraView,
                bytes: u64::from(self.whole_octaves(2e4, 5)),
                seconds: 0.0,
                relevance,
            },
            1 => Input {
                modality: Modality::Image,
                bytes: u64::from(self.whole_octaves(4e4, 7)),
                seconds: 0.0,
                relevance,
            },
            _ => {
                let seconds = self.octaves(1.0, 5);
                Input {
                    modality: Modality::MicrophoneClip,
                    // 16-bit samples at 16 kHz.
                    bytes: (seconds * 32_000.0) as u64,
                    seconds,
                    relevance,
                }
            }
        }
    }

    /// Mostly one likely task among others, as a probe reads it; now and then certain or unknown.
    fn mix(&mut self) -> TaskMix {
        let likely = Task::ALL[self.below(Task::ALL.len() as u32) as usize];
        match self.below(10) {
            0 => TaskMix::certain(likely),
            1 => TaskMix::UNKNOWN,
            _ => {
                let mut weights = Task::ALL.map(|_| self.share());
                weights[likely.index()] += self.octaves(0.5, 4);
                TaskMix::from_weights(weights)
            }
        }
    }

    fn network(&mut self) -> NetworkEstimate {
        let rtt_ms = self.octaves(4.0, 8);
        let loss = self.share();
        NetworkEstimate {
            online: self.percent(95),
            rtt_ms,
            jitter_ms: rtt_ms * self.share(),
            up_mbps: self.octaves(0.125, 11),
            down_mbps: self.octaves(0.5, 11),
            loss: 0.1 * loss * loss,
        }
    }

    fn cloud(&mut self) -> CloudEstimate {
        CloudEstimate {
            ttft_ms: self.octaves(100.0, 5),
            tokens_per_second: self.octaves(10.0, 5),
        }
    }

    fn device(&mut self) -> DeviceEstimate {
        DeviceEstimate {
            ready: self.percent(92),
            prefill_tokens_per_second: self.octaves(16.0, 8),
            decode_tokens_per_second: self.octaves(2.0, 7),
        }
    }

    /// From 0.05 to 13 dollars per million input tokens, output four times that.
    fn price(&mut self) -> Price {
        let input = u64::from(self.whole_octaves(50.0, 8));
        Price {
            input: NanoUsd::new(input),
            cached_input: NanoUsd::new(input / 2),
            output: NanoUsd::new(input * 4),
            audio_input: None,
            image_tokens: self.whole_octaves(256.0, 4),
            audio_tokens_per_second: self.whole_octaves(16.0, 3),
        }
    }

    /// Each limit is absent, or from a half to 256 times what the dearest action costs at worst.
    fn budget(&mut self, forecasts: &[Forecast]) -> Budget {
        let mut limit = |cost: fn(&Spending) -> u64| {
            let dearest = forecasts.iter().map(|it| cost(&it.worst)).max();
            let halves = u64::from(self.whole_octaves(1.0, 9));
            dearest
                .filter(|_| self.percent(50))
                .map(|it| it * halves / 2)
        };
        Budget {
            usd: limit(|worst| worst.usd.nanos()).map(NanoUsd::new),
            millis: limit(|worst| worst.millis),
            bytes: limit(|worst| worst.bytes),
            images: limit(|worst| u64::from(worst.images)).map(|images| images as u32),
        }
    }

    /// Nothing, a part, or now and then all of each limit.
    fn committed(&mut self, budget: &Budget) -> Spending {
        let mut part = |limit: u64| match self.below(100) {
            0..60 => 0,
            60..98 => limit * u64::from(self.below(100)) / 100,
            _ => limit,
        };
        Spending {
            usd: NanoUsd::new(part(budget.usd.map_or(1_000_000, NanoUsd::nanos))),
            millis: part(budget.millis.unwrap_or(10_000)),
            bytes: part(budget.bytes.unwrap_or(1_000_000)),
            images: part(u64::from(budget.images.unwrap_or(4))) as u32,
        }
    }

    fn past_turn(&mut self) -> PastTurn {
        let slots = self.below(MOST_INPUTS as u32 + 1) as usize;
        let uploads = ModalitySet::from_bits(self.bits() as u16 & ModalitySet::first(slots).bits());
        PastTurn {
            action: if self.percent(50) {
                Action::Local
            } else {
                Action::Cloud(uploads)
            },
            task: self.mix(),
        }
    }

    fn dial(&mut self) -> Dial {
        if self.percent(40) {
            return Dial::default();
        }
        Dial {
            quality: 2.0 * self.share(),
            association: self.share(),
            latency: self.share(),
            usage: self.share(),
        }
    }

    fn rules(&mut self, cloud_available: bool) -> Rules {
        Rules {
            private: self.percent(4),
            cloud_available,
            text: Rules::OPEN.text,
            uploads: if self.percent(15) {
                ModalitySet::from_bits(self.bits() as u16)
            } else {
                Rules::OPEN.uploads
            },
            taken: Rules::OPEN.taken,
            wish: match self.below(20) {
                0 => Some(Wish::Local),
                1 => Some(Wish::Cloud),
                _ => None,
            },
            ..Rules::OPEN
        }
    }
}
