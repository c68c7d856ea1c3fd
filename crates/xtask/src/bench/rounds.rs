//! What came of the rounds: medians, spreads and ratios.
//!
//! A ratio is taken within a round, where both sides met the same machine, and its median over the
//! rounds is the figure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One line of `tests/peers/bench.mjs`: what one engine did with one file in one round.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Sample {
    engine: String,
    file: String,
    round: usize,
    /// Why there are no figures.
    failed: Option<String>,
    /// What was read and said; the first, uncounted round says nothing.
    #[serde(flatten)]
    figures: BTreeMap<String, serde_json::Value>,
}

/// What an engine is known by: its name, and the quantisation of the file it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Contestant {
    pub(super) engine: &'static str,
    pub(super) file: &'static str,
}

/// A median with what lies around it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) min: f64,
    pub(super) max: f64,
}

/// All samples of a run.
#[derive(Debug, Default)]
pub(super) struct Rounds(Vec<Sample>);

impl Sample {
    /// Reads a line; one that is no sample is nothing.
    pub(super) fn read(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }

    /// For the person who waits.
    pub(super) fn describe(&self) -> String {
        let (engine, file) = (&self.engine, &self.file);
        let who = match self.round {
            0 => format!("{engine} {file}, stored"),
            round => format!("{engine} {file}, round {round}"),
        };
        match (
            &self.failed,
            self.number("prefill_tps"),
            self.number("decode_tps"),
        ) {
            (Some(why), _, _) => format!("{who}: failed: {why}"),
            (None, Some(prefill), Some(decode)) => {
                format!("{who}: {prefill:.1} tokens/s read, {decode:.1} said")
            }
            _ => who,
        }
    }

    fn number(&self, figure: &str) -> Option<f64> {
        self.figures
            .get(figure)?
            .as_f64()
            .filter(|number| number.is_finite())
    }

    fn is_of(&self, contestant: Contestant) -> bool {
        self.engine == contestant.engine && self.file == contestant.file
    }
}

impl Rounds {
    pub(super) fn push(&mut self, sample: Sample) {
        self.0.push(sample);
    }

    /// A figure of an engine over the rounds.
    pub(super) fn spread(&self, of: Contestant, figure: &str) -> Option<Spread> {
        Spread::of(self.by_round(of, figure).into_values())
    }

    /// A figure of `ours` divided by the same of `theirs` in the same round.
    pub(super) fn ratio(
        &self,
        ours: Contestant,
        theirs: Contestant,
        figure: &str,
    ) -> Option<Spread> {
        let theirs = self.by_round(theirs, figure);
        let ours = self.by_round(ours, figure).into_iter();
        Spread::of(ours.filter_map(|(round, ours)| Some(ours / theirs.get(&round)?)))
    }

    /// Why an engine has no figures, if it failed in every round.
    pub(super) fn failure(&self, of: Contestant) -> Option<&str> {
        let mut samples = self
            .0
            .iter()
            .filter(|sample| sample.is_of(of) && sample.round > 0);
        if samples.clone().any(|sample| sample.failed.is_none()) {
            return None;
        }
        samples.find_map(|sample| sample.failed.as_deref())
    }

    fn by_round(&self, of: Contestant, figure: &str) -> BTreeMap<usize, f64> {
        let samples = self
            .0
            .iter()
            .filter(|sample| sample.is_of(of) && sample.round > 0);
        samples
            .filter_map(|sample| Some((sample.round, sample.number(figure)?)))
            .collect()
    }
}

impl Spread {
    /// `None` of no values.
    pub(super) fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let upper = *values.get(middle)?;
        let median = if values.len().is_multiple_of(2) {
            f64::midpoint(values[middle - 1], upper)
        } else {
            upper
        };
        Some(Self {
            median,
            min: values[0],
            max: values[values.len() - 1],
        })
    }

    pub(super) fn scaled(self, by: f64) -> Self {
        Self {
            median: self.median * by,
            min: self.min * by,
            max: self.max * by,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Contestant = Contestant {
        engine: "weir",
        file: "q4_1",
    };
    const THEIRS: Contestant = Contestant {
        engine: "wllama",
        file: "q4_1",
    };

    fn rounds(lines: &[&str]) -> Rounds {
        let mut rounds = Rounds::default();
        for line in lines {
            rounds.push(Sample::read(line).unwrap());
        }
        rounds
    }

    #[test]
    fn a_ratio_compares_within_rounds() {
        let rounds = rounds(&[
            r#"{"engine":"weir","file":"q4_1","round":0}"#,
            r#"{"engine":"weir","file":"q4_1","round":1,"decode_tps":40.0}"#,
            r#"{"engine":"wllama","file":"q4_1","round":1,"decode_tps":10.0}"#,
            r#"{"engine":"wllama","file":"q4_1","round":2,"decode_tps":5.0}"#,
            r#"{"engine":"weir","file":"q4_1","round":2,"decode_tps":25.0}"#,
            r#"{"engine":"weir","file":"q4_1","round":3,"decode_tps":99.0}"#,
            r#"{"engine":"wllama","file":"q4_1","round":3,"failed":"no memory"}"#,
        ]);
        let ratio = rounds.ratio(OURS, THEIRS, "decode_tps").unwrap();
        assert_eq!(
            ratio,
            Spread {
                median: 4.5,
                min: 4.0,
                max: 5.0
            }
        );
        let ours = rounds.spread(OURS, "decode_tps").unwrap();
        assert_eq!(
            ours,
            Spread {
                median: 40.0,
                min: 25.0,
                max: 99.0
            }
        );
        assert_eq!(rounds.failure(THEIRS), None);
    }

    #[test]
    fn an_engine_that_never_answers_has_a_reason_and_no_figure() {
        let rounds = rounds(&[
            r#"{"engine":"weir","file":"q4_1","round":1,"decode_tps":40.0}"#,
            r#"{"engine":"wllama","file":"q4_1","round":1,"failed":"cannot load"}"#,
        ]);
        assert_eq!(rounds.failure(THEIRS), Some("cannot load"));
        assert_eq!(rounds.ratio(OURS, THEIRS, "decode_tps"), None);
        assert_eq!(rounds.spread(THEIRS, "decode_tps"), None);
    }

    #[test]
    fn a_figure_that_is_no_number_is_left_out() {
        let rounds = rounds(&[
            r#"{"engine":"weir","file":"q4_1","round":1,"decode_tps":null}"#,
            r#"{"engine":"weir","file":"q4_1","round":2,"decode_tps":7.0}"#,
        ]);
        assert_eq!(rounds.spread(OURS, "decode_tps").unwrap().median, 7.0);
    }

    #[test]
    fn other_lines_are_no_samples() {
        assert!(Sample::read("llama.cpp says hello").is_none());
        assert!(Sample::read(r#"{"machine":{}}"#).is_none());
    }
}
