use proptest::prelude::*;
use weir_core::{Action, Modality, ModalitySet, Task, TaskMix};
use weir_policy::{
    ResponseError, ResponseModel,
    response::{Estimate, TaskResponse, VERSION, coverage},
};

/// A response model with round numbers.
pub(crate) fn model() -> ResponseModel {
    let estimate = |mean, deviation| Estimate { mean, deviation };
    ResponseModel {
        version: VERSION,
        source: "made up".into(),
        local_model: "made up".into(),
        local_sha256: "ab12".into(),
        local_parameters: 100_000_000,
        unseen: 0.5,
        tasks: Task::ALL.map(|task| TaskResponse {
            task,
            local: estimate(0.4, 0.1),
            capable: estimate(0.8, 0.1),
            text: estimate(1.0, 0.1),
            pictures: [estimate(1.1, 0.1), estimate(1.2, 0.1), estimate(1.3, 0.1)],
            clip: estimate(1.05, 0.3),
            local_tokens: 150,
            cloud_tokens: 130,
        }),
    }
}

const QUERY: TaskMix = TaskMix::UNKNOWN;

#[test]
fn what_pictures_and_clips_add_adds_up() {
    let attached = [
        Modality::Image,
        Modality::CameraView,
        Modality::MicrophoneClip,
    ];
    let quality = |slots: &[usize]| {
        let action = Action::Cloud(slots.iter().copied().collect());
        model().expect(&QUERY, action, &attached, &[0.0; 3]).quality
    };
    for (slots, expected) in [
        (&[][..], 1.0),
        (&[0], 1.1),
        (&[0, 1], 1.2),
        (&[2], 1.05),
        (&[0, 1, 2], 1.25),
    ] {
        assert!((quality(slots) - expected).abs() < 1e-5);
    }
}

#[test]
fn what_matters_and_goes_unseen_costs_quality() {
    let expect =
        |action, relevance| model().expect(&QUERY, action, &[Modality::Image], &[relevance]);
    let text = Action::Cloud(ModalitySet::EMPTY);
    let seen = Action::Cloud(ModalitySet::first(1));
    assert!((expect(text, 1.0).quality - 0.5).abs() < 1e-5);
    assert!((expect(Action::Local, 1.0).quality - 0.2).abs() < 1e-5);
    assert!((expect(seen, 1.0).quality - 1.1).abs() < 1e-5);
    assert_eq!(
        (expect(text, 1.0).association, expect(seen, 0.7).association),
        (0.0, 0.7)
    );
}

#[test]
fn an_uncertain_task_spreads_the_expectation() {
    let mut model = model();
    model.tasks[0].local.mean = 1.4;
    let certain = model.expect(&TaskMix::certain(Task::Query), Action::Local, &[], &[]);
    let open = model.expect(&TaskMix::UNKNOWN, Action::Local, &[], &[]);
    assert!((certain.deviation - 0.1).abs() < 1e-5);
    assert!((open.quality - 0.6).abs() < 1e-5);
    assert!(open.deviation > 0.4);
}

#[test]
fn a_model_survives_being_written_and_bad_ones_are_named() {
    let text = serde_json::to_string(&model()).unwrap();
    assert_eq!(ResponseModel::from_json(&text).unwrap(), model());
    let broken = |change: fn(&mut ResponseModel)| {
        let mut model = model();
        change(&mut model);
        ResponseModel::from_json(&serde_json::to_string(&model).unwrap()).unwrap_err()
    };
    assert!(matches!(
        broken(|m| m.version = 9),
        ResponseError::Version(9)
    ));
    assert!(matches!(broken(|m| m.unseen = 1.5), ResponseError::Unseen));
    assert!(matches!(
        broken(|m| m.tasks.swap(0, 1)),
        ResponseError::Order(0)
    ));
    assert!(matches!(
        broken(|m| m.tasks[2].clip.mean = -1.0),
        ResponseError::Number {
            task: Task::Query,
            field: "clip"
        }
    ));
    assert!(matches!(
        ResponseModel::from_json(&text[..text.len() / 2]).unwrap_err(),
        ResponseError::Unreadable(_)
    ));
}

proptest! {
    #[test]
    fn more_views_never_cover_less_and_each_adds_less(relevance in 0.0_f32..=1.0, views in 1_usize..11) {
        let relevance = vec![relevance; 12];
        let cover = |views| coverage(&relevance, ModalitySet::first(views));
        let (fewer, here, more) = (cover(views - 1), cover(views), cover(views + 1));
        prop_assert!(here >= fewer && more >= here);
        prop_assert!(more - here <= here - fewer + 1e-6);
        prop_assert!((0.0..=1.0).contains(&more));
    }
}
