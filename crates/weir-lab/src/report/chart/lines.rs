//! Numbers over numbers: curves with bands, or points by themselves.

use super::{
    class,
    picture::{Anchor, Picture, width},
    scale::Scale,
    style::Style,
};
use crate::report::number::fixed;

/// A chart of series.
#[derive(Debug)]
pub(crate) struct Lines {
    /// For those who cannot see it.
    pub(crate) title: String,
    /// What goes to the right.
    pub(crate) across: Axis,
    /// What goes up.
    pub(crate) up: Axis,
    /// What is drawn, the last on top.
    pub(crate) series: Vec<Series>,
    /// Width of the picture.
    pub(crate) width: f64,
}

/// One direction.
#[derive(Debug)]
pub(crate) struct Axis {
    /// What the numbers are.
    pub(crate) unit: String,
    /// Whether factors are equally wide.
    pub(crate) logarithmic: bool,
    /// A number that must be in the picture.
    pub(crate) includes: Option<f64>,
}

/// Points of one name.
#[derive(Debug)]
pub(crate) struct Series {
    /// The name.
    pub(crate) name: String,
    /// How it is drawn.
    pub(crate) style: Style,
    /// Whether a line goes through the points.
    pub(crate) connected: bool,
    /// Only the outlines of marks.
    pub(crate) hollow: bool,
    /// The points.
    pub(crate) points: Vec<Point>,
}

/// A point.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    /// To the right.
    pub(crate) x: f64,
    /// Up.
    pub(crate) y: f64,
    /// The interval of `y`, if it has one.
    pub(crate) band: Option<[f64; 2]>,
    /// What is written beside it, if there is room.
    pub(crate) label: Option<String>,
}

const LEFT: f64 = 52.0;
const RIGHT: f64 = 26.0;
const TOP: f64 = 10.0;
const HEIGHT: f64 = 250.0;
const BOTTOM: f64 = 44.0;

impl Axis {
    /// A direction in which equal differences are equally wide.
    pub(crate) fn linear(unit: &str) -> Self {
        Self {
            unit: unit.into(),
            logarithmic: false,
            includes: None,
        }
    }

    /// The same from 0.
    pub(crate) fn from_zero(unit: &str) -> Self {
        Self {
            includes: Some(0.0),
            ..Self::linear(unit)
        }
    }

    /// A direction in which equal factors are equally wide.
    pub(crate) fn logarithmic(unit: &str) -> Self {
        Self {
            logarithmic: true,
            ..Self::linear(unit)
        }
    }

    fn scale(&self, values: impl Iterator<Item = f64>, places: [f64; 2]) -> Scale {
        let values = values.chain(self.includes);
        if self.logarithmic {
            Scale::logarithmic(values, places)
        } else {
            Scale::linear(values, places)
        }
    }
}

impl Point {
    /// A point without band and label.
    pub(crate) const fn at(x: f64, y: f64) -> Self {
        Self {
            x,
            y,
            band: None,
            label: None,
        }
    }
}

impl Lines {
    /// The picture.
    pub(crate) fn draw(&self) -> String {
        let size = [self.width, TOP + HEIGHT + BOTTOM];
        let mut picture = Picture::new(size, &self.title, &self.describe());
        let (floor, right) = (TOP + HEIGHT, self.width - RIGHT);
        let points = || self.series.iter().flat_map(|series| &series.points);
        let x = self
            .across
            .scale(points().map(|point| point.x), [LEFT, right]);
        let heights = points().flat_map(|point| {
            let band = point.band.into_iter().flatten();
            band.chain([point.y])
        });
        let y = self.up.scale(heights, [floor, TOP]);
        for (value, label) in y.ticks() {
            let at = y.at(value);
            picture.line("grid", [LEFT, at], [right, at]);
            picture.text("tick", [LEFT - 6.0, at + 4.0], Anchor::End, &label);
        }
        for (value, label) in x.ticks() {
            let at = x.at(value);
            picture.line("grid", [at, TOP], [at, floor]);
            picture.text("tick", [at, floor + 15.0], Anchor::Middle, &label);
        }
        let middle = f64::midpoint(LEFT, right);
        picture.text(
            "unit",
            [middle, floor + 36.0],
            Anchor::Middle,
            &self.across.unit,
        );
        for series in &self.series {
            series.draw(&mut picture, &x, &y);
        }
        self.draw_labels(&mut picture, &x, &y);
        picture.finish(class(self.width))
    }

    /// Labels stand to the right of their points, or to the left, above or below; where all four
    /// places are taken there is none.
    fn draw_labels(&self, picture: &mut Picture, x: &Scale, y: &Scale) {
        let points = || self.series.iter().flat_map(|series| &series.points);
        let mut taken: Vec<Area> = points()
            .map(|point| Area::around([x.at(point.x), y.at(point.y)], [9.0, 9.0]))
            .collect();
        for point in points() {
            let Some(label) = &point.label else { continue };
            let ([px, py], wide) = ([x.at(point.x), y.at(point.y)], width(label) * 0.92);
            let places = [
                [px + 9.0 + wide / 2.0, py],
                [px - 9.0 - wide / 2.0, py],
                [px, py - 13.0],
                [px, py + 13.0],
                [px + 6.0 + wide / 2.0, py - 13.0],
                [px + 6.0 + wide / 2.0, py + 13.0],
                [px - 6.0 - wide / 2.0, py - 13.0],
                [px - 6.0 - wide / 2.0, py + 13.0],
            ];
            let frame = Area([LEFT, TOP, self.width, TOP + HEIGHT]);
            let areas = places.map(|place| (place, Area::around(place, [wide, 12.0])));
            let free = areas.into_iter().find(|(_, area)| {
                frame.holds(area) && !taken.iter().any(|other| other.meets(area))
            });
            if let Some(([lx, ly], area)) = free {
                picture.text("label", [lx, ly + 4.0], Anchor::Middle, label);
                taken.push(area);
            }
        }
    }

    fn describe(&self) -> String {
        let series = self.series.iter().map(|series| {
            let ends = series.points.first().zip(series.points.last());
            let text = ends.map_or("no points".to_owned(), |(first, last)| {
                let end = |point: &Point| format!("{} at {}", fixed(point.y, 3), fixed(point.x, 3));
                if series.points.len() == 1 {
                    end(first)
                } else {
                    format!("from {} to {}", end(first), end(last))
                }
            });
            format!("{}: {text}", series.name)
        });
        let series = series.collect::<Vec<_>>().join("; ");
        format!("{} over {}. {series}.", self.up.unit, self.across.unit)
    }
}

impl Series {
    fn draw(&self, picture: &mut Picture, x: &Scale, y: &Scale) {
        let banded = || {
            self.points
                .iter()
                .filter_map(|point| Some((point.x, point.band?)))
        };
        if self.connected {
            let upper = banded().map(|(px, [_, high])| [x.at(px), y.at(high)]);
            let mut lower: Vec<[f64; 2]> = banded()
                .map(|(px, [low, _])| [x.at(px), y.at(low)])
                .collect();
            lower.reverse();
            let outline: Vec<[f64; 2]> = upper.chain(lower).collect();
            if !outline.is_empty() {
                picture.path(&format!("band {}", self.style.class), &outline, true);
            }
            let points = self
                .points
                .iter()
                .map(|point| [x.at(point.x), y.at(point.y)]);
            let points: Vec<[f64; 2]> = points.collect();
            if points.len() > 1 {
                picture.path(&format!("curve {}", self.style.class), &points, false);
            }
        } else {
            for (px, [low, high]) in banded() {
                let class = format!("whisker {}", self.style.class);
                picture.line(&class, [x.at(px), y.at(low)], [x.at(px), y.at(high)]);
            }
        }
        for point in &self.points {
            let name = point.label.as_deref().unwrap_or(&self.name);
            let tip = format!("{name}: {} at {}", fixed(point.y, 3), fixed(point.x, 3));
            picture.mark(
                self.style,
                self.hollow,
                [x.at(point.x), y.at(point.y)],
                &tip,
            );
        }
    }
}

/// Left, top, right, bottom.
#[derive(Clone, Copy, Debug)]
struct Area([f64; 4]);

impl Area {
    fn around([x, y]: [f64; 2], [wide, high]: [f64; 2]) -> Self {
        Self([
            x - wide / 2.0,
            y - high / 2.0,
            x + wide / 2.0,
            y + high / 2.0,
        ])
    }

    fn meets(&self, other: &Self) -> bool {
        let ([l, t, r, b], [left, top, right, bottom]) = (self.0, other.0);
        l < right && left < r && t < bottom && top < b
    }

    fn holds(&self, other: &Self) -> bool {
        let ([l, t, r, b], [left, top, right, bottom]) = (self.0, other.0);
        l <= left && t <= top && right <= r && bottom <= b
    }
}
