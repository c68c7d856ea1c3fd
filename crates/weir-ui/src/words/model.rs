//! Words for how far the local model is, and for what a turn waits for.

use weir_browser::messages::{Chosen, DeviceKind, Fit, LocalModelState, Means};

use crate::{format, session::Wait};

/// Where the local model runs.
#[must_use]
pub const fn device(device: DeviceKind) -> &'static str {
    match device {
        DeviceKind::WebGpu => "WebGPU",
        DeviceKind::Cpu => "CPU",
    }
}

/// What the local model may not use after a crash; `None` if it may use everything.
#[must_use]
pub fn means(means: Means) -> Option<String> {
    let context = format!(
        "remembers only {} tokens",
        format::count(means.context.into())
    );
    let limits = match (means.gpu, means.context == Means::FULL.context) {
        (true, true) => return None,
        (true, false) => context,
        (false, true) => "does not use the GPU".to_owned(),
        (false, false) => format!("does not use the GPU, and {context}"),
    };
    Some(format!(
        "Weir was ended in the middle of its work here. To be safe, the local model {limits}."
    ))
}

/// Why it runs there.
#[must_use]
pub fn chosen(chosen: Chosen) -> String {
    match chosen {
        Chosen::Wish => "You chose it".to_owned(),
        Chosen::Need => "Nothing else can be used here".to_owned(),
        Chosen::Measurement { ms } => {
            let took = format::millis(ms.max(1.0) as u64);
            format!("Measured quicker just now, in {took}")
        }
        Chosen::Memory => "Measured quicker before".to_owned(),
    }
}

/// What a model takes on a device, or why it cannot run there.
#[must_use]
pub fn fit(fit: &Fit) -> String {
    match &fit.refused {
        Some(refused) => format!("Does not fit: {refused}"),
        None => format!(
            "About {} of memory, with a context of {} tokens",
            format::bytes(fit.memory),
            format::count(u64::from(fit.context))
        ),
    }
}

/// How large a model is, as people call it: `135 million`, `1.2 billion`.
#[must_use]
pub fn parameters(count: u64) -> String {
    match count {
        0..1_000_000 => format::count(count),
        1_000_000..1_000_000_000 => format!("{} million", (count + 500_000) / 1_000_000),
        _ => format!("{:.1} billion", count as f64 / 1e9),
    }
}

/// How far the local model is, in a few words.
#[must_use]
pub fn model_state(state: &LocalModelState) -> String {
    match state {
        LocalModelState::Absent => "No local model".to_owned(),
        LocalModelState::Measuring => "Measuring this device".to_owned(),
        LocalModelState::Downloading { bytes, total, .. } => total.map_or_else(
            || format!("Downloading, {}", format::bytes(*bytes)),
            |total| format!("Downloading, {}", done(*bytes, total)),
        ),
        LocalModelState::Verifying { bytes, total } => {
            format!("Checking, {}", done(*bytes, *total))
        }
        LocalModelState::Loading { bytes, total } => format!("Loading, {}", done(*bytes, *total)),
        LocalModelState::Ready { .. } => "Ready".to_owned(),
        LocalModelState::Failed { .. } => "Local model failed".to_owned(),
    }
}

/// What a turn waits for.
#[must_use]
pub fn waiting(wait: &Wait) -> String {
    match wait {
        Wait::Engine => "Waiting for the engine to start".to_owned(),
        Wait::Answer => "Waiting for the answer above".to_owned(),
        Wait::Model(LocalModelState::Absent) => "Waiting for the local model".to_owned(),
        Wait::Model(state) => format!("Waiting for the local model. {}", model_state(state)),
        Wait::Choice => {
            "Waiting for a model. Download the local one, or set up a cloud model".to_owned()
        }
    }
}

fn done(bytes: u64, total: u64) -> String {
    format::percent(bytes as f32 / total.max(1) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_of_unknown_length_tells_its_bytes() {
        let state = LocalModelState::Downloading {
            bytes: 5_000_000,
            total: None,
            rate: 0.0,
        };
        assert_eq!(model_state(&state), "Downloading, 5.0 MB");
    }

    #[test]
    fn smaller_means_are_named() {
        assert_eq!(means(Means::FULL), None);
        let less = Means::FULL.smaller(None);
        assert!(means(less).is_some_and(|words| words.ends_with("does not use the GPU.")));
        let least = less.smaller(None);
        assert!(
            means(least).is_some_and(|words| words.contains("1,024 tokens")),
            "{least:?}"
        );
    }

    #[test]
    fn models_are_as_large_as_people_call_them() {
        assert_eq!(parameters(134_515_008), "135 million");
        assert_eq!(parameters(1_235_814_400), "1.2 billion");
        assert_eq!(parameters(29_000), "29,000");
    }

    #[test]
    fn a_device_that_a_model_does_not_fit_says_why() {
        let mut there = Fit {
            device: DeviceKind::Cpu,
            memory: 217_000_000,
            context: 2048,
            refused: None,
        };
        let fits = "About 217.0 MB of memory, with a context of 2,048 tokens";
        assert_eq!(fit(&there), fits);
        there.refused = Some("it needs 5 GB".to_owned());
        assert_eq!(fit(&there), "Does not fit: it needs 5 GB");
    }

    #[test]
    fn a_measurement_tells_how_long_it_took() {
        assert_eq!(
            chosen(Chosen::Measurement { ms: 412.7 }),
            "Measured quicker just now, in 412 ms"
        );
    }

    #[test]
    fn an_empty_file_is_no_division_by_zero() {
        let state = LocalModelState::Loading { bytes: 0, total: 0 };
        assert_eq!(model_state(&state), "Loading, 0 %");
    }
}
