//! `Planted`: an adapter over the memory store with one fault. This file has the ports of which few methods are wrong.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError, atomic::AtomicBool},
};

use async_trait::async_trait;
use coach_core::{
    conversation::Message,
    ids::{ConversationId, EntryId, InvitationId, PresetId, ReservationId, TurnId, UserId},
    invitation::{Invitation, LinkStamp, QuotaPreset},
    memory::MemoryStore,
    model::CallReport,
    people::{
        Identity, User, UserRole,
        audit::{AuditAction, AuditEntry, Subject},
    },
    ports::{
        Amend, AuditLog, Changing, Claim, Claiming, EngineStores, Health, HostLimits,
        InvitationCount, InvitationFilter, InvitationOrder, InvitationStore, Ledger, Linking,
        PresetStore, Raising, Recovered, Refusal, ScenarioStore, SignIn, SignInStore,
        StandaloneCall, StoreError, StoredScenario, UsageEntry, UserFilter, UserStore,
    },
    timestamp::Timestamp,
    turn::ledger::{Balance, Payer, ReservedTokens, Settlement},
};
use tokio::task::yield_now;

use super::fault::Fault;

/// A store with at most one fault.
#[derive(Debug)]
pub(crate) struct Planted {
    pub(super) store: MemoryStore,
    pub(super) fault: Option<Fault>,
    /// What a fault remembers.
    memory: Mutex<Remembered>,
    pub(super) locked: AtomicBool,
}

#[derive(Debug, Default)]
pub(super) struct Remembered {
    pub(super) fences: BTreeMap<TurnId, u64>,
    pub(super) stops: Vec<ConversationId>,
    pub(super) messages: BTreeMap<ConversationId, Vec<Message>>,
    calls: BTreeMap<ReservationId, StandaloneCall>,
}

impl Planted {
    pub(crate) fn with(fault: Option<Fault>) -> Self {
        Self {
            store: MemoryStore::new(),
            fault,
            memory: Mutex::default(),
            locked: AtomicBool::new(false),
        }
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    pub(super) fn remembered(&self) -> MutexGuard<'_, Remembered> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Implements a port: the methods named by their heads are those of the memory store, the others are written out.
macro_rules! port {
    ($port:ident {
        $(fn $method:ident($($name:ident: $kind:ty),* $(,)?) -> $answer:ty;)*
    } $($written:tt)*) => {
        #[async_trait]
        impl $port for Planted {
            $(async fn $method(&self, $($name: $kind),*) -> Result<$answer, StoreError> {
                self.store.$method($($name),*).await
            })*
            $($written)*
        }
    };
}

pub(super) use port;

port! { InvitationStore {
    fn invitation(id: InvitationId) -> Option<Invitation>;
    fn invitation_by_token(hash: [u8; 32]) -> Option<Invitation>;
    fn invitation_by_replaced_token(hash: [u8; 32]) -> Option<Invitation>;
    fn count_invitations(filter: &InvitationFilter) -> InvitationCount;
    fn invitations_of(user: UserId) -> Vec<Invitation>;
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

    async fn invite(&self, new: &[Invitation], audit: AuditEntry) -> Result<(), StoreError> {
        if self.has(Fault::RepeatsTheAuditEntry) {
            for invitation in new {
                if self.store.invitation(invitation.id).await?.is_some() {
                    self.store.note(audit).await?;
                }
            }
        }
        if self.has(Fault::InvitesOneByOne) {
            for invitation in new {
                self.store.invite(std::slice::from_ref(invitation), audit).await?;
            }
            return Ok(());
        }
        if self.has(Fault::SavesHalfOfADroppedCall) {
            let (first, rest) = new.split_at(new.len() / 2);
            self.store.invite(first, audit).await?;
            yield_now().await;
            return self.store.invite(rest, audit).await;
        }
        self.store.invite(new, audit).await
    }

    async fn claim(&self, claim: Claim<'_>) -> Result<Claiming, StoreError> {
        let before = self.store.invitation(claim.invitation).await?;
        let free = before.is_some_and(|invitation| invitation.claimed.is_none());
        if self.has(Fault::ChecksThenClaims) {
            yield_now().await;
        }
        let claiming = self.store.claim(claim).await?;
        Ok(match claiming {
            Claiming::Taken(user) if user == claim.user && self.has(Fault::ClaimsTwice) => {
                Claiming::Claimed
            }
            Claiming::Taken(_) if free && self.has(Fault::ChecksThenClaims) => Claiming::Claimed,
            claiming => claiming,
        })
    }

    async fn invitations(
        &self,
        filter: &InvitationFilter,
        order: &InvitationOrder,
        limit: u32,
    ) -> Result<Vec<Invitation>, StoreError> {
        let mut filter = filter.clone();
        let wanted = filter.search.clone().unwrap_or_default();
        if self.has(Fault::SearchesWithWildcards) && ["%", "_"].contains(&&*wanted) {
            filter.search = None;
        }
        let order = match order {
            InvitationOrder::Newest(Some(last)) if self.has(Fault::OrdersBeginAgain) => {
                InvitationOrder::Newest(Some(InvitationId(uuid::Uuid::from_u128(
                    last.0.as_u128() + 1,
                ))))
            }
            order => order.clone(),
        };
        let mut found = self.store.invitations(&filter, &order, limit).await?;
        if self.has(Fault::SearchesByCase) {
            found.retain(|one| {
                let title = one.title.as_deref().unwrap_or_default();
                one.label.contains(&wanted) || title.contains(&wanted)
            });
        }
        Ok(found)
    }
}

port! { UserStore {
    fn user(id: UserId) -> Option<User>;
    fn users(ids: &[UserId]) -> Vec<User>;
    fn list_users(wanted: UserFilter<'_>) -> Vec<User>;
    fn give_role(id: UserId, role: UserRole, audit: AuditEntry) -> Changing;
    fn disable(id: UserId, disabled: bool, audit: AuditEntry) -> Changing;
    fn end_logins(id: UserId, audit: AuditEntry) -> Option<u32>;
    fn erase(id: UserId, audit: AuditEntry) -> Vec<Recovered>;
} }

port! { SignInStore {
    fn local_admin(id: UserId, address: Option<IpAddr>, at: Timestamp) -> User;
    fn sign_in(sign_in: SignIn<'_>) -> User;
    fn owner_of(issuer: &str, subject: &str) -> Option<UserId>;
    fn identities(id: UserId) -> Vec<Identity>;
    fn link(id: UserId, identity: &Identity, audit: AuditEntry) -> Linking;
    fn move_guest(guest: UserId, to: UserId, audit: AuditEntry) -> bool;
}

    async fn spend_once(
        &self,
        nonce: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let first = self.store.spend_once(nonce, until, at).await?;
        Ok(first || self.has(Fault::SpendsANonceTwice))
    }
}

port! { PresetStore {
    fn presets() -> Vec<QuotaPreset>;
    fn save_preset(preset: &QuotaPreset, audit: AuditEntry) -> ();
    fn remove_preset(id: PresetId, audit: AuditEntry) -> bool;
} }

port! { ScenarioStore {
    fn scenarios() -> Vec<StoredScenario>;
    fn keep_scenario(scenario: &StoredScenario, at: Timestamp) -> ();
}

    async fn scenario(&self, slug: &str) -> Result<Option<StoredScenario>, StoreError> {
        if self.has(Fault::IgnoresCaseInSlugs) {
            let all = self.store.scenarios().await?;
            let slug = slug.to_lowercase();
            return Ok(all.into_iter().find(|one| one.slug.to_lowercase() == slug));
        }
        self.store.scenario(slug).await
    }
}

port! { AuditLog {
    fn note(entry: AuditEntry) -> ();
    fn names(subjects: &[Subject]) -> Vec<(Subject, String)>;
}

    async fn audit(
        &self,
        actor: Option<UserId>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, AuditEntry)>, StoreError> {
        let mut entries = self.store.audit(actor, before, limit).await?;
        if self.has(Fault::DropsTheAuditEntry) {
            entries.retain(|(_, entry)| entry.action != AuditAction::Revoked);
        }
        for (_, entry) in &mut entries {
            match self.fault {
                Some(Fault::ForgetsTheSubject) => entry.subject = None,
                Some(Fault::MapsAddresses) => entry.address = entry.address.map(mapped),
                _ => {}
            }
        }
        Ok(entries)
    }
}

port! { Ledger {
    fn raise(
        reservation: ReservationId,
        to: ReservedTokens,
        host_limits: HostLimits,
        at: Timestamp,
    ) -> Raising;
    fn balance(payer: Payer) -> Option<Balance>;
}

    async fn entries_after(
        &self,
        after: EntryId,
        limit: u32,
    ) -> Result<Vec<UsageEntry>, StoreError> {
        let inclusive = i64::from(self.has(Fault::EntriesBeginAgain));
        self.store.entries_after(EntryId(after.0 - inclusive), limit).await
    }

    async fn reserve(&self, call: StandaloneCall) -> Result<Option<Refusal>, StoreError> {
        self.remembered().calls.insert(call.id, call);
        self.store.reserve(call).await
    }

    async fn settle(
        &self,
        reservation: ReservationId,
        settlement: Settlement,
        report: CallReport,
        cost: Option<u64>,
        at: Timestamp,
    ) -> Result<Option<UsageEntry>, StoreError> {
        let settled =
            self.store.settle(reservation, settlement, report.clone(), cost, at).await?;
        let call = self.remembered().calls.get(&reservation).copied();
        if let Some(call) = call.filter(|_| settled.is_none() && self.has(Fault::SettlesTwice)) {
            let id = ReservationId(uuid_after(call.id));
            self.store.reserve(StandaloneCall { id, ..call }).await?;
            return self.store.settle(id, settlement, report, cost, at).await;
        }
        Ok(settled)
    }

    async fn entries(&self, conversation: ConversationId) -> Result<Vec<UsageEntry>, StoreError> {
        let mut entries = self.store.entries(conversation).await?;
        if self.has(Fault::ReadsAbsentCostAsZero) {
            for entry in &mut entries {
                entry.cost = entry.cost.or(Some(0));
            }
        }
        Ok(entries)
    }
}

/// Returns an address as one of IPv6.
fn mapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().into(),
        IpAddr::V6(_) => address,
    }
}

/// Returns an id that no test uses.
fn uuid_after(id: ReservationId) -> uuid::Uuid {
    uuid::Uuid::from_u128(id.0.as_u128() ^ (0xF << 40))
}

impl EngineStores for Planted {
    coach_core::has_every_store!();
}

#[async_trait]
impl Health for Planted {
    async fn check_writable(&self) -> Result<(), StoreError> {
        self.store.check_writable().await
    }
}
