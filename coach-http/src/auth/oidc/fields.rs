//! Reads what a provider sends: strict about the fields that are used, ignoring all others. An error names the
//! field and never contains its value.

use serde_json::{Map, Value};

/// A field that is needed and cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} must be {wanted}")]
pub(super) struct Unreadable {
    pub(super) field: &'static str,
    pub(super) wanted: &'static str,
}

/// A JSON object from a provider.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a>(&'a Map<String, Value>);

/// Reads a JSON object; an error calls it `what`.
pub(super) fn object(bytes: &[u8], what: &'static str) -> Result<Map<String, Value>, Unreadable> {
    let wrong = Unreadable { field: what, wanted: "a JSON object" };
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) | Err(_) => Err(wrong),
    }
}

impl<'a> Fields<'a> {
    pub(super) fn of(object: &'a Map<String, Value>) -> Self {
        Self(object)
    }

    fn get(self, field: &'static str) -> Option<&'a Value> {
        self.0.get(field).filter(|value| !value.is_null())
    }

    pub(super) fn has(self, field: &'static str) -> bool {
        self.get(field).is_some()
    }

    /// Returns a string, if there is one.
    pub(super) fn text_if_any(self, field: &'static str) -> Result<Option<&'a str>, Unreadable> {
        let Some(value) = self.get(field) else { return Ok(None) };
        value.as_str().map(Some).ok_or(Unreadable { field, wanted: "a string" })
    }

    /// Returns a required string.
    pub(super) fn text(self, field: &'static str) -> Result<&'a str, Unreadable> {
        self.text_if_any(field)?.ok_or(Unreadable { field, wanted: "present" })
    }

    /// Returns a required string or list of strings.
    pub(super) fn texts(self, field: &'static str) -> Result<Vec<&'a str>, Unreadable> {
        let wrong = Unreadable { field, wanted: "a string or a list of strings" };
        match self.get(field) {
            Some(Value::String(text)) => Ok(vec![text]),
            Some(Value::Array(list)) => {
                list.iter().map(Value::as_str).collect::<Option<_>>().ok_or(wrong)
            }
            Some(_) => Err(wrong),
            None => Err(Unreadable { field, wanted: "present" }),
        }
    }

    /// Returns a required number of seconds since 1970, possibly with a fraction.
    pub(super) fn seconds(self, field: &'static str) -> Result<f64, Unreadable> {
        let wrong = Unreadable { field, wanted: "a number of seconds" };
        let value = self.get(field).ok_or(Unreadable { field, wanted: "present" })?;
        value.as_f64().filter(|seconds| seconds.is_finite()).ok_or(wrong)
    }

    /// Returns whether a field is true, if it is present: only `true` and `"true"` are.
    pub(super) fn flag(self, field: &'static str) -> Option<bool> {
        self.get(field).map(|value| *value == Value::Bool(true) || value == "true")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_true_is_true() {
        for (value, flag) in [
            (json!(true), Some(true)),
            (json!("true"), Some(true)),
            (json!(false), Some(false)),
            (json!("True"), Some(false)),
            (json!(1), Some(false)),
            (json!(["true"]), Some(false)),
            (json!(null), None),
        ] {
            let object = Map::from_iter([("x".to_owned(), value.clone())]);
            assert_eq!(Fields::of(&object).flag("x"), flag, "{value}");
        }
    }

    #[test]
    fn an_error_names_the_field_and_no_value() {
        let sent = object(br#"{"exp":"secret","aud":[7],"sub":{}}"#, "x").unwrap();
        let fields = Fields::of(&sent);
        assert_eq!(fields.text("sub").unwrap_err().to_string(), "sub must be a string");
        assert_eq!(fields.text("iss").unwrap_err().to_string(), "iss must be present");
        assert_eq!(
            fields.seconds("exp").unwrap_err().to_string(),
            "exp must be a number of seconds"
        );
        assert!(fields.texts("aud").is_err());
        assert!(object(b"[]", "the token").is_err());
    }
}
