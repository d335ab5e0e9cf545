//! Conversations in memory: reading records and ending conversations.

use std::time::Duration;

use async_trait::async_trait;

use super::{
    MemoryStore, Tables,
    turns::{MessageRow, span},
};
use crate::{
    conversation::{Conversation, EndReason, Message, MessageDetails, Role, Seen, SeenRecord},
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

impl Tables {
    fn finished(&self, id: ConversationId) -> impl DoubleEndedIterator<Item = &Message> + use<'_> {
        self.finished_rows(id).map(|row| &row.message)
    }

    fn finished_rows(
        &self,
        id: ConversationId,
    ) -> impl DoubleEndedIterator<Item = &MessageRow> + use<'_> {
        let rows = self.messages.range(span(id)).map(|(_, row)| row);
        rows.filter(|row| row.message.status.is_final())
    }
}

#[async_trait]
impl ConversationStore for MemoryStore {
    async fn start(&self, conversation: &Conversation) -> Result<bool, StoreError> {
        let mut tables = self.lock();
        let known = tables.conversations.contains_key(&conversation.id);
        let owner = tables.users.get(&conversation.owner);
        let closed = owner.is_some_and(|owner| owner.disabled);
        let opening = match conversations::start(known, closed, conversation) {
            Starting::Answer(answer) => return Ok(answer),
            Starting::Write(opening) => opening,
        };
        if conversation.invitation.is_some_and(|id| !tables.invitations.contains_key(&id)) {
            return Err(StoreError::new("no such invitation"));
        }
        tables.conversations.insert(conversation.id, conversation.clone());
        if let Some(opening) = opening {
            tables.append(&opening);
        }
        Ok(true)
    }

    async fn present(
        &self,
        id: ConversationId,
    ) -> Result<Option<ConversationSnapshot>, StoreError> {
        let tables = self.lock();
        Ok(tables.conversations.get(&id).map(|conversation| ConversationSnapshot {
            conversation: conversation.clone(),
            open: tables.open_turn(id),
            newest: tables.finished(id).next_back().map(|message| message.id),
            funds: tables.funds(id),
        }))
    }

    async fn heads(&self, ids: &[ConversationId]) -> Result<Vec<ConversationHead>, StoreError> {
        let tables = self.lock();
        let known = ids.iter().filter_map(|id| tables.conversations.get(id));
        let heads = known.map(|conversation| ConversationHead {
            id: conversation.id,
            newest: tables.finished(conversation.id).next_back().map(|message| message.id),
            growing: tables.open_turn(conversation.id).map(|open| open.reply),
            ended: conversation.ended.map(|(reason, _)| reason),
        });
        Ok(heads.collect())
    }

    async fn funds(&self, id: ConversationId) -> Result<Option<Funds>, StoreError> {
        Ok(self.lock().funds(id))
    }

    async fn lower_ceiling(
        &self,
        id: ConversationId,
        cost: TurnCost,
    ) -> Result<Option<Funds>, StoreError> {
        Ok(self.lock().lower_ceiling(id, cost))
    }

    async fn conversations(
        &self,
        of: ConversationFilter,
        before: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<Conversation>, StoreError> {
        let tables = self.lock();
        let newest = tables.conversations.values().rev();
        let wanted = newest
            .filter(|row| match of {
                ConversationFilter::User(user) => row.owner == user,
                ConversationFilter::Running(user) => row.owner == user && row.ended.is_none(),
                ConversationFilter::Ended(user) => row.owner == user && row.ended.is_some(),
                ConversationFilter::Invitation(invitation) => row.invitation == Some(invitation),
            })
            .filter(|row| before.is_none_or(|before| row.id < before));
        Ok(wanted.take(limit as usize).cloned().collect())
    }

    async fn recently_ended(
        &self,
        created_by: Option<UserId>,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Conversation>, StoreError> {
        let tables = self.lock();
        let invitation = |row: &Conversation| tables.invitations.get(&row.invitation?);
        let ended = |row: &Conversation| row.ended.map(|(_, at)| at).filter(|at| *at >= since);
        let is_shown = |row: &&Conversation| {
            let by = invitation(row).map(|invitation| invitation.created_by);
            ended(row).is_some()
                && row.erased_at.is_none()
                && by.is_some_and(|by| created_by.is_none_or(|created_by| by == created_by))
        };
        let mut found: Vec<_> = tables.conversations.values().filter(is_shown).cloned().collect();
        found.sort_by_key(|row| std::cmp::Reverse((ended(row), row.id)));
        found.truncate(limit as usize);
        Ok(found)
    }

    async fn messages(
        &self,
        id: ConversationId,
        before: Option<MessageId>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let tables = self.lock();
        let newest = tables.finished(id).rev();
        let wanted = newest.filter(|row| before.is_none_or(|before| row.id < before));
        let mut messages: Vec<_> = wanted.take(limit as usize).cloned().collect();
        messages.reverse();
        Ok(messages)
    }

    async fn messages_from(
        &self,
        id: ConversationId,
        from: MessageId,
        upto: MessageId,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let tables = self.lock();
        let wanted = tables.finished(id).filter(|row| row.id >= from && row.id <= upto);
        Ok(wanted.take(limit as usize).cloned().collect())
    }

    async fn message_details(
        &self,
        id: ConversationId,
        after: Option<MessageId>,
        limit: u32,
    ) -> Result<Vec<MessageDetails>, StoreError> {
        let tables = self.lock();
        let rows = tables.finished_rows(id);
        let wanted = rows.filter(|row| after.is_none_or(|after| row.message.id > after));
        Ok(wanted.take(limit as usize).map(MessageRow::details).collect())
    }

    async fn accept(&self, accept: Accept<'_>) -> Result<Admission, StoreError> {
        self.lock().accept(&accept)
    }

    async fn retry(&self, retry: Retry) -> Result<Admission, StoreError> {
        self.lock().retry(&retry)
    }

    async fn beat(
        &self,
        beats: &[Heartbeat<'_>],
        lease: Duration,
    ) -> Result<Vec<LeaseStatus>, StoreError> {
        let mut tables = self.lock();
        Ok(beats.iter().map(|beat| tables.beat(beat, lease)).collect())
    }

    async fn finish(&self, finish: Finish<'_>) -> Result<Finishing, StoreError> {
        self.lock().finish(&finish)
    }

    async fn request_stop(&self, id: ConversationId) -> Result<bool, StoreError> {
        Ok(self.lock().request_stop(id))
    }

    async fn end(
        &self,
        id: ConversationId,
        reason: EndReason,
        at: Timestamp,
        audit: Option<AuditEntry>,
    ) -> Result<Ending, StoreError> {
        let mut tables = self.lock();
        let conversation = tables.conversations.get(&id).cloned();
        let busy = tables.open_turn(id).is_some();
        Ok(match conversations::end(conversation, busy, reason, at, audit) {
            End::Answer(answer) => answer,
            End::Write(plan) => {
                tables.conversations.insert(id, plan.conversation.clone());
                if let Some(line) = plan.audit {
                    tables.note(line);
                }
                plan.ending()
            }
        })
    }

    async fn note_seen(
        &self,
        id: ConversationId,
        message: MessageId,
        seen: Seen,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tables = self.lock();
        let row = tables.messages.get_mut(&(id, message));
        if let Some(row) = row.filter(|row| row.message.role == Role::Coach) {
            match row.seen.iter_mut().find(|record| record.how == seen.how) {
                Some(record) => record.add(seen),
                None => row.seen.push(SeenRecord::first(message, seen, at)),
            }
        }
        Ok(())
    }

    async fn seen(&self, id: ConversationId) -> Result<Vec<SeenRecord>, StoreError> {
        let tables = self.lock();
        let rows = tables.messages.range(span(id));
        let mut records: Vec<_> = rows.flat_map(|(_, row)| row.seen.iter().copied()).collect();
        records.sort_by_key(|record| (record.message, record.how));
        Ok(records)
    }

    async fn recover(
        &self,
        scope: RecoveryScope,
        running: &[TurnId],
        at: Timestamp,
    ) -> Result<Recovery, StoreError> {
        Ok(self.lock().recover(scope, running, at))
    }
}
