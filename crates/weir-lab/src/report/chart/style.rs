//! Series, told apart by colour and by shape: the palette of Okabe and Ito (2008), which people who
//! see few colours can tell apart too.

/// How the marks, lines and areas of one series look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Style {
    /// Names the colour and the dashes in the style sheet.
    pub(crate) class: &'static str,
    /// The outline of a mark around its place.
    pub(crate) shape: &'static str,
}

const CIRCLE: &str = "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0Z";
const SQUARE: &str = "M-4 -4H4V4H-4Z";
const TRIANGLE: &str = "M0 -5L5 4H-5Z";
const DIAMOND: &str = "M0 -5.5L5.5 0L0 5.5L-5.5 0Z";
const DOWN: &str = "M0 5L5 -4H-5Z";
const CROSS: &str = "M-1.4 -4.5H1.4V-1.4H4.5V1.4H1.4V4.5H-1.4V1.4H-4.5V-1.4H-1.4Z";

/// Blue circles: Weir's own, or the first of several.
pub(crate) const BLUE: Style = style("blue", CIRCLE);
/// Orange squares.
pub(crate) const ORANGE: Style = style("orange", SQUARE);
/// Green triangles.
pub(crate) const GREEN: Style = style("green", TRIANGLE);
/// Diamonds in the colour of the text: what knows more than a policy may.
pub(crate) const INK: Style = style("ink", DIAMOND);
/// Grey circles: what stays as it is.
pub(crate) const GREY: Style = style("grey", CROSS);
/// Red triangles that point down.
pub(crate) const RED: Style = style("red", DOWN);
/// Purple crosses.
pub(crate) const PURPLE: Style = style("purple", CROSS);
/// Sky-blue diamonds.
pub(crate) const SKY: Style = style("sky", DIAMOND);

/// For series without a meaning of their own, in this order.
pub(crate) const SERIES: [Style; 8] = [BLUE, ORANGE, GREEN, RED, PURPLE, SKY, INK, GREY];

const fn style(class: &'static str, shape: &'static str) -> Style {
    Style { class, shape }
}

/// What the marks mean, as HTML to stand above pictures.
pub(crate) fn legend(entries: &[(Style, String)]) -> String {
    let entry = |(style, name): &(Style, String)| {
        format!(
            r#"<li><svg class="key" viewBox="-7 -7 14 14" aria-hidden="true"><path class="mark {}" d="{}"/></svg>{}</li>"#,
            style.class,
            style.shape,
            super::super::markup::escape(name)
        )
    };
    let entries: String = entries.iter().map(entry).collect();
    format!(r#"<ul class="legend">{entries}</ul>"#)
}
