//! The key-value part of the header.

use super::GgufError;
use std::collections::BTreeMap;

/// One value. Integers and floats are widened: what matters is the number, not how it was stored.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Any unsigned integer.
    Unsigned(u64),
    /// Any signed integer.
    Signed(i64),
    /// Any float.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// UTF-8 text.
    String(String),
    /// Many values of one type.
    Array(Array),
}

/// Many values of one type. Arrays of arrays are refused, as llama.cpp refuses them.
#[derive(Debug, Clone, PartialEq)]
pub enum Array {
    /// Texts, e.g. the vocabulary.
    Strings(Vec<String>),
    /// Unsigned integers.
    Unsigned(Vec<u32>),
    /// Signed integers, e.g. the types of the tokens.
    Signed(Vec<i32>),
    /// Floats, e.g. the scores of the tokens.
    Floats(Vec<f32>),
    /// Numbers of a width that no key used here has; only their count is kept.
    Skipped(u64),
}

/// All keys and values of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metadata(BTreeMap<String, Value>);

impl Metadata {
    /// Adds a key.
    ///
    /// # Errors
    /// [`GgufError::Malformed`] if it is there already.
    pub(super) fn insert(&mut self, key: String, value: Value) -> Result<(), GgufError> {
        if self.0.contains_key(&key) {
            return Err(GgufError::Malformed(format!(
                "the key \"{key}\" occurs twice"
            )));
        }
        self.0.insert(key, value);
        Ok(())
    }

    /// All keys with their values, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The value of `key` as a `T`, or `None` if the file does not have the key.
    ///
    /// # Errors
    /// [`GgufError::WrongType`] if the value is something else.
    pub fn optional<'a, T: FromValue<'a>>(&'a self, key: &str) -> Result<Option<T>, GgufError> {
        let Some(value) = self.0.get(key) else {
            return Ok(None);
        };
        T::from_value(value)
            .map(Some)
            .ok_or_else(|| GgufError::WrongType {
                key: key.to_owned(),
                expected: T::EXPECTED,
            })
    }

    /// The value of `key` as a `T`.
    ///
    /// # Errors
    /// [`GgufError::MissingKey`], or [`GgufError::WrongType`] if the value is something else.
    pub fn require<'a, T: FromValue<'a>>(&'a self, key: &str) -> Result<T, GgufError> {
        self.optional(key)?
            .ok_or_else(|| GgufError::MissingKey(key.to_owned()))
    }
}

/// A Rust type that a metadata value can be read as.
pub trait FromValue<'a>: Sized {
    /// What the value should be, for the message when it is not.
    const EXPECTED: &'static str;

    /// `None` if `value` is something else.
    fn from_value(value: &'a Value) -> Option<Self>;
}

impl FromValue<'_> for u64 {
    const EXPECTED: &'static str = "a whole number that is not negative";

    fn from_value(value: &Value) -> Option<Self> {
        match *value {
            Value::Unsigned(number) => Some(number),
            Value::Signed(number) => number.try_into().ok(),
            _ => None,
        }
    }
}

impl FromValue<'_> for u32 {
    const EXPECTED: &'static str = "a whole number below 2^32";

    fn from_value(value: &Value) -> Option<Self> {
        u64::from_value(value)?.try_into().ok()
    }
}

impl FromValue<'_> for f32 {
    const EXPECTED: &'static str = "a number";

    fn from_value(value: &Value) -> Option<Self> {
        match *value {
            Value::Float(number) => Some(number as Self),
            _ => None,
        }
    }
}

impl FromValue<'_> for bool {
    const EXPECTED: &'static str = "true or false";

    fn from_value(value: &Value) -> Option<Self> {
        match *value {
            Value::Bool(flag) => Some(flag),
            _ => None,
        }
    }
}

impl<'a> FromValue<'a> for &'a str {
    const EXPECTED: &'static str = "a text";

    fn from_value(value: &'a Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

impl<'a> FromValue<'a> for &'a [String] {
    const EXPECTED: &'static str = "a list of texts";

    fn from_value(value: &'a Value) -> Option<Self> {
        match value {
            Value::Array(Array::Strings(texts)) => Some(texts),
            _ => None,
        }
    }
}

impl<'a> FromValue<'a> for &'a [i32] {
    const EXPECTED: &'static str = "a list of 32-bit integers";

    fn from_value(value: &'a Value) -> Option<Self> {
        match value {
            Value::Array(Array::Signed(numbers)) => Some(numbers),
            _ => None,
        }
    }
}

impl<'a> FromValue<'a> for &'a [f32] {
    const EXPECTED: &'static str = "a list of 32-bit floats";

    fn from_value(value: &'a Value) -> Option<Self> {
        match value {
            Value::Array(Array::Floats(numbers)) => Some(numbers),
            _ => None,
        }
    }
}
