//! Conversations, and pages of conversations and messages.

use coach_core::{conversation, live::TurnState as State, scenario::CoachWhen};
use poem_openapi::{Enum, Object};
use uuid::Uuid;

use super::frames::{MessageSchema, TurnState};
use crate::host::Host;

/// Whether a conversation can continue.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "lowercase")]
pub(crate) enum ConversationState {
    Open,
    Ended,
}

/// A conversation.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Conversation {
    /// The conversation's id.
    id: Uuid,
    /// The invitation that pays.
    invitation_id: Option<Uuid>,
    /// The scenario's slug.
    scenario: Option<String>,
    /// The version of the scenario.
    scenario_version: Option<String>,
    /// The scenario's title.
    title: String,
    /// What the partner is called.
    partner_name: String,
    /// The situation in a sentence or two.
    card: Option<String>,
    /// The language as a BCP 47 tag, such as `en` or `de-CH`.
    language: String,
    /// The maximum number of turns.
    max_turns: Option<u32>,
    /// When the coach comments: `after_partner`, `after_user`, `on_request` or `never`.
    coach_when: String,
    /// Whether the coach comments in this conversation.
    coach: bool,
    /// Whether the participant can send asides to the coach.
    aside: bool,
    /// Whether the conversation can continue.
    state: ConversationState,
    /// Why the conversation ended; one of `EndReason`.
    end_reason: Option<String>,
    /// The current turn.
    turn: ConversationTurn,
    /// When the conversation started, in RFC 3339.
    created_at: String,
    /// When the conversation ended, in RFC 3339.
    ended_at: Option<String>,
    /// When its text was erased, in RFC 3339.
    erased_at: Option<String>,
}

/// The current turn of a conversation.
#[derive(Debug, Object)]
pub(crate) struct ConversationTurn {
    /// The number of the turn; 0 before the first.
    turn: u32,
    /// What is running.
    state: TurnState,
}

/// A page of conversations.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct ConversationPage {
    /// Newest first.
    pub(crate) items: Vec<Conversation>,
    /// The cursor of the next page; absent on the last.
    pub(crate) next: Option<String>,
}

/// A page of messages.
#[derive(Debug, Object)]
pub(crate) struct MessagePage {
    /// In ascending order of ids.
    pub(crate) items: Vec<MessageSchema>,
    /// Whether there are older messages.
    pub(crate) more: bool,
}

/// An accepted request whose result follows by itself.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Accepted {
    /// The number of the turn.
    pub(crate) turn: u32,
    /// The id of the stored message.
    pub(crate) message_id: Option<i64>,
}

impl ConversationPage {
    /// Returns a page with the live state of each conversation.
    pub(crate) fn new(
        host: &Host,
        found: &[conversation::Conversation],
        next: Option<String>,
    ) -> Self {
        let state = |id| host.coach.state_here(id);
        let items = found.iter().map(|found| Conversation::new(found, state(found.id))).collect();
        Self { items, next }
    }
}

impl Conversation {
    /// Returns a conversation in which no answer runs.
    pub(crate) fn idle(conversation: &conversation::Conversation) -> Self {
        Self::new(conversation, State::Idle)
    }

    /// Returns a conversation and its live state.
    pub(crate) fn new(conversation: &conversation::Conversation, state: State) -> Self {
        let script = &conversation.script;
        let (scenario, scenario_version) = conversation.scenario.clone().unzip();
        Self {
            id: conversation.id.0,
            invitation_id: conversation.invitation.map(|id| id.0),
            scenario,
            scenario_version,
            title: script.title.clone(),
            partner_name: script.partner_name.clone(),
            card: (!script.card.is_empty()).then(|| script.card.clone()),
            language: script.language.clone(),
            max_turns: script.max_turns,
            coach_when: script.coach_when.as_str().to_owned(),
            coach: conversation.coach && script.coach_when != CoachWhen::Never,
            aside: conversation.aside && script.coach_when != CoachWhen::Never,
            state: match conversation.ended {
                None => ConversationState::Open,
                Some(_) => ConversationState::Ended,
            },
            end_reason: conversation.ended.map(|(reason, _)| reason.as_str().to_owned()),
            turn: ConversationTurn { turn: conversation.turn, state: state.into() },
            created_at: conversation.created_at.to_string(),
            ended_at: conversation.ended.map(|(_, at)| at.to_string()),
            erased_at: conversation.erased_at.map(|at| at.to_string()),
        }
    }
}
