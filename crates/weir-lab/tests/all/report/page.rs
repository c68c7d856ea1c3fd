use serde_json::{Value, json};

use super::{everything, markup, page_of, tmo, tmo_file, weir, weir_file};

#[test]
fn the_page_is_well_formed_and_needs_nothing_from_elsewhere() {
    let page = everything();
    let root = markup::read(&page);
    assert_eq!(root.name, "html");
    for forbidden in ["<script", "http", "@import", " src=", "<link", "@font-face"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    let fetched = page
        .match_indices("url(")
        .filter(|(place, _)| !page[*place..].starts_with("url(#"));
    assert_eq!(fetched.count(), 0);
    assert_eq!(page, everything(), "the same files give the same page");
}

#[test]
fn every_picture_says_what_it_shows_in_words() {
    let page = everything();
    let root = markup::read(&page);
    let pictures = root
        .named("svg")
        .into_iter()
        .filter(|svg| svg.attribute("role") == "img");
    let pictures: Vec<_> = pictures.collect();
    assert!(pictures.len() > 25, "{}", pictures.len());
    for picture in pictures {
        let [title, description, ..] = picture.children.as_slice() else {
            panic!("{picture:?}")
        };
        assert_eq!(
            (title.name.as_str(), description.name.as_str()),
            ("title", "desc")
        );
        assert!(
            title.text.len() > 5 && description.text.len() > 10,
            "{title:?} {description:?}"
        );
    }
    for title in [
        "Reward",
        "Reward, compared dialogue by dialogue",
        "Share of the gap",
        "Budget compliance",
        "Quality for money",
        "Cost–quality curve",
        "Reward over budgets",
        "What is done over budgets",
        "Learning curves",
        "What the logs say",
        "The uplink",
        "Noisy networks, and none",
        "Ablations",
        "Domains left out",
        "Where the best is known",
        "Reward by size",
        "Reward of the shipped policy",
        "Learning curve of the shipped policy",
    ] {
        assert!(
            root.named("h3").iter().any(|heading| heading.text == title),
            "{title}"
        );
    }
}

#[test]
fn figures_appear_for_what_the_files_have() {
    let mut small = tmo();
    for field in ["training", "logged", "grid", "threshold_curve"] {
        small.as_object_mut().unwrap().remove(field);
    }
    let page = page_of(&[tmo_file(small)]);
    let root = markup::read(&page);
    let headings: Vec<&str> = root
        .named("h3")
        .iter()
        .map(|heading| heading.text.as_str())
        .collect();
    assert_eq!(
        headings,
        [
            "Reward",
            "Reward, compared dialogue by dialogue",
            "Share of the gap",
            "Budget compliance",
            "Quality for money"
        ]
    );
    markup::read(&page_of(&[tmo_file(json!({"seeds": [], "networks": {}}))]));
    markup::read(&page_of(&[weir_file(json!({"seeds": []}))]));
    markup::read(&page_of(&[]));
}

#[test]
fn tables_say_the_numbers_of_the_file() {
    let value = tmo();
    let root = markup::read(&page_of(&[tmo_file(value.clone())]));
    let tables = root.named("table");
    let wired = tables.iter().find(|table| {
        table
            .named("caption")
            .iter()
            .any(|caption| caption.text.starts_with("Wired"))
    });
    let rows: Vec<Vec<String>> = wired
        .unwrap()
        .named("tr")
        .iter()
        .map(|row| row.children.iter().map(|cell| cell.text.clone()).collect())
        .collect();
    let policies = value["networks"]["Wired"].as_object().unwrap();
    assert_eq!(rows.len(), 1 + policies.len());
    assert!(
        rows[1][0] == "oracle within budget" && rows[2][0] == "Weir",
        "the best first"
    );
    let weir = rows.iter().find(|row| row[0] == "Weir").unwrap();
    let number = |field: &str| policies["weir"][field].as_f64().unwrap();
    assert_eq!(
        weir[1..],
        [
            format!("{:.3}", number("reward")),
            "1.375 to 1.562".into(),
            "+0.188 (+0.062 to +0.312)".into(),
            format!("{:.3}", number("in_budget_reward")),
            "0.0 %".into(),
            "0.0 %".into(),
            format!("{:.1} %", 100.0 * number("gap_share")),
            format!("{:.3}", number("response")),
            format!("{:.2}", number("latency_s")),
            format!("{:.2}", 1e3 * number("usage_usd")),
            "50.0 %".into(),
            "–".into(),
            "–".into(),
        ]
    );
    let cloud = rows.iter().find(|row| row[0] == "cloud").unwrap();
    assert_eq!(
        (cloud[5].as_str(), cloud[6].as_str()),
        ("50.0 %", "100.0 %")
    );
    assert_eq!(cloud[3], "−0.375 (−0.500 to −0.250)");
}

#[test]
fn the_head_says_what_was_run() {
    let mut value = tmo();
    value["date"] = json!("2026-11-23");
    let root = markup::read(&page_of(&[tmo_file(value), weir_file(weir())]));
    let runs = root.named("table")[0];
    let cells: Vec<Vec<String>> = runs.named("tr")[1..]
        .iter()
        .map(|row| {
            row.all()[1..]
                .iter()
                .map(|cell| cell.text.clone())
                .collect()
        })
        .collect();
    assert_eq!(
        cells[0],
        [
            "tmo.json",
            "tmo",
            "1–3, 7",
            "2026-11-23",
            "–",
            "",
            "weir-lab eval --suite tmo"
        ]
    );
    assert_eq!(cells[1], ["weir.json", "weir", "1, 2", "–", "–", "–"]);
}

#[test]
fn names_are_text_and_never_markup() {
    let evil = "<script>alert(\"1\")</script>&\u{0}\u{1b}";
    let mut value = weir();
    let row = value["networks"]["WiFi"]["weir"].clone();
    value["networks"]["WiFi"][evil] = row.clone();
    value["networks"][evil] = json!({evil: row});
    value["scenario"] = json!(evil);
    value["command"] = json!(evil);
    value["date"] = json!(evil);
    value["version"] = json!(evil);
    value["ablations"][0]["name"] = json!(evil);
    value["left_out"][0]["scenario"] = json!(evil);
    value["known_truth"][0]["policy"] = json!(evil);
    value["cost_quality"][evil] = value["cost_quality"]["weir"].clone();
    value["routing"][evil] = value["routing"]["weir"].clone();
    value["noise"]["by_network"][evil] = json!(0.0);
    value["grid"][0]["policies"][evil] = value["grid"][0]["policies"]["weir"].clone();
    let mut tmo = tmo();
    for field in ["training", "logged", "threshold_curve"] {
        let some = tmo[field]
            .as_object()
            .unwrap()
            .values()
            .next()
            .unwrap()
            .clone();
        tmo[field][evil] = some;
    }
    let mut files = [weir_file(value), tmo_file(tmo)];
    files[0].name = evil.into();
    let page = page_of(&files);
    assert!(!page.contains("<script"));
    assert!(!page.contains(['\u{0}', '\u{1b}']));
    let root = markup::read(&page);
    let shown = root
        .all()
        .into_iter()
        .filter(|element| element.text.contains("<script>alert"));
    assert!(shown.count() > 10);
}

#[test]
fn numbers_are_written_for_people() {
    let mut value: Value = tmo();
    value["training"]["a2c"]["steps_per_second"] = json!(1_234_567.4);
    value["networks"]["Wired"]["weir"]["in_budget_reward"] = json!(-0.000_04);
    value["networks"]["Wired"]["weir"]["response"] = json!(-1e300);
    let page = page_of(&[tmo_file(value)]);
    assert!(page.contains("<td>1,234,567</td>"));
    assert!(!page.contains("−0.000<") && !page.contains("-0.000<"));
    assert!(page.contains("<td>−1.00e300</td>"));
}
