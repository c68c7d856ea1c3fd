//! From a file as it is written to a [`Pack`]: every name is resolved and every number looked at.

mod replies;
mod world;

use weir_core::ModalitySet;

use super::{
    ScenarioError,
    entry::Entry,
    pack::{Pack, PackTask, Setup, SetupInput, Size, Source, Transitions},
    schema::{InputEntry, ModalityEntry, PackFile, SetupEntry, TaskEntry, TransitionsEntry, Turns},
};

/// The most inputs that a turn may have: 1,025 actions, the paper's widest configuration.
///
/// [`ModalitySet`] holds twelve, 4,097 actions, and the page takes as many by hand. Training on
/// them is refused: a batch of 2,048 turns keeps 23 numbers for each action, 0.8 GB before the first
/// gradient, and [`weir_core::Mask`] compares each action with each, up to 17 million times a turn.
const MOST_INPUTS: usize = 10;
const _: () = assert!(
    MOST_INPUTS <= ModalitySet::MAX_SLOTS,
    "a set must hold them"
);
/// The most turns of a dialogue; the planner's work grows with them.
const MOST_TURNS: u32 = 100;
/// The most tasks.
const MOST_TASKS: usize = 64;

/// Checks `pack`, the contents of `file`.
pub(super) fn pack(file: &str, pack: PackFile) -> Result<Pack, ScenarioError> {
    let about = Entry::new(file, "the file");
    about.text("name", &pack.name)?;
    about.text("description", &pack.description)?;
    about.text("provenance.source", &pack.provenance.source)?;
    turns(&Entry::new(file, "turns"), &pack.turns)?;
    let prompt = Entry::new(file, "prompt");
    prompt.number("words", pack.prompt.words, 1.0..=1000.0)?;
    prompt.number("spread", pack.prompt.spread, 0.0..=2.0)?;
    let replies = Entry::new(file, "replies");
    replies.number("length_spread", pack.replies.length_spread, 0.0..=2.0)?;
    replies.number("score_spread", pack.replies.score_spread, 0.0..=2.0)?;
    let association = Entry::new(file, "association");
    association.range("relevant", pack.association.relevant, 0.0..=1.0)?;
    association.range("irrelevant", pack.association.irrelevant, 0.0..=1.0)?;
    association.share("spread", pack.association.spread)?;
    association.share("unseen", pack.association.unseen)?;

    let subjects = subjects(&pack.modalities);
    let sources = sources(file, &pack.modalities, &subjects)?;
    let setups = setups(file, &pack.setups, &pack.modalities)?;
    let names: Vec<&str> = pack.tasks.iter().map(|task| task.name.as_str()).collect();
    Ok(Pack {
        tasks: tasks(file, &pack.tasks, &names, &subjects)?,
        transitions: pack
            .transitions
            .map(|entry| transitions(&Entry::new(file, "transitions"), &entry, &names))
            .transpose()?,
        replies: replies::replies(file, pack.provenance.basis, &pack.tasks, &pack.modalities)?,
        network: world::network(file, pack.network)?,
        cloud: world::cloud(file, pack.cloud)?,
        price: world::price(file, pack.price)?,
        device: world::device(file, pack.device)?,
        name: pack.name,
        description: pack.description,
        provenance: pack.provenance,
        turns: pack.turns,
        prompt: pack.prompt,
        spreads: pack.replies,
        association: pack.association,
        subjects: subjects.len(),
        sources,
        setups,
    })
}

fn turns(entry: &Entry<'_>, turns: &Turns) -> Result<(), ScenarioError> {
    let count = |field: &str, count: u32| match count {
        0 => Err(entry.wrong(field, "a dialogue has at least 1 turn, not 0")),
        1..=MOST_TURNS => Ok(()),
        _ => Err(entry.wrong(field, format!("{count} turns; at most {MOST_TURNS}"))),
    };
    for length in &turns.listed {
        count("listed.turns", length.turns)?;
    }
    entry.weights(
        "listed.weight",
        turns.listed.iter().map(|length| length.weight),
    )?;
    entry.share("listed_share", turns.listed_share)?;
    match turns.longer {
        None if turns.listed_share < 1.0 => {
            Err(entry.wrong("longer", "is missing; `listed_share` leaves room for it"))
        }
        None => Ok(()),
        Some(longer) => {
            count("longer.least", longer.least)?;
            count("longer.most", longer.most)?;
            if longer.least > longer.most {
                return Err(entry.wrong("longer", "`least` is above `most`"));
            }
            Ok(())
        }
    }
}

/// What inputs can be about, in the order of their first mention.
fn subjects(modalities: &[ModalityEntry]) -> Vec<&str> {
    let mut subjects = Vec::new();
    for modality in modalities {
        if !subjects.contains(&modality.subject.as_str()) {
            subjects.push(modality.subject.as_str());
        }
    }
    subjects
}

fn sources(
    file: &str,
    modalities: &[ModalityEntry],
    subjects: &[&str],
) -> Result<Vec<Source>, ScenarioError> {
    Entry::new(file, "modalities").names("name", &modality_names(modalities))?;
    modalities
        .iter()
        .map(|modality| {
            let entry = Entry::new(file, format!("modalities “{}”", modality.name));
            entry.text("subject", &modality.subject)?;
            Ok(Source {
                modality: modality.kind,
                subject: entry.place("subject", &modality.subject, subjects)?,
                size: size(&entry, modality)?,
            })
        })
        .collect()
}

fn size(entry: &Entry<'_>, modality: &ModalityEntry) -> Result<Size, ScenarioError> {
    match (modality.kind.is_picture(), modality.bytes, modality.seconds) {
        (true, Some(bytes), None) => {
            entry.range("bytes", bytes, 1.0..=50e6)?;
            Ok(Size::Bytes(bytes))
        }
        (true, None, _) => Err(entry.wrong("bytes", "is missing; a picture has bytes")),
        (true, Some(_), Some(_)) => Err(entry.wrong("seconds", "a picture has bytes alone")),
        (false, None, Some(seconds)) => {
            entry.range("seconds", seconds, 0.1..=600.0)?;
            Ok(Size::Seconds(seconds))
        }
        (false, _, None) => Err(entry.wrong("seconds", "is missing; a clip has seconds")),
        (false, Some(_), Some(_)) => Err(entry.wrong("bytes", "a clip has seconds alone")),
    }
}

fn modality_names(modalities: &[ModalityEntry]) -> Vec<&str> {
    modalities
        .iter()
        .map(|modality| modality.name.as_str())
        .collect()
}

fn setups(
    file: &str,
    entries: &[SetupEntry],
    modalities: &[ModalityEntry],
) -> Result<Vec<Setup>, ScenarioError> {
    let all = Entry::new(file, "setups");
    let names: Vec<&str> = entries.iter().map(|setup| setup.name.as_str()).collect();
    all.names("name", &names)?;
    let modalities = modality_names(modalities);
    let setups = entries
        .iter()
        .map(|setup| {
            let entry = Entry::new(file, format!("setups “{}”", setup.name));
            entry.share("share", setup.share)?;
            let inputs = setup.inputs.iter();
            let checked = Setup {
                share: setup.share,
                inputs: inputs
                    .map(|input| setup_input(&entry, input, &modalities))
                    .collect::<Result<_, _>>()?,
            };
            match checked.inputs() {
                0..=MOST_INPUTS => Ok(checked),
                inputs => Err(entry.wrong("inputs", too_many(inputs))),
            }
        })
        .collect::<Result<Vec<_>, _>>()?;
    all.shares("share", setups.iter().map(|setup| setup.share))?;
    for (place, name) in modalities.iter().enumerate() {
        let mut inputs = setups.iter().flat_map(|setup| &setup.inputs);
        if !inputs.any(|input| input.source == place) {
            return Err(all.wrong("inputs", format!("no setup has the modality “{name}”")));
        }
    }
    Ok(setups)
}

fn too_many(inputs: usize) -> String {
    let actions = |inputs: usize| 1 + (1_u64 << inputs.min(60));
    format!(
        "{inputs} inputs at once make {} actions; at most {MOST_INPUTS}, which make {}",
        actions(inputs),
        actions(MOST_INPUTS)
    )
}

fn setup_input(
    entry: &Entry<'_>,
    input: &InputEntry,
    modalities: &[&str],
) -> Result<SetupInput, ScenarioError> {
    let source = entry.place("inputs.modality", &input.modality, modalities)?;
    entry.share("inputs.present", input.present)?;
    if let Some(dialogues) = input.dialogues {
        entry.share("inputs.dialogues", dialogues)?;
    }
    if input.count == 0 {
        return Err(entry.wrong("inputs.count", "is 0; leave the input out instead"));
    }
    Ok(SetupInput {
        source,
        count: input.count,
        present: input.present,
        dialogues: input.dialogues,
    })
}

fn tasks(
    file: &str,
    entries: &[TaskEntry],
    names: &[&str],
    subjects: &[&str],
) -> Result<Vec<PackTask>, ScenarioError> {
    let all = Entry::new(file, "tasks");
    if entries.len() > MOST_TASKS {
        let problem = format!("{} tasks; at most {MOST_TASKS}", entries.len());
        return Err(all.wrong("name", problem));
    }
    all.names("name", names)?;
    let tasks = entries
        .iter()
        .map(|task| {
            let entry = Entry::new(file, format!("tasks “{}”", task.name));
            entry.share("share", task.share)?;
            for subject in task.relevant.keys() {
                entry.place("relevant", subject, subjects)?;
            }
            let relevant = subjects.iter().map(|subject| {
                let field = format!("relevant.{subject}");
                let share = task.relevant.get(*subject).copied().ok_or_else(|| {
                    entry.wrong(&field, "is missing; say how often a prompt speaks of it")
                })?;
                entry.share(&field, share).map(|()| share)
            });
            Ok(PackTask {
                name: task.name.clone(),
                kind: task.kind,
                share: task.share,
                relevant: relevant.collect::<Result<_, _>>()?,
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    all.shares("share", tasks.iter().map(|task| task.share))?;
    Ok(tasks)
}

fn transitions(
    entry: &Entry<'_>,
    transitions: &TransitionsEntry,
    tasks: &[&str],
) -> Result<Transitions, ScenarioError> {
    entry.share("share", transitions.share)?;
    let mut next = vec![None; tasks.len()];
    for (task, weights) in &transitions.next {
        let place = entry.place("next", task, tasks)?;
        next[place] = Some(entry.by_place(&format!("next.{task}"), weights, tasks)?);
    }
    Ok(Transitions {
        share: transitions.share,
        first: entry.by_place("first", &transitions.first, tasks)?,
        next,
    })
}
