//! Masks what differs from run to run: ids, cursors, times and links.

use serde_json::{Value, json};

pub(super) fn each_text(value: &mut Value, change: &impl Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, change)),
        Value::Object(fields) => fields.values_mut().for_each(|field| each_text(field, change)),
        _ => {}
    }
}

/// A value without ids, cursors, times and links.
pub(super) fn masked(value: &Value) -> Value {
    let mut value = value.clone();
    each_text(&mut value, &|text| {
        if text.starts_with("W/\"") {
            return "ETAG".to_owned();
        }
        let words = text.split_inclusive([' ', ',', '"', '\r', '\n']).map(|word| {
            let bare = word.trim_end_matches([' ', ',', '"', '\r', '\n']);
            let mask = match bare {
                _ if uuid::Uuid::try_parse(bare).is_ok() => "ID",
                _ if coach_core::timestamp::Timestamp::parse(bare).is_some() => "TIME",
                _ if bare.starts_with("http://") || bare.starts_with("https://") => "LINK",
                _ => bare,
            };
            format!("{mask}{}", &word[bare.len()..])
        });
        words.collect()
    });
    mask_numbers(&mut value);
    value
}

fn mask_numbers(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(mask_numbers),
        Value::Object(fields) => {
            for (name, field) in fields {
                let is_id = matches!(name.as_str(), "id" | "messageId" | "replaces");
                match is_id && field.is_number() || name == "next" {
                    true => *field = json!("ID"),
                    false => mask_numbers(field),
                }
            }
        }
        _ => {}
    }
}
