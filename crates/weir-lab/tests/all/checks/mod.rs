mod grammar;
mod measure;
mod quality;
mod reading;
mod rule;

use std::collections::BTreeSet;

use weir_core::Task;
use weir_lab::checks::{Kind, parse, shipped};

/// Replies that answer nothing.
const IDLE: [&str; 6] = [
    "",
    " \n",
    "I don't know.",
    "Sure! I can help you with that.",
    "I'm sorry, but I cannot do that.",
    "Sure, here is what I can do for you.",
];

#[test]
fn every_task_has_fifty_prompts_and_every_kind_ten() {
    let checks = shipped().unwrap();
    for task in Task::ALL {
        let count = checks.iter().filter(|check| check.task == task).count();
        assert!(count >= 50, "{task:?} has {count}");
    }
    for kind in Kind::ALL {
        let count = checks.iter().filter(|check| check.kind == kind).count();
        assert!(count >= 10, "{kind:?} has {count}");
    }
}

#[test]
fn no_prompt_comes_twice() {
    let checks = shipped().unwrap();
    let prompts: BTreeSet<&str> = checks.iter().map(|check| check.prompt.as_str()).collect();
    assert_eq!(prompts.len(), checks.len());
}

#[test]
fn the_right_reply_passes_and_the_near_miss_does_not() {
    for check in shipped().unwrap() {
        assert!(check.passes(&check.right), "{check:?}");
        assert!(!check.passes(&check.near_miss), "{check:?}");
    }
}

#[test]
fn a_reply_that_says_nothing_or_repeats_the_prompt_does_not_pass() {
    for check in shipped().unwrap() {
        for idle in IDLE {
            assert!(!check.passes(idle), "“{idle}” passes {check:?}");
        }
        let prompt = &check.prompt;
        for echo in [
            prompt.clone(),
            format!("\"{prompt}\""),
            format!("{prompt}\n\n{prompt}"),
        ] {
            assert!(!check.passes(&echo), "its prompt passes {check:?}");
        }
    }
}

#[test]
fn a_reply_may_repeat_the_prompt_and_then_answer() {
    for check in shipped().unwrap() {
        let reply = format!("{}\n{}", check.prompt, check.right);
        assert!(check.passes(&reply), "{check:?}");
    }
}

#[test]
fn hardly_any_rule_accepts_what_was_right_for_another_prompt() {
    let checks = shipped().unwrap();
    let accepted = |of: &weir_lab::checks::Check| {
        checks
            .iter()
            .filter(|other| *other != of && of.passes(&other.right))
            .count()
    };
    let all: usize = checks.iter().map(accepted).sum();
    let pairs = checks.len() * (checks.len() - 1);
    assert!(all * 200 < pairs, "{all} of {pairs} pairs");
}

#[test]
fn a_line_that_is_no_check_is_named() {
    let good = "query\tfact\tWhat?\t\"that\"\tthat\tthis";
    assert_eq!(parse(good).unwrap().len(), 1);
    for (line, problem) in [
        (String::new(), "not 1 field"),
        (good.replace("\tthis", ""), "not 5 field"),
        (good.replace("query", "quest"), "unknown task “quest”"),
        (good.replace("fact", "fad"), "unknown kind “fad”"),
        (good.replace("this", " "), "field 6 is empty"),
        (
            good.replace("\"that\"", "that"),
            "at character 1 of the rule: expected a rule",
        ),
    ] {
        let text = format!("# a remark\n{good}\n{line}\n");
        let message = parse(&text).unwrap_err().to_string();
        assert!(message.starts_with("checks.tsv, line 3: "), "{message}");
        assert!(message.contains(problem), "{message}");
    }
}

#[test]
fn line_breaks_in_prompts_and_replies_are_written_as_escapes() {
    let line = "query\tformat\ttwo\\nlines\tlines 2\tone\\ntwo\tone, two";
    let check = &parse(line).unwrap()[0];
    assert_eq!(check.prompt, "two\nlines");
    assert_eq!(check.right, "one\ntwo");
    assert!(check.passes(&check.right));
}
