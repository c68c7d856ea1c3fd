//! How rules are written.
//!
//! ```text
//! rule    = phrase                         the reply says it, in whatever case
//!         | "all of" rules | "any of" rules | "none of" rules
//!         | number "of" rules              at least so many of them hold
//!         | "in order" phrases             it says them, one after the other
//!         | "is" text | "is one of" texts  it is that and nothing else
//!         | "begins with" phrase | "ends with" phrase
//!         | "number equals" decimal        the last number that it states
//!         | "numbers equal" decimals       the last numbers that it states
//!         | unit [ "at most" | "at least" ] number
//!         | "each item" rule               holds for every item of the list that it is
//!         | "upper case"                   no lower-case letters
//!         | "json with keys" texts | "json value" text rule | "json array of" number
//! unit    = "characters" | "words" | "sentences" | "lines" | "items" | "comma items"
//! rules   = "(" rule { "," rule } ")"      phrases, texts and decimals likewise
//! phrase  = text                           "cycl*": any word that begins so; "*tee": that ends so
//! text    = '"' … '"'                      with \" and \\ for " and \
//! ```
//!
//! A message to Tom, short and without a subject line:
//! `all of ("Tom", any of ("late", "delay*"), words at most 40, none of ("subject"))`.

use std::fmt;

use super::rule::{Bound, Phrase, Rule, Unit};

/// A rule is not written as it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at character {character} of the rule: {problem}")]
pub struct GrammarError {
    character: usize,
    problem: String,
}

/// The rule that `text` writes.
///
/// # Errors
/// [`GrammarError`] names the place and what was expected there.
pub fn parse(text: &str) -> Result<Rule, GrammarError> {
    let mut parser = Parser { text, rest: text };
    let rule = parser.rule()?;
    parser.skip_space();
    if !parser.rest.is_empty() {
        return Err(parser.wrong("the rule should end here; rules are combined by “all of (…, …)”"));
    }
    Ok(rule)
}

struct Parser<'a> {
    text: &'a str,
    rest: &'a str,
}

impl Parser<'_> {
    fn rule(&mut self) -> Result<Rule, GrammarError> {
        self.skip_space();
        if self.rest.starts_with('"') {
            return Ok(Rule::Says(self.phrase()?));
        }
        if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            return self.at_least();
        }
        if let Some(unit) = self.one_of(&Unit::ALL) {
            let bound = self.one_of(&Bound::ALL).unwrap_or(Bound::Exactly);
            return Ok(Rule::Has(unit, bound, self.whole_number()?));
        }
        Ok(if self.takes("all of") {
            Rule::AllOf(self.list(Self::rule)?)
        } else if self.takes("any of") {
            Rule::AnyOf(self.list(Self::rule)?)
        } else if self.takes("none of") {
            Rule::NoneOf(self.list(Self::rule)?)
        } else if self.takes("in order") {
            Rule::InOrder(self.list(Self::phrase)?)
        } else if self.takes("is one of") {
            Rule::Is(self.list(Self::quoted)?)
        } else if self.takes("is") {
            Rule::Is(vec![self.quoted()?])
        } else if self.takes("begins with") {
            Rule::BeginsWith(self.phrase()?)
        } else if self.takes("ends with") {
            Rule::EndsWith(self.phrase()?)
        } else if self.takes("number equals") {
            Rule::NumbersEqual(vec![self.decimal()?])
        } else if self.takes("numbers equal") {
            Rule::NumbersEqual(self.list(Self::decimal)?)
        } else if self.takes("each item") {
            Rule::EachItem(Box::new(self.rule()?))
        } else if self.takes("upper case") {
            Rule::UpperCase
        } else if self.takes("json with keys") {
            Rule::JsonKeys(self.list(Self::quoted)?)
        } else if self.takes("json value") {
            Rule::JsonValue(self.quoted()?, Box::new(self.rule()?))
        } else if self.takes("json array of") {
            Rule::JsonArray(self.whole_number()?)
        } else {
            return Err(self.wrong("expected a rule, such as a phrase in quotation marks"));
        })
    }

    /// `2 of (…)`.
    fn at_least(&mut self) -> Result<Rule, GrammarError> {
        let begin = self.rest;
        let least = self.whole_number()?;
        if !self.takes("of") {
            return Err(self.wrong("expected “of” after the number"));
        }
        let rules = self.list(Self::rule)?;
        if least == 0 || least > rules.len() {
            self.rest = begin;
            return Err(self.wrong(&format!("{least} of {} rules says nothing", rules.len())));
        }
        Ok(Rule::AtLeast(least, rules))
    }

    fn list<T>(
        &mut self,
        member: fn(&mut Self) -> Result<T, GrammarError>,
    ) -> Result<Vec<T>, GrammarError> {
        self.mark('(')?;
        let mut members = vec![member(self)?];
        loop {
            self.skip_space();
            if self.rest.starts_with(')') {
                self.mark(')')?;
                return Ok(members);
            }
            self.mark(',')?;
            members.push(member(self)?);
        }
    }

    fn phrase(&mut self) -> Result<Phrase, GrammarError> {
        self.skip_space();
        let begin = self.rest;
        let text = self.quoted()?;
        Phrase::new(&text).ok_or_else(|| {
            self.rest = begin;
            self.wrong("a phrase that says nothing")
        })
    }

    /// A text in quotation marks.
    fn quoted(&mut self) -> Result<String, GrammarError> {
        self.mark('"')?;
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return Ok(text);
                }
                '\\' => match chars.next() {
                    Some((_, c @ ('"' | '\\'))) => text.push(c),
                    _ => {
                        self.rest = &self.rest[at..];
                        return Err(self.wrong("only \\\" and \\\\ may follow a backslash"));
                    }
                },
                c => text.push(c),
            }
        }
        Err(self.wrong("the quotation mark before this is not closed"))
    }

    fn whole_number(&mut self) -> Result<usize, GrammarError> {
        self.number(|c| c.is_ascii_digit(), "expected a whole number")
    }

    fn decimal(&mut self) -> Result<f64, GrammarError> {
        self.number(
            |c| c.is_ascii_digit() || c == '.' || c == '-',
            "expected a number, such as 42 or -2.5",
        )
    }

    fn number<T: std::str::FromStr>(
        &mut self,
        belongs: fn(char) -> bool,
        expected: &str,
    ) -> Result<T, GrammarError> {
        self.skip_space();
        let rest = self.rest.trim_start_matches(belongs);
        let digits = &self.rest[..self.rest.len() - rest.len()];
        let number = digits.parse().map_err(|_| self.wrong(expected))?;
        self.rest = rest;
        Ok(number)
    }

    /// The one of `all` that is written here.
    fn one_of<T: Copy>(&mut self, all: &[(T, &str)]) -> Option<T> {
        all.iter()
            .find(|(_, words)| !words.is_empty() && self.takes(words.trim()))
            .map(|(one, _)| *one)
    }

    /// Whether these words are written here; then they are read.
    fn takes(&mut self, words: &str) -> bool {
        self.skip_space();
        let rest = self.rest.strip_prefix(words);
        let taken = rest.filter(|rest| !rest.starts_with(char::is_alphanumeric));
        self.rest = taken.unwrap_or(self.rest);
        taken.is_some()
    }

    fn mark(&mut self, mark: char) -> Result<(), GrammarError> {
        self.skip_space();
        match self.rest.strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                Ok(())
            }
            None => Err(self.wrong(&format!("expected {mark}"))),
        }
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// What is wrong with what is written here.
    fn wrong(&self, problem: &str) -> GrammarError {
        let read = &self.text[..self.text.len() - self.rest.len()];
        GrammarError {
            character: read.chars().count() + 1,
            problem: problem.into(),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Says(phrase) => f.write_str(&quote(&phrase.text())),
            Self::AllOf(rules) => write!(f, "all of {}", list(rules, Self::to_string)),
            Self::AnyOf(rules) => write!(f, "any of {}", list(rules, Self::to_string)),
            Self::NoneOf(rules) => write!(f, "none of {}", list(rules, Self::to_string)),
            Self::AtLeast(least, rules) => {
                write!(f, "{least} of {}", list(rules, Self::to_string))
            }
            Self::InOrder(phrases) => {
                write!(
                    f,
                    "in order {}",
                    list(phrases, |phrase| quote(&phrase.text()))
                )
            }
            Self::Is(texts) => match texts.as_slice() {
                [text] => write!(f, "is {}", quote(text)),
                texts => write!(f, "is one of {}", list(texts, |text| quote(text))),
            },
            Self::BeginsWith(phrase) => write!(f, "begins with {}", quote(&phrase.text())),
            Self::EndsWith(phrase) => write!(f, "ends with {}", quote(&phrase.text())),
            Self::NumbersEqual(values) => match values.as_slice() {
                [value] => write!(f, "number equals {value}"),
                values => write!(f, "numbers equal {}", list(values, f64::to_string)),
            },
            Self::Has(unit, bound, number) => {
                let unit = words_for(&Unit::ALL, *unit);
                let bound = words_for(&Bound::ALL, *bound);
                write!(f, "{unit}{bound} {number}")
            }
            Self::EachItem(rule) => write!(f, "each item {rule}"),
            Self::UpperCase => f.write_str("upper case"),
            Self::JsonKeys(keys) => write!(f, "json with keys {}", list(keys, |key| quote(key))),
            Self::JsonValue(key, rule) => write!(f, "json value {} {rule}", quote(key)),
            Self::JsonArray(number) => write!(f, "json array of {number}"),
        }
    }
}

fn list<T>(members: &[T], written: impl Fn(&T) -> String) -> String {
    let members: Vec<String> = members.iter().map(written).collect();
    format!("({})", members.join(", "))
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn words_for<T: PartialEq>(all: &[(T, &'static str)], one: T) -> &'static str {
    all.iter()
        .find(|(other, _)| *other == one)
        .map_or("", |(_, words)| words)
}
