use std::fs;

use weir_lab::{
    pacing::{
        command::{PacingRequest, pacing},
        compare, day, days,
    },
    scenario::DEFAULT,
    world::Noise,
};
use weir_policy::{Pacing, TrainedPolicy};

use crate::{Folder, scenario};

fn shipped() -> TrainedPolicy {
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/policy/");
    TrainedPolicy::load(
        fs::read(format!("{models}policy.bpk")).unwrap(),
        &fs::read_to_string(format!("{models}policy.json")).unwrap(),
    )
    .unwrap()
}

#[test]
fn a_day_stays_in_its_budget_and_the_pacer_keeps_money_for_the_evening() {
    let (scenario, policy) = (scenario(Noise::Full), shipped());
    let four: Vec<u64> = days(1, 4).collect();
    let pacings = [Pacing::OFF, Pacing::default()];
    let rows = compare(&scenario, &policy, &four, 0.02, &pacings);
    let [plain, paced] = &rows[..] else {
        panic!("{rows:?}");
    };
    assert_eq!((plain.gain.low, plain.gain.high), (0.0, 0.0));
    assert!(plain.used <= 1.0 && paced.used <= 1.0, "{rows:?}");
    assert!(paced.broke < plain.broke, "{rows:?}");
}

#[test]
fn a_price_on_spending_lowers_it() {
    let (scenario, policy) = (scenario(Noise::Full), shipped());
    let usd = |pacing| day(&scenario, &policy, 3, 0.05, pacing).usd;
    assert!(usd(Pacing::default()) < usd(Pacing::OFF));
    assert!(usd(Pacing::OFF) <= 0.05);
}

#[test]
fn the_command_writes_what_it_prints_or_nothing() {
    let folder = Folder::new("pacing");
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/policy/");
    let request = PacingRequest {
        scenario: DEFAULT.into(),
        policy: models.into(),
        seed: 1,
        days: 1,
        pacing: Pacing::default(),
        json: Some(folder.path().join("out").join("pacing.json")),
    };
    let printed = pacing(&request).unwrap();
    assert!(printed.contains("1 days of 30 dialogues"), "{printed}");
    let text = fs::read_to_string(request.json.as_ref().unwrap()).unwrap();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["suite"], "pacing");
    for budget in report["budgets"].as_array().unwrap() {
        let used = budget["paced"]["used"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&used), "{budget}");
    }

    let json = folder.path().join("other").join("pacing.json");
    let missing = PacingRequest {
        policy: folder.path().to_owned(),
        json: Some(json.clone()),
        ..request
    };
    let message = pacing(&missing).unwrap_err().to_string();
    assert!(message.contains("policy.json"), "{message}");
    assert!(!json.exists());
}
