//! The export of all data of a user: one JSON document.

use coach_core::{
    self as core, conversation::SeenRecord, people, ports::UsageEntry, wire::Audience,
};
use poem_openapi::Object;
use uuid::Uuid;

use super::{
    admin::{Identity, User},
    conversation::Conversation,
    frames::{MessageSchema, SeenHow},
};

/// All data stored about the caller.
#[derive(Debug, Object)]
#[oai(rename = "Belongings", rename_all = "camelCase")]
pub(crate) struct PersonalData {
    /// The user.
    account: User,
    /// The linked identities.
    identities: Vec<Identity>,
    /// Claimed invitations, newest first.
    invitations: Vec<Consented>,
    /// Conversations, oldest first.
    conversations: Vec<WholeConversation>,
}

/// A claimed invitation and the consent given.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Consented {
    /// The invitation's id.
    id: Uuid,
    /// When it was claimed, in RFC 3339.
    claimed_at: Option<String>,
    /// The version of the consent text.
    consent_version: String,
    /// The consent text, in Markdown.
    consent_text: String,
}

/// A conversation with its messages and token usage.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct WholeConversation {
    /// The conversation.
    conversation: Conversation,
    /// All messages, oldest first.
    messages: Vec<MessageSchema>,
    /// An entry for each model call.
    usage: Vec<Usage>,
    /// The coach's comments that were on screen.
    seen: Vec<SeenComment>,
}

/// How a comment was on screen.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct SeenComment {
    /// The comment's message id.
    message_id: i64,
    /// How it came on screen.
    how: SeenHow,
    /// When it was first on screen, in RFC 3339.
    first_at: String,
    /// The largest share of its text that was visible, in percent.
    share: Option<u8>,
    /// The longest time on screen, in milliseconds.
    ms: Option<u64>,
}

/// Token usage of one model call.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Usage {
    /// The message that the call wrote.
    message_id: Option<i64>,
    /// What the call was for: `partner`, `coach`, `aside`, `elaboration`, `simulated_user` or `judge`.
    lane: String,
    /// Where the counts come from: `reported`, `estimated`, or why the call cost nothing.
    source: String,
    /// Tokens of the prompt.
    input_tokens: u64,
    /// Those tokens of the prompt that the provider had cached.
    cached_input_tokens: u64,
    /// Tokens of the answer.
    output_tokens: u64,
    /// Those tokens of the answer that were reasoning.
    reasoning_tokens: u64,
    /// The model, as `provider:model`.
    model: Option<String>,
    /// The cost in millionths of a US dollar; absent if the price is unknown.
    cost_micro_usd: Option<u64>,
    /// The invitation that paid.
    invitation_id: Option<Uuid>,
    /// When the call ended, in RFC 3339.
    at: String,
}

impl From<core::PersonalData> for PersonalData {
    fn from(all: core::PersonalData) -> Self {
        let identities = all.identities.into_iter().map(Identity::from).collect();
        let conversations = all.conversations.iter().map(|whole| {
            let message = |message: &core::conversation::Message| {
                MessageSchema::from(core::wire::WireMessage::new(message, Audience::Participant))
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
            model: entry.call.model().map(str::to_owned),
            cost_micro_usd: entry.cost,
            invitation_id: entry.invitation.map(|id| id.0),
            at: entry.at.to_string(),
        }
    }
}
