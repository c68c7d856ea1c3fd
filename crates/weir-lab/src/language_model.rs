//! The local language model, run natively: hidden states by the contract of
//! [`weir_policy::probe`], and replies as the page would get them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use futures::FutureExt;
use sha2::{Digest, Sha256};
use weir_llm::{
    chat::{ChatTemplate, Message, Role, TemplateError},
    device::{self, DeviceError, DeviceKind},
    gguf::{Gguf, GgufError},
    model::{ForwardError, KvCache, Llama, LoadError, Prefill, Tap},
    source::{FileSource, SourceError},
    tokenizer::{Special, Tokenizer, TokenizerError},
};
use weir_policy::probe::text_tokens;

/// Why the model could not be run.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each is what its source says")]
pub enum ModelError {
    #[error("{file}: {error}; give the path of a GGUF file")]
    File { file: PathBuf, error: io::Error },
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Gguf(#[from] GgufError),
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
    #[error(transparent)]
    Device(#[from] DeviceError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error(transparent)]
    Forward(#[from] ForwardError),
    #[error("the model did not answer at once, as it does on the CPU")]
    NotReady,
}

/// A model with its tokenizer.
#[derive(Debug)]
pub struct LanguageModel {
    name: String,
    sha256: String,
    parameters: u64,
    model: Llama,
    tokenizer: Tokenizer,
    template: ChatTemplate,
    cache: KvCache,
    /// The tokens that the cache holds.
    held: Vec<u32>,
}

/// Tokens that a dialogue of the lab may have.
const CONTEXT: usize = 512;
/// What the assistant said in earlier turns.
const EARLIER_REPLY: &str = "Sure, here is what I can do for you.";

impl LanguageModel {
    /// Loads a GGUF file onto the CPU.
    ///
    /// # Errors
    /// [`ModelError`] names what is wrong with the file.
    pub fn open(file: &Path) -> Result<Self, ModelError> {
        let bytes = fs::read(file).map_err(|error| ModelError::File {
            file: file.to_owned(),
            error,
        })?;
        let sha256 = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        drop(bytes);
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        at_once(async {
            let source = FileSource::open(file)?;
            let gguf = Gguf::read(&source).await?;
            let tokenizer = Tokenizer::from_gguf(&gguf)?;
            let template = ChatTemplate::from_gguf(&gguf, &tokenizer)?;
            let device = device::open(DeviceKind::Cpu).await?;
            let model = Llama::load(&gguf, &source, &device, |_| ()).await?;
            Ok(Self {
                cache: model.cache(CONTEXT),
                held: Vec::new(),
                name,
                sha256,
                parameters: gguf.parameters(),
                model,
                tokenizer,
                template,
            })
        })
    }

    /// Name of its file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 of its file, in lower-case hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Numbers in all its tensors.
    #[must_use]
    pub const fn parameters(&self) -> u64 {
        self.parameters
    }

    /// How many blocks it has.
    #[must_use]
    pub const fn layers(&self) -> usize {
        self.model.config().layers
    }

    /// The mean hidden state of `text` behind `layer`, said after `earlier` turns.
    ///
    /// # Errors
    /// [`ModelError`] if it is too long.
    pub fn hidden(
        &mut self,
        earlier: &[&str],
        text: &str,
        layer: usize,
    ) -> Result<Vec<f32>, ModelError> {
        let tokens = self.tokens(earlier, text)?;
        let text_tokens = text_tokens(&tokens, &self.tokens(earlier, "")?);
        let known = self.forget_from(&tokens, text_tokens.start);
        let tap = Tap {
            layer,
            tokens: text_tokens.start - known..text_tokens.end - known,
        };
        Ok(self
            .read(tokens, known, Some(&tap))?
            .tapped
            .unwrap_or_default())
    }

    /// The likeliest reply to `text`, of at most `limit` tokens.
    ///
    /// # Errors
    /// [`ModelError`] if they do not fit into the context.
    pub fn reply(&mut self, text: &str, limit: usize) -> Result<String, ModelError> {
        let tokens = self.tokens(&[], text)?;
        let known = self.forget_from(&tokens, tokens.len() - 1);
        let mut logits = self.read(tokens, known, None)?.logits;
        let mut bytes = Vec::new();
        at_once(async {
            for _ in 0..limit {
                let step = logits.argmax();
                let token = step.token().await?;
                if self.tokenizer.is_end(token) {
                    break;
                }
                bytes.extend_from_slice(self.tokenizer.bytes(token));
                logits = self.model.forward(&mut self.cache, step)?;
            }
            Ok(())
        })?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The place of the one of `answers` whose first token is the likeliest to begin the reply to
    /// `text`; 0 if there are none.
    ///
    /// # Errors
    /// [`ModelError`] if the text does not fit into the context.
    pub fn likeliest(&mut self, text: &str, answers: &[&str]) -> Result<usize, ModelError> {
        let tokens = self.tokens(&[], text)?;
        let known = self.forget_from(&tokens, tokens.len() - 1);
        let logits = self.read(tokens, known, None)?.logits;
        let logits = at_once(async { Ok(logits.read().await?) })?;
        let logit = |answer: &&str| {
            let first = self.tokenizer.encode(answer, Special::Plain);
            let first = first.first().and_then(|token| logits.get(*token as usize));
            first.copied().unwrap_or(f32::NEG_INFINITY)
        };
        let scored = answers.iter().map(logit).enumerate();
        let likeliest = scored.reduce(|best, next| if next.1 > best.1 { next } else { best });
        Ok(likeliest.map_or(0, |(place, _)| place))
    }

    /// Keeps in the cache what `tokens` begin with, up to `most` of them; returns how many it keeps.
    fn forget_from(&mut self, tokens: &[u32], most: usize) -> usize {
        let same = self
            .held
            .iter()
            .zip(tokens)
            .take_while(|(one, other)| one == other);
        let known = same.count().min(most);
        self.cache.truncate(known);
        known
    }

    /// Reads `tokens`, of which the cache holds the first `known`.
    fn read(
        &mut self,
        tokens: Vec<u32>,
        known: usize,
        tap: Option<&Tap>,
    ) -> Result<Prefill, ModelError> {
        let prefill = at_once(async {
            let between = async |_| ();
            let rest = &tokens[known..];
            Ok(self
                .model
                .prefill(&mut self.cache, rest, tap, between)
                .await?)
        });
        self.held = if prefill.is_ok() { tokens } else { Vec::new() };
        prefill
    }

    fn tokens(&self, earlier: &[&str], text: &str) -> Result<Vec<u32>, ModelError> {
        let mut messages = vec![Message::new(Role::System, weir_engine::SYSTEM)];
        for turn in earlier {
            messages.push(Message::new(Role::User, *turn));
            messages.push(Message::new(Role::Assistant, EARLIER_REPLY));
        }
        messages.push(Message::new(Role::User, text));
        Ok(self.template.render(&self.tokenizer, &messages, true)?)
    }
}

/// The result of work that files and the CPU do without waiting.
fn at_once<T>(work: impl Future<Output = Result<T, ModelError>>) -> Result<T, ModelError> {
    work.now_or_never().unwrap_or(Err(ModelError::NotReady))
}
