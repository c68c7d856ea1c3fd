//! Words for how far the local model is, and for what a turn waits for.

use weir_browser::messages::{DeviceKind, LocalModelState, Means};

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
    fn an_empty_file_is_no_division_by_zero() {
        let state = LocalModelState::Loading { bytes: 0, total: 0 };
        assert_eq!(model_state(&state), "Loading, 0 %");
    }
}
