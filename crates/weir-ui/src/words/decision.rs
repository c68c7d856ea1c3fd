//! Words for what was decided and why.

use weir_core::{Action, Constraint, Decision, Modality, Span, decision::Reason};

use crate::words;

/// What an action does, given what is attached by slot.
#[must_use]
pub fn action(action: Action, attached: &[Modality]) -> String {
    let Action::Cloud(uploads) = action else {
        return "On this device".to_owned();
    };
    if uploads.is_empty() {
        return if attached.is_empty() {
            "Cloud".to_owned()
        } else {
            "Cloud, text only".to_owned()
        };
    }
    let names: Vec<String> = uploads
        .slots()
        .map(|slot| match attached.get(slot) {
            Some(modality) if attached.iter().filter(|other| *other == modality).count() > 1 => {
                let nth = attached[..=slot]
                    .iter()
                    .filter(|other| *other == modality)
                    .count();
                format!("{} {nth}", words::modality(*modality))
            }
            Some(modality) => words::modality(*modality).to_owned(),
            None => format!("input {}", slot + 1),
        })
        .collect();
    format!("Cloud, with {}", names.join(" and "))
}

/// What forbids an action, in a few words.
#[must_use]
pub const fn constraint(constraint: Constraint) -> &'static str {
    match constraint {
        Constraint::Usage => "over the money budget",
        Constraint::Latency => "over the time budget",
        Constraint::Data => "over the data budget",
        Constraint::Limit(Span::Turn) => "over a limit for one turn",
        Constraint::Limit(Span::Dialogue) => "over a limit for this dialogue",
        Constraint::Limit(Span::Day) => "over a limit for today",
        Constraint::Limit(Span::Month) => "over a limit for this month",
        Constraint::Private => "private mode is on",
        Constraint::Rule => "a rule of yours forbids it",
        Constraint::NotTaken => "the provider does not take this upload",
        Constraint::Wish => "you chose otherwise",
        Constraint::Offline => "no network",
        Constraint::NoCloud => "no cloud model set up, or its price is not known",
        Constraint::NoLocalModel => "local model not loaded",
        Constraint::TooLong => "too long for the local model",
        Constraint::Failed => "it failed a moment ago",
        Constraint::Resting => "it failed several times, and is left alone for a while",
    }
}

/// Why the turn went where it went, in a sentence or two.
#[must_use]
pub fn explanation(decision: &Decision) -> String {
    let place = if decision.action.is_cloud() {
        "the cloud"
    } else {
        "this device"
    };
    let because = match decision.reason {
        Reason::Policy => {
            let (task, share) = decision.task.likeliest();
            let guess = if share < 0.5 {
                "It was not sure what kind of turn this is.".to_owned()
            } else {
                format!("It took the turn for {}.", words::task(task))
            };
            format!("The policy preferred {place} for the balance you asked for. {guess}")
        }
        Reason::OnlyFeasible => format!("Only {place} was possible."),
        Reason::Approval => {
            format!("You chose {place} when you looked at what would be sent.")
        }
        Reason::LastResort => {
            "Nothing fitted your limits, so the answer stayed on this device.".to_owned()
        }
    };
    match decision.deciding_constraint() {
        Some(kept_from) => {
            format!(
                "{because} The choice expected to be best was ruled out: {}.",
                constraint(kept_from)
            )
        }
        None => because,
    }
}

#[cfg(test)]
mod tests {
    use weir_core::{ActionScore, Forecast, ModalitySet, Spending, Task, TaskMix};

    use super::*;

    fn score(action: Action, quality: f32, forbidden_by: Option<Constraint>) -> ActionScore {
        ActionScore {
            forecast: Forecast {
                action,
                quality,
                quality_deviation: 0.1,
                association: 0.0,
                seconds: 1.0,
                usd: 0.0,
                worst: Spending::ZERO,
            },
            probability: 0.0,
            forbidden_by,
            learned: 0.0,
        }
    }

    fn decision(reason: Reason, cloud_forbidden_by: Option<Constraint>) -> Decision {
        Decision {
            action: Action::Local,
            reason,
            task: TaskMix::certain(Task::Query),
            scores: vec![
                score(Action::Local, 0.6, None),
                score(Action::Cloud(ModalitySet::EMPTY), 0.9, cloud_forbidden_by),
            ],
            value: 0.0,
        }
    }

    #[test]
    fn uploads_are_named_by_what_they_are() {
        let attached = [Modality::CameraView, Modality::MicrophoneClip];
        assert_eq!(action(Action::Local, &attached), "On this device");
        assert_eq!(action(Action::Cloud(ModalitySet::EMPTY), &[]), "Cloud");
        assert_eq!(
            action(Action::Cloud(ModalitySet::EMPTY), &attached),
            "Cloud, text only"
        );
        assert_eq!(
            action(Action::Cloud(ModalitySet::first(2)), &attached),
            "Cloud, with camera picture and audio clip"
        );
    }

    #[test]
    fn two_of_a_kind_are_told_apart() {
        let attached = [Modality::Image, Modality::CameraView, Modality::Image];
        assert_eq!(
            action(Action::Cloud([0, 2].into_iter().collect()), &attached),
            "Cloud, with image 1 and image 2"
        );
    }

    #[test]
    fn an_explanation_names_the_constraint_that_decided() {
        let told = explanation(&decision(Reason::OnlyFeasible, Some(Constraint::Usage)));
        assert_eq!(
            told,
            "Only this device was possible. The choice expected to be best was ruled out: \
             over the money budget."
        );
    }

    #[test]
    fn an_explanation_of_a_free_choice_names_the_task() {
        let told = explanation(&decision(Reason::Policy, None));
        assert!(told.contains("asking for a fact"), "{told}");
        assert!(!told.contains("ruled out"), "{told}");
    }
}
