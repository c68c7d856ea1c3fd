//! What each action is expected to bring and to cost, and what it costs at worst.
//!
//! The lab and the worker build their observations here, so a policy meets in use what it met in
//! training.

use weir_core::{
    Action, CallBound, CloudEstimate, DeviceEstimate, Forecast, Modality, NanoUsd, NetworkEstimate,
    Price, Spending, TaskMix, TokenUsage,
};

use crate::response::ResponseModel;

/// One attached input, as far as its price and its worth are concerned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Input {
    /// What it is.
    pub modality: Modality,
    /// Its length in bytes, before it is encoded for the request.
    pub bytes: u64,
    /// Length of a clip in seconds; 0 for a picture.
    pub seconds: f32,
    /// How much it has to do with the prompt, 0 to 1.
    pub relevance: f32,
}

/// Everything that forecasts follow from.
#[derive(Clone, Copy, Debug)]
pub struct Outlook<'a> {
    /// What kind of turn it is.
    pub task: TaskMix,
    /// What is attached, by slot.
    pub inputs: &'a [Input],
    /// Tokens of the prompt, history included, as the local tokenizer counts them.
    pub prompt_tokens: u32,
    /// No provider counts more tokens than this in the request's text.
    pub prompt_tokens_bound: u64,
    /// Bytes of the request's text, history included.
    pub text_bytes: u64,
    /// The output limit of a local reply, tokens.
    pub local_limit: u32,
    /// The output limit that a cloud request carries, tokens.
    pub cloud_limit: u32,
    /// The way to the cloud.
    pub network: NetworkEstimate,
    /// The cloud model.
    pub cloud: CloudEstimate,
    /// This device.
    pub device: DeviceEstimate,
    /// The cloud model's price; `None` where no cloud is set up, which makes it cost nothing here
    /// and leaves it to the mask to forbid it.
    pub price: Option<Price>,
}

/// A local reply may take this many times what its rates say: devices warm up and slow down.
const LOCAL_WORST: f32 = 1.25;
/// Bytes of a request beside its text and uploads: JSON keys, parameters, headers.
const REQUEST_BYTES: u64 = 1024;

/// One forecast for each action, in the order of [`Action::enumerate`].
#[must_use]
pub fn forecasts(outlook: &Outlook<'_>, response: &ResponseModel) -> Vec<Forecast> {
    let attached: Vec<Modality> = outlook.inputs.iter().map(|input| input.modality).collect();
    let relevance: Vec<f32> = outlook.inputs.iter().map(|input| input.relevance).collect();
    Action::enumerate(outlook.inputs.len())
        .into_iter()
        .map(|action| {
            let expected = response.expect(&outlook.task, action, &attached, &relevance);
            let bill = outlook.bill(action, response.tokens(&outlook.task, action));
            Forecast {
                action,
                quality: expected.quality,
                quality_deviation: expected.deviation,
                association: expected.association,
                seconds: bill.seconds,
                usd: bill.usd.as_usd() as f32,
                worst: outlook.worst(action),
            }
        })
        .collect()
}

/// Bytes of a request with `text_bytes` of text and the given attachments, which travel as base64.
#[must_use]
pub fn request_bytes(text_bytes: u64, attachments: impl Iterator<Item = u64>) -> u64 {
    attachments
        .map(|bytes| bytes.div_ceil(3).saturating_mul(4))
        .fold(
            text_bytes.saturating_add(REQUEST_BYTES),
            u64::saturating_add,
        )
}

/// What a reply costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bill {
    /// Seconds until it is complete.
    pub seconds: f32,
    /// Money.
    pub usd: NanoUsd,
}

impl Outlook<'_> {
    /// What a reply of `tokens` by `action` costs if every estimate holds.
    #[must_use]
    pub fn bill(&self, action: Action, tokens: u32) -> Bill {
        if action == Action::Local {
            let tokens = tokens.min(self.local_limit);
            let seconds = self.device.local_seconds(self.prompt_tokens, tokens);
            return Bill {
                seconds,
                usd: NanoUsd::ZERO,
            };
        }
        let upload = Upload::of(self, action);
        let tokens = tokens.min(self.cloud_limit);
        let usd = self.price.map_or(NanoUsd::ZERO, |price| {
            let pictures = u64::from(upload.images) * u64::from(price.image_tokens);
            let sound = price.sound_tokens(upload.audio_seconds);
            price.cost(TokenUsage {
                input: u64::from(self.prompt_tokens)
                    .saturating_add(pictures)
                    .saturating_add(sound),
                cached_input: 0,
                audio_input: sound,
                output: u64::from(tokens),
            })
        });
        let seconds = self
            .network
            .cloud_seconds(&self.cloud, upload.bytes, tokens);
        Bill { seconds, usd }
    }

    /// The most that a reply by `action` may cost.
    fn worst(&self, action: Action) -> Spending {
        if action == Action::Local {
            let seconds = self
                .device
                .local_seconds(self.prompt_tokens, self.local_limit);
            return Spending {
                millis: millis(seconds * LOCAL_WORST),
                ..Spending::ZERO
            };
        }
        let upload = Upload::of(self, action);
        let bound = CallBound {
            prompt_tokens: self.prompt_tokens_bound,
            images: upload.images,
            audio_seconds: upload.audio_seconds,
            output_tokens: u64::from(self.cloud_limit),
        };
        let seconds = self
            .network
            .worst_cloud_seconds(&self.cloud, upload.bytes, self.cloud_limit);
        Spending {
            usd: self
                .price
                .map_or(NanoUsd::ZERO, |price| price.worst_case(bound)),
            millis: millis(seconds),
            bytes: upload.bytes,
            images: upload.images,
        }
    }
}

/// What a cloud call sends.
struct Upload {
    bytes: u64,
    images: u32,
    audio_seconds: u32,
}

impl Upload {
    fn of(outlook: &Outlook<'_>, action: Action) -> Self {
        let inputs = || {
            action
                .uploads()
                .slots()
                .filter_map(|slot| outlook.inputs.get(slot))
        };
        let clips = || inputs().filter(|input| !input.modality.is_picture());
        Self {
            bytes: request_bytes(outlook.text_bytes, inputs().map(|input| input.bytes)),
            images: (inputs().count() - clips().count()) as u32,
            audio_seconds: clips()
                .map(|clip| clip.seconds.max(0.0).ceil() as u32)
                .fold(0, u32::saturating_add),
        }
    }
}

/// Whole milliseconds, rounded up; what is not a number counts as forever.
fn millis(seconds: f32) -> u64 {
    if seconds.is_nan() {
        u64::MAX
    } else {
        (f64::from(seconds) * 1e3).ceil() as u64
    }
}
