use weir_policy::{
    Decisions, ResponseModel, TrainedPolicy,
    decisions::Timings,
    situations::{self, COUNT},
};

use crate::policy::network;

/// The response model that is shipped.
pub(crate) fn response() -> ResponseModel {
    let shipped = include_str!("../../../../models/policy/response.json");
    ResponseModel::from_json(shipped).unwrap()
}

#[test]
fn every_situation_is_decided_within_its_mask() {
    let (policy, response) = (TrainedPolicy::new(network()), response());
    let decisions = Decisions::of(&policy, &response).unwrap();
    assert_eq!(decisions.places.len(), COUNT);
    for (situation, place) in situations::all(&response).zip(&decisions.places) {
        let mask = weir_core::Mask::new(&situation.observation, &situation.rules);
        match place {
            Some(place) => assert!(mask.allows(*place)),
            None => assert_eq!(mask.all_feasible().count(), 0),
        }
    }
}

#[test]
fn they_are_written_and_read_back() {
    let decisions = Decisions {
        situations: 0x00AB,
        places: (0..60).map(|place| (place != 7).then_some(place)).collect(),
    };
    let text = decisions.to_string();
    assert!(text.contains("\nsituations 00000000000000ab\n0 1 2 3 4 5 6 - 8"));
    assert_eq!(text.parse(), Ok(decisions));
}

#[test]
fn what_is_not_a_list_of_decisions_is_refused_by_line() {
    for (text, line, word) in [
        ("", "line 1", "situations"),
        ("# made by hand\n1 2 3\n", "line 2", "situations"),
        ("situations xyz\n1 2 3\n", "line 1", "xyz"),
        ("situations 1f\n1 2\n3 x\n", "line 3", "“x”"),
        ("situations 1f\n1 -2\n", "line 2", "“-2”"),
    ] {
        let message = text.parse::<Decisions>().unwrap_err().to_string();
        assert!(
            message.contains(line) && message.contains(word),
            "{message}"
        );
    }
}

#[test]
fn differences_are_told_by_number_and_so_is_what_is_missing() {
    let list = |places: &[Option<usize>]| Decisions {
        situations: 1,
        places: places.to_vec(),
    };
    let one = list(&[Some(0), None, Some(2)]);
    assert_eq!(one.differences(&one), [0; 0]);
    assert_eq!(one.differences(&list(&[Some(0), Some(1)])), [1, 2]);
}

#[test]
fn times_are_told_by_the_number_of_actions() {
    let mut readings = 0;
    let clock = || {
        readings += 1;
        f64::from(readings * 3)
    };
    let policy = TrainedPolicy::new(network());
    let timings = Timings::measure(&policy, &response(), clock).unwrap();
    let actions: Vec<_> = timings.by_actions.keys().copied().collect();
    assert_eq!(actions, [2, 3, 5, 9, 17, 33, 65]);
    assert_eq!((timings.all.median_us, timings.all.p95_us), (3.0, 3.0));
    let counted: usize = timings.by_actions.values().map(|it| it.decisions).sum();
    assert_eq!(counted, timings.all.decisions);
    assert!(counted > COUNT / 2 && counted < COUNT);
}
