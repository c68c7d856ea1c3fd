use std::collections::{BTreeMap, HashSet};

use weir_core::{Constraint, Mask};
use weir_policy::situations::{self, COUNT, MOST_INPUTS};

use crate::decisions::response;

#[test]
fn they_are_the_same_every_time() {
    let response = response();
    assert!(situations::all(&response).eq(situations::all(&response)));
}

#[test]
fn every_number_of_inputs_is_common() {
    let mut numbers = BTreeMap::<usize, usize>::new();
    for situation in situations::all(&response()) {
        *numbers
            .entry(situation.observation.attached.len())
            .or_default() += 1;
    }
    assert_eq!(numbers.keys().copied().max(), Some(MOST_INPUTS));
    assert_eq!(numbers.len(), MOST_INPUTS + 1);
    assert!(numbers.values().all(|count| *count > COUNT / 10));
}

#[test]
fn every_constraint_binds_somewhere_and_most_situations_leave_a_choice() {
    let (mut binding, mut choices) = (HashSet::new(), 0);
    for situation in situations::all(&response()) {
        let mask = Mask::new(&situation.observation, &situation.rules);
        binding.extend(mask.verdicts().iter().filter_map(|(_, verdict)| *verdict));
        choices += usize::from(mask.all_feasible().count() > 1);
    }
    for constraint in [
        Constraint::Usage,
        Constraint::Latency,
        Constraint::Data,
        Constraint::Private,
        Constraint::Rule,
        Constraint::Wish,
        Constraint::Offline,
        Constraint::NoCloud,
        Constraint::NoLocalModel,
        Constraint::TooLong,
    ] {
        assert!(binding.contains(&constraint), "{constraint:?}");
    }
    assert!(choices > COUNT / 2, "{choices}");
}
