//! Hidden states of the local model, taken by the contract of [`weir_policy::probe`].

use std::path::Path;

use futures::FutureExt;
use weir_llm::{
    chat::{ChatTemplate, Message, Role, TemplateError},
    device::{self, DeviceError, DeviceKind},
    gguf::{Gguf, GgufError},
    model::{ForwardError, Llama, LoadError, Tap},
    source::{FileSource, SourceError},
    tokenizer::{Tokenizer, TokenizerError},
};
use weir_policy::probe::text_tokens;

/// Why the model could not be run.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each is what its source says")]
pub enum HiddenError {
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

/// A model to read prompts with.
pub(super) struct Reader {
    model: Llama,
    tokenizer: Tokenizer,
    template: ChatTemplate,
}

/// Tokens that the longest prompt with its earlier turn may have.
const CONTEXT: usize = 512;
/// Layers to try, as shares of the depth.
const DEPTHS: [f32; 4] = [0.3, 0.5, 0.7, 0.9];
/// What the assistant said in the earlier turn of a dialogue.
const EARLIER_REPLY: &str = "Sure, here is what I can do for you.";

impl Reader {
    pub(super) fn open(file: &Path) -> Result<Self, HiddenError> {
        let opened = async {
            let source = FileSource::open(file)?;
            let gguf = Gguf::read(&source).await?;
            let tokenizer = Tokenizer::from_gguf(&gguf)?;
            let template = ChatTemplate::from_gguf(&gguf, &tokenizer)?;
            let device = device::open(DeviceKind::Cpu).await?;
            let model = Llama::load(&gguf, &source, &device, |_| ()).await?;
            Ok(Self {
                model,
                tokenizer,
                template,
            })
        };
        at_once(opened)
    }

    /// Blocks at some depths of the model, counted from 0.
    pub(super) fn layers_to_try(&self) -> Vec<usize> {
        let layers = self.model.config().layers;
        let mut layers: Vec<_> = DEPTHS
            .iter()
            .map(|depth| (depth * layers as f32) as usize)
            .collect();
        layers.dedup();
        layers
    }

    /// The mean hidden state of `text` behind `layer`, said after `earlier` turns.
    pub(super) fn read(
        &self,
        earlier: &[&str],
        text: &str,
        layer: usize,
    ) -> Result<Vec<f32>, HiddenError> {
        let tokens = self.tokens(earlier, text)?;
        let text_tokens = text_tokens(&tokens, &self.tokens(earlier, "")?);
        let tap = Tap {
            layer,
            tokens: text_tokens,
        };
        let mut cache = self.model.cache(CONTEXT);
        let reading = async {
            let between = async |_| ();
            Ok(self
                .model
                .prefill(&mut cache, &tokens, Some(&tap), between)
                .await?)
        };
        Ok(at_once(reading)?.tapped.unwrap_or_default())
    }

    fn tokens(&self, earlier: &[&str], text: &str) -> Result<Vec<u32>, HiddenError> {
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
fn at_once<T>(work: impl Future<Output = Result<T, HiddenError>>) -> Result<T, HiddenError> {
    work.now_or_never().unwrap_or(Err(HiddenError::NotReady))
}
