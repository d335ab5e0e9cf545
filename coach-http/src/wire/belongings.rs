//! Everything of a person, as they may take it along: one JSON document.

use coach_core::{
    self as core, conversation::SeenRecord, people, ports::UsageEntry, wire::Audience,
};
use poem_openapi::Object;
use uuid::Uuid;

use super::{
    admin::{Identity, User},
    conversation::Conversation,
    frames::{Message, SeenHow},
};

/// All that is kept of the caller.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct Belongings {
    account: User,
    identities: Vec<Identity>,
    /// Newest first.
    invitations: Vec<Consented>,
    /// Oldest first.
    conversations: Vec<WholeConversation>,
}

/// An invitation that was claimed, and what was agreed to.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Consented {
    id: Uuid,
    claimed_at: Option<String>,
    consent_version: String,
    consent_text: String,
}

/// A conversation with all that was said, and what it used.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct WholeConversation {
    conversation: Conversation,
    messages: Vec<Message>,
    usage: Vec<Usage>,
    /// Which of the coach's comments were on screen.
    seen: Vec<SeenComment>,
}

/// How a comment was on screen.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct SeenComment {
    message_id: i64,
    how: SeenHow,
    first_at: String,
    /// The largest percentage of its text that was visible.
    share: Option<u8>,
    /// The longest time on screen, in milliseconds.
    ms: Option<u64>,
}

/// What one model call used. All counts are tokens.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Usage {
    message_id: Option<i64>,
    lane: String,
    /// `reported`, `estimated`, or why it cost nothing.
    source: String,
    input_tokens: u64,
    cached_input_tokens: u64,
    output_tokens: u64,
    reasoning_tokens: u64,
    model: Option<String>,
    /// In millionths of a US dollar; absent where the price is not known.
    cost_micro_usd: Option<u64>,
    invitation_id: Option<Uuid>,
    at: String,
}

impl From<core::PersonalData> for Belongings {
    fn from(all: core::PersonalData) -> Self {
        let identities = all.identities.into_iter().map(Identity::from).collect();
        let conversations = all.conversations.iter().map(|whole| {
            let message = |message: &core::conversation::Message| {
                Message::from(core::wire::Message::new(message, Audience::Participant))
            };
            WholeConversation {
                conversation: Conversation::idle(&whole.conversation),
                messages: whole.messages.iter().map(message).collect(),
                usage: whole.entries.iter().map(Usage::from).collect(),
                seen: whole.seen.iter().map(SeenComment::from).collect(),
            }
        });
        let invitations = all.invitations.into_iter().map(|invitation| Consented {
            id: invitation.id.0,
            claimed_at: invitation.claimed.map(|(_, at)| at.to_string()),
            consent_version: invitation.consent.version,
            consent_text: invitation.consent.text,
        });
        Self {
            invitations: invitations.collect(),
            account: User::from(&all.user as &people::User),
            identities,
            conversations: conversations.collect(),
        }
    }
}

impl From<&SeenRecord> for SeenComment {
    fn from(record: &SeenRecord) -> Self {
        Self {
            message_id: record.message.0,
            how: record.how.into(),
            first_at: record.first_at.to_string(),
            share: record.share,
            ms: record.ms,
        }
    }
}

impl From<&UsageEntry> for Usage {
    fn from(entry: &UsageEntry) -> Self {
        let used = entry.settlement.usage();
        Self {
            message_id: entry.message.map(|id| id.0),
            lane: entry.lane.as_str().to_owned(),
            source: entry.settlement.source().to_owned(),
            input_tokens: used.input,
            cached_input_tokens: used.cached_input,
            output_tokens: used.output,
            reasoning_tokens: used.reasoning,
            model: entry.model.clone(),
            cost_micro_usd: entry.cost,
            invitation_id: entry.invitation.map(|id| id.0),
            at: entry.at.to_string(),
        }
    }
}
