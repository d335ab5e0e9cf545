//! The JSON Schema (draft-07) of the scenario file, generated from the description that the checker uses.

use serde_json::{Map, Value, json};

use super::{
    format::FILE,
    shape::{Kind, Shape},
};

/// Returns the schema as JSON text, for editors.
pub fn json_schema() -> String {
    let mut schema = table(&FILE);
    if let Value::Object(object) = &mut schema {
        object.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
        object.insert("title".to_owned(), json!("Conversation Coach scenario"));
    }
    format!("{schema:#}\n")
}

fn table(shape: &Shape) -> Value {
    let properties: Map<String, Value> = shape
        .fields
        .iter()
        .map(|field| {
            let mut value = kind(&field.kind);
            if let Value::Object(object) = &mut value {
                object.insert("description".to_owned(), json!(field.about));
            }
            (field.key.to_owned(), value)
        })
        .collect();
    let required: Vec<&str> =
        shape.fields.iter().filter(|field| field.required).map(|field| field.key).collect();
    json!({
        "type": "object",
        "description": shape.about,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn kind(kind_: &Kind) -> Value {
    match kind_ {
        Kind::Text(max) | Kind::Template(max) => {
            json!({ "type": "string", "minLength": 1, "maxLength": max })
        }
        Kind::Line(max) => json!({
            "type": "string",
            "minLength": 1,
            "maxLength": max,
            "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$",
        }),
        Kind::Regex => json!({ "type": "string" }),
        Kind::Word(word) => json!({ "type": "string", "pattern": word.pattern }),
        Kind::Whole(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Real(min, max) => json!({ "type": "number", "minimum": min, "maximum": max }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::OneOf(words) => json!({ "type": "string", "enum": words }),
        Kind::Scalar => json!({ "type": ["string", "number", "boolean"] }),
        Kind::List(of, min, max) => {
            json!({ "type": "array", "items": kind(of), "minItems": min, "maxItems": max })
        }
        Kind::Table(shape) => table(shape),
        Kind::Map(word, of) => json!({
            "type": "object",
            "propertyNames": { "pattern": word.pattern },
            "additionalProperties": kind(of),
        }),
        Kind::Either(kinds) => json!({ "anyOf": kinds.iter().map(kind).collect::<Vec<_>>() }),
        Kind::Anything => json!({ "type": "object" }),
    }
}
