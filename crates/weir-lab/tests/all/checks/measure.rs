use weir_lab::{
    checks::{LocalQuality, Measured, card, shipped},
    scenario::{DEFAULT, find},
    world::{Noise, Scenario},
};

#[test]
fn every_reply_is_shown_with_its_verdict_on_one_line() {
    let checks = shipped().unwrap();
    let replies: Vec<String> = checks
        .iter()
        .enumerate()
        .map(|(place, check)| {
            let reply = if place % 2 == 0 {
                &check.right
            } else {
                &check.near_miss
            };
            reply.clone()
        })
        .collect();
    let verdicts = checks.iter().zip(&replies);
    let quality = LocalQuality::count(
        "model",
        "hash",
        135_000_000,
        "greedy",
        verdicts.map(|(check, reply)| (check, check.passes(reply))),
    );
    let passed: u32 = quality.tasks.iter().map(|task| task.passed).sum();
    let table = Measured { quality, replies }.table(&checks);
    assert_eq!(table.lines().count(), checks.len());
    assert!(table.lines().all(|line| line.split('\t').count() == 5));
    assert_eq!(table.matches("\tpassed\t").count(), passed as usize);
    assert_eq!(passed as usize, checks.len().div_ceil(2));
}

#[test]
fn the_card_says_what_passed_and_what_that_is_taken_to_be_worth() {
    let checks = shipped().unwrap();
    let verdicts = checks.iter().enumerate();
    let quality = LocalQuality::count(
        "tiny.gguf",
        "abc",
        135_000_000,
        "greedy, at most 96 tokens",
        verdicts.map(|(place, check)| (check, place % 4 == 0)),
    );
    let kitchen = Scenario::new(find(DEFAULT).unwrap(), &quality, Noise::None);
    let response = kitchen.response;
    let card = card(&quality, &response);
    for count in &quality.tasks {
        let share = format!("| {} of {} |", count.passed, count.prompts);
        assert!(card.contains(&share), "{share}");
    }
    for entry in &response.tasks {
        let score = format!("| {:.2} ± {:.2} |", entry.local.mean, entry.local.deviation);
        assert!(card.contains(&score), "{score}");
    }
    assert!(card.contains("device command") && card.contains("SHA-256 of the model: `abc`"));
}
