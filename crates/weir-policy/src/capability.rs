//! What to expect of another local model than the one that was measured.
//!
//! The lab measures one local model. Of another, nothing is known but its size, and its replies are
//! taken to get better with the logarithm of its parameters: from the measured model's, at its size,
//! to those of the capable model whose replies were logged, at [`CAPABLE_PARAMETERS`] and beyond. That
//! is an assumption, so the estimate is as uncertain as it is far from what was measured; a smaller
//! model is expected to be as good as the measured one, for want of anything better.

use crate::response::{Estimate, ResponseModel, TaskResponse};

/// Parameters of the model whose local replies were logged (TMO's device model).
pub const CAPABLE_PARAMETERS: u64 = 3_800_000_000;
/// Deviation of an estimate between the two, as a share of their distance.
const UNMEASURED: f32 = 0.25;

impl ResponseModel {
    /// This model with the local scores of a model of `parameters` in the file of that `sha256`.
    #[must_use]
    pub fn of_local(&self, sha256: Option<&str>, parameters: u64) -> Self {
        if sha256.is_some_and(|sha256| sha256.eq_ignore_ascii_case(&self.local_sha256)) {
            return self.clone();
        }
        Self {
            local_model: format!("a model of {parameters} parameters, not measured"),
            ..self.with_capability(self.capability(parameters))
        }
    }

    /// How far a model of `parameters` is from the measured one (0) to the capable one (1).
    #[must_use]
    pub fn capability(&self, parameters: u64) -> f32 {
        let measured = self.local_parameters.max(1);
        if measured >= CAPABLE_PARAMETERS {
            return 0.0;
        }
        let times = |parameters: u64| (parameters as f64 / measured as f64).ln();
        let along = times(parameters.max(1)) / times(CAPABLE_PARAMETERS);
        along.clamp(0.0, 1.0) as f32
    }

    /// This model with local scores that far, 0 to 1, from the measured to the capable model's.
    #[must_use]
    pub fn with_capability(&self, capability: f32) -> Self {
        if capability <= 0.0 {
            return self.clone();
        }
        let mut model = self.clone();
        for entry in &mut model.tasks {
            entry.local = between(entry, capability.min(1.0));
        }
        model
    }
}

fn between(entry: &TaskResponse, capability: f32) -> Estimate {
    let TaskResponse { local, capable, .. } = entry;
    let mix = |one: f32, other: f32| one + (other - one) * capability;
    let assumed = UNMEASURED * (capable.mean - local.mean);
    Estimate {
        mean: mix(local.mean, capable.mean),
        deviation: mix(local.deviation, capable.deviation).hypot(assumed),
    }
}
