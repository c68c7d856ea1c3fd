//! What can be read off a session. Nothing here changes anything; inside a reactive scope each
//! query is followed by what it read.

use leptos::prelude::*;
use web_sys::Url;
use weir_browser::{
    messages::{DeviceKind, LocalModelState, ModelFile, Preferences, ProviderSettings},
    sign_in,
};
use weir_cloud::{Dialect, Provider, prices};
use weir_core::{Departure, NanoUsd, Price, Rule, Span, Where, mask::Wish};

use super::{CloudChoice, Engine, Exchange, ExchangeKey, Fetched, Phase, Progress, Session};
use crate::words;

/// What a turn waits for before it is given to the worker.
#[derive(Clone, Debug, PartialEq)]
pub enum Wait {
    /// The worker does not listen yet.
    Engine,
    /// Another turn is being answered.
    Answer,
    /// The local model is on its way.
    Model(LocalModelState),
    /// The user has to say which model may answer.
    Choice,
}

/// How far the engine and its model are, in one word for programs and a few for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// `starting`, `downloading`, `loading`, `ready`, `failed` or `absent`.
    pub state: &'static str,
    /// For people.
    pub text: String,
}

/// What the worker is told of the settings.
pub fn preferences(session: Session) -> Preferences {
    let has_key = session.key.with(Option::is_some);
    session.settings.with(|settings| {
        let mut preferences = settings.preferences(offered_cloud(session), has_key);
        let provider = preferences.provider.as_ref();
        if let Some(host) = provider.and_then(|it| host(&it.base_url)) {
            preferences.consented |= settings.consents.contains(&host) || is_own_host(&host);
        }
        preferences
    })
}

/// Whether the page itself comes from this host, which so knows who reads it anyway.
fn is_own_host(host: &str) -> bool {
    let page = document().base_uri().ok().flatten();
    page.and_then(|page| Url::new(&page).ok())
        .is_some_and(|page| page.host() == host)
}

/// The cloud model that the page itself offers.
pub fn offered_cloud(session: Session) -> Option<ProviderSettings> {
    session.offers.with(|offers| {
        let cloud = offers.as_ref()?.cloud.as_ref()?;
        Some(ProviderSettings {
            dialect: cloud.dialect,
            base_url: cloud.base_url.clone(),
            model: cloud.model.clone(),
            price: cloud.price,
        })
    })
}

/// The local model that would be loaded: what the user chose, on this page or before, else what the
/// page was opened with, else what it offers first.
pub fn model_file(session: Session) -> Option<ModelFile> {
    let options = session.options;
    let chosen = session.chosen.get();
    chosen
        .or_else(|| options.with_value(|options| options.model.clone()))
        .or_else(|| session.settings.with(|settings| settings.model.clone()))
        .or_else(|| {
            session
                .offers
                .with(|offers| offers.as_ref()?.models.first().cloned())
        })
}

/// The local models that the page offers.
pub fn offered_models(session: Session) -> Vec<ModelFile> {
    session.offers.with(|offers| {
        let offers = offers.as_ref();
        offers.map_or_else(Vec::new, |offers| offers.models.clone())
    })
}

/// The largest offered model that is no longer than this.
pub fn smaller_model(session: Session, bytes: u64) -> Option<ModelFile> {
    let fitting = offered_models(session)
        .into_iter()
        .filter(|model| model.bytes().is_some_and(|length| length <= bytes));
    fitting.max_by_key(ModelFile::bytes)
}

/// How much of the local model is here, while it is not all.
pub fn part(session: Session) -> Option<Fetched> {
    session.fetched.get().or_else(|| {
        let model = model_file(session)?;
        session.kept.with(|kept| {
            let mut parts = kept.iter().filter(|kept| !kept.whole);
            let part = parts.find(|part| part.model.shards == model.shards)?;
            Some(Fetched {
                bytes: part.bytes,
                total: model.bytes(),
            })
        })
    })
}

/// Whether the local model can answer.
pub fn local_ready(session: Session) -> bool {
    session
        .model
        .with(|model| matches!(model, LocalModelState::Ready { .. }))
}

/// The device that the local model runs on.
pub fn device(session: Session) -> Option<DeviceKind> {
    session.model.with(|model| match model {
        LocalModelState::Ready { device, .. } => Some(*device),
        _ => None,
    })
}

/// The exchange that the worker is answering.
pub fn live(session: Session) -> Option<Exchange> {
    in_phase(session, Phase::Live)
}

/// What the user is to look at before it leaves, and the exchange that it belongs to.
pub fn departure(session: Session) -> Option<(Exchange, Departure)> {
    let exchange = live(session)?;
    let departure = exchange.progress.with(|progress| match progress {
        Progress::Asked { departure, .. } => departure.as_deref().cloned(),
        _ => None,
    })?;
    Some((exchange, departure))
}

/// The next exchange that is to be asked.
pub fn next_queued(session: Session) -> Option<Exchange> {
    in_phase(session, Phase::Queued)
}

/// Whether a turn is being answered or waits for it.
pub fn is_busy(session: Session) -> bool {
    live(session).is_some() || next_queued(session).is_some()
}

fn in_phase(session: Session, phase: Phase) -> Option<Exchange> {
    session.exchanges.with(|exchanges| {
        exchanges
            .iter()
            .find(|exchange| exchange.progress.with(Progress::phase) == phase)
            .cloned()
    })
}

/// Where else the last answer could be had, while nothing is being answered.
pub fn elsewhere(session: Session, key: ExchangeKey) -> Option<Wish> {
    if is_busy(session) {
        return None;
    }
    let is_cloud = session.exchanges.with(|exchanges| {
        let last = exchanges.last().filter(|last| last.key == key)?;
        let place = |progress: &Progress| progress.reply().map(|reply| reply.receipt.place.clone());
        Some(matches!(last.progress.with(place)?, Where::Cloud { .. }))
    })?;
    let preferences = preferences(session);
    if is_cloud {
        local_ready(session).then_some(Wish::Local)
    } else {
        let may = preferences.provider.is_some() && !preferences.private;
        may.then_some(Wish::Cloud)
    }
}

/// How many of the oldest turns the local model left out of an exchange, if it had left out fewer, or
/// none, before.
pub fn newly_forgotten(session: Session, key: ExchangeKey) -> Option<u32> {
    session.exchanges.with(|exchanges| {
        let place = exchanges.iter().position(|exchange| exchange.key == key)?;
        let forgotten = |exchange: &Exchange| exchange.progress.with(Progress::forgotten);
        let before = exchanges[..place].iter().map(forgotten).max().unwrap_or(0);
        let now = forgotten(&exchanges[place]);
        (now > before).then_some(now)
    })
}

/// What a turn with this wish waits for; `None` if the worker should have it now, be it only to say
/// why it cannot be answered.
pub fn wait_for(session: Session, wish: Option<Wish>) -> Option<Wait> {
    match session.engine.get() {
        Engine::GaveUp { .. } => return None,
        Engine::Listening if session.offers.with(Option::is_some) => {}
        _ => return Some(Wait::Engine),
    }
    if live(session).is_some() {
        return Some(Wait::Answer);
    }
    let preferences = preferences(session);
    let cloud_may_answer = preferences.provider.is_some()
        && !preferences.private
        && preferences.rules.text != Rule::Never
        && Span::ALL
            .into_iter()
            .all(|span| preferences.limits.of(span).usd != Some(NanoUsd::ZERO));
    if wish == Some(Wish::Cloud) || (wish.is_none() && cloud_may_answer) {
        return None;
    }
    match session.model.get() {
        LocalModelState::Ready { .. } | LocalModelState::Failed { .. } => None,
        _ if !session.model_wanted.get() => model_file(session).map(|_| Wait::Choice),
        state => Some(Wait::Model(state)),
    }
}

/// How far the engine and its model are.
pub fn status(session: Session) -> Status {
    let model = session.model.get();
    let state = match session.engine.get() {
        Engine::GaveUp { .. } => {
            return Status {
                state: "failed",
                text: "The engine stopped".to_owned(),
            };
        }
        Engine::Starting => {
            return Status {
                state: "starting",
                text: "Starting".to_owned(),
            };
        }
        Engine::Listening => match &model {
            LocalModelState::Absent if session.model_wanted.get() => "starting",
            LocalModelState::Absent => "absent",
            LocalModelState::Downloading { .. } if !session.model_wanted.get() => "absent",
            LocalModelState::Downloading { .. } => "downloading",
            LocalModelState::Measuring
            | LocalModelState::Verifying { .. }
            | LocalModelState::Loading { .. } => "loading",
            LocalModelState::Ready { .. } => "ready",
            LocalModelState::Failed { .. } => "failed",
        },
    };
    let text = match state {
        "starting" => "Starting".to_owned(),
        "absent" => words::model_state(&LocalModelState::Absent),
        _ => words::model_state(&model),
    };
    Status { state, text }
}

/// Where an exchange is being or was answered, once that is known.
pub fn place(session: Session, progress: &Progress) -> Option<Where> {
    if let Some(reply) = progress.reply() {
        return Some(reply.receipt.place.clone());
    }
    let decision = progress.decision()?;
    if !decision.action.is_cloud() {
        let model = match session.model.get() {
            LocalModelState::Ready { name, .. } => name,
            _ => "local model".to_owned(),
        };
        return Some(Where::Local { model });
    }
    let provider = preferences(session).provider?;
    let host = host(&provider.base_url).unwrap_or_else(|| provider.base_url.clone());
    Some(Where::Cloud {
        model: provider.model,
        host,
    })
}

/// What people call the provider at `host_name`: what the page calls its own, else the host.
pub fn provider_name(session: Session, host_name: &str, model: &str) -> String {
    let offered = session.offers.with(|offers| {
        let cloud = offers.as_ref()?.cloud.as_ref()?;
        let same = cloud.model == model && host(&cloud.base_url).as_deref() == Some(host_name);
        same.then(|| cloud.label.clone())
    });
    offered.unwrap_or_else(|| words::provider(host_name, model).to_owned())
}

/// The host of a base URL, as receipts name it: with its port.
#[must_use]
pub fn host(base_url: &str) -> Option<String> {
    any_model(base_url).map(|provider| provider.authority().to_owned())
}

/// Whether the user's own provider gets its key by signing in.
pub(super) fn waits_for_sign_in(choice: &CloudChoice) -> bool {
    matches!(choice, CloudChoice::Own { provider, .. } if signs_in(&provider.base_url))
}

/// Whether the page may be left for signing in.
pub fn may_sign_in(session: Session) -> bool {
    let private = session.settings.with(|settings| settings.private);
    session.options.with_value(|options| options.sign_in) && !private
}

/// Whether a key for what is at this address can be had by signing in.
#[must_use]
pub fn signs_in(base_url: &str) -> bool {
    host(base_url).is_some_and(|host| host == sign_in::HOST)
}

/// What the price list says of `model` behind a base URL.
#[must_use]
pub fn listed_price(dialect: Dialect, base_url: &str, model: &str) -> Option<Price> {
    let provider = unpriced(dialect, base_url, model)?;
    prices::price(provider.host(), provider.model())
}

/// Some model behind a base URL: what its address alone says.
fn any_model(base_url: &str) -> Option<Provider> {
    unpriced(Dialect::OpenAi, base_url, "any")
}

fn unpriced(dialect: Dialect, base_url: &str, model: &str) -> Option<Provider> {
    Provider::speaking(dialect, base_url, model, None, Price::UNKNOWN).ok()
}
