//! The audit log.

use async_trait::async_trait;
use coach_core::{
    ids::{ConversationId, InvitationId, PresetId, UserId},
    people::audit::{AuditAction, AuditEntry, Subject},
    ports::{AuditLog, StoreError},
    timestamp::Timestamp,
};
use futures::FutureExt as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    names,
    rows::{all, count, number},
};
use crate::{
    connection::{Connection, query},
    error::Fault,
    promise::Promise,
    sql::audit as sql,
    store::Store,
};

/// Adds an entry within the transaction of the change that it describes.
pub(super) async fn note(db: &mut Connection<'_>, entry: AuditEntry) -> Result<(), Fault> {
    let subject = entry.subject.map(|subject| match subject {
        Subject::User(id) => (PERSON, id.0),
        Subject::Invitation(id) => (INVITATION, id.0),
        Subject::Conversation(id) => (CONVERSATION, id.0),
        Subject::Preset(id) => (PRESET, id.0),
    });
    let (kind, id) = subject.unzip();
    query(sql::NOTE)
        .bind(entry.at.0)
        .bind(entry.actor.map(|id| id.0))
        .bind(entry.action.as_str())
        .bind(entry.action.detail())
        .bind(kind)
        .bind(id)
        .bind(entry.address.map(|address| address.to_string()))
        .execute(db)
        .await?;
    Ok(())
}

const PERSON: &str = "person";
const INVITATION: &str = "invitation";
const CONVERSATION: &str = "conversation";
const PRESET: &str = "preset";

#[derive(Debug, FromRow)]
struct AuditRow {
    id: i64,
    at: i64,
    actor_id: Option<Uuid>,
    action: String,
    detail: Option<String>,
    subject_kind: Option<String>,
    subject_id: Option<Uuid>,
    address: Option<String>,
}

impl TryFrom<AuditRow> for (u64, AuditEntry) {
    type Error = Fault;

    fn try_from(row: AuditRow) -> Result<Self, Fault> {
        let subject = match (row.subject_kind.as_deref(), row.subject_id) {
            (Some(PERSON), Some(id)) => Some(Subject::User(UserId(id))),
            (Some(INVITATION), Some(id)) => Some(Subject::Invitation(InvitationId(id))),
            (Some(CONVERSATION), Some(id)) => Some(Subject::Conversation(ConversationId(id))),
            (Some(PRESET), Some(id)) => Some(Subject::Preset(PresetId(id))),
            (None, _) => None,
            (Some(kind), _) => return Err(Fault::unknown("audit subject kind", kind)),
        };
        let action = AuditAction::parse(&row.action, row.detail.as_deref());
        let entry = AuditEntry {
            at: Timestamp(row.at),
            actor: row.actor_id.map(UserId),
            action: action.ok_or_else(|| Fault::unknown("audit action", &row.action))?,
            subject,
            address: row.address.and_then(|address| address.parse().ok()),
        };
        Ok((count(row.id), entry))
    }
}

#[async_trait]
impl AuditLog for Store {
    async fn note(&self, entry: AuditEntry) -> Result<(), StoreError> {
        self.write(Promise::Durable, entry, |db, entry| note(db, *entry).boxed()).await
    }

    async fn names(&self, subjects: &[Subject]) -> Result<Vec<(Subject, String)>, StoreError> {
        names::names(self, subjects).await
    }

    async fn audit(
        &self,
        actor: Option<UserId>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, AuditEntry)>, StoreError> {
        let query = match actor {
            None => query(sql::AUDIT),
            Some(actor) => query(sql::AUDIT_OF).bind(actor.0),
        };
        let query = query.bind(before.map_or(i64::MAX, number)).bind(i64::from(limit));
        let rows: Vec<AuditRow> = self.fetch_all(query).await?;
        Ok(all(rows)?)
    }
}
