//! Looks at conversations of others.

use std::time::Duration;

use async_trait::async_trait;
use coach_core::{
    conversation::Look,
    ids::{ConversationId, LookId, UserId},
    people::audit::{AuditEntry, Subject},
    ports::{LookLog, RecoveryScope, StoreError},
    rules::looks as rules,
    timestamp::Timestamp,
};
use futures::FutureExt as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::{audit, leases};
use crate::{
    connection::{Connection, query},
    error::Fault,
    promise::Promise,
    sql::{locks, looks as sql},
    store::Store,
};

#[derive(Debug, FromRow)]
struct LookRow {
    id: Uuid,
    conversation_id: Uuid,
    actor_id: Uuid,
    address: Option<String>,
    since: i64,
    seen_at: i64,
}

impl From<LookRow> for Look {
    fn from(row: LookRow) -> Self {
        Self {
            id: LookId(row.id),
            conversation: ConversationId(row.conversation_id),
            actor: UserId(row.actor_id),
            address: row.address.and_then(|address| address.parse().ok()),
            since: Timestamp(row.since),
            seen_at: Timestamp(row.seen_at),
        }
    }
}

async fn begin(db: &mut Connection<'_>, look: &Look, lease: Duration) -> Result<(), Fault> {
    let begin = query(sql::BEGIN_LOOK)
        .bind(look.id.0)
        .bind(look.conversation.0)
        .bind(look.actor.0)
        .bind(look.address.map(|address| address.to_string()))
        .bind(look.since.0)
        .bind(look.seen_at.0)
        .bind(leases::lease(db, lease));
    if begin.execute(db).await? == 1 {
        audit::note(db, rules::begun(look)).await?;
    }
    Ok(())
}

async fn recover(
    db: &mut Connection<'_>,
    scope: RecoveryScope,
    running: &[LookId],
) -> Result<usize, Fault> {
    let found = match scope {
        RecoveryScope::Expired => query(sql::EXPIRED_LOOKS).bind(leases::now(db)),
        RecoveryScope::Everything => query(sql::ALL_LOOKS),
    };
    let rows: Vec<LookRow> = found.fetch_all(db).await?;
    let lost = |look: &Look| !running.contains(&look.id);
    let mut looks: Vec<_> = rows.into_iter().map(Look::from).filter(lost).collect();
    looks.sort_by_key(|look| look.id);
    let ended = looks.len();
    for look in looks {
        query(sql::END_LOOK).bind(look.id.0).execute(db).await?;
        audit::note(db, rules::lost(&look)).await?;
    }
    Ok(ended)
}

/// Adds a read to the audit log, if it is a new one.
async fn note_read(db: &mut Connection<'_>, line: AuditEntry) -> Result<bool, Fault> {
    let (Some(actor), Some(Subject::Conversation(id))) = (line.actor, line.subject) else {
        return Err(Fault::unknown("read", "an actor or a conversation is missing"));
    };
    query(locks::READS).bind(id.0).bind(actor.0).execute(db).await?;
    let last = query(sql::LAST_READ).bind(actor.0).bind(id.0);
    let last: Option<(i64,)> = last.fetch_optional(db).await?;
    let is_new = rules::is_new_read(last.map(|(at,)| Timestamp(at)), line.at);
    if is_new {
        let save = query(sql::SAVE_READ).bind(actor.0).bind(id.0).bind(line.at.0);
        save.execute(db).await?;
        audit::note(db, line).await?;
    }
    Ok(is_new)
}

#[async_trait]
impl LookLog for Store {
    async fn begin_look(&self, look: &Look, lease: Duration) -> Result<(), StoreError> {
        let begun =
            self.write(Promise::Durable, *look, move |db, look| begin(db, look, lease).boxed());
        begun.await
    }

    async fn renew_looks(
        &self,
        ids: &[LookId],
        at: Timestamp,
        lease: Duration,
    ) -> Result<Vec<LookId>, StoreError> {
        // A sign of life that is lost with the power only makes the look shorter.
        let renewed = self.write(Promise::Checkpoint, ids.to_vec(), move |db, ids| {
            async move {
                let mut renewed = Vec::with_capacity(ids.len());
                for id in ids {
                    let until = leases::lease(db, lease);
                    let renew = query(sql::RENEW_LOOK).bind(id.0).bind(at.0).bind(until);
                    if renew.execute(db).await? == 1 {
                        renewed.push(*id);
                    }
                }
                Ok(renewed)
            }
            .boxed()
        });
        renewed.await
    }

    async fn end_look(&self, id: LookId, at: Timestamp) -> Result<(), StoreError> {
        let ended = self.write(Promise::Durable, (), move |db, ()| {
            async move {
                let look: Option<LookRow> = query(sql::LOOK).bind(id.0).fetch_optional(db).await?;
                let Some(look) = look else { return Ok(()) };
                query(sql::END_LOOK).bind(id.0).execute(db).await?;
                audit::note(db, rules::ended(&look.into(), at)).await
            }
            .boxed()
        });
        ended.await
    }

    async fn recover_looks(
        &self,
        scope: RecoveryScope,
        running: &[LookId],
    ) -> Result<usize, StoreError> {
        let recovered = self.write(Promise::Durable, running.to_vec(), move |db, running| {
            recover(db, scope, running).boxed()
        });
        recovered.await
    }

    async fn looks(&self, conversations: &[ConversationId]) -> Result<Vec<Look>, StoreError> {
        let ids: Vec<_> = conversations.iter().map(|id| id.0).collect();
        let rows: Vec<LookRow> = self.fetch_all(query(sql::LOOKS_OF).bind(ids)).await?;
        let mut looks: Vec<_> = rows.into_iter().map(Look::from).collect();
        looks.sort_by_key(|look| (look.since, look.id));
        Ok(looks)
    }

    async fn note_read(&self, line: AuditEntry) -> Result<bool, StoreError> {
        self.write(Promise::Durable, line, |db, line| note_read(db, *line).boxed()).await
    }
}
