//! Numbers as people read them.

/// With that many digits after the point and a comma between thousands, never “−0.000”; very large
/// ones as a power of ten. A product that is too large to count is the largest number.
pub(super) fn fixed(value: f64, digits: usize) -> String {
    let size = value.abs().min(f64::MAX);
    let text = if size < 1e9 {
        grouped(&format!("{size:.digits$}"))
    } else {
        format!("{size:.2e}")
    };
    let nothing = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if value < 0.0 && !nothing {
        format!("−{text}")
    } else {
        text
    }
}

/// Ten thousand and more get commas.
fn grouped(text: &str) -> String {
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    if whole.len() < 5 {
        return text.to_owned();
    }
    let mut grouped = String::new();
    for (place, digit) in whole.char_indices() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

/// The same with its sign.
pub(super) fn signed(value: f64, digits: usize) -> String {
    let text = fixed(value, digits);
    if value > 0.0 {
        format!("+{text}")
    } else {
        text
    }
}

/// A share in percent.
pub(super) fn percent(share: f64, digits: usize) -> String {
    format!("{} %", fixed(100.0 * share, digits))
}

/// A mean with its interval.
pub(super) fn interval(value: f64, ends: [f64; 2], digits: usize) -> String {
    let [low, high] = ends.map(|end| fixed(end, digits));
    format!("{} ({low} to {high})", fixed(value, digits))
}
