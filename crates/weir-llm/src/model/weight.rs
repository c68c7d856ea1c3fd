//! Weights and activations on the device, and the operations on them.

use crate::device::{floats, integers};
use crate::kernels::pack::Packed;
use crate::kernels::{LlmOps, Matrix, Rows};
use burn::backend::{Dispatch, DispatchTensor};
use burn::tensor::Device;

/// A quantised matrix on the device.
#[derive(Debug, Clone)]
pub(super) struct Weight {
    pub(super) matrix: Matrix,
    pub(super) quants: DispatchTensor,
    pub(super) scales: DispatchTensor,
}

impl Weight {
    pub(super) fn new(packed: Packed, device: &Device) -> Self {
        let mut scales = packed.scales;
        if scales.is_empty() {
            // No device has empty buffers; the kernels of formats without scales do not read it.
            scales.push(0.0);
        }
        Self {
            matrix: packed.matrix,
            quants: integers(packed.quants, device),
            scales: floats(scales, device),
        }
    }

    /// See [`LlmOps::embed`].
    pub(super) fn embed(&self, step: &DispatchTensor) -> DispatchTensor {
        Dispatch::embed(self.quants.clone(), &self.scales, step.clone(), self.matrix)
    }

    /// See [`LlmOps::norm_linear`].
    pub(super) fn norm_linear(
        &self,
        x: &DispatchTensor,
        norm: &Norm,
        step: &DispatchTensor,
        which: Rows,
    ) -> DispatchTensor {
        let (quants, scales) = (self.quants.clone(), &self.scales);
        let step = step.clone();
        Dispatch::norm_linear(
            x,
            &norm.weight,
            quants,
            scales,
            step,
            self.matrix,
            norm.eps,
            which,
        )
    }

    /// See [`LlmOps::norm_gate`].
    pub(super) fn norm_gate(
        &self,
        x: &DispatchTensor,
        norm: &Norm,
        step: &DispatchTensor,
    ) -> DispatchTensor {
        let (quants, scales) = (self.quants.clone(), &self.scales);
        let step = step.clone();
        Dispatch::norm_gate(x, &norm.weight, quants, scales, step, self.matrix, norm.eps)
    }

    /// See [`LlmOps::linear_add`].
    pub(super) fn linear_add(
        &self,
        residual: DispatchTensor,
        x: &DispatchTensor,
        step: &DispatchTensor,
    ) -> DispatchTensor {
        let quants = self.quants.clone();
        Dispatch::linear_add(residual, x, quants, &self.scales, step.clone(), self.matrix)
    }
}

/// The weights of an RMS norm.
#[derive(Debug, Clone)]
pub(super) struct Norm {
    pub(super) weight: DispatchTensor,
    pub(super) eps: f32,
}
