use weir_core::Task;
use weir_lab::checks::{LocalQuality, Passed, shipped};

#[test]
fn every_task_has_twelve_checks_that_their_own_phrases_can_pass() {
    let checks = shipped().unwrap();
    for task in Task::ALL {
        assert_eq!(
            checks.iter().filter(|check| check.task == task).count(),
            12,
            "{task:?}"
        );
    }
    assert!(
        checks
            .iter()
            .all(|check| !check.passes("") && !check.passes("I don't know."))
    );
}

#[test]
fn a_reply_passes_if_it_says_what_it_must() {
    let checks = shipped().unwrap();
    let find = |part: &str| {
        checks
            .iter()
            .find(|check| check.prompt.contains(part))
            .unwrap()
    };
    let timer = find("Set a timer");
    assert!(timer.passes("I am setting a TIMER for 10 minutes."));
    assert!(!timer.passes("I am setting a timer for 100 minutes."));
    assert!(!timer.passes("The timer is set."));
    let gold = find("symbol for gold");
    assert!(gold.passes("It is Au."));
    assert!(!gold.passes("I do not know, because I am no chemist."));
}

#[test]
fn the_share_that_passed_is_drawn_to_the_mean() {
    let tasks = Task::ALL.map(|task| Passed {
        task,
        passed: if task == Task::Query { 12 } else { 0 },
        prompts: 12,
    });
    let quality = LocalQuality {
        tasks,
        ..LocalQuality::shipped().unwrap()
    };
    let (query, other) = (quality.share(Task::Query), quality.share(Task::Other));
    assert!((query.mean - (12.0 + 4.0 * 0.2) / 16.0).abs() < 1e-6);
    assert!((other.mean - 4.0 * 0.2 / 16.0).abs() < 1e-6);
    assert!(query.deviation > 0.0);
}
