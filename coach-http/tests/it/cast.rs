//! Stores in which a test says what role somebody plays and who is disabled: roles come from sign-in
//! providers and administrators otherwise.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use coach_core::{
    account::{AccountRole, User},
    conversation::{Conversation, EndReason},
    ids::{ConversationId, InvitationId, MessageId, ReservationId, UserId},
    invitation::Invitation,
    ledger::{Balance, Settlement},
    ports::{
        Accept, AccountStore, Beat, Claim, Claiming, ConversationStore, Ending, Finish, Finishing,
        FreeCall, InvitationStore, Ledger, Of, Opening, Present, Pulse, Recovered, Retry,
        ScenarioStore, StoreError, StoredScenario, Stores, UsageEntry,
    },
    timestamp::Timestamp,
    transcript::Message,
};

/// Stores, and what a test wants otherwise of the people in them.
#[derive(Debug)]
pub(crate) struct Cast {
    stores: Arc<dyn Stores>,
    roles: Mutex<HashMap<UserId, AccountRole>>,
    disabled: Mutex<HashSet<UserId>>,
}

impl Cast {
    pub(crate) fn of(stores: Arc<dyn Stores>) -> Self {
        Self { stores, roles: Mutex::default(), disabled: Mutex::default() }
    }

    /// From now on `user` has this role.
    pub(crate) fn plays(&self, user: UserId, role: AccountRole) {
        self.roles.lock().unwrap().insert(user, role);
    }

    /// From now on `user` may not sign in.
    pub(crate) fn disable(&self, user: UserId) {
        self.disabled.lock().unwrap().insert(user);
    }

    fn dressed(&self, mut user: User) -> User {
        if let Some(role) = self.roles.lock().unwrap().get(&user.id) {
            user.role = *role;
        }
        user.disabled |= self.disabled.lock().unwrap().contains(&user.id);
        user
    }
}

macro_rules! hand_on {
    ($store:ident { $(fn $name:ident($($arg:ident: $kind:ty),*) -> $answer:ty;)+ }) => {
        #[async_trait]
        impl $store for Cast {
            $(async fn $name(&self, $($arg: $kind),*) -> Result<$answer, StoreError> {
                self.stores.$name($($arg),*).await
            })+
        }
    };
}

#[async_trait]
impl AccountStore for Cast {
    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(self.stores.user(id).await?.map(|user| self.dressed(user)))
    }

    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let users = self.stores.users(ids).await?;
        Ok(users.into_iter().map(|user| self.dressed(user)).collect())
    }

    async fn local_admin(&self, id: UserId, at: Timestamp) -> Result<User, StoreError> {
        self.stores.local_admin(id, at).await
    }

    async fn end_logins(&self, id: UserId) -> Result<Option<u32>, StoreError> {
        self.stores.end_logins(id).await
    }

    async fn spend_once(
        &self,
        nonce: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.stores.spend_once(nonce, until, at).await
    }
}

hand_on!(ConversationStore {
    fn start(conversation: &Conversation) -> ();
    fn present(id: ConversationId) -> Option<Present>;
    fn conversations(of: Of, before: Option<ConversationId>, limit: u32) -> Vec<Conversation>;
    fn messages(id: ConversationId, before: Option<MessageId>, limit: u32) -> Vec<Message>;
    fn messages_from(id: ConversationId, from: MessageId, upto: MessageId, limit: u32) -> Vec<Message>;
    fn accept(accept: Accept<'_>) -> Opening;
    fn retry(retry: Retry) -> Opening;
    fn beat(beat: Beat<'_>) -> Pulse;
    fn finish(finish: Finish<'_>) -> Finishing;
    fn request_stop(id: ConversationId) -> bool;
    fn end(id: ConversationId, reason: EndReason, at: Timestamp) -> Ending;
    fn seen(id: ConversationId, message: MessageId, at: Timestamp) -> ();
    fn recover(lease_before: Option<Timestamp>, at: Timestamp) -> Vec<Recovered>;
});

hand_on!(InvitationStore {
    fn invite(invitations: &[Invitation]) -> ();
    fn invitation(id: InvitationId) -> Option<Invitation>;
    fn invitation_by_token(hash: [u8; 32]) -> Option<Invitation>;
    fn invitations(by: Option<UserId>, before: Option<InvitationId>, limit: u32) -> Vec<Invitation>;
    fn invitations_of(person: UserId) -> Vec<Invitation>;
    fn claim(claim: Claim<'_>) -> Claiming;
    fn revoke(id: InvitationId, at: Timestamp) -> ();
});

hand_on!(Ledger {
    fn reserve(call: FreeCall) -> bool;
    fn settle(reservation: ReservationId, settlement: Settlement, model: Option<&str>, cost: Option<u64>, at: Timestamp) -> ();
    fn balance(invitation: InvitationId) -> Option<Balance>;
    fn entries(conversation: ConversationId) -> Vec<UsageEntry>;
});

hand_on!(ScenarioStore {
    fn scenarios() -> Vec<StoredScenario>;
    fn scenario(slug: &str) -> Option<StoredScenario>;
    fn keep_scenario(scenario: &StoredScenario, at: Timestamp) -> ();
});
