//! Numbers over two lists: darker is more.

use super::{
    class,
    picture::{Anchor, Picture, fit},
};

/// A chart of cells.
#[derive(Debug)]
pub(crate) struct Heat {
    /// For those who cannot see it.
    pub(crate) title: String,
    /// Names of the columns.
    pub(crate) columns: Vec<String>,
    /// What the columns are.
    pub(crate) across: String,
    /// Names of the rows, with a cell for each column that has one.
    pub(crate) rows: Vec<(String, Vec<Option<Cell>>)>,
    /// The numbers that are lightest and darkest.
    pub(crate) ends: [f64; 2],
    /// Whether more is worse.
    pub(crate) alarm: bool,
    /// Width of the picture.
    pub(crate) width: f64,
}

/// A number.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    /// The number.
    pub(crate) value: f64,
    /// How it is written.
    pub(crate) text: String,
}

const NAMES: f64 = 140.0;
const TOP: f64 = 40.0;
const ROW: f64 = 25.0;
/// Names of columns are smaller than other text, so that more of them has room.
const SMALL: f64 = 1.25;
/// Cells darker than this are written on in the colour of the page.
const DARK: f64 = 0.55;

impl Heat {
    /// The picture.
    pub(crate) fn draw(&self) -> String {
        let height = TOP + ROW * self.rows.len() as f64 + 4.0;
        let names = if self.rows.iter().any(|(name, _)| name.chars().count() > 8) {
            NAMES
        } else {
            64.0
        };
        let cell = (self.width - names - 8.0) / self.columns.len().max(1) as f64;
        let mut picture = Picture::new([self.width, height], &self.title, &self.describe());
        let middle = names + 8.0 + cell * self.columns.len() as f64 / 2.0;
        picture.text("unit", [middle, 12.0], Anchor::Middle, &self.across);
        for (column, name) in self.columns.iter().enumerate() {
            let x = names + 8.0 + cell * (column as f64 + 0.5);
            picture.text(
                "tick",
                [x, TOP - 8.0],
                Anchor::Middle,
                &fit(name, cell * SMALL),
            );
        }
        for (row, (name, cells)) in self.rows.iter().enumerate() {
            let y = TOP + ROW * row as f64;
            let label = fit(name, names);
            picture.text("name", [names, y + 16.5], Anchor::End, &label);
            for (column, content) in cells.iter().enumerate() {
                let Some(content) = content else { continue };
                let x = names + 8.0 + cell * column as f64;
                let depth = self.depth(content.value);
                let class = if self.alarm { "cell alarm" } else { "cell" };
                let corner = [x + 1.0, y + 1.0];
                let size = [cell - 2.0, ROW - 2.0];
                let tip = format!("{name}, {}: {}", self.columns[column], content.text);
                let attributes = format!(r#"rx="3" fill-opacity="{depth:.3}""#);
                picture.rect(class, &attributes, corner, size, &tip);
                let class = if depth > DARK {
                    "inside dark"
                } else {
                    "inside"
                };
                let at = [x + cell / 2.0, y + 16.5];
                picture.text(class, at, Anchor::Middle, &content.text);
            }
        }
        picture.finish(class(self.width))
    }

    /// How dark a number is, 0 to 1. What is not nothing can be seen.
    fn depth(&self, value: f64) -> f64 {
        let [low, high] = self.ends.map(|end| end / 2.0);
        let share = (value / 2.0 - low) / (high - low);
        if share.is_finite() && share > 0.0 {
            0.08 + 0.87 * share.min(1.0)
        } else {
            0.04
        }
    }

    fn describe(&self) -> String {
        let rows = self.rows.iter().map(|(name, cells)| {
            let texts = cells.iter().map(|cell| match cell {
                Some(cell) => cell.text.as_str(),
                None => "none",
            });
            format!("{name}: {}", texts.collect::<Vec<_>>().join(", "))
        });
        let rows = rows.collect::<Vec<_>>().join("; ");
        format!("By {} ({}). {rows}.", self.across, self.columns.join(", "))
    }
}
