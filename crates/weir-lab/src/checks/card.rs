//! What people read about a measured local model.

use weir_policy::ResponseModel;

use super::{LocalQuality, Passed, quality::PSEUDO_REPLIES};
use crate::{card::today, commands::task_name, probe::wilson};

/// What share of a local model's replies passed, by task and by kind, as tables.
#[must_use]
pub fn tables(local: &LocalQuality, response: &ResponseModel) -> String {
    let share = |passed: u32, prompts: u32| {
        let (low, high) = wilson(passed, prompts);
        format!(
            "{passed} of {prompts} | {:.1} % | {:.1} to {:.1} %",
            passed as f32 / prompts.max(1) as f32 * 100.0,
            low * 100.0,
            high * 100.0
        )
    };
    let mut tables = String::from(
        "| task | passed | share | 95 % interval | taken to be | response score |\n\
         |---|---|---|---|---|---|\n",
    );
    for (count, entry) in local.tasks.iter().zip(&response.tasks) {
        let taken = local.share(count.task);
        tables.push_str(&format!(
            "| {} | {} | {:.1} ± {:.1} % | {:.2} ± {:.2} |\n",
            task_name(count.task),
            share(count.passed, count.prompts),
            taken.mean * 100.0,
            taken.deviation * 100.0,
            entry.local.mean,
            entry.local.deviation,
        ));
    }
    let all = |value: fn(&Passed) -> u32| local.tasks.iter().map(value).sum::<u32>();
    let all = share(all(|task| task.passed), all(|task| task.prompts));
    tables.push_str(&format!("| all | {all} | | |\n\n"));
    tables.push_str("| kind | passed | share | 95 % interval |\n|---|---|---|---|\n");
    for count in &local.kinds {
        let name = count.kind.name().replace('_', " ");
        let share = share(count.passed, count.prompts);
        tables.push_str(&format!("| {name} | {share} |\n"));
    }
    tables
}

/// The card of a local model's replies.
#[must_use]
pub fn card(local: &LocalQuality, response: &ResponseModel) -> String {
    format!(
        "# The local model as it is

How good the replies of {model} are, by prompts whose replies a program can check
(`crates/weir-lab/data/checks.tsv`).

- Made on {date} by `cargo run -p weir-lab -- local measure --model {model}`.
- SHA-256 of the model: `{sha256}`.
- Decoding: {decoding}. Nothing is left to chance, so there is no seed.
- Files: `local.json` (the numbers below), `local_replies.tsv` (every reply with its verdict).

## What passed

Intervals are Wilson's.

{tables}
## From pass rate to response score

The world and the policy's forecasts count in response scores, where 1 is as good as the reference
answer of the logs ({source}). For each task

1. the share that passed is drawn towards the share over all tasks, as if {pseudo} more replies had passed
   at that rate: *s* = (passed + {pseudo} · all) / (prompts + {pseudo}), deviation √(*s* (1 − *s*) / (prompts + {pseudo}));
2. the local score is *s* times the score that the logs give a local reply to that task: a reply that
   passes is taken to be worth what a reply of the logged model was (3.8 billion parameters), one that
   fails nothing. Relative variances add. A task that was never logged takes the mean of those that were.

`weir-lab train --local local.json` makes a policy by it.

## Limits

- Passing is a low bar: a reply can be what its rule demands and still be clumsy, so scores are rather
  too high than too low. Some rules ask for an exact form and nothing around it, where a person would
  have taken the answer out of a longer reply; there they are too low.
- A reply that is still going on after the last token that is looked at is judged as it stands.
- One writer's idea of what people ask: single turns, mostly English, a sixth German, French or
  Spanish. The intervals speak of chance among such prompts, not of other ones.
",
        model = local.model,
        date = today(),
        sha256 = local.model_sha256,
        decoding = local.decoding,
        tables = tables(local, response),
        source = response.source,
        pseudo = PSEUDO_REPLIES,
    )
}
