use weir_cloud::{
    bound,
    prices::{DEMO_MODEL, price},
};
use weir_core::{CallBound, NanoUsd, TokenUsage};

use crate::tape::question;

#[test]
fn a_million_tokens_cost_what_is_published() {
    let million = |host, model| {
        let usage = |input, output| TokenUsage {
            input,
            cached_input: 0,
            audio_input: 0,
            output,
        };
        let price = price(host, model).expect(model);
        [
            price.cost(usage(1_000_000, 0)),
            price.cost(usage(0, 1_000_000)),
        ]
        .map(|usd| usd.to_string())
    };
    assert_eq!(million("api.openai.com", "gpt-5-nano"), ["$0.05", "$0.40"]);
    assert_eq!(
        million("api.openai.com", "gpt-5.4-nano"),
        ["$0.20", "$1.25"]
    );
    assert_eq!(
        million("api.groq.com", "openai/gpt-oss-20b"),
        ["$0.075", "$0.30"]
    );
    assert_eq!(
        million("api.anthropic.com", "claude-haiku-4-5"),
        ["$1.00", "$5.00"]
    );
    assert_eq!(
        million("api.anthropic.com", "claude-sonnet-5"),
        ["$2.00", "$10.00"]
    );
    assert_eq!(million("127.0.0.1", DEMO_MODEL), ["$0.15", "$0.60"]);
}

#[test]
fn an_unknown_model_has_no_price() {
    for (host, model) in [
        ("api.openai.com", "gpt-9"),
        ("api.openai.com", "gpt-5-nano "),
        ("openai.example.com", "gpt-5-nano"),
        ("api.openai.com", DEMO_MODEL),
        ("api.openai.com", "claude-haiku-4-5"),
        // It charges long prompts at another price.
        ("api.openai.com", "gpt-5.6"),
    ] {
        assert_eq!(price(host, model), None, "{host} {model}");
    }
}

#[test]
fn sound_is_charged_and_bounded_at_its_own_price() {
    let price = price("generativelanguage.googleapis.com", "gemini-2.5-flash").expect("listed");
    let text = TokenUsage {
        input: 1_000,
        ..TokenUsage::default()
    };
    let sound = TokenUsage {
        audio_input: 640,
        ..text
    };
    assert_eq!(price.cost(text), NanoUsd::new(1_000 * 300));
    assert_eq!(price.cost(sound), NanoUsd::new(360 * 300 + 640 * 1_000));
    let bound = CallBound {
        prompt_tokens: 360,
        images: 0,
        audio_seconds: 20,
        output_tokens: 0,
    };
    assert_eq!(price.worst_case(bound), price.cost(sound));
}

#[test]
fn the_worst_case_of_a_call_is_its_bound_at_full_price() {
    let price = price("127.0.0.1", DEMO_MODEL).expect("listed");
    let bound = bound(&question());
    let expected = bound.prompt_tokens * 150 + 64 * 600;
    assert_eq!(price.worst_case(bound), NanoUsd::new(expected));
}
