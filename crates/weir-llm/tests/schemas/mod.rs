//! Schemas, and which values follow them: written for the tests, apart from what is tested.
#![allow(dead_code, reason = "each test binary uses its own part")]

use serde_json::{Value, json};

/// Schemas of every kind that is known.
pub(crate) fn all() -> Vec<Value> {
    vec![
        json!(true),
        json!({"type": "object"}),
        json!({"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 4}),
        json!({
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "age": {"type": "integer"},
                "kind": {"enum": ["cat", "dog", null, 7]},
            },
            "required": ["name", "age", "kind"],
            "additionalProperties": false,
        }),
        json!({
            "type": "object",
            "description": "only b has to be there",
            "properties": {
                "a": {"type": "boolean"},
                "b": {"type": ["number", "null"]},
                "c": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
            },
            "required": ["b"],
        }),
        json!({
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "items": {"anyOf": [{"const": {"deep": [1, "ä"]}}, {"type": "string", "enum": ["x", 1]}]},
        }),
    ]
}

/// Whether `value` follows `schema`.
pub(crate) fn follows(schema: &Value, value: &Value) -> bool {
    let Some(schema) = schema.as_object() else {
        return true;
    };
    let list = |key: &str| schema.get(key).and_then(Value::as_array);
    let count = |key: &str| schema.get(key).and_then(Value::as_u64).map(|n| n as usize);
    let is = |ty: &Value| match ty.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("number") => value.is_number(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("boolean") => value.is_boolean(),
        _ => value.is_null(),
    };
    let of_type = match schema.get("type") {
        None => true,
        Some(Value::Array(types)) => types.iter().any(is),
        Some(ty) => is(ty),
    };
    let items_follow = value.as_array().is_none_or(|items| {
        let each = schema.get("items").unwrap_or(&Value::Bool(true));
        items.len() >= count("minItems").unwrap_or(0)
            && items.len() <= count("maxItems").unwrap_or(usize::MAX)
            && items.iter().all(|item| follows(each, item))
    });
    let members_follow = value.as_object().is_none_or(|members| {
        let known = schema.get("properties").and_then(Value::as_object);
        let has = |name: &Value| members.contains_key(name.as_str().unwrap_or_default());
        let member_follows = |(name, member): (&String, &Value)| {
            let schema = known.map_or(Some(&Value::Bool(true)), |known| known.get(name));
            schema.is_some_and(|schema| follows(schema, member))
        };
        list("required").is_none_or(|names| names.iter().all(has))
            && members.iter().all(member_follows)
    });
    of_type
        && items_follow
        && members_follow
        && list("enum").is_none_or(|values| values.contains(value))
        && list("anyOf").is_none_or(|schemas| schemas.iter().any(|it| follows(it, value)))
        && schema.get("const").is_none_or(|fixed| fixed == value)
}
