//! Imitation of the planner, to begin reinforcement learning where planning ends.

use std::sync::Arc;

use burn::{optim::GradientsParams, tensor::Device};
use indicatif::ProgressBar;
use weir_policy::Network;

use super::{
    Part, Settings,
    batch::{Seen, judge},
    ppo::optimizer,
};
use crate::{
    draws::Draws,
    environment::Environment,
    planner::Planner,
    policies::allowed_places,
    world::{Scenario, World},
};

/// A turn, what the planner would do, and the reward that followed until the end.
struct Lesson {
    seen: Seen,
    planned: usize,
    ret: f32,
}

/// Share of turns where something else is done than planned, so that the policy also learns what to
/// do after a mistake.
const STRAY: f32 = 0.15;
/// Passes over the lessons.
const EPOCHS: usize = 6;
/// Turns of one gradient step.
const MINIBATCH: usize = 256;
/// Learning rate at the start; it falls linearly to 0.
const RATE: f64 = 2e-3;

/// Teaches `network` what the planner does.
pub(super) fn imitate(
    settings: &Settings,
    scenario: &Arc<Scenario>,
    mut network: Network,
    progress: &ProgressBar,
) -> Network {
    let mut lessons = lessons(settings, scenario, progress);
    let device = Device::flex().autodiff();
    let mut optimizer = optimizer();
    let mut draws = Draws::of(settings.seed, 7);
    let steps = (EPOCHS * lessons.len().div_ceil(MINIBATCH)).max(1);
    let mut step = 0;
    for _ in 0..EPOCHS {
        draws.shuffle(&mut lessons);
        for minibatch in lessons.chunks(MINIBATCH) {
            let seen: Vec<&Seen> = minibatch.iter().map(|lesson| &lesson.seen).collect();
            let planned: Vec<usize> = minibatch.iter().map(|lesson| lesson.planned).collect();
            let returns = minibatch.iter().map(|lesson| lesson.ret).collect();
            let judged = judge(&network, &seen, &device);
            let loss =
                judged.value_loss(returns, &device) - judged.of_actions(&planned, &device).mean();
            let gradients = GradientsParams::from_grads(loss.backward(), &network);
            let rate = RATE * (1.0 - f64::from(step) / steps as f64);
            network = optimizer.step(rate, network, gradients);
            step += 1;
        }
    }
    network
}

fn lessons(settings: &Settings, scenario: &Arc<Scenario>, progress: &ProgressBar) -> Vec<Lesson> {
    let mut lessons = Vec::new();
    let mut draws = Draws::of(settings.seed, 8);
    let mut dialogue = 0;
    while (lessons.len() as u64) < settings.imitation_steps {
        let seed = Part::Imitation.dialogue(settings.seed, dialogue);
        dialogue += 1;
        let first = lessons.len();
        let mut world = World::new(scenario.clone(), seed);
        let planner = Planner::new(&world, seed);
        loop {
            let planned = planner.choose(&world);
            let places: Vec<usize> = allowed_places(&world).collect();
            let stray = draws.chance(STRAY);
            let taken = if stray {
                places[draws.below(places.len())]
            } else {
                planned
            };
            let seen = Seen::of(&world);
            let outcome = world.step(taken);
            lessons.push(Lesson {
                seen,
                planned,
                ret: outcome.mean_reward,
            });
            if outcome.done {
                break;
            }
        }
        let mut following = 0.0;
        for lesson in lessons[first..].iter_mut().rev() {
            following += lesson.ret;
            lesson.ret = following;
        }
        progress.inc((lessons.len() - first) as u64);
    }
    lessons
}
