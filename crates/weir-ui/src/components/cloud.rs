//! Which cloud model may answer.

use std::str::FromStr;

use leptos::{ev, prelude::*};
use weir_browser::messages::ProviderSettings;
use weir_cloud::{Dialect, Provider, Secret, prices::PRICES_DATE};
use weir_core::{NanoUsd, Price};

use crate::session::{CloudChoice, Session, queries, tasks};

/// Base URLs that are offered while one is typed.
const KNOWN: [&str; 6] = [
    "https://api.openai.com/v1",
    "https://api.groq.com/openai/v1",
    "https://api.mistral.ai/v1",
    "https://api.deepseek.com/v1",
    "http://127.0.0.1:8000/v1",
    "http://127.0.0.1:11434/v1",
];

/// Which cloud model may answer: the page's own, the user's, or none.
#[component]
pub(super) fn CloudSection() -> impl IntoView {
    let session = Session::expect();
    let choice = Memo::new(move |_| session.settings.with(|settings| settings.cloud.clone()));
    let offered = move || {
        session.offers.with(|offers| {
            offers
                .as_ref()?
                .cloud
                .as_ref()
                .map(|cloud| cloud.label.clone())
        })
    };
    let now = move || match choice.get() {
        CloudChoice::Offered => offered().map_or_else(
            || "No cloud model is set up. Every answer is made here.".to_owned(),
            |label| format!("In use: {label}."),
        ),
        CloudChoice::Off => "The cloud is off. Every answer is made here.".to_owned(),
        CloudChoice::Own { provider, with_key } => {
            let host = queries::host(&provider.base_url).unwrap_or(provider.base_url);
            if with_key && session.key.with(Option::is_none) {
                format!(
                    "{} at {host} waits for its key. Keys are kept in memory alone, so a reload forgets them.",
                    provider.model
                )
            } else {
                format!("In use: {} at {host}.", provider.model)
            }
        }
    };
    let choose = move |choice: CloudChoice| tasks::set_cloud(session, choice, None);

    view! {
        <section class="section" aria-labelledby="weir-cloud">
            <h3 class="section-title" id="weir-cloud">"Cloud model"</h3>
            <p data-testid="provider-state">{now}</p>
            <div class="actions start">
                {move || offered().filter(|_| choice.get() != CloudChoice::Offered).map(|label| view! {
                    <button
                        type="button"
                        class="button small"
                        data-testid="provider-offered"
                        on:click=move |_| choose(CloudChoice::Offered)
                    >
                        {format!("Use {label}")}
                    </button>
                })}
                <Show when=move || queries::preferences(session).provider.is_some()>
                    <button
                        type="button"
                        class="button small"
                        data-testid="provider-off"
                        on:click=move |_| choose(CloudChoice::Off)
                    >
                        "Turn the cloud off"
                    </button>
                </Show>
            </div>
            <OwnProvider/>
        </section>
    }
}

/// The user's own cloud model.
#[component]
fn OwnProvider() -> impl IntoView {
    let session = Session::expect();
    let before = session
        .settings
        .with_untracked(|settings| match &settings.cloud {
            CloudChoice::Own { provider, .. } => Some(provider.clone()),
            _ => None,
        });
    let price = before.as_ref().and_then(|provider| provider.price);
    let (before_url, before_model) = before.map_or_else(Default::default, |provider| {
        (provider.base_url, provider.model)
    });
    let base_url = RwSignal::new(before_url);
    let model = RwSignal::new(before_model);
    let input_price = RwSignal::new(
        price
            .map(|price| per_million(price.input))
            .unwrap_or_default(),
    );
    let output_price = RwSignal::new(
        price
            .map(|price| per_million(price.output))
            .unwrap_or_default(),
    );
    let key = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let saved = RwSignal::new(false);

    let listed = Memo::new(move |_| {
        base_url.with(|url| model.with(|model| queries::listed_price(url, model)))
    });
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let form = Form {
            base_url: base_url.get_untracked(),
            model: model.get_untracked(),
            key: key.get_untracked(),
            input_price: input_price.get_untracked(),
            output_price: output_price.get_untracked(),
            listed: listed.get_untracked(),
        };
        match form.read() {
            Ok((provider, secret)) => {
                let with_key = secret.is_some();
                tasks::set_cloud(session, CloudChoice::Own { provider, with_key }, secret);
                key.set(String::new());
                problem.set(None);
                saved.set(true);
            }
            Err(message) => {
                problem.set(Some(message));
                saved.set(false);
            }
        }
    };
    let price_line = move || {
        listed.get().map(|price| {
            format!(
                "${} read and ${} written per million tokens, as listed on {PRICES_DATE}.",
                per_million(price.input),
                per_million(price.output)
            )
        })
    };
    let named = move || model.with(|model| !model.trim().is_empty());

    view! {
        <form class="form" on:submit=save>
            <p class="form-title">"Your own"</p>
            <Field id="weir-provider-url" testid="provider-base-url" label="Base URL" value=base_url
                placeholder="https://api.example.com/v1" kind="url" list="weir-known-urls"/>
            <datalist id="weir-known-urls">
                {KNOWN.map(|url| view! { <option value=url></option> }).collect_view()}
            </datalist>
            <Field id="weir-provider-model" testid="provider-model" label="Model" value=model
                placeholder="as the provider names it" kind="text" list=""/>
            <Field id="weir-provider-key" testid="provider-key" label="Key, if it needs one" value=key
                placeholder="kept in memory alone" kind="password" list=""/>
            <p class="faint">{price_line}</p>
            <Show when=move || named() && listed.get().is_none()>
                <p class="faint">"The price list does not know this model. Dollars per million tokens, 0 if it is free:"</p>
                <div class="pair">
                    <Field id="weir-price-input" testid="provider-price-input" label="Read" value=input_price
                        placeholder="0.15" kind="text" list=""/>
                    <Field id="weir-price-output" testid="provider-price-output" label="Written" value=output_price
                        placeholder="0.60" kind="text" list=""/>
                </div>
            </Show>
            <p class="field-problem" role="alert" data-testid="provider-problem">{move || problem.get()}</p>
            <div class="actions start">
                <button type="submit" class="button" data-testid="provider-save">"Save and use"</button>
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

/// What was typed into the form.
struct Form {
    base_url: String,
    model: String,
    key: String,
    input_price: String,
    output_price: String,
    /// The price that the table knows.
    listed: Option<Price>,
}

impl Form {
    /// The provider and its key, or what is wrong and what to write instead.
    fn read(&self) -> Result<(ProviderSettings, Option<Secret>), String> {
        let media = Dialect::default().media_bound();
        let price = match self.listed {
            Some(_) => None,
            None => Some(Price {
                input: per_token(&self.input_price)?,
                cached_input: per_token(&self.input_price)?,
                output: per_token(&self.output_price)?,
                image_tokens: media.image_tokens,
                audio_tokens_per_second: media.audio_tokens_per_second,
            }),
        };
        let secret = match self.key.trim() {
            "" => None,
            key => Some(Secret::new(key).map_err(|error| sentence(&error.to_string()))?),
        };
        let base_url = self.base_url.trim().to_owned();
        let model = self.model.trim().to_owned();
        // Checked by the same code that will call it.
        if let Some(price) = price.or(self.listed) {
            Provider::new(&base_url, &model, None, price)
                .map_err(|error| sentence(&error.to_string()))?;
        }
        let provider = ProviderSettings {
            base_url,
            model,
            price,
        };
        Ok((provider, secret))
    }
}

fn sentence(words: &str) -> String {
    format!(
        "{}.",
        crate::words::capitalised(words).trim_end_matches('.')
    )
}

const TOKENS: u64 = 1_000_000;

/// Dollars per million tokens as money per token, rounded up: a bound must not be too low.
fn per_token(text: &str) -> Result<NanoUsd, String> {
    if text.trim().is_empty() {
        return Err("Write both prices: a budget needs them. 0 if the model is free.".to_owned());
    }
    NanoUsd::from_str(text)
        .map(|amount| NanoUsd::new(amount.nanos().div_ceil(TOKENS)))
        .map_err(|error| sentence(&error.to_string()))
}

/// Money per token as dollars per million tokens.
fn per_million(price: NanoUsd) -> String {
    let amount = price.saturating_mul(TOKENS).to_string();
    amount.trim_start_matches('$').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Form {
        Form {
            base_url: " https://api.example.com/v1 ".to_owned(),
            model: "small".to_owned(),
            key: String::new(),
            input_price: "0.15".to_owned(),
            output_price: "0.60".to_owned(),
            listed: None,
        }
    }

    #[test]
    fn prices_per_million_become_prices_per_token() {
        assert_eq!(per_token("0.15"), Ok(NanoUsd::new(150)));
        assert_eq!(per_token("0.0000001"), Ok(NanoUsd::new(1)));
        assert_eq!(per_million(NanoUsd::new(150)), "0.15");
        assert!(per_token("cheap").is_err());
    }

    #[test]
    fn a_form_gives_a_provider_and_keeps_the_key_apart() {
        let (provider, secret) = Form {
            key: " sk-1 ".to_owned(),
            ..form()
        }
        .read()
        .expect("it is complete");
        assert_eq!(provider.base_url, "https://api.example.com/v1");
        assert_eq!(
            provider.price.map(|price| price.output),
            Some(NanoUsd::new(600))
        );
        assert!(secret.is_some());
    }

    #[test]
    fn what_is_wrong_is_said_before_anything_is_saved() {
        let told = |form: Form| form.read().err().unwrap_or_default();
        let without_price = Form {
            input_price: String::new(),
            ..form()
        };
        assert!(told(without_price).contains("both prices"));
        let unencrypted = Form {
            base_url: "http://example.com/v1".to_owned(),
            ..form()
        };
        assert!(told(unencrypted).contains("encryption"));
        let unnamed = Form {
            model: String::new(),
            ..form()
        };
        assert!(told(unnamed).contains("model"));
        let bad_key = Form {
            key: "two words".to_owned(),
            ..form()
        };
        let message = told(bad_key);
        assert!(!message.is_empty() && !message.contains("two words"));
    }
}
