//! On which device a model runs: the one that was asked for, or the one that is quicker.

use burn::tensor::Device;
use weir_browser::{
    memory::{Need, Offer, TooLarge},
    messages::{Chosen, DeviceChoice, DeviceKind, Means},
    probe::WebGpuProbe,
    storage::{Speeds, SpeedsKey},
    timers,
};
use weir_llm::{
    device,
    estimate::Estimate,
    kernels::{self_test, simd},
    rehearsal,
};

use crate::loading::LoadingError;

/// The shortest context that is of use.
pub(crate) const SHORTEST: u32 = 512;

/// What is known before a device is chosen.
#[derive(Debug)]
pub(crate) struct Choosing {
    pub(crate) wish: Wish,
    pub(crate) webgpu: WebGpuProbe,
    pub(crate) offer: Offer,
    pub(crate) estimate: Estimate,
    pub(crate) key: SpeedsKey,
}

/// The device that was chosen.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) kind: DeviceKind,
    pub(crate) device: Device,
    pub(crate) tokens_per_second: f32,
    /// The adapter's name, or why the processor was taken.
    pub(crate) detail: String,
    pub(crate) chosen: Chosen,
    /// Tokens that the model can remember there.
    pub(crate) context: u32,
}

/// Where the user wants a model to run, and what it may use there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    pub(crate) device: DeviceChoice,
    pub(crate) means: Means,
}

impl Wish {
    /// Refuses a model that fits none of the devices that may be taken.
    pub(crate) fn admit(self, offer: &Offer, estimate: &Estimate) -> Result<(), TooLarge> {
        let fits = |device| fit(offer, estimate, device, self.means.context);
        match self.device {
            _ if !self.means.gpu => fits(DeviceKind::Cpu).map(drop),
            DeviceChoice::WebGpu => fits(DeviceKind::WebGpu).map(drop),
            _ => fits(DeviceKind::Cpu)
                .or_else(|refused| fits(DeviceKind::WebGpu).map_err(|_| refused))
                .map(drop),
        }
    }
}

/// Memory that a model takes with a context of so many tokens.
pub(crate) fn need(estimate: &Estimate, context: u32) -> Need {
    Need {
        total: estimate.total(u64::from(context)),
        beside_gpu: estimate.beside_gpu(),
        largest: estimate.largest,
    }
}

/// Tokens that a model can remember on `device`, prompt and reply together; at most `longest`.
pub(crate) fn fit(
    offer: &Offer,
    estimate: &Estimate,
    device: DeviceKind,
    longest: u32,
) -> Result<u32, TooLarge> {
    offer.fit(
        longest.min(estimate.context),
        SHORTEST,
        |context| need(estimate, context),
        device,
    )
}

/// Whether a GPU will do that the processor emulates. It is never the quicker one, and compiling
/// kernels to find that out takes it many seconds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Emulated {
    Too,
    No,
}

impl Choosing {
    /// The device that was asked for, or the one that a short measurement finds quicker. What was
    /// measured once is remembered.
    pub(crate) async fn choose(&self) -> Result<Taken, LoadingError> {
        let Wish { device, means } = self.wish;
        let known = match device {
            DeviceChoice::MeasureAgain => Speeds::default(),
            _ => Speeds::load(&self.key).await,
        };
        let mut speeds = known;
        let taken = match device {
            _ if !means.gpu => {
                let why = "the GPU is left alone after a crash".to_owned();
                self.cpu(why, Chosen::Need, &mut speeds).await
            }
            DeviceChoice::Cpu => {
                let why = "chosen in the settings".to_owned();
                self.cpu(why, Chosen::Wish, &mut speeds).await
            }
            DeviceChoice::WebGpu => match self.usable(Emulated::Too) {
                Ok(adapter) => self.gpu(adapter, Chosen::Wish, &mut speeds).await,
                // It may have been chosen where there was one: a reply is worth more than the wish.
                Err(why) => {
                    let why = format!("WebGPU was chosen, but {why}");
                    self.cpu(why, Chosen::Need, &mut speeds).await
                }
            },
            DeviceChoice::Measure | DeviceChoice::MeasureAgain => self.quicker(&mut speeds).await,
        }?;
        if speeds != known {
            speeds.save(&self.key).await;
        }
        Ok(taken)
    }

    async fn quicker(&self, speeds: &mut Speeds) -> Result<Taken, LoadingError> {
        let adapter = match self.usable(Emulated::No) {
            Ok(adapter) => adapter,
            Err(why) => return self.cpu(why, Chosen::Need, speeds).await,
        };
        const SLOWER: &str = "measured quicker than WebGPU";
        let known = (speeds.of(DeviceKind::WebGpu), speeds.of(DeviceKind::Cpu));
        if let (Some(webgpu), Some(cpu)) = known {
            return if webgpu > cpu {
                self.gpu(adapter, Chosen::Memory, speeds).await
            } else {
                self.cpu(SLOWER.to_owned(), Chosen::Memory, speeds).await
            };
        }
        let started = timers::now_ms();
        let gpu = match self.gpu(adapter, Chosen::Need, speeds).await {
            Ok(gpu) => gpu,
            Err(error) => return self.cpu(error.to_string(), Chosen::Need, speeds).await,
        };
        let Ok(cpu) = self.cpu(SLOWER.to_owned(), Chosen::Need, speeds).await else {
            return Ok(gpu);
        };
        let ms = timers::now_ms() - started;
        let quicker = if gpu.tokens_per_second > cpu.tokens_per_second {
            gpu
        } else {
            cpu
        };
        let chosen = Chosen::Measurement { ms };
        Ok(Taken { chosen, ..quicker })
    }

    /// The adapter's name; or why WebGPU cannot be used here, found out before burn is touched.
    fn usable(&self, emulated: Emulated) -> Result<String, String> {
        let Some(adapter) = self.webgpu.adapter.clone() else {
            return Err("this browser offers no WebGPU adapter".to_owned());
        };
        if !self.webgpu.timestamp_query {
            return Err(format!(
                "{adapter} has no timestamp queries, which WebGPU is run with here"
            ));
        }
        if self.webgpu.fallback && emulated == Emulated::No {
            return Err(format!("{adapter} emulates a GPU on the processor"));
        }
        Ok(adapter)
    }

    async fn cpu(
        &self,
        why: String,
        chosen: Chosen,
        speeds: &mut Speeds,
    ) -> Result<Taken, LoadingError> {
        let simd = match simd::has_adopted() {
            true => "relaxed",
            false => "plain",
        };
        let detail = format!("{why}; {simd} SIMD");
        self.opened(DeviceKind::Cpu, detail, chosen, speeds).await
    }

    async fn gpu(
        &self,
        adapter: String,
        chosen: Chosen,
        speeds: &mut Speeds,
    ) -> Result<Taken, LoadingError> {
        self.opened(DeviceKind::WebGpu, adapter, chosen, speeds)
            .await
    }

    /// Opens a device that the model fits, and measures it unless its speed is known.
    async fn opened(
        &self,
        kind: DeviceKind,
        detail: String,
        chosen: Chosen,
        speeds: &mut Speeds,
    ) -> Result<Taken, LoadingError> {
        let context = fit(&self.offer, &self.estimate, kind, self.wish.means.context)?;
        let device = device::open(match kind {
            DeviceKind::Cpu => device::DeviceKind::Cpu,
            DeviceKind::WebGpu => device::DeviceKind::WebGpu,
        })
        .await?;
        self_test(&device).await?;
        let tokens_per_second = match speeds.of(kind) {
            Some(known) => known,
            None => rehearsal::measure(&device, timers::now_ms).await?,
        };
        *speeds = speeds.with(kind, tokens_per_second);
        Ok(Taken {
            kind,
            device,
            tokens_per_second,
            detail,
            chosen,
            context,
        })
    }
}
