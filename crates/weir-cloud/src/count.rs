//! Counts of tokens in a report.

use serde_json::Value;

/// The first of `names` that `object` has, if it is a whole number of tokens.
pub(crate) fn required(object: &Value, names: &[&str]) -> Option<u64> {
    whole(names.iter().find_map(|name| object.get(name))?)
}

/// A count that may be left out: 0 if it is missing or null, `None` if it is there but no count.
pub(crate) fn optional(object: &Value, name: &str) -> Option<u64> {
    match object.get(name) {
        None | Some(Value::Null) => Some(0),
        Some(value) => whole(value),
    }
}

fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let value = value.as_f64()?;
        // Some gateways write counts as 12.0; beyond 2^53 a double is no count any more.
        (value >= 0.0 && value.fract() == 0.0 && value < 9.0e15).then_some(value as u64)
    })
}
