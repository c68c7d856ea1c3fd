//! A ledger's entries as files that a user takes along.
//!
//! Both forms have the same columns in the same spelling. Dollars are decimal text, exact to the
//! last digit; times are RFC 3339 with the user's offset. `day` is the day that paid, which is
//! later than that of `time` where the clock had been set back.

use serde_json::{Map, Value};

use crate::{dialogue::Where, entry::Entry, money::NanoUsd};

/// Names of the columns, in order.
pub const COLUMNS: [&str; 14] = [
    "number",
    "time",
    "day",
    "dialogue",
    "turn",
    "place",
    "host",
    "model",
    "basis",
    "usd",
    "reserved_usd",
    "millis",
    "bytes",
    "images",
];

/// Comma-separated values with a header line (RFC 4180).
#[must_use]
pub fn csv(entries: &[Entry]) -> String {
    let header = COLUMNS.map(str::to_owned);
    let rows = entries.iter().map(|entry| {
        values(entry).map(|value| match value {
            Value::String(text) => field(&text),
            other => other.to_string(),
        })
    });
    std::iter::once(header)
        .chain(rows)
        .map(|row| row.join(",") + "\r\n")
        .collect()
}

/// One JSON object a line, with [`COLUMNS`] as its names.
#[must_use]
pub fn json_lines(entries: &[Entry]) -> String {
    let names = || COLUMNS.iter().map(|name| (*name).to_owned());
    entries
        .iter()
        .map(|entry| names().zip(values(entry)).collect::<Map<_, _>>())
        .map(|object| Value::Object(object).to_string() + "\n")
        .collect()
}

fn values(entry: &Entry) -> [Value; COLUMNS.len()] {
    let Entry {
        reserved,
        basis,
        charged,
    } = entry;
    let (place, host, model) = match &reserved.place {
        Where::Local { model } => ("local", "", model),
        Where::Cloud { model, host } => ("cloud", host.as_str(), model),
    };
    [
        reserved.number.get().into(),
        reserved.at.to_string().into(),
        reserved.stamp.day.to_string().into(),
        reserved.stamp.dialogue.into(),
        reserved.stamp.turn.into(),
        place.into(),
        host.into(),
        model.as_str().into(),
        basis.name().into(),
        dollars(charged.usd).into(),
        dollars(reserved.worst.usd).into(),
        charged.millis.into(),
        charged.bytes.into(),
        charged.images.into(),
    ]
}

/// Without the sign, so that a table reads it as a number.
fn dollars(amount: NanoUsd) -> String {
    amount.to_string().replace('$', "")
}

fn field(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
