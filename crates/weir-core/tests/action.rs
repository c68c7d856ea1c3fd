//! Actions are enumerated as TMO does.

use weir_core::{Action, ModalitySet};

fn uploads(slots: &[usize]) -> Action {
    Action::Cloud(slots.iter().copied().collect())
}

#[test]
fn three_views_give_the_nine_actions_of_the_paper() {
    let expected = [
        Action::Local,
        uploads(&[]),
        uploads(&[0]),
        uploads(&[1]),
        uploads(&[2]),
        uploads(&[0, 1]),
        uploads(&[0, 2]),
        uploads(&[1, 2]),
        uploads(&[0, 1, 2]),
    ];
    assert_eq!(Action::enumerate(3), expected);
}

#[test]
fn every_subset_appears_once() {
    for slots in 0..=ModalitySet::MAX_SLOTS {
        let mut actions = Action::enumerate(slots);
        assert_eq!(actions.len(), 1 + (1 << slots));
        actions.sort();
        actions.dedup();
        assert_eq!(actions.len(), 1 + (1 << slots));
    }
}
