//! Task mixes.

use weir_core::{Task, TaskMix};

#[test]
fn weights_become_shares_in_proportion() {
    let mix = TaskMix::from_weights([1.0, 0.0, 3.0, 0.0, 4.0]);
    assert_eq!(*mix.shares(), [0.125, 0.0, 0.375, 0.0, 0.5]);
    assert_eq!(mix.likeliest(), (Task::Other, 0.5));
}

#[test]
fn weights_that_make_no_shares_leave_the_task_unknown() {
    for odd in [f32::NAN, f32::INFINITY, -1.0] {
        let mix = TaskMix::from_weights([odd, 1.0, 1.0, 1.0, 1.0]);
        assert_eq!(mix, TaskMix::UNKNOWN, "{odd}");
    }
    assert_eq!(TaskMix::from_weights([0.0; 5]), TaskMix::UNKNOWN);
}
