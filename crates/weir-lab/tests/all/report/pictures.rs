use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    everything,
    markup::{self, Element},
    page_of, tmo, tmo_file, weir, weir_file,
};

/// The pictures of a figure.
fn pictures<'a>(root: &'a Element, title: &str) -> Vec<&'a Element> {
    let figure = root.named("figure").into_iter().find(|figure| {
        figure
            .named("h3")
            .iter()
            .any(|heading| heading.text == title)
    });
    let mut pictures = figure
        .unwrap_or_else(|| panic!("no figure “{title}”"))
        .named("svg");
    pictures.retain(|svg| svg.attribute("role") == "img");
    pictures
}

/// Numbers that are marked along the bottom, with where they stand.
fn ticks(picture: &Element) -> Vec<(f64, f64)> {
    let texts = picture.named("text").into_iter();
    let ticks = texts.filter(|text| text.is("tick") && text.attribute("text-anchor") == "middle");
    ticks
        .map(|tick| (read(&tick.text), tick.number("x")))
        .collect()
}

fn read(number: &str) -> f64 {
    let number = number.replace('−', "-").replace(',', "");
    match number.strip_suffix('k') {
        Some(thousands) => 1e3 * thousands.parse::<f64>().unwrap(),
        None => number.parse().unwrap(),
    }
}

/// Where a number must stand, judged by two marked numbers.
fn place(ticks: &[(f64, f64)], value: f64) -> f64 {
    let (first, last) = (ticks[0], ticks[ticks.len() - 1]);
    first.1 + (last.1 - first.1) * (value - first.0) / (last.0 - first.0)
}

/// Marks with their tips.
fn marks(picture: &Element) -> Vec<(&Element, &str)> {
    let marks = picture
        .named("path")
        .into_iter()
        .filter(|path| path.is("mark"));
    marks
        .map(|mark| (mark, mark.children[0].text.as_str()))
        .collect()
}

#[test]
fn marks_and_intervals_stand_where_their_numbers_say() {
    let value = tmo();
    let root = markup::read(&page_of(&[tmo_file(value.clone())]));
    let picture = pictures(&root, "Reward")[0];
    let ticks = ticks(picture);
    let policies = value["networks"]["Wired"].as_object().unwrap();
    let drawn = marks(picture);
    assert_eq!(
        drawn.len(),
        policies.len() - 1,
        "of two constant actions only the better"
    );
    for (name, label) in [
        ("weir", "Weir"),
        ("local", "always local"),
        ("a2c", "A2C"),
        ("cloud", "cloud"),
    ] {
        let reward = policies[name]["reward"].as_f64().unwrap();
        let (mark, _) = drawn
            .iter()
            .find(|(_, tip)| tip.starts_with(&format!("{label}:")))
            .unwrap();
        let [x, y] = mark.place();
        assert!((x - place(&ticks, reward)).abs() < 0.02, "{name} at {x}");
        assert_eq!(mark.is("hollow"), name == "cloud", "{name}");
        let whisker = picture
            .named("line")
            .into_iter()
            .find(|line| line.is("whisker") && (line.number("y1") - y).abs() < 0.01);
        let whisker = whisker.unwrap();
        assert!((whisker.number("x1") - place(&ticks, reward - 0.0625)).abs() < 0.02);
        assert!((whisker.number("x2") - place(&ticks, reward + 0.125)).abs() < 0.02);
    }
    let heights: Vec<f64> = drawn.iter().map(|(mark, _)| mark.place()[1]).collect();
    assert!(heights.is_sorted(), "rows go down");
    let places: Vec<f64> = drawn.iter().map(|(mark, _)| mark.place()[0]).collect();
    assert!(places.iter().rev().is_sorted(), "the best first");
    let lines = picture
        .named("line")
        .into_iter()
        .filter(|line| line.is("reference"));
    let mut references: Vec<f64> = lines.map(|line| line.number("x1")).collect();
    references.sort_by(f64::total_cmp);
    assert!((references[0] - place(&ticks, 1.25)).abs() < 0.02);
    assert!((references[1] - place(&ticks, 1.5)).abs() < 0.02);
}

#[test]
fn curves_go_through_their_points() {
    let root = markup::read(&everything());
    let picture = pictures(&root, "Learning curves")[0];
    let ticks = ticks(picture);
    let mut drawn = marks(picture);
    drawn.retain(|(_, tip)| tip.starts_with("A2C"));
    for ((mark, _), steps) in drawn.iter().zip([0.0, 15_000.0, 30_000.0]) {
        assert!((mark.place()[0] - place(&ticks, steps)).abs() < 0.02);
    }
    let heights: Vec<f64> = drawn.iter().map(|(mark, _)| mark.place()[1]).collect();
    let [low, middle, high] = heights.as_slice() else {
        panic!("{heights:?}")
    };
    assert!(
        ((low - middle) / (low - high) - 0.6).abs() < 0.01,
        "0.5, 0.8, 1.0 upwards"
    );
    let curve = picture
        .named("path")
        .into_iter()
        .find(|path| path.is("curve"))
        .unwrap();
    for (mark, _) in drawn {
        let [x, y] = mark.place();
        assert!(curve.attribute("d").contains(&format!("{x:.2} {y:.2}")));
    }
}

#[test]
fn shares_fill_their_part_of_a_bar() {
    let root = markup::read(&everything());
    let bars = pictures(&root, "What is done over budgets");
    assert_eq!(bars.len(), 2, "one for each limit of seconds");
    let parts: Vec<&Element> = bars[0].named("rect");
    assert_eq!(parts.len(), 3 * 4);
    let height: f64 = parts[..4].iter().map(|part| part.number("height")).sum();
    for (part, share) in parts[..4].iter().zip([0.5, 0.25, 0.125, 0.125]) {
        assert!((part.number("height") / height - share).abs() < 1e-3);
    }
    let floors: Vec<f64> = parts[..4].iter().map(|part| part.number("y")).collect();
    assert!(
        floors.iter().rev().is_sorted(),
        "from the bottom to the top"
    );
}

#[test]
fn more_is_darker() {
    let root = markup::read(&everything());
    let heat = pictures(&root, "Reward over budgets")[0];
    let depths: Vec<f64> = heat
        .named("rect")
        .iter()
        .map(|cell| cell.number("fill-opacity"))
        .collect();
    assert_eq!(depths.len(), 6);
    assert!(depths[..3].is_sorted() && depths[3..].is_sorted());
    assert!(
        depths
            .iter()
            .all(|depth| (depths[0]..=depths[5]).contains(depth))
    );
}

#[test]
fn equal_factors_are_equally_wide_on_a_logarithmic_axis() {
    let root = markup::read(&everything());
    let ticks = ticks(pictures(&root, "The uplink")[0]);
    let places: Vec<f64> = [0.1, 1.0, 10.0]
        .iter()
        .map(|value| ticks.iter().find(|(tick, _)| tick == value).unwrap().1)
        .collect();
    assert!((places[2] - 2.0 * places[1] + places[0]).abs() < 0.02);
}

#[test]
fn ablations_are_told_from_the_whole_method_which_is_the_line() {
    let root = markup::read(&everything());
    let picture = pictures(&root, "Ablations")[0];
    let tips: Vec<&str> = marks(picture).iter().map(|(_, tip)| *tip).collect();
    assert_eq!(
        tips,
        [
            "network state: −0.075 (−0.085 to −0.065)",
            "history: −0.025 (−0.035 to −0.015)"
        ]
    );
    let lines = picture.named("line").into_iter();
    let whole: Vec<f64> = lines
        .filter(|line| line.is("reference"))
        .map(|line| line.number("x1"))
        .collect();
    assert!((whole[0] - place(&ticks(picture), 0.0)).abs() < 0.02);
}

/// Replaces every number of `value`, one after the other.
fn scramble(value: &mut Value, numbers: &mut impl Iterator<Item = f64>) {
    match value {
        Value::Number(number) if number.is_f64() => *value = json!(numbers.next().unwrap()),
        Value::Array(entries) => entries
            .iter_mut()
            .for_each(|entry| scramble(entry, numbers)),
        Value::Object(fields) => {
            for (name, field) in fields {
                let share = name.contains("share") || name.contains("rate") || name == "risk";
                let share = (share || name.contains("probability")) && name != "gap_share";
                if name.ends_with("ci") || name == "shares" || share || name == "by_network" {
                    continue;
                }
                scramble(field, numbers);
            }
        }
        _ => {}
    }
}

/// Every coordinate of a page is a number inside its picture.
fn check(page: &str) -> Result<(), TestCaseError> {
    let root = markup::read(page);
    for picture in root.named("svg") {
        if picture.attribute("role") != "img" {
            continue;
        }
        let mut sides = picture.attribute("viewBox").split(' ').map(read);
        let [_, _, width, height] = std::array::from_fn(|_| sides.next().unwrap());
        let inside = |x: f64, y: f64| (0.0..=width).contains(&x) && (0.0..=height).contains(&y);
        for element in picture.all() {
            let places = match element.name.as_str() {
                "text" => vec![[element.number("x"), element.number("y")]],
                "line" => vec![
                    [element.number("x1"), element.number("y1")],
                    [element.number("x2"), element.number("y2")],
                ],
                "rect" => {
                    let (x, y) = (element.number("x"), element.number("y"));
                    let (wide, high) = (element.number("width"), element.number("height"));
                    prop_assert!(wide >= 0.0 && high >= 0.0);
                    vec![[x, y], [x + wide - 0.02, y + high - 0.02]]
                }
                "path" if element.is("mark") => vec![element.place()],
                "path" => {
                    let track = element.attribute("d").trim_end_matches('Z');
                    let points = track.split(['M', 'L']).filter(|point| !point.is_empty());
                    let points = points.map(|point| point.split_once(' ').unwrap());
                    points.map(|(x, y)| [read(x), read(y)]).collect()
                }
                _ => Vec::new(),
            };
            for [x, y] in places {
                prop_assert!(inside(x, y), "{x}, {y} of {element:?}");
            }
        }
    }
    prop_assert!(!page.contains("NaN") && !page.contains("inf\"") && !page.contains("inf<"));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_finite_numbers_give_places_inside_the_picture(
        numbers in prop::collection::vec(
            prop_oneof![
                3 => -10.0..10.0_f64,
                1 => prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO,
                1 => Just(f64::MAX),
                1 => Just(f64::MIN),
                1 => Just(0.0),
            ],
            1..200,
        )
    ) {
        let mut numbers = numbers.into_iter().cycle();
        let (mut tmo, mut weir) = (tmo(), weir());
        scramble(&mut tmo, &mut numbers);
        scramble(&mut weir, &mut numbers);
        check(&page_of(&[tmo_file(tmo), weir_file(weir)]))?;
    }
}
