//! The device that runs the model: opening it, and reading from it.

use burn::backend::DispatchTensor;
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
