//! Replies that have to look like something: JSON, all of it or as a schema says.
//!
//! `schema` reads a JSON schema and turns it into a `grammar` over bytes, with the rules of `json`.
//! A [`Guide`] walks through the grammar along with a reply. Before each token it rules out every
//! one that the grammar does not take, by walking through the `vocabulary` byte by byte; what it
//! finds out about a state is kept, so that the next token of the same string costs nothing.
//!
//! What a guide lets through is always whole, also where a limit ends it: no token is taken behind
//! which the shortest completion would need more tokens than are left.

mod grammar;
mod json;
mod schema;
mod vocabulary;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use self::{
    grammar::{Grammar, Rule, Ways},
    json::Json,
    schema::Schema,
    vocabulary::Vocabulary,
};
use crate::tokenizer::Tokenizer;

/// What a reply has to look like.
#[derive(Debug, Clone)]
pub struct Format {
    grammar: Grammar,
    root: Rule,
}

/// Why a reply cannot be held to a schema.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// It is no schema, or has keywords that nothing here knows.
    #[error("this JSON schema cannot be followed: {0}")]
    Unknown(#[from] serde_json::Error),
    /// `anyOf` with other conditions.
    #[error(
        "this JSON schema cannot be followed: `anyOf` stands beside other conditions; move these into it"
    )]
    AnyOfBeside,
    /// Conditions that do not say of which type.
    #[error("this JSON schema cannot be followed: a part of it needs a `type`")]
    NoType,
    /// No value at all follows it.
    #[error("no value follows this JSON schema: a part of it allows nothing")]
    NoValue,
    /// An array of a length that is too long to be counted.
    #[error("this JSON schema asks for arrays of {0} items; at most 1000 can be counted")]
    LongArray(usize),
    /// Too many parts.
    #[error("this JSON schema is too large; ask for less at once")]
    TooLarge,
    /// One of these, within a part of the schema.
    #[error("{problem} (at `{place}`)")]
    Within {
        /// The keywords and names that lead there, e.g. `properties/age`.
        place: String,
        /// What is wrong there.
        problem: Box<Self>,
    },
}

impl FormatError {
    /// The same, found within the part that `step` leads to.
    fn within(self, step: &str) -> Self {
        let (place, problem) = match self {
            Self::Within { place, problem } => (format!("{step}/{place}"), problem),
            other => (step.to_owned(), Box::new(other)),
        };
        Self::Within { place, problem }
    }
}

/// The shortest reply in a format is longer than the reply may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the shortest reply that follows the JSON schema may need {needed} tokens, and only {limit} are \
     allowed; ask for less, or allow a longer reply"
)]
pub struct NoRoom {
    /// Bytes of the shortest reply: no token has less than one.
    pub needed: usize,
    /// Tokens that the reply may have.
    pub limit: usize,
}

impl Format {
    /// Any JSON value.
    #[must_use]
    pub fn json() -> Self {
        let mut grammar = Grammar::default();
        let root = Json::new(&mut grammar).any;
        grammar.finish();
        Self { grammar, root }
    }

    /// Values that a JSON schema allows; `text` is the schema as JSON.
    ///
    /// Known are `type` (one or several), `properties` (written in the schema's order), `required`,
    /// `items`, `minItems`, `maxItems`, `enum`, `const` and `anyOf`, and `true` for any value.
    /// Objects with `properties` get no others. What only describes is passed over; every other
    /// keyword is refused, since a reply that pretends to heed it would be worse.
    ///
    /// # Errors
    /// [`FormatError`] for a schema that no reply can be held to.
    pub fn schema(text: &str) -> Result<Self, FormatError> {
        let schema: Schema = serde_json::from_str(text)?;
        let mut grammar = Grammar::default();
        let json = Json::new(&mut grammar);
        let root = schema.rule(&mut grammar, json)?;
        grammar.finish();
        Ok(Self { grammar, root })
    }
}

/// Leads a reply through its format.
#[derive(Debug)]
pub struct Guide<'a> {
    vocabulary: Vocabulary<'a>,
    places: Places<'a>,
    /// `None` behind a token that the format does not take.
    place: Option<Place>,
}

impl<'a> Guide<'a> {
    /// A guide for a reply of at most `limit` tokens.
    ///
    /// # Errors
    /// [`NoRoom`] if that may be too few.
    pub fn new(format: &'a Format, tokenizer: &'a Tokenizer, limit: usize) -> Result<Self, NoRoom> {
        let mut places = Places::new(&format.grammar);
        let place = places.number(format.grammar.begin(format.root));
        let needed = places.known[place].needed;
        if needed > limit {
            return Err(NoRoom { needed, limit });
        }
        Ok(Self {
            vocabulary: Vocabulary::new(tokenizer),
            places,
            place: Some(place),
        })
    }

    /// Makes every token impossible that cannot come next in a reply of which `left` tokens may
    /// still be written.
    pub fn rule_out(&mut self, logits: &mut [f32], left: usize) {
        let allowed = self.allowed();
        let allowed = allowed.iter().filter(|(_, needed)| *needed < left);
        let kept: Vec<(usize, f32)> = allowed
            .filter_map(|&(token, _)| Some((token as usize, *logits.get(token as usize)?)))
            .collect();
        logits.fill(f32::NEG_INFINITY);
        for (token, logit) in kept {
            // What is allowed stays possible, whatever the model thinks of it.
            logits[token] = if logit.is_nan() {
                f32::MIN
            } else {
                logit.max(f32::MIN)
            };
        }
    }

    /// Goes on behind `token`.
    pub fn accept(&mut self, token: u32) {
        for &byte in self.vocabulary.bytes(token) {
            self.place = self.place.and_then(|place| self.places.step(place, byte));
        }
    }

    /// Whether the reply may end here.
    #[must_use]
    pub fn may_end(&self) -> bool {
        self.place
            .is_some_and(|place| self.places.known[place].ways.may_end())
    }

    /// The tokens that may follow, each with how many bytes the shortest completion needs then.
    fn allowed(&mut self) -> Rc<[(u32, usize)]> {
        let Some(place) = self.place else {
            return Rc::from([]);
        };
        if let Some(allowed) = &self.places.known[place].allowed {
            return Rc::clone(allowed);
        }
        let mut allowed = Vec::new();
        if self.may_end() {
            allowed.extend(self.vocabulary.ends().iter().map(|&token| (token, 0)));
        }
        let places = RefCell::new(&mut self.places);
        self.vocabulary.walk(
            place,
            &mut |place, byte| places.borrow_mut().step(place, byte),
            &mut |token, place| allowed.push((token, places.borrow().known[place].needed)),
        );
        let allowed: Rc<[_]> = allowed.into();
        self.places.known[place].allowed = Some(Rc::clone(&allowed));
        allowed
    }
}

/// A place in a format, by number.
type Place = usize;

/// The places of a format that were met so far, and the ways between them.
#[derive(Debug)]
struct Places<'a> {
    grammar: &'a Grammar,
    known: Vec<Known>,
    numbers: HashMap<Ways, Place>,
}

/// What is known of one place.
#[derive(Debug)]
struct Known {
    ways: Ways,
    /// Bytes of the shortest completion.
    needed: usize,
    /// Where each byte leads, as far as it was tried.
    steps: HashMap<u8, Option<Place>>,
    /// The tokens that may follow, once that was asked.
    allowed: Option<Rc<[(u32, usize)]>>,
}

impl<'a> Places<'a> {
    fn new(grammar: &'a Grammar) -> Self {
        Self {
            grammar,
            known: Vec::new(),
            numbers: HashMap::new(),
        }
    }

    fn step(&mut self, place: Place, byte: u8) -> Option<Place> {
        let known = &self.known[place];
        if let Some(&tried) = known.steps.get(&byte) {
            return tried;
        }
        let next = self.grammar.step(&known.ways, byte);
        let next = next.map(|ways| self.number(ways));
        self.known[place].steps.insert(byte, next);
        next
    }

    fn number(&mut self, ways: Ways) -> Place {
        if let Some(&number) = self.numbers.get(&ways) {
            return number;
        }
        let number = self.known.len();
        self.known.push(Known {
            needed: self.grammar.needed(&ways),
            steps: HashMap::new(),
            allowed: None,
            ways: ways.clone(),
        });
        self.numbers.insert(ways, number);
        number
    }
}
