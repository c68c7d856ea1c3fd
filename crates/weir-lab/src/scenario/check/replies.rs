//! What a file says of replies: their scores and their lengths.

use weir_core::Task;

use crate::{
    scenario::{
        ScenarioError,
        entry::Entry,
        pack::{Replies, Stated},
        schema::{Basis, ModalityEntry, TaskEntry, TaskScores, Words},
    },
    statistics::{ARMS, Scores, TASKS},
};

/// The replies to `tasks`, where inputs are of `modalities`.
pub(super) fn replies(
    file: &str,
    basis: Basis,
    tasks: &[TaskEntry],
    modalities: &[ModalityEntry],
) -> Result<Replies, ScenarioError> {
    let entry = |task: &TaskEntry| Entry::new(file, format!("tasks “{}”", task.name));
    if basis == Basis::Logged {
        return logged(file, tasks, entry);
    }
    let any = |picture| {
        modalities
            .iter()
            .any(|one| one.kind.is_picture() == picture)
    };
    let attached = Attached {
        pictures: any(true),
        clips: any(false),
    };
    let stated = tasks
        .iter()
        .map(|task| stated(&entry(task), task, &attached));
    Ok(Replies::Stated(stated.collect::<Result<_, _>>()?))
}

/// What can be attached somewhere in the pack.
struct Attached {
    pictures: bool,
    clips: bool,
}

fn stated(
    entry: &Entry<'_>,
    task: &TaskEntry,
    attached: &Attached,
) -> Result<Stated, ScenarioError> {
    let (scores, words) = both(entry, task)?;
    let missing = |field: &str, what: &str| {
        let problem = format!("is missing, and the pack has a modality that is {what}");
        Err(entry.wrong(field, problem))
    };
    let pictures = match scores.pictures {
        Some(pictures) => pictures,
        None if attached.pictures => return missing("scores.pictures", "a picture"),
        None => [scores.text; 3],
    };
    let clip = match scores.clip {
        Some(clip) => clip,
        None if attached.clips => return missing("scores.clip", "a clip"),
        None => scores.text,
    };
    Ok(Stated {
        local: scores.local,
        text: scores.text,
        pictures,
        clip,
        words,
    })
}

/// Logged replies are fitted, and the fit is one of the paper's four tasks on five arms.
fn logged<'a>(
    file: &'a str,
    tasks: &[TaskEntry],
    entry: impl Fn(&TaskEntry) -> Entry<'a>,
) -> Result<Replies, ScenarioError> {
    let mut all_scores = [[Scores::default(); ARMS]; TASKS];
    let mut all_words = [[0.0; 2]; TASKS];
    for (kind, (arms, lengths)) in Task::ALL
        .into_iter()
        .zip(all_scores.iter_mut().zip(&mut all_words))
    {
        let mut of_kind = tasks.iter().filter(|task| task.kind == kind);
        let (Some(task), None) = (of_kind.next(), of_kind.next()) else {
            let problem = "logged scores are fitted to the tasks assistive, recommendation, query \
                           and message_editing, each of which must be there once; for other tasks \
                           the basis is “assumed”";
            return Err(Entry::new(file, "tasks").wrong("kind", problem));
        };
        let entry = entry(task);
        let (scores, words) = both(&entry, task)?;
        let Some([one, two, three]) = scores.pictures else {
            return Err(entry.wrong("scores.pictures", "is missing; the fit takes it"));
        };
        if scores.clip.is_some() {
            return Err(entry.wrong("scores.clip", "the fit knows no logged clips; leave it out"));
        }
        *arms = [scores.local, scores.text, one, two, three];
        *lengths = [words.local, words.cloud];
    }
    for task in tasks.iter().filter(|task| task.kind == Task::Other) {
        if task.scores.is_some() || task.words.is_some() {
            let problem = "the fit takes the mean of the logged tasks for `other`; leave it out";
            return Err(entry(task).wrong("scores", problem));
        }
    }
    Ok(Replies::Logged {
        scores: Box::new(all_scores),
        words: all_words,
    })
}

/// Scores and words, both there and sensible.
fn both(entry: &Entry<'_>, task: &TaskEntry) -> Result<(TaskScores, Words), ScenarioError> {
    let missing = |field: &str| entry.wrong(field, "is missing");
    let scores = task.scores.ok_or_else(|| missing("scores"))?;
    let words = task.words.ok_or_else(|| missing("words"))?;
    entry.number("words.local", words.local, 1.0..=2000.0)?;
    entry.number("words.cloud", words.cloud, 1.0..=2000.0)?;
    arm(entry, "local", scores.local)?;
    arm(entry, "text", scores.text)?;
    for (place, scores) in scores.pictures.iter().flatten().enumerate() {
        arm(entry, &format!("pictures[{place}]"), *scores)?;
    }
    scores
        .clip
        .map_or(Ok(()), |scores| arm(entry, "clip", scores))?;
    Ok((scores, words))
}

fn arm(entry: &Entry<'_>, arm: &str, scores: Scores) -> Result<(), ScenarioError> {
    entry.number(&format!("scores.{arm}.mean"), scores.mean, 0.0..=10.0)?;
    let field = format!("scores.{arm}.deviation");
    entry.number(&field, scores.deviation, 0.0..=10.0)?;
    if scores.count == 0 {
        let field = format!("scores.{arm}.count");
        return Err(entry.wrong(field, "is 0; a mean is of at least 1 score"));
    }
    Ok(())
}
