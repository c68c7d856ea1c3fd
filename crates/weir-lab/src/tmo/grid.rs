//! Budgets that TMO never judges with: those of [`crate::suite::grid`], in its simulator.

use std::collections::BTreeMap;

use indicatif::ProgressBar;

use super::{
    choice::VIEWS,
    costs::{Budget, Network},
    evaluation::play_within,
    policies::Policy,
    simulator::Simulator,
    suite::{Named, is_under_budgets},
};
use crate::resampling::nested::Resamples;
use crate::suite::{
    contest::Taken,
    grid::{Grid, Limits, Sample, Samples, Shares, limits},
};

/// What policies made of the test dialogues of several seeds under every pair of limits.
#[derive(Clone, Debug, Default)]
pub struct Played {
    dialogues: Vec<usize>,
    under: Vec<(Limits, BTreeMap<String, Samples>)>,
}

impl Played {
    /// How many times dialogues of one seed are played by those of `policies` that are judged here.
    #[must_use]
    pub fn plays(policies: &[Named]) -> usize {
        let judged = policies.iter().filter(|(name, _)| is_under_budgets(name));
        judged.count() * limits().count()
    }

    /// Lets the policies of one seed answer its test dialogues. Each seed adds policies of the same
    /// names.
    pub fn add(&mut self, simulator: &Simulator, policies: &mut [Named], progress: &ProgressBar) {
        if self.under.is_empty() {
            self.under = limits().map(|limits| (limits, BTreeMap::new())).collect();
        }
        self.dialogues.push(simulator.test.len());
        for (limits, by_policy) in &mut self.under {
            for (name, policy) in &mut *policies {
                if is_under_budgets(name) {
                    let samples = samples(simulator, *limits, policy.as_mut());
                    by_policy.entry(name.clone()).or_default().push(samples);
                    progress.inc(1);
                }
            }
        }
    }

    /// What to say about it.
    #[must_use]
    pub fn grid(&self) -> Grid {
        Grid::of(&self.under, &Resamples::draw(&self.dialogues, 1))
    }
}

/// Each dialogue, averaged over the networks. Answering five turns locally takes less than a tenth of a second, so
/// every dialogue can be finished on the device.
fn samples(simulator: &Simulator, limits: Limits, policy: &mut dyn Policy) -> Vec<Sample> {
    let Limits { seconds, usd } = limits;
    let budget = Budget { seconds, usd };
    let mut play = |network| play_within(simulator, network, budget, policy);
    let networks = Network::ALL.map(&mut play);
    let share = 1.0 / networks.len() as f64;
    (0..simulator.test.len())
        .map(|dialogue| {
            let played = || networks.iter().map(|network| &network[dialogue]);
            let taken: Vec<Taken> = played()
                .flat_map(|played| &played.taken)
                .map(|choice| Taken {
                    action: choice.action(),
                    attached: VIEWS,
                })
                .collect();
            let over = played().filter(|played| played.excess > 0.0).count();
            Sample {
                reward: share * played().map(|played| played.reward).sum::<f64>(),
                over_budget: share * over as f64,
                feasible: true,
                shares: Shares::of(&taken),
            }
        })
        .collect()
}
