//! Which turns stay, and how much is read anew for it.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::convert::Infallible;

use proptest::prelude::*;
use weir_llm::window::Window;

/// A dialogue of a system message, turns of these lengths and a question, as one token for each
/// place, so that equal beginnings are equal tokens.
fn written(turns: &[usize], forgotten: usize) -> Result<Vec<u32>, Infallible> {
    let begin: usize = turns[..forgotten].iter().sum();
    let end: usize = turns.iter().sum();
    let system = 0..10;
    Ok(system
        .chain(10 + begin as u32..10 + end as u32 + 5)
        .collect())
}

fn common(one: &[u32], other: &[u32]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

#[test]
fn turns_go_in_steps_so_that_most_of_each_prompt_was_read_before() {
    let lengths = [80; 60];
    let room = 1_000;
    let (mut window, mut before) = (Window::default(), Vec::new());
    let (mut read, mut changes) = (0, 0);
    for turns in 0..lengths.len() {
        let was = window.forgotten();
        let prompt = window
            .fit(turns, room, |n| written(&lengths[..turns], n))
            .unwrap();
        assert!(prompt.len() <= room);
        changes += usize::from(window.forgotten() != was);
        read += prompt.len() - common(&before, &prompt);
        before = prompt;
    }
    // Turn by turn it would be about 48 changes, and nearly 1000 tokens with each.
    assert!(changes <= 9, "{changes} changes");
    assert!(read < 9_500, "{read} tokens read");
}

#[test]
fn a_new_dialogue_is_seen_whole() {
    let mut window = Window::default();
    window.fit(9, 100, |n| written(&[40; 9], n)).unwrap();
    assert!(window.forgotten() > 0);
    window.fit(0, 100, |n| written(&[], n)).unwrap();
    assert_eq!(window.forgotten(), 0);
}

#[test]
fn without_a_turn_to_leave_out_nothing_gets_shorter() {
    let mut window = Window::default();
    let prompt = window.fit(0, 5, |n| written(&[], n)).unwrap();
    assert_eq!(prompt.len(), 15);
    assert_eq!(window.shorten(0, 5, |n| written(&[], n)), Ok(None));
}

proptest! {
    #[test]
    fn what_fits_is_kept_and_the_latest_stays(
        lengths in prop::collection::vec(1..200_usize, 0..20),
        room in 50..600_usize,
    ) {
        let mut window = Window::default();
        let turns = lengths.len();
        let prompt = window.fit(turns, room, |n| written(&lengths, n)).unwrap();
        let whole = written(&lengths, 0).unwrap();
        if whole.len() <= room {
            prop_assert_eq!(&prompt, &whole);
        }
        prop_assert!(prompt.len() <= room || window.forgotten() == turns);
        prop_assert_eq!(prompt.last(), whole.last());
        prop_assert_eq!(&prompt[..10], &whole[..10]);
    }
}
