//! What a program can read in a reply: its plain words, numbers, sentences, items and JSON.

use std::collections::BTreeSet;

use serde_json::Value;

/// `text` without what does not change what it says: in lower case, with straight quotation marks,
/// single spaces and no `*` or backtick of Markdown.
#[must_use]
pub fn plain(text: &str) -> String {
    let straight: String = text
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            '*' | '`' => None,
            '‘' | '’' => Some('\''),
            '“' | '”' | '„' | '«' | '»' => Some('"'),
            c => Some(c),
        })
        .collect();
    straight.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The numbers that `text` states, in order. `1,000`, `1.000.000`, `2,5` and `−4` are read as
/// people write them; digits within a word, as in `H2O`, are no number.
#[must_use]
pub fn numbers(text: &str) -> Vec<f64> {
    let chars: Vec<char> = text.chars().collect();
    let is_digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let mut numbers = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !is_digit(at) {
            at += 1;
            continue;
        }
        let begin = at;
        while is_digit(at) || (matches!(chars.get(at), Some('.' | ',')) && is_digit(at + 1)) {
            at += 1;
        }
        let before = |back: usize| begin.checked_sub(back).map(|at| chars[at]);
        if before(1).is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let negative = matches!(before(1), Some('-' | '−'))
            && before(2).is_none_or(|c| c.is_whitespace() || "=(".contains(c));
        let run: String = chars[begin..at].iter().collect();
        let values = read_run(&run);
        numbers.extend(values.map(|value| if negative { -value } else { value }));
    }
    numbers
}

/// The numbers in a run of digits, points and commas.
fn read_run(run: &str) -> impl Iterator<Item = f64> {
    let groups_thousands = |mark: char| {
        let mut groups = run.split(mark);
        groups
            .next()
            .is_some_and(|first| first.len() <= 3 && !first.starts_with('0'))
            && groups.all(|rest| rest.len() == 3)
    };
    let (points, commas) = (run.matches('.').count(), run.matches(',').count());
    let parts = match (points, commas) {
        (0 | 1, 0) => vec![run.to_owned()],
        (0, _) if groups_thousands(',') => vec![run.replace(',', "")],
        (0, 1) => vec![run.replace(',', ".")],
        (_, 0) if groups_thousands('.') => vec![run.replace('.', "")],
        (1, _) if run.rfind(',') < run.find('.') => vec![run.replace(',', "")],
        (_, 1) if run.rfind('.') < run.find(',') => vec![run.replace('.', "").replace(',', ".")],
        _ => run.split(['.', ',']).map(str::to_owned).collect(),
    };
    parts.into_iter().filter_map(|part| part.parse().ok())
}

/// How many words `text` has: runs without white space that hold a letter or a digit.
#[must_use]
pub fn words(text: &str) -> usize {
    text.split_whitespace()
        .filter(|word| has_word(word))
        .count()
}

/// How many sentences `text` has. A sentence ends with a full stop, an exclamation or a question
/// mark, unless that belongs to an abbreviation or a lower-case word follows; what comes after the
/// last such mark is one more.
#[must_use]
pub fn sentences(text: &str) -> usize {
    let mut words = text.split_whitespace().peekable();
    let (mut ended, mut open) = (0, false);
    while let Some(word) = words.next() {
        open |= has_word(word);
        let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric() && !".!?…".contains(c));
        let goes_on = words.peek().is_some_and(|next| {
            next.chars()
                .find(|c| c.is_alphanumeric())
                .is_some_and(char::is_lowercase)
        });
        let abbreviated = ABBREVIATIONS.contains(&bare.to_lowercase().as_str());
        if open && bare.ends_with(['.', '!', '?', '…']) && !goes_on && !abbreviated {
            ended += 1;
            open = false;
        }
    }
    ended + usize::from(open)
}

/// What ends with a full stop without ending a sentence.
const ABBREVIATIONS: [&str; 10] = [
    "mr.", "mrs.", "ms.", "dr.", "st.", "e.g.", "i.e.", "z.b.", "sr.", "sra.",
];

/// The different items that `text` lists, without their marks: lines that begin with a bullet or a
/// number, or all lines if none does.
#[must_use]
pub fn items(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = lines(text).collect();
    let marked: Vec<&str> = lines.iter().filter_map(|line| without_mark(line)).collect();
    different(if marked.is_empty() { lines } else { marked })
}

/// The different items that `text` separates by commas.
#[must_use]
pub fn comma_items(text: &str) -> Vec<&str> {
    let parts = text.trim().trim_end_matches('.').split(',');
    different(parts.map(str::trim).filter(|part| has_word(part)).collect())
}

/// The lines of `text` that are not blank, without white space around them.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// The JSON that `text` is, alone or in a code fence; none if anything else is said around it.
#[must_use]
pub fn json(text: &str) -> Option<Value> {
    let text = text.trim();
    let fenced = text
        .strip_prefix("```")
        .and_then(|text| text.strip_suffix("```"))
        .map(|text| text.strip_prefix("json").unwrap_or(text));
    serde_json::from_str(fenced.unwrap_or(text)).ok()
}

fn has_word(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// A line without the `-`, `•`, `*`, `2.` or `2)` that it begins with; none if it does not.
fn without_mark(line: &str) -> Option<&str> {
    let after_bullet = line
        .strip_prefix(['-', '–', '•', '*', '+'])
        .filter(|rest| rest.starts_with(char::is_whitespace));
    let after_number = || {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let rest = rest.strip_prefix(['.', ')']).filter(|_| rest != line)?;
        (!rest.starts_with(|c: char| c.is_ascii_digit())).then_some(rest)
    };
    after_bullet.or_else(after_number).map(str::trim)
}

/// The first of each of `items` that say the same.
fn different(items: Vec<&str>) -> Vec<&str> {
    let mut known = BTreeSet::new();
    items
        .into_iter()
        .filter(|item| has_word(item) && known.insert(plain(item)))
        .collect()
}
