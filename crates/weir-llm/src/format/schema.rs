//! JSON Schema as far as a reply can be held to it, and its translation into a grammar.
//!
//! [`Format::schema`](super::Format::schema) says which keywords are known.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;

use super::{
    FormatError,
    grammar::{Grammar, Part, Rule},
    json::{Json, literal},
};

/// Parts of the largest grammar: a schema of a few hundred properties.
const LARGEST: usize = 200_000;
/// The longest array whose length a schema can set.
const LONGEST: usize = 1_000;

/// A schema.
#[derive(Debug, Clone)]
pub(super) enum Schema {
    /// `true`: any value.
    Anything,
    /// What an object of keywords says.
    Described(Box<Keywords>),
}

/// The keywords that are known.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Keywords {
    #[serde(rename = "type")]
    types: Option<Types>,
    properties: Option<Properties>,
    required: Vec<String>,
    items: Option<Schema>,
    min_items: usize,
    max_items: Option<usize>,
    #[serde(rename = "enum")]
    values: Option<Vec<Value>>,
    #[serde(rename = "const", deserialize_with = "even_null")]
    value: Option<Value>,
    any_of: Option<Vec<Schema>>,
    #[serde(rename = "additionalProperties")]
    _additional: Option<IgnoredAny>,
    #[serde(rename = "title")]
    _title: Option<IgnoredAny>,
    #[serde(rename = "description")]
    _description: Option<IgnoredAny>,
    #[serde(rename = "default")]
    _default: Option<IgnoredAny>,
    #[serde(rename = "examples")]
    _examples: Option<IgnoredAny>,
    #[serde(rename = "$schema")]
    _schema: Option<IgnoredAny>,
    #[serde(rename = "$id")]
    _id: Option<IgnoredAny>,
    #[serde(rename = "$comment")]
    _comment: Option<IgnoredAny>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "`type` names none of the seven types of JSON")]
enum Types {
    One(Type),
    Any(Vec<Type>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Type {
    Object,
    Array,
    String,
    Number,
    Integer,
    Boolean,
    Null,
}

/// Properties in the order of the schema, in which a model is to write them.
#[derive(Debug, Clone, Default)]
struct Properties(Vec<(String, Schema)>);

impl Schema {
    /// Adds the rule for this schema's values to `grammar`.
    pub(super) fn rule(&self, grammar: &mut Grammar, json: Json) -> Result<Rule, FormatError> {
        if grammar.len() > LARGEST {
            return Err(FormatError::TooLarge);
        }
        let keywords = match self {
            Self::Anything => return Ok(json.any),
            Self::Described(keywords) => keywords,
        };
        if let Some(schemas) = &keywords.any_of {
            if keywords.types.is_some() || keywords.values.is_some() || keywords.value.is_some() {
                return Err(FormatError::AnyOfBeside);
            }
            let rules: Result<Vec<_>, _> = schemas
                .iter()
                .enumerate()
                .map(|(index, schema)| {
                    let rule = schema.rule(grammar, json);
                    rule.map_err(|error| error.within(&format!("anyOf/{index}")))
                })
                .collect();
            return alternatives(
                grammar,
                rules?.into_iter().map(|rule| vec![Part::Rule(rule)]),
            );
        }
        let types = keywords.types();
        let fixed = match (&keywords.values, &keywords.value) {
            (Some(values), Some(value)) => Some(if values.contains(value) {
                vec![value]
            } else {
                vec![]
            }),
            (Some(values), None) => Some(values.iter().collect()),
            (None, Some(value)) => Some(vec![value]),
            (None, None) => None,
        };
        if let Some(values) = fixed {
            let allowed = values
                .into_iter()
                .filter(|value| types.is_none_or(|types| types.iter().any(|ty| ty.has(value))));
            let literals: Vec<_> = allowed.map(|value| literal(&value.to_string())).collect();
            return alternatives(grammar, literals);
        }
        let Some(types) = types else {
            // Without a type, the keywords of objects and arrays say which one is meant.
            return match (&keywords.properties, &keywords.items) {
                (Some(_), None) => keywords.of_type(Type::Object, grammar, json),
                (None, Some(_)) => keywords.of_type(Type::Array, grammar, json),
                (None, None) if keywords.required.is_empty() => Ok(json.any),
                _ => Err(FormatError::NoType),
            };
        };
        let rules: Result<Vec<_>, _> = types
            .iter()
            .map(|&ty| keywords.of_type(ty, grammar, json))
            .collect();
        alternatives(
            grammar,
            rules?.into_iter().map(|rule| vec![Part::Rule(rule)]),
        )
    }
}

impl Keywords {
    fn types(&self) -> Option<&[Type]> {
        self.types.as_ref().map(|types| match types {
            Types::One(ty) => std::slice::from_ref(ty),
            Types::Any(types) => types,
        })
    }

    fn of_type(&self, ty: Type, grammar: &mut Grammar, json: Json) -> Result<Rule, FormatError> {
        Ok(match ty {
            Type::String => json.string,
            Type::Number => json.number,
            Type::Integer => json.integer,
            Type::Boolean => json.boolean,
            Type::Null => json.null,
            Type::Array => self.array(grammar, json)?,
            Type::Object => self.object(grammar, json)?,
        })
    }

    fn array(&self, grammar: &mut Grammar, json: Json) -> Result<Rule, FormatError> {
        let longest = self.max_items.unwrap_or_default().max(self.min_items);
        if longest > LONGEST {
            return Err(FormatError::LongArray(longest));
        }
        if self.max_items.is_some_and(|most| most < self.min_items) {
            return Err(FormatError::NoValue);
        }
        let item = match &self.items {
            Some(items) => items
                .rule(grammar, json)
                .map_err(|error| error.within("items"))?,
            None => json.any,
        };
        let items = json.list(grammar, item, self.min_items, self.max_items);
        Ok(grammar.rule([items]))
    }

    fn object(&self, grammar: &mut Grammar, json: Json) -> Result<Rule, FormatError> {
        let none = Properties::default();
        let listed = &self.properties.as_ref().unwrap_or(&none).0;
        if listed.is_empty() && self.required.is_empty() && self.properties.is_none() {
            return Ok(json.object);
        }
        let is_listed = |name: &&String| listed.iter().any(|(other, _)| other == *name);
        let unlisted = self.required.iter().filter(|name| !is_listed(name));
        let mut members: Vec<(&str, &Schema)> = listed
            .iter()
            .map(|(name, schema)| (name.as_str(), schema))
            .collect();
        members.extend(unlisted.map(|name| (name.as_str(), &Schema::Anything)));

        // From the last member to the first: what may follow where none, or one, was written yet.
        let end = grammar.rule([vec![]]);
        let (mut at_first, mut behind) = (end, end);
        for (name, schema) in members.into_iter().rev() {
            let name_text = Value::from(name).to_string();
            let value = schema
                .rule(grammar, json)
                .map_err(|error| error.within(&format!("properties/{name}")))?;
            let member = [
                literal(&name_text),
                json.colon(),
                vec![Part::Rule(value), Part::Rule(behind)],
            ];
            let member = member.concat();
            let following = [json.comma(), member.clone()].concat();
            let skipped =
                |rule| (!self.required.iter().any(|it| it == name)).then(|| vec![Part::Rule(rule)]);
            at_first = grammar.rule([member].into_iter().chain(skipped(at_first)));
            behind = grammar.rule([following].into_iter().chain(skipped(behind)));
        }
        Ok(grammar.rule([[literal("{"), vec![Part::Rule(at_first)], literal("}")].concat()]))
    }
}

impl Type {
    fn has(self, value: &Value) -> bool {
        match self {
            Self::Object => value.is_object(),
            Self::Array => value.is_array(),
            Self::String => value.is_string(),
            Self::Number => value.is_number(),
            Self::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            Self::Boolean => value.is_boolean(),
            Self::Null => value.is_null(),
        }
    }
}

fn alternatives(
    grammar: &mut Grammar,
    alternatives: impl IntoIterator<Item = Vec<Part>>,
) -> Result<Rule, FormatError> {
    let alternatives: Vec<_> = alternatives.into_iter().collect();
    if alternatives.is_empty() {
        return Err(FormatError::NoValue);
    }
    Ok(grammar.rule(alternatives))
}

/// `null` is a value here, not the lack of one.
fn even_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl<'de> Deserialize<'de> for Schema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Schema;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON schema: an object, or true")
            }

            fn visit_bool<E: serde::de::Error>(self, anything: bool) -> Result<Schema, E> {
                match anything {
                    true => Ok(Schema::Anything),
                    false => Err(E::custom("no value follows the schema `false`")),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Schema, A::Error> {
                let keywords = Keywords::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Schema::Described(Box::new(keywords)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Properties;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of JSON schemas")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
                let mut properties = Vec::<(String, Schema)>::new();
                while let Some(name) = map.next_key::<String>()? {
                    // What is wrong in here should say where that is.
                    let schema = map
                        .next_value()
                        .map_err(|error| A::Error::custom(format!("in `{name}`: {error}")))?;
                    if properties.iter().any(|(other, _)| *other == name) {
                        return Err(A::Error::custom(format!(
                            "the property `{name}` comes twice"
                        )));
                    }
                    properties.push((name, schema));
                }
                Ok(Properties(properties))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
