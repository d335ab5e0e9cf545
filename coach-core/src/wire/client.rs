//! What a client sends, read with care: every mistake has its own code, and unknown fields are nothing.

use super::fields::{Field, Fields};
use crate::conversation::{Seen, SeenHow};

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
        /// How, how much of it, and how long.
        seen: Seen,
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
        let fields: Fields = serde_json::from_str(text).map_err(|_| BadFrame {
            code: "bad_json",
            error: "this is not a JSON object in which every field stands once",
            client_id: None,
        })?;
        let Fields { kind, content, client_id, message_id, how, share, ms } = fields;
        let echo = match &client_id {
            Field::Text(name) => echo(Some(name)),
            Field::Absent | Field::Number(_) | Field::Other => None,
        };
        let bad = |code, error| BadFrame { code, error, client_id: echo.clone() };
        let words = || {
            let Field::Text(content) = content else {
                return Err(bad("bad_request", "content must be a text"));
            };
            match client_id {
                Field::Absent => Ok((content, None)),
                Field::Text(name) => Ok((content, Some(name))),
                Field::Number(_) | Field::Other => {
                    Err(bad("bad_request", "clientId must be a text"))
                }
            }
        };
        let Field::Text(kind) = kind else {
            return Err(bad("unknown_type", "a frame must say its type"));
        };
        match kind.as_str() {
            "message" => words().map(|(content, client_id)| Self::Message { content, client_id }),
            "aside" => words().map(|(content, client_id)| Self::Aside { content, client_id }),
            "stop" => Ok(Self::Stop),
            "retry" => Ok(Self::Retry),
            "seen" => match message_id {
                Field::Number(message_id) => seen(&how, &share, &ms)
                    .map(|seen| Self::Seen { message_id, seen })
                    .map_err(|error| bad("bad_request", error)),
                Field::Absent | Field::Text(_) | Field::Other => {
                    Err(bad("bad_request", "messageId must be a whole number"))
                }
            },
            "ping" => Ok(Self::Ping),
            _ => Err(bad("unknown_type", "no frame of this type is known")),
        }
    }
}

/// How a comment was on screen. Without a word on it: shown, nobody knows how much of it.
fn seen(how: &Field, share: &Field, ms: &Field) -> Result<Seen, &'static str> {
    let how = match how {
        Field::Absent => Some(SeenHow::Shown),
        Field::Text(name) => SeenHow::parse(name),
        Field::Number(_) | Field::Other => None,
    };
    let count = |field: &Field, wrong| match field {
        Field::Absent => Ok(None),
        Field::Number(count) => u64::try_from(*count).map(Some).map_err(|_| wrong),
        Field::Text(_) | Field::Other => Err(wrong),
    };
    Ok(Seen::new(
        how.ok_or("how must be shown or opened")?,
        count(share, "share must be a whole number, 0 to 100")?,
        count(ms, "ms must be a whole number, 0 or more")?,
    ))
}

/// What an error frame repeats of a sender's name: nothing that could not be one. (A flood of errors must
/// not be larger than the flood that asked for it.)
pub(super) fn echo(client_id: Option<&str>) -> Option<String> {
    client_id.filter(|name| name.len() <= 64).map(str::to_owned)
}
