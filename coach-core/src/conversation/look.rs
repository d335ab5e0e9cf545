//! Looks at conversations of others: which this process serves, who is watching, and what recovery ends.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    coach::Coach,
    error::CoachError,
    handles::ConversationHandle,
    ids::{ConversationId, LookId, UserId},
    people::{
        Principal,
        audit::{AuditEntry, Subject},
    },
    ports::{RecoveryScope, StoreError},
    rules::looks,
    timestamp::Timestamp,
};

/// How long a look belongs to its process without a sign of life.
const LEASE: Duration = Duration::from_secs(30);

/// A look of a researcher at a conversation, from its beginning to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its id.
    pub id: LookId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The researcher.
    pub actor: UserId,
    /// The researcher's address.
    pub address: Option<IpAddr>,
    /// When it began.
    pub since: Timestamp,
    /// The last sign of life of its process, by that process's clock.
    pub seen_at: Timestamp,
}

/// A researcher who is watching a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observer {
    /// The researcher.
    pub user: UserId,
    /// The researcher's current name, if they have one.
    pub name: Option<String>,
    /// When they began to watch.
    pub since: Timestamp,
}

/// The looks that this process serves.
#[derive(Debug, Default)]
pub(crate) struct Looks(Mutex<BTreeMap<LookId, Look>>);

impl Looks {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<LookId, Look>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ids(&self) -> Vec<LookId> {
        self.lock().keys().copied().collect()
    }

    fn remove(&self, id: LookId) -> Option<Look> {
        self.lock().remove(&id)
    }

    /// Returns a look that begins again now, if it has not ended here meanwhile.
    fn begin_again(&self, id: LookId, at: Timestamp) -> Option<Look> {
        let mut looks = self.lock();
        let look = looks.get_mut(&id)?;
        (look.since, look.seen_at) = (at, at);
        Some(*look)
    }
}

impl ConversationHandle {
    /// Returns who is watching a conversation, in all processes that use the store, each researcher once.
    ///
    /// # Errors
    /// [`CoachError::Forbidden`] or [`CoachError::NotFound`] if the policy does not allow it, [`CoachError::Missing`] if the
    /// coach was built without an audit log, [`CoachError::Store`] if the store does not respond.
    pub async fn observers(&self) -> Result<Vec<Observer>, CoachError> {
        self.may_observe().await?;
        let watching = self.coach.observers_of(&[self.id]).await?;
        Ok(watching.into_iter().map(|(_, observer)| observer).collect())
    }
}

impl Coach {
    /// Begins a look, with its audit entry.
    pub(crate) async fn begin_look(
        &self,
        by: &Principal,
        conversation: ConversationId,
    ) -> Result<LookId, CoachError> {
        let (id, now) = (LookId(self.0.ids.next()), self.now());
        let (actor, address) = (by.user, by.address);
        let look = Look { id, conversation, actor, address, since: now, seen_at: now };
        // Known here first, so that no recovery of this process ends it.
        self.0.looks.lock().insert(id, look);
        let begun = match self.0.look_log() {
            Some(stores) => self.persist(|| stores.begin_look(&look, LEASE)).await,
            None => self.0.audit_log()?.note(looks::begun(&look)).await,
        };
        if begun.is_err() {
            // If it was saved all the same, recovery ends it.
            self.0.looks.remove(id);
        }
        Ok(begun.map(|()| id)?)
    }

    /// Ends a look, with its audit entry.
    pub(crate) async fn end_look(&self, id: LookId) -> Result<(), CoachError> {
        let now = self.now();
        // First, so that it does not begin again. If the store does not respond, recovery ends it.
        let look = self.0.looks.remove(id);
        match (self.0.look_log(), look) {
            (Some(stores), _) => self.persist(|| stores.end_look(id, now)).await?,
            (None, Some(look)) => self.0.audit_log()?.note(looks::ended(&look, now)).await?,
            (None, None) => {}
        }
        Ok(())
    }

    /// Records that the looks of this process go on, and ends those whose process is lost. A look that another
    /// process has ended, because this one stood still, begins again.
    pub(crate) async fn recover_looks(&self, scope: RecoveryScope) -> Result<(), StoreError> {
        let Some(stores) = self.0.look_log() else { return Ok(()) };
        let served = self.0.looks.ids();
        if !served.is_empty() {
            let now = self.now();
            let renewed = stores.renew_looks(&served, now, LEASE).await?;
            for gone in served.iter().filter(|id| !renewed.contains(id)) {
                let Some(look) = self.0.looks.begin_again(*gone, now) else { continue };
                stores.begin_look(&look, LEASE).await?;
                if !self.0.looks.lock().contains_key(gone) {
                    // It ended between the two.
                    stores.end_look(*gone, now).await?;
                }
            }
        }
        let lost = stores.recover_looks(scope, &self.0.looks.ids()).await?;
        if lost > 0 {
            tracing::info!(lost, "ended observations whose process has stopped");
        }
        Ok(())
    }

    /// Adds the audit entry of a read; one entry stands for all reads within ten minutes.
    pub(crate) async fn note_read(&self, audit: AuditEntry) -> Result<(), CoachError> {
        match self.0.look_log() {
            Some(stores) => self.persist(|| stores.note_read(audit)).await.map(drop)?,
            None => self.0.audit_log()?.note(audit).await?,
        }
        Ok(())
    }

    /// Returns who is watching these conversations, those who began first at the front.
    pub(crate) async fn observers_of(
        &self,
        ids: &[ConversationId],
    ) -> Result<Vec<(ConversationId, Observer)>, CoachError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let Some(stores) = self.0.look_log() else { return Ok(Vec::new()) };
        let looks = stores.looks(ids).await?;
        let subjects: Vec<_> = looks.iter().map(|look| Subject::User(look.actor)).collect();
        let names = self.names_of(&subjects).await?;
        let mut watching: Vec<(ConversationId, Observer)> = Vec::new();
        for look in looks {
            let same = |(id, other): &(ConversationId, Observer)| {
                (*id, other.user) == (look.conversation, look.actor)
            };
            if !watching.iter().any(same) {
                let name = names.get(&Subject::User(look.actor)).cloned();
                let observer = Observer { user: look.actor, name, since: look.since };
                watching.push((look.conversation, observer));
            }
        }
        Ok(watching)
    }

    /// Returns the current names of those subjects that have one.
    pub(crate) async fn names_of(
        &self,
        subjects: &[Subject],
    ) -> Result<BTreeMap<Subject, String>, CoachError> {
        if subjects.is_empty() {
            return Ok(BTreeMap::new());
        }
        Ok(self.0.audit_log()?.names(subjects).await?.into_iter().collect())
    }
}
