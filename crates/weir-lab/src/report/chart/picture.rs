//! An SVG picture being drawn. Everything that is put into it stands inside its view box.

use std::fmt::Write as _;

use super::{super::markup::escape, style::Style};

/// What is drawn so far.
#[derive(Debug)]
pub(crate) struct Picture {
    size: [f64; 2],
    title: String,
    description: String,
    body: String,
}

/// Which part of a text stands at its place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Anchor {
    Middle,
    End,
}

/// Width of a letter, roughly.
const LETTER: f64 = 6.7;

impl Picture {
    /// An empty picture. Title and description are for those who cannot see it.
    pub(crate) fn new(size: [f64; 2], title: &str, description: &str) -> Self {
        Self {
            size,
            title: title.to_owned(),
            description: description.to_owned(),
            body: String::new(),
        }
    }

    /// A straight line.
    pub(crate) fn line(&mut self, class: &str, from: [f64; 2], to: [f64; 2]) {
        let ([x1, y1], [x2, y2]) = (self.inside(from), self.inside(to));
        let _ = write!(
            self.body,
            r#"<line class="{class}" x1="{x1:.2}" y1="{y1:.2}" x2="{x2:.2}" y2="{y2:.2}"/>"#
        );
    }

    /// A line through points, or the area that they surround.
    pub(crate) fn path(&mut self, class: &str, points: &[[f64; 2]], closed: bool) {
        let mut track = String::new();
        for (place, point) in points.iter().enumerate() {
            let [x, y] = self.inside(*point);
            let letter = if place == 0 { 'M' } else { 'L' };
            let _ = write!(track, "{letter}{x:.2} {y:.2}");
        }
        if closed {
            track.push('Z');
        }
        let _ = write!(self.body, r#"<path class="{class}" d="{track}"/>"#);
    }

    /// A rectangle; `attributes` are written into it as they are. `tip` is shown where a pointer
    /// rests on it.
    pub(crate) fn rect(
        &mut self,
        class: &str,
        attributes: &str,
        corner: [f64; 2],
        size: [f64; 2],
        tip: &str,
    ) {
        let [x, y] = self.inside(corner);
        let [right, bottom] = self.inside([corner[0] + size[0], corner[1] + size[1]]);
        let (width, height) = (right - x, bottom - y);
        let _ = write!(
            self.body,
            r#"<rect class="{class}" {attributes} x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}">{}</rect>"#,
            tooltip(tip)
        );
    }

    /// One line of text.
    pub(crate) fn text(&mut self, class: &str, at: [f64; 2], anchor: Anchor, text: &str) {
        let [x, y] = self.inside(at);
        let anchor = match anchor {
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let _ = write!(
            self.body,
            r#"<text class="{class}" x="{x:.2}" y="{y:.2}" text-anchor="{anchor}">{}</text>"#,
            escape(text)
        );
    }

    /// A mark of a series.
    pub(crate) fn mark(&mut self, style: Style, hollow: bool, at: [f64; 2], tip: &str) {
        let [x, y] = self.inside(at);
        let hollow = if hollow { " hollow" } else { "" };
        let _ = write!(
            self.body,
            r#"<path class="mark {}{hollow}" transform="translate({x:.2} {y:.2})" d="{}">{}</path>"#,
            style.class,
            style.shape,
            tooltip(tip)
        );
    }

    /// The picture, to stand in a page.
    pub(crate) fn finish(self, class: &str) -> String {
        let [width, height] = self.size;
        format!(
            r#"<svg class="{class}" viewBox="0 0 {width:.0} {height:.0}" role="img"><title>{}</title><desc>{}</desc>{}</svg>"#,
            escape(&self.title),
            escape(&self.description),
            self.body
        )
    }

    fn inside(&self, at: [f64; 2]) -> [f64; 2] {
        [
            at[0].clamp(0.0, self.size[0]),
            at[1].clamp(0.0, self.size[1]),
        ]
    }
}

fn tooltip(tip: &str) -> String {
    if tip.is_empty() {
        String::new()
    } else {
        format!("<title>{}</title>", escape(tip))
    }
}

/// How wide a text is, roughly.
pub(crate) fn width(text: &str) -> f64 {
    text.chars().count() as f64 * LETTER
}

/// As much of a text as has room.
pub(crate) fn fit(text: &str, room: f64) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let letters = ((room / LETTER) as usize).saturating_sub(1);
    let kept: String = text.chars().take(letters).collect();
    format!("{}…", kept.trim_end())
}
