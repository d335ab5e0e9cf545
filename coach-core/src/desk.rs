//! The researcher's desk: who practices now, which invitations wait, what has ended, and which notes are unread.
//!
//! Never contains words of a conversation: reading those is a look, which the audit log notes.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    coach::Coach,
    conversation::{Conversation, Observer},
    error::CoachError,
    handles::Invitations,
    ids::{ConversationId, InvitationId, UserId},
    invitation::{Invitation, InvitationStatus},
    live::TurnState,
    note::UnreadNotes,
    people::{
        Principal,
        audit::Subject,
        policy::{Act, Relation, Target},
    },
    ports::{InvitationFilter, InvitationOrder},
    timestamp::Timestamp,
};

/// The most entries of each list but the live one.
const MOST: u32 = 20;

/// The most live conversations.
const MOST_LIVE: u32 = 200;

/// How long an end is recent.
const RECENT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Whose participant is connected, which only the host knows.
#[derive(Clone, Debug, Default)]
pub struct LiveNow {
    /// The invitations.
    pub invitations: Vec<InvitationId>,
    /// The conversations.
    pub conversations: Vec<ConversationId>,
}

/// A researcher's desk.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Conversations whose participant is connected to this process, oldest first.
    pub live: Vec<LiveConversation>,
    /// Invitations that are not claimed yet, newest first: some of them.
    pub waiting: Vec<WaitingInvitation>,
    /// How many invitations wait.
    pub waiting_total: u64,
    /// Conversations that ended recently, newest end first.
    pub ended: Vec<EndedConversation>,
    /// Colleagues' notes that the researcher has not read: some of them.
    pub unread: UnreadNotes,
}

/// A conversation whose participant is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveConversation {
    /// Its id.
    pub id: ConversationId,
    /// Its invitation.
    pub invitation: InvitationId,
    /// The invitation's label.
    pub label: String,
    /// The scenario's title.
    pub title: String,
    /// What the partner is called.
    pub partner_name: String,
    /// The last turn begun.
    pub turn: u32,
    /// Who speaks.
    pub state: TurnState,
    /// When it started.
    pub started_at: Timestamp,
    /// Who is watching.
    pub observers: Vec<Observer>,
}

/// An invitation that is not claimed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingInvitation {
    /// Its id.
    pub id: InvitationId,
    /// Its label.
    pub label: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: UserId,
    /// The creator's current name, if they have one.
    pub creator_name: Option<String>,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
}

/// A conversation that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct EndedConversation {
    /// The conversation.
    pub conversation: Conversation,
    /// The label of its invitation.
    pub label: String,
}

impl Invitations {
    /// Returns the researcher's desk.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn desk(&self, now: &LiveNow) -> Result<Desk, CoachError> {
        self.coach.ask_own(&self.by, Act::Research)?;
        self.coach.desk_of(&self.by, now).await
    }
}

impl Coach {
    async fn desk_of(&self, by: &Principal, now: &LiveNow) -> Result<Desk, CoachError> {
        let filter = InvitationFilter {
            by: self.scope_of(by),
            batch: None,
            search: None,
            status: Some(InvitationStatus::Open),
            live: now.invitations.clone(),
            not_live: false,
            minimums: self.turn_minimums().await?,
            at: self.now(),
        };
        let newest = InvitationOrder::Newest(None);
        let mut open = self.0.stores.invitations(&filter, &newest, MOST).await?;
        open.retain(|row| self.lists(by, Act::ManageInvitation, &self.as_target(by, row)));
        let count = self.0.stores.count_invitations(&filter).await?;
        let creators: Vec<_> = open.iter().map(|row| Subject::User(row.created_by)).collect();
        let creators = self.names_of(&creators).await?;
        let waiting = open.into_iter().map(|row| WaitingInvitation {
            creator_name: creators.get(&Subject::User(row.created_by)).cloned(),
            id: row.id,
            label: row.label,
            created_at: row.created_at,
            created_by: row.created_by,
            expires_at: row.expires_at,
        });
        Ok(Desk {
            waiting: waiting.collect(),
            waiting_total: count.found,
            live: self.live_conversations(by, filter, now).await?,
            ended: self.ended_conversations(by).await?,
            unread: self.notes(by).unread(None, MOST).await?,
        })
    }

    async fn live_conversations(
        &self,
        by: &Principal,
        open: InvitationFilter,
        now: &LiveNow,
    ) -> Result<Vec<LiveConversation>, CoachError> {
        if now.invitations.is_empty() {
            return Ok(Vec::new());
        }
        let filter = InvitationFilter { status: Some(InvitationStatus::Live), ..open };
        let newest = InvitationOrder::Newest(None);
        let rows = self.0.stores.invitations(&filter, &newest, MOST_LIVE).await?;
        let rows: BTreeMap<InvitationId, Invitation> =
            rows.into_iter().map(|row| (row.id, row)).collect();
        let mut live = Vec::new();
        for id in &now.conversations {
            let Some(room) = self.0.rooms.get(*id) else { continue };
            let record = room.record();
            let row = record.invitation.and_then(|id| rows.get(&id));
            let Some(invitation) = row.filter(|_| room.here().ended.is_none()) else { continue };
            let target = Target::conversation(record, Relation::InScope);
            if !self.lists(by, Act::ReadConversation, &target) {
                continue;
            }
            let (turn, state) = room.turn();
            live.push(LiveConversation {
                id: *id,
                invitation: invitation.id,
                label: invitation.label.clone(),
                title: record.script.title.clone(),
                partner_name: record.script.partner_name.clone(),
                turn,
                state,
                started_at: record.created_at,
                observers: Vec::new(),
            });
        }
        live.sort_by_key(|one| one.id);
        live.dedup_by_key(|one| one.id);
        let ids: Vec<_> = live.iter().map(|one| one.id).collect();
        for (id, observer) in self.observers_of(&ids).await? {
            if let Ok(place) = live.binary_search_by_key(&id, |one| one.id) {
                live[place].observers.push(observer);
            }
        }
        Ok(live)
    }

    async fn ended_conversations(
        &self,
        by: &Principal,
    ) -> Result<Vec<EndedConversation>, CoachError> {
        let since = self.now().before(RECENT);
        let mut ended = self.0.stores.recently_ended(self.scope_of(by), since, MOST).await?;
        ended.retain(|row| {
            let target = Target::conversation(row, Relation::InScope);
            self.lists(by, Act::ReadConversation, &target)
        });
        let subjects = ended.iter().filter_map(|row| row.invitation.map(Subject::Invitation));
        let labels = self.names_of(&subjects.collect::<Vec<_>>()).await?;
        let label = |row: &Conversation| labels.get(&Subject::Invitation(row.invitation?)).cloned();
        let ended = ended.into_iter().map(|conversation| EndedConversation {
            label: label(&conversation).unwrap_or_default(),
            conversation,
        });
        Ok(ended.collect())
    }
}
