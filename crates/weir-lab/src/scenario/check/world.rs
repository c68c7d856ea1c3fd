//! Networks, clouds, prices and devices that a file brings along.

use weir_core::NetworkEstimate;

use crate::scenario::{
    ScenarioError,
    conditions::{CloudRanges, DeviceRanges, Network, PriceRanges, Profile},
    entry::Entry,
    schema::{NetworkEntry, ProfileEntry},
};

/// Nothing is quicker or slower than this, and physics goes on holding.
const MILLIS: std::ops::RangeInclusive<f32> = 0.0..=60e3;
const RATES: std::ops::RangeInclusive<f32> = 0.01..=1e6;

pub(super) fn cloud(file: &str, cloud: CloudRanges) -> Result<CloudRanges, ScenarioError> {
    let entry = Entry::new(file, "cloud");
    entry.range("ttft_ms", cloud.ttft_ms, 1.0..=60e3)?;
    entry.range("tokens_per_second", cloud.tokens_per_second, RATES)?;
    Ok(cloud)
}

pub(super) fn price(file: &str, price: PriceRanges) -> Result<PriceRanges, ScenarioError> {
    let entry = Entry::new(file, "price");
    entry.share("free", price.free)?;
    entry.range("input_nano_usd", price.input_nano_usd, 1.0..=1e6)?;
    entry.range("output_over_input", price.output_over_input, 0.0..=100.0)?;
    entry.range("image_tokens", price.image_tokens, 1.0..=1e5)?;
    let field = "audio_tokens_per_second";
    entry.range(field, price.audio_tokens_per_second, 1.0..=1e4)?;
    Ok(price)
}

pub(super) fn device(file: &str, device: DeviceRanges) -> Result<DeviceRanges, ScenarioError> {
    let entry = Entry::new(file, "device");
    let field = "decode_tokens_per_second";
    entry.range(field, device.decode_tokens_per_second, RATES)?;
    entry.range("prefill_over_decode", device.prefill_over_decode, 0.1..=1e3)?;
    entry.share("still_loading", device.still_loading)?;
    Ok(device)
}

/// The file's networks, or the world's.
pub(super) fn network(file: &str, network: Option<NetworkEntry>) -> Result<Network, ScenarioError> {
    let Some(network) = network else {
        return Ok(Network::default());
    };
    let entry = Entry::new(file, "network");
    entry.share("switching", network.switching)?;
    entry.number("spread", network.spread, 0.0..=2.0)?;
    if !network.profiles.iter().any(|profile| profile.online) {
        return Err(entry.wrong("profiles.online", "no profile is online"));
    }
    let names = network.profiles.iter().map(|profile| profile.name.as_str());
    let names: Vec<&str> = names.collect();
    entry.names("profiles.name", &names)?;
    let profiles: Vec<Profile> = network
        .profiles
        .iter()
        .enumerate()
        .map(|(place, one)| {
            let entry = Entry::new(file, format!("network.profiles “{}”", one.name));
            profile(&entry, one, place, &names, network.switching)
        })
        .collect::<Result<_, _>>()?;
    let shares = profiles.iter().map(|profile| profile.share);
    entry.shares("profiles.share", shares)?;
    Ok(Network {
        switching: network.switching,
        spread: network.spread,
        profiles,
    })
}

fn profile(
    entry: &Entry<'_>,
    profile: &ProfileEntry,
    place: usize,
    names: &[&str],
    switching: f32,
) -> Result<Profile, ScenarioError> {
    entry.share("share", profile.share)?;
    entry.number("rtt_ms", profile.rtt_ms, MILLIS)?;
    entry.number("jitter_ms", profile.jitter_ms, MILLIS)?;
    entry.number("up_mbps", profile.up_mbps, RATES)?;
    entry.number("down_mbps", profile.down_mbps, RATES)?;
    entry.number("loss", profile.loss, 0.0..=0.9)?;
    let next = if profile.next.is_empty() && switching == 0.0 {
        let mut stays = vec![0.0; names.len()];
        stays[place] = 1.0;
        stays
    } else {
        entry.by_place("next", &profile.next, names)?
    };
    Ok(Profile {
        name: profile.name.clone(),
        share: profile.share,
        medians: NetworkEstimate {
            online: profile.online,
            rtt_ms: profile.rtt_ms,
            jitter_ms: profile.jitter_ms,
            up_mbps: profile.up_mbps,
            down_mbps: profile.down_mbps,
            loss: profile.loss,
        },
        next,
    })
}
