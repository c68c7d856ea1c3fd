//! Packs of any size from one template: a modality, a task and a length, multiplied.

use serde::Deserialize;
use weir_core::Task;

use super::{
    ScenarioError, check,
    entry::Entry,
    pack::Pack,
    schema::{Length, PackFile, parse},
};

/// A template and the shapes it is brought into.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scaling {
    shapes: Vec<Shape>,
    template: PackFile,
}

/// X modalities, Y tasks, Z turns.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    name: String,
    modalities: usize,
    tasks: usize,
    turns: u32,
}

/// One pack for each shape of `text`, the contents of `file`.
///
/// # Errors
/// [`ScenarioError`] names the entry and the field.
pub fn packs(file: &str, text: &str) -> Result<Vec<Pack>, ScenarioError> {
    let Scaling { shapes, template } = parse(file, text)?;
    shapes
        .iter()
        .map(|shape| check::pack(file, shape.fill(file, &template)?))
        .collect()
}

impl Shape {
    /// The template with every setup holding X of its first input, Y tasks that take turns in being
    /// of each kind, and Z turns in every dialogue.
    fn fill(&self, file: &str, template: &PackFile) -> Result<PackFile, ScenarioError> {
        let entry = Entry::new(file, format!("shapes “{}”", self.name));
        let Some(task) = template.tasks.first() else {
            return Err(entry.wrong("tasks", "the template has none"));
        };
        if self.tasks == 0 {
            return Err(entry.wrong("tasks", "is 0; people ask something"));
        }
        let kinds = Task::ALL.into_iter().cycle().take(self.tasks);
        let mut pack = template.clone();
        pack.name = format!("{}-{}", template.name, self.name);
        pack.description = format!(
            "{} {} modalities, {} tasks, {} turns.",
            template.description, self.modalities, self.tasks, self.turns
        );
        pack.turns.listed = vec![Length {
            turns: self.turns,
            weight: 1.0,
        }];
        for setup in &mut pack.setups {
            setup.inputs.truncate(1);
            for input in &mut setup.inputs {
                input.count = self.modalities;
            }
        }
        pack.tasks = kinds
            .enumerate()
            .map(|(place, kind)| {
                let mut task = task.clone();
                task.name = format!("{}-{}", task.name, place + 1);
                task.kind = kind;
                task.share = 1.0 / self.tasks as f32;
                task
            })
            .collect();
        Ok(pack)
    }
}
