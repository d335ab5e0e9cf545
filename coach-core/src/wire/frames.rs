//! Server frames. Fields may be added but never renamed; absent fields are left out.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::WireMessage;
use crate::{
    ErrorCode,
    conversation::{self, Cut, EndReason, SkipReason, Status},
    error::{CoachError, model_code, model_retryable},
    live::{Delta, Event, LogEntry, Quota, TurnState, Voice},
    model::TurnLane,
    ports::ModelErrorKind,
    turn::TurnLimit,
};

/// The reader of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The participant.
    Participant,
    /// A researcher.
    Observer,
}

/// One frame of the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the protocol documents the fields")]
#[non_exhaustive]
pub enum ServerFrame {
    #[serde(rename = "history")]
    History {
        messages: Vec<WireMessage>,
        more: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reset: Option<bool>,
    },
    #[serde(rename = "resumed")]
    Resumed {},
    #[serde(rename = "message")]
    Message { message: WireMessage },
    #[serde(rename = "ack")]
    Ack { client_id: String, message_id: i64, turn: u32 },
    #[serde(rename = "partner:delta")]
    PartnerDelta(Piece),
    #[serde(rename = "partner:done")]
    PartnerDone(End),
    #[serde(rename = "coach:delta")]
    CoachDelta(Piece),
    #[serde(rename = "coach:done")]
    CoachDone(End),
    #[serde(rename = "coach:skipped")]
    CoachSkipped {
        message_id: i64,
        turn: u32,
        /// Every skipped comment has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<SkipReason>,
    },
    #[serde(rename = "aside:question")]
    AsideQuestion { message: WireMessage },
    #[serde(rename = "aside:delta")]
    AsideDelta(Piece),
    #[serde(rename = "aside:done")]
    AsideDone(End),
    #[serde(rename = "turn")]
    Turn { turn: u32, state: TurnState },
    #[serde(rename = "quota")]
    Quota {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turns_left: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<TurnLimit>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tokens_used: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tokens_left: Option<u64>,
    },
    #[serde(rename = "ended")]
    Ended { reason: EndReason },
    #[serde(rename = "error")]
    Error(ErrorFrame),
    #[serde(rename = "pong")]
    Pong {},
}

/// A piece of an answer; `off` is where its content begins in the message's text, in UTF-8 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Piece {
    pub content: String,
    pub message_id: i64,
    pub off: u64,
    pub turn: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<i64>,
}

/// The end of an answer; `cut` says why a complete one is cut short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct End {
    pub message_id: i64,
    pub turn: u32,
    pub status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
}

/// An error: `error` is for people, `code` for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ErrorFrame {
    pub error: String,
    pub code: ErrorCode,
    pub retryable: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<TurnLane>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

impl ErrorFrame {
    /// Returns an error with only a code and a text.
    pub fn new(code: ErrorCode, error: impl Into<String>) -> Self {
        Self {
            error: error.into(),
            code,
            retryable: false,
            turn: None,
            lane: None,
            client_id: None,
            retry_after_ms: None,
        }
    }

    /// Returns the error frame for a request that failed.
    pub fn of(error: &CoachError) -> Self {
        // "Not found" and "forbidden" become "bad request", because this socket was already authorized.
        let code = match error.code() {
            ErrorCode::NotFound
            | ErrorCode::Forbidden
            | ErrorCode::Invalid
            | ErrorCode::Claimed
            | ErrorCode::ConsentChanged => ErrorCode::BadRequest,
            code => code,
        };
        let retry_after_ms = match error {
            CoachError::Refused(refusal) => refusal.wait(),
            _ => None,
        }
        // Rounded up, so that a client that waits this long is accepted.
        .and_then(|wait| u64::try_from(wait.as_micros().div_ceil(1_000)).ok());
        Self { retryable: error.retryable(), retry_after_ms, ..Self::new(code, error.to_string()) }
    }
}

impl ServerFrame {
    /// Returns the frame of an event for `audience`.
    pub fn new(event: &Event, audience: Audience) -> Self {
        match event {
            Event::History { messages, more, reset } => Self::History {
                messages: messages.iter().map(|m| WireMessage::new(m, audience)).collect(),
                more: *more,
                reset: reset.then_some(true),
            },
            Event::Resumed => Self::Resumed {},
            Event::Said(message) => Self::Message { message: WireMessage::new(message, audience) },
            Event::AsideQuestion(message) => {
                Self::AsideQuestion { message: WireMessage::new(message, audience) }
            }
            Event::Delta(delta) => Self::piece(delta),
            Event::Done(done) => Self::end(done),
            Event::Skipped(message) => Self::CoachSkipped {
                message_id: message.id.0,
                turn: message.turn,
                reason: message.skipped,
            },
            Event::Turn { turn, state } => Self::Turn { turn: *turn, state: *state },
            Event::Quota(quota) => Self::quota(*quota, audience),
            Event::Ended(reason) => Self::Ended { reason: *reason },
            Event::Failed { lane, turn, kind } => Self::Error(ErrorFrame {
                retryable: model_retryable(*kind),
                turn: Some(*turn),
                lane: Some(*lane),
                ..ErrorFrame::new(model_code(*kind), trouble(*kind))
            }),
            Event::StorageTrouble { turn } => Self::Error(ErrorFrame {
                retryable: true,
                turn: Some(*turn),
                ..ErrorFrame::new(
                    ErrorCode::Storage,
                    "The answer could not be saved yet. The server is retrying; you do not need to \
                     do anything.",
                )
            }),
        }
    }

    fn piece(delta: &Delta) -> Self {
        let piece = Piece {
            content: delta.text.clone(),
            message_id: delta.message.0,
            off: delta.off as u64,
            turn: delta.turn,
            replaces: delta.replaces.map(|id| id.0),
        };
        match delta.voice {
            Voice::Partner => Self::PartnerDelta(piece),
            Voice::Coach => Self::CoachDelta(piece),
            Voice::Aside => Self::AsideDelta(piece),
        }
    }

    fn end(done: &conversation::Message) -> Self {
        let end = End {
            message_id: done.id.0,
            turn: done.turn,
            status: done.status,
            replaces: done.replaces.map(|id| id.0),
            cut: done.cut(),
        };
        match Voice::of(done) {
            Voice::Partner => Self::PartnerDone(end),
            Voice::Coach => Self::CoachDone(end),
            Voice::Aside => Self::AsideDone(end),
        }
    }

    pub(super) fn quota(quota: Quota, audience: Audience) -> Self {
        let seen = |tokens: Option<u64>| tokens.filter(|_| audience == Audience::Observer);
        Self::Quota {
            turns_left: quota.turns_left,
            limit: quota.limit,
            tokens_used: seen(quota.used),
            tokens_left: seen(quota.left),
        }
    }

    /// Returns the frame as JSON text.
    pub fn text(&self) -> String {
        // serde_json cannot fail on numbers, strings and lists of them.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The same frame as [`Piece`], serialized without copying: most frames are pieces.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeltaFrame<'a> {
    r#type: &'static str,
    content: &'a str,
    message_id: i64,
    off: usize,
    turn: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<i64>,
}

impl<'a> DeltaFrame<'a> {
    pub(super) fn of(delta: &'a Delta) -> Self {
        Self {
            r#type: match delta.voice {
                Voice::Partner => "partner:delta",
                Voice::Coach => "coach:delta",
                Voice::Aside => "aside:delta",
            },
            content: &delta.text,
            message_id: delta.message.0,
            off: delta.off,
            turn: delta.turn,
            replaces: delta.replaces.map(|id| id.0),
        }
    }

    fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl LogEntry {
    /// Returns the event's frame for `audience`, serialized once for all followers. A piece of an answer is
    /// the same for both audiences.
    pub fn frame(&self, audience: Audience) -> Arc<str> {
        let place = match (audience, &self.event) {
            (Audience::Participant, _) | (_, Event::Delta(_)) => 0,
            (Audience::Observer, _) => 1,
        };
        let frame = || match &self.event {
            Event::Delta(delta) => DeltaFrame::of(delta).text().into(),
            event => ServerFrame::new(event, audience).text().into(),
        };
        self.frames[place].get_or_init(frame).clone()
    }
}

/// Returns the message for a model's failure: what happened, what it means for the participant's data, what
/// to do now.
fn trouble(kind: ModelErrorKind) -> &'static str {
    if kind == ModelErrorKind::QuotaExhausted {
        return "The AI service has no quota left and will not answer before tomorrow. Your message is saved.";
    }
    match model_code(kind) {
        ErrorCode::ModelAuth => {
            "The AI service cannot be used right now. Your message is saved. Please tell the person who invited you."
        }
        ErrorCode::ModelRateLimited | ErrorCode::ModelOverloaded => {
            "The AI service is busy. Your message is saved. Try again in a moment."
        }
        ErrorCode::ModelTimeout => {
            "The AI service took too long. Your message is saved. Try again."
        }
        ErrorCode::ModelRefused => {
            "The AI service declined to answer this. Your message is saved. Try other words."
        }
        ErrorCode::ContextTooLong => {
            "This conversation has become too long for the AI model. Everything so far is saved. Start a new conversation to continue."
        }
        _ => "The AI service could not answer. Your message is saved. Try again.",
    }
}
