//! Model cards: what was made, how, and how good it is.

use std::time::{SystemTime, UNIX_EPOCH};

use weir_core::{Moment, Task};
use weir_policy::PolicySpec;

use crate::{
    checks::LocalQuality,
    commands::{Judged, ProbeRequest, TrainRequest, task_name},
    evaluate::{Interval, Row},
    probe::{Trained, wilson},
    scenario::{self, schema::Basis},
    world::Scenario,
};

/// The rewards of all policies as a table.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let mut table = String::from(
        "| policy | reward a turn | weir is ahead by | no limit | money | time | both | score | s | m$ | cloud | uploads | over budget |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let ahead = if row.behind_first.mean == 0.0 {
            "–".to_owned()
        } else {
            interval(row.behind_first)
        };
        let by_limits: String = row
            .reward_by_limits
            .iter()
            .map(|(_, reward)| format!(" {reward:.3} |"))
            .collect();
        table.push_str(&format!(
            "| {} | {} | {ahead} |{by_limits} {:.3} | {:.1} | {:.2} | {:.0} % | {:.2} | {:.2} % |\n",
            row.policy,
            interval(row.reward),
            row.score,
            row.seconds,
            row.usd * 1e3,
            row.cloud * 100.0,
            row.uploads,
            row.over_budget_rate * 100.0,
        ));
    }
    table
}

fn interval(interval: Interval) -> String {
    let Interval { mean, low, high } = interval;
    format!("{mean:.3} ({low:.3} to {high:.3})")
}

/// The card of a policy.
#[must_use]
pub fn policy(
    request: &TrainRequest,
    spec: &PolicySpec,
    world: &Scenario,
    local: &LocalQuality,
    judged: &Judged,
) -> String {
    let response = &world.response;
    let pack = if request.scenario == scenario::DEFAULT {
        String::new()
    } else {
        format!(" --scenario {}", request.scenario)
    };
    let other = if request.local.is_some() {
        " --local local.json"
    } else {
        ""
    };
    let dataset = if request.dataset.is_some() {
        " --dataset M4A1.json"
    } else {
        ""
    };
    let curve: String = judged
        .curve
        .iter()
        .map(|point| {
            let entropy = point
                .entropy
                .map_or("–".into(), |entropy| format!("{entropy:.2}"));
            format!("| {} | {:.3} | {entropy} |\n", point.steps, point.reward)
        })
        .collect();
    let responses: String = response
        .tasks
        .iter()
        .map(|entry| {
            let [one, two, three] = entry.pictures;
            format!(
                "| {} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} |\n",
                task_name(entry.task),
                entry.local.mean,
                entry.text.mean,
                one.mean,
                two.mean,
                three.mean,
                entry.clip.mean,
            )
        })
        .collect();
    format!(
        "# The offloading policy

Decides for each turn of a dialogue whether to answer on the device or in the cloud, and which
attached inputs go along. `weir-policy` loads it; every decision goes through the budget mask of
`weir-core`, the same in training and in use.

- Made on {date} by `cargo run -p weir-lab -- train --seed {seed} --steps {steps} --imitation-steps {imitation} --hidden {hidden} --dialogues {dialogues}{pack}{dataset}{other}`;
  training took {minutes:.1} minutes on one core.
- Scenario: {scenario} ({description}) Built from {source}.
- Network: {state} state features and {action} features per action (feature version {version}), hidden
  size {hidden}, one set of weights for any number of attached inputs; burn {burn}.
- Method: imitation of a planner (dynamic programming, {imitation} turns), then masked PPO ({steps}
  turns) with true transitions, no discount, finite dialogues. The weights that did best on validation
  dialogues are kept. The same command writes the same weights.
- Files: `policy.bpk` (weights), `policy.json` (what they are made for), `response.json` (the prior
  that forecasts follow from), `evaluation.json` (the numbers below).

## How good it is

Reward is the dial's: quality · score + association · coverage − latency · s / 10 − usage · USD / 0.01.
Each policy answers the same {dialogues} dialogues, none of which was used in training; 95 % intervals
by bootstrap over dialogues, differences dialogue by dialogue. All policies but the last choose only
among what the mask allows; where a constant policy's action is forbidden it takes the first one that
is not. The columns between are the reward in dialogues without limits, with a limit on money, on
time, on both. Seconds and thousandths of a dollar are per dialogue, uploads per turn.

In the world that surprises (reply lengths vary, round trips jitter, networks switch):

{noisy}
In the world that does not (the mask's promise: no dialogue over its budget):

{deterministic}
The planner knows the conditions that future turns are drawn from, which a policy cannot see.

What else there is to measure, `weir-lab` measures with this policy: every network by itself, budgets
that it was never trained with, uplinks, other domains, its method without each of its parts, and the
method in TMO's own simulator beside TMO's policies. For the shipped policy, `report.html` beside this
file draws it all; its numbers are in `tmo.json`, `weir.json` and `scaling.json`. They were made by

```sh
cargo run -p weir-lab -- eval --suite tmo --seeds 1-10 --budgets grid --agent SmolLM2-135M-Instruct.Q4_1.gguf --dataset M4A1.json --splits tmo_splits.json --json models/policy/tmo.json
cargo run -p weir-lab -- eval --suite weir --seeds 1-10 --budgets grid --ablations --left-out --json models/policy/weir.json
cargo run -p weir-lab -- eval --suite scaling --seeds 1-10 --json models/policy/scaling.json
cargo run -p weir-lab -- report --json models/policy/tmo.json models/policy/weir.json models/policy/scaling.json models/policy/evaluation.json --out models/policy/report.html
```

TMO's dataset, the dialogues of its splits and the language model being at hand.

## Learning curve

| turns | reward a turn (validation) | entropy |
|---|---|---|
{curve}
## The response prior

Expected response score (1 is as good as the reference answer) by task and arm:

| task | local | cloud, text | 1 picture | 2 | 3 and more | clip |
|---|---|---|---|---|---|---|
{responses}
- Each score is a mean over prompts, drawn towards arm and side (local or cloud) as strongly as the
  logs demand. `weir-lab response` prints how well the fit predicts held-out scores: where the prompt
  was logged before; of a new prompt the logs tell little but the side.
- Local scores are for {model}, the model that the page loads. `weir-lab local measure`
  let it answer the prompts of `crates/weir-lab/data/checks.tsv`, whose replies a program can check:
  {passed}.
  A reply that passes is taken to be worth what a reply of the model in the logs was (3.8 billion
  parameters), one that fails nothing; `LOCAL.md` has intervals, kinds of prompts and the formula.
  Passing is a low bar, so these scores are rather too high than too low.
- Another local model is expected to be as good as its size says: between this one's scores and those
  of the logged one, by the logarithm of its parameters. That is an assumption (`weir_policy::capability`);
  in 30 % of the training dialogues the local model was such another one.
- What is relevant and goes unseen costs up to {unseen:.0} % of a reply's quality. This is an
  assumption: the logged scores show no gain from views even for questions about what is seen.
{basis}

## Limits

- Rewards are of a simulated world. Its response scores follow the prior above with heavy-tailed
  noise; how well that prior predicts real replies has not been measured here.
- Networks, devices, prices, dials and budgets are drawn from ranges, listed in
  the scenario, `crates/weir-lab/src/scenario` and `crates/weir-lab/src/world`; far outside them the policy extrapolates. The mask holds everywhere.
- A limit on bytes beside a limit on time that only the cloud can keep may end in too much time: the
  text of a request grows with the dialogue, and the mask counts with its present size.
- The number of turns still to come is known in training and a guess in use.
",
        date = today(),
        seed = request.seed,
        steps = request.steps,
        imitation = request.imitation_steps,
        hidden = spec.hidden,
        dialogues = request.dialogues,
        minutes = judged.training_seconds as f32 / 60.0,
        scenario = spec.scenario,
        description = world.pack.description(),
        source = response.source,
        state = spec.state,
        action = spec.action,
        version = spec.features,
        burn = spec.burn,
        noisy = table(&judged.noisy),
        deterministic = table(&judged.deterministic),
        model = local.model,
        passed = local
            .tasks
            .map(|count| format!("{} {} of {}", task_name(count.task), count.passed, count.prompts))
            .join(", "),
        unseen = response.unseen * 100.0,
        basis = basis(world.pack.basis()),
    )
}

/// What the scores of a scenario rest on.
const fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Logged => {
            "- The logs hold no sound: a clip is given the score of the text alone, with a wide deviation. *Other*
  is the mean of the four logged tasks, as uncertain as they differ."
        }
        Basis::Assumed => {
            "- There are no logs of this scenario: its file states the scores, and why. A local reply that passes
  is worth what the file says of local replies."
        }
        Basis::Synthetic => {
            "- There are no logs of this scenario: all scores are made up, local ones too, and nothing that was
  measured of the local model enters them."
        }
    }
}

/// The card of a probe.
#[must_use]
pub fn probe(request: &ProbeRequest, trained: &Trained, bytes: usize) -> String {
    let Trained { probe, report } = trained;
    let (right, total) = (report.right(), report.total());
    let percent = |right: u32, total: u32| {
        let (low, high) = wilson(right, total);
        let share = right as f32 / total.max(1) as f32;
        format!(
            "{:.1} % ({right} of {total}; 95 % interval {:.1} to {:.1} %)",
            share * 100.0,
            low * 100.0,
            high * 100.0
        )
    };
    let names = Task::ALL.map(task_name);
    let confusion: String = report
        .confusion
        .iter()
        .zip(names)
        .map(|(row, name)| {
            let cells: String = row.iter().map(|count| format!(" {count} |")).collect();
            format!("| {name} |{cells}\n")
        })
        .collect();
    let tried: String = report
        .tried
        .iter()
        .map(|(layer, strength, accuracy)| {
            format!("| {layer} | {strength} | {:.1} % |\n", accuracy * 100.0)
        })
        .collect();
    let binary = |binary: crate::probe::Binary| {
        format!(
            "yes {} of {}, no {} of {}",
            binary.yes.1, binary.yes.0, binary.no.1, binary.no.0
        )
    };
    format!(
        "# The task probe

Reads from the local model's hidden states which kind of turn a prompt is, and whether it speaks of
something to be seen or heard. `weir-policy::probe` says exactly which hidden states.

- Made on {date} by `cargo run -p weir-lab -- probe train --seed {seed} --model {file}`.
- For {model} only (SHA-256 `{sha256}`): layer {layer} counted from 0, {hidden} numbers, a linear map
  with standardisation folded in, {bytes} bytes.
- Trained on the prompts of `crates/weir-lab/data/prompts.tsv`, written for this purpose, each alone
  and as the second turn of a dialogue. A quarter of each task's prompts was held out; layer and
  regularisation were picked by five-fold cross-validation on the rest ({learning} prompts), judged
  there, and the shipped weights are fitted on all prompts with the same choice.

## Held-out accuracy

- Task, prompt alone: {alone}.
- Task, as the second turn of a dialogue: {later}.
- Something to be seen: {picture}. Something to be heard: {sound}.

| is \\ read as | {columns} |
|---|---|---|---|---|---|
{confusion}
## What was tried

Cross-validated accuracy by layer and strength of regularisation ({strength} was picked).

| layer | strength | accuracy |
|---|---|---|
{tried}
## Limits

Mostly English, some German, French and Spanish; one writer's idea of what people ask. A prompt that
is two things at once has one label. For another model the probe says nothing, and the policy is told
that any task is as likely.
",
        date = today(),
        seed = request.seed,
        file = probe.model,
        model = probe.model,
        sha256 = probe.model_sha256,
        layer = probe.layer,
        hidden = probe.hidden(),
        learning = report.learning,
        alone = percent(right, total),
        later = percent(report.later_right, total),
        picture = binary(report.picture),
        sound = binary(report.sound),
        columns = names.join(" | "),
        strength = report.strength,
    )
}

/// Today's date in UTC, `2026-11-22`.
pub(crate) fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    let now = Moment::new(i64::try_from(millis).unwrap_or(0), 0);
    now.day().to_string()
}
