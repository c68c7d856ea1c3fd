//! A row a name, its numbers as marks with intervals.

use super::{
    class,
    picture::{Anchor, Picture, fit, width},
    scale::Scale,
    style::Style,
};
use crate::report::number::fixed;

/// A chart of rows.
#[derive(Debug)]
pub(crate) struct Dots {
    /// For those who cannot see it.
    pub(crate) title: String,
    /// What the numbers are.
    pub(crate) unit: String,
    /// From top to bottom.
    pub(crate) rows: Vec<Row>,
    /// Numbers to compare with, as lines across all rows.
    pub(crate) references: Vec<(String, f64)>,
    /// Digits of the numbers beside rows of one mark.
    pub(crate) digits: usize,
    /// Width of the picture.
    pub(crate) width: f64,
}

/// A name with its numbers.
#[derive(Debug)]
pub(crate) struct Row {
    /// The name.
    pub(crate) name: String,
    /// Whether it is what the chart is about.
    pub(crate) emphasised: bool,
    /// Its numbers.
    pub(crate) dots: Vec<Dot>,
}

/// A number.
#[derive(Debug)]
pub(crate) struct Dot {
    /// How it is drawn.
    pub(crate) style: Style,
    /// Only the outline.
    pub(crate) hollow: bool,
    /// The number.
    pub(crate) value: f64,
    /// Its interval, if it has one.
    pub(crate) interval: Option<[f64; 2]>,
    /// What it is, beside the name of the row.
    pub(crate) of: String,
}

const NAMES: f64 = 158.0;
const NUMBERS: f64 = 52.0;
/// Between names and the lowest number.
const MARGIN: f64 = 14.0;
const TOP: f64 = 8.0;
const REFERENCES: f64 = 20.0;
const ROW: f64 = 22.0;
const BOTTOM: f64 = 40.0;
/// How far the marks of one row stand above and below its middle.
const APART: f64 = 5.0;

impl Dots {
    /// The picture.
    pub(crate) fn draw(&self) -> String {
        let top = if self.references.is_empty() {
            TOP
        } else {
            TOP + REFERENCES
        };
        let height = top + ROW * self.rows.len() as f64 + BOTTOM;
        let floor = height - BOTTOM;
        let right = self.width - NUMBERS;
        let scale = self.scale([NAMES + MARGIN, right]);
        let mut picture = Picture::new([self.width, height], &self.title, &self.describe());
        for (value, label) in scale.ticks() {
            let x = scale.at(value);
            picture.line("grid", [x, top], [x, floor]);
            picture.text("tick", [x, floor + 15.0], Anchor::Middle, &label);
        }
        let middle = f64::midpoint(NAMES, right);
        picture.text("unit", [middle, height - 6.0], Anchor::Middle, &self.unit);
        for (place, row) in self.rows.iter().enumerate() {
            let y = top + ROW * (place as f64 + 0.5);
            if row.emphasised {
                let corner = [0.0, y - ROW / 2.0];
                picture.rect("emphasis", r#"rx="4""#, corner, [self.width, ROW], "");
            }
        }
        self.draw_references(&mut picture, &scale, [top, floor]);
        for (place, row) in self.rows.iter().enumerate() {
            row.draw(&mut picture, &scale, top + ROW * (place as f64 + 0.5), self);
        }
        picture.finish(class(self.width))
    }

    fn scale(&self, places: [f64; 2]) -> Scale {
        let dots = self.rows.iter().flat_map(|row| &row.dots);
        let numbers = dots.flat_map(|dot| {
            let ends = dot.interval.into_iter().flatten();
            ends.chain([dot.value])
        });
        let references = self.references.iter().map(|(_, value)| *value);
        Scale::linear(numbers.chain(references), places)
    }

    /// Names stand over their lines, or as far to the left as the name to their right demands.
    fn draw_references(&self, picture: &mut Picture, scale: &Scale, [top, floor]: [f64; 2]) {
        let mut ordered: Vec<_> = self.references.iter().collect();
        ordered.sort_by(|one, other| other.1.total_cmp(&one.1));
        let mut end = self.width;
        for (name, value) in ordered {
            let (x, room) = (scale.at(*value), width(name) * 0.9);
            picture.line("reference", [x, top - 3.0], [x, floor]);
            let middle = x.min(end - room / 2.0);
            picture.text("reference-name", [middle, top - 9.0], Anchor::Middle, name);
            end = middle - room / 2.0 - 8.0;
        }
    }

    fn describe(&self) -> String {
        let rows = self.rows.iter().map(|row| {
            let number = |dot: &Dot| fixed(dot.value, self.digits);
            let numbers: Vec<String> = row.dots.iter().map(number).collect();
            format!("{}: {}", row.name, numbers.join(", "))
        });
        format!("{}. {}.", self.unit, rows.collect::<Vec<_>>().join("; "))
    }
}

impl Row {
    fn draw(&self, picture: &mut Picture, scale: &Scale, y: f64, chart: &Dots) {
        let name = if self.emphasised {
            "name strong"
        } else {
            "name"
        };
        let text = fit(&self.name, NAMES);
        picture.text(name, [NAMES, y + 4.0], Anchor::End, &text);
        let middle = (self.dots.len() as f64 - 1.0) / 2.0;
        let apart = (APART / middle.max(1.0)).min(APART);
        for (place, dot) in self.dots.iter().enumerate() {
            let x = scale.at(dot.value);
            let y = y + apart * (place as f64 - middle);
            if let Some([low, high]) = dot.interval {
                let class = format!("whisker {}", dot.style.class);
                picture.line(&class, [scale.at(low), y], [scale.at(high), y]);
            }
            let number = match dot.interval {
                None => fixed(dot.value, chart.digits),
                Some(ends) => crate::report::number::interval(dot.value, ends, chart.digits),
            };
            let of = if dot.of.is_empty() {
                String::new()
            } else {
                format!(", {}", dot.of)
            };
            let tip = format!("{}{of}: {number}", self.name);
            picture.mark(dot.style, dot.hollow, [x, y], &tip);
        }
        if let [dot] = self.dots.as_slice() {
            let class = if self.emphasised {
                "number strong"
            } else {
                "number"
            };
            let number = fixed(dot.value, chart.digits);
            picture.text(class, [chart.width - 2.0, y + 4.0], Anchor::End, &number);
        }
    }
}
