//! How the local model answers, for those who want to say so: temperature, seed, length.

use std::str::FromStr;

use leptos::prelude::*;

use super::number_field::NumberField;

/// The hottest that is of any use.
const HOTTEST: f32 = 5.0;
/// The longest reply that can be asked for, in tokens.
const LONGEST: u32 = 4_096;

/// Fields for what every local reply should be like. Empty leaves it to Weir.
#[component]
pub(super) fn ReplySettings() -> impl IntoView {
    view! {
        <details data-testid="reply-settings">
            <summary class="field-label">"Advanced: how it answers"</summary>
            <NumberField
                id="weir-temperature"
                testid="weir-temperature"
                empty="As Weir does"
                label="Temperature: 0 is the most likely, more is wilder"
                written=Box::new(|settings| settings.replies.temperature.map(|it| it.to_string()))
                read=Box::new(|text| {
                    let value = read(text, 0.0, HOTTEST)?;
                    Ok(Box::new(move |settings| settings.replies.temperature = value))
                })
            />
            <NumberField
                id="weir-seed"
                testid="weir-seed"
                empty="As Weir does"
                label="Seed: the same one gives the same answer"
                written=Box::new(|settings| settings.replies.seed.map(|it| it.to_string()))
                read=Box::new(|text| {
                    let value = read(text, 0, u64::MAX)?;
                    Ok(Box::new(move |settings| settings.replies.seed = value))
                })
            />
            <NumberField
                id="weir-length"
                testid="weir-length"
                empty="As Weir does"
                label="Longest answer, in tokens"
                written=Box::new(|settings| settings.replies.max_tokens.map(|it| it.to_string()))
                read=Box::new(|text| {
                    let value = read(text, 1, LONGEST)?;
                    Ok(Box::new(move |settings| settings.replies.max_tokens = value))
                })
            />
        </details>
    }
}

fn read<T>(text: &str, least: T, most: T) -> Result<Option<T>, String>
where
    T: FromStr + PartialOrd + std::fmt::Display,
{
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<T>() {
        Ok(number) if number >= least && number <= most => Ok(Some(number)),
        _ => Err(format!(
            "Write a number from {least} to {most}. The last one stays in force."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_field_leaves_it_to_weir() {
        assert_eq!(read("  ", 0.0, HOTTEST), Ok(None));
        assert_eq!(read("0", 0.0, HOTTEST), Ok(Some(0.0)));
        assert_eq!(read(" 17 ", 0, u64::MAX), Ok(Some(17)));
    }

    #[test]
    fn what_is_out_of_reach_is_said() {
        for wrong in ["-1", "NaN", "inf", "5.1", "warm"] {
            assert!(read(wrong, 0.0, HOTTEST).is_err(), "{wrong}");
        }
        assert!(read("0", 1, LONGEST).is_err());
        assert!(read("-1", 0, u64::MAX).is_err());
    }
}
