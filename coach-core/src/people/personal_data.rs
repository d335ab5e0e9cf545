//! Everything that is kept of a user: taking it along, and erasing it.

use super::{
    audit::AuditAction,
    role::AccountRole,
    user::{Identity, Principal, User},
};
use crate::{
    coach::Coach,
    conversation::{Conversation, EndReason, Message, SeenRecord},
    error::CoachError,
    ids::UserId,
    invitation::Invitation,
    live::Event,
    ports::{ConversationFilter, UsageEntry},
};

/// Everything of a person, as they may take it along.
#[derive(Debug)]
pub struct PersonalData {
    /// The account.
    pub user: User,
    /// Who they are to sign-in providers.
    pub identities: Vec<Identity>,
    /// The invitations they claimed, with the consent they gave, newest first.
    pub invitations: Vec<Invitation>,
    /// Their conversations, oldest first.
    pub conversations: Vec<WholeConversation>,
}

/// A conversation with everything that is kept of it.
#[derive(Debug)]
pub struct WholeConversation {
    /// The conversation.
    pub conversation: Conversation,
    /// Every message.
    pub messages: Vec<Message>,
    /// Every entry of the ledger.
    pub entries: Vec<UsageEntry>,
    /// Which comments were on screen.
    pub seen: Vec<SeenRecord>,
}

impl Coach {
    /// Everything of the caller.
    pub async fn belongings(&self, by: &Principal) -> Result<PersonalData, CoachError> {
        let user = self.0.stores.user(by.user).await?.ok_or(CoachError::NotFound)?;
        self.0.stores.note(by.did(AuditAction::Exported, None, self.now())).await?;
        let identities = self.0.stores.identities(by.user).await?;
        let invitations = self.0.stores.invitations_of(by.user).await?;
        let mut conversations = Vec::new();
        for one in self.conversations_of(by.user).await?.into_iter().rev() {
            let messages = self.0.stores.messages(one.id, None, u32::MAX).await?;
            let entries = self.0.stores.entries(one.id).await?;
            let seen = self.0.stores.seen(one.id).await?;
            conversations.push(WholeConversation { conversation: one, messages, entries, seen });
        }
        Ok(PersonalData { user, identities, invitations, conversations })
    }

    /// Erases the caller: see [`AccountStore::erase`](crate::ports::AccountStore::erase). The last
    /// administrator stays.
    pub async fn erase_me(&self, by: &Principal) -> Result<(), CoachError> {
        if by.role == AccountRole::Admin {
            return Err(CoachError::Conflict("an administrator hands over the role first"));
        }
        self.erase(by, by.user).await
    }

    /// Erases a person's words, wherever they are, and tells whoever follows.
    pub(crate) async fn erase(&self, by: &Principal, person: UserId) -> Result<(), CoachError> {
        let audit = by.did(AuditAction::Erased, None, self.now());
        self.0.stores.erase(person, audit).await?;
        // From here on nothing new can begin: what is found now is all there is.
        for conversation in self.conversations_of(person).await? {
            if let Some(room) = self.0.rooms.get(conversation.id) {
                room.stop();
                let _gate = room.gate.lock().await;
                room.forget();
                room.tell([Event::Ended(EndReason::Erased)]);
            }
        }
        Ok(())
    }

    async fn conversations_of(&self, person: UserId) -> Result<Vec<Conversation>, CoachError> {
        Ok(self.0.stores.conversations(ConversationFilter::Person(person), None, u32::MAX).await?)
    }
}
