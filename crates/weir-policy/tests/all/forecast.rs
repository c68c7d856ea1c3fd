use proptest::prelude::*;
use weir_core::{
    Action, CloudEstimate, DeviceEstimate, Modality, NanoUsd, NetworkEstimate, Price, Task, TaskMix,
};
use weir_policy::{
    Outlook,
    forecast::{Input, forecasts, request_bytes},
};

use crate::response::model;

const PICTURE: Input = Input {
    modality: Modality::Image,
    bytes: 60_000,
    seconds: 0.0,
    relevance: 0.8,
};
const CLIP: Input = Input {
    modality: Modality::MicrophoneClip,
    bytes: 96_000,
    seconds: 3.0,
    relevance: 0.4,
};

/// A turn with one picture on a good network.
pub(crate) fn outlook() -> Outlook<'static> {
    Outlook {
        task: TaskMix::certain(Task::Query),
        inputs: &[PICTURE],
        prompt_tokens: 120,
        prompt_tokens_bound: 664,
        text_bytes: 600,
        local_limit: 256,
        cloud_limit: 256,
        network: NetworkEstimate {
            online: true,
            rtt_ms: 40.0,
            jitter_ms: 5.0,
            up_mbps: 20.0,
            down_mbps: 100.0,
            loss: 0.0,
        },
        cloud: CloudEstimate {
            ttft_ms: 500.0,
            tokens_per_second: 80.0,
        },
        device: DeviceEstimate {
            ready: true,
            prefill_tokens_per_second: 200.0,
            decode_tokens_per_second: 40.0,
        },
        price: Some(Price {
            input: NanoUsd::new(150),
            cached_input: NanoUsd::new(75),
            output: NanoUsd::new(600),
            audio_input: None,
            image_tokens: 1000,
            audio_tokens_per_second: 32,
        }),
    }
}

#[test]
fn the_bill_of_a_cloud_call_with_a_picture_and_a_clip_is_this_one() {
    let forecasts = forecasts(
        &Outlook {
            inputs: &[PICTURE, CLIP],
            ..outlook()
        },
        &model(),
    );
    let both = forecasts.last().unwrap();
    assert_eq!(both.action.uploads().len(), 2);
    let bytes = 600 + 1024 + 80_000 + 128_000;
    assert_eq!(both.worst.bytes, bytes);
    assert_eq!(both.worst.images, 1);
    let media = 1000 + 3 * 32;
    assert_eq!(
        both.worst.usd,
        NanoUsd::new((664 + media) * 150 + 256 * 600)
    );
    let expected = ((120 + media) * 150 + 130 * 600) as f32 * 1e-9;
    assert!(
        (both.usd - expected).abs() < 1e-9,
        "{} is not {expected}",
        both.usd
    );
    let seconds = 4.0 * 0.04 + bytes as f32 * 8.0 / 20e6 + 0.5 + 130.0 / 80.0;
    assert!((both.seconds - seconds).abs() < 1e-4);
}

#[test]
fn a_local_reply_costs_time_only() {
    let local = forecasts(&outlook(), &model())[0];
    assert_eq!(local.action, Action::Local);
    assert_eq!(
        (local.usd, local.worst.usd, local.worst.bytes),
        (0.0, NanoUsd::ZERO, 0)
    );
    assert!((local.seconds - (120.0 / 200.0 + 150.0 / 40.0)).abs() < 1e-4);
}

#[test]
fn a_request_counts_base64_of_each_attachment() {
    assert_eq!(request_bytes(10, [1_u64, 4].into_iter()), 10 + 1024 + 4 + 8);
    assert_eq!(request_bytes(10, [u64::MAX].into_iter()), u64::MAX);
}

proptest! {
    #[test]
    fn what_is_expected_never_exceeds_the_worst_case(
        prompt_tokens in 1_u32..4000,
        limit in 1_u32..1024,
        up_mbps in 0.01_f32..1000.0,
        decode in 0.5_f32..500.0,
        shares in prop::array::uniform5(-5.0_f32..5.0),
        sizes in prop::collection::vec(0_u64..5_000_000, 0..4),
    ) {
        let inputs: Vec<_> = sizes.iter().map(|bytes| Input { bytes: *bytes, ..PICTURE }).collect();
        let mut outlook = Outlook {
            task: TaskMix::from_scores(shares),
            inputs: &inputs,
            prompt_tokens,
            prompt_tokens_bound: u64::from(prompt_tokens) * 4 + 64,
            text_bytes: u64::from(prompt_tokens) * 4,
            local_limit: limit,
            cloud_limit: limit,
            ..outlook()
        };
        outlook.network.up_mbps = up_mbps;
        outlook.device.decode_tokens_per_second = decode;
        let forecasts = forecasts(&outlook, &model());
        prop_assert_eq!(forecasts.len(), 1 + (1 << sizes.len()));
        for forecast in forecasts {
            prop_assert!(f64::from(forecast.seconds) * 1e3 <= forecast.worst.millis as f64);
            prop_assert!(f64::from(forecast.usd) <= forecast.worst.usd.as_usd() + 1e-9);
            prop_assert!((0.0..=1.0).contains(&forecast.association));
        }
    }
}
