use weir_core::Task;
use weir_lab::{
    checks::{LocalQuality, Passed},
    fit::{Assumptions, fit},
    response::{Hierarchy, Logged},
    scenario::{DEFAULT, find},
    statistics::{SCORE_CLIP, Scores, Statistics},
};
use weir_policy::ResponseModel;

/// The statistics of the shipped scenario.
fn kitchen() -> Statistics {
    find(DEFAULT).unwrap().statistics().unwrap()
}

/// A local model that passes every check.
fn all_right() -> LocalQuality {
    LocalQuality {
        tasks: Task::ALL.map(|task| Passed {
            task,
            passed: 12,
            prompts: 12,
        }),
        ..LocalQuality::shipped().unwrap()
    }
}

#[test]
fn of_a_bare_table_few_scores_are_drawn_further_than_many() {
    let mut statistics = kitchen();
    for (task, row) in statistics.scores.iter_mut().enumerate() {
        for (arm, cell) in row.iter_mut().enumerate() {
            let outlier = (task, arm) == (0, 0) || (task, arm) == (3, 1);
            *cell = Scores {
                count: if task == 3 { 3 } else { 40 },
                mean: if outlier { 1.6 } else { 1.0 },
                deviation: 0.5,
            };
        }
    }
    let model = fit(&statistics, &all_right(), Assumptions::SHIPPED);
    let (many, few) = (model.tasks[0].local, model.tasks[3].text);
    assert!(
        1.0 < few.mean && few.mean < many.mean && many.mean < 1.6,
        "{few:?} {many:?}"
    );
    assert!(few.deviation > many.deviation);
}

#[test]
fn the_kitchen_is_fitted_by_its_prompts() {
    let model = fit(&kitchen(), &all_right(), Assumptions::SHIPPED);
    let hierarchy = Hierarchy::fit(&Logged::kitchen().replies, f64::from(SCORE_CLIP));
    for task in Task::ALL {
        let (entry, expected) = (&model.tasks[task.index()], hierarchy.expected(task, 1));
        assert!((entry.text.mean - expected.mean).abs() < 1e-3);
        assert!((entry.text.deviation - expected.deviation).abs() < 1e-3);
    }
    let statistics = kitchen();
    let raw = statistics.scores[Task::Assistive.index()][1].mean;
    let other = model.tasks[Task::Other.index()].text;
    let fitted = model.tasks[Task::Assistive.index()].text;
    assert!(other.mean < fitted.mean && fitted.mean < raw);
    assert!(other.deviation > fitted.deviation);
}

#[test]
fn the_fitted_model_is_one_that_the_worker_reads() {
    let model = fit(
        &kitchen(),
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
        fit(&kitchen(), &local, Assumptions::SHIPPED)
    };
    let (whole, half) = (with(12), with(6));
    for (whole, half) in whole.tasks.iter().zip(&half.tasks) {
        assert!((whole.local.mean - 2.0 * half.local.mean).abs() < 3e-3);
        assert_eq!(whole.text, half.text);
    }
}
