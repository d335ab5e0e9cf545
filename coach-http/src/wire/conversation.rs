//! Conversations and pages of their messages.

use coach_core::{conversation, live::TurnState as State, scenario::CoachWhen};
use poem_openapi::{Enum, Object};
use uuid::Uuid;

use super::frames::{Message, TurnState};
use crate::host::Host;

/// Whether people can still talk in it.
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
    id: Uuid,
    invitation_id: Option<Uuid>,
    scenario: Option<String>,
    scenario_version: Option<String>,
    title: String,
    partner_name: String,
    card: Option<String>,
    /// BCP 47, as `en` or `de-CH`.
    language: String,
    /// It has at most so many turns.
    max_turns: Option<u32>,
    coach_when: String,
    /// The coach speaks here at all.
    coach: bool,
    /// The participant may ask the coach privately.
    aside: bool,
    state: ConversationState,
    end_reason: Option<String>,
    turn: ConversationTurn,
    created_at: String,
    ended_at: Option<String>,
    /// When its words were deleted.
    erased_at: Option<String>,
}

/// Whose turn it is.
#[derive(Debug, Object)]
pub(crate) struct ConversationTurn {
    turn: u32,
    state: TurnState,
}

/// A page of conversations.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct ConversationPage {
    pub(crate) items: Vec<Conversation>,
    pub(crate) next: Option<String>,
}

/// A page of messages, ascending.
#[derive(Debug, Object)]
pub(crate) struct MessagePage {
    pub(crate) items: Vec<Message>,
    /// There are older ones.
    pub(crate) more: bool,
}

/// Kept, and going on by itself.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Accepted {
    pub(crate) turn: u32,
    pub(crate) message_id: Option<i64>,
}

impl ConversationPage {
    /// A page, with what goes on in each conversation here.
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
    /// A conversation in which nobody speaks.
    pub(crate) fn idle(conversation: &conversation::Conversation) -> Self {
        Self::new(conversation, State::Idle)
    }

    /// A conversation and what goes on in it.
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
