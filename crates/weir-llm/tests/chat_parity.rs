//! Dialogues become the same text and the same tokens as in llama.cpp with the same file.
#![allow(
    clippy::unwrap_used,
    reason = "a golden that cannot be read is a failed test"
)]

mod model_file;

use weir_llm::chat::{ChatTemplate, Message, Role};
use weir_llm::tokenizer::Tokenizer;

fn message(value: &serde_json::Value) -> Message {
    let role = match value["role"].as_str().unwrap() {
        "system" => Role::System,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        other => panic!("{other}"),
    };
    Message::new(role, value["content"].as_str().unwrap())
}

#[test]
fn dialogues_equal_those_of_llama_cpp() {
    let Some((_, gguf)) = model_file::open() else {
        return;
    };
    let tokenizer = Tokenizer::from_gguf(&gguf).unwrap();
    let template = ChatTemplate::from_gguf(&gguf, &tokenizer).unwrap();
    assert_eq!(template.problem(), None);
    let golden = model_file::golden("chats.json");
    for dialogue in golden["dialogues"].as_array().unwrap() {
        let messages: Vec<Message> = dialogue["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(message)
            .collect();
        let prompt = dialogue["add_generation_prompt"].as_bool().unwrap();
        let name = dialogue["name"].as_str().unwrap();
        assert_eq!(
            template.text(&messages, prompt).unwrap(),
            dialogue["text"].as_str().unwrap(),
            "{name}"
        );
        let tokens: Vec<u32> = serde_json::from_value(dialogue["tokens"].clone()).unwrap();
        assert_eq!(
            template.render(&tokenizer, &messages, prompt).unwrap(),
            tokens,
            "{name}"
        );
    }
}
