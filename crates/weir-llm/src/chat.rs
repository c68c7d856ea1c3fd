//! A dialogue as the tokens that the model was trained to see.
//!
//! Each model file carries a Jinja template that writes control tokens such as `<|im_start|>` around
//! the messages. It is a program from a stranger: it pays for every step (`program`), and where it does
//! not work, plain ChatML stands in. What a person writes can never become a control token:
//! every name of one in a message is broken by a mark before the template runs, and the marks are
//! taken out when the rest has been cut into tokens.

use crate::gguf::{Gguf, GgufError};
use crate::tokenizer::Tokenizer;
use minijinja::{Value, context};
use serde::Serialize;

mod program;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Whoever embeds the model: how it should behave.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// One message of a dialogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Who wrote it.
    pub role: Role,
    /// What it says: text, never control tokens.
    pub content: String,
}

impl Message {
    /// A message of `role`.
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        Self {
            role,
            content: content.into(),
        }
    }
}

/// Why a template cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// The file has none.
    #[error("the model file has no chat template")]
    Missing,
    /// It is longer than any that is in use.
    #[error("the chat template has {len} bytes, more than the {SOURCE_LIMIT} that are accepted")]
    Oversized {
        /// Its length in bytes.
        len: usize,
    },
    /// It is not a template, or it fails on this dialogue; the engine's words.
    #[error("the chat template does not work: {0}")]
    Broken(String),
    /// It runs for too long.
    #[error("the chat template does not come to an end")]
    Endless,
    /// It reads, makes or writes too much.
    #[error("the chat template makes too much of this dialogue; a shorter one may work")]
    TooLong,
    /// It leaves out what the person says.
    #[error("the chat template leaves out what the user says")]
    Deaf,
}

/// How a model wants dialogues written.
#[derive(Debug, Clone)]
pub struct ChatTemplate {
    source: String,
    bos: String,
    eos: String,
    problem: Option<TemplateError>,
}

/// ChatML, the most common way to write a dialogue.
const CHATML: &str = "{% for message in messages %}\
    {{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}\
    {% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/// Bytes of the longest template that is accepted.
const SOURCE_LIMIT: usize = 64 << 10;

/// Breaks the names of control tokens. It is no character: Unicode sets it aside for use inside
/// programs.
const MARK: char = '\u{fdd0}';

impl ChatTemplate {
    /// The template of `gguf`, tried on a short dialogue; or ChatML, with the
    /// [problem](Self::problem), if it has none that works.
    ///
    /// # Errors
    /// Only if the file's metadata have other types than they should.
    pub fn from_gguf(gguf: &Gguf, tokenizer: &Tokenizer) -> Result<Self, GgufError> {
        let name_of = |key| -> Result<String, GgufError> {
            let token: Option<u32> = gguf.metadata.optional(key)?;
            let bytes = token.map_or(&[][..], |token| tokenizer.bytes(token));
            Ok(String::from_utf8_lossy(bytes).into_owned())
        };
        let source: Option<&str> = gguf.metadata.optional("tokenizer.chat_template")?;
        let template = Self {
            source: source.unwrap_or_default().to_owned(),
            bos: name_of("tokenizer.ggml.bos_token_id")?,
            eos: name_of("tokenizer.ggml.eos_token_id")?,
            problem: None,
        };
        let tried = match source {
            Some(_) => template.try_out(),
            None => Err(TemplateError::Missing),
        };
        Ok(match tried {
            Ok(()) => template,
            Err(problem) => Self {
                source: CHATML.to_owned(),
                problem: Some(problem),
                ..template
            },
        })
    }

    /// Why the file's own template is not in use, if it is not.
    #[must_use]
    pub const fn problem(&self) -> Option<&TemplateError> {
        self.problem.as_ref()
    }

    /// The tokens of a dialogue. With `add_generation_prompt` they end where the assistant's reply
    /// begins.
    ///
    /// # Errors
    /// [`TemplateError`] if the template does not take this dialogue.
    pub fn render(
        &self,
        tokenizer: &Tokenizer,
        messages: &[Message],
        add_generation_prompt: bool,
    ) -> Result<Vec<u32>, TemplateError> {
        let guarded: Vec<Message> = messages
            .iter()
            .map(|message| Message::new(message.role, guard(&message.content, tokenizer)))
            .collect();
        let text = self.text(&guarded, add_generation_prompt)?;
        let mut tokens = tokenizer.encode_marked(&text, MARK);
        if let Some(bos) = tokenizer.bos()
            && tokens.first() != Some(&bos)
        {
            tokens.insert(0, bos);
        }
        Ok(tokens)
    }

    /// The dialogue as the template writes it, to look at: names of control tokens in messages are
    /// not told from those of the template.
    ///
    /// # Errors
    /// As [`render`](Self::render).
    pub fn text(
        &self,
        messages: &[Message],
        add_generation_prompt: bool,
    ) -> Result<String, TemplateError> {
        if self.source.len() > SOURCE_LIMIT {
            return Err(TemplateError::Oversized {
                len: self.source.len(),
            });
        }
        program::run(
            &self.source,
            context! {
                messages,
                add_generation_prompt,
                bos_token => self.bos,
                eos_token => self.eos,
                tools => Value::from(()),
            },
        )
    }

    fn try_out(&self) -> Result<(), TemplateError> {
        let question = "What time is it?";
        let text = self.text(&[Message::new(Role::User, question)], true)?;
        if text.contains(question) {
            Ok(())
        } else {
            Err(TemplateError::Deaf)
        }
    }
}

/// `content` with a mark inside every name of a control token, and at its ends where it could
/// complete a name together with the template's text beside it.
fn guard(content: &str, tokenizer: &Tokenizer) -> String {
    let mut guarded = content.replace(MARK, "\u{fffd}");
    let (mut open_start, mut open_end) = (false, false);
    for name in tokenizer.control_names() {
        let first = name.chars().next().map_or(0, char::len_utf8);
        if guarded.contains(name) {
            let broken = format!("{}{MARK}{}", &name[..first], &name[first..]);
            guarded = guarded.replace(name, &broken);
        }
        let inner = name.char_indices().skip(1).map(|(at, _)| name.split_at(at));
        for (start, end) in inner {
            open_start |= guarded.starts_with(end);
            open_end |= guarded.ends_with(start);
        }
    }
    if open_start {
        guarded.insert(0, MARK);
    }
    if open_end {
        guarded.push(MARK);
    }
    guarded
}
