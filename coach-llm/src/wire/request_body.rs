//! `RequestBody`: the body of a request.
//!
//! The conversation is written to JSON once, without a tree of values in between: it is as long as the whole
//! conversation, and all other fields are short. Never sends anything.

use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::{
    Map, Value,
    value::{RawValue, to_raw_value},
};

/// The body of a request: its conversation, and its other fields.
#[derive(Clone, Debug)]
pub(crate) struct RequestBody {
    conversation: Option<(&'static str, Box<RawValue>)>,
    fields: Map<String, Value>,
}

impl RequestBody {
    /// Returns a body with the conversation in the field `name`, and with the fields of an object.
    pub(crate) fn new(name: &'static str, conversation: &impl Serialize, fields: Value) -> Self {
        let conversation = to_raw_value(conversation).expect("every text can be written as JSON");
        let Value::Object(fields) = fields else { unreachable!("the fields are an object") };
        Self { conversation: Some((name, conversation)), fields }
    }

    /// Sets the fields of `extra`; removes those that are `null`.
    pub(crate) fn set(&mut self, extra: &Map<String, Value>) {
        self.conversation.take_if(|(name, _)| extra.contains_key(*name));
        self.fields.extend(extra.clone());
        self.fields.retain(|_, value| !value.is_null());
    }
}

impl Serialize for RequestBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_map(None)?;
        for (name, value) in &self.fields {
            body.serialize_entry(name, value)?;
        }
        if let Some((name, conversation)) = &self.conversation {
            body.serialize_entry(name, conversation)?;
        }
        body.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(extra: &Value) -> Value {
        let fields = json!({"model": "m", "stop": ["\n"]});
        let mut body = RequestBody::new("messages", &["Hello \"you\"."], fields);
        body.set(extra.as_object().unwrap());
        serde_json::to_value(&body).unwrap()
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
    }
}
