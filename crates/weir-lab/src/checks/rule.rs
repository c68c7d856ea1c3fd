//! What a reply must be to pass: rules, each of which holds for a reply or does not.
//!
//! `grammar` says how a rule is written. No rule looks at anything but the reply.

use serde_json::Value;

use super::reading;

/// What a reply must be.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// It says this.
    Says(Phrase),
    /// All of these hold.
    AllOf(Vec<Self>),
    /// At least one of these holds.
    AnyOf(Vec<Self>),
    /// None of these holds.
    NoneOf(Vec<Self>),
    /// At least so many of these hold.
    AtLeast(usize, Vec<Self>),
    /// It says all of these, each after the one before.
    InOrder(Vec<Phrase>),
    /// It is one of these and nothing else, quotation marks and a closing full stop apart.
    Is(Vec<String>),
    /// It begins with this.
    BeginsWith(Phrase),
    /// It ends with this.
    EndsWith(Phrase),
    /// The last numbers that it states are these.
    NumbersEqual(Vec<f64>),
    /// It has so much of something.
    Has(Unit, Bound, usize),
    /// It has items, and this holds for each.
    EachItem(Box<Self>),
    /// It has upper-case letters and no lower-case ones.
    UpperCase,
    /// It is a JSON object with these keys and no others.
    JsonKeys(Vec<String>),
    /// It is a JSON object, and this holds for the text of the value of that key.
    JsonValue(String, Box<Self>),
    /// It is a JSON array of so many values.
    JsonArray(usize),
}

/// Words that a reply says, in whatever case, not as a part of longer words or numbers unless it is
/// open on that side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    plain: String,
    open_before: bool,
    open_after: bool,
}

/// What can be counted in a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "their names, and `reading`, say what they are")]
pub enum Unit {
    Characters,
    Words,
    Sentences,
    Lines,
    Items,
    CommaItems,
}

/// How much of something there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "their names say it")]
pub enum Bound {
    Exactly,
    AtMost,
    AtLeast,
}

impl Rule {
    /// Whether `reply` is as this demands.
    #[must_use]
    pub fn holds(&self, reply: &str) -> bool {
        let holds = |rule: &Self| rule.holds(reply);
        match self {
            Self::Says(phrase) => phrase.after_first_in(&reading::plain(reply)).is_some(),
            Self::AllOf(rules) => rules.iter().all(holds),
            Self::AnyOf(rules) => rules.iter().any(holds),
            Self::NoneOf(rules) => !rules.iter().any(holds),
            Self::AtLeast(least, rules) => {
                rules.iter().filter(|rule| holds(rule)).count() >= *least
            }
            Self::InOrder(phrases) => {
                let plain = reading::plain(reply);
                let mut rest = Some(plain.as_str());
                for phrase in phrases {
                    rest = rest.and_then(|text| phrase.after_first_in(text));
                }
                rest.is_some()
            }
            Self::Is(texts) => texts.iter().any(|text| bare(text) == bare(reply)),
            Self::BeginsWith(phrase) => phrase.begins(unquoted(&reading::plain(reply))),
            Self::EndsWith(phrase) => phrase.ends(unquoted(&reading::plain(reply))),
            Self::NumbersEqual(values) => {
                let stated = reading::numbers(reply);
                let last = stated.len().checked_sub(values.len());
                last.is_some_and(|at| stated[at..] == *values)
            }
            Self::Has(unit, bound, number) => bound.allows(unit.count(reply), *number),
            Self::EachItem(rule) => {
                let items = reading::items(reply);
                !items.is_empty() && items.iter().all(|item| rule.holds(item))
            }
            Self::UpperCase => {
                reply.chars().any(char::is_uppercase) && !reply.chars().any(char::is_lowercase)
            }
            Self::JsonKeys(keys) => matches!(reading::json(reply), Some(Value::Object(object))
                if object.len() == keys.len() && keys.iter().all(|key| object.contains_key(key))),
            Self::JsonValue(key, rule) => match reading::json(reply) {
                Some(Value::Object(object)) => object.get(key).is_some_and(|value| match value {
                    Value::String(text) => rule.holds(text),
                    other => rule.holds(&other.to_string()),
                }),
                _ => false,
            },
            Self::JsonArray(number) => matches!(reading::json(reply), Some(Value::Array(values))
                if values.len() == *number),
        }
    }
}

impl Phrase {
    /// The phrase that `text` writes; `cycl*` stands for all words that begin so, `*tee` for all that
    /// end so. None if `text` says nothing.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let plain = reading::plain(text);
        (!plain.is_empty()).then(|| Self {
            plain,
            open_before: text.starts_with('*'),
            open_after: text.ends_with('*'),
        })
    }

    /// As it is written.
    #[must_use]
    pub fn text(&self) -> String {
        let star = |open| if open { "*" } else { "" };
        let (before, after) = (star(self.open_before), star(self.open_after));
        format!("{before}{}{after}", self.plain)
    }

    /// What comes after the first place in plain text where this is said.
    fn after_first_in<'a>(&self, text: &'a str) -> Option<&'a str> {
        text.match_indices(&self.plain)
            .map(|(at, said)| (&text[..at], &text[at + said.len()..]))
            .find(|(before, after)| self.stands_alone(before, after))
            .map(|(_, after)| after)
    }

    fn begins(&self, text: &str) -> bool {
        text.strip_prefix(&self.plain)
            .is_some_and(|after| self.stands_alone("", after))
    }

    fn ends(&self, text: &str) -> bool {
        text.strip_suffix(&self.plain)
            .is_some_and(|before| self.stands_alone(before, ""))
    }

    /// Whether no word or number of this goes on in what is around it. A unit may follow a number:
    /// “10min” says “10”.
    fn stands_alone(&self, before: &str, after: &str) -> bool {
        let goes_on = |end: char, next: Option<char>, second: Option<char>| {
            let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            let in_number = digit(Some(end)) && matches!(next, Some('.' | ',')) && digit(second);
            end.is_alphanumeric() && (next.is_some_and(char::is_alphanumeric) || in_number)
        };
        let mut before = before.chars().rev();
        let mut after = after.chars();
        let (previous, second_previous) = (before.next(), before.next());
        let (next, second_next) = (after.next(), after.next());
        let begins = |first| !goes_on(first, previous, second_previous);
        let ends = |last: char| {
            let unit = last.is_ascii_digit() && next.is_some_and(char::is_alphabetic);
            unit || !goes_on(last, next, second_next)
        };
        (self.open_before || self.plain.chars().next().is_none_or(begins))
            && (self.open_after || self.plain.chars().next_back().is_none_or(ends))
    }
}

/// Plain text without quotation marks around it.
fn unquoted(plain: &str) -> &str {
    plain.trim_matches(|c: char| c.is_whitespace() || "\"'".contains(c))
}

/// What is compared of a reply that must be one thing and nothing else.
fn bare(text: &str) -> String {
    let plain = reading::plain(text);
    let around = |c: char| c.is_whitespace() || "\"'.!".contains(c);
    plain.trim_matches(around).to_owned()
}

impl Unit {
    /// All of them, with the words that stand for them in rules.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Characters, "characters"),
        (Self::Words, "words"),
        (Self::Sentences, "sentences"),
        (Self::Lines, "lines"),
        (Self::Items, "items"),
        (Self::CommaItems, "comma items"),
    ];

    fn count(self, reply: &str) -> usize {
        match self {
            Self::Characters => reply.trim().chars().count(),
            Self::Words => reading::words(reply),
            Self::Sentences => reading::sentences(reply),
            Self::Lines => reading::lines(reply).count(),
            Self::Items => reading::items(reply).len(),
            Self::CommaItems => reading::comma_items(reply).len(),
        }
    }
}

impl Bound {
    /// All of them, with the words that stand for them in rules.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::AtMost, " at most"),
        (Self::AtLeast, " at least"),
        (Self::Exactly, ""),
    ];

    const fn allows(self, count: usize, number: usize) -> bool {
        match self {
            Self::Exactly => count == number,
            Self::AtMost => count <= number,
            Self::AtLeast => count >= number,
        }
    }
}
