//! From a model's address to a model that can answer: look, admit, fetch, choose a device, load.

use web_sys::File;
use weir_browser::{
    inbox::post,
    memory::{Offer, TooLarge},
    messages::{DeviceChoice, ErrorKind, FromWorker, LocalModelState, Means, ModelFile},
    models::{ObtainError, ObtainProgress, Peek, is_kept, obtain},
    probe::probe_webgpu,
    storage::SpeedsKey,
    timers,
};
use weir_llm::{
    chat::ChatTemplate,
    config::ConfigError,
    device::DeviceError,
    estimate::Estimate,
    gguf::{Gguf, GgufError},
    kernels::SelfTestError,
    model::{Llama, LoadError},
    source::{ByteSource, Parts, SourceError},
    tokenizer::{Tokenizer, TokenizerError},
};
use weir_policy::{Probe, ProbeError};

use crate::{
    devices::{Choosing, Wish},
    inspect,
    local::{Loaded, Local},
    policy::Offloading,
};

/// A model in a file of so many bytes needs no look before it is fetched.
const FITS_ANYWHERE: u64 = 16 << 20;

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadingError {
    #[error(transparent)]
    Obtain(#[from] ObtainError),
    #[error(transparent)]
    Gguf(#[from] GgufError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Device(#[from] DeviceError),
    #[error(transparent)]
    Kernels(#[from] SelfTestError),
    #[error(transparent)]
    Probe(#[from] ProbeError),
    #[error("this model is too large for this device: {0}; choose a smaller one")]
    TooLarge(#[from] TooLarge),
}

impl LoadingError {
    /// Its name for the page.
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::Obtain(error) => error.kind(),
            Self::Gguf(_) | Self::Config(_) | Self::Tokenizer(_) | Self::Load(_) => {
                ErrorKind::BadModel
            }
            Self::Device(_) | Self::Kernels(_) => ErrorKind::Device,
            Self::Probe(_) => ErrorKind::WorkerDied,
            Self::TooLarge(_) => ErrorKind::TooLarge,
        }
    }

    /// About how long a file may be that fits where `model` does not.
    pub(crate) fn fitting_bytes(&self, model: &ModelFile) -> Option<u64> {
        match self {
            Self::TooLarge(refused) => model.bytes().map(|bytes| refused.fitting(bytes)),
            _ => None,
        }
    }
}

/// What the page asks to be loaded.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) model: ModelFile,
    /// Those of its files that are on the user's device.
    pub(crate) picked: Vec<File>,
    /// Whether what is fetched is kept.
    pub(crate) keep: bool,
    /// What the model may use of this machine.
    pub(crate) means: Means,
}

/// Loads a model into `local`, in place of any other, and tells `policy` which it is; `say` hears how
/// far it is.
pub(crate) async fn load(
    order: &Order,
    device: DeviceChoice,
    local: &Local,
    policy: &Offloading,
    say: &mut impl FnMut(LocalModelState),
) -> Result<(), LoadingError> {
    local.unload();
    let model = &order.model;
    let wish = Wish {
        device,
        means: order.means,
    };
    let webgpu = probe_webgpu().await;
    let offer = Offer::here(&webgpu);
    say(LocalModelState::Downloading {
        bytes: 0,
        total: model.bytes(),
        rate: 0.0,
    });
    // Refused before it is fetched rather than after. What else may be wrong with it, fetching says
    // better.
    if model.bytes().is_none_or(|bytes| bytes > FITS_ANYWHERE)
        && !is_kept(model).await
        && let Ok(estimate) = inspect::estimate(model, &order.picked).await
    {
        wish.admit(&offer, &estimate)?;
    }
    let files = obtain(model, &order.picked, order.keep, &mut |progress| {
        tell(progress, say);
    })
    .await?;
    let source = Parts::new(files.into_iter().map(|file| Source(file.into())).collect());
    let gguf = Gguf::read_parts(&source).await?;
    // A model of another kind should hear that, not which of its parts is missing here.
    let estimate = Estimate::of(&gguf)?;
    let tokenizer = Tokenizer::from_gguf(&gguf)?;
    let template = ChatTemplate::from_gguf(&gguf, &tokenizer)?;

    say(LocalModelState::Measuring);
    timers::yield_to_events().await;
    let choosing = Choosing {
        wish,
        key: SpeedsKey::new(model, webgpu.adapter.as_deref()),
        webgpu,
        offer,
        estimate,
    };
    let device = choosing.choose().await?;
    let total = source.len();
    let llama = Llama::load(&gguf, &source, &device.device, |loaded| {
        say(LocalModelState::Loading {
            bytes: loaded.bytes,
            total: loaded.total.max(1).min(total),
        });
    })
    .await?;

    let probe = Probe::from_json(include_str!("../../../models/probe/probe.json"))?;
    let speaks = model
        .sha256()
        .is_some_and(|sha256| probe.speaks_for(sha256));
    let loaded = Loaded::new(
        model.name.clone(),
        llama,
        tokenizer,
        template,
        speaks.then_some(probe),
        device.tokens_per_second,
        device.context as usize,
    );
    policy.expect_local(model.sha256(), gguf.parameters());
    local.set(loaded);
    say(LocalModelState::Ready {
        name: model.name.clone(),
        device: device.kind,
        detail: device.detail,
        tokens_per_second: device.tokens_per_second,
        chosen: device.chosen,
        context: device.context,
        memory: estimate.total(u64::from(device.context)),
    });
    Ok(())
}

fn tell(progress: ObtainProgress, say: &mut impl FnMut(LocalModelState)) {
    match progress {
        ObtainProgress::Downloading { bytes, total, rate } => {
            say(LocalModelState::Downloading { bytes, total, rate });
        }
        ObtainProgress::Verifying { bytes, total } => {
            say(LocalModelState::Verifying { bytes, total });
        }
        ObtainProgress::NotKept(why) => post(&FromWorker::Trouble {
            kind: ErrorKind::StorageFull,
            message: why.to_string(),
        }),
    }
}

/// A model's file, or the head of one, as the reader wants it.
pub(crate) struct Source(pub(crate) Peek);

impl ByteSource for Source {
    fn len(&self) -> u64 {
        self.0.len()
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, SourceError> {
        let bytes = self.0.read(offset, len).await;
        bytes.map_err(|error| SourceError::Failed(error.to_string()))
    }
}
