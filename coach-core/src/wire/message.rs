//! A message in frames and in REST responses.

use serde::{Deserialize, Serialize};

use super::Audience;
use crate::conversation::{self, Cut, Role, SkipReason, Status};

/// One message. Absent fields are left out, never null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WireMessage {
    /// Its id.
    pub id: i64,
    /// Its turn.
    pub turn: u32,
    /// Who it is from.
    pub role: Role,
    /// Whether it belongs to an aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aside: Option<bool>,
    /// The text.
    pub content: String,
    /// Its state; never `streaming`, because only finished messages are shown.
    pub status: Status,
    /// Why it was skipped, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<SkipReason>,
    /// The attempt that it replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<i64>,
    /// Why a complete answer is cut short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
    /// When it began: RFC 3339, UTC.
    pub created_at: String,
    /// When its first text arrived: RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_delta_at: Option<String>,
    /// When it became final: RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<String>,
    /// The sender's id for the message; only for the participant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

impl WireMessage {
    /// Returns a message on record as `audience` may see it.
    pub fn new(message: &conversation::Message, audience: Audience) -> Self {
        Self {
            id: message.id.0,
            turn: message.turn,
            role: message.role,
            aside: message.aside.then_some(true),
            content: message.content.clone(),
            status: message.status,
            reason: message.skipped,
            replaces: message.replaces.map(|id| id.0),
            cut: message.cut(),
            created_at: message.created_at.to_string(),
            first_delta_at: message.first_delta_at.map(|at| at.to_string()),
            done_at: message.done_at.map(|at| at.to_string()),
            client_id: match audience {
                Audience::Participant => message.client_id.clone(),
                Audience::Observer => None,
            },
        }
    }
}
