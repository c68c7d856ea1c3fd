use weir_core::Task;
use weir_lab::{
    checks::{LocalQuality, Passed},
    fit::{Assumptions, fit},
    statistics::Statistics,
};
use weir_policy::ResponseModel;

#[test]
fn few_scores_are_drawn_to_their_arm_and_many_speak_for_themselves() {
    let statistics = Statistics::kitchen();
    let model = fit(
        &statistics,
        &LocalQuality::shipped().unwrap(),
        Assumptions::SHIPPED,
    );
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
    let model = fit(
        &Statistics::kitchen(),
        &LocalQuality::shipped().unwrap(),
        Assumptions::SHIPPED,
    );
    let text = serde_json::to_string(&model).unwrap();
    assert_eq!(ResponseModel::from_json(&text).unwrap(), model);
}

#[test]
fn a_local_model_that_fails_half_its_checks_scores_half() {
    let with = |passed| {
        let tasks = Task::ALL.map(|task| Passed {
            task,
            passed,
            prompts: 12,
        });
        let local = LocalQuality {
            tasks,
            ..LocalQuality::shipped().unwrap()
        };
        fit(&Statistics::kitchen(), &local, Assumptions::SHIPPED)
    };
    let (whole, half) = (with(12), with(6));
    for (whole, half) in whole.tasks.iter().zip(&half.tasks) {
        assert!((whole.local.mean - 2.0 * half.local.mean).abs() < 3e-3);
        assert_eq!(whole.text, half.text);
    }
}
