//! Budgets that no policy was trained with: five limits on time by six on money.
//!
//! Nothing is left to chance here (no jitter, replies of their expected length), so the mask's
//! promise can be put to the test: a dialogue that can be finished on the device within its limits
//! ends within them, and a larger budget is never worth less. `weir-lab eval --budgets grid` judges
//! both suites so: [`budgets`] the world, [`crate::tmo::grid`] TMO's simulator.

use std::{collections::BTreeMap, sync::Arc};

use indicatif::ProgressBar;
use serde::Serialize;
use weir_core::{Action, Budget, NanoUsd};

use super::{
    contest::{Contest, Played, Taken, play},
    policies::{Named, OF_BUDGETS},
};
use crate::{
    environment::Environment,
    resampling::{less, mean, nested::Resamples, numbers},
    world::{Noise, Scenario, World},
};

/// Limits on the seconds of a dialogue.
pub const SECONDS: [f64; 5] = [5.0, 10.0, 20.0, 30.0, 60.0];
/// Limits on its dollars.
pub const USD: [f64; 6] = [0.0005, 0.002, 0.005, 0.01, 0.02, 0.05];

/// How many times [`budgets`] has each dialogue answered, by the policies of
/// [`super::policies::of_budgets`].
pub const PASSES: u64 = (SECONDS.len() * USD.len() * OF_BUDGETS.len()) as u64;

/// Both limits of a dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Limits {
    /// Seconds of waiting.
    pub seconds: f64,
    /// Dollars.
    pub usd: f64,
}

/// What a policy made of one dialogue under some limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Mean reward of its turns.
    pub reward: f64,
    /// 1 if it ended over a limit, else 0; a share where it was played several times.
    pub over_budget: f64,
    /// Whether it could have been finished on the device within them.
    pub feasible: bool,
    /// What was done.
    pub shares: Shares,
}

/// What one policy made of all dialogues: by seed, then by dialogue.
pub type Samples = Vec<Vec<Sample>>;

/// Shares of turns; they sum to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Shares {
    /// Answered on the device.
    pub local: f64,
    /// In the cloud, by the text alone.
    pub text: f64,
    /// With some of what was attached.
    pub some: f64,
    /// With all of it.
    pub all: f64,
}

/// What `--budgets grid` says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Grid {
    /// One entry for each pair of limits.
    #[serde(rename = "grid")]
    pub cells: Vec<Cell>,
    /// By policy: where a larger budget was worth least.
    pub monotone_violations: BTreeMap<String, Decrease>,
}

/// All policies under the same limits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cell {
    /// The limits.
    #[serde(flatten)]
    pub limits: Limits,
    /// Share of dialogues that can be finished on the device within them.
    pub feasible_share: f64,
    /// By name.
    pub policies: BTreeMap<String, CellRow>,
}

/// One policy under some limits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CellRow {
    /// Mean reward of a turn, over all dialogues and then seeds.
    pub reward: f64,
    /// Its 95 % interval.
    pub reward_ci: [f64; 2],
    /// Share of dialogues that end over a limit, of those that can be finished on the device within
    /// both.
    pub over_budget_rate: f64,
    /// The same of all dialogues: on a slow device some cannot be kept.
    pub over_budget_rate_all: f64,
    /// What was done.
    pub shares: Shares,
}

/// The step to the next larger limit, the other one kept, that was worth least.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Decrease {
    /// The reward before the step less that after it; negative if even this step was worth something.
    pub largest_decrease: f64,
    /// Its 95 % interval, dialogue by dialogue.
    pub ci: [f64; 2],
    /// Limits before the step.
    pub from: Limits,
    /// Limits after it.
    pub to: Limits,
    /// Steps in all.
    pub steps: usize,
    /// Steps whose interval lies above zero; chance alone puts one in forty there.
    pub significant: usize,
}

/// All pairs of limits, money running fastest.
pub fn limits() -> impl Iterator<Item = Limits> {
    SECONDS
        .into_iter()
        .flat_map(|seconds| USD.map(|usd| Limits { seconds, usd }))
}

/// Generated tokens per second of the devices that limits are tried on. Five seconds are too few for
/// any dialogue on a slower one, and then the limits have nothing to decide.
const FAST: [f32; 2] = [100.0, 150.0];

/// Dialogues of `scenario` with nothing left to chance, of the lengths that it lists, online, and on
/// the fastest devices that policies are trained with, so that it is the limits that decide.
#[must_use]
pub fn scenario(scenario: &Scenario) -> Arc<Scenario> {
    let mut calm = scenario.with_noise(Noise::None);
    calm.pack.turns.longer = None;
    calm.pack.device.still_loading = 0.0;
    calm.pack.device.decode_tokens_per_second = FAST;
    for profile in &mut calm.pack.network.profiles {
        if !profile.medians.online {
            profile.share = 0.0;
        }
    }
    Arc::new(calm)
}

/// Lets `policies` answer the dialogues of `contest` under every pair of limits.
pub fn budgets(contest: &Contest<'_>, policies: &mut [Named<'_>], progress: &ProgressBar) -> Grid {
    let mut under = |limits: Limits| {
        let Limits { seconds, usd } = limits;
        progress.set_message(format!("{seconds} s, {usd} USD"));
        let samples = policies.iter_mut().map(|(name, policy)| {
            let samples = contest.each(progress, |mut episode, dialogue| {
                episode.conditions.budget = limits.budget();
                let alone = World::at(contest.scenario.clone(), episode.clone());
                let world = World::at(contest.scenario.clone(), episode);
                let played = play(world, dialogue, policy.as_mut());
                Sample::of(&played, finishes_on_the_device(alone))
            });
            ((*name).to_owned(), samples)
        });
        (limits, samples.collect())
    };
    let played: Vec<_> = limits().map(&mut under).collect();
    Grid::of(&played, &Resamples::draw(&contest.counts(), 1))
}

/// Whether the dialogue stays within its budget if every turn is answered on the device.
fn finishes_on_the_device(mut world: World) -> bool {
    loop {
        let outcome = world.step(0);
        if outcome.done {
            return !outcome.over_budget;
        }
    }
}

impl Limits {
    fn budget(self) -> Budget {
        Budget {
            usd: Some(NanoUsd::new((self.usd * 1e9).round() as u64)),
            millis: Some((self.seconds * 1e3).round() as u64),
            ..Budget::UNLIMITED
        }
    }

    /// Whether `next` differs from this by one step of one limit.
    fn steps_to(self, next: Self) -> bool {
        let place = |limits: Self| {
            let seconds = SECONDS.iter().position(|limit| *limit == limits.seconds);
            (seconds, USD.iter().position(|limit| *limit == limits.usd))
        };
        let after = |one: Option<usize>, other: Option<usize>| one.map(|one| one + 1) == other;
        let ((seconds, usd), (longer, richer)) = (place(self), place(next));
        (seconds == longer && after(usd, richer)) || (usd == richer && after(seconds, longer))
    }
}

impl Sample {
    fn of(played: &Played, feasible: bool) -> Self {
        Self {
            reward: played.reward,
            over_budget: f64::from(played.excess > 0.0),
            feasible,
            shares: Shares::of(&played.taken),
        }
    }
}

impl Shares {
    /// Of these turns.
    #[must_use]
    pub fn of(taken: &[Taken]) -> Self {
        let mut shares = Self::default();
        for Taken { action, attached } in taken {
            let share = match (action, action.uploads().len()) {
                (Action::Local, _) => &mut shares.local,
                (Action::Cloud(_), 0) => &mut shares.text,
                (Action::Cloud(_), uploads) if uploads < *attached => &mut shares.some,
                (Action::Cloud(_), _) => &mut shares.all,
            };
            *share += 1.0 / taken.len() as f64;
        }
        shares
    }
}

impl Grid {
    /// Of what the policies made of the same dialogues under each pair of limits.
    #[must_use]
    pub fn of(played: &[(Limits, BTreeMap<String, Samples>)], resamples: &Resamples) -> Self {
        let cell = |(limits, policies): &(Limits, BTreeMap<String, Samples>)| Cell {
            limits: *limits,
            feasible_share: policies.values().next().map_or(0.0, feasible_share),
            policies: policies
                .iter()
                .map(|(name, samples)| (name.clone(), CellRow::of(samples, resamples)))
                .collect(),
        };
        let names = played.first().into_iter().flat_map(|(_, all)| all.keys());
        Self {
            cells: played.iter().map(cell).collect(),
            monotone_violations: names
                .filter_map(|name| Some((name.clone(), Decrease::of(name, played, resamples)?)))
                .collect(),
        }
    }
}

impl CellRow {
    fn of(samples: &Samples, resamples: &Resamples) -> Self {
        let rewards = numbers(samples, |sample| sample.reward);
        let share = |of: fn(&Shares) -> f64| mean(&numbers(samples, |sample| of(&sample.shares)));
        let over = |feasible: bool| {
            let chosen = samples.iter().flatten();
            let chosen = chosen.filter(|sample| sample.feasible || !feasible);
            let (over, count) = chosen.fold((0.0, 0_u32), |(over, count), sample| {
                (over + sample.over_budget, count + 1)
            });
            over / f64::from(count.max(1))
        };
        Self {
            reward: mean(&rewards),
            reward_ci: resamples.interval(&rewards),
            over_budget_rate: over(true),
            over_budget_rate_all: over(false),
            shares: Shares {
                local: share(|shares| shares.local),
                text: share(|shares| shares.text),
                some: share(|shares| shares.some),
                all: share(|shares| shares.all),
            },
        }
    }
}

impl Decrease {
    fn of(
        name: &str,
        played: &[(Limits, BTreeMap<String, Samples>)],
        resamples: &Resamples,
    ) -> Option<Self> {
        let mut worst: Option<Self> = None;
        let (mut steps, mut significant) = (0, 0);
        for (from, before) in played {
            for (to, after) in played.iter().filter(|(to, _)| from.steps_to(*to)) {
                let lost = difference(before.get(name)?, after.get(name)?);
                let decrease = mean(&lost);
                let ci = resamples.interval(&lost);
                steps += 1;
                significant += usize::from(ci[0] > 0.0);
                if worst.is_none_or(|worst| decrease > worst.largest_decrease) {
                    worst = Some(Self {
                        largest_decrease: decrease,
                        ci,
                        from: *from,
                        to: *to,
                        steps,
                        significant,
                    });
                }
            }
        }
        Some(Self {
            steps,
            significant,
            ..worst?
        })
    }
}

fn feasible_share(samples: &Samples) -> f64 {
    mean(&numbers(samples, |sample| f64::from(sample.feasible)))
}

/// The rewards of `samples` less those of `others`, dialogue by dialogue.
fn difference(samples: &Samples, others: &Samples) -> Vec<Vec<f64>> {
    let rewards = |samples| numbers(samples, |sample: &Sample| sample.reward);
    less(&rewards(samples), &rewards(others))
}
