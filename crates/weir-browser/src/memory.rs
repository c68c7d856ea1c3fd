//! Whether a model fits into the memory of this device, before any of it is taken.
//!
//! All but [`Offer::here`] is pure.

use wasm_bindgen::{JsCast, JsValue};

use crate::{messages::DeviceKind, probe::WebGpuProbe, size::Size};

/// Memory that a WebAssembly module can address.
const ADDRESSABLE: u64 = 1 << 32;
/// Of these, what the module itself and its stacks take, and what breaks between blocks cost.
const OWN: u64 = 192 << 20;
/// Browsers tell no more of the device's memory than this: it may be any amount above.
const MOST_TOLD: u64 = 8 << 30;

/// Memory that a model takes, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// All of it.
    pub total: u64,
    /// What of it is held by the module's own memory where the model runs on the GPU.
    pub beside_gpu: u64,
    /// The largest single buffer.
    pub largest: u64,
}

/// Memory that a device offers, in bytes, as far as the browser tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Memory of the device, or of as much of it as browsers tell.
    pub device: Option<u64>,
    /// The longest buffer that a kernel of the GPU can be given.
    pub gpu_buffer: Option<u64>,
}

/// Why a model does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it needs {} {what}, and {} can be had", Size(*.needed), Size(*.offered))]
pub struct TooLarge {
    what: &'static str,
    needed: u64,
    offered: u64,
}

impl TooLarge {
    /// About how long the file of a model may be that fits, if one of `bytes` does not.
    #[must_use]
    pub fn fitting(&self, bytes: u64) -> u64 {
        let share = self.offered as f64 / self.needed.max(1) as f64;
        (bytes as f64 * share) as u64
    }
}

impl Offer {
    /// What this device offers.
    #[must_use]
    pub fn here(webgpu: &WebGpuProbe) -> Self {
        Self {
            device: device_memory(),
            gpu_buffer: webgpu.longest_buffer,
        }
    }

    /// Whether `need` can be had on `device`.
    ///
    /// # Errors
    /// [`TooLarge`] says what is needed and what there is.
    pub fn admit(&self, need: &Need, device: DeviceKind) -> Result<(), TooLarge> {
        let in_module = match device {
            DeviceKind::Cpu => need.total,
            DeviceKind::WebGpu => need.beside_gpu,
        };
        at_most("of a page's memory", in_module, ADDRESSABLE - OWN)?;
        if let Some(longest) = self.gpu_buffer.filter(|_| device == DeviceKind::WebGpu) {
            at_most("in one buffer of the GPU", need.largest, longest)?;
        }
        match self.device {
            // The system and the browser need the other half.
            Some(told) if told < MOST_TOLD => {
                at_most("of the device's memory", need.total, told / 2)
            }
            _ => Ok(()),
        }
    }

    /// The longest context, in tokens, with which a model can be had on `device`: `longest`, or as
    /// often as it takes half of that, but no less than `shortest`.
    ///
    /// # Errors
    /// [`TooLarge`] of the shortest, if that does not fit either.
    pub fn fit(
        &self,
        longest: u32,
        shortest: u32,
        need: impl Fn(u32) -> Need,
        device: DeviceKind,
    ) -> Result<u32, TooLarge> {
        let mut context = longest;
        loop {
            match self.admit(&need(context), device) {
                Ok(()) => return Ok(context),
                Err(refused) if context / 2 < shortest.max(1) => return Err(refused),
                Err(_) => context /= 2,
            }
        }
    }
}

fn at_most(what: &'static str, needed: u64, offered: u64) -> Result<(), TooLarge> {
    if needed <= offered {
        return Ok(());
    }
    Err(TooLarge {
        what,
        needed,
        offered,
    })
}

/// `navigator.deviceMemory`, which Firefox and Safari do not have, in bytes.
fn device_memory() -> Option<u64> {
    let navigator = js_sys::Reflect::get(&js_sys::global(), &JsValue::from("navigator")).ok()?;
    let gibibytes = js_sys::Reflect::get(navigator.unchecked_ref(), &"deviceMemory".into()).ok()?;
    gibibytes
        .as_f64()
        .map(|gibibytes| (gibibytes * f64::from(1 << 30)) as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MIB: u64 = 1 << 20;

    fn need(total: u64) -> Need {
        Need {
            total,
            beside_gpu: total / 4,
            largest: total / 8,
        }
    }

    #[test]
    fn a_refusal_tells_both_figures() {
        let offer = Offer {
            device: Some(512 * MIB),
            gpu_buffer: None,
        };
        let refused = offer.admit(&need(300 * MIB), DeviceKind::Cpu).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "it needs 315 MB of the device's memory, and 269 MB can be had"
        );
    }

    #[test]
    fn the_processor_cannot_address_more_than_a_module_can() {
        let large = need(5 << 30);
        let offer = Offer::default();
        assert!(offer.admit(&large, DeviceKind::Cpu).is_err());
        assert_eq!(offer.admit(&large, DeviceKind::WebGpu), Ok(()));
    }

    #[test]
    fn a_gpu_takes_no_longer_buffers_than_it_says() {
        let offer = Offer {
            device: None,
            gpu_buffer: Some(128 * MIB),
        };
        let wide = need(2 << 30);
        assert!(offer.admit(&wide, DeviceKind::WebGpu).is_err());
        assert_eq!(offer.admit(&wide, DeviceKind::Cpu), Ok(()));
    }

    #[test]
    fn what_browsers_tell_at_most_is_no_limit() {
        let offer = |gibibytes: u64| Offer {
            device: Some(gibibytes << 30),
            gpu_buffer: None,
        };
        let large = need(3500 * MIB);
        assert_eq!(offer(8).admit(&large, DeviceKind::Cpu), Ok(()));
        assert!(offer(4).admit(&large, DeviceKind::Cpu).is_err());
    }

    #[test]
    fn the_context_shrinks_before_the_model_is_refused() {
        let offer = Offer {
            device: Some(512 * MIB),
            gpu_buffer: None,
        };
        let with = |weights: u64| move |context: u32| need(weights + u64::from(context) * 46_080);
        let fit = |weights| offer.fit(2048, 512, with(weights), DeviceKind::Cpu);
        assert_eq!(fit(100 * MIB), Ok(2048));
        assert_eq!(fit(190 * MIB), Ok(1024));
        assert!(fit(300 * MIB).is_err());
    }

    proptest! {
        #[test]
        fn what_fits_still_fits_if_it_needs_less_or_more_is_offered(
            device in 1..64_u64, buffer in 1..64_u64, total in 0..8_192_u64, less in 0..8_192_u64,
        ) {
            let offer = |more: u64| Offer {
                device: Some((device + more) * 256 * MIB),
                gpu_buffer: Some((buffer + more) * 64 * MIB),
            };
            for kind in [DeviceKind::Cpu, DeviceKind::WebGpu] {
                if offer(0).admit(&need(total * MIB), kind).is_ok() {
                    prop_assert!(offer(0).admit(&need(total.min(less) * MIB), kind).is_ok());
                    prop_assert!(offer(less).admit(&need(total * MIB), kind).is_ok());
                }
            }
        }

        #[test]
        fn a_smaller_model_is_proposed_than_the_refused_one(total in 257..100_000_u64) {
            let offer = Offer { device: Some(512 * MIB), gpu_buffer: None };
            let refused = offer.admit(&need(total * MIB), DeviceKind::Cpu).unwrap_err();
            prop_assert!(refused.fitting(total * MIB) < total * MIB);
        }
    }
}
