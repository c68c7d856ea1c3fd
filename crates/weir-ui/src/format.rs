//! Numbers as people read them.

/// Decimal units, as download pages and bills use them: `98.4 MB`, `512 bytes`.
#[must_use]
pub fn bytes(count: u64) -> String {
    const STEP: f64 = 1000.0;
    if count == 1 {
        return "1 byte".to_owned();
    }
    if count < 1000 {
        return format!("{count} bytes");
    }
    let mut amount = count as f64 / STEP;
    for unit in ["kB", "MB", "GB"] {
        // 999.95 would be printed as 1000.0.
        if amount < 999.95 {
            return format!("{amount:.1} {unit}");
        }
        amount /= STEP;
    }
    format!("{amount:.1} TB")
}

/// `350 ms`, `1.2 s`, `2 min 5 s`.
#[must_use]
pub fn millis(millis: u64) -> String {
    match millis {
        0 => "0 s".to_owned(),
        1..1_000 => format!("{millis} ms"),
        1_000..60_000 => format!("{:.1} s", (millis / 100) as f64 / 10.0),
        _ => duration(millis / 1_000),
    }
}

/// Whole seconds in the two largest units that are not zero: `11 s`, `2 min 5 s`, `1 h 3 min`.
#[must_use]
pub fn duration(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes, rest) {
        (0, 0, rest) => format!("{rest} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, rest) => format!("{minutes} min {rest} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// A forecast of seconds: `0.4 s`, `12 s`, `3 min`.
#[must_use]
pub fn expected_seconds(seconds: f32) -> String {
    match seconds {
        s if !s.is_finite() || s < 0.0 => "unknown".to_owned(),
        s if s < 9.95 => format!("{s:.1} s"),
        s => duration(s.round() as u64),
    }
}

/// A forecast of dollars, which is a guess and so gets two significant digits: `$0.00012`.
#[must_use]
pub fn expected_usd(usd: f32) -> String {
    if !usd.is_finite() {
        return "unknown".to_owned();
    }
    if usd <= 0.0 {
        return "$0".to_owned();
    }
    let digits = (1.0 - usd.log10().floor()).clamp(2.0, 9.0) as usize;
    format!("${usd:.digits$}")
}

/// A share between 0 and 1: `43 %`. What is not zero is never shown as zero.
#[must_use]
pub fn percent(share: f32) -> String {
    match share * 100.0 {
        p if !p.is_finite() || p <= 0.0 => "0 %".to_owned(),
        p if p < 1.0 => "< 1 %".to_owned(),
        p => format!("{:.0} %", p.min(100.0)),
    }
}

/// Seconds until `total` bytes are here at `rate` bytes per second; `None` while nothing moves.
#[must_use]
pub fn seconds_left(bytes: u64, total: u64, rate: f64) -> Option<u64> {
    let left = total.saturating_sub(bytes) as f64;
    (rate.is_finite() && rate >= 1.0).then(|| (left / rate).ceil() as u64)
}

/// `1,234,567`.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 token`, `2 tokens`.
#[must_use]
pub fn counted(number: u64, one: &str, many: &str) -> String {
    let noun = if number == 1 { one } else { many };
    format!("{} {noun}", count(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_take_the_largest_unit_that_fits() {
        assert_eq!(bytes(0), "0 bytes");
        assert_eq!(bytes(1), "1 byte");
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(98_362_432), "98.4 MB");
        assert_eq!(bytes(999_999), "1.0 MB");
        assert!(bytes(u64::MAX).ends_with("TB"));
    }

    #[test]
    fn times_take_the_unit_a_person_would() {
        assert_eq!(millis(0), "0 s");
        assert_eq!(millis(350), "350 ms");
        assert_eq!(millis(59_999), "59.9 s");
        assert_eq!(millis(125_000), "2 min 5 s");
        assert_eq!(duration(3_780), "1 h 3 min");
        assert_eq!(duration(120), "2 min");
        assert_eq!(expected_seconds(0.42), "0.4 s");
        assert_eq!(expected_seconds(9.97), "10 s");
        assert_eq!(expected_seconds(f32::NAN), "unknown");
    }

    #[test]
    fn a_forecast_of_money_keeps_two_significant_digits() {
        assert_eq!(expected_usd(0.000_123), "$0.00012");
        assert_eq!(expected_usd(0.0), "$0");
        assert_eq!(expected_usd(1.5), "$1.50");
    }

    #[test]
    fn a_small_share_is_not_zero() {
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(0.004), "< 1 %");
        assert_eq!(percent(0.43), "43 %");
        assert_eq!(percent(1.2), "100 %");
    }

    #[test]
    fn a_stalled_download_has_no_end_in_sight() {
        assert_eq!(seconds_left(40, 100, 0.0), None);
        assert_eq!(seconds_left(40, 100, f64::NAN), None);
        assert_eq!(seconds_left(40, 100, 25.0), Some(3));
        assert_eq!(seconds_left(100, 100, 25.0), Some(0));
        assert_eq!(seconds_left(120, 100, 25.0), Some(0));
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!(count(1_000_000), "1,000,000");
        assert_eq!(count(999), "999");
        assert_eq!(counted(1, "token", "tokens"), "1 token");
        assert_eq!(counted(1_024, "token", "tokens"), "1,024 tokens");
    }
}
