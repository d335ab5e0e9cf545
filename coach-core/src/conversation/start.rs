//! Starting and reading conversations.

use std::{borrow::Cow, collections::BTreeMap};

use super::{record::Conversation, seen::Seen, transcript::Message};
use crate::{
    coach::Coach,
    error::CoachError,
    handles::{ConversationHandle, Me},
    ids::{ConversationId, InvitationId, MessageId, UserId},
    invitation::{Invitation, InvitationState},
    live::TurnState,
    people::{
        Principal, UserRole,
        audit::{AuditAction, Subject},
        policy::Act,
    },
    ports::{ConversationFilter, Refusal},
    scenario::{Script, VarError},
    turn::ledger::Payer,
};

/// The source of a new conversation, and its payer.
#[derive(Clone, Debug)]
pub struct Start {
    what: What,
    paid_by: Option<PaidBy>,
}

/// Who pays for a new conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaidBy {
    /// The newest usable invitation that the caller has claimed; without one, a signed-in user's allowance.
    NewestInvitation,
    /// This invitation, which the caller has claimed.
    Invitation(InvitationId),
    /// The allowance of the caller.
    Allowance,
    /// Nobody: the conversation is metered but not limited.
    Nobody,
}

#[derive(Clone, Debug)]
enum What {
    Scenario { slug: String, vars: BTreeMap<String, String> },
    Script { scenario: Option<(String, String)>, script: Box<Script> },
}

/// Some of a conversation's finished messages, in ascending order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessagePage {
    /// The messages.
    pub messages: Vec<Message>,
    /// Whether older messages exist.
    pub more: bool,
    /// Whether the reader is the participant.
    pub own: bool,
}

impl Start {
    /// Starts from a stored or built-in scenario.
    pub fn scenario(slug: impl Into<String>) -> Self {
        Self { what: What::Scenario { slug: slug.into(), vars: BTreeMap::new() }, paid_by: None }
    }

    /// Starts from the caller's own script, with the slug and version of the scenario it was made from.
    pub fn script(script: Script, scenario: Option<(String, String)>) -> Self {
        Self { what: What::Script { scenario, script: Box::new(script) }, paid_by: None }
    }

    /// Sets values for the scenario's variables.
    #[must_use]
    pub fn vars(mut self, values: BTreeMap<String, String>) -> Self {
        if let What::Scenario { vars, .. } = &mut self.what {
            *vars = values;
        }
        self
    }

    /// Sets who pays. Without it, what [`Builder::payer`](crate::Builder::payer) chose applies.
    #[must_use]
    pub fn paid_by(mut self, paid_by: PaidBy) -> Self {
        self.paid_by = Some(paid_by);
        self
    }
}

impl ConversationHandle {
    /// Returns a conversation and its current activity.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] or [`CoachError::Forbidden`] if the caller may not do this,
    /// [`CoachError::Erased`] if the conversation was erased, [`CoachError::Store`] if the store does not
    /// respond.
    pub async fn get(&self) -> Result<(Conversation, TurnState), CoachError> {
        let (coach, by, id) = (&self.coach, &self.by, self.id);
        let mut present = coach.look_up(by, Act::ReadConversation, id).await?;
        if present.open.is_none()
            && present.conversation.ended.is_none()
            && coach.cap_reached(&present.conversation, present.conversation.turn).is_some()
        {
            // Ending is published, so this one read enters the room.
            coach.end_when_over(&coach.room(id).await?).await?;
            present = coach.0.stores.present(id).await?.ok_or(CoachError::NotFound)?;
        }
        let state = match present.open {
            None => TurnState::Idle,
            Some(open) => match coach.state_here(id) {
                TurnState::Idle if open.aside => TurnState::Aside,
                TurnState::Idle => TurnState::Partner,
                state => state,
            },
        };
        Ok((present.conversation, state))
    }

    /// Returns finished messages, ascending: the newest `limit` with ids below `before`. If the reader is not
    /// the participant, an audit entry is added first: one for all reads within ten minutes.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] or [`CoachError::Forbidden`] if the caller may not do this,
    /// [`CoachError::Erased`] if the conversation was erased, [`CoachError::Store`] if the store does not
    /// respond.
    pub async fn messages(
        &self,
        before: Option<MessageId>,
        limit: u32,
    ) -> Result<MessagePage, CoachError> {
        let (coach, by, id) = (&self.coach, &self.by, self.id);
        let present = coach.look_up(by, Act::ReadConversation, id).await?;
        let own = present.conversation.owner == by.user;
        if !own {
            let audit = by.did(AuditAction::Read, Some(Subject::Conversation(id)), coach.now());
            coach.note_read(audit).await?;
        }
        let mut messages = coach.0.stores.messages(id, before, limit.saturating_add(1)).await?;
        let more = messages.len() > limit as usize;
        if more {
            messages.remove(0);
        }
        Ok(MessagePage { messages, more, own })
    }

    /// Checks that `by` may read a conversation, without reading it.
    ///
    /// # Errors
    ///
    /// [`CoachError::NotFound`], [`CoachError::Forbidden`] or [`CoachError::Erased`], as reading would
    /// return; [`CoachError::Store`] if the store does not respond.
    pub async fn may_read(&self) -> Result<(), CoachError> {
        let (coach, by, id) = (&self.coach, &self.by, self.id);
        coach.look_up(by, Act::ReadConversation, id).await.map(drop)
    }

    /// Checks that `by` may speak in a conversation, without saying anything.
    ///
    /// # Errors
    ///
    /// [`CoachError::NotFound`], [`CoachError::Forbidden`] or [`CoachError::Erased`], as speaking would
    /// return; [`CoachError::Store`] if the store does not respond.
    pub async fn may_converse(&self) -> Result<(), CoachError> {
        let (coach, by, id) = (&self.coach, &self.by, self.id);
        coach.check_participant(by, id).await
    }

    /// Records that the participant had a comment on screen for a second.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] or [`CoachError::Forbidden`] if the conversation is not the caller's,
    /// [`CoachError::Erased`] if it was erased, [`CoachError::Store`] if the store does not respond.
    pub async fn seen(&self, message: MessageId, seen: Seen) -> Result<(), CoachError> {
        let (coach, by, id) = (&self.coach, &self.by, self.id);
        coach.check_participant(by, id).await?;
        Ok(coach.0.stores.note_seen(id, message, seen, coach.now()).await?)
    }
}

impl Coach {
    /// Returns the conversations of a participant that the caller may read, newest first, older than `before`: for a
    /// teacher or a supervisor who finds people by other means than an invitation. No words, so no audit entry.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn conversations_of(
        &self,
        by: &Principal,
        participant: UserId,
        before: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<Conversation>, CoachError> {
        let of = ConversationFilter::User(participant);
        let mut readable = Vec::new();
        for conversation in self.0.stores.conversations(of, before, limit).await? {
            let target = self.target_of(by, &conversation).await?;
            if self.ask(Some(by), Act::ReadConversation, &target).is_ok() {
                readable.push(conversation);
            }
        }
        Ok(readable)
    }
}

impl Me {
    /// Returns the caller's own conversations, newest first, older than `before`; `ended` restricts them to
    /// those that have ended or have not.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn conversations(
        &self,
        ended: Option<bool>,
        before: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<Conversation>, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::UseOwnAccount)?;
        let of = match ended {
            None => ConversationFilter::User(by.user),
            Some(false) => ConversationFilter::Running(by.user),
            Some(true) => ConversationFilter::Ended(by.user),
        };
        Ok(coach.0.stores.conversations(of, before, limit).await?)
    }
}

impl Coach {
    /// Starts a conversation owned by `by`.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the scenario or invitation does not exist or is not offered to the caller;
    /// [`CoachError::Invalid`] if a variable's value is invalid; [`CoachError::Refused`] if the invitation is
    /// revoked or expired or no tokens are left; [`CoachError::Forbidden`] if the caller was erased or disabled;
    /// [`CoachError::UnreadableScenario`] if the stored scenario cannot be read; [`CoachError::Store`] if the
    /// store does not respond.
    pub async fn start(&self, by: &Principal, start: Start) -> Result<Conversation, CoachError> {
        self.ask_own(by, Act::StartConversation)?;
        self.sweep();
        let paid_by = start.paid_by.unwrap_or_else(|| self.0.pays.of(by));
        let invitation = self.paying(by, paid_by).await?;
        let (scenario, script) = match start.what {
            What::Script { scenario, script } => (scenario, *script),
            What::Scenario { slug, vars } => {
                let fixed = invitation.as_ref().and_then(|it| it.scenario.as_deref());
                if fixed.is_some_and(|fixed| fixed != slug) {
                    return Err(CoachError::NotFound);
                }
                let scenario = self.find_scenario(&slug).await?.ok_or(CoachError::NotFound)?;
                let script = scenario.cast(&vars).map_err(|error| wrong_variable(&error))?;
                (Some((scenario.slug, scenario.version)), script)
            }
        };
        let fixed = invitation.as_ref().and_then(|invitation| invitation.scenario.as_deref());
        if fixed.is_some_and(|fixed| scenario.as_ref().is_none_or(|(slug, _)| slug != fixed)) {
            return Err(CoachError::NotFound);
        }
        let conversation = Conversation {
            id: ConversationId(self.0.ids.next()),
            owner: by.user,
            invitation: invitation.as_ref().map(|invitation| invitation.id),
            allowance: invitation.is_none() && paid_by != PaidBy::Nobody,
            scenario,
            script,
            coach: invitation.as_ref().is_none_or(|invitation| invitation.coach),
            aside: invitation.as_ref().is_none_or(|invitation| invitation.aside),
            created_at: self.now(),
            turn: 0,
            ended: None,
            erased_at: None,
        };
        if !self.persist(|| self.0.stores.start(&conversation)).await? {
            // The caller was erased or disabled since the host authenticated them.
            return Err(CoachError::Forbidden);
        }
        Ok(conversation)
    }

    /// Returns the invitation that pays for a new conversation; `None` if none does, because nobody or the caller's
    /// allowance pays.
    async fn paying(
        &self,
        by: &Principal,
        paid_by: PaidBy,
    ) -> Result<Option<Invitation>, CoachError> {
        let now = self.now();
        let mut over = None;
        match paid_by {
            PaidBy::Nobody => return Ok(None),
            PaidBy::Invitation(id) => {
                let invitation = self.0.stores.invitation(id).await?.ok_or(CoachError::NotFound)?;
                if invitation.claimed.is_none_or(|(user, _)| user != by.user) {
                    return Err(CoachError::NotFound);
                }
                return match invitation.state(now) {
                    InvitationState::Revoked => {
                        Err(CoachError::Refused(Refusal::InvitationRevoked))
                    }
                    InvitationState::Expired => {
                        Err(CoachError::Refused(Refusal::InvitationExpired))
                    }
                    InvitationState::Open | InvitationState::Claimed => Ok(Some(invitation)),
                };
            }
            PaidBy::Allowance => {}
            PaidBy::NewestInvitation => {
                for invitation in self.0.stores.invitations_of(by.user).await? {
                    match invitation.state(now) {
                        InvitationState::Open | InvitationState::Claimed => {
                            return Ok(Some(invitation));
                        }
                        InvitationState::Revoked => over = Some(Refusal::InvitationRevoked),
                        InvitationState::Expired => over = Some(Refusal::InvitationExpired),
                    }
                }
            }
        }
        let mut balance = None;
        if by.role >= UserRole::User {
            balance = self.0.stores.balance(Payer::Allowance(by.user)).await?;
            if balance.is_some_and(|balance| balance.left() > 0) {
                return Ok(None);
            }
        }
        let spent = || Refusal::of_quota(balance.unwrap_or_default(), 1);
        Err(CoachError::Refused(over.unwrap_or_else(spent)))
    }

    /// Returns a conversation's current activity as far as this process knows it. For lists: does not query
    /// the store.
    pub fn state_here(&self, id: ConversationId) -> TurnState {
        self.0.rooms.get(id).map_or(TurnState::Idle, |room| room.here().state)
    }
}

/// Returns the error for an invalid variable value. The field is the variable's name; pages show its label.
fn wrong_variable(error: &VarError) -> CoachError {
    // An undeclared name is user input and not a field of any form.
    let declared = error.name().filter(|_| !matches!(error, VarError::Unknown { .. }));
    let field = declared.map_or(Cow::Borrowed("vars"), |name| format!("vars.{name}").into());
    CoachError::Invalid { field, message: error.problem() }
}
