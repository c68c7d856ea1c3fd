//! Seconds follow from physics.

use proptest::prelude::*;
use weir_core::{CloudEstimate, DeviceEstimate, NetworkEstimate};

const CLOUD: CloudEstimate = CloudEstimate {
    ttft_ms: 500.0,
    tokens_per_second: 50.0,
};

fn network(up_mbps: f32) -> NetworkEstimate {
    NetworkEstimate {
        online: true,
        rtt_ms: 50.0,
        jitter_ms: 5.0,
        up_mbps,
        down_mbps: 50.0,
        loss: 0.0,
    }
}

#[test]
fn a_megabyte_on_a_one_megabit_uplink_takes_eight_seconds_longer() {
    let with = network(1.0).cloud_seconds(&CLOUD, 1_000_000, 100);
    let without = network(1.0).cloud_seconds(&CLOUD, 0, 100);
    assert!((with - without - 8.0).abs() < 1e-3, "{with} − {without}");
}

#[test]
fn local_seconds_are_prefill_and_decode() {
    let device = DeviceEstimate {
        ready: true,
        prefill_tokens_per_second: 200.0,
        decode_tokens_per_second: 20.0,
    };
    assert!((device.local_seconds(100, 40) - 2.5).abs() < 1e-6);
}

proptest! {
    #[test]
    fn a_slower_uplink_is_never_quicker(slow in 0.01..100.0_f32, more in 0.0..100.0_f32, bytes in 0..10_000_000_u64) {
        let quick = network(slow + more).cloud_seconds(&CLOUD, bytes, 10);
        prop_assert!(network(slow).cloud_seconds(&CLOUD, bytes, 10) >= quick);
    }

    #[test]
    fn the_worst_case_is_never_better_than_the_expectation(bytes in 0..10_000_000_u64, tokens in 0..1_000_u32) {
        let network = network(5.0);
        prop_assert!(network.worst_cloud_seconds(&CLOUD, bytes, tokens) >= network.cloud_seconds(&CLOUD, bytes, tokens));
    }
}
