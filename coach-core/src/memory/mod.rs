//! All stores in memory: for embedders without a database, for tests and for simulations.
//!
//! One lock around plain maps. No randomness and no clock for its rows, so that the same calls produce the same
//! rows. Only leases, which are no part of the rows, end by a clock: tokio's, which tests pause and advance, or
//! another that never goes backwards. The data ends with the process.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

mod admissions;
mod audit;
mod conversations;
#[cfg(feature = "testing")]
mod instruments;
mod invitations;
mod ledger;
mod looks;
mod notes;
mod presets;
mod scenarios;
mod turns;
mod users;

#[cfg(feature = "testing")]
pub use instruments::Sums;

use async_trait::async_trait;
use tokio::time::Instant;

use crate::{
    conversation::{Conversation, Look},
    ids::{
        ConversationId, InvitationId, LookId, MessageId, NoteId, PresetId, ReservationId, TurnId,
        UserId,
    },
    invitation::{Invitation, QuotaPreset},
    note::{Note, NoteVersion, SavedTag, TagList},
    people::{Identity, User, audit::AuditEntry},
    ports::{Clock, EngineStores, Health, StoreError, StoredScenario, UsageEntry},
    rules::tokens::DayUse,
    timestamp::Timestamp,
    turn::ledger::Balance,
};

/// All stores in memory. Clones share the same data.
#[derive(Clone)]
pub struct MemoryStore(Arc<Mutex<Tables>>);

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryStore")
    }
}

impl EngineStores for MemoryStore {
    crate::has_every_store!();
}

#[async_trait]
impl Health for MemoryStore {
    async fn check_writable(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        let presets = presets::shipped().into_iter().map(|one| (one.id, one)).collect();
        Self(Arc::new(Mutex::new(Tables { presets, ..Tables::default() })))
    }
}

impl MemoryStore {
    /// Returns a store that is empty except for the quota presets that every store starts with.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Tables> {
        // No code panics between two changes of one fact, so a poisoned lock is safe to use.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The clock by which leases end.
struct LeaseClock(Arc<dyn Clock>);

impl Default for LeaseClock {
    fn default() -> Self {
        Self(Arc::new(SinceCreation(Instant::now())))
    }
}

/// Tokio's time since a store was created.
#[derive(Debug)]
struct SinceCreation(Instant);

impl Clock for SinceCreation {
    fn now(&self) -> Timestamp {
        Timestamp(0).after(self.0.elapsed())
    }
}

#[derive(Default)]
struct Tables {
    users: BTreeMap<UserId, User>,
    identities: Vec<(UserId, Identity)>,
    presets: BTreeMap<PresetId, QuotaPreset>,
    /// Removed presets, whose names the audit log still needs.
    removed_presets: BTreeMap<PresetId, QuotaPreset>,
    /// What users have spent of their allowance; the quota is the preset's.
    allowances: BTreeMap<UserId, Balance>,
    /// What erased users had spent of it, by the traces of their identities.
    spent_before: BTreeMap<[u8; 32], u64>,
    /// What users had spent of it before their erasure, carried over to their new user.
    carried: BTreeMap<UserId, u64>,
    audit: Vec<AuditEntry>,
    local_admin: Option<UserId>,
    nonces: BTreeMap<String, Timestamp>,
    scenarios: Vec<(StoredScenario, Timestamp)>,
    invitations: BTreeMap<InvitationId, Invitation>,
    consents: BTreeMap<InvitationId, String>,
    /// Hashes of the tokens of replaced links.
    replaced_links: BTreeMap<[u8; 32], InvitationId>,
    conversations: BTreeMap<ConversationId, Conversation>,
    /// The most turns that a conversation may show; absent means no ceiling.
    ceilings: BTreeMap<ConversationId, u32>,
    turns: BTreeMap<TurnId, turns::TurnRow>,
    /// When the leases of open turns end, by the clock of leases.
    leases: BTreeMap<TurnId, Timestamp>,
    lease_clock: LeaseClock,
    turns_of: BTreeMap<ConversationId, Vec<TurnId>>,
    messages: BTreeMap<(ConversationId, MessageId), turns::MessageRow>,
    last_message: i64,
    reservations: BTreeMap<ReservationId, ledger::ReservationRow>,
    entries: Vec<UsageEntry>,
    days: BTreeMap<i64, DayUse>,
    /// The looks that have not ended.
    looks: BTreeMap<LookId, Look>,
    /// When their leases end, by the clock of leases.
    look_leases: BTreeMap<LookId, Timestamp>,
    /// The last read in the audit log.
    reads: BTreeMap<(UserId, ConversationId), Timestamp>,
    notes: BTreeMap<NoteId, Note>,
    /// The versions before the current one.
    note_versions: BTreeMap<NoteId, Vec<NoteVersion>>,
    note_reads: BTreeSet<(UserId, NoteId)>,
    tags: TagTable,
}

/// The team's tags.
struct TagTable {
    list: TagList,
    /// Tags that are no longer in the list, for the notes that have them.
    removed: Vec<SavedTag>,
}
