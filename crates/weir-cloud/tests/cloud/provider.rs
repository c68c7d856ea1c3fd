use proptest::prelude::*;
use weir_cloud::{Dialect, Provider, ProviderError};

use crate::tape::PRICE;

fn at(base_url: &str) -> Result<Provider, ProviderError> {
    Provider::new(base_url, "small", None, PRICE)
}

#[test]
fn addresses_are_understood_as_people_write_them() {
    for (written, url, host) in [
        (
            "https://api.openai.com/v1",
            "https://api.openai.com/v1/chat/completions",
            "api.openai.com",
        ),
        (
            " HTTPS://API.OpenAI.com/v1/ ",
            "https://api.openai.com/v1/chat/completions",
            "api.openai.com",
        ),
        (
            "https://a.b/v1/chat/completions",
            "https://a.b/v1/chat/completions",
            "a.b",
        ),
        (
            "https://a.b:8443",
            "https://a.b:8443/chat/completions",
            "a.b",
        ),
        (
            "http://127.0.0.1:8000/v1",
            "http://127.0.0.1:8000/v1/chat/completions",
            "127.0.0.1",
        ),
        (
            "http://localhost:11434/v1",
            "http://localhost:11434/v1/chat/completions",
            "localhost",
        ),
        (
            "http://[::1]:8000/v1",
            "http://[::1]:8000/v1/chat/completions",
            "[::1]",
        ),
    ] {
        let provider = at(written).expect(written);
        assert_eq!(
            (provider.chat_url().as_str(), provider.host()),
            (url, host),
            "{written}"
        );
    }
}

#[test]
fn plain_http_is_for_this_machine_only() {
    for written in [
        "http://api.openai.com/v1",
        "http://192.168.0.7:8000/v1",
        "http://127.0.0.1.example.com/v1",
        "http://localhost.example.com",
        "http://0x7f.1/v1",
        "http://[::2]/v1",
    ] {
        assert!(
            matches!(at(written), Err(ProviderError::Unencrypted(_))),
            "{written}"
        );
    }
}

#[test]
fn what_could_be_read_in_two_ways_is_refused() {
    for written in [
        "",
        "api.openai.com/v1",
        "ftp://a.b",
        "https://",
        "https:///v1",
        "https://user:key@a.b/v1",
        "https://a.b/v1?key=1",
        "https://a.b/v1#key",
        "https://evil.com\\@a.b",
        "https://a b",
        "https://a.b:port",
        "https://a.b:99999",
        "https://a.b//c",
        "https://ä.b",
        "https://a.b/\n/c",
        "javascript:alert(1)",
    ] {
        assert!(
            matches!(at(written), Err(ProviderError::NotAUrl(_))),
            "{written:?}"
        );
    }
}

#[test]
fn a_model_must_be_named() {
    let nameless = Provider::new("https://a.b", " ", None, PRICE);
    assert!(matches!(nameless, Err(ProviderError::NoModel)));
}

#[test]
fn each_format_has_its_own_path() {
    let url = |dialect, base_url: &str, model| {
        Provider::speaking(dialect, base_url, model, None, PRICE)
            .expect(base_url)
            .chat_url()
    };
    for base_url in [
        "https://api.anthropic.com/v1",
        "https://api.anthropic.com/v1/messages/",
    ] {
        assert_eq!(
            url(Dialect::Anthropic, base_url, "claude-haiku-4-5"),
            "https://api.anthropic.com/v1/messages"
        );
    }
    for (base_url, model) in [
        (
            "https://generativelanguage.googleapis.com/v1beta",
            "gemini-2.5-flash",
        ),
        (
            "https://generativelanguage.googleapis.com/v1beta/models",
            " models/gemini-2.5-flash ",
        ),
    ] {
        assert_eq!(
            url(Dialect::Gemini, base_url, model),
            "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse"
        );
    }
    for dialect in Dialect::ALL {
        assert!(url(dialect, dialect.usual_base_url(), "m").starts_with(dialect.usual_base_url()));
    }
}

#[test]
fn a_model_cannot_change_the_address_that_is_called() {
    for model in [
        "models/", "../x", "a/b", "a?key=1", "a#b", "a:b", "a%2Fb", "ä", "a\\b",
    ] {
        let provider = Provider::speaking(Dialect::Gemini, "https://a.b", model, None, PRICE);
        assert!(
            matches!(provider, Err(ProviderError::NotAModel(_))),
            "{model}"
        );
    }
    let by_name = Provider::speaking(
        Dialect::OpenAi,
        "https://a.b",
        "org/model:free",
        None,
        PRICE,
    );
    assert_eq!(by_name.expect("a provider").model(), "org/model:free");
}

proptest! {
    #[test]
    fn no_text_panics_and_an_unencrypted_address_is_local(text in "(https?://)?[ -~é]{0,40}") {
        if let Ok(provider) = at(&text)
            && provider.chat_url().starts_with("http://")
        {
            let host = provider.host();
            prop_assert!(
                host == "localhost" || host == "[::1]" || host.starts_with("127.")
                    || host.ends_with(".localhost"),
                "{}", host
            );
        }
    }
}
