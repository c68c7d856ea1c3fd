use serde_json::{Value, json};

use super::{markup, page_of, tmo, tmo_file, weir, weir_file};

/// The verdict of each number to reach.
fn verdicts(page: &str) -> Vec<(String, String)> {
    let root = markup::read(page);
    let tables = root
        .named("table")
        .into_iter()
        .filter(|table| table.is("targets"));
    let rows = tables.flat_map(|table| table.named("tr"));
    rows.skip(1)
        .map(|row| {
            let verdict = row.children.last().unwrap();
            (row.children[0].text.clone(), verdict.text.clone())
        })
        .collect()
}

fn verdict(value: Value, what: &str) -> String {
    let file = if value["suite"] == "tmo" {
        tmo_file(value)
    } else {
        weir_file(value)
    };
    let verdicts = verdicts(&page_of(&[file]));
    let found = verdicts.into_iter().find(|(name, _)| name.contains(what));
    found.unwrap_or_else(|| panic!("no “{what}”")).1
}

const MET: &str = "✓ met";
const MISSED: &str = "✗ not met";
const UNKNOWN: &str = "– not measured here";

/// Where in a file, and what stands there.
type Change<'a> = (&'a str, Value);

#[test]
fn a_verdict_follows_from_the_numbers() {
    let policy = "/networks/4G/weir";
    let cases: [(&str, Change<'_>, Change<'_>); 5] = [
        (
            "above greedy",
            (
                &format!("{policy}/above_greedy_mask_ci"),
                json!([0.001, 0.2]),
            ),
            (&format!("{policy}/above_greedy_mask_ci"), json!([0.0, 0.2])),
        ),
        (
            "over budget",
            (&format!("{policy}/over_budget_rate"), json!(0.0)),
            (&format!("{policy}/over_budget_rate"), json!(0.005)),
        ),
        (
            "of the gap",
            (&format!("{policy}/gap_share"), json!(0.85)),
            (&format!("{policy}/gap_share"), json!(0.849)),
        ),
        (
            "collapses",
            ("/networks/4G/a2c/max_action_share", json!(0.99)),
            ("/networks/4G/a2c/max_action_share", json!(0.995)),
        ),
        (
            "training speed",
            ("/training/a2c/steps_per_second", json!(36_000.0)),
            ("/training/a2c/steps_per_second", json!(35_999.0)),
        ),
    ];
    for (what, met, missed) in cases {
        for ((place, number), expected) in [(met, MET), (missed, MISSED)] {
            let mut value = tmo();
            *value.pointer_mut(place).unwrap() = number.clone();
            assert_eq!(verdict(value, what), expected, "{place} = {number}");
        }
    }
    let cases: [(&str, Change<'_>, Change<'_>); 5] = [
        (
            "not seen in training",
            ("/grid/4/policies/weir/over_budget_rate", json!(0.0)),
            ("/grid/4/policies/weir/over_budget_rate", json!(0.01)),
        ),
        (
            "over budgets",
            ("/monotone_violations/weir/significant", json!(0)),
            ("/monotone_violations/weir/significant", json!(2)),
        ),
        (
            "noisy networks",
            ("/noise/over_budget_rate", json!(0.01)),
            ("/noise/over_budget_rate", json!(0.011)),
        ),
        (
            "no network",
            ("/offline/least_probability", json!(1.0)),
            ("/offline/least_probability", json!(0.999)),
        ),
        (
            "slower uplink",
            ("/uplink/1/change_ci", json!([-0.1, 0.1])),
            ("/uplink/1/change_ci", json!([0.01, 0.1])),
        ),
    ];
    for (what, met, missed) in cases {
        for ((place, number), expected) in [(met, MET), (missed, MISSED)] {
            let mut value = weir();
            *value.pointer_mut(place).unwrap() = number.clone();
            assert_eq!(verdict(value, what), expected, "{place} = {number}");
        }
    }
}

#[test]
fn budgets_of_tmo_are_judged_where_they_were_played() {
    let decrease = |significant: u32| {
        json!({"weir": {
            "largest_decrease": 0.01, "ci": [-0.01, 0.03], "steps": 7, "significant": significant,
        }})
    };
    for (rate, significant, expected) in [(0.0, 0, MET), (0.01, 2, MISSED)] {
        let mut value = tmo();
        value["grid"][4]["policies"]["weir"]["over_budget_rate"] = json!(rate);
        value["monotone_violations"] = decrease(significant);
        assert_eq!(verdict(value.clone(), "not seen in training"), expected);
        assert_eq!(verdict(value, "reward over budgets"), expected);
    }
    let mut value = tmo();
    value.as_object_mut().unwrap().remove("grid");
    let shown = verdicts(&page_of(&[tmo_file(value)]));
    assert!(shown.iter().all(|(what, _)| !what.contains("budgets")));
}

#[test]
fn a_collapse_that_the_oracle_shares_is_none() {
    let mut value = tmo();
    value["networks"]["4G"]["a2c"]["max_action_share"] = json!(1.0);
    value["networks"]["4G"]["oracle_in_budget"]["max_action_share"] = json!(1.0);
    assert_eq!(verdict(value.clone(), "collapses"), MET);
    let page = page_of(&[tmo_file(value.clone())]);
    assert!(
        page.contains("A2C</span> 50.0 % on Wired"),
        "where the oracle does otherwise"
    );
    value["networks"]["Wired"]["a2c"]["max_action_share"] = json!(0.995);
    assert_eq!(
        verdict(value, "collapses"),
        MISSED,
        "on Wired the oracle does not"
    );
}

#[test]
fn what_was_not_measured_is_neither_met_nor_missed() {
    let mut value = tmo();
    for network in ["Wired", "4G"] {
        value["networks"][network]
            .as_object_mut()
            .unwrap()
            .remove("weir");
    }
    value.as_object_mut().unwrap().remove("training");
    assert_eq!(verdict(value.clone(), "above greedy"), UNKNOWN);
    assert_eq!(verdict(value, "training speed"), UNKNOWN);
    let mut value = weir();
    value.as_object_mut().unwrap().remove("uplink");
    assert_eq!(verdict(value, "uplink"), UNKNOWN);
    let nothing = page_of(&[weir_file(json!({"suite": "weir", "seeds": []}))]);
    assert!(verdicts(&nothing).is_empty());
}
