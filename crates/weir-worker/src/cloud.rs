//! The cloud model: fits `weir-cloud` and egress to the engine.

use std::{
    cell::{Cell, RefCell},
    time::{Duration, SystemTime},
};

use weir_browser::{
    egress::{Body, Egress},
    messages::ProviderSettings,
    timers::{self, BrowserTimer},
};
use weir_cloud::{
    AudioFormat, ChatCall, Client, CloudError, Finish, Message as ChatMessage, Next, Part,
    Patience, Provider, ProviderError, Retries, Role, Secret, body, bound, prices,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use weir_core::{Modality, Price, dialogue::Ending};
use weir_engine::{
    Charged, CloudAnswer, CloudCall, CloudFailure, CloudModel, CloudTerms, Message, Permit,
    Speaker, Trouble, Upload,
};

/// The provider that the user set up, if one can be called.
#[derive(Debug, Default)]
pub(crate) struct Cloud {
    provider: RefCell<Option<Provider>>,
}

/// Why what the user set up cannot be called.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetUpError {
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// Never taken for free.
    #[error(
        "no price is known for “{model}” at {host}: enter what its tokens cost, so that the budget can be kept"
    )]
    PriceUnknown { model: String, host: String },
}

impl Cloud {
    /// Takes the settings and the key, in place of any before.
    pub(crate) fn set_up(
        &self,
        settings: Option<&ProviderSettings>,
        key: Option<Secret>,
    ) -> Result<(), SetUpError> {
        self.provider.take();
        if let Some(settings) = settings {
            self.provider.replace(Some(provider(settings, key)?));
        }
        Ok(())
    }
}

/// The price comes from the settings, or else from the table, which goes by host and model: only
/// the parsed settings tell these.
fn provider(settings: &ProviderSettings, key: Option<Secret>) -> Result<Provider, SetUpError> {
    let at = |key, price| {
        let ProviderSettings {
            dialect,
            base_url,
            model,
            ..
        } = settings;
        Provider::speaking(*dialect, base_url, model, key, price)
    };
    if let Some(price) = settings.price {
        return Ok(at(key, price)?);
    }
    let asked = at(None, Price::UNKNOWN)?;
    let price = prices::price(asked.host(), asked.model());
    let price = price.ok_or_else(|| SetUpError::PriceUnknown {
        model: asked.model().to_owned(),
        host: asked.host().to_owned(),
    })?;
    Ok(at(key, price)?)
}

impl CloudModel for Cloud {
    fn terms(&self) -> Option<CloudTerms> {
        let provider = self.provider.borrow();
        provider.as_ref().map(|provider| CloudTerms {
            host: provider.authority().to_owned(),
            model: provider.model().to_owned(),
            price: *provider.price(),
        })
    }

    fn takes(&self, modality: Modality, mime: &str) -> bool {
        let provider = self.provider.borrow();
        let empty = Upload {
            modality,
            mime,
            bytes: &[],
            seconds: 0.0,
        };
        provider.as_ref().is_some_and(|provider| {
            let refused = provider.dialect().not_taken(Role::User, &part(&empty));
            refused.is_none()
        })
    }

    fn prompt_tokens_bound(&self, messages: &[Message]) -> u64 {
        bound(&chat_call(messages, &[], 0)).prompt_tokens
    }

    fn body_bytes(&self, call: &CloudCall<'_>) -> u64 {
        let provider = self.provider.borrow();
        provider
            .as_ref()
            .map_or(0, |provider| body(provider, &written(call)).len() as u64)
    }

    async fn answer(
        &self,
        permit: Permit,
        call: &CloudCall<'_>,
        hear: &mut dyn FnMut(&str),
    ) -> Result<CloudAnswer, CloudFailure> {
        let provider = self.provider.borrow().clone();
        let provider = provider.ok_or_else(|| CloudFailure {
            trouble: Trouble::CloudRefused,
            message: "The cloud model was taken out of the settings before it was called.".into(),
            charged: Charged::NotSent,
            again: None,
        })?;
        let begun = timers::now_ms();
        let head = Cell::new(None);
        let client = Client {
            transport: Timed {
                egress: Egress::new(permit),
                head: &head,
            },
            timer: BrowserTimer,
            patience: Patience::default(),
        };
        timers::mark("weir:send");
        let reply = client.chat(&provider, &written(call), hear).await;
        let reply = reply.map_err(|failure| failed(&failure, call.attempt))?;
        Ok(CloudAnswer {
            ending: match reply.finish {
                Finish::Complete => Ending::Complete,
                Finish::Length => Ending::Length,
            },
            usage: reply.usage,
            head_ms: head.get().map(|at: f64| (at - begun) as f32),
        })
    }
}

/// Egress, and a look at the clock when the head of an answer arrives.
struct Timed<'a> {
    egress: Egress,
    head: &'a Cell<Option<f64>>,
}

impl Transport for Timed<'_> {
    type Body = Body;

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse<Body>, TransportError> {
        let answer = self.egress.send(request).await;
        self.head.set(Some(timers::now_ms()));
        answer
    }
}

fn failed(failure: &weir_cloud::CloudFailure, attempt: u32) -> CloudFailure {
    let trouble = match &failure.error {
        CloudError::Unreachable { .. } | CloudError::NoAnswer { .. } => Trouble::CloudUnreachable,
        CloudError::Offline => Trouble::CloudOffline,
        CloudError::Blocked { .. } => Trouble::CloudBlocked,
        CloudError::Slow { .. } | CloudError::Silent { .. } | CloudError::TimedOut { .. } => {
            Trouble::CloudSlow
        }
        CloudError::KeyRefused { .. } => Trouble::CloudKey,
        CloudError::Payment { .. } => Trouble::CloudPayment,
        CloudError::NotFound { .. } => Trouble::CloudNotFound,
        CloudError::Declined { .. } | CloudError::Withheld => Trouble::CloudDeclined,
        CloudError::Redirected { .. } | CloudError::WebPage { .. } | CloudError::Garbled { .. } => {
            Trouble::CloudForeign
        }
        CloudError::RateLimited { .. } => Trouble::CloudRateLimited,
        CloudError::Overloaded { .. } | CloudError::Failed { .. } => Trouble::CloudFailing,
        CloudError::TooLarge { .. } => Trouble::PromptTooLong,
        CloudError::CutOff | CloudError::Stalled { .. } => Trouble::CloudCutOff,
        CloudError::NotTaken { .. } | CloudError::NotAccepted { .. } => Trouble::CloudRefused,
    };
    let charged = match (failure.error.charged(), failure.usage) {
        (weir_cloud::Charged::No, _) if failure.error.was_sent() => Charged::Nothing,
        (weir_cloud::Charged::No, _) => Charged::NotSent,
        (weir_cloud::Charged::Unknown, Some(usage)) => Charged::Reported(usage),
        (weir_cloud::Charged::Unknown, None) => Charged::Unknown,
    };
    CloudFailure {
        trouble,
        message: sentence(&failure.error.to_string()),
        charged,
        again: again(failure, attempt),
    }
}

/// After which wait the call may be made again. Without chance the waits lie at their shortest.
fn again(failure: &weir_cloud::CloudFailure, attempt: u32) -> Option<Duration> {
    let since_1970 = u64::try_from(timers::moment().utc_ms()).unwrap_or(0);
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(since_1970);
    let dice = getrandom::u32().unwrap_or(0);
    match Retries::default().next(failure, attempt, now, dice) {
        Next::Wait(wait) => Some(wait),
        Next::GiveUp => None,
    }
}

/// With a capital letter and a full stop, as a person reads it.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    format!(
        "{}{}.",
        first.unwrap_or_default(),
        letters.as_str().trim_end_matches('.')
    )
}

fn written(call: &CloudCall<'_>) -> ChatCall {
    chat_call(call.messages, &call.uploads, u64::from(call.output_limit))
}

fn chat_call(messages: &[Message], uploads: &[Upload<'_>], max_output_tokens: u64) -> ChatCall {
    let mut messages: Vec<_> = messages
        .iter()
        .map(|message| {
            let role = match message.speaker {
                Speaker::System => Role::System,
                Speaker::User => Role::User,
                Speaker::Assistant => Role::Assistant,
            };
            ChatMessage::text(role, message.text.as_str())
        })
        .collect();
    if let Some(last) = messages.last_mut() {
        last.parts.extend(uploads.iter().map(part));
    }
    ChatCall {
        messages,
        max_output_tokens,
        temperature: None,
        seed: None,
    }
}

fn part(upload: &Upload<'_>) -> Part {
    let bytes = upload.bytes.to_vec();
    match upload.modality {
        Modality::CameraView | Modality::Image => Part::Image {
            mime: upload.mime.to_owned(),
            bytes,
        },
        Modality::MicrophoneClip => Part::Audio {
            format: AudioFormat::Wav,
            bytes,
            length: Duration::try_from_secs_f32(upload.seconds).unwrap_or(Duration::ZERO),
        },
    }
}
