//! Charts: numbers as SVG pictures. Each chart is a description with a `draw`.
//!
//! - [`dots`]: a row a name, its numbers as marks with intervals.
//! - [`lines`]: numbers over numbers, connected or not, with bands.
//! - [`stacked`]: shares of a whole.
//! - [`heat`]: numbers over two lists.
//! - [`scale`], [`picture`], [`style`]: what they are drawn with.

pub(super) mod dots;
pub(super) mod heat;
pub(super) mod lines;
pub(super) mod picture;
pub(super) mod scale;
pub(super) mod stacked;
pub(super) mod style;

/// Width of a picture that stands beside others.
pub(super) const PANEL: f64 = 460.0;
/// Width of a picture that stands alone.
pub(super) const WIDE: f64 = 940.0;

/// The class of a picture of that width in the style sheet.
pub(super) fn class(width: f64) -> &'static str {
    if width > PANEL { "wide" } else { "panel" }
}
