//! Conversations: reading records and ending conversations.

use std::time::Duration;

use async_trait::async_trait;
use coach_core::{
    conversation::{Conversation, EndReason, Message, MessageDetails, Seen, SeenHow, SeenRecord},
    ids::{ConversationId, MessageId, TurnId, UserId},
    people::audit::AuditEntry,
    ports::{
        Accept, Admission, ConversationFilter, ConversationHead, ConversationSnapshot,
        ConversationStore, Ending, Finish, Finishing, Heartbeat, LeaseStatus, Recovery,
        RecoveryScope, Retry, StoreError,
    },
    rules::conversations::{self, End, Starting},
    timestamp::Timestamp,
    turn::{Funds, TurnCost},
};
use futures::FutureExt as _;
use uuid::Uuid;

use super::{
    admissions, audit,
    conversation_rows::{ConversationRow, HeadRow, PresentRow},
    recovery,
    rows::{DetailsRow, FundsRow, MessageRow, SeenRow, all, below, number},
    turns::{self, append, next_message},
};
use crate::{
    connection::{Connection, query},
    error::Fault,
    promise::Promise,
    sql::{
        conversations as sql, locks,
        presets::OPEN_ALLOWANCE,
        turns::{FUNDS, REQUEST_STOP},
    },
    store::Store,
};

async fn start(db: &mut Connection<'_>, new: &Conversation) -> Result<bool, Fault> {
    query(locks::USER).bind(new.owner.0).execute(db).await?;
    let owner: Option<(bool,)> = query(sql::OWNER).bind(new.owner.0).fetch_optional(db).await?;
    let known: Option<(Uuid,)> = query(sql::STARTED).bind(new.id.0).fetch_optional(db).await?;
    let closed = owner.is_some_and(|(disabled,)| disabled);
    let opening = match conversations::start(known.is_some(), closed, new) {
        Starting::Answer(answer) => return Ok(answer),
        Starting::Write(opening) => opening,
    };
    let (scenario, version) =
        new.scenario.as_ref().map(|(slug, version)| (&**slug, &**version)).unzip();
    query(sql::START)
        .bind(new.id.0)
        .bind(new.owner.0)
        .bind(new.invitation.map(|id| id.0))
        .bind(scenario)
        .bind(version)
        .bind(new.coach)
        .bind(new.aside)
        .bind(new.created_at.0)
        .bind(i64::from(new.turn))
        .bind(new.ended.map(|(reason, _)| reason.as_str()))
        .bind(new.ended.map(|(_, at)| at.0))
        .bind(new.allowance)
        .bind(new.erased_at.map(|at| at.0))
        .execute(db)
        .await?;
    if new.allowance {
        query(OPEN_ALLOWANCE).bind(new.owner.0).execute(db).await?;
    }
    if let Some(opening) = opening {
        append(next_message(db).await?, &opening).execute(db).await?;
    }
    let script = &new.script;
    query(sql::SCRIPT)
        .bind(new.id.0)
        .bind(&script.title)
        .bind(&script.card)
        .bind(&script.language)
        .bind(&script.partner_name)
        .bind(&script.partner_prompt)
        .bind(script.partner_temperature)
        .bind(i64::from(script.partner_max_output))
        .bind(&script.opening)
        .bind(&script.coach_prompt)
        .bind(script.coach_temperature)
        .bind(i64::from(script.coach_max_output))
        .bind(script.coach_when.as_str())
        .bind(script.coach_sees.as_str())
        .bind(script.max_turns.map(i64::from))
        .bind(script.max_seconds.map(i64::from))
        .execute(db)
        .await?;
    Ok(true)
}

async fn end(
    db: &mut Connection<'_>,
    id: ConversationId,
    reason: EndReason,
    at: Timestamp,
    line: Option<AuditEntry>,
) -> Result<Ending, Fault> {
    query(locks::CONVERSATION).bind(id.0).execute(db).await?;
    let row: Option<ConversationRow> =
        query(sql::CONVERSATION).bind(id.0).fetch_optional(db).await?;
    let conversation = row.map(Conversation::try_from).transpose()?;
    let busy: Option<(Uuid,)> = query(sql::BUSY).bind(id.0).fetch_optional(db).await?;
    match conversations::end(conversation, busy.is_some(), reason, at, line) {
        End::Answer(answer) => Ok(answer),
        End::Write(plan) => {
            save_end(db, &plan.conversation).await?;
            if let Some(line) = plan.audit {
                audit::note(db, line).await?;
            }
            Ok(plan.ending())
        }
    }
}

/// Saves why and when a conversation ended.
pub(super) async fn save_end(
    db: &mut Connection<'_>,
    conversation: &Conversation,
) -> Result<(), Fault> {
    query(sql::SET_END)
        .bind(conversation.id.0)
        .bind(conversation.ended.map(|(reason, _)| reason.as_str()))
        .bind(conversation.ended.map(|(_, at)| at.0))
        .bind(conversation.erased_at.map(|at| at.0))
        .execute(db)
        .await?;
    Ok(())
}

/// Loads all conversations of a user.
pub(super) async fn of_user(
    db: &mut Connection<'_>,
    user: UserId,
) -> Result<Vec<Conversation>, Fault> {
    let list = query(sql::OF_PERSON).bind(user.0).bind(Uuid::max()).bind(i64::MAX);
    let rows: Vec<ConversationRow> = list.fetch_all(db).await?;
    all(rows)
}

#[async_trait]
impl ConversationStore for Store {
    async fn start(&self, conversation: &Conversation) -> Result<bool, StoreError> {
        let new = conversation.clone();
        self.write(Promise::Durable, new, |db, new| start(db, new).boxed()).await
    }

    async fn present(
        &self,
        id: ConversationId,
    ) -> Result<Option<ConversationSnapshot>, StoreError> {
        let row: Option<PresentRow> = self.fetch_optional(query(sql::PRESENT).bind(id.0)).await?;
        Ok(row.map(ConversationSnapshot::try_from).transpose()?)
    }

    async fn heads(&self, ids: &[ConversationId]) -> Result<Vec<ConversationHead>, StoreError> {
        let wanted: Vec<_> = ids.iter().map(|id| id.0).collect();
        let rows: Vec<HeadRow> = self.fetch_all(query(sql::HEADS).bind(wanted)).await?;
        Ok(all(rows)?)
    }

    async fn funds(&self, id: ConversationId) -> Result<Option<Funds>, StoreError> {
        let row: Option<FundsRow> = self.fetch_optional(query(FUNDS).bind(id.0)).await?;
        Ok(row.and_then(FundsRow::get))
    }

    async fn lower_ceiling(
        &self,
        id: ConversationId,
        cost: TurnCost,
    ) -> Result<Option<Funds>, StoreError> {
        let lowered = self
            .write(Promise::Durable, (), move |db, ()| turns::lower_ceiling(db, id, cost).boxed());
        lowered.await
    }

    async fn conversations(
        &self,
        of: ConversationFilter,
        before: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<Conversation>, StoreError> {
        let list = match of {
            ConversationFilter::User(user) => query(sql::OF_PERSON).bind(user.0),
            ConversationFilter::Running(user) => query(sql::RUNNING_OF_PERSON).bind(user.0),
            ConversationFilter::Ended(user) => query(sql::ENDED_OF_PERSON).bind(user.0),
            ConversationFilter::Invitation(invitation) => {
                query(sql::OF_INVITATION).bind(invitation.0)
            }
        };
        let page = list.bind(below(before, |id| id.0)).bind(i64::from(limit));
        let rows: Vec<ConversationRow> = self.fetch_all(page).await?;
        Ok(all(rows)?)
    }

    async fn recently_ended(
        &self,
        created_by: Option<UserId>,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Conversation>, StoreError> {
        let ended = query(sql::RECENTLY_ENDED)
            .bind(created_by.map(|id| id.0))
            .bind(since.0)
            .bind(i64::from(limit));
        let rows: Vec<ConversationRow> = self.fetch_all(ended).await?;
        Ok(all(rows)?)
    }

    async fn messages(
        &self,
        id: ConversationId,
        before: Option<MessageId>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let page = query(sql::MESSAGES_BEFORE)
            .bind(id.0)
            .bind(before.map_or(i64::MAX, |before| before.0))
            .bind(i64::from(limit));
        let mut rows: Vec<MessageRow> = self.fetch_all(page).await?;
        rows.reverse();
        Ok(all(rows)?)
    }

    async fn messages_from(
        &self,
        id: ConversationId,
        from: MessageId,
        upto: MessageId,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let page =
            query(sql::MESSAGES_FROM).bind(id.0).bind(from.0).bind(upto.0).bind(i64::from(limit));
        let rows: Vec<MessageRow> = self.fetch_all(page).await?;
        Ok(all(rows)?)
    }

    async fn message_details(
        &self,
        id: ConversationId,
        after: Option<MessageId>,
        limit: u32,
    ) -> Result<Vec<MessageDetails>, StoreError> {
        // Ids begin at 1.
        let page = query(sql::MESSAGE_DETAILS)
            .bind(id.0)
            .bind(after.map_or(0, |after| after.0))
            .bind(i64::from(limit));
        let rows: Vec<DetailsRow> = self.fetch_all(page).await?;
        Ok(all(rows)?)
    }

    async fn accept(&self, accept: Accept<'_>) -> Result<Admission, StoreError> {
        let words = (accept.content.to_owned(), accept.client_id.map(ToOwned::to_owned));
        let Accept { conversation, turn, reservations, host_limits, at, lease, .. } = accept;
        let kept = self.write(Promise::Durable, words, move |db, (content, client_id)| {
            async move {
                let (content, client_id) = (content.as_str(), client_id.as_deref());
                let accept = Accept {
                    conversation,
                    turn,
                    content,
                    client_id,
                    reservations,
                    host_limits,
                    at,
                    lease,
                };
                admissions::accept(db, accept).await
            }
            .boxed()
        });
        kept.await
    }

    async fn retry(&self, retry: Retry) -> Result<Admission, StoreError> {
        let kept =
            self.write(Promise::Durable, retry, |db, retry| admissions::retry(db, retry).boxed());
        kept.await
    }

    async fn beat(
        &self,
        beats: &[Heartbeat<'_>],
        lease: Duration,
    ) -> Result<Vec<LeaseStatus>, StoreError> {
        let beats = turns::Beats::new(beats, lease);
        self.checkpoint(beats, |db, beats| turns::beat(db, beats).boxed()).await
    }

    async fn finish(&self, finish: Finish<'_>) -> Result<Finishing, StoreError> {
        let finish = turns::Finished::new(&finish);
        let kept = self.write(Promise::Durable, finish, |db, finish| {
            async move { turns::finish(db, &finish.get()).await }.boxed()
        });
        kept.await
    }

    async fn request_stop(&self, id: ConversationId) -> Result<bool, StoreError> {
        let kept = self.write(Promise::Durable, (), move |db, ()| {
            async move {
                let stopped = query(REQUEST_STOP).bind(id.0).execute(db).await?;
                Ok(stopped == 1)
            }
            .boxed()
        });
        kept.await
    }

    async fn end(
        &self,
        id: ConversationId,
        reason: EndReason,
        at: Timestamp,
        audit: Option<AuditEntry>,
    ) -> Result<Ending, StoreError> {
        let ended =
            self.write(Promise::Durable, (), move |db, ()| end(db, id, reason, at, audit).boxed());
        ended.await
    }

    async fn note_seen(
        &self,
        id: ConversationId,
        message: MessageId,
        seen: Seen,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let statement = match seen.how {
            SeenHow::Shown => sql::NOTE_SHOWN,
            SeenHow::Opened => sql::NOTE_OPENED,
        };
        let kept = self.write(Promise::Checkpoint, (), move |db, ()| {
            async move {
                query(statement)
                    .bind(id.0)
                    .bind(message.0)
                    .bind(at.0)
                    .bind(seen.share.map(i64::from))
                    .bind(seen.ms.map(number))
                    .execute(db)
                    .await?;
                Ok(())
            }
            .boxed()
        });
        kept.await
    }

    async fn seen(&self, id: ConversationId) -> Result<Vec<SeenRecord>, StoreError> {
        let rows: Vec<SeenRow> = self.fetch_all(query(sql::SEEN).bind(id.0)).await?;
        Ok(rows.into_iter().flat_map(SeenRow::records).collect())
    }

    async fn recover(
        &self,
        scope: RecoveryScope,
        running: &[TurnId],
        at: Timestamp,
    ) -> Result<Recovery, StoreError> {
        let kept = self.write(Promise::Durable, running.to_vec(), move |db, running| {
            recovery::recover(db, scope, running, at).boxed()
        });
        kept.await
    }
}
