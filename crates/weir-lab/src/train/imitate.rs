//! Imitation of the teacher, to begin reinforcement learning where planning ends.

use burn::{optim::GradientsParams, tensor::Device};
use indicatif::ProgressBar;
use weir_policy::{Network, policy::masked_softmax};

use super::{
    Part, School, Settings,
    batch::{Seen, judge},
    ppo::optimizer,
};
use crate::{draws::Draws, environment::Environment};

/// A turn, what the teacher makes of it, and the reward that followed until the end.
struct Lesson {
    seen: Seen,
    /// How likely each allowed action should be.
    wanted: Vec<f32>,
    ret: f32,
}

/// Share of turns where something else is done than the teacher would, so that the policy also learns
/// what to do after a mistake.
const STRAY: f32 = 0.15;
/// An action that is worth this much less than the best is wanted e times less: what the teacher finds
/// nearly as good is no mistake.
const TOLERANCE: f32 = 0.05;
/// Passes over the lessons.
const EPOCHS: usize = 6;
/// Turns of one gradient step.
const MINIBATCH: usize = 256;
/// Learning rate at the start; it falls linearly to 0.
const RATE: f64 = 2e-3;

/// Teaches `network` what the teacher of `school` does.
pub(super) fn imitate<S: School>(
    settings: &Settings,
    school: &S,
    mut network: Network,
    progress: &ProgressBar,
) -> Network {
    let mut lessons = lessons(settings, school, progress);
    let device = Device::flex().autodiff();
    let mut optimizer = optimizer();
    let mut draws = Draws::of(settings.seed, 7);
    let steps = (EPOCHS * lessons.len().div_ceil(MINIBATCH)).max(1);
    let mut step = 0;
    for _ in 0..EPOCHS {
        draws.shuffle(&mut lessons);
        for minibatch in lessons.chunks(MINIBATCH) {
            let seen: Vec<&Seen> = minibatch.iter().map(|lesson| &lesson.seen).collect();
            let wanted: Vec<&[f32]> = minibatch.iter().map(|lesson| &*lesson.wanted).collect();
            let returns = minibatch.iter().map(|lesson| lesson.ret).collect();
            let judged = judge(&network, &seen, &device);
            let loss = judged.value_loss(returns, &device) + judged.cross_entropy(&wanted, &device);
            let gradients = GradientsParams::from_grads(loss.backward(), &network);
            let rate = RATE * (1.0 - f64::from(step) / steps as f64);
            network = optimizer.step(rate, network, gradients);
            step += 1;
        }
    }
    network
}

fn lessons<S: School>(settings: &Settings, school: &S, progress: &ProgressBar) -> Vec<Lesson> {
    let mut lessons = Vec::new();
    let mut draws = Draws::of(settings.seed, 8);
    let mut dialogue = 0;
    while (lessons.len() as u64) < settings.imitation_steps {
        let seed = Part::Imitation.dialogue(settings.seed, dialogue);
        dialogue += 1;
        let first = lessons.len();
        let mut world = school.world(seed);
        let teacher = school.teacher(&world, seed);
        loop {
            let seen = Seen::of(&world);
            let places = seen.places();
            let worths = school.worths(&teacher, &world);
            let worths: Vec<f32> = places
                .iter()
                .map(|place| worths[*place] / TOLERANCE)
                .collect();
            let wanted = masked_softmax(&worths, |_| true);
            let best = (0..places.len()).reduce(|best, next| {
                if wanted[next] > wanted[best] {
                    next
                } else {
                    best
                }
            });
            let taken = if draws.chance(STRAY) {
                places[draws.below(places.len())]
            } else {
                places[best.unwrap_or(0)]
            };
            let outcome = world.step(taken);
            lessons.push(Lesson {
                seen,
                wanted,
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
        let asked = |lessons: usize| settings.imitation_steps.min(lessons as u64);
        progress.inc(asked(lessons.len()) - asked(first));
    }
    lessons
}
