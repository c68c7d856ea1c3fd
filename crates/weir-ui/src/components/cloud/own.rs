//! The form for the user's own cloud model.

use leptos::{ev, prelude::*};
use weir_cloud::{Dialect, prices::PRICES_DATE};

use super::form::{Form, Prices, per_million};
use crate::session::{CloudChoice, Session, queries, tasks};

/// Base URLs of the common format that are offered while one is typed.
const KNOWN: [&str; 7] = [
    "https://api.openai.com/v1",
    "https://openrouter.ai/api/v1",
    "https://api.groq.com/openai/v1",
    "https://api.mistral.ai/v1",
    "https://api.deepseek.com/v1",
    "http://127.0.0.1:8000/v1",
    "http://127.0.0.1:11434/v1",
];

/// The user's own cloud model.
#[component]
pub(super) fn OwnProvider() -> impl IntoView {
    let session = Session::expect();
    let before = session
        .settings
        .with_untracked(|settings| match &settings.cloud {
            CloudChoice::Own { provider, .. } => Some(provider.clone()),
            _ => None,
        });
    let typed = before
        .as_ref()
        .and_then(|provider| provider.price.as_ref())
        .map(Prices::written)
        .unwrap_or_default();
    let dialect = RwSignal::new(
        before
            .as_ref()
            .map_or_else(Dialect::default, |provider| provider.dialect),
    );
    let (before_url, before_model) = before.map_or_else(Default::default, |provider| {
        (provider.base_url, provider.model)
    });
    let base_url = RwSignal::new(before_url);
    let model = RwSignal::new(before_model);
    let read = RwSignal::new(typed.read);
    let cached = RwSignal::new(typed.cached);
    let sound = RwSignal::new(typed.sound);
    let written = RwSignal::new(typed.written);
    let picture = RwSignal::new(typed.picture);
    let key = RwSignal::new(String::new());
    let keep_key = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let saved = RwSignal::new(false);

    let choose = move |event: ev::Event| {
        let name = event_target_value(&event);
        let Some(chosen) = Dialect::ALL.into_iter().find(|it| it.name() == name) else {
            return;
        };
        // An address that was typed stays: a gateway may speak any format anywhere.
        let is_usual = base_url.with_untracked(|url| {
            url.trim().is_empty() || Dialect::ALL.iter().any(|it| it.usual_base_url() == url)
        });
        if is_usual {
            base_url.set(chosen.usual_base_url().to_owned());
        }
        dialect.set(chosen);
    };
    let listed = Memo::new(move |_| {
        base_url.with(|url| model.with(|model| queries::listed_price(dialect.get(), url, model)))
    });
    let form = move || Form {
        dialect: dialect.get_untracked(),
        base_url: base_url.get_untracked(),
        model: model.get_untracked(),
        key: key.get_untracked(),
        prices: Prices {
            read: read.get_untracked(),
            cached: cached.get_untracked(),
            sound: sound.get_untracked(),
            written: written.get_untracked(),
            picture: picture.get_untracked(),
        },
        listed: listed.get_untracked(),
    };
    let take = move |by_signing_in: bool| match form().read() {
        Ok((provider, _)) if by_signing_in => tasks::sign_in(session, provider),
        Ok((provider, secret)) => {
            let with_key = secret.is_some();
            let choice = CloudChoice::Own { provider, with_key };
            tasks::set_cloud(session, choice, secret, keep_key.get_untracked());
            key.set(String::new());
            problem.set(None);
            saved.set(true);
        }
        Err(message) => {
            problem.set(Some(message));
            saved.set(false);
        }
    };
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        take(false);
    };
    let signs_in =
        move || queries::may_sign_in(session) && base_url.with(|url| queries::signs_in(url));
    let price_line = move || match listed.get() {
        Some(price) => format!(
            "${} read and ${} written per million tokens, as listed on {PRICES_DATE}.",
            per_million(price.input),
            per_million(price.output)
        ),
        None => {
            "The price list does not know this model. Dollars per million tokens, 0 if it is free:"
                .to_owned()
        }
    };
    let named = move || model.with(|model| !model.trim().is_empty());

    view! {
        <form class="form" on:submit=save>
            <p class="form-title">"Your own"</p>
            <div class="form-field">
                <label class="field-label" for="weir-provider-kind">"Kind"</label>
                <select class="field" id="weir-provider-kind" data-testid="provider-kind" on:change=choose>
                    {Dialect::ALL.map(|it| view! {
                        <option value=it.name() selected=move || dialect.get() == it>{it.name()}</option>
                    }).collect_view()}
                </select>
            </div>
            <Field id="weir-provider-url" testid="provider-base-url" label="Base URL" value=base_url
                placeholder="https://api.example.com/v1" kind="url" list="weir-known-urls"/>
            <datalist id="weir-known-urls">
                {move || match dialect.get() {
                    Dialect::OpenAi => &KNOWN[..],
                    _ => &[],
                }.iter().map(|url| view! { <option value=*url></option> }).collect_view()}
            </datalist>
            <Field id="weir-provider-model" testid="provider-model" label="Model" value=model
                placeholder="as the provider names it" kind="text" list=""/>
            <Field id="weir-provider-key" testid="provider-key" label="Key, if it needs one" value=key
                placeholder="kept in memory" kind="password" list=""/>
            <label class="switch">
                <input
                    type="checkbox"
                    data-testid="key-keep"
                    prop:checked=move || keep_key.get()
                    on:change=move |event| keep_key.set(event_target_checked(&event))
                />
                <span class="switch-track" aria-hidden="true"></span>
                <span class="switch-label">"Keep the key until this tab is closed"</span>
            </label>
            <Show when=named>
                <p class="faint">{price_line}</p>
                <details open=move || listed.get().is_none()>
                    <summary>"Other prices"</summary>
                    <div class="pair">
                        <Field id="weir-price-input" testid="provider-price-input" label="Read" value=read
                            placeholder="0.15" kind="text" list=""/>
                        <Field id="weir-price-output" testid="provider-price-output" label="Written" value=written
                            placeholder="0.60" kind="text" list=""/>
                        <Field id="weir-price-cached" testid="provider-price-cached" label="Read from its cache"
                            value=cached placeholder="as read" kind="text" list=""/>
                        <Field id="weir-price-sound" testid="provider-price-sound" label="Sound" value=sound
                            placeholder="as read" kind="text" list=""/>
                        <Field id="weir-picture-tokens" testid="provider-picture-tokens"
                            label="Tokens of a picture" value=picture placeholder="at most" kind="text" list=""/>
                    </div>
                </details>
            </Show>
            <p class="field-problem" role="alert" data-testid="provider-problem">{move || problem.get()}</p>
            <p class="faint">"Saving it lets Weir send there what your rules allow."</p>
            <div class="actions start">
                <button type="submit" class="button" data-testid="provider-save">"Save and use"</button>
                <button
                    type="button"
                    class="button"
                    data-testid="sign-in"
                    hidden=move || !signs_in()
                    on:click=move |_| take(true)
                >
                    "Sign in with OpenRouter"
                </button>
                <Show when=move || saved.get()><span class="faint" role="status">"Saved"</span></Show>
            </div>
        </form>
    }
}

/// A labelled field.
#[component]
fn Field(
    id: &'static str,
    testid: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    placeholder: &'static str,
    kind: &'static str,
    list: &'static str,
) -> impl IntoView {
    // `type=url` would let the browser refuse the form in its own words.
    let (kind, mode) = if kind == "url" {
        ("text", "url")
    } else {
        (kind, "text")
    };
    view! {
        <div class="form-field">
            <label class="field-label" for=id>{label}</label>
            <input
                class="field"
                type=kind
                inputmode=mode
                id=id
                data-testid=testid
                placeholder=placeholder
                list=(!list.is_empty()).then_some(list)
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
        </div>
    }
}
