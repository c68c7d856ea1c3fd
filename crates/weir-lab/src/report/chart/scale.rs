//! Where numbers stand along an axis.

use crate::report::number::fixed;

/// Numbers further out than this are drawn as if they were this large.
const LARGEST: f64 = 1e300;
/// Numbers closer together than this share of their size are drawn as if they were equal.
const CLOSEST: f64 = 1e-9;
/// Marked numbers have no more digits after the point.
const MOST_DIGITS: usize = 12;
/// About as many steps are marked along an axis.
const STEPS: f64 = 5.0;

/// A map from numbers to places in a picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    logarithmic: bool,
    /// The ends, as numbers or their logarithms.
    ends: [f64; 2],
    /// The ends, as places.
    places: [f64; 2],
    /// From one marked number to the next; between powers of ten if logarithmic.
    step: f64,
}

impl Scale {
    /// Puts all `values` between `places`, with round numbers at both ends.
    pub(crate) fn linear(values: impl IntoIterator<Item = f64>, places: [f64; 2]) -> Self {
        let [mut low, mut high] = bounds(values).unwrap_or([0.0, 1.0]);
        let size = low.abs().max(high.abs());
        if high - low <= CLOSEST * size || high - low < 1.0 / LARGEST {
            let around = if size < 1.0 / LARGEST {
                0.5
            } else {
                size / 10.0
            };
            (low, high) = (low - around, high + around);
        }
        let step = round_step((high - low) / STEPS);
        Self {
            logarithmic: false,
            ends: [(low / step).floor() * step, (high / step).ceil() * step],
            places,
            step,
        }
    }

    /// The same, each factor being as wide as another; numbers that are not positive stand at the
    /// low end.
    pub(crate) fn logarithmic(values: impl IntoIterator<Item = f64>, places: [f64; 2]) -> Self {
        let positive = values.into_iter().filter(|value| *value > 0.0);
        let [low, high] = bounds(positive).unwrap_or([1.0, 10.0]);
        let (low, high) = (low.max(1.0 / LARGEST).log10(), high.log10());
        let margin = ((high - low) * 0.05).max(0.05);
        Self {
            logarithmic: true,
            ends: [low - margin, high + margin],
            places,
            step: ((high - low) / STEPS).ceil().max(1.0),
        }
    }

    /// Where a number stands; beyond the ends, at the end.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let [low, high] = self.ends;
        let value = if self.logarithmic {
            value.max(1.0 / LARGEST).log10()
        } else {
            value.clamp(-LARGEST, LARGEST)
        };
        let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
        let [from, to] = self.places;
        from + (to - from) * share
    }

    /// Numbers to mark, with what to write there.
    pub(crate) fn ticks(&self) -> Vec<(f64, String)> {
        let [low, high] = self.ends;
        if self.logarithmic {
            let fine: &[f64] = if high - low < 2.5 {
                &[1.0, 2.0, 5.0]
            } else {
                &[1.0]
            };
            let powers = (low.floor() as i32)..=(high.ceil() as i32);
            let marked = powers
                .step_by(self.step as usize)
                .flat_map(|power| fine.iter().map(move |factor| factor * 10_f64.powi(power)));
            return marked
                .filter(|value| (low..=high).contains(&value.log10()))
                .map(|value| (value, plain(value)))
                .collect();
        }
        let digits = digits(self.step);
        let count = ((high - low) / self.step).round() as usize;
        (0..=count)
            .map(|place| low + self.step * place as f64)
            .map(|value| (value, short(value, digits)))
            .collect()
    }
}

/// A number with few letters: tens of thousands and millions are named.
fn short(value: f64, digits: usize) -> String {
    let size = value.abs();
    let (unit, name) = match size {
        1e4..1e6 => (1e3, "k"),
        1e6..1e9 => (1e6, "M"),
        _ => return fixed(value, digits),
    };
    let sign = if value < 0.0 { "−" } else { "" };
    format!("{sign}{}{name}", size / unit)
}

/// Digits after the point that tell multiples of `step` apart.
fn digits(step: f64) -> usize {
    let whole = |digits: &usize| {
        let scaled = step * 10_f64.powi(*digits as i32);
        scaled >= 1.0 && (scaled - scaled.round()).abs() < 1e-6 * scaled
    };
    (0..MOST_DIGITS).find(whole).unwrap_or(MOST_DIGITS)
}

/// A number without needless digits.
fn plain(value: f64) -> String {
    if (1e-3..1e6).contains(&value) {
        let digits = (-value.log10().floor()).clamp(0.0, 3.0) as usize;
        format!("{value:.digits$}")
    } else {
        format!("{value:.0e}")
    }
}

fn bounds(values: impl IntoIterator<Item = f64>) -> Option<[f64; 2]> {
    let values = values
        .into_iter()
        .map(|value| value.clamp(-LARGEST, LARGEST));
    values.fold(None, |bounds, value| {
        let [low, high] = bounds.unwrap_or([value, value]);
        Some([low.min(value), high.max(value)])
    })
}

/// The smallest of 1, 2, 2.5, 5 and 10 times a power of ten that is no less.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let factors = [1.0, 2.0, 2.5, 5.0];
    let enough = factors.into_iter().find(|factor| factor * power >= step);
    enough.unwrap_or(10.0) * power
}
