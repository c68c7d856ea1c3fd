//! One entry of a scenario file while its numbers are checked.

use std::ops::RangeInclusive;

use super::{ScenarioError, schema::Weights};

/// An entry, for messages.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    file: &'a str,
    name: String,
}

/// Shares that differ from 1 by no more than this sum to 1.
const ROUNDING: f32 = 1e-3;

impl<'a> Entry<'a> {
    pub(super) fn new(file: &'a str, name: impl Into<String>) -> Self {
        Self {
            file,
            name: name.into(),
        }
    }

    /// That `field` of it is wrong.
    pub(super) fn wrong(
        &self,
        field: impl Into<String>,
        problem: impl Into<String>,
    ) -> ScenarioError {
        ScenarioError::Field {
            file: self.file.into(),
            entry: self.name.clone(),
            field: field.into(),
            problem: problem.into(),
        }
    }

    /// Text that is not empty.
    pub(super) fn text(&self, field: &str, text: &str) -> Result<(), ScenarioError> {
        if text.trim().is_empty() {
            return Err(self.wrong(field, "is empty"));
        }
        Ok(())
    }

    /// A number in `within`; NaN is in none.
    pub(super) fn number(
        &self,
        field: &str,
        number: f32,
        within: RangeInclusive<f32>,
    ) -> Result<(), ScenarioError> {
        if within.contains(&number) {
            return Ok(());
        }
        let (low, high) = within.into_inner();
        let problem = if number.is_nan() {
            format!("is not a number; give one from {low} to {high}")
        } else {
            format!("{number} does not lie between {low} and {high}")
        };
        Err(self.wrong(field, problem))
    }

    /// A share: 0 to 1.
    pub(super) fn share(&self, field: &str, share: f32) -> Result<(), ScenarioError> {
        self.number(field, share, 0.0..=1.0)
    }

    /// A lower and an upper end, both in `within`.
    pub(super) fn range(
        &self,
        field: &str,
        [low, high]: [f32; 2],
        within: RangeInclusive<f32>,
    ) -> Result<(), ScenarioError> {
        self.number(field, low, within.clone())?;
        self.number(field, high, within)?;
        if low > high {
            return Err(self.wrong(field, format!("begins at {low} and ends at {high}")));
        }
        Ok(())
    }

    /// Weights, at least one of them above 0.
    pub(super) fn weights(
        &self,
        field: &str,
        weights: impl IntoIterator<Item = f32>,
    ) -> Result<(), ScenarioError> {
        let mut any = false;
        for weight in weights {
            self.number(field, weight, 0.0..=1e6)?;
            any |= weight > 0.0;
        }
        if any {
            Ok(())
        } else {
            Err(self.wrong(field, "no weight is above 0"))
        }
    }

    /// Shares that sum to one.
    pub(super) fn shares(
        &self,
        field: &str,
        shares: impl Iterator<Item = f32>,
    ) -> Result<(), ScenarioError> {
        let sum: f32 = shares.sum();
        if (sum - 1.0).abs() <= ROUNDING {
            Ok(())
        } else {
            Err(self.wrong(field, format!("the shares sum to {sum:.3}, not to 1")))
        }
    }

    /// Weights by name as weights by place among `names`; what is not named weighs nothing.
    pub(super) fn by_place(
        &self,
        field: &str,
        weights: &Weights,
        names: &[&str],
    ) -> Result<Vec<f32>, ScenarioError> {
        let mut places = vec![0.0; names.len()];
        for (name, weight) in weights {
            places[self.place(field, name, names)?] = *weight;
        }
        self.weights(field, places.iter().copied())?;
        Ok(places)
    }

    /// The place of `name` among `names`.
    pub(super) fn place(
        &self,
        field: &str,
        name: &str,
        names: &[&str],
    ) -> Result<usize, ScenarioError> {
        let place = names.iter().position(|known| *known == name);
        place.ok_or_else(|| {
            let known = names.join(", ");
            self.wrong(field, format!("“{name}” is not one of: {known}"))
        })
    }

    /// Names that are there, and differ.
    pub(super) fn names(&self, field: &str, names: &[&str]) -> Result<(), ScenarioError> {
        for (place, name) in names.iter().enumerate() {
            self.text(field, name)?;
            if names[..place].contains(name) {
                return Err(self.wrong(field, format!("“{name}” is there twice")));
            }
        }
        Ok(())
    }
}
