//! From a model's address to a model that can answer: fetch, probe, choose a device, load.

use burn::tensor::Device;
use weir_browser::{
    inbox::post,
    messages::{DeviceChoice, DeviceKind, ErrorKind, FromWorker, LocalModelState, ModelFile},
    models::{ObtainError, ObtainProgress, StoredModel, obtain},
    probe::probe_webgpu,
    timers,
};
use weir_llm::{
    chat::ChatTemplate,
    config::{ConfigError, ModelConfig},
    device::{self, DeviceError},
    gguf::{Gguf, GgufError},
    kernels::{SelfTestError, self_test},
    model::{Llama, LoadError},
    source::{ByteSource, SourceError},
    tokenizer::{Tokenizer, TokenizerError},
};
use weir_policy::{Probe, ProbeError};

use crate::{
    local::{Loaded, Local},
    policy::Offloading,
};

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
        }
    }
}

/// A device that can be used, how quick it is, and what to call it.
struct Chosen {
    kind: DeviceKind,
    device: Device,
    tokens_per_second: f32,
    detail: String,
}

/// Loads `model` into `local`, in place of any other, and tells `policy` which it is; `say` hears how
/// far it is.
pub(crate) async fn load(
    model: &ModelFile,
    choice: DeviceChoice,
    local: &Local,
    policy: &Offloading,
    say: &mut impl FnMut(LocalModelState),
) -> Result<(), LoadingError> {
    local.unload();
    let file = obtain(model, &mut |progress| match progress {
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
    })
    .await?;
    let source = Source(file);
    let gguf = Gguf::read(&source).await?;
    // A model of another kind should hear that, not which of its parts is missing here.
    ModelConfig::from_gguf(&gguf)?;
    let tokenizer = Tokenizer::from_gguf(&gguf)?;
    let template = ChatTemplate::from_gguf(&gguf, &tokenizer)?;

    say(LocalModelState::Measuring);
    timers::yield_to_events().await;
    let chosen = choose(choice).await?;
    let total = source.len();
    let llama = Llama::load(&gguf, &source, &chosen.device, |loaded| {
        say(LocalModelState::Loading {
            bytes: loaded.bytes,
            total: loaded.total.max(1).min(total),
        });
    })
    .await?;

    let probe = Probe::from_json(include_str!("../../../models/probe/probe.json"))?;
    let speaks = model
        .sha256
        .as_ref()
        .is_some_and(|sha256| probe.speaks_for(sha256));
    let loaded = Loaded::new(
        model.name.clone(),
        llama,
        tokenizer,
        template,
        speaks.then_some(probe),
        chosen.tokens_per_second,
        local.context(),
    );
    policy.expect_local(model.sha256.as_deref(), gguf.parameters());
    local.set(loaded);
    say(LocalModelState::Ready {
        name: model.name.clone(),
        device: chosen.kind,
        detail: chosen.detail,
        tokens_per_second: chosen.tokens_per_second,
    });
    Ok(())
}

/// The device that was asked for, or the one that a short measurement finds quicker.
async fn choose(choice: DeviceChoice) -> Result<Chosen, LoadingError> {
    match choice {
        DeviceChoice::Cpu => cpu("chosen in the settings").await,
        DeviceChoice::WebGpu => gpu(Emulated::Too)
            .await?
            .map_err(|why| LoadingError::Device(DeviceError::Unavailable(why))),
        DeviceChoice::Measure => match gpu(Emulated::No).await {
            Ok(Ok(gpu)) => {
                let cpu = cpu("measured quicker than WebGPU").await?;
                Ok(if gpu.tokens_per_second > cpu.tokens_per_second {
                    gpu
                } else {
                    cpu
                })
            }
            Ok(Err(why)) => cpu(&why).await,
            Err(error) => cpu(&error.to_string()).await,
        },
    }
}

async fn cpu(why: &str) -> Result<Chosen, LoadingError> {
    opened(DeviceKind::Cpu, device::DeviceKind::Cpu, why.to_owned()).await
}

/// Whether a GPU will do that the processor emulates. It is never the quicker one, and compiling
/// kernels to find that out takes it many seconds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Emulated {
    Too,
    No,
}

/// WebGPU; or why it cannot be used here, found out before burn is touched.
async fn gpu(emulated: Emulated) -> Result<Result<Chosen, String>, LoadingError> {
    let probe = probe_webgpu().await;
    let Some(adapter) = probe.adapter else {
        return Ok(Err("this browser offers no WebGPU adapter".to_owned()));
    };
    if !probe.timestamp_query {
        return Ok(Err(format!(
            "{adapter} has no timestamp queries, which WebGPU is run with here"
        )));
    }
    if probe.fallback && emulated == Emulated::No {
        return Ok(Err(format!("{adapter} emulates a GPU on the processor")));
    }
    opened(DeviceKind::WebGpu, device::DeviceKind::WebGpu, adapter)
        .await
        .map(Ok)
}

async fn opened(
    kind: DeviceKind,
    device: device::DeviceKind,
    detail: String,
) -> Result<Chosen, LoadingError> {
    let device = device::open(device).await?;
    self_test(&device).await?;
    let tokens_per_second = device::measure(&device, timers::now_ms).await?;
    Ok(Chosen {
        kind,
        device,
        tokens_per_second,
        detail,
    })
}

/// A stored model file, as the reader wants it.
struct Source(StoredModel);

impl ByteSource for Source {
    fn len(&self) -> u64 {
        self.0.len()
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, SourceError> {
        let bytes = self.0.read(offset, len).await;
        bytes.map_err(|error| SourceError::Failed(error.to_string()))
    }
}
