//! What a client sends, read with care: every mistake has its own code, and unknown fields are nothing.

use serde_json::{Map, Value};

/// One frame of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientFrame {
    /// Say something to the partner.
    Message {
        /// The words.
        content: String,
        /// What the sender calls it.
        client_id: Option<String>,
    },
    /// Ask the coach privately.
    Aside {
        /// The words.
        content: String,
        /// What the sender calls it.
        client_id: Option<String>,
    },
    /// End the running answer.
    Stop,
    /// Run the last answer again.
    Retry,
    /// The participant had a comment on screen for a second.
    Seen {
        /// The comment.
        message_id: i64,
    },
    /// Is anybody there?
    Ping,
}

/// A frame that cannot be obeyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadFrame {
    /// `bad_json`, `unknown_type` or `bad_request`.
    pub code: &'static str,
    /// For people.
    pub error: &'static str,
    /// What the sender calls it, if that can be read.
    pub client_id: Option<String>,
}

impl ClientFrame {
    /// Reads a text frame.
    pub fn parse(text: &str) -> Result<Self, BadFrame> {
        let bad_json = |error| BadFrame { code: "bad_json", error, client_id: None };
        let frame: Map<String, Value> =
            serde_json::from_str(text).map_err(|_| bad_json("this is not a JSON object"))?;
        if has_duplicate_keys(text, frame.len()) {
            return Err(bad_json("a field is given twice"));
        }
        let client_id = match frame.get("clientId") {
            None => Ok(None),
            Some(Value::String(name)) => Ok(Some(name.clone())),
            Some(_) => Err(()),
        };
        // Only a name that can be one is echoed: an error must not grow with what caused it.
        let known_id = client_id.clone().ok().flatten().filter(|name| name.len() <= 64);
        let bad_request =
            |error| BadFrame { code: "bad_request", error, client_id: known_id.clone() };
        let content = || match frame.get("content") {
            Some(Value::String(content)) => Ok(content.clone()),
            _ => Err(bad_request("content must be a text")),
        };
        let client_id = || client_id.clone().map_err(|()| bad_request("clientId must be a text"));
        match frame.get("type").and_then(Value::as_str) {
            Some("message") => Ok(Self::Message { content: content()?, client_id: client_id()? }),
            Some("aside") => Ok(Self::Aside { content: content()?, client_id: client_id()? }),
            Some("stop") => Ok(Self::Stop),
            Some("retry") => Ok(Self::Retry),
            Some("seen") => match frame.get("messageId").and_then(Value::as_i64) {
                Some(message_id) => Ok(Self::Seen { message_id }),
                None => Err(bad_request("messageId must be a whole number")),
            },
            Some("ping") => Ok(Self::Ping),
            Some(_) | None => Err(BadFrame {
                code: "unknown_type",
                error: "no frame of this type is known",
                client_id: known_id.clone(),
            }),
        }
    }
}

/// A JSON object that names a field twice means two things at once.
fn has_duplicate_keys(text: &str, distinct: usize) -> bool {
    struct Count(usize);
    impl<'de> serde::Deserialize<'de> for Count {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Count;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(
                    self,
                    mut map: A,
                ) -> Result<Count, A::Error> {
                    let mut count = 0;
                    while map
                        .next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?
                        .is_some()
                    {
                        count += 1;
                    }
                    Ok(Count(count))
                }
            }
            deserializer.deserialize_map(Visitor)
        }
    }
    serde_json::from_str::<Count>(text).is_ok_and(|count| count.0 != distinct)
}
