use proptest::prelude::*;
use weir_lab::checks::reading::{comma_items, items, numbers, plain, sentences, words};

#[test]
fn numbers_are_read_as_people_write_them() {
    for (text, expected) in [
        ("1,000 or 1,234,567", vec![1000.0, 1_234_567.0]),
        ("1.234.567 oder 1.234,5", vec![1_234_567.0, 1234.5]),
        ("2,5 kg and 0,500 l", vec![2.5, 0.5]),
        ("1,234.5", vec![1234.5]),
        ("4,9,15,31", vec![4.0, 9.0, 15.0, 31.0]),
        ("on 22.11.2026.", vec![22.0, 11.0, 2026.0]),
        ("at 14:05 or 3pm", vec![14.0, 5.0, 3.0]),
        ("H2O and x_1", vec![]),
        (
            "-4, (−5), 3-2 and 7 - 6",
            vec![-4.0, -5.0, 3.0, 2.0, 7.0, 6.0],
        ),
        ("20%, $30, €40 and 50.", vec![20.0, 30.0, 40.0, 50.0]),
    ] {
        assert_eq!(numbers(text), expected, "{text}");
    }
}

#[test]
fn sentences_end_where_people_end_them() {
    for (text, count) in [
        ("", 0),
        ("…", 0),
        ("One", 1),
        ("One. Two! Three?", 3),
        ("Mr. Smith paid 3.50. He left.", 2),
        ("He said \"Go.\" Then he left.", 2),
        ("At 7 p.m. we leave.", 1),
        ("Wait... what?", 1),
        ("Really?! Yes.", 2),
    ] {
        assert_eq!(sentences(text), count, "{text}");
    }
}

#[test]
fn items_are_marked_lines_or_else_all_lines() {
    assert_eq!(items("Here:\n- a\n* b\n• c\n\nBye"), ["a", "b", "c"]);
    assert_eq!(items("1. a\n2) b\n10. c"), ["a", "b", "c"]);
    assert_eq!(items("a\n\n b \nA\n---"), ["a", "b"]);
    assert_eq!(items("**bold**\n1.5 litres"), ["**bold**", "1.5 litres"]);
    assert_eq!(
        comma_items("red, green,, Red, blue."),
        ["red", "green", "blue"]
    );
}

proptest! {
    #[test]
    fn a_number_is_read_in_every_notation(value in 0_u32..2_000_000_000, cents in 1_u32..100) {
        let whole = f64::from(value);
        let with_cents = f64::from(value) + f64::from(cents) / 100.0;
        let digits = value.to_string();
        let grouped: String = digits
            .char_indices()
            .flat_map(|(at, digit)| {
                let mark = (at > 0 && (digits.len() - at) % 3 == 0).then_some(',');
                mark.into_iter().chain([digit])
            })
            .collect();
        prop_assert_eq!(numbers(&format!("It is {grouped}!")), vec![whole]);
        for written in [
            format!("{value}.{cents:02}"),
            format!("{grouped}.{cents:02}"),
format!("{},{cents:02}", grouped.replace(',', ".")),
        ] {
            let read = numbers(&format!("({written} in all)"));
            prop_assert_eq!(read.len(), 1, "{}", &written);
            prop_assert!((read[0] - with_cents).abs() < 1e-6, "{} is read as {}", written, read[0]);
        }
    }

    #[test]
    fn plain_text_is_as_plain_as_it_gets(text in any::<String>()) {
        let once = plain(&text);
        prop_assert_eq!(plain(&once), once);
    }

    #[test]
    fn a_list_has_as_many_items_as_were_put_into_it(words in prop::collection::btree_set("[a-z]{1,8}", 1..9)) {
        let list = |mark: fn(usize) -> String| -> String {
            let lines = words.iter().enumerate();
            lines.map(|(place, word)| format!("{}{word}\n", mark(place + 1))).collect()
        };
        let expected: Vec<&str> = words.iter().map(String::as_str).collect();
        for text in [
            list(|place| format!("{place}. ")),
            list(|_| "- ".into()),
            list(|_| String::new()),
        ] {
            prop_assert_eq!(items(&text), expected.clone());
        }
        let sentence = expected.join(", ");
        prop_assert_eq!(comma_items(&sentence), expected);
    }

    #[test]
    fn counts_add_up(one in "[A-Z][a-z]{4,6}( [a-z]{4,6}){0,5}[.!?]", other in "[A-Z][a-z]{4,6}( [a-z]{4,6}){0,5}[.!?]") {
        let both = format!("{one} {other}");
        prop_assert_eq!(words(&both), words(&one) + words(&other));
        prop_assert_eq!(sentences(&both), 2);
    }
}
