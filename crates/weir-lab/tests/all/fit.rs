use weir_core::Task;
use weir_lab::{
    fit::{Assumptions, LocalQuality, fit},
    statistics::Statistics,
};
use weir_policy::ResponseModel;

#[test]
fn few_scores_are_drawn_to_their_arm_and_many_speak_for_themselves() {
    let statistics = Statistics::kitchen();
    let model = fit(&statistics, &Assumptions::shipped());
    for task in 0..4 {
        for (arm, estimate) in [
            (1, model.tasks[task].text),
            (2, model.tasks[task].pictures[0]),
        ] {
            let of = |task: usize| statistics.scores[task][arm];
            let count: f32 = (0..4).map(|task| of(task).count as f32).sum();
            let mean = (0..4)
                .map(|task| of(task).count as f32 * of(task).mean)
                .sum::<f32>()
                / count;
            let (logged, fitted) = (of(task).mean, estimate.mean);
            let between = (fitted - mean) * (logged - fitted) >= -1e-3;
            assert!(between, "{fitted} does not lie between {logged} and {mean}");
        }
    }
    let kept =
        |task: usize, arm: usize, fitted: f32| (fitted - statistics.scores[task][arm].mean).abs();
    let query = &model.tasks[Task::Query.index()];
    assert!(kept(2, 1, query.text.mean) < kept(2, 2, query.pictures[0].mean) + 0.2);
}

#[test]
fn the_fitted_model_is_one_that_the_worker_reads() {
    let model = fit(&Statistics::kitchen(), &Assumptions::shipped());
    let text = serde_json::to_string(&model).unwrap();
    assert_eq!(ResponseModel::from_json(&text).unwrap(), model);
}

#[test]
fn a_local_model_of_half_the_quality_scores_half() {
    let with = |share| {
        let local = LocalQuality::Scaled {
            share,
            reason: "test".into(),
        };
        fit(
            &Statistics::kitchen(),
            &Assumptions {
                local,
                ..Assumptions::shipped()
            },
        )
    };
    let (whole, half) = (with(1.0), with(0.5));
    for (whole, half) in whole.tasks.iter().zip(&half.tasks) {
        assert!((whole.local.mean - 2.0 * half.local.mean).abs() < 2e-3);
        assert_eq!(whole.text, half.text);
    }
}
