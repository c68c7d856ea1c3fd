//! What is exported reads back as it was, in both forms.

use proptest::prelude::*;
use serde_json::Value;
use weir_core::{
    Basis, Entry, Ledger, Limits, Moment, NanoUsd, Span, Spending, Where,
    export::{COLUMNS, csv, json_lines},
};

/// What one line says, by column.
type Row = Vec<String>;

/// Reads RFC 4180: quotes are doubled inside quotes, lines end in CRLF.
fn read_csv(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = Row::new();
    let mut field = String::new();
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => field.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\r' if !quoted => {
                assert_eq!(letters.next(), Some('\n'), "a line ends in CRLF");
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            other => field.push(other),
        }
    }
    assert!(
        !quoted && row.is_empty() && field.is_empty(),
        "the last line ends"
    );
    rows
}

fn read_json(text: &str) -> Vec<Row> {
    text.lines()
        .map(|line| {
            let object: Value = serde_json::from_str(line).expect("a JSON object");
            assert_eq!(
                object.as_object().map(serde_json::Map::len),
                Some(COLUMNS.len())
            );
            let said = |name: &&str| match &object[*name] {
                Value::String(text) => text.clone(),
                Value::Null => panic!("no {name}"),
                number => number.to_string(),
            };
            COLUMNS.iter().map(said).collect()
        })
        .collect()
}

fn column<'a>(row: &'a Row, name: &str) -> &'a str {
    let place = COLUMNS.iter().position(|column| *column == name);
    place.map_or("", |place| &row[place])
}

/// Checks a line against its entry, each column read as what it is.
fn says(row: &Row, entry: &Entry) {
    let Entry {
        reserved,
        basis,
        charged,
    } = entry;
    let number = |name| column(row, name).parse::<u64>().expect("a number");
    let money = |name| column(row, name).parse::<NanoUsd>().expect("an amount");
    assert_eq!(number("number"), reserved.number.get());
    assert_eq!(number("dialogue"), reserved.stamp.dialogue);
    assert_eq!(number("turn"), reserved.stamp.turn);
    assert_eq!(number("millis"), charged.millis);
    assert_eq!(number("bytes"), charged.bytes);
    assert_eq!(number("images"), u64::from(charged.images));
    assert_eq!(money("usd"), charged.usd);
    assert_eq!(money("reserved_usd"), reserved.worst.usd);
    assert_eq!(column(row, "time"), reserved.at.to_string());
    assert_eq!(column(row, "day"), reserved.stamp.day.to_string());
    assert_eq!(column(row, "basis"), basis.name());
    let place = match &reserved.place {
        Where::Local { model } => ["local", "", model.as_str()],
        Where::Cloud { model, host } => ["cloud", host.as_str(), model.as_str()],
    };
    assert_eq!(
        ["place", "host", "model"].map(|name| column(row, name)),
        place
    );
}

fn call() -> impl Strategy<Value = (Where, Spending, Option<u64>, i64)> {
    // Names with everything that a separated line could stumble over.
    let name = r#"[a-z,"\r\n;=é\\ ]{0,12}"#;
    let place = prop_oneof![
        name.prop_map(|model| Where::Local { model }),
        (name, name).prop_map(|(model, host)| Where::Cloud { model, host }),
    ];
    let amounts = (any::<u32>(), any::<u32>(), any::<u32>(), 0..9_u32);
    let worst = amounts.prop_map(|(usd, millis, bytes, images)| Spending {
        usd: NanoUsd::new(u64::from(usd)),
        millis: u64::from(millis),
        bytes: u64::from(bytes),
        images,
    });
    let reported = proptest::option::of(0..u64::from(u32::MAX));
    (place, worst, reported, -30..30_i64)
}

fn keep(calls: Vec<(Where, Spending, Option<u64>, i64)>) -> Ledger {
    let mut ledger = Ledger::default();
    for (place, worst, reported, day) in calls {
        let now = Moment::new(1_800_000_000_000 + day * 86_400_000, 60);
        ledger.begin_turn(now);
        if let Where::Local { .. } = place {
            ledger.add_waiting(place, worst.millis, now);
            continue;
        }
        let reservation = ledger
            .reserve(&Limits::UNLIMITED, place, worst, now)
            .expect("there is no limit");
        if worst.bytes.is_multiple_of(5) {
            ledger.recover(|_| false);
        } else {
            ledger
                .settle(reservation, reported.map(NanoUsd::new), worst.millis)
                .expect("it was open");
        }
    }
    ledger
}

proptest! {
    #[test]
    fn both_forms_read_back_entry_by_entry(calls in prop::collection::vec(call(), 0..12)) {
        let ledger = keep(calls);
        let mut table = read_csv(&csv(ledger.entries()));
        prop_assert_eq!(table.remove(0), COLUMNS);
        for rows in [table, read_json(&json_lines(ledger.entries()))] {
            prop_assert_eq!(rows.len(), ledger.entries().len());
            for (row, entry) in rows.iter().zip(ledger.entries()) {
                says(row, entry);
            }
            let total: NanoUsd = rows
                .iter()
                .map(|row| column(row, "usd").parse::<NanoUsd>().expect("an amount"))
                .sum();
            prop_assert_eq!(total, ledger.spent(Span::Dialogue).usd, "the export is short of a charge");
        }
    }
}

#[test]
fn an_empty_ledger_is_a_header_and_no_lines() {
    assert_eq!(csv(&[]), COLUMNS.join(",") + "\r\n");
    assert_eq!(json_lines(&[]), "");
}

#[test]
fn a_line_is_as_a_table_wants_it() {
    let place = Where::Cloud {
        model: "large, \"new\"".to_owned(),
        host: "cloud.test".to_owned(),
    };
    let worst = Spending {
        usd: NanoUsd::new(2_000_000),
        bytes: 700,
        ..Spending::ZERO
    };
    let ledger = keep(vec![(
        place,
        Spending {
            bytes: 701,
            ..worst
        },
        Some(490_000),
        0,
    )]);
    let text = csv(ledger.entries());
    let line = text.lines().nth(1).expect("a line");
    assert_eq!(
        line,
        "0,2027-01-15T09:00:00.000+01:00,2027-01-15,0,1,cloud,cloud.test,\"large, \"\"new\"\"\",\
         reported,0.00049,0.002,0,701,0"
    );
    assert_eq!(ledger.entries()[0].basis, Basis::Reported);
}
