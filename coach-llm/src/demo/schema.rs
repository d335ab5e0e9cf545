//! Generates JSON that follows a schema, with words from the description.
//!
//! Supports types, enums, bounds, lengths, items, `required`, `$ref` and the first option of every choice.
//! Ignores patterns and formats: such a string is only a string.

use coach_core::ports::Speaker;
use serde_json::{Map, Value, json};

use super::{heard, phrases};

/// The depth at which recursive schemas end.
const DEEPEST: usize = 16;

/// Returns JSON text that follows `schema`.
pub(super) fn answer(schema: &str, described: &str, speaker: &Speaker) -> String {
    let root: Value = serde_json::from_str(schema).unwrap_or_default();
    let filler = Filler { root: &root, described, speaker };
    filler.fill(&root, "", 0).to_string()
}

struct Filler<'a> {
    root: &'a Value,
    described: &'a str,
    speaker: &'a Speaker,
}

impl Filler<'_> {
    fn fill(&self, schema: &Value, name: &str, depth: usize) -> Value {
        if depth > DEEPEST {
            return Value::Null;
        }
        if let Some(exact) = schema.get("const") {
            return exact.clone();
        }
        if let Some(choices) = schema["enum"].as_array().filter(|choices| !choices.is_empty()) {
            return choices[heard::seed(self.described) % choices.len()].clone();
        }
        if let Some(target) = schema["$ref"].as_str() {
            let pointer = target.strip_prefix('#').unwrap_or_default();
            return self.fill(self.root.pointer(pointer).unwrap_or(&Value::Null), name, depth + 1);
        }
        if let Some(parts) = schema["allOf"].as_array() {
            return self.fill(&merged(schema, parts), name, depth + 1);
        }
        for way in ["anyOf", "oneOf"] {
            if let Some(ways) = schema[way].as_array() {
                let null = |way: &&Value| way["type"] == "null";
                let something = ways.iter().find(|way| !null(way));
                let nothing = ways.iter().find(null).filter(|_| is_refusal(name));
                return self.fill(nothing.or(something).unwrap_or(&Value::Null), name, depth + 1);
            }
        }
        match kind(schema, name) {
            "object" => self.object(schema, depth),
            "array" => self.array(schema, name, depth),
            "integer" => number(schema, true),
            "number" => number(schema, false),
            "boolean" => json!(!is_refusal(name)),
            "null" => Value::Null,
            _ => json!(self.text(schema, name)),
        }
    }

    fn object(&self, schema: &Value, depth: usize) -> Value {
        let properties = schema["properties"].as_object();
        let mut object = Map::new();
        for (name, property) in properties.into_iter().flatten() {
            object.insert(name.clone(), self.fill(property, name, depth + 1));
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            object.entry(name).or_insert_with(|| json!(self.text(&Value::Null, name)));
        }
        Value::Object(object)
    }

    fn array(&self, schema: &Value, name: &str, depth: usize) -> Value {
        let most = schema["maxItems"].as_u64().unwrap_or(u64::MAX);
        let length = schema["minItems"].as_u64().unwrap_or(1).max(1).min(most).min(64);
        (0..length).map(|_| self.fill(&schema["items"], name, depth + 1)).collect()
    }

    /// Returns a text for the field `name` within its length limits.
    fn text(&self, schema: &Value, name: &str) -> String {
        let name = name.to_lowercase();
        let described = heard::quote(self.described, 300);
        let text = if name.contains("language") {
            self.speaker.language.clone()
        } else if name.contains("name") {
            person(self.described).unwrap_or_else(|| "Alex".to_owned())
        } else if name.contains("opening") {
            let partner = person(self.described).unwrap_or_else(|| "Alex".to_owned());
            phrases::of(&self.speaker.language).opening.replace("{name}", &partner)
        } else if name.contains("title") {
            format!("Demo: {}", heard::quote(self.described, 40))
        } else {
            format!("(Demo) {described}")
        };
        let text = text.trim().to_owned();
        let least = usize::try_from(schema["minLength"].as_u64().unwrap_or(0)).unwrap_or(0);
        let most = schema["maxLength"].as_u64().and_then(|n| usize::try_from(n).ok());
        let missing = least.min(100_000).saturating_sub(text.chars().count());
        text.chars()
            .chain(" demo".chars().cycle().take(missing))
            .take(most.unwrap_or(8000))
            .collect()
    }
}

/// Returns whether a field is empty in a good answer: a refusal, a reason for one, a flag.
fn is_refusal(name: &str) -> bool {
    let name = name.to_lowercase();
    ["refus", "reject", "unsafe", "harm", "block", "flag", "error"]
        .iter()
        .any(|no| name.contains(no))
}

fn kind<'a>(schema: &'a Value, name: &str) -> &'a str {
    match &schema["type"] {
        Value::String(kind) => kind,
        Value::Array(kinds) => {
            let kinds = || kinds.iter().filter_map(Value::as_str);
            let null = kinds().find(|kind| *kind == "null").filter(|_| is_refusal(name));
            null.or_else(|| kinds().find(|kind| *kind != "null")).unwrap_or("null")
        }
        _ if schema.get("properties").is_some() => "object",
        _ if schema.get("items").is_some() => "array",
        _ => "string",
    }
}

/// Merges the parts of an `allOf` into one schema; later parts win.
fn merged(schema: &Value, parts: &[Value]) -> Value {
    let mut whole = schema.as_object().cloned().unwrap_or_default();
    whole.remove("allOf");
    for (key, value) in parts.iter().filter_map(Value::as_object).flatten() {
        match (whole.get_mut(key), value) {
            (Some(Value::Object(before)), Value::Object(more)) => before.extend(more.clone()),
            (Some(Value::Array(before)), Value::Array(more)) => before.extend(more.clone()),
            _ => drop(whole.insert(key.clone(), value.clone())),
        }
    }
    Value::Object(whole)
}

/// Returns the middle of a number's bounds, or the nearest value that its step allows.
fn number(schema: &Value, whole: bool) -> Value {
    let bound = |name: &str| schema[name].as_f64();
    let step = bound("multipleOf").filter(|step| *step > 0.0).or(whole.then_some(1.0));
    let nudge = step.unwrap_or(1e-3);
    let low = bound("minimum").or_else(|| Some(bound("exclusiveMinimum")? + nudge));
    let high = bound("maximum").or_else(|| Some(bound("exclusiveMaximum")? - nudge));
    let middle = match (low, high) {
        (Some(low), Some(high)) => f64::midpoint(low, high),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => 1.0,
    };
    let mut number = middle;
    if let Some(step) = step {
        number = (middle / step).floor() * step;
        if low.is_some_and(|low| number < low) {
            number += step;
        }
    }
    if whole { json!(number as i64) } else { json!(number) }
}

/// Finds a word that looks like a person's name: capitalized, but not at the start of a sentence.
fn person(described: &str) -> Option<String> {
    let words: Vec<_> = described.split_whitespace().collect();
    words.windows(2).find_map(|pair| {
        let word = pair[1].trim_matches(|c: char| !c.is_alphabetic());
        let inside = pair[0].ends_with(|c: char| c.is_alphanumeric() || c == ',');
        let name = word.chars().count() > 1 && word.chars().next()?.is_uppercase();
        (inside && name).then(|| word.chars().take(40).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(schema: &Value, described: &str) -> Value {
        let speaker = Speaker { name: "Ruth".to_owned(), language: "de".to_owned() };
        serde_json::from_str(&answer(&schema.to_string(), described, &speaker)).unwrap()
    }

    #[test]
    fn a_scenario_uses_words_from_its_description() {
        let schema = json!({"type": "object", "additionalProperties": false,
            "required": ["title", "partner_name", "persona", "refusal", "language", "opening"],
            "properties": {
                "title": {"type": "string", "maxLength": 30},
                "partner_name": {"type": "string"},
                "persona": {"type": "string", "minLength": 80, "maxLength": 90},
                "refusal": {"type": ["string", "null"]},
                "opening": {"type": ["string", "null"]},
                "language": {"type": "string"}}});
        let made = filled(&schema, "I must tell my sister Ruth that I move out.");
        assert_eq!(made["title"], "Demo: I must tell my sister Ru");
        assert_eq!(made["partner_name"], "Ruth");
        assert!((80..=90).contains(&made["persona"].as_str().unwrap().chars().count()));
        assert_eq!((&made["refusal"], &made["language"]), (&Value::Null, &json!("de")));
        assert!(made["opening"].as_str().unwrap().starts_with("Ruth hier"));
        assert_eq!(made.as_object().unwrap().len(), 6);
    }

    #[test]
    fn numbers_keep_within_their_bounds_and_steps() {
        for (schema, expected) in [
            (json!({"type": "integer", "minimum": 1, "maximum": 5}), json!(3)),
            (json!({"type": "integer", "exclusiveMinimum": 0, "maximum": 1}), json!(1)),
            (json!({"type": "number", "minimum": 0, "maximum": 1}), json!(0.5)),
            (json!({"type": "integer", "minimum": 3, "maximum": 12, "multipleOf": 5}), json!(5)),
            (json!({"type": "integer"}), json!(1)),
        ] {
            assert_eq!(filled(&schema, "x"), expected, "{schema}");
        }
    }

    #[test]
    fn choices_references_lists_and_loops_are_followed() {
        let schema = json!({"$defs": {"score": {"type": "integer", "minimum": 2, "maximum": 2},
                "loop": {"type": "object", "properties": {"next": {"$ref": "#/$defs/loop"}}}},
            "type": "object", "properties": {
                "who": {"enum": ["a"]}, "fixed": {"const": 7},
                "scores": {"type": "array", "items": {"$ref": "#/$defs/score"}, "minItems": 3},
                "maybe": {"anyOf": [{"type": "null"}, {"type": "boolean"}]},
                "both": {"allOf": [{"type": "integer"}, {"minimum": 4, "maximum": 4}]},
                "loop": {"$ref": "#/$defs/loop"}}});
        let made = filled(&schema, "x");
        assert_eq!(made["who"], "a");
        assert_eq!(made["fixed"], 7);
        assert_eq!(made["scores"], json!([2, 2, 2]));
        assert_eq!(made["maybe"], true);
        assert_eq!(made["both"], 4);
        assert!(made["loop"]["next"].is_object());
    }

    #[test]
    fn hostile_schemas_still_give_json() {
        for hostile in ["", "[]", "7", "{\"type\":\"array\",\"minItems\":1e9}", "{\"enum\":[]}"] {
            let speaker = Speaker { name: String::new(), language: String::new() };
            let made = answer(hostile, "", &speaker);
            assert!(serde_json::from_str::<Value>(&made).is_ok(), "{hostile}");
        }
    }
}
