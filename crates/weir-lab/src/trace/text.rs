//! A trace as people read it.

use std::fmt::Write as _;

use weir_core::{Budget, Modality, decision::Reason};

use super::{
    constraint, tmo,
    weir::{Attached, Considered, Summary, Trace, Turn},
};
use crate::commands::task_name;

/// More actions than this are not listed one by one.
const LISTED: usize = 12;

/// A dialogue of the `weir` world.
pub(super) fn weir(trace: &Trace) -> String {
    let Trace {
        scenario,
        seed,
        dial,
        price,
        cloud,
        device,
        turns,
        ..
    } = trace;
    let mut text = format!(
        "{scenario}, dialogue of seed {seed}: {}\n  dial      quality {:.2}, association {:.2}, latency {:.2}, usage {:.2}\n  budget    {}\n  cloud     first token after {:.0} ms, then {:.0} tokens/s; {:.2} $ a million tokens in, {:.2} $ out\n  device    reads {:.0} tokens/s, writes {:.0}\n",
        count(turns.len() as u32, "turn"),
        dial.quality,
        dial.association,
        dial.latency,
        dial.usage,
        limits(&trace.budget),
        cloud.ttft_ms,
        cloud.tokens_per_second,
        price.input.nanos() as f64 / 1e3,
        price.output.nanos() as f64 / 1e3,
        device.prefill_tokens_per_second,
        device.decode_tokens_per_second,
    );
    for (place, turn) in turns.iter().enumerate() {
        let _ = write!(text, "\nturn {} of {}: ", place + 1, turns.len());
        write_turn(&mut text, turn);
    }
    let _ = write!(
        text,
        "\nin all\n{}{}",
        summary("policy", &trace.summary),
        summary("planner", &trace.planner)
    );
    let _ = writeln!(
        text,
        "  The policy did as the planner would have in {} of {}.",
        trace.summary.as_planned,
        count(trace.summary.turns, "turn")
    );
    text
}

fn write_turn(text: &mut String, turn: &Turn) {
    let seen = &turn.seen;
    let network = &seen.network;
    let _ = writeln!(
        text,
        "{} (taken for {}, {:.0} % sure), {} tokens with what was said before",
        task_name(seen.task),
        task_name(seen.read_as),
        100.0 * seen.certainty,
        seen.prompt_tokens
    );
    let attached = seen.attached.iter().enumerate().map(attached);
    let attached: Vec<String> = attached.collect();
    let attached = if attached.is_empty() {
        "nothing".to_owned()
    } else {
        attached.join("; ")
    };
    let _ = writeln!(text, "  attached  {attached}");
    let _ = if network.online {
        writeln!(
            text,
            "  network   round trip {:.0} ± {:.0} ms, {:.1} Mbit/s up, {:.1} % lost",
            network.rtt_ms,
            network.jitter_ms,
            network.up_mbps,
            100.0 * network.loss
        )
    } else {
        writeln!(text, "  network   offline")
    };
    if !seen.device_ready {
        let _ = writeln!(text, "  device    the local model is not loaded yet");
    }
    let _ = writeln!(
        text,
        "  left      {}; {} after this one",
        limits(&seen.budget_left),
        count(seen.turns_left, "turn")
    );
    write_actions(text, turn);
    let reason = match seen.reason {
        Reason::Policy => "the policy’s choice",
        Reason::OnlyFeasible => "the only action allowed",
        Reason::LastResort => "the last resort: nothing is allowed",
        Reason::Approval => "the user’s choice",
    };
    let outcome = &turn.outcome;
    let _ = writeln!(
        text,
        "  done      {}, {reason}: score {:.2}, reward {:+.3}, {:.2} s, {:.3} m${}",
        name(&seen.actions[seen.taken]),
        outcome.score,
        outcome.reward,
        outcome.spent.millis as f64 / 1e3,
        outcome.spent.usd.as_usd() * 1e3,
        if outcome.over_budget {
            "; over budget"
        } else {
            ""
        }
    );
    let planner = if seen.planner == seen.taken {
        "the same".to_owned()
    } else {
        name(&seen.actions[seen.planner])
    };
    let _ = writeln!(text, "  planner   {planner}");
}

/// The actions as a table; of many, those that are likeliest or best.
fn write_actions(text: &mut String, turn: &Turn) {
    let seen = &turn.seen;
    let mut listed: Vec<usize> = (0..seen.actions.len()).collect();
    if listed.len() > LISTED {
        let rank = |place: &usize| {
            let action = &seen.actions[*place];
            let told = *place == seen.taken || *place == seen.planner || *place == 0;
            (told, action.probability, action.reward)
        };
        listed.sort_by(|one, other| {
            let (one, other) = (rank(one), rank(other));
            let order = other.0.cmp(&one.0).then(other.1.total_cmp(&one.1));
            order.then(other.2.total_cmp(&one.2))
        });
        listed.truncate(LISTED);
        listed.sort_unstable();
    }
    let _ = writeln!(
        text,
        "    {:24} {:>13} {:>9} {:>9} {:>7} {:>8}  policy",
        "action", "quality", "seconds", "m$", "assoc.", "reward"
    );
    for place in &listed {
        let action = &seen.actions[*place];
        let verdict = match action.forbidden_by {
            Some(by) => format!("forbidden: {}", constraint(by)),
            None => format!("{:.1} %", 100.0 * action.probability),
        };
        let _ = writeln!(
            text,
            "  {} {:24} {:>6.2} ± {:.2} {:>11.2} {:>9.3} {:>7.2} {:>+8.3}  {verdict}",
            if *place == seen.taken { '>' } else { ' ' },
            name(action),
            action.quality,
            action.quality_deviation,
            action.seconds,
            f64::from(action.usd) * 1e3,
            action.association,
            action.reward,
        );
    }
    let others = seen.actions.len() - listed.len();
    if others > 0 {
        let forbidden = seen
            .actions
            .iter()
            .enumerate()
            .filter(|(place, action)| action.forbidden_by.is_some() && !listed.contains(place));
        let forbidden = forbidden.count();
        let _ = writeln!(
            text,
            "    and {others} others, {forbidden} of them forbidden"
        );
    }
}

fn name(action: &Considered) -> String {
    if action.cloud {
        cloud(&action.uploads)
    } else {
        "local".into()
    }
}

/// Slots are counted from 1, as in the list of what is attached.
fn cloud(uploads: &[usize]) -> String {
    let slots = uploads.iter().map(|slot| (slot + 1).to_string());
    let slots: Vec<String> = slots.collect();
    if slots.is_empty() {
        "cloud, text alone".into()
    } else {
        format!("cloud with {}", slots.join(", "))
    }
}

fn attached((slot, input): (usize, &Attached)) -> String {
    let what = match input.modality {
        Modality::CameraView => "camera view",
        Modality::Image => "image",
        Modality::MicrophoneClip => "clip",
    };
    let length = if input.seconds > 0.0 {
        format!(", {:.1} s", input.seconds)
    } else {
        String::new()
    };
    format!(
        "{} {what} (relevance {:.2}, {:.0} kB{length})",
        slot + 1,
        input.relevance,
        input.bytes as f64 / 1e3
    )
}

fn limits(budget: &Budget) -> String {
    let limits = [
        budget
            .usd
            .map(|usd| format!("{:.3} m$", usd.as_usd() * 1e3)),
        budget
            .millis
            .map(|millis| format!("{:.1} s", millis as f64 / 1e3)),
        budget
            .bytes
            .map(|bytes| format!("{:.0} kB", bytes as f64 / 1e3)),
        budget.images.map(|images| format!("{images} pictures")),
    ];
    let limits: Vec<String> = limits.into_iter().flatten().collect();
    if limits.is_empty() {
        "no limit".into()
    } else {
        limits.join(", ")
    }
}

fn summary(who: &str, summary: &Summary) -> String {
    format!(
        "  {who:9} reward {:+.3} a turn, score {:.2}, {:.1} s, {:.3} m$, {} of {} in the cloud, {}, {}\n",
        summary.reward,
        summary.score,
        summary.spent.millis as f64 / 1e3,
        summary.spent.usd.as_usd() * 1e3,
        summary.cloud,
        count(summary.turns, "turn"),
        count(summary.uploads, "upload"),
        if summary.over_budget {
            "over budget"
        } else {
            "within budget"
        }
    )
}

fn count(number: u32, of: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {of}{plural}")
}

/// A dialogue of TMO's simulator.
pub(super) fn tmo(trace: &tmo::Trace) -> String {
    let mut text = format!(
        "TMO on {}, seed {}, dialogue {} of the log: {} turns, at most {} s and {} m$\n",
        trace.network,
        trace.seed,
        trace.id,
        trace.turns.len(),
        trace.budget_seconds,
        trace.budget_usd * 1e3
    );
    for (place, turn) in trace.turns.iter().enumerate() {
        let _ = writeln!(
            text,
            "\nturn {} of {}: {}\n  left      {:.3} s, {:.2} m$\n    {:24} {:>8} {:>9} {:>9} {:>7} {:>8}",
            place + 1,
            trace.turns.len(),
            task_name(turn.task),
            turn.seconds_left,
            turn.usd_left * 1e3,
            "action",
            "response",
            "seconds",
            "m$",
            "assoc.",
            "reward"
        );
        for (index, action) in turn.actions.iter().enumerate() {
            let _ = writeln!(
                text,
                "  {} {:24} {:>8.3} {:>9.3} {:>9.3} {:>7.3} {:>+8.3}{}",
                if index == turn.taken { '>' } else { ' ' },
                tmo_name(action),
                action.response,
                action.seconds,
                action.usd * 1e3,
                action.association,
                action.reward,
                if action.allowed {
                    ""
                } else {
                    "  forbidden: budget"
                }
            );
        }
        let oracle = if turn.oracle == turn.taken {
            "the same".to_owned()
        } else {
            tmo_name(&turn.actions[turn.oracle])
        };
        let _ = writeln!(text, "  oracle    {oracle}");
    }
    let _ = writeln!(
        text,
        "\nin all\n  greedy with the mask: reward {:+.3} a turn, {:.2} s, {:.2} m$\n  oracle within budget: reward {:+.3} a turn, {:.2} s, {:.2} m$",
        trace.greedy.reward,
        trace.greedy.seconds,
        trace.greedy.usd * 1e3,
        trace.oracle.reward,
        trace.oracle.seconds,
        trace.oracle.usd * 1e3
    );
    text
}

fn tmo_name(action: &tmo::Considered) -> String {
    match &action.views {
        None => "local".into(),
        Some(views) => cloud(views),
    }
}
