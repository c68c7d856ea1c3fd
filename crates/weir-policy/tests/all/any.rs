//! Any observation at all, for property tests: also ones that no honest worker would build.

use proptest::{collection::vec, option, prelude::*};
use weir_core::{
    Action, Budget, CloudEstimate, DeviceEstimate, Dial, Forecast, Modality, ModalitySet, NanoUsd,
    NetworkEstimate, Observation, PastTurn, Spending, TaskMix,
};

/// Any number that fits in an `f32`, NaN and infinities included, and sensible ones often.
pub(crate) fn number() -> impl Strategy<Value = f32> {
    prop_oneof![3 => 0.0_f32..100.0, 1 => any::<f32>()]
}

fn mix() -> impl Strategy<Value = TaskMix> {
    [number(), number(), number(), number(), number()].prop_map(TaskMix::from_scores)
}

fn action() -> impl Strategy<Value = Action> {
    option::of(any::<u16>()).prop_map(|bits| {
        bits.map_or(Action::Local, |bits| {
            Action::Cloud(ModalitySet::from_bits(bits))
        })
    })
}

fn spending() -> impl Strategy<Value = Spending> {
    (amount(), amount(), amount(), any::<u32>()).prop_map(|(usd, millis, bytes, images)| Spending {
        usd: NanoUsd::new(usd),
        millis,
        bytes,
        images,
    })
}

fn amount() -> impl Strategy<Value = u64> {
    prop_oneof![0_u64..100_000_000, any::<u64>()]
}

fn budget() -> impl Strategy<Value = Budget> {
    (
        option::of(amount()),
        option::of(amount()),
        option::of(amount()),
        option::of(any::<u32>()),
    )
        .prop_map(|(usd, millis, bytes, images)| Budget {
            usd: usd.map(NanoUsd::new),
            millis,
            bytes,
            images,
        })
}

fn forecast(action: Action) -> impl Strategy<Value = Forecast> {
    (
        [number(), number(), number(), number(), number()],
        spending(),
    )
        .prop_map(
            move |([quality, quality_deviation, association, seconds, usd], worst)| Forecast {
                action,
                quality,
                quality_deviation,
                association,
                seconds,
                usd,
                worst,
            },
        )
}

fn conditions() -> impl Strategy<Value = (NetworkEstimate, CloudEstimate, DeviceEstimate)> {
    (any::<[bool; 2]>(), vec(number(), 9)).prop_map(|([online, ready], n)| {
        (
            NetworkEstimate {
                online,
                rtt_ms: n[0],
                jitter_ms: n[1],
                up_mbps: n[2],
                down_mbps: n[3],
                loss: n[4],
            },
            CloudEstimate {
                ttft_ms: n[5],
                tokens_per_second: n[6],
            },
            DeviceEstimate {
                ready,
                prefill_tokens_per_second: n[7],
                decode_tokens_per_second: n[8],
            },
        )
    })
}

/// An observation with up to `most` attached inputs.
pub(crate) fn observation(most: usize) -> impl Strategy<Value = Observation> {
    let modality = prop_oneof![
        Just(Modality::CameraView),
        Just(Modality::Image),
        Just(Modality::MicrophoneClip)
    ];
    vec((modality, number()), 0..=most)
        .prop_flat_map(|inputs| {
            let (attached, relevance): (Vec<_>, Vec<_>) = inputs.into_iter().unzip();
            let forecasts: Vec<_> = Action::enumerate(attached.len())
                .into_iter()
                .map(forecast)
                .collect();
            let history = vec((action(), mix()), 0..8);
            (
                Just((attached, relevance)),
                forecasts,
                history,
                (mix(), any::<[u32; 3]>(), number()),
                (budget(), spending()),
                conditions(),
                [number(), number(), number(), number()],
            )
        })
        .prop_map(
            |(
                (attached, relevance),
                forecasts,
                history,
                (task, [prompt_tokens, longest_local_prompt, turns_done], turns_left),
                (budget, committed),
                (network, cloud, device),
                [quality, association, latency, usage],
            )| Observation {
                history: history
                    .into_iter()
                    .map(|(action, task)| PastTurn { action, task })
                    .collect(),
                task,
                attached,
                relevance,
                prompt_tokens,
                longest_local_prompt,
                turns_done,
                turns_left,
                budget,
                committed,
                network,
                cloud,
                device,
                forecasts,
                dial: Dial {
                    quality,
                    association,
                    latency,
                    usage,
                },
            },
        )
}
