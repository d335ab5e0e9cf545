//! Whether a value has exactly the shape that a schema of the document says.

use std::collections::BTreeSet;

use coach_core::timestamp::Timestamp;
use serde_json::Value;

use crate::contract::{document, resolve};

/// Panics with `what` if a value does not fit a schema, or has a field that the schema does not name.
pub(crate) fn check(what: &str, schema: &Value, value: &Value) {
    if let Err(wrong) = fits(schema, value) {
        panic!("{what}: {wrong} in {value}");
    }
}

fn fits(schema: &Value, value: &Value) -> Result<(), String> {
    part_fits(schema, value)?;
    let Some(object) = value.as_object() else { return Ok(()) };
    let mut named = BTreeSet::new();
    if !names(schema, value, &mut named) {
        return Ok(());
    }
    let strange: Vec<&String> = object.keys().filter(|name| !named.contains(*name)).collect();
    if strange.is_empty() { Ok(()) } else { Err(format!("undocumented fields {strange:?}")) }
}

/// Collects the fields that a schema names for `value`; returns `false` if it allows any.
fn names(schema: &Value, value: &Value, named: &mut BTreeSet<String>) -> bool {
    let schema = resolve(schema);
    named.extend(schema["properties"].as_object().into_iter().flat_map(|all| all.keys().cloned()));
    let parts = schema["allOf"].as_array().into_iter().flatten();
    // Every part is visited, because each adds its fields.
    let all_strict = parts.filter(|part| !names(part, value, named)).count() == 0;
    let mut any = schema["anyOf"].as_array().into_iter().flatten();
    if let Some(part) = any.find(|part| fits(part, value).is_ok()) {
        return names(part, value, named);
    }
    let chosen = chosen(schema, value).is_none_or(|part| names(part, value, named));
    all_strict && chosen && schema.get("additionalProperties").is_none()
}

/// Returns the schema that a discriminator chooses.
fn chosen<'a>(schema: &'a Value, value: &Value) -> Option<&'a Value> {
    let by = &schema["discriminator"];
    let name = value[by["propertyName"].as_str()?].as_str()?;
    let wanted = &by["mapping"][name];
    schema["oneOf"].as_array()?.iter().find(|one| one["$ref"] == *wanted)
}

/// Checks everything but fields that are not named. Panics at a keyword it does not know, so that no part of
/// a schema goes unchecked.
fn part_fits(schema: &Value, value: &Value) -> Result<(), String> {
    let schema = resolve(schema);
    if schema["nullable"] == true && value.is_null() {
        return Ok(());
    }
    for (keyword, rule) in schema.as_object().unwrap() {
        let fits = match keyword.as_str() {
            "type" => has_type(rule.as_str().unwrap(), value),
            "format" => has_format(rule.as_str().unwrap(), value),
            "enum" => rule.as_array().unwrap().contains(value),
            "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= rule.as_f64().unwrap()),
            "minLength" => length(value).is_none_or(|length| length >= rule.as_u64().unwrap()),
            "maxLength" => length(value).is_none_or(|length| length <= rule.as_u64().unwrap()),
            "required" => {
                let mut names = rule.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
                value.is_object() && names.all(|name| value.get(name).is_some())
            }
            "properties" => {
                for (name, schema) in rule.as_object().unwrap() {
                    if let Some(field) = value.get(name) {
                        fits(schema, field).map_err(|wrong| format!("{name}: {wrong}"))?;
                    }
                }
                true
            }
            "additionalProperties" => {
                let mut values = value.as_object().into_iter().flat_map(|all| all.values());
                values.try_for_each(|value| fits(rule, value))?;
                true
            }
            "items" => {
                let mut items = value.as_array().into_iter().flatten();
                items.try_for_each(|item| fits(rule, item))?;
                true
            }
            "allOf" => {
                let parts = rule.as_array().unwrap();
                parts.iter().try_for_each(|part| part_fits(part, value))?;
                true
            }
            "anyOf" => {
                let mut parts = rule.as_array().unwrap().iter();
                parts.any(|part| fits(part, value).is_ok())
            }
            "oneOf" => {
                let chosen = chosen(schema, value).ok_or("a `type` that the union lacks")?;
                part_fits(chosen, value)?;
                true
            }
            // Patterns bound what clients send, and another test sends what lies beyond.
            "title" | "description" | "nullable" | "example" | "default" | "discriminator"
            | "pattern" => true,
            other => panic!("what does {other} say?"),
        };
        if !fits {
            return Err(format!("{value} against {keyword} {rule}"));
        }
    }
    Ok(())
}

fn length(value: &Value) -> Option<u64> {
    value.as_str().map(|text| text.chars().count() as u64)
}

fn has_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("what is a {other}?"),
    }
}

fn has_format(name: &str, value: &Value) -> bool {
    match name {
        "uuid" => value.as_str().is_some_and(|text| uuid::Uuid::try_parse(text).is_ok()),
        "date-time" => value.as_str().is_some_and(|text| Timestamp::parse(text).is_some()),
        // Their bounds stand beside them.
        "uint32" | "uint64" | "int64" => true,
        "binary" => true,
        "uint8" => value.as_u64().is_some_and(|number| number <= 0xff),
        "uint16" => value.as_u64().is_some_and(|number| number <= 0xffff),
        other => panic!("what is a {other}?"),
    }
}

#[test]
fn a_value_of_the_wrong_shape_is_reported() {
    let schema = &document()["components"]["schemas"]["Accepted"];
    let verdict = |value: Value| fits(schema, &value).is_ok();
    assert!(verdict(serde_json::json!({ "turn": 1, "messageId": 7 })));
    for wrong in [
        serde_json::json!({ "messageId": 7 }),
        serde_json::json!({ "turn": "1" }),
        serde_json::json!({ "turn": -1 }),
        serde_json::json!({ "turn": 1, "more": true }),
    ] {
        assert!(!verdict(wrong.clone()), "{wrong}");
    }
}
