use std::{fs, sync::Arc};

use proptest::prelude::*;
use weir_core::Task;
use weir_lab::{
    checks::LocalQuality,
    commands::{TrainRequest, train},
    draws::Draws,
    environment::{Environment, allowed},
    response::Logged,
    scenario::{Pack, commands, find, read, response::responses, shipped},
    world::{Episode, Noise, Scenario, World},
};

use crate::{Folder, scenario};

/// A whole pack, as short as one can be that has everything.
const SMALL: &str = r#"
name = "small"
description = "A test."

[provenance]
basis = "assumed"
source = "a test"

[turns]
listed = [{ turns = 2, weight = 1 }]

[prompt]
words = 10
spread = 0.5

[replies]
length_spread = 0.4
score_spread = 0.5

[association]
relevant = [0.6, 1.0]
irrelevant = [0.0, 0.2]
spread = 0.1
unseen = 0.4

[[modalities]]
name = "view"
kind = "camera_view"
subject = "sight"
bytes = [20_000, 40_000]

[[modalities]]
name = "clip"
kind = "microphone_clip"
subject = "sound"
seconds = [1, 5]

[[setups]]
name = "all"
share = 0.75
inputs = [{ modality = "view", count = 2, present = 1.0 }, { modality = "clip", present = 0.5 }]

[[setups]]
name = "none"
share = 0.25

[[tasks]]
name = "ask"
kind = "query"
share = 0.6
relevant = { sight = 0.5, sound = 0.25 }
words = { local = 50, cloud = 40 }
[tasks.scores]
local = { count = 5, mean = 0.5, deviation = 0.3 }
text = { count = 5, mean = 0.8, deviation = 0.3 }
pictures = [
  { count = 5, mean = 1.1, deviation = 0.3 },
  { count = 5, mean = 1.2, deviation = 0.3 },
  { count = 5, mean = 1.3, deviation = 0.3 },
]
clip = { count = 5, mean = 0.9, deviation = 0.3 }

[[tasks]]
name = "look up"
kind = "query"
share = 0.4
relevant = { sight = 0.1, sound = 0.0 }
words = { local = 30, cloud = 20 }
[tasks.scores]
local = { count = 5, mean = 0.7, deviation = 0.3 }
text = { count = 5, mean = 1.3, deviation = 0.3 }
pictures = [
  { count = 5, mean = 1.3, deviation = 0.3 },
  { count = 5, mean = 1.3, deviation = 0.3 },
  { count = 5, mean = 1.3, deviation = 0.3 },
]
clip = { count = 5, mean = 1.3, deviation = 0.3 }

[transitions]
share = 0.5
first = { ask = 1 }
[transitions.next]
ask = { "look up" = 2, ask = 1 }

[network]
switching = 0.1
spread = 0.5
[[network.profiles]]
name = "home"
share = 0.9
online = true
rtt_ms = 20
jitter_ms = 5
up_mbps = 10
down_mbps = 50
loss = 0.0
next = { none = 1 }
[[network.profiles]]
name = "none"
share = 0.1
online = false
rtt_ms = 20
jitter_ms = 5
up_mbps = 10
down_mbps = 50
loss = 0.0
next = { home = 1 }

[device]
still_loading = 0.5
"#;

fn small() -> Pack {
    Pack::from_toml("small.toml", SMALL).unwrap()
}

fn living(pack: Pack, noise: Noise) -> Arc<Scenario> {
    Arc::new(Scenario::new(
        pack,
        &LocalQuality::shipped().unwrap(),
        noise,
    ))
}

/// Plays the dialogue that `seed` names with allowed actions at random: its turns, and whether it
/// ended over its budget.
fn play(scenario: &Arc<Scenario>, seed: u64) -> (usize, bool) {
    let mut world = World::new(scenario.clone(), seed);
    let mut draws = Draws::new(seed);
    for turn in 1.. {
        let places: Vec<usize> = allowed(&world)
            .iter()
            .enumerate()
            .filter_map(|(place, allowed)| allowed.then_some(place))
            .collect();
        let outcome = world.step(places[draws.below(places.len())]);
        if outcome.done {
            return (turn, outcome.over_budget);
        }
    }
    unreachable!("dialogues end")
}

#[test]
fn every_shipped_pack_is_one_and_keeps_its_budgets() {
    let packs = shipped().unwrap();
    for pack in packs {
        let (name, most) = (pack.name().to_owned(), pack.most_turns() as usize);
        assert_eq!(find(&name).unwrap(), pack);
        let dialogues = if pack.most_inputs() > 6 { 10 } else { 60 };
        let scenario = living(pack, Noise::None);
        for seed in 0..dialogues {
            let (turns, over) = play(&scenario, seed);
            assert!(turns <= most && !over, "{name}, dialogue {seed}");
        }
    }
}

#[test]
fn the_scaling_packs_have_the_papers_shapes() {
    let packs = shipped().unwrap();
    let scaling = packs
        .iter()
        .filter(|pack| pack.name().starts_with("scaling-"));
    let shapes: Vec<(usize, usize, u32)> = scaling
        .map(|pack| (pack.most_inputs(), pack.tasks(), pack.most_turns()))
        .collect();
    let papers = [
        (3, 4, 5),
        (2, 2, 2),
        (4, 4, 4),
        (6, 6, 6),
        (10, 3, 3),
        (3, 10, 3),
        (3, 3, 10),
    ];
    assert_eq!(shapes, papers);
}

#[test]
fn the_kitchen_holds_the_statistics_of_the_logs() {
    let kitchen = find("kitchen").unwrap();
    let statistics = kitchen.statistics().unwrap();
    assert!(Logged::behind(&statistics).is_some());
    let mut other = statistics;
    other.source = "other logs".into();
    other.lengths = vec![(7, 2.0)];
    other.first[2] = 5.0;
    other.next[3][1] = 9.0;
    other.scores[1][4].mean = 0.5;
    other.words[2] = [1.0, 2.0];
    other.question_words = 20.0;
    assert_eq!(kitchen.with_statistics(&other).statistics(), Some(other));
}

/// The shipped policy was trained on these. Each turn is its task and the number of its inputs.
#[test]
fn the_kitchen_draws_the_dialogues_that_it_always_drew() {
    let dialogue = |seed| {
        let turns = Episode::draw(&scenario(Noise::Full), seed).turns;
        let turn = turns
            .iter()
            .map(|turn| format!("{}{}", turn.task.index(), turn.inputs.len()));
        turn.collect::<Vec<_>>().join(" ")
    };
    let always = [
        "41 10 11 20",
        "12 01 20 30 42",
        "40 40 40 30 20 40 30 20 40 10 30",
        "13 23 13 23 03 13 23 23 33 03 03 13 33 03 23",
        "21 31",
        "23 13 34 03",
    ];
    assert_eq!([0, 1, 2, 3, 4, 5].map(dialogue), always);
}

#[test]
fn tasks_of_one_kind_have_their_own_truth_and_the_policy_expects_their_mean() {
    let pack = small();
    let local = LocalQuality::shipped().unwrap();
    let found = responses(&pack, &local);
    let query = Task::Query.index();
    let mean = found.prior.tasks[query];
    assert!((mean.text.mean - (0.6 * 0.8 + 0.4 * 1.3)).abs() < 1e-6);
    let truths: Vec<f32> = found
        .truth
        .iter()
        .map(|truth| truth.tasks[query].text.mean)
        .collect();
    assert_eq!(truths, [0.8, 1.3]);
    let passing = local.share(Task::Query).mean;
    assert!((mean.local.mean - passing * (0.6 * 0.5 + 0.4 * 0.7)).abs() < 1e-6);
    assert!(mean.text.deviation > mean.pictures[2].deviation);
    let absent = found.prior.tasks[Task::Assistive.index()];
    assert_eq!(absent.text, mean.text);
}

#[test]
fn synthetic_local_scores_are_taken_as_they_stand() {
    let text = SMALL.replace("\"assumed\"", "\"synthetic\"");
    let pack = Pack::from_toml("small.toml", &text).unwrap();
    let found = responses(&pack, &LocalQuality::shipped().unwrap());
    assert_eq!(found.truth[0].tasks[Task::Query.index()].local.mean, 0.5);
}

/// What is wrong, and what the message must say beside the file's name.
fn wrong() -> Vec<(String, Vec<&'static str>)> {
    let change = |from: &str, to: &str| {
        assert!(SMALL.contains(from), "{from}");
        SMALL.replacen(from, to, 1)
    };
    let twelve = "modality = \"view\", count = 12,";
    vec![
        (
            change("kind = \"query\"", "kind = \"gardening\""),
            vec!["tasks[0].kind", "gardening", "message_editing"],
        ),
        (
            change("{ ask = 1 }", "{ sing = 1 }"),
            vec!["transitions", "first", "“sing”", "ask, look up"],
        ),
        (
            change("[transitions.next]\nask", "[transitions.next]\nhum"),
            vec!["transitions", "next", "“hum”"],
        ),
        (
            change("{ sight = 0.5, sound = 0.25 }", "{ sight = 0.5 }"),
            vec!["tasks “ask”", "relevant.sound", "missing"],
        ),
        (
            change("{ sight = 0.5,", "{ smell = 0.5,"),
            vec!["tasks “ask”", "relevant", "“smell”"],
        ),
        (
            change("modality = \"clip\"", "modality = \"drum\""),
            vec!["setups “all”", "inputs.modality", "“drum”", "view, clip"],
        ),
        (
            change(", { modality = \"clip\", present = 0.5 }", ""),
            vec!["setups", "no setup", "“clip”"],
        ),
        (
            change("\nclip = { count = 5, mean = 0.9, deviation = 0.3 }", ""),
            vec!["tasks “ask”", "scores.clip", "missing"],
        ),
        (
            change("mean = 0.5,", "mean = nan,"),
            vec!["tasks “ask”", "scores.local.mean", "not a number"],
        ),
        (
            change("mean = 1.2,", "mean = -1.2,"),
            vec!["tasks “ask”", "scores.pictures[1].mean", "-1.2"],
        ),
        (
            change(
                "mean = 0.8, deviation = 0.3",
                "mean = 0.8, deviation = -0.3",
            ),
            vec!["tasks “ask”", "scores.text.deviation", "-0.3"],
        ),
        (
            change("local = { count = 5", "local = { count = 0"),
            vec!["tasks “ask”", "scores.local.count", "0"],
        ),
        (
            change("share = 0.6", "share = 0.5"),
            vec!["tasks", "share", "sum to 0.9"],
        ),
        (
            change("share = 0.75", "share = 0.8"),
            vec!["setups", "share", "sum to 1.05"],
        ),
        (
            change("share = 0.9", "share = 0.7"),
            vec!["network", "profiles.share", "sum to 0.8"],
        ),
        (
            change("share = 0.6", "share = nan"),
            vec!["tasks “ask”", "share", "not a number"],
        ),
        (
            change("turns = 2,", "turns = 0,"),
            vec!["turns", "listed.turns", "at least 1"],
        ),
        (
            change("turns = 2,", "turns = -2,"),
            vec!["turns.listed[0].turns", "-2"],
        ),
        (
            change("turns = 2,", "turns = 1000,"),
            vec!["turns", "listed.turns", "at most 100"],
        ),
        (
            change("[prompt]", "listed_share = 0.5\n[prompt]"),
            vec!["turns", "longer", "missing"],
        ),
        (
            change("modality = \"view\", count = 2,", twelve),
            vec!["setups “all”", "inputs", "13 inputs", "8193", "at most 10"],
        ),
        (
            change("unseen = 0.4", "unseen = 0.4\nunsene = 0.4"),
            vec!["association.unsene", "unknown field", "unsene"],
        ),
        (
            change("unseen = 0.4\n", ""),
            vec!["association", "missing field", "unseen"],
        ),
        (
            change("[20_000, 40_000]", "[40_000, 20_000]"),
            vec!["modalities “view”", "bytes", "begins at 40000"],
        ),
        (
            change("seconds = [1, 5]", "bytes = [1, 5]"),
            vec!["modalities “clip”", "seconds", "missing"],
        ),
        (
            change("online = true", "online = false"),
            vec!["network", "profiles.online", "no profile is online"],
        ),
        (
            change("next = { none = 1 }", "next = { moon = 1 }"),
            vec!["network.profiles “home”", "next", "“moon”"],
        ),
        (
            change("name = \"look up\"", "name = \"ask\""),
            vec!["tasks", "name", "“ask” is there twice"],
        ),
        (
            change("\"assumed\"", "\"logged\""),
            vec!["tasks", "kind", "assistive, recommendation, query"],
        ),
        (
            change("still_loading = 0.5", "still_loading = 1.5"),
            vec!["device", "still_loading", "1.5"],
        ),
        (SMALL[..SMALL.len() / 2].to_owned(), vec!["line"]),
        (String::new(), vec!["missing field"]),
    ]
}

#[test]
fn what_is_wrong_is_named_with_file_entry_and_field() {
    for (text, expected) in wrong() {
        let message = Pack::from_toml("mine.toml", &text).unwrap_err().to_string();
        for part in ["mine.toml"].iter().chain(&expected) {
            assert!(message.contains(part), "“{message}” does not say “{part}”");
        }
    }
}

#[test]
fn twelve_modalities_are_refused_and_ten_are_not() {
    let with = |count: usize| {
        let view = format!("modality = \"view\", count = {count},");
        let text = SMALL.replacen("modality = \"view\", count = 2,", &view, 1);
        Pack::from_toml("wide.toml", &text)
    };
    let message = with(11).unwrap_err().to_string();
    assert!(message.contains("12 inputs at once make 4097 actions"));
    let scenario = living(with(9).unwrap(), Noise::None);
    let widest = (0..40).map(|seed| World::new(scenario.clone(), seed));
    let actions = widest.map(|world| world.observation().forecasts.len());
    assert_eq!(actions.max(), Some(1025));
}

#[test]
fn a_scenario_is_found_by_name_or_by_file() {
    let folder = Folder::new("scenario");
    let file = folder.path().join("mine.toml");
    fs::write(&file, SMALL).unwrap();
    assert_eq!(find(file.to_str().unwrap()).unwrap(), small());
    let unknown = find("garden").unwrap_err().to_string();
    assert!(unknown.contains("“garden”") && unknown.contains("kitchen, workshop, travel"));
    let missing = read(&folder.path().join("none.toml"))
        .unwrap_err()
        .to_string();
    assert!(missing.contains("none.toml"), "{missing}");

    let said = commands::check(&file).unwrap();
    assert!(said.contains("up to 9 actions a turn"), "{said}");
    let list = commands::list().unwrap();
    assert_eq!(list.lines().count(), shipped().unwrap().len());
    assert!(list.lines().all(|line| line.ends_with('.')), "{list}");
}

#[test]
fn a_refused_scenario_leaves_no_output_behind() {
    let folder = Folder::new("refused-scenario");
    let (file, out) = (folder.path().join("bad.toml"), folder.path().join("out"));
    fs::write(&file, SMALL.replacen("turns = 2,", "turns = 0,", 1)).unwrap();
    let request = TrainRequest {
        seed: 1,
        steps: 1,
        imitation_steps: 0,
        hidden: 8,
        dialogues: 1,
        scenario: file.display().to_string(),
        dataset: None,
        local: None,
        out: out.clone(),
    };
    let message = train(&request).unwrap_err().to_string();
    assert!(message.contains("bad.toml") && message.contains("listed.turns"));
    assert!(!out.exists());
}

/// A modality: its kind, how many, how often.
fn modality(place: usize, (kind, count, present): (usize, usize, f32)) -> (String, String) {
    let (kind, size) = [
        ("camera_view", "bytes = [1000, 400000]"),
        ("image", "bytes = [100000, 2000000]"),
        ("microphone_clip", "seconds = [1, 30]"),
    ][kind];
    (
        format!(
            "[[modalities]]\nname = \"m{place}\"\nkind = \"{kind}\"\nsubject = \"s{place}\"\n{size}\n"
        ),
        format!("{{ modality = \"m{place}\", count = {count}, present = {present} }},"),
    )
}

/// A task: its kind, how often inputs matter, words, a score.
fn task(
    place: usize,
    (kind, relevant, words, mean): (usize, f32, f32, f32),
    tasks: usize,
    subjects: usize,
) -> String {
    let kind = [
        "assistive",
        "recommendation",
        "query",
        "message_editing",
        "other",
    ][kind];
    let relevant: String = (0..subjects)
        .map(|subject| format!("s{subject} = {relevant}, "))
        .collect();
    let relevant = relevant.trim_end_matches(", ");
    let score = format!("{{ count = 4, mean = {mean}, deviation = 0.3 }}");
    format!(
        "[[tasks]]\nname = \"t{place}\"\nkind = \"{kind}\"\nshare = {}\nrelevant = {{ {relevant} }}\n\
         words = {{ local = {words}, cloud = {words} }}\n[tasks.scores]\nlocal = {score}\n\
         text = {score}\npictures = [{score}, {score}, {score}]\nclip = {score}\n",
        1.0 / tasks as f32
    )
}

fn network((switching, rtt, up): (f32, f32, f32)) -> String {
    format!(
        "[network]\nswitching = {switching}\nspread = 0.5\n\
         [[network.profiles]]\nname = \"a\"\nshare = 0.8\nonline = true\nrtt_ms = {rtt}\n\
         jitter_ms = 5\nup_mbps = {up}\ndown_mbps = 20\nloss = 0.01\nnext = {{ b = 1 }}\n\
         [[network.profiles]]\nname = \"b\"\nshare = 0.2\nonline = false\nrtt_ms = {rtt}\n\
         jitter_ms = 5\nup_mbps = {up}\ndown_mbps = 20\nloss = 0.01\nnext = {{ a = 1 }}\n"
    )
}

prop_compose! {
    fn any_pack()(
        modalities in prop::collection::vec((0..3_usize, 1..3_usize, 0.0..=1.0_f32), 0..=3),
        tasks in prop::collection::vec(
            (0..5_usize, 0.0..=1.0_f32, 1.0..250.0_f32, 0.0..2.0_f32), 1..=7),
        turns in prop::collection::vec(1..=12_u32, 1..=3),
        longer in prop::option::of((1..=10_u32, 0..=10_u32)),
        decode in 2.0..60.0_f32,
        loading in 0.0..=1.0_f32,
        own in prop::option::of((0.0..=1.0_f32, 1.0..200.0_f32, 0.5..100.0_f32)),
    ) -> String {
        let subjects = modalities.len();
        let (kinds, inputs): (String, String) = modalities.into_iter().enumerate()
            .map(|(place, one)| modality(place, one)).unzip();
        let count = tasks.len();
        let tasks: String = tasks.into_iter().enumerate()
            .map(|(place, one)| task(place, one, count, subjects)).collect();
        let listed: String = turns.iter()
            .map(|turns| format!("{{ turns = {turns}, weight = 1 }},")).collect();
        let longer = longer.map_or(String::new(), |(least, more)| {
            format!("listed_share = 0.5\nlonger = {{ least = {least}, most = {} }}\n", least + more)
        });
        format!(
            "name = \"any\"\ndescription = \"Any.\"\n\
             [provenance]\nbasis = \"assumed\"\nsource = \"chance\"\n\
             [turns]\nlisted = [{listed}]\n{longer}\
             [prompt]\nwords = 12\nspread = 0.7\n\
             [replies]\nlength_spread = 0.4\nscore_spread = 0.5\n\
             [association]\nrelevant = [0.6, 1.0]\nirrelevant = [0.0, 0.2]\nspread = 0.1\nunseen = 0.4\n\
             {kinds}[[setups]]\nname = \"all\"\nshare = 1\ninputs = [{inputs}]\n{tasks}{}\
             [device]\ndecode_tokens_per_second = [{decode}, {}]\nstill_loading = {loading}\n",
            own.map_or(String::new(), network),
            decode * 2.0,
        )
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn any_pack_plays_to_its_end_within_its_turns_and_its_budgets(
        text in any_pack(),
        seed in any::<u64>(),
    ) {
        let pack = Pack::from_toml("any.toml", &text).unwrap();
        let most = pack.most_turns() as usize;
        let scenario = living(pack, Noise::None);
        for seed in (0..4).map(|place| seed ^ place) {
            let (turns, over) = play(&scenario, seed);
            prop_assert!((1..=most).contains(&turns));
            prop_assert!(!over, "dialogue {seed} ended over its budget");
        }
    }
}
