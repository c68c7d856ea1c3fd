//! From the microphone's rate to 16 kHz, block by block.
//!
//! Band-limited interpolation (J. O. Smith, *Digital Audio Resampling*): each output sample is the
//! input around its place, weighted by `sinc(s·t)·w(t)`, where `t` is the distance in input
//! samples, `s` the lower of both rates over the input's (times [`ROLL_OFF`]), and `w` a Kaiser
//! window. The low-pass in it is what keeps tones above 8 kHz from coming back as other tones.

use std::f64::consts::PI;

/// The output's rate in Hz: what speech models listen to.
pub const RATE: u32 = 16_000;

/// Zero crossings of the sinc on each side.
const CROSSINGS: f64 = 24.0;
/// The low-pass lies this far below half the lower rate, so that its slope ends there.
const ROLL_OFF: f64 = 0.92;
/// Shape of the Kaiser window: stop band about 80 dB down.
const BETA: f64 = 8.0;

/// Resamples one channel. Its delay is taken out: the first output sample is the first input
/// sample's.
#[derive(Clone, Debug)]
pub struct Resampler {
    /// For each phase, weights of the inputs from `1 − half` to `half` places after the base.
    weights: Vec<Vec<f32>>,
    half: usize,
    /// Input samples from one output to the next: `step / weights.len()`.
    step: usize,
    /// Input that is still needed.
    input: Vec<f32>,
    /// Place of the next output: `base + phase / weights.len()`, in `input`.
    base: usize,
    phase: usize,
}

impl Resampler {
    /// From `rate` Hz to [`RATE`].
    #[must_use]
    pub fn new(rate: u32) -> Self {
        let rate = rate.max(1);
        let common = gcd(rate, RATE);
        let phases = (RATE / common) as usize;
        let scale = ROLL_OFF * (f64::from(RATE) / f64::from(rate)).min(1.0);
        let half = (CROSSINGS / scale).ceil() as usize;
        Self {
            weights: (0..phases)
                .map(|phase| weights(scale, half, phase as f64 / phases as f64))
                .collect(),
            half,
            step: (rate / common) as usize,
            // Silence before the first sample, as far as the first output looks back.
            input: vec![0.0; half - 1],
            base: half - 1,
            phase: 0,
        }
    }

    /// Takes input and appends what can be said of the output.
    pub fn push(&mut self, input: &[f32], output: &mut Vec<f32>) {
        self.input.extend_from_slice(input);
        while self.base + self.half < self.input.len() {
            let around = &self.input[self.base + 1 - self.half..=self.base + self.half];
            let weighted = around.iter().zip(&self.weights[self.phase]);
            output.push(weighted.map(|(sample, weight)| sample * weight).sum());
            self.phase += self.step;
            self.base += self.phase / self.weights.len();
            self.phase %= self.weights.len();
        }
        let used = (self.base + 1 - self.half).min(self.input.len());
        self.input.drain(..used);
        self.base -= used;
    }

    /// Ends the input and appends the rest of the output.
    pub fn finish(&mut self, output: &mut Vec<f32>) {
        let silence = vec![0.0; self.half];
        self.push(&silence, output);
    }
}

/// Weights of the inputs around a place `fraction` after its base. They are scaled to sum to 1, so
/// that a constant stays what it is in every phase; constant factors of theirs do not matter.
fn weights(scale: f64, half: usize, fraction: f64) -> Vec<f32> {
    let weights: Vec<f64> = (0..2 * half)
        .map(|index| index as f64 + 1.0 - half as f64 - fraction)
        .map(|distance| sinc(scale * distance) * kaiser(distance / half as f64))
        .collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| (weight / sum) as f32).collect()
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else {
        (PI * x).sin() / (PI * x)
    }
}

/// The Kaiser window at `x` in −1 to 1, times the constant `I₀(β)`: `I₀(β·√(1−x²))`.
fn kaiser(x: f64) -> f64 {
    bessel_i0(BETA * (1.0 - x * x).max(0.0).sqrt())
}

/// The modified Bessel function `I₀(x) = Σ ((x/2)ᵏ / k!)²`; 32 terms are exact for `x` up to 10.
fn bessel_i0(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..=32 {
        term *= x / 2.0 / f64::from(k);
        sum += term * term;
    }
    sum
}

const fn gcd(mut one: u32, mut other: u32) -> u32 {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One second of a tone of amplitude 0.5.
    fn tone(hz: f64, rate: u32) -> Vec<f32> {
        (0..rate)
            .map(|n| (2.0 * PI * hz * f64::from(n) / f64::from(rate)).sin() as f32 * 0.5)
            .collect()
    }

    fn resample(input: &[f32], rate: u32) -> Vec<f32> {
        let mut resampler = Resampler::new(rate);
        let mut output = Vec::new();
        resampler.push(input, &mut output);
        resampler.finish(&mut output);
        output
    }

    /// Mean power away from both ends.
    fn power(samples: &[f32]) -> f64 {
        let inner = &samples[samples.len() / 8..samples.len() * 7 / 8];
        inner.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / inner.len() as f64
    }

    /// Power of the one frequency in it (the Goertzel sum, with a Hann window).
    fn power_at(hz: f64, samples: &[f32]) -> f64 {
        let n = samples.len() as f64;
        let (mut re, mut im, mut total) = (0.0, 0.0, 0.0);
        for (index, sample) in samples.iter().enumerate() {
            let window = 0.5 - 0.5 * (2.0 * PI * index as f64 / n).cos();
            let angle = 2.0 * PI * hz * index as f64 / f64::from(RATE);
            re += f64::from(*sample) * window * angle.cos();
            im += f64::from(*sample) * window * angle.sin();
            total += window;
        }
        2.0 * (re * re + im * im) / (total * total)
    }

    fn decibels(ratio: f64) -> f64 {
        10.0 * ratio.log10()
    }

    #[test]
    fn a_tone_keeps_its_pitch_and_its_energy() {
        for rate in [8_000, 16_000, 22_050, 44_100, 48_000, 96_000] {
            let output = resample(&tone(440.0, rate), rate);
            assert_eq!(output.len(), RATE as usize, "one second at {rate} Hz");
            let loss = decibels(power(&output) / 0.125);
            assert!(loss.abs() < 0.01, "{rate} Hz: {loss} dB");
            let elsewhere = decibels(power_at(440.0, &output) / power(&output));
            assert!(
                elsewhere.abs() < 0.01,
                "{rate} Hz: {elsewhere} dB at 440 Hz"
            );
        }
    }

    #[test]
    fn the_first_sample_stays_the_first() {
        let output = resample(&tone(440.0, 48_000), 48_000);
        let expected = tone(440.0, RATE);
        for (got, expected) in output.iter().zip(&expected).skip(100).take(15_000) {
            assert!((got - expected).abs() < 1e-3);
        }
    }

    #[test]
    fn tones_that_16_khz_cannot_hold_vanish() {
        for hz in [8_300.0, 9_000.0, 12_000.0, 15_560.0, 20_000.0] {
            let output = resample(&tone(hz, 48_000), 48_000);
            let left = decibels(power(&output) / 0.125);
            assert!(left < -70.0, "{hz} Hz comes back at {left} dB");
        }
    }

    #[test]
    fn speech_up_to_6_5_khz_passes() {
        for hz in [100.0, 1_000.0, 4_000.0, 6_500.0] {
            let loss = decibels(power(&resample(&tone(hz, 48_000), 48_000)) / 0.125);
            assert!(loss.abs() < 0.1, "{hz} Hz: {loss} dB");
        }
    }

    proptest! {
        #[test]
        fn blocks_make_no_difference(
            rate in prop::sample::select(vec![8_000_u32, 44_100, 48_000]),
            cuts in prop::collection::vec(0..700_usize, 0..20),
        ) {
            let input = tone(523.0, rate);
            let mut resampler = Resampler::new(rate);
            let mut output = Vec::new();
            let mut rest = input.as_slice();
            for cut in cuts {
                let (block, after) = rest.split_at(cut.min(rest.len()));
                resampler.push(block, &mut output);
                rest = after;
            }
            resampler.push(rest, &mut output);
            resampler.finish(&mut output);
            prop_assert_eq!(output, resample(&input, rate));
        }

        #[test]
        fn its_length_is_that_of_the_same_time(hundreds in 40..2_000_u32, samples in 0..5_000_usize) {
            let rate = hundreds * 100;
            let output = resample(&vec![0.1; samples], rate);
            let expected = (samples as u64 * u64::from(RATE)).div_ceil(u64::from(rate));
            prop_assert_eq!(output.len() as u64, expected);
        }
    }
}
