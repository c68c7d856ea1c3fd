//! Shares of a whole, one bar a name; each share has a pattern beside its colour.

use super::{
    class,
    picture::{Anchor, Picture, fit},
};

/// A chart of bars.
#[derive(Debug)]
pub(crate) struct Stacked {
    /// For those who cannot see it.
    pub(crate) title: String,
    /// What the bars are.
    pub(crate) across: String,
    /// What the shares are, from the bottom to the top.
    pub(crate) parts: Vec<String>,
    /// Names of the bars with their shares, in the order of the parts.
    pub(crate) bars: Vec<(String, Vec<f64>)>,
    /// Width of the picture.
    pub(crate) width: f64,
}

const LEFT: f64 = 44.0;
const TOP: f64 = 8.0;
const HEIGHT: f64 = 150.0;
const BOTTOM: f64 = 40.0;

impl Stacked {
    /// The picture. Shares that are more than a whole together are cut off.
    pub(crate) fn draw(&self) -> String {
        let size = [self.width, TOP + HEIGHT + BOTTOM];
        let mut picture = Picture::new(size, &self.title, &self.describe());
        let floor = TOP + HEIGHT;
        for tick in 0..=4 {
            let share = f64::from(tick) / 4.0;
            let y = floor - HEIGHT * share;
            picture.line("grid", [LEFT, y], [self.width, y]);
            let label = format!("{:.0} %", 100.0 * share);
            picture.text("tick", [LEFT - 6.0, y + 4.0], Anchor::End, &label);
        }
        let each = (self.width - LEFT) / self.bars.len().max(1) as f64;
        for (place, (name, shares)) in self.bars.iter().enumerate() {
            let middle = LEFT + each * (place as f64 + 0.5);
            let wide = (each * 0.72).min(64.0);
            let mut below = 0.0_f64;
            for (part, share) in shares.iter().enumerate() {
                let above = (below + share.clamp(0.0, 1.0)).min(1.0);
                let corner = [middle - wide / 2.0, floor - HEIGHT * above];
                let size = [wide, HEIGHT * (above - below)];
                let what = self.parts.get(part).map_or("", String::as_str);
                let tip = format!("{name}, {what}: {:.1} %", 100.0 * share);
                picture.rect(&format!("part part{part}"), "", corner, size, &tip);
                below = above;
            }
            let label = fit(name, each);
            picture.text("tick", [middle, floor + 16.0], Anchor::Middle, &label);
        }
        let middle = f64::midpoint(LEFT, self.width);
        picture.text("unit", [middle, floor + 34.0], Anchor::Middle, &self.across);
        picture.finish(class(self.width))
    }

    fn describe(&self) -> String {
        let bars = self.bars.iter().map(|(name, shares)| {
            let shares = self.parts.iter().zip(shares);
            let shares = shares.map(|(part, share)| format!("{part} {:.1} %", 100.0 * share));
            format!("{name}: {}", shares.collect::<Vec<_>>().join(", "))
        });
        let bars = bars.collect::<Vec<_>>().join("; ");
        format!("Shares by {}. {bars}.", self.across)
    }
}

/// What the shares mean, as HTML to stand above pictures.
pub(crate) fn legend(parts: &[&str]) -> String {
    let entry = |(part, name): (usize, &&str)| {
        format!(
            r#"<li><svg class="key" viewBox="0 0 14 14" aria-hidden="true"><rect class="part part{part}" width="14" height="14" rx="2"/></svg>{name}</li>"#
        )
    };
    let entries: String = parts.iter().enumerate().map(entry).collect();
    format!(r#"<ul class="legend">{entries}</ul>"#)
}

/// The patterns that the style sheet fills shares with; they stand once in a page.
pub(crate) const PATTERNS: &str = r#"<svg class="patterns" aria-hidden="true"><defs>
<pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="part-sky" width="6" height="6"/><rect class="part-line" width="1.5" height="6"/></pattern>
<pattern id="points" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="part-green" width="6" height="6"/><circle class="part-line" cx="3" cy="3" r="1.1"/></pattern>
<pattern id="crossed" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="part-orange" width="6" height="6"/><path class="part-stroke" d="M0 0H6M0 0V6"/></pattern>
</defs></svg>"#;
