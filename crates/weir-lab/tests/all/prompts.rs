use std::collections::BTreeSet;

use weir_core::Task;
use weir_lab::prompts::{parse, shipped};

/// Words of a text, without case and punctuation.
fn words(text: &str) -> BTreeSet<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_task_has_at_least_sixty_prompts() {
    let prompts = shipped().unwrap();
    for task in Task::ALL {
        let count = prompts.iter().filter(|prompt| prompt.task == task).count();
        assert!(count >= 60, "{task:?} has {count}");
    }
}

#[test]
fn no_two_prompts_say_nearly_the_same() {
    let prompts = shipped().unwrap();
    let words: Vec<_> = prompts.iter().map(|prompt| words(&prompt.text)).collect();
    for (place, one) in words.iter().enumerate() {
        for (earlier, other) in words[..place].iter().enumerate() {
            let shared = one.intersection(other).count() as f32;
            let all = one.union(other).count() as f32;
            assert!(
                shared / all < 0.5,
                "“{}” and “{}”",
                prompts[place].text,
                prompts[earlier].text
            );
        }
    }
}

#[test]
fn every_task_has_prompts_about_something_seen_and_heard_and_of_many_lengths() {
    let prompts = shipped().unwrap();
    for task in Task::ALL {
        let of_task = || prompts.iter().filter(|prompt| prompt.task == task);
        assert!(
            of_task().filter(|prompt| prompt.picture).count() >= 8,
            "{task:?}"
        );
        assert!(
            of_task().filter(|prompt| prompt.sound).count() >= 4,
            "{task:?}"
        );
        let lengths = || of_task().map(|prompt| words(&prompt.text).len());
        assert!(
            lengths().min() <= Some(7) && lengths().max() >= Some(15),
            "{task:?}"
        );
    }
}

#[test]
fn a_line_that_is_no_prompt_is_named() {
    for (text, problem) in [
        ("query\t-\tWhat?\nquery\t-", "line 2: not three fields"),
        ("quest\t-\tWhat?", "line 1: unknown task “quest”"),
        ("query\tx\tWhat?", "line 1: unknown label “x”"),
        ("query\t-\t ", "line 1: no text"),
    ] {
        let message = parse(text).unwrap_err().to_string();
        assert!(message.contains(problem), "{message}");
    }
}
