//! Client frames, parsed strictly: every mistake has its own code; unknown fields are ignored.

use super::fields::{Field, Fields};
use crate::{
    ErrorCode,
    conversation::{Seen, SeenHow},
};

/// One frame of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientFrame {
    /// Sends a message to the partner.
    Message {
        /// The text.
        content: String,
        /// The sender's id for the message.
        client_id: Option<String>,
    },
    /// Asks the coach privately.
    Aside {
        /// The text.
        content: String,
        /// The sender's id for the message.
        client_id: Option<String>,
    },
    /// Stops the running answer.
    Stop,
    /// Retries the last answer.
    Retry,
    /// Reports that the participant had a comment on screen for a second.
    Seen {
        /// The comment.
        message_id: i64,
        /// How it was displayed, which share of it, and for how long.
        seen: Seen,
    },
    /// Asks for a pong.
    Ping,
}

/// A frame that cannot be handled.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BadFrame {
    /// [`ErrorCode::BadJson`], [`ErrorCode::UnknownType`] or [`ErrorCode::BadRequest`].
    pub code: ErrorCode,
    /// A message for people.
    pub error: &'static str,
    /// The sender's id for the message, if it can be parsed.
    pub client_id: Option<String>,
}

impl ClientFrame {
    /// Parses a text frame.
    ///
    /// # Errors
    /// [`BadFrame`] if the text is not valid JSON, has an unknown type, or has a field of the wrong type.
    pub fn parse(text: &str) -> Result<Self, BadFrame> {
        let fields: Fields = serde_json::from_str(text).map_err(|_| BadFrame {
            code: ErrorCode::BadJson,
            error: "the frame must be a JSON object without duplicate fields",
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
                return Err(bad(ErrorCode::BadRequest, "content must be a string"));
            };
            match client_id {
                Field::Absent => Ok((content, None)),
                Field::Text(name) => Ok((content, Some(name))),
                Field::Number(_) | Field::Other => {
                    Err(bad(ErrorCode::BadRequest, "clientId must be a string"))
                }
            }
        };
        let Field::Text(kind) = kind else {
            return Err(bad(ErrorCode::UnknownType, "type is missing or not a string"));
        };
        match kind.as_str() {
            "message" => words().map(|(content, client_id)| Self::Message { content, client_id }),
            "aside" => words().map(|(content, client_id)| Self::Aside { content, client_id }),
            "stop" => Ok(Self::Stop),
            "retry" => Ok(Self::Retry),
            "seen" => match message_id {
                Field::Number(message_id) => seen(&how, &share, &ms)
                    .map(|seen| Self::Seen { message_id, seen })
                    .map_err(|error| bad(ErrorCode::BadRequest, error)),
                Field::Absent | Field::Text(_) | Field::Other => {
                    Err(bad(ErrorCode::BadRequest, "messageId must be a whole number"))
                }
            },
            "ping" => Ok(Self::Ping),
            _ => Err(bad(
                ErrorCode::UnknownType,
                "type must be message, aside, stop, retry, seen or ping",
            )),
        }
    }
}

/// Parses a display report. Absent fields mean: shown, with unknown share and time.
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

/// Returns the sender's id to repeat in an error frame, if it is short enough to be valid. A flood of errors
/// must not be larger than the flood that caused it.
pub(super) fn echo(client_id: Option<&str>) -> Option<String> {
    client_id.filter(|name| name.len() <= 64).map(str::to_owned)
}
