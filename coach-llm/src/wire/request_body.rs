//! `RequestBody`: the body of a request.
//!
//! The conversation, whose length has no limit, is written to JSON once, into a buffer of sufficient size, without a
//! tree of values in between. All other fields are short. Never sends anything.

use serde::Serialize;
use serde_json::{Map, Value};

/// The room for JSON around a message, and for escapes in its text.
const AROUND: usize = 128;

/// The body of a request: its conversation, and its other fields.
#[derive(Debug)]
pub(crate) struct RequestBody {
    /// The name of a field, and an object that is still open, with this field.
    conversation: Option<(&'static str, Vec<u8>)>,
    fields: Map<String, Value>,
}

impl RequestBody {
    /// Returns a body with the conversation, of about `length` bytes of text, in the field `name`, and with the fields
    /// of an object.
    pub(crate) fn new<M: Serialize>(
        name: &'static str,
        conversation: &[M],
        length: u64,
        fields: Value,
    ) -> Self {
        let length = usize::try_from(length).unwrap_or_default();
        let mut json = Vec::with_capacity(length + length / 8 + AROUND * (conversation.len() + 8));
        json.extend(format!("{{\"{name}\":").into_bytes());
        serde_json::to_writer(&mut json, conversation).expect("every text can be written as JSON");
        let Value::Object(fields) = fields else { unreachable!("the fields are an object") };
        Self { conversation: Some((name, json)), fields }
    }

    /// Sets the fields of `extra`; removes those that are `null`.
    pub(crate) fn set(&mut self, extra: &Map<String, Value>) {
        self.conversation.take_if(|(name, _)| extra.contains_key(*name));
        self.fields.extend(extra.clone());
        self.fields.retain(|_, value| !value.is_null());
    }

    /// Returns the body as JSON.
    pub(crate) fn into_json(self) -> Vec<u8> {
        let fields = Value::Object(self.fields).to_string();
        let Some((_, mut json)) = self.conversation else { return fields.into_bytes() };
        if fields != "{}" {
            json.push(b',');
        }
        json.extend(&fields.as_bytes()[1..]);
        json
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(extra: &Value) -> Value {
        let fields = json!({"model": "m", "stop": ["\n"]});
        let mut body = RequestBody::new("messages", &["Hello \"you\"."], 12, fields);
        body.set(extra.as_object().unwrap());
        serde_json::from_slice(&body.into_json()).unwrap()
    }

    #[test]
    fn extra_fields_replace_others_and_null_removes_them() {
        let whole = json!({"model": "m", "stop": ["\n"], "messages": ["Hello \"you\"."]});
        assert_eq!(sent(&json!({})), whole);
        assert_eq!(
            sent(&json!({"stop": null, "top_p": 0.5})),
            json!({"model": "m", "top_p": 0.5, "messages": ["Hello \"you\"."]})
        );
        assert_eq!(
            sent(&json!({"messages": [], "stop": null})),
            json!({"model": "m", "messages": []})
        );
        assert_eq!(sent(&json!({"messages": null, "stop": null})), json!({"model": "m"}));
        let conversation = json!({"messages": ["Hello \"you\"."]});
        assert_eq!(sent(&json!({"model": null, "stop": null})), conversation);
    }
}
