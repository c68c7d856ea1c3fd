use std::{
    cell::Cell,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use burn::module::Module;
use indicatif::ProgressBar;
use weir_lab::{
    checks::LocalQuality,
    train::{School, Settings, Trained, train, train_kept},
    world::{Noise, Scenario, World},
};

use crate::{Folder, scenario, train::settings};

/// A school that burns down after so many dialogues.
struct Burning<'a> {
    school: &'a Arc<Scenario>,
    left: Cell<u32>,
}

impl School for Burning<'_> {
    type World = World;
    type Teacher = <Arc<Scenario> as School>::Teacher;

    fn name(&self) -> String {
        self.school.name()
    }

    fn world(&self, seed: u64) -> World {
        assert!(self.left.get() > 0, "fire");
        self.left.set(self.left.get() - 1);
        self.school.world(seed)
    }

    fn teacher(&self, world: &World, seed: u64) -> Self::Teacher {
        self.school.teacher(world, seed)
    }

    fn worths(&self, teacher: &Self::Teacher, world: &World) -> Vec<f32> {
        self.school.worths(teacher, world)
    }
}

fn weights(trained: Trained) -> Vec<u8> {
    trained.network.into_record().into_bytes().unwrap().to_vec()
}

fn short() -> Settings {
    Settings {
        imitation_steps: 300,
        steps: 6144,
        validation: 20,
        ..settings(5)
    }
}

#[test]
fn an_interrupted_run_is_taken_up_and_ends_as_if_it_had_not_been() {
    let folder = Folder::new("interrupted");
    let kept = folder.path().join("run");
    let (settings, school, quiet) = (short(), scenario(Noise::Full), ProgressBar::hidden());
    let whole = train(&settings, &school, &quiet).unwrap();
    // In imitation, so that nothing was kept yet; in reinforcement learning, so that stages were.
    for (dialogues, stages) in [(40, None), (800, Some(6))] {
        let burning = Burning {
            school: &school,
            left: Cell::new(dialogues),
        };
        let run = || train_kept(&settings, &burning, &quiet, &kept).is_ok();
        assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
        let note = fs::read_to_string(kept.join("run.json")).unwrap_or_default();
        let note: serde_json::Value = serde_json::from_str(&note).unwrap_or_default();
        assert_eq!(note["progress"]["stages"].as_u64(), stages);
    }
    let files = fs::read_dir(&kept).unwrap().count();
    assert_eq!(files, 4, "what was kept before is gone");
    let bar = ProgressBar::hidden();
    let (resumed, checkpoint) = train_kept(&settings, &school, &bar, &kept).unwrap();
    assert_eq!(bar.position(), settings.progress());
    let theirs = kept.join("notes.txt");
    fs::write(&theirs, "mine").unwrap();
    checkpoint.remove();
    let left: Vec<_> = fs::read_dir(&kept).unwrap().collect();
    assert_eq!(left.len(), 1, "only what is not the run's stays");
    assert_eq!(resumed.curve, whole.curve);
    assert_eq!(weights(resumed), weights(whole));
}

#[test]
fn another_run_and_damage_are_refused_and_the_folder_is_named() {
    let folder = Folder::new("other-run");
    let (school, quiet) = (scenario(Noise::Full), ProgressBar::hidden());
    let burning = Burning {
        school: &school,
        left: Cell::new(800),
    };
    let run = || train_kept(&short(), &burning, &quiet, folder.path()).is_ok();
    assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
    let refusal = |settings: &Settings| {
        let error = train_kept(settings, &school, &quiet, folder.path()).unwrap_err();
        error.to_string()
    };
    let other = Settings { seed: 6, ..short() };
    let name = folder.path().display().to_string();
    let kept_another = format!("{name} keeps another run");
    assert!(refusal(&other).starts_with(&kept_another));
    let mut local = LocalQuality::shipped().unwrap();
    local.tasks[0].passed += 1;
    let pack = school.pack.clone();
    let of_another_model = Arc::new(Scenario::new(pack, &local, Noise::Full));
    let error = train_kept(&short(), &of_another_model, &quiet, folder.path()).unwrap_err();
    assert!(error.to_string().starts_with(&kept_another), "{error}");
    let weights = folder.path().join("network.6.bpk");
    fs::write(&weights, b"no weights").unwrap();
    assert!(refusal(&short()).starts_with(&weights.display().to_string()));
    fs::write(folder.path().join("run.json"), b"{").unwrap();
    assert!(refusal(&short()).contains("run.json"));
}
