//! All data kept about a user: exporting it and erasing it.

use super::{
    audit::AuditAction,
    policy::Act,
    role::UserRole,
    user::{Identity, Principal, User},
};
use crate::{
    coach::Coach,
    conversation::{Conversation, EndReason, Message, SeenRecord},
    error::CoachError,
    handles::Me,
    ids::UserId,
    invitation::Invitation,
    live::Event,
    ports::{ConversationFilter, UsageEntry},
};

/// All data of a user, for export.
#[derive(Debug)]
#[non_exhaustive]
pub struct PersonalData {
    /// The user.
    pub user: User,
    /// Their identities at sign-in providers.
    pub identities: Vec<Identity>,
    /// The invitations they claimed, with the consent they gave, newest first.
    pub invitations: Vec<Invitation>,
    /// Their conversations, oldest first.
    pub conversations: Vec<WholeConversation>,
}

/// A conversation with all data kept about it.
#[derive(Debug)]
#[non_exhaustive]
pub struct WholeConversation {
    /// The conversation.
    pub conversation: Conversation,
    /// Every message.
    pub messages: Vec<Message>,
    /// Every entry of the ledger.
    pub entries: Vec<UsageEntry>,
    /// Which comments were displayed.
    pub seen: Vec<SeenRecord>,
}

impl Me {
    /// Returns all data of the caller. Adds an audit entry first.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the user does not exist, [`CoachError::Store`] if the store does not
    /// respond.
    pub async fn data(&self) -> Result<PersonalData, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::UseOwnAccount)?;
        let user = coach.0.stores.user(by.user).await?.ok_or(CoachError::NotFound)?;
        coach.0.audit_log()?.note(by.did(AuditAction::Exported, None, coach.now())).await?;
        let identities = coach.0.identities(by.user).await?;
        let invitations = coach.0.stores.invitations_of(by.user).await?;
        let mut conversations = Vec::new();
        for one in coach.all_conversations_of(by.user).await?.into_iter().rev() {
            let messages = coach.0.stores.messages(one.id, None, u32::MAX).await?;
            let entries = coach.0.stores.entries(one.id).await?;
            let seen = coach.0.stores.seen(one.id).await?;
            conversations.push(WholeConversation { conversation: one, messages, entries, seen });
        }
        Ok(PersonalData { user, identities, invitations, conversations })
    }

    /// Erases the caller: see [`UserStore::erase`](crate::ports::UserStore::erase).
    ///
    /// # Errors
    /// [`CoachError::Conflict`] for administrators, who must give up the role first; [`CoachError::Store`] if
    /// the store does not respond.
    pub async fn erase(&self) -> Result<(), CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::UseOwnAccount)?;
        if by.role == UserRole::Admin {
            return Err(CoachError::Conflict(
                "administrators cannot delete their own data; ask another administrator to \
                 change your role first",
            ));
        }
        coach.erase(by, by.user).await
    }
}

impl Coach {
    /// Erases all text of a user, and publishes the end to followers.
    pub(crate) async fn erase(&self, by: &Principal, user_id: UserId) -> Result<(), CoachError> {
        let audit = by.did(AuditAction::Erased, None, self.now());
        let closed = self.0.stores.erase(user_id, audit).await?;
        closed.iter().for_each(|turn| self.count_recovered(turn));
        // From here on the user can start nothing new, so this list is complete.
        for conversation in self.all_conversations_of(user_id).await? {
            if let Some(room) = self.0.rooms.get(conversation.id) {
                room.stop();
                let ordered = room.order().await;
                ordered.forget();
                ordered.publish([Event::Ended(EndReason::Erased)]);
            }
            self.wake_followers(conversation.id);
            if closed.iter().any(|turn| turn.conversation == conversation.id) {
                self.moved(conversation.payer());
            }
        }
        Ok(())
    }

    async fn all_conversations_of(&self, user_id: UserId) -> Result<Vec<Conversation>, CoachError> {
        Ok(self.0.stores.conversations(ConversationFilter::User(user_id), None, u32::MAX).await?)
    }
}
