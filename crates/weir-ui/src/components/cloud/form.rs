//! What was typed about the user's own cloud model, and what it amounts to.

use std::str::FromStr;

use weir_browser::messages::ProviderSettings;
use weir_cloud::{Dialect, Provider, Secret};
use weir_core::{NanoUsd, Price};

/// What was typed into the form.
pub(super) struct Form {
    pub(super) dialect: Dialect,
    pub(super) base_url: String,
    pub(super) model: String,
    pub(super) key: String,
    pub(super) prices: Prices,
    /// The price that the table knows.
    pub(super) listed: Option<Price>,
}

/// Prices as they were typed, dollars per million tokens. What is left empty is as listed, or follows
/// from the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Prices {
    /// Of the prompt.
    pub(super) read: String,
    /// Of what is cached of it.
    pub(super) cached: String,
    /// Of its sound.
    pub(super) sound: String,
    /// Of the reply.
    pub(super) written: String,
    /// Not a price: the tokens that a picture counts as at most.
    pub(super) picture: String,
}

impl Form {
    /// The provider and its key, or what is wrong and what to write instead.
    pub(super) fn read(&self) -> Result<(ProviderSettings, Option<Secret>), String> {
        let price = self.prices.read(self.dialect, self.listed)?;
        let secret = match self.key.trim() {
            "" => None,
            key => Some(Secret::new(key).map_err(|error| sentence(&error.to_string()))?),
        };
        let base_url = self.base_url.trim().to_owned();
        let model = self.model.trim().to_owned();
        // Checked by the same code that will call it.
        if let Some(price) = price.or(self.listed) {
            Provider::speaking(self.dialect, &base_url, &model, None, price)
                .map_err(|error| sentence(&error.to_string()))?;
        }
        let provider = ProviderSettings {
            dialect: self.dialect,
            base_url,
            model,
            price,
        };
        Ok((provider, secret))
    }
}

impl Prices {
    /// As they were typed for a price that is not the listed one.
    pub(super) fn written(price: &Price) -> Self {
        Self {
            read: per_million(price.input),
            cached: per_million(price.cached_input),
            sound: price.audio_input.map(per_million).unwrap_or_default(),
            written: per_million(price.output),
            picture: price.image_tokens.to_string(),
        }
    }

    /// The price; `None` for the listed one, where nothing else was typed.
    fn read(&self, dialect: Dialect, listed: Option<Price>) -> Result<Option<Price>, String> {
        if listed.is_some() && *self == Self::default() {
            return Ok(None);
        }
        let media = dialect.media_bound();
        let required = "Write both prices: a budget needs them. 0 if the model is free.";
        let typed_or = |text: &str, listed: Option<NanoUsd>| match per_token(text)? {
            Some(price) => Ok(price),
            None => listed.ok_or_else(|| required.to_owned()),
        };
        let input = typed_or(&self.read, listed.map(|price| price.input))?;
        let output = typed_or(&self.written, listed.map(|price| price.output))?;
        // A listed price of the cache or of sound goes with the listed price of the prompt.
        let rest = listed.filter(|_| self.read.trim().is_empty());
        let cached_input = per_token(&self.cached)?;
        let audio_input = per_token(&self.sound)?;
        let image_tokens = match self.picture.trim() {
            "" => listed.map_or(media.image_tokens, |price| price.image_tokens),
            text => text
                .parse()
                .map_err(|_| "Write a picture's tokens as a whole number.".to_owned())?,
        };
        Ok(Some(Price {
            input,
            cached_input: cached_input
                .or_else(|| rest.map(|price| price.cached_input))
                .unwrap_or(input),
            output,
            audio_input: audio_input.or_else(|| rest?.audio_input),
            image_tokens,
            audio_tokens_per_second: listed.map_or(media.audio_tokens_per_second, |price| {
                price.audio_tokens_per_second
            }),
        }))
    }
}

fn sentence(words: &str) -> String {
    format!(
        "{}.",
        crate::words::capitalised(words).trim_end_matches('.')
    )
}

const TOKENS: u64 = 1_000_000;

/// Dollars per million tokens as money per token, rounded up: a bound must not be too low. `None`
/// where nothing was typed.
fn per_token(text: &str) -> Result<Option<NanoUsd>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    NanoUsd::from_str(text)
        .map(|amount| Some(NanoUsd::new(amount.nanos().div_ceil(TOKENS))))
        .map_err(|error| sentence(&error.to_string()))
}

/// Money per token as dollars per million tokens.
pub(super) fn per_million(price: NanoUsd) -> String {
    let amount = price.saturating_mul(TOKENS).to_string();
    amount.trim_start_matches('$').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: Price = Price {
        input: NanoUsd::new(300),
        cached_input: NanoUsd::new(30),
        output: NanoUsd::new(2_500),
        audio_input: Some(NanoUsd::new(1_000)),
        image_tokens: 258,
        audio_tokens_per_second: 32,
    };

    fn prices(read: &str, written: &str) -> Prices {
        Prices {
            read: read.to_owned(),
            written: written.to_owned(),
            ..Prices::default()
        }
    }

    fn form() -> Form {
        Form {
            dialect: Dialect::OpenAi,
            base_url: " https://api.example.com/v1 ".to_owned(),
            model: "small".to_owned(),
            key: String::new(),
            prices: prices("0.15", "0.60"),
            listed: None,
        }
    }

    fn price(form: Form) -> Option<Price> {
        form.read().expect("it is complete").0.price
    }

    #[test]
    fn prices_per_million_become_prices_per_token() {
        assert_eq!(per_token("0.15"), Ok(Some(NanoUsd::new(150))));
        assert_eq!(per_token("0.0000001"), Ok(Some(NanoUsd::new(1))));
        assert_eq!(per_token(" "), Ok(None));
        assert_eq!(per_million(NanoUsd::new(150)), "0.15");
        assert!(per_token("cheap").is_err());
    }

    #[test]
    fn a_form_gives_a_provider_and_keeps_the_key_apart() {
        let (provider, secret) = Form {
            key: " sk-1 ".to_owned(),
            dialect: Dialect::Anthropic,
            ..form()
        }
        .read()
        .expect("it is complete");
        assert_eq!(provider.base_url, "https://api.example.com/v1");
        assert_eq!(provider.dialect, Dialect::Anthropic);
        assert_eq!(
            provider.price.map(|price| price.output),
            Some(NanoUsd::new(600))
        );
        assert!(secret.is_some());
    }

    #[test]
    fn the_listed_price_counts_until_another_is_typed() {
        let listed = |prices| {
            price(Form {
                prices,
                listed: Some(LISTED),
                ..form()
            })
        };
        assert_eq!(listed(Prices::default()), None);
        let dearer_reply = LISTED.output.saturating_mul(2);
        assert_eq!(
            listed(prices("", "5")),
            Some(Price {
                output: dearer_reply,
                ..LISTED
            })
        );
        // Another price of the prompt leaves nothing of what was listed for parts of it.
        let other = listed(prices("2", "")).expect("a price of its own");
        assert_eq!(
            (other.cached_input, other.audio_input, other.image_tokens),
            (NanoUsd::new(2_000), None, 258)
        );
    }

    #[test]
    fn every_price_that_was_typed_comes_back_as_it_was() {
        let typed = Prices {
            cached: "0.01".to_owned(),
            sound: "1.00".to_owned(),
            picture: "700".to_owned(),
            ..prices("0.30", "2.50")
        };
        let price = price(Form {
            prices: typed.clone(),
            ..form()
        });
        assert_eq!(Prices::written(&price.expect("a price")), typed);
    }

    #[test]
    fn what_is_wrong_is_said_before_anything_is_saved() {
        let told = |form: Form| form.read().err().unwrap_or_default();
        let without_price = Form {
            prices: prices("", "0.60"),
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
