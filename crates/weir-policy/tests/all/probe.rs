use proptest::prelude::*;
use weir_core::{Modality, Task, TaskMix};
use weir_policy::{
    Probe, ProbeError, Reading,
    probe::{VERSION, text_tokens},
};

use crate::any;

/// A probe of a model with five hidden numbers: each speaks for one task.
fn probe() -> Probe {
    let unit = |place: usize| {
        (0..5)
            .map(|at| if at == place { 10.0 } else { 0.0 })
            .collect()
    };
    Probe {
        version: VERSION,
        model: "made up".into(),
        model_sha256: "ab01".into(),
        layer: 3,
        tasks: std::array::from_fn(unit),
        task_offsets: [0.0; 5],
        picture: unit(0),
        picture_offset: -5.0,
        sound: unit(1),
        sound_offset: 0.0,
    }
}

#[test]
fn it_reads_task_and_relevance_from_a_hidden_state() {
    let reading = probe().read(&[0.0, 0.0, 1.0, 0.0, 0.0]).unwrap();
    assert_eq!(reading.task.likeliest().0, Task::Query);
    assert!(reading.task.likeliest().1 > 0.99);
    assert!(reading.relevance(Modality::CameraView) < 0.01);
    assert_eq!(reading.relevance(Modality::MicrophoneClip), 0.5);
}

#[test]
fn it_refuses_states_of_another_model_and_damaged_files() {
    assert!(matches!(
        probe().read(&[0.0; 4]),
        Err(ProbeError::Hidden {
            found: 4,
            expected: 5
        })
    ));
    assert!(probe().speaks_for("AB01") && !probe().speaks_for("ab02"));
    let read = |change: fn(&mut Probe)| {
        let mut probe = probe();
        change(&mut probe);
        Probe::from_json(&serde_json::to_string(&probe).unwrap())
    };
    assert_eq!(read(|_| ()).unwrap(), probe());
    assert!(matches!(
        read(|p| p.version = 2),
        Err(ProbeError::Version(2))
    ));
    assert!(matches!(
        read(|p| p.sound.push(0.0)),
        Err(ProbeError::Damaged)
    ));
    assert!(matches!(
        read(|p| p.tasks[3].clear()),
        Err(ProbeError::Damaged)
    ));
    assert!(matches!(
        Probe::from_json("{"),
        Err(ProbeError::Unreadable(_))
    ));
}

#[test]
fn an_unknown_prompt_leaves_everything_open() {
    assert_eq!(Reading::UNKNOWN.task, TaskMix::UNKNOWN);
    assert_eq!(Reading::UNKNOWN.relevance(Modality::Image), 0.5);
}

#[test]
fn the_text_is_found_between_what_stays_the_same() {
    assert_eq!(text_tokens(&[1, 7, 8, 9, 2, 3], &[1, 2, 3]), 1..4);
    assert_eq!(text_tokens(&[1, 2, 3], &[1, 2, 3]), 3..3);
    assert_eq!(
        text_tokens(&[1, 2, 2, 2, 3], &[1, 2, 3]),
        2..4,
        "only what is surplus"
    );
    let long: Vec<u32> = (0..1000).collect();
    assert_eq!(text_tokens(&long, &[0, 999]), 1..1 + Probe::TEXT_TOKENS);
}

proptest! {
    #[test]
    fn any_hidden_state_gives_probabilities(hidden in prop::collection::vec(any::number(), 5)) {
        let reading = probe().read(&hidden).unwrap();
        prop_assert!((reading.task.shares().iter().sum::<f32>() - 1.0).abs() < 1e-4);
        prop_assert!((0.0..=1.0).contains(&reading.picture));
        prop_assert!((0.0..=1.0).contains(&reading.sound));
    }
}
