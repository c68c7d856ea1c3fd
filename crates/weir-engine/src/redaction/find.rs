//! Where details stand in a text: rules for what e-mail addresses, phone and card numbers and keys
//! look like.

use super::placeholder::{Shape, shape};
use std::collections::BTreeMap;
use std::ops::Range;

/// What kind of detail it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// The number of a payment card.
    Card,
    /// A key, token or certificate's private half.
    Key,
    /// What reads like a placeholder, and must come back as it was.
    Text,
}

impl Detail {
    pub(super) const ALL: [Self; 5] = [Self::Email, Self::Phone, Self::Card, Self::Key, Self::Text];
}

/// A detail, and where in the text it stands, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// From its first byte to behind its last.
    pub range: Range<usize>,
    /// What it is.
    pub detail: Detail,
}

impl Found {
    /// The same in a text that has `by` bytes more before it.
    fn moved(self, by: usize) -> Self {
        Self {
            range: by + self.range.start..by + self.range.end,
            ..self
        }
    }
}

/// All details of `text`, in order, none within another.
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let as_found = |detail| move |range| Found { range, detail };
    // What is found first wins: an address within a key is part of the key.
    let found = placeholders(text)
        .map(as_found(Detail::Text))
        .chain(private_keys(text).map(as_found(Detail::Key)))
        .chain(tokens(text).map(as_found(Detail::Key)))
        .chain(emails(text).map(as_found(Detail::Email)))
        .chain(numbers(text));
    let mut all: BTreeMap<usize, Found> = BTreeMap::new();
    for one in found {
        let before = all.range(..one.range.end).next_back();
        if before.is_none_or(|(_, before)| before.range.end <= one.range.start) {
            all.insert(one.range.start, one);
        }
    }
    all.into_values().collect()
}

fn placeholders(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices('[')
        .filter_map(|(start, _)| match shape(&text[start..]) {
            Shape::Whole(len) => Some(start..start + len),
            Shape::Begun | Shape::Other => None,
        })
}

/// Blocks such as `-----BEGIN PRIVATE KEY-----`, to their end or the text's.
fn private_keys(text: &str) -> impl Iterator<Item = Range<usize>> {
    const BEGIN: &str = "-----BEGIN ";
    const END: &str = "-----END ";
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text[from..].find(BEGIN)?;
            let label = &text[start + BEGIN.len()..];
            from = start + BEGIN.len();
            if !label.lines().next()?.contains("PRIVATE KEY") {
                continue;
            }
            let end = label.find(END).map_or(text.len(), |end| {
                let last = from + end;
                text[last..]
                    .find('\n')
                    .map_or(text.len(), |line| last + line)
            });
            from = end;
            return Some(start..end);
        }
    })
}

/// How issuers begin their keys, and how many characters follow at least.
const ISSUED: [(&str, usize); 19] = [
    ("sk-", 16),
    ("pk-", 16),
    ("sk_", 16),
    ("pk_", 16),
    ("rk_", 16),
    ("ghp_", 30),
    ("gho_", 30),
    ("ghs_", 30),
    ("ghu_", 30),
    ("github_pat_", 30),
    ("glpat-", 16),
    ("xox", 16),
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("ya29.", 20),
    ("hf_", 20),
    ("npm_", 30),
    ("eyJ", 40),
];

/// From here on, a word of small and capital letters and digits is taken for a key.
const RANDOM: usize = 32;

/// Words that are keys: by what they begin with, or because no language has such words.
fn tokens(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-.+/=~".contains(c);
    words(text, is_part).filter_map(move |range| {
        let word = text[range.clone()].trim_end_matches(['.', '/', '-']);
        let range = range.start..range.start + word.len();
        // A key may be the value of an assignment, or the last part of an address.
        let cut = word.rfind(['=', '/']).map_or(0, |at| at + 1);
        let issued = |word: &str| {
            let begins = |&(prefix, least): &(&str, usize)| {
                let rest = word.strip_prefix(prefix);
                rest.is_some_and(|rest| rest.len() >= least && !rest.contains('/'))
            };
            ISSUED.iter().any(begins)
        };
        if issued(word) {
            return Some(range);
        }
        let last = &word[cut..];
        (issued(last) || is_random(last)).then(|| range.start + cut..range.end)
    })
}

fn is_random(word: &str) -> bool {
    let any = |is: fn(&char) -> bool| word.chars().any(|c| is(&c));
    let has_all = any(char::is_ascii_lowercase) && any(char::is_ascii_uppercase);
    let digits = word.chars().filter(char::is_ascii_digit).count();
    word.len() >= RANDOM && has_all && digits >= 3 && !word.contains(['.', '/'])
}

fn emails(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices('@').filter_map(|(at, _)| {
        let local = |c: char| c.is_alphanumeric() || "._%+-'".contains(c);
        let before = text[..at].trim_end_matches(local).len();
        let name = text[before..at].trim_start_matches(['.', '\'', '-']);
        let domain = |c: char| c.is_alphanumeric() || ".-".contains(c);
        let after = &text[at + 1..];
        let host = &after[..after.len() - after.trim_start_matches(domain).len()];
        let host = host.trim_end_matches(['.', '-']);
        let (labels, top) = host.rsplit_once('.')?;
        let is_host = labels.split('.').all(|label| !label.is_empty())
            && top.chars().count() >= 2
            && top.chars().all(char::is_alphabetic);
        (!name.is_empty() && is_host).then(|| at - name.len()..at + 1 + host.len())
    })
}

/// Card and phone numbers: digits that belong together, with what people put between them.
fn numbers(text: &str) -> impl Iterator<Item = Found> {
    let is_part = |c: char| c.is_ascii_digit() || "+()-./ \u{a0}".contains(c);
    // A number that is part of a word or a sum of money is none.
    let is_apart = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '$');
    words(text, is_part)
        .flat_map(|run| {
            let numbers = numbers_within(&text[run.clone()]).into_iter();
            numbers.map(move |number| number.moved(run.start))
        })
        .filter(move |Found { range, .. }| {
            is_apart(text[..range.start].chars().next_back())
                && is_apart(text[range.end..].chars().next())
        })
}

/// Groups between spaces that one number has at most, and bytes of such a group.
const GROUPS: usize = 7;
const GROUP_BYTES: usize = 32;

/// The numbers in a run of digits and separators: of the groups between spaces, the most that make
/// one.
fn numbers_within(run: &str) -> Vec<Found> {
    let is_space = |c: char| c == ' ' || c == '\u{a0}';
    let groups: Vec<Range<usize>> = words(run, |c| !is_space(c)).collect();
    let mut all = Vec::new();
    let mut first = 0;
    while first < groups.len() {
        let most = groups.len().min(first + GROUPS);
        let number = (first..most).rev().find_map(|last| {
            let whole = groups[first].start..groups[last].end;
            let is_one = |group: &Range<usize>| group.len() <= GROUP_BYTES;
            // A sentence ends within no number.
            let goes_on =
                |group: &Range<usize>| is_one(group) && !run[group.clone()].ends_with('.');
            let holds = is_one(&groups[last]) && groups[first..last].iter().all(goes_on);
            let number = holds.then(|| number_of(run, whole)).flatten()?;
            Some((number, last))
        });
        first = number.as_ref().map_or(first, |(_, last)| *last) + 1;
        all.extend(number.map(|(number, _)| number));
    }
    all
}

/// The number that this part of a run is, without what stands around its digits.
fn number_of(run: &str, part: Range<usize>) -> Option<Found> {
    let begins = |c: char| c.is_ascii_digit() || c == '+' || c == '(';
    let start = part.start + run[part.clone()].find(begins)?;
    let digits = run[start..part.end].rfind(|c: char| c.is_ascii_digit())?;
    let range = start..start + digits + 1;
    let detail = kind(&run[range.clone()])?;
    Some(Found { range, detail })
}

fn kind(number: &str) -> Option<Detail> {
    let digits: Vec<u32> = number.chars().filter_map(|c| c.to_digit(10)).collect();
    if is_card(number, &digits) {
        return Some(Detail::Card);
    }
    is_phone(number, &digits).then_some(Detail::Phone)
}

/// 13 to 19 digits whose check digit fits (ISO/IEC 7812), in groups or not.
fn is_card(number: &str, digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, &digit)| if at % 2 == 1 { doubled(digit) } else { digit })
        .sum();
    let grouped = number
        .split([' ', '-', '\u{a0}'])
        .all(|group| group.len() >= 2 && group.bytes().all(|byte| byte.is_ascii_digit()));
    (13..=19).contains(&digits.len())
        && grouped
        && sum.is_multiple_of(10)
        && digits.iter().any(|&digit| digit != digits[0])
}

/// What begins as phone numbers do: with a country, a trunk prefix or an area in brackets; or the
/// North American three groups.
fn is_phone(number: &str, digits: &[u32]) -> bool {
    let groups: Vec<usize> = number
        .split(|c: char| !c.is_ascii_digit())
        .filter(|group| !group.is_empty())
        .map(str::len)
        .collect();
    let plus = number.rfind('+');
    let brackets = number.matches(['(', ')']).count();
    if plus.is_some_and(|at| at > 0) || ![0, 2].contains(&brackets) || groups.len() > 7 {
        return false;
    }
    let dates = groups.len() == 3 && groups.contains(&4) && digits.len() <= 8;
    match digits.len() {
        8..=15 if plus.is_some() || number.starts_with("00") => true,
        7..=15 if number.starts_with('(') && brackets == 2 => true,
        8..=12 if number.starts_with('0') && !dates && !number.starts_with("0.") => true,
        10 => groups == [3, 3, 4],
        11 => groups == [1, 3, 3, 4],
        _ => false,
    }
}

/// The longest runs of characters that are a `part`.
fn words(text: &str, part: impl Fn(char) -> bool) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(&part)?;
        let len = text[start..]
            .find(|c| !part(c))
            .unwrap_or(text.len() - start);
        from = start + len;
        Some(start..from)
    })
}
