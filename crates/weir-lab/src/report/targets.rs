//! The numbers that Weir's policy is to reach, and whether it does.

use super::{
    names::{Family, networks, policy},
    number::{fixed, percent, signed},
    quantities::Interval,
    results::{Cell, Decrease, File, Named, Results, Row, Tmo, Weir},
};

/// A number to reach.
#[derive(Debug)]
pub(super) struct Target {
    /// What it is.
    pub(super) what: &'static str,
    /// Where the bar is.
    pub(super) bar: String,
    /// What was measured; nothing if the files do not say.
    pub(super) measured: Vec<Measured>,
}

/// A measurement of it.
#[derive(Debug)]
pub(super) struct Measured {
    /// On which network, by which policy.
    pub(super) of: String,
    /// The number.
    pub(super) text: String,
    /// Whether it is on the right side of the bar.
    pub(super) met: bool,
}

/// What measurements say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Met,
    Missed,
    Unknown,
}

/// Share of the gap from always-local to the oracle that is aimed at.
pub(super) const GAP: f64 = 0.85;
/// More than this share of one action is a collapse.
const COLLAPSED: f64 = 0.99;
/// One interval in so many lies above 0 where nothing is.
const BY_CHANCE: u32 = 40;
/// Probabilities are 32-bit numbers.
const CERTAIN: f64 = 1.0 - 1e-6;
/// Environment steps a second: 30 times the 30,000 steps in 25 s of the Python reference.
const STEPS_PER_SECOND: f64 = 30.0 * 30_000.0 / 25.0;

impl Target {
    fn new(what: &'static str, bar: &str, measured: Vec<Measured>) -> Self {
        Self {
            what,
            bar: bar.into(),
            measured,
        }
    }

    /// Met if all measurements are.
    pub(super) fn verdict(&self) -> Verdict {
        if self.measured.is_empty() {
            Verdict::Unknown
        } else if self.measured.iter().all(|measured| measured.met) {
            Verdict::Met
        } else {
            Verdict::Missed
        }
    }
}

impl Measured {
    fn new(of: &str, text: String, met: bool) -> Self {
        Self {
            of: of.into(),
            text,
            met,
        }
    }
}

/// The numbers that these files could show; none if they show not one.
pub(super) fn of(files: &[File]) -> Vec<Target> {
    let targets = files.iter().flat_map(|file| match &file.results {
        Results::Tmo(tmo) => of_tmo(tmo),
        Results::Weir(weir) => of_weir(weir),
        Results::Scaling(_) | Results::Training(_) => Vec::new(),
    });
    let mut targets: Vec<Target> = targets.collect();
    if targets
        .iter()
        .all(|target| target.verdict() == Verdict::Unknown)
    {
        targets.clear();
    }
    targets
}

fn of_tmo(tmo: &Tmo) -> Vec<Target> {
    let weir = |measure: &dyn Fn(&Row) -> Option<(String, bool)>| {
        let rows = networks(&tmo.networks).into_iter();
        let rows = rows.filter_map(|(network, rows)| Some((network, rows.get("weir")?)));
        rows.filter_map(|(network, row)| {
            let (text, met) = measure(row)?;
            Some(Measured::new(network, text, met))
        })
        .collect::<Vec<_>>()
    };
    let speeds = tmo
        .training
        .iter()
        .filter(|(name, _)| Family::of(name) == Family::Learned);
    let speeds = speeds.map(|(name, curve)| {
        let text = format!("{} steps/s", fixed(curve.steps_per_second, 0));
        Measured::new(
            &policy(name),
            text,
            curve.steps_per_second >= STEPS_PER_SECOND,
        )
    });
    let mut targets = vec![
        Target::new(
            "tmo: reward above greedy + mask",
            "paired interval above 0 on every network",
            weir(&|row| {
                let (above, ends) = (row.above_greedy_mask?, row.above_greedy_mask_ci?);
                let [low, high] = ends.ends().map(|end| signed(end, 3));
                let text = format!("{} ({low} to {high})", signed(above, 3));
                Some((text, ends.is_positive()))
            }),
        ),
        Target::new(
            "tmo: dialogues over budget",
            "none",
            weir(&|row| {
                let rate = row.over_budget_rate.get();
                Some((percent(rate, 1), rate == 0.0))
            }),
        ),
        Target::new(
            "tmo: share of the gap from always-local to the oracle within budget",
            &format!("aim: {}", percent(GAP, 0)),
            weir(&|row| row.gap_share.map(|share| (percent(share, 1), share >= GAP))),
        ),
        Target::new(
            "tmo: no trained policy collapses",
            "at most 99 % on one action, unless the oracle does so too",
            collapse(&tmo.networks, "oracle_in_budget"),
        ),
        Target::new(
            "training speed of A2C, PPO, DQN",
            &format!(
                "30 × the reference’s 30,000 steps in 25 s: {} steps/s",
                fixed(STEPS_PER_SECOND, 0)
            ),
            speeds.collect(),
        ),
    ];
    if !tmo.grid.is_empty() {
        targets.extend([
            unseen_budgets("tmo: budgets not seen in training", &tmo.grid),
            larger_budgets("tmo: reward over budgets", &tmo.monotone_violations),
        ]);
    }
    targets
}

fn of_weir(weir: &Weir) -> Vec<Target> {
    vec![
        unseen_budgets("budgets not seen in training", &weir.grid),
        larger_budgets("reward over budgets", &weir.monotone_violations),
        noisy_networks(weir),
        no_network(weir),
        slower_uplink(weir),
        Target::new(
            "weir: no trained policy collapses",
            "at most 99 % on one action, unless the planner does so too",
            collapse(&weir.networks, "planner"),
        ),
    ]
}

fn unseen_budgets(what: &'static str, grid: &[Cell]) -> Target {
    let cells = grid.iter().filter_map(|cell| cell.policies.get("weir"));
    let rates: Vec<f64> = cells.map(|cell| cell.over_budget_rate.get()).collect();
    let broken = rates.iter().filter(|rate| **rate > 0.0).count();
    let text = format!("{broken} of {} budgets are ever broken", rates.len());
    let measured = Measured::new("grid", text, broken == 0);
    Target::new(
        what,
        "no dialogue over a budget that can be kept",
        if rates.is_empty() {
            Vec::new()
        } else {
            vec![measured]
        },
    )
}

fn larger_budgets(what: &'static str, violations: &Named<Decrease>) -> Target {
    let measured = violations.get("weir").map(|decrease| {
        let [low, high] = decrease.ci.ends().map(|end| signed(end, 3));
        let text = format!(
            "{} of {} steps; the worst {} ({low} to {high})",
            decrease.significant,
            decrease.steps,
            signed(decrease.largest_decrease, 3)
        );
        let met = decrease.significant <= decrease.steps / BY_CHANCE;
        Measured::new("falls beyond noise in", text, met)
    });
    Target::new(
        what,
        "falls with a larger budget in no more steps than chance shows, one in forty",
        measured.into_iter().collect(),
    )
}

fn noisy_networks(weir: &Weir) -> Target {
    let measured = weir.noise.as_ref().map(|noise| {
        let rate = percent(noise.over_budget_rate.get(), 2);
        let text = format!("{rate} of {} dialogues", fixed(noise.dialogues as f64, 0));
        Measured::new("all networks", text, noise.over_budget_rate <= noise.risk)
    });
    let risk = weir.noise.as_ref().map_or(0.01, |noise| noise.risk.get());
    Target::new(
        "noisy networks",
        &format!("at most {} over budget", percent(risk, 0)),
        measured.into_iter().collect(),
    )
}

fn no_network(weir: &Weir) -> Target {
    let measured = weir.offline.map(|offline| {
        let least = offline.least_probability.unwrap_or(offline.local_share);
        let text = format!(
            "{} turns, the least probability is {}",
            fixed(offline.turns as f64, 0),
            fixed(least.get(), 6)
        );
        Measured::new("offline", text, least.get() >= CERTAIN)
    });
    Target::new(
        "no network",
        "local with probability 1",
        measured.into_iter().collect(),
    )
}

fn slower_uplink(weir: &Weir) -> Target {
    let speeds = weir.uplink.iter().map(|uplink| uplink.up_mbps);
    let fastest = speeds.fold(0.0, f64::max);
    let slower = weir.uplink.iter().filter(|uplink| uplink.up_mbps < fastest);
    let steps = slower.filter_map(|uplink| uplink.change_ci);
    let steps: Vec<bool> = steps.map(Interval::is_positive).collect();
    let rises = steps.iter().filter(|rises| **rises).count();
    let text = format!("{rises} of {} steps", steps.len());
    let measured = Measured::new("rises beyond noise in", text, rises == 0);
    Target::new(
        "slower uplink",
        "uploads do not rise, within noise",
        if steps.is_empty() {
            Vec::new()
        } else {
            vec![measured]
        },
    )
}

/// The commonest action of every trained policy: where it is commonest, and where the oracle does
/// otherwise if there is such a network.
fn collapse(by_network: &Named<Named<Row>>, oracle: &str) -> Vec<Measured> {
    let mut worst: Named<(bool, f64, &str)> = Named::new();
    for (network, rows) in networks(by_network) {
        let share = |row: &Row| row.max_action_share.get();
        let alone = rows.get(oracle).is_none_or(|row| share(row) <= COLLAPSED);
        let trained = rows
            .iter()
            .filter(|(name, _)| matches!(Family::of(name), Family::Weir | Family::Learned));
        for (name, row) in trained {
            let found = (alone, share(row), network);
            let kept = worst.entry(name.clone()).or_insert(found);
            if (found.0, found.1) > (kept.0, kept.1) {
                *kept = found;
            }
        }
    }
    let measured = worst.into_iter().map(|(name, (alone, share, network))| {
        let text = format!("{} on {network}", percent(share, 1));
        Measured::new(&policy(&name), text, !alone || share <= COLLAPSED)
    });
    measured.collect()
}
