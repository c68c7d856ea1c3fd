//! What [`LlmOps::choose`](super::LlmOps::choose) is told, and what it leaves behind.

use crate::sampling::Sampling;

/// Latest tokens that a device looks at for the penalty, at most.
pub const RECENT: usize = 256;
/// Most likely tokens that a device keeps, at most.
pub const MOST: usize = 256;
/// Tokens that a device chooses before they are read back, at most.
pub const BURST: usize = 16;

/// Whether a device can choose like this.
#[must_use]
pub const fn fits(sampling: &Sampling) -> bool {
    let kept = most(sampling);
    0 < kept && kept <= MOST && sampling.repeat_window <= RECENT
}

/// The settings for as many choices as there are `units`, each of them a random number from 0 to
/// below 1: how many of the most likely tokens, temperature, least share of all that these have,
/// least share of the best, three penalties, window, then the units.
pub(crate) fn settings(sampling: &Sampling, units: &[f32]) -> Vec<f32> {
    let within = |value: f32, [none, least, most]: [f32; 3]| {
        if value.is_nan() {
            none
        } else {
            value.clamp(least, most)
        }
    };
    let temperature = if sampling.temperature > 0.0 {
        sampling.temperature
    } else {
        1.0
    };
    let mut settings = vec![
        most(sampling) as f32,
        temperature.clamp(f32::MIN_POSITIVE, f32::MAX),
        within(sampling.top_p, [1.0, 0.0, 1.0]),
        within(sampling.min_p, [0.0, 0.0, f32::MAX]),
        within(sampling.repeat_penalty, [1.0, 1.0, f32::MAX]),
        within(sampling.frequency_penalty, [0.0, -2.0, 2.0]),
        within(sampling.presence_penalty, [0.0, -2.0, 2.0]),
        sampling.repeat_window as f32,
    ];
    settings.extend_from_slice(units);
    settings.resize(HEAD + BURST, 0.0);
    settings
}

/// Settings in front of the units.
pub(super) const HEAD: usize = 8;

/// The settings that a device was given.
pub(super) fn told(settings: &[f32]) -> Sampling {
    Sampling {
        top_k: settings[0] as usize,
        temperature: settings[1],
        top_p: settings[2],
        min_p: settings[3],
        repeat_penalty: settings[4],
        frequency_penalty: settings[5],
        presence_penalty: settings[6],
        repeat_window: settings[7] as usize,
        seed: 0,
    }
}

/// The history before the first of a few choices: how many were made, the latest tokens before, and
/// room for those that will be chosen. No token is -1.
pub(crate) fn history(recent: impl ExactSizeIterator<Item = u32>) -> Vec<i32> {
    let mut history = vec![-1; 1 + RECENT + BURST];
    history[0] = 0;
    let left_out = recent.len().saturating_sub(RECENT);
    let recent = recent.skip(left_out);
    let first = 1 + RECENT - recent.len();
    for (place, token) in history[first..].iter_mut().zip(recent) {
        *place = token as i32;
    }
    history
}

/// The tokens that were chosen since; `None` where none could be.
pub(crate) fn chosen(history: &[i32]) -> impl Iterator<Item = Option<u32>> {
    let count = history.first().map_or(0, |&count| count as usize);
    let chosen = history.iter().skip(1 + RECENT).take(count);
    chosen.map(|&token| u32::try_from(token).ok())
}

const fn most(sampling: &Sampling) -> usize {
    if sampling.temperature > 0.0 {
        sampling.top_k
    } else {
        1
    }
}
