//! The device that runs the model: opening it, measuring it, and reading from it.

use crate::kernels::pack::{Order, Packer};
use crate::kernels::{Format, LlmOps, Matrix, Rows};
use burn::backend::{Dispatch, DispatchTensor};
use burn::tensor::{Device, Element, Int, Tensor, TensorData, kind::Basic};

/// Kernels that are collected before they are sent to the GPU: more than one token launches.
pub const TASKS: usize = 256;

/// A kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// The GPU, through WebGPU; natively through wgpu.
    WebGpu,
    /// One thread of the CPU.
    Cpu,
}

/// Why a device cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// There is no GPU that the browser lets us use.
    #[error("no GPU is available here ({0}); the model can run on the CPU instead")]
    Unavailable(String),
    /// The device stopped working.
    #[error("the device failed: {0}; load the model again")]
    Failed(String),
}

/// Opens a device. A GPU must be opened before anything is put on it, and only once: keep the
/// device, or clone it.
///
/// # Errors
/// [`DeviceError::Unavailable`] if there is no GPU to be had.
pub async fn open(kind: DeviceKind) -> Result<Device, DeviceError> {
    match kind {
        DeviceKind::Cpu => Ok(Device::flex()),
        DeviceKind::WebGpu => Device::wgpu_options()
            .tasks_max(TASKS)
            .init_async()
            .await
            .map_err(|error| DeviceError::Unavailable(error.to_string())),
    }
}

/// Layers of SmolLM2-135M whose projections weigh as much as the whole model's: its 30, and 8 more
/// for the head.
const LAYERS: usize = 38;
/// Of these, layers with weights of their own: more than the nearest caches of a CPU hold.
const DISTINCT: usize = 8;
/// Runs that are timed at most, and milliseconds after which no other one is started.
const RUNS: usize = 3;
const ENOUGH_MS: f64 = 250.0;

/// About how many tokens per second this device would decode with SmolLM2-135M: the projections of
/// one token are run a few times on weights that mean nothing, and the quickest run counts. `now_ms`
/// is a clock in milliseconds.
///
/// Attention and sampling are not in it, and memory only as far as a fifth of the weights shows how
/// slow it is: it is for choosing between devices.
///
/// # Errors
/// [`DeviceError::Failed`] if a result cannot be read back.
pub async fn measure(device: &Device, now_ms: impl Fn() -> f64) -> Result<f32, DeviceError> {
    let layers = MeasuredLayers::new(device);
    // The first run compiles kernels and fills caches.
    layers.run().await?;
    let started = now_ms();
    let mut quickest = f64::INFINITY;
    for _ in 0..RUNS {
        let before = now_ms();
        layers.run().await?;
        let after = now_ms();
        quickest = quickest.min(after - before);
        if after - started > ENOUGH_MS {
            break;
        }
    }
    // A browser's clock may be too coarse to see a quick run.
    Ok((1e3 / quickest.max(0.1)) as f32)
}

/// The four projections of some layers of SmolLM2-135M, and what they are fed with.
struct MeasuredLayers {
    layers: Vec<[(DispatchTensor, DispatchTensor, Matrix); 4]>,
    step: DispatchTensor,
    /// Zeros: the norm, and what stands for the attention's result.
    wide: DispatchTensor,
    device: Device,
}

impl MeasuredLayers {
    const HIDDEN: usize = 576;

    fn new(device: &Device) -> Self {
        let matrix = |rows, cols| {
            let format = Format::Q4;
            let matrix = Matrix { rows, cols, format };
            let mut packed = Packer::new(matrix, Order::of(device)).into_packed();
            // Memory that nobody has written to need not be read; as a scale, this is a small number.
            packed.quants.fill(0x3c3c_3c3c);
            (
                integers(packed.quants, device),
                floats(packed.scales, device),
                matrix,
            )
        };
        let layer = |_| {
            [
                matrix(960, Self::HIDDEN),
                matrix(Self::HIDDEN, Self::HIDDEN),
                matrix(3072, Self::HIDDEN),
                matrix(Self::HIDDEN, 1536),
            ]
        };
        Self {
            layers: (0..DISTINCT).map(layer).collect(),
            step: integers(vec![0, 1, 0], device),
            wide: Self::row(device),
            device: device.clone(),
        }
    }

    fn row(device: &Device) -> DispatchTensor {
        let zeros = TensorData::zeros::<f32, _>([1, Self::HIDDEN]);
        Tensor::<2>::from_data(zeros, device).into_dispatch()
    }

    async fn run(&self) -> Result<(), DeviceError> {
        const EPS: f32 = 1e-5;
        let step = || self.step.clone();
        let mut x = Self::row(&self.device);
        for [qkv, output, gate, down] in self.layers.iter().cycle().take(LAYERS) {
            let (quants, scales, matrix) = qkv;
            Dispatch::norm_linear(
                &x,
                &self.wide,
                quants.clone(),
                scales,
                step(),
                *matrix,
                EPS,
                Rows::All,
            );
            let (quants, scales, matrix) = output;
            x = Dispatch::linear_add(x, &self.wide, quants.clone(), scales, step(), *matrix);
            let (quants, scales, matrix) = gate;
            let gated =
                Dispatch::norm_gate(&x, &self.wide, quants.clone(), scales, step(), *matrix, EPS);
            let (quants, scales, matrix) = down;
            x = Dispatch::linear_add(x, &gated, quants.clone(), scales, step(), *matrix);
        }
        let _: Vec<f32> = read(Tensor::<2>::from_dispatch(x)).await?;
        Ok(())
    }
}

/// A vector of integers on the device.
pub(crate) fn integers(values: Vec<i32>, device: &Device) -> DispatchTensor {
    let shape = [values.len()];
    Tensor::<1, Int>::from_data(TensorData::new(values, shape), device).into_dispatch()
}

/// A vector of floats on the device.
pub(crate) fn floats(values: Vec<f32>, device: &Device) -> DispatchTensor {
    let shape = [values.len()];
    Tensor::<1>::from_data(TensorData::new(values, shape), device).into_dispatch()
}

/// The numbers of a tensor.
pub(crate) async fn read<E: Element, const D: usize, K: Basic>(
    tensor: Tensor<D, K>,
) -> Result<Vec<E>, DeviceError> {
    let data = tensor.into_data_async().await;
    let data = data.map_err(|error| DeviceError::Failed(format!("{error:?}")))?;
    data.try_into_vec()
        .map_err(|error| DeviceError::Failed(format!("{error:?}")))
}
