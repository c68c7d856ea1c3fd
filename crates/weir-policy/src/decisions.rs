//! What a policy decides in [`situations`], as a text that machines compare; and how long it takes.
//!
//! The lab writes the decisions of the shipped weights to `models/policy/decisions.txt`, and the
//! worker's tests decide again in WebAssembly: other instructions, other rounding, the same actions.

use std::{collections::BTreeMap, fmt, io, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    policy::{DecideError, TrainedPolicy},
    response::ResponseModel,
    situations::{self, Situation},
};

/// The decisions of one policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decisions {
    /// A hash of the situations: where it differs, decisions cannot be compared.
    pub situations: u64,
    /// Place of the action taken in each situation; `None` where none is feasible.
    pub places: Vec<Option<usize>>,
}

/// Why a text is not a list of decisions.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "decisions.txt, line {line}: “{found}” is not {expected}; write it again with \
     `weir-lab decisions write`"
)]
pub struct DecisionsError {
    line: usize,
    found: String,
    expected: &'static str,
}

impl Decisions {
    /// Decides every situation.
    ///
    /// # Errors
    /// [`DecideError`] if the policy cannot decide at all.
    pub fn of(policy: &TrainedPolicy, response: &ResponseModel) -> Result<Self, DecideError> {
        let mut hash = Hash::default();
        let places = situations::all(response)
            .map(|situation| {
                hash.add(&situation);
                place(&situation, policy)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            situations: hash.0,
            places,
        })
    }

    /// Numbers of the situations in which `other` decides otherwise.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<usize> {
        let most = self.places.len().max(other.places.len());
        (0..most)
            .filter(|number| self.places.get(*number) != other.places.get(*number))
            .collect()
    }
}

/// Where nothing is feasible there is no place, which is a decision too.
fn place(situation: &Situation, policy: &TrainedPolicy) -> Result<Option<usize>, DecideError> {
    match situation.decide(policy) {
        Ok(choice) => Ok(Some(choice.index)),
        Err(DecideError::NothingFeasible) => Ok(None),
        Err(other) => Err(other),
    }
}

const HEAD: &str = "\
# What the policy in this folder decides in the situations of weir-policy: the place of the action
# taken, in the order of Action::enumerate, or - where no action is feasible. Written by weir-lab.
";
const PER_LINE: usize = 25;

impl fmt::Display for Decisions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        writeln!(f, "situations {:016x}", self.situations)?;
        for line in self.places.chunks(PER_LINE) {
            let line: Vec<String> = line
                .iter()
                .map(|place| place.map_or_else(|| "-".to_owned(), |place| place.to_string()))
                .collect();
            writeln!(f, "{}", line.join(" "))?;
        }
        Ok(())
    }
}

impl FromStr for Decisions {
    type Err = DecisionsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = |line: usize, found: &str, expected| DecisionsError {
            line: line + 1,
            found: found.to_owned(),
            expected,
        };
        let mut lines = text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.starts_with('#'));
        let (number, first) = lines.next().unwrap_or_default();
        let situations = first
            .strip_prefix("situations ")
            .and_then(|hash| u64::from_str_radix(hash, 16).ok())
            .ok_or_else(|| wrong(number, first, "“situations” and their hash"))?;
        let mut places = Vec::with_capacity(situations::COUNT);
        for (number, line) in lines {
            for word in line.split_whitespace() {
                places.push(match word {
                    "-" => None,
                    place => Some(
                        place
                            .parse()
                            .map_err(|_| wrong(number, place, "the place of an action"))?,
                    ),
                });
            }
        }
        Ok(Self { situations, places })
    }
}

/// FNV-1a (Fowler, Noll and Vo 1991), 64 bits, of what is written to it.
struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Hash {
    fn add(&mut self, situation: &Situation) {
        // Neither this writer nor these types can fail; if they did, the hash would say so.
        let _ = serde_json::to_writer(&mut *self, &situation.observation);
        let _ = serde_json::to_writer(&mut *self, &situation.rules);
    }
}

impl io::Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How long decisions took, microseconds: mask, features, network, choice.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// How many there were.
    pub decisions: usize,
    /// Half of them took no longer.
    pub median_us: f64,
    /// 95 % of them took no longer.
    pub p95_us: f64,
}

/// How long decisions took, by the number of actions to choose from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timings {
    /// All of them.
    pub all: Timing,
    /// Those with so many actions.
    pub by_actions: BTreeMap<usize, Timing>,
}

impl Timings {
    /// Times every situation in which there is something to choose, by `clock`, in microseconds.
    ///
    /// # Errors
    /// [`DecideError`] if the policy cannot decide at all.
    pub fn measure(
        policy: &TrainedPolicy,
        response: &ResponseModel,
        mut clock: impl FnMut() -> f64,
    ) -> Result<Self, DecideError> {
        let mut taken = BTreeMap::<usize, Vec<f64>>::new();
        for situation in situations::all(response) {
            let began = clock();
            let decided = place(&situation, policy)?;
            let took = clock() - began;
            if decided.is_some() {
                let actions = situation.observation.forecasts.len();
                taken.entry(actions).or_default().push(took);
            }
        }
        Ok(Self {
            all: Timing::of(taken.values().flatten().copied().collect()),
            by_actions: taken
                .into_iter()
                .map(|(actions, taken)| (actions, Timing::of(taken)))
                .collect(),
        })
    }
}

impl Timing {
    fn of(mut taken: Vec<f64>) -> Self {
        taken.sort_by(f64::total_cmp);
        let below = |percent: usize| {
            let place = (taken.len() * percent).div_ceil(100).saturating_sub(1);
            taken.get(place).copied().unwrap_or(0.0)
        };
        Self {
            decisions: taken.len(),
            median_us: below(50),
            p95_us: below(95),
        }
    }
}
