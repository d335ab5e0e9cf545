//! Stores that fail on purpose: before a fact is saved, after it was saved, or late.

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::{
    conversation::{Conversation, EndReason, Message, Seen, SeenRecord},
    ids::{ConversationId, InvitationId, MessageId, PresetId, ReservationId, TurnId, UserId},
    invitation::{Invitation, LinkStamp, QuotaPreset},
    people::{
        Identity, User, UserRole,
        audit::{AuditEntry, Subject},
    },
    ports::{
        Accept, Admission, Amend, AuditLog, Changing, Claim, Claiming, ConversationFilter,
        ConversationSnapshot, ConversationStore, Deadline, Ending, Finish, Finishing, Health,
        Heartbeat, HostLimits, InvitationCount, InvitationFilter, InvitationOrder, InvitationStore,
        LeaseStatus, Ledger, Linking, PresetStore, Raising, Recovered, Refusal, Retry,
        ScenarioStore, SignIn, StandaloneCall, StoreError, StoredScenario, Stores, UsageEntry,
        UserFilter, UserStore,
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

#[async_trait]
impl<S: Stores> ConversationStore for FaultyStore<S> {
    async fn start(&self, conversation: &Conversation) -> Result<bool, StoreError> {
        self.through("start", self.store.start(conversation)).await
    }
    async fn present(
        &self,
        id: ConversationId,
    ) -> Result<Option<ConversationSnapshot>, StoreError> {
        self.through("present", self.store.present(id)).await
    }
    async fn conversations(
        &self,
        of: ConversationFilter,
        before: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<Conversation>, StoreError> {
        self.through("conversations", self.store.conversations(of, before, limit)).await
    }
    async fn messages(
        &self,
        id: ConversationId,
        before: Option<MessageId>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        self.through("messages", self.store.messages(id, before, limit)).await
    }
    async fn messages_from(
        &self,
        id: ConversationId,
        from: MessageId,
        upto: MessageId,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        self.through("messages_from", self.store.messages_from(id, from, upto, limit)).await
    }
    async fn accept(&self, accept: Accept<'_>) -> Result<Admission, StoreError> {
        self.through("accept", self.store.accept(accept)).await
    }
    async fn retry(&self, retry: Retry) -> Result<Admission, StoreError> {
        self.through("retry", self.store.retry(retry)).await
    }
    async fn beat(&self, beat: Heartbeat<'_>) -> Result<LeaseStatus, StoreError> {
        self.through("beat", self.store.beat(beat)).await
    }
    async fn finish(&self, finish: Finish<'_>) -> Result<Finishing, StoreError> {
        self.through("finish", self.store.finish(finish)).await
    }
    async fn request_stop(&self, id: ConversationId) -> Result<bool, StoreError> {
        self.through("request_stop", self.store.request_stop(id)).await
    }
    async fn end(
        &self,
        id: ConversationId,
        reason: EndReason,
        at: Timestamp,
        audit: Option<AuditEntry>,
    ) -> Result<Ending, StoreError> {
        self.through("end", self.store.end(id, reason, at, audit)).await
    }
    async fn note_seen(
        &self,
        id: ConversationId,
        message: MessageId,
        seen: Seen,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.through("note_seen", self.store.note_seen(id, message, seen, at)).await
    }
    async fn seen(&self, id: ConversationId) -> Result<Vec<SeenRecord>, StoreError> {
        self.through("seen", self.store.seen(id)).await
    }
    async fn funds(&self, id: ConversationId) -> Result<Option<Funds>, StoreError> {
        self.through("funds", self.store.funds(id)).await
    }
    async fn lower_ceiling(
        &self,
        id: ConversationId,
        cost: TurnCost,
    ) -> Result<Option<Funds>, StoreError> {
        self.through("lower_ceiling", self.store.lower_ceiling(id, cost)).await
    }
    async fn recover(
        &self,
        lease_before: Option<Timestamp>,
        running: &[TurnId],
        at: Timestamp,
    ) -> Result<Vec<Recovered>, StoreError> {
        self.through("recover", self.store.recover(lease_before, running, at)).await
    }
}

#[async_trait]
impl<S: Stores> InvitationStore for FaultyStore<S> {
    async fn invite(
        &self,
        invitations: &[Invitation],
        audit: AuditEntry,
    ) -> Result<(), StoreError> {
        self.through("invite", self.store.invite(invitations, audit)).await
    }
    async fn invitation(&self, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
        self.through("invitation", self.store.invitation(id)).await
    }
    async fn invitation_by_token(&self, hash: [u8; 32]) -> Result<Option<Invitation>, StoreError> {
        self.through("invitation_by_token", self.store.invitation_by_token(hash)).await
    }
    async fn invitation_by_replaced_token(
        &self,
        hash: [u8; 32],
    ) -> Result<Option<Invitation>, StoreError> {
        let found = self.store.invitation_by_replaced_token(hash);
        self.through("invitation_by_replaced_token", found).await
    }
    async fn invitations(
        &self,
        filter: &InvitationFilter,
        order: &InvitationOrder,
        limit: u32,
    ) -> Result<Vec<Invitation>, StoreError> {
        self.through("invitations", self.store.invitations(filter, order, limit)).await
    }
    async fn count_invitations(
        &self,
        filter: &InvitationFilter,
    ) -> Result<InvitationCount, StoreError> {
        self.through("count_invitations", self.store.count_invitations(filter)).await
    }
    async fn invitations_of(&self, person: UserId) -> Result<Vec<Invitation>, StoreError> {
        self.through("invitations_of", self.store.invitations_of(person)).await
    }
    async fn claim(&self, claim: Claim<'_>) -> Result<Claiming, StoreError> {
        self.through("claim", self.store.claim(claim)).await
    }
    async fn reclaim(
        &self,
        id: InvitationId,
        link_version: u32,
        consent_version: &str,
        audit: AuditEntry,
    ) -> Result<Option<UserId>, StoreError> {
        let done = self.store.reclaim(id, link_version, consent_version, audit);
        self.through("reclaim", done).await
    }
    async fn amend(
        &self,
        id: InvitationId,
        amend: &Amend,
        audit: AuditEntry,
    ) -> Result<(), StoreError> {
        self.through("amend", self.store.amend(id, amend, audit)).await
    }
    async fn fresh_link(
        &self,
        id: InvitationId,
        link: &LinkStamp,
        audit: AuditEntry,
    ) -> Result<(), StoreError> {
        self.through("fresh_link", self.store.fresh_link(id, link, audit)).await
    }
    async fn revoke(&self, id: InvitationId, audit: AuditEntry) -> Result<(), StoreError> {
        self.through("revoke", self.store.revoke(id, audit)).await
    }
}

#[async_trait]
impl<S: Stores> UserStore for FaultyStore<S> {
    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.through("user", self.store.user(id)).await
    }
    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        self.through("users", self.store.users(ids)).await
    }
    async fn list_users(&self, wanted: UserFilter<'_>) -> Result<Vec<User>, StoreError> {
        self.through("people", self.store.list_users(wanted)).await
    }
    async fn local_admin(
        &self,
        id: UserId,
        address: Option<IpAddr>,
        at: Timestamp,
    ) -> Result<User, StoreError> {
        self.through("local_admin", self.store.local_admin(id, address, at)).await
    }
    async fn sign_in(&self, sign_in: SignIn<'_>) -> Result<User, StoreError> {
        self.through("sign_in", self.store.sign_in(sign_in)).await
    }
    async fn owner_of(&self, issuer: &str, subject: &str) -> Result<Option<UserId>, StoreError> {
        self.through("owner_of", self.store.owner_of(issuer, subject)).await
    }
    async fn identities(&self, id: UserId) -> Result<Vec<Identity>, StoreError> {
        self.through("identities", self.store.identities(id)).await
    }
    async fn link(
        &self,
        id: UserId,
        identity: &Identity,
        audit: AuditEntry,
    ) -> Result<Linking, StoreError> {
        self.through("link", self.store.link(id, identity, audit)).await
    }
    async fn move_guest(
        &self,
        guest: UserId,
        to: UserId,
        audit: AuditEntry,
    ) -> Result<bool, StoreError> {
        self.through("move_guest", self.store.move_guest(guest, to, audit)).await
    }
    async fn give_role(
        &self,
        id: UserId,
        role: UserRole,
        audit: AuditEntry,
    ) -> Result<Changing, StoreError> {
        self.through("give_role", self.store.give_role(id, role, audit)).await
    }
    async fn disable(
        &self,
        id: UserId,
        disabled: bool,
        audit: AuditEntry,
    ) -> Result<Changing, StoreError> {
        self.through("disable", self.store.disable(id, disabled, audit)).await
    }
    async fn end_logins(&self, id: UserId, audit: AuditEntry) -> Result<Option<u32>, StoreError> {
        self.through("end_logins", self.store.end_logins(id, audit)).await
    }
    async fn spend_once(
        &self,
        nonce: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.through("spend_once", self.store.spend_once(nonce, until, at)).await
    }
    async fn erase(&self, id: UserId, audit: AuditEntry) -> Result<(), StoreError> {
        self.through("erase", self.store.erase(id, audit)).await
    }
}

#[async_trait]
impl<S: Stores> PresetStore for FaultyStore<S> {
    async fn presets(&self) -> Result<Vec<QuotaPreset>, StoreError> {
        self.through("presets", self.store.presets()).await
    }
    async fn keep_preset(&self, preset: &QuotaPreset, audit: AuditEntry) -> Result<(), StoreError> {
        self.through("keep_preset", self.store.keep_preset(preset, audit)).await
    }
    async fn remove_preset(&self, id: PresetId, audit: AuditEntry) -> Result<bool, StoreError> {
        self.through("remove_preset", self.store.remove_preset(id, audit)).await
    }
}

#[async_trait]
impl<S: Stores> AuditLog for FaultyStore<S> {
    async fn note(&self, entry: AuditEntry) -> Result<(), StoreError> {
        self.through("note", self.store.note(entry)).await
    }
    async fn names(&self, subjects: &[Subject]) -> Result<Vec<(Subject, String)>, StoreError> {
        self.through("names", self.store.names(subjects)).await
    }
    async fn audit(
        &self,
        actor: Option<UserId>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, AuditEntry)>, StoreError> {
        self.through("audit", self.store.audit(actor, before, limit)).await
    }
}

#[async_trait]
impl<S: Stores> ScenarioStore for FaultyStore<S> {
    async fn scenarios(&self) -> Result<Vec<StoredScenario>, StoreError> {
        self.through("scenarios", self.store.scenarios()).await
    }
    async fn scenario(&self, slug: &str) -> Result<Option<StoredScenario>, StoreError> {
        self.through("scenario", self.store.scenario(slug)).await
    }
    async fn keep_scenario(
        &self,
        scenario: &StoredScenario,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.through("keep_scenario", self.store.keep_scenario(scenario, at)).await
    }
}

#[async_trait]
impl<S: Stores> Ledger for FaultyStore<S> {
    async fn reserve(&self, call: StandaloneCall) -> Result<Option<Refusal>, StoreError> {
        self.through("reserve", self.store.reserve(call)).await
    }
    async fn raise(
        &self,
        reservation: ReservationId,
        to: ReservedTokens,
        host_limits: HostLimits,
        at: Timestamp,
    ) -> Result<Raising, StoreError> {
        self.through("raise", self.store.raise(reservation, to, host_limits, at)).await
    }
    async fn settle(
        &self,
        reservation: ReservationId,
        settlement: Settlement,
        model: Option<&str>,
        cost: Option<u64>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.through("settle", self.store.settle(reservation, settlement, model, cost, at)).await
    }
    async fn balance(&self, payer: Payer) -> Result<Option<Balance>, StoreError> {
        self.through("balance", self.store.balance(payer)).await
    }
    async fn entries(&self, conversation: ConversationId) -> Result<Vec<UsageEntry>, StoreError> {
        self.through("entries", self.store.entries(conversation)).await
    }
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
