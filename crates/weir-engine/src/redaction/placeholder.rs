//! What stands in a text in place of a detail: `[EMAIL_1]`.

use super::Detail;

/// Digits that a placeholder has at most.
const DIGITS: usize = 9;

/// Whether a text that begins with a bracket begins with a placeholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// With one of so many bytes.
    Whole(usize),
    /// It may, once more of it has come.
    Begun,
    /// It does not.
    Other,
}

/// The placeholder of the dialogue's `number`th detail.
pub(super) fn named(detail: Detail, number: usize) -> String {
    format!("[{}_{number}]", name(detail))
}

const fn name(detail: Detail) -> &'static str {
    match detail {
        Detail::Email => "EMAIL",
        Detail::Phone => "PHONE",
        Detail::Card => "CARD",
        Detail::Key => "KEY",
        Detail::Text => "TEXT",
    }
}

/// Whether `text` begins with a placeholder.
pub(super) fn shape(text: &str) -> Shape {
    let of = |detail| of_name(text, name(detail));
    Detail::ALL
        .map(of)
        .into_iter()
        .find(|shape| *shape != Shape::Other)
        .unwrap_or(Shape::Other)
}

fn of_name(text: &str, name: &str) -> Shape {
    let front = format!("[{name}_");
    let Some(number) = text.strip_prefix(&front) else {
        return if front.starts_with(text) {
            Shape::Begun
        } else {
            Shape::Other
        };
    };
    let digits = number.len()
        - number
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .len();
    match number[digits..].chars().next() {
        Some(']') if (1..=DIGITS).contains(&digits) => Shape::Whole(front.len() + digits + 1),
        None if digits <= DIGITS => Shape::Begun,
        _ => Shape::Other,
    }
}
