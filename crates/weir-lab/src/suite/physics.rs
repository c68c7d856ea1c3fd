//! What a policy does as the way to the cloud gets worse, all else being equal.

use indicatif::ProgressBar;
use serde::Serialize;
use weir_policy::TrainedPolicy;

use super::contest::Contest;
use crate::{
    environment::Environment,
    resampling::{less, mean, nested::Resamples},
    world::World,
};

/// What is done without a network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Offline {
    /// Turns that were judged.
    pub turns: u64,
    /// Mean probability of answering on the device, as the policy gives it.
    pub local_share: f64,
    /// The least of them.
    pub least_probability: f64,
}

/// What is done with one uplink.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Uplink {
    /// Megabits per second.
    pub up_mbps: f64,
    /// Mean probability of uploading something in a turn that has something attached.
    pub upload_probability: f64,
    /// Share of those turns in which something is uploaded.
    pub upload_share: f64,
    /// Share of them that are answered in the cloud.
    pub cloud_share: f64,
    /// The probability less that at the next faster uplink; 0 at the fastest.
    pub change: f64,
    /// Its 95 % interval, dialogue by dialogue.
    pub change_ci: [f64; 2],
}

/// Uplinks that are tried, Mbit/s: from a good WiFi to the edge of a mobile network.
pub const UPLINKS: [f32; 9] = [50.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1];

/// How likely `policy` answers on the device in the dialogues of `contest`, which are offline.
pub fn offline(contest: &Contest<'_>, policy: &TrainedPolicy, progress: &ProgressBar) -> Offline {
    progress.set_message("offline");
    let local = contest.each(progress, |episode, _| {
        let mut of_turns = Vec::new();
        let world = World::at(contest.scenario.clone(), episode);
        walk(policy, world, |seen| of_turns.push(seen.probability(0)));
        of_turns
    });
    let all: Vec<f64> = local.into_iter().flatten().flatten().collect();
    Offline {
        turns: all.len() as u64,
        local_share: all.iter().sum::<f64>() / all.len().max(1) as f64,
        least_probability: all.into_iter().fold(1.0, f64::min),
    }
}

/// What `policy` does in the dialogues of `contest` with each of [`UPLINKS`], everything else kept,
/// limits too.
pub fn uplink(
    contest: &Contest<'_>,
    policy: &TrainedPolicy,
    progress: &ProgressBar,
) -> Vec<Uplink> {
    let resamples = Resamples::draw(&contest.counts(), 1);
    let mut faster: Option<Vec<Vec<f64>>> = None;
    UPLINKS
        .into_iter()
        .map(|up_mbps| {
            progress.set_message(format!("an uplink of {up_mbps} Mbit/s"));
            let shares = contest.each(progress, |mut episode, _| {
                for turn in &mut episode.turns {
                    turn.network.up_mbps = up_mbps;
                }
                of_attachments(policy, World::at(contest.scenario.clone(), episode))
            });
            let mean_of = |place: usize| mean(&column(&shares, place));
            let now = column(&shares, 0);
            let changes = faster.as_ref().map(|faster| less(&now, faster));
            faster = Some(now);
            Uplink {
                up_mbps: f64::from(up_mbps),
                upload_probability: mean_of(0),
                upload_share: mean_of(1),
                cloud_share: mean_of(2),
                change: changes.as_deref().map_or(0.0, mean),
                change_ci: changes.map_or([0.0; 2], |changes| resamples.interval(&changes)),
            }
        })
        .collect()
}

/// Over the turns of a dialogue that have something attached: the mean probability of uploading,
/// the share of turns with an upload, and that of turns in the cloud. A dialogue without such turns
/// has none of either.
fn of_attachments(policy: &TrainedPolicy, world: World) -> [f64; 3] {
    let (mut sums, mut turns) = ([0.0; 3], 0_u32);
    walk(policy, world, |seen| {
        let forecasts = &seen.world.observation().forecasts;
        if forecasts.len() <= 2 {
            return;
        }
        turns += 1;
        let action = forecasts[seen.chosen].action;
        sums[0] += (2..forecasts.len())
            .map(|place| seen.probability(place))
            .sum::<f64>();
        sums[1] += f64::from(u8::from(!action.uploads().is_empty()));
        sums[2] += f64::from(u8::from(action.is_cloud()));
    });
    sums.map(|sum| sum / f64::from(turns.max(1)))
}

/// A turn with what the policy makes of it.
struct Seen<'a> {
    world: &'a World,
    chosen: usize,
    /// Empty where nothing is feasible, and the last resort is all there is.
    probabilities: Vec<f32>,
}

impl Seen<'_> {
    fn probability(&self, place: usize) -> f64 {
        let certain = if place == self.chosen { 1.0 } else { 0.0 };
        self.probabilities
            .get(place)
            .map_or(certain, |share| f64::from(*share))
    }
}

/// Lets `policy` answer a dialogue and shows each turn before it is answered.
fn walk(policy: &TrainedPolicy, mut world: World, mut see: impl FnMut(&Seen<'_>)) {
    loop {
        let decided = policy.decide(world.observation(), world.mask());
        let (chosen, probabilities) = decided.map_or((0, Vec::new()), |choice| {
            (choice.index, choice.probabilities)
        });
        see(&Seen {
            world: &world,
            chosen,
            probabilities,
        });
        if world.step(chosen).done {
            return;
        }
    }
}

fn column(shares: &[Vec<[f64; 3]>], place: usize) -> Vec<Vec<f64>> {
    let of_seed = |run: &Vec<[f64; 3]>| run.iter().map(|shares| shares[place]).collect();
    shares.iter().map(of_seed).collect()
}
