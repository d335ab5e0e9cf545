//! Stores that fail on purpose: before a fact is saved, after it was saved, or late.

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::{
    conversation::{Conversation, EndReason, Message, MessageDetails, Seen, SeenRecord},
    ids::{
        ConversationId, EntryId, InvitationId, MessageId, PresetId, ReservationId, TurnId, UserId,
    },
    invitation::{Invitation, LinkStamp, QuotaPreset},
    model::CallReport,
    people::{
        Identity, User, UserRole,
        audit::{AuditEntry, Subject},
    },
    ports::{
        Accept, Admission, Amend, AuditLog, Changing, Claim, Claiming, ConversationFilter,
        ConversationHead, ConversationSnapshot, ConversationStore, Deadline, Ending, EngineStores,
        Finish, Finishing, Health, Heartbeat, HostLimits, InvitationCount, InvitationFilter,
        InvitationOrder, InvitationStore, LeaseStatus, Ledger, Linking, PresetStore, Raising,
        Recovered, Recovery, RecoveryScope, Refusal, Retry, ScenarioStore, SignIn, SignInStore,
        StandaloneCall, StoreError, StoredScenario, Stores, UsageEntry, UserFilter, UserStore,
    },
    timestamp::Timestamp,
    turn::{
        Funds, TurnCost,
        ledger::{Balance, Payer, ReservedTokens, Settlement},
    },
};

/// The fault injected into one call of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No fault.
    None,
    /// The fact is not saved.
    Before,
    /// The fact is saved, but the response is lost.
    After,
    /// The call starts late, and not at all after the deadline of its request.
    Late(Duration),
    /// The response is late.
    LateAnswer(Duration),
}

type Decide = dyn Fn(&'static str) -> Fault + Send + Sync;

/// Wraps stores and injects faults into their methods. If a caller stops waiting, a fact is still saved
/// completely or not at all, as every store promises.
#[derive(Clone)]
pub struct FaultyStore<S> {
    store: S,
    decide: Arc<Decide>,
    has_other_owners: bool,
}

impl<S> fmt::Debug for FaultyStore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FaultyStore")
    }
}

impl<S: Stores> FaultyStore<S> {
    /// Wraps `store`. `decide` is called once per store call, with the method's name.
    pub fn new(store: S, decide: impl Fn(&'static str) -> Fault + Send + Sync + 'static) -> Self {
        Self { store, decide: Arc::new(decide), has_other_owners: false }
    }

    /// Pretends that other processes use the same database.
    #[must_use]
    pub fn with_other_owners(self) -> Self {
        Self { has_other_owners: true, ..self }
    }

    async fn through<T>(
        &self,
        method: &'static str,
        ask: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        match (self.decide)(method) {
            Fault::None => ask.await,
            Fault::Before => {
                Err(StoreError::new(format!("injected fault: {method} failed before saving")))
            }
            Fault::After => {
                ask.await?;
                Err(StoreError::new(format!("injected fault: the response of {method} was lost")))
            }
            Fault::Late(by) => {
                Deadline::wait(tokio::time::sleep(by)).await?;
                ask.await
            }
            Fault::LateAnswer(by) => {
                let answer = ask.await;
                tokio::time::sleep(by).await;
                answer
            }
        }
    }
}

/// Implements a port by passing each of its methods through [`FaultyStore::through`], under its own name.
macro_rules! faulty {
    ($port:ident $(fn $method:ident($($name:ident: $kind:ty),* $(,)?) -> $saved:ty;)+) => {
        #[async_trait]
        impl<S: Stores> $port for FaultyStore<S> {
            $(async fn $method(&self, $($name: $kind),*) -> Result<$saved, StoreError> {
                self.through(stringify!($method), self.store.$method($($name),*)).await
            })+
        }
    };
}

faulty! { ConversationStore
    fn start(conversation: &Conversation) -> bool;
    fn present(id: ConversationId) -> Option<ConversationSnapshot>;
    fn heads(ids: &[ConversationId]) -> Vec<ConversationHead>;
    fn conversations(
        of: ConversationFilter,
        before: Option<ConversationId>,
        limit: u32,
    ) -> Vec<Conversation>;
    fn messages(id: ConversationId, before: Option<MessageId>, limit: u32) -> Vec<Message>;
    fn messages_from(
        id: ConversationId,
        from: MessageId,
        upto: MessageId,
        limit: u32,
    ) -> Vec<Message>;
    fn message_details(
        id: ConversationId,
        after: Option<MessageId>,
        limit: u32,
    ) -> Vec<MessageDetails>;
    fn accept(accept: Accept<'_>) -> Admission;
    fn retry(retry: Retry) -> Admission;
    fn beat(beats: &[Heartbeat<'_>], lease: Duration) -> Vec<LeaseStatus>;
    fn finish(finish: Finish<'_>) -> Finishing;
    fn request_stop(id: ConversationId) -> bool;
    fn end(
        id: ConversationId,
        reason: EndReason,
        at: Timestamp,
        audit: Option<AuditEntry>,
    ) -> Ending;
    fn note_seen(id: ConversationId, message: MessageId, seen: Seen, at: Timestamp) -> ();
    fn seen(id: ConversationId) -> Vec<SeenRecord>;
    fn funds(id: ConversationId) -> Option<Funds>;
    fn lower_ceiling(id: ConversationId, cost: TurnCost) -> Option<Funds>;
    fn recover(
        scope: RecoveryScope,
        running: &[TurnId],
        at: Timestamp,
    ) -> Recovery;
}

faulty! { InvitationStore
    fn invite(invitations: &[Invitation], audit: AuditEntry) -> ();
    fn invitation(id: InvitationId) -> Option<Invitation>;
    fn invitation_by_token(hash: [u8; 32]) -> Option<Invitation>;
    fn invitation_by_replaced_token(hash: [u8; 32]) -> Option<Invitation>;
    fn invitations(
        filter: &InvitationFilter,
        order: &InvitationOrder,
        limit: u32,
    ) -> Vec<Invitation>;
    fn count_invitations(filter: &InvitationFilter) -> InvitationCount;
    fn invitations_of(person: UserId) -> Vec<Invitation>;
    fn claim(claim: Claim<'_>) -> Claiming;
    fn reclaim(
        id: InvitationId,
        link_version: u32,
        consent_version: &str,
        audit: AuditEntry,
    ) -> Option<UserId>;
    fn amend(id: InvitationId, amend: &Amend, audit: AuditEntry) -> ();
    fn fresh_link(id: InvitationId, link: &LinkStamp, audit: AuditEntry) -> ();
    fn revoke(id: InvitationId, audit: AuditEntry) -> ();
}

faulty! { UserStore
    fn user(id: UserId) -> Option<User>;
    fn users(ids: &[UserId]) -> Vec<User>;
    fn list_users(wanted: UserFilter<'_>) -> Vec<User>;
    fn give_role(id: UserId, role: UserRole, audit: AuditEntry) -> Changing;
    fn disable(id: UserId, disabled: bool, audit: AuditEntry) -> Changing;
    fn end_logins(id: UserId, audit: AuditEntry) -> Option<u32>;
    fn erase(id: UserId, audit: AuditEntry) -> Vec<Recovered>;
}

faulty! { SignInStore
    fn local_admin(id: UserId, address: Option<IpAddr>, at: Timestamp) -> User;
    fn sign_in(sign_in: SignIn<'_>) -> User;
    fn owner_of(issuer: &str, subject: &str) -> Option<UserId>;
    fn identities(id: UserId) -> Vec<Identity>;
    fn link(id: UserId, identity: &Identity, audit: AuditEntry) -> Linking;
    fn move_guest(guest: UserId, to: UserId, audit: AuditEntry) -> bool;
    fn spend_once(nonce: &str, until: Timestamp, at: Timestamp) -> bool;
}

faulty! { PresetStore
    fn presets() -> Vec<QuotaPreset>;
    fn save_preset(preset: &QuotaPreset, audit: AuditEntry) -> ();
    fn remove_preset(id: PresetId, audit: AuditEntry) -> bool;
}

faulty! { AuditLog
    fn note(entry: AuditEntry) -> ();
    fn names(subjects: &[Subject]) -> Vec<(Subject, String)>;
    fn audit(actor: Option<UserId>, before: Option<u64>, limit: u32) -> Vec<(u64, AuditEntry)>;
}

faulty! { ScenarioStore
    fn scenarios() -> Vec<StoredScenario>;
    fn scenario(slug: &str) -> Option<StoredScenario>;
    fn keep_scenario(scenario: &StoredScenario, at: Timestamp) -> ();
}

faulty! { Ledger
    fn reserve(call: StandaloneCall) -> Option<Refusal>;
    fn raise(
        reservation: ReservationId,
        to: ReservedTokens,
        host_limits: HostLimits,
        at: Timestamp,
    ) -> Raising;
    fn settle(
        reservation: ReservationId,
        settlement: Settlement,
        call: CallReport,
        cost: Option<u64>,
        at: Timestamp,
    ) -> Option<UsageEntry>;
    fn balance(payer: Payer) -> Option<Balance>;
    fn entries(conversation: ConversationId) -> Vec<UsageEntry>;
    fn entries_after(after: EntryId, limit: u32) -> Vec<UsageEntry>;
}

impl<S: Stores> EngineStores for FaultyStore<S> {
    crate::has_every_store!();
}

#[async_trait]
impl<S: Stores> Health for FaultyStore<S> {
    async fn check_writable(&self) -> Result<(), StoreError> {
        self.through("check_writable", self.store.check_writable()).await
    }
    fn has_other_owners(&self) -> bool {
        self.has_other_owners || self.store.has_other_owners()
    }
}
