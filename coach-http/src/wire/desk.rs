//! The researcher's desk.

use coach_core::{conversation, desk};
use poem_openapi::Object;
use uuid::Uuid;

use super::{
    frames::TurnState,
    note::{NamedUser, Note},
};

/// What happens now and what is new, without words of any conversation.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct Desk {
    /// Conversations whose participant is connected, oldest first.
    pub(crate) live: Vec<LiveConversation>,
    /// Invitations that are not claimed yet, newest first, at most 20.
    pub(crate) waiting: Vec<WaitingInvitation>,
    /// Invitations that are not claimed yet, in total.
    pub(crate) waiting_total: u64,
    /// Conversations that ended in the last 7 days, newest end first, at most 20.
    pub(crate) ended: Vec<EndedConversation>,
    /// Colleagues' notes that the caller has not read, newest first, at most 20.
    pub(crate) unread: Vec<Note>,
    /// Colleagues' notes that the caller has not read, in total.
    pub(crate) unread_total: u64,
}

/// A conversation whose participant is connected.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct LiveConversation {
    /// The conversation's id.
    conversation_id: Uuid,
    /// The id of its invitation.
    invitation_id: Uuid,
    /// The invitation's name for researchers.
    label: String,
    /// The scenario's title.
    title: String,
    /// What the partner is called.
    partner_name: String,
    /// The number of the current turn; 0 before the first.
    turn: u32,
    /// Who speaks.
    speaking: TurnState,
    /// When the conversation started, in RFC 3339.
    started_at: String,
    /// Who is watching it.
    observers: Vec<Observer>,
}

/// An invitation that is not claimed yet.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct WaitingInvitation {
    /// The id of the invitation.
    invitation_id: Uuid,
    /// Its name for researchers.
    label: String,
    /// When it was created, in RFC 3339.
    created_at: String,
    /// Who created it.
    created_by: NamedUser,
    /// When it expires, in RFC 3339; absent for no expiry.
    expires_at: Option<String>,
}

/// A conversation that has ended.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct EndedConversation {
    /// The conversation's id.
    conversation_id: Uuid,
    /// The id of its invitation.
    invitation_id: Option<Uuid>,
    /// The invitation's name for researchers.
    label: String,
    /// The scenario's title.
    title: String,
    /// What the partner is called.
    partner_name: String,
    /// Why it ended; one of `EndReason`.
    end_reason: Option<String>,
    /// When it ended, in RFC 3339.
    ended_at: Option<String>,
    /// How many turns it had.
    turns: u32,
}

/// A researcher who is watching a conversation.
#[derive(Debug, Object)]
pub(crate) struct Observer {
    /// The researcher.
    user: NamedUser,
    /// When they began to watch, in RFC 3339.
    since: String,
}

/// Who is watching a conversation.
#[derive(Debug, Object)]
pub(crate) struct Observers {
    /// Those who began first come first, each researcher once.
    pub(crate) items: Vec<Observer>,
}

impl From<conversation::Observer> for Observer {
    fn from(observer: conversation::Observer) -> Self {
        let user = NamedUser { id: observer.user.0, name: observer.name };
        Self { user, since: observer.since.to_string() }
    }
}

impl From<desk::LiveConversation> for LiveConversation {
    fn from(live: desk::LiveConversation) -> Self {
        Self {
            conversation_id: live.id.0,
            invitation_id: live.invitation.0,
            label: live.label,
            title: live.title,
            partner_name: live.partner_name,
            turn: live.turn,
            speaking: live.state.into(),
            started_at: live.started_at.to_string(),
            observers: live.observers.into_iter().map(Observer::from).collect(),
        }
    }
}

impl From<desk::WaitingInvitation> for WaitingInvitation {
    fn from(waiting: desk::WaitingInvitation) -> Self {
        Self {
            invitation_id: waiting.id.0,
            label: waiting.label,
            created_at: waiting.created_at.to_string(),
            created_by: NamedUser { id: waiting.created_by.0, name: waiting.creator_name },
            expires_at: waiting.expires_at.map(|at| at.to_string()),
        }
    }
}

impl From<desk::EndedConversation> for EndedConversation {
    fn from(ended: desk::EndedConversation) -> Self {
        let conversation = ended.conversation;
        let (reason, at) = conversation.ended.unzip();
        Self {
            conversation_id: conversation.id.0,
            invitation_id: conversation.invitation.map(|id| id.0),
            label: ended.label,
            title: conversation.script.title,
            partner_name: conversation.script.partner_name,
            end_reason: reason.map(|reason| reason.as_str().to_owned()),
            ended_at: at.map(|at| at.to_string()),
            turns: conversation.turn,
        }
    }
}
