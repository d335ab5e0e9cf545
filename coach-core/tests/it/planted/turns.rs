//! `Planted`: how its conversations and turns go wrong.

use std::{sync::atomic::Ordering, time::Duration};

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
    testing::contract::fixture::at,
    timestamp::Timestamp,
    turn::{Funds, TurnCost},
};
use tokio::task::yield_now;

use super::{
    fault::Fault,
    pages,
    stores::{Planted, port},
};

/// The most bytes of a column that counts them in 16 bits.
const SHORT: usize = 65_535;

fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes.min(text.len()))]
}

impl Planted {
    /// Returns a text as the store keeps what participants write.
    fn written(&self, text: &str) -> String {
        match self.fault {
            Some(Fault::TrimsMessages) => text.trim().to_owned(),
            Some(Fault::LosesAstralCharacters) => {
                text.chars().filter(|c| c.len_utf8() < 4).collect()
            }
            Some(Fault::StripsTheByteOrderMark) => text.trim_start_matches('\u{feff}').to_owned(),
            _ => text.to_owned(),
        }
    }

    /// Returns a text as the store keeps what models say.
    fn said(&self, text: &str) -> String {
        match self.fault {
            Some(Fault::UnifiesLineEnds) => text.replace("\r\n", "\n"),
            Some(Fault::CutsAt65535Bytes) => cut(text, SHORT).to_owned(),
            _ => text.to_owned(),
        }
    }

    /// Returns the fence that a write is checked with.
    fn fence(&self, turn: TurnId, fence: u64, fault: Fault) -> u64 {
        let newest = self.remembered().fences.get(&turn).copied();
        newest.filter(|_| self.has(fault)).unwrap_or(fence)
    }

    fn remember(&self, admission: &Admission) {
        if let Admission::Admitted(admitted) = admission {
            self.remembered().fences.insert(admitted.id, admitted.fence);
        }
    }
}

port! { ConversationStore {
    fn start(conversation: &Conversation) -> bool;
    fn present(id: ConversationId) -> Option<ConversationSnapshot>;
    fn heads(ids: &[ConversationId]) -> Vec<ConversationHead>;
    fn funds(id: ConversationId) -> Option<Funds>;
    fn lower_ceiling(id: ConversationId, cost: TurnCost) -> Option<Funds>;
    fn seen(id: ConversationId) -> Vec<SeenRecord>;
    fn recently_ended(
        created_by: Option<UserId>,
        since: Timestamp,
        limit: u32,
    ) -> Vec<Conversation>;
}

    async fn conversations(
        &self,
        of: ConversationFilter,
        before: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<Conversation>, StoreError> {
        let mut found = self.store.conversations(of, before, limit).await?;
        if self.has(Fault::ListsOldestFirst) {
            found.reverse();
        }
        Ok(found)
    }

    async fn messages(
        &self,
        id: ConversationId,
        before: Option<MessageId>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        pages::messages(self, id, before, limit).await
    }

    async fn messages_from(
        &self,
        id: ConversationId,
        from: MessageId,
        upto: MessageId,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let upto = match self.has(Fault::EndsRangesTooEarly) {
            true => MessageId(upto.0 - 1),
            false => upto,
        };
        self.store.messages_from(id, from, upto, limit).await
    }

    async fn message_details(
        &self,
        id: ConversationId,
        after: Option<MessageId>,
        limit: u32,
    ) -> Result<Vec<MessageDetails>, StoreError> {
        pages::details(self, id, after, limit).await
    }

    async fn accept(&self, accept: Accept<'_>) -> Result<Admission, StoreError> {
        if self.has(Fault::StaysLockedByADroppedCall) {
            if self.locked.swap(true, Ordering::SeqCst) {
                return Err(StoreError::new("the lock was not freed in time"));
            }
            yield_now().await;
        }
        let content = self.written(accept.content);
        let client_id = accept.client_id.filter(|_| !self.has(Fault::ForgetsClientIds));
        let admission =
            self.store.accept(Accept { content: &content, client_id, ..accept }).await?;
        self.remember(&admission);
        self.locked.store(false, Ordering::SeqCst);
        Ok(admission)
    }

    async fn retry(&self, retry: Retry) -> Result<Admission, StoreError> {
        let admission = self.store.retry(retry).await?;
        self.remember(&admission);
        Ok(admission)
    }

    async fn beat(
        &self,
        beats: &[Heartbeat<'_>],
        lease: Duration,
    ) -> Result<Vec<LeaseStatus>, StoreError> {
        let beats: Vec<_> = beats
            .iter()
            .map(|beat| Heartbeat {
                fence: self.fence(beat.turn, beat.fence, Fault::RenewsForAnotherFence),
                renews: beat.renews && !self.has(Fault::NeverRenews),
                text: beat.text.map(|text| match self.has(Fault::CountsTheTextSoFarInCharacters) {
                    true => cut(text, text.chars().count()),
                    false => text,
                }),
                ..*beat
            })
            .collect();
        let mut statuses = self.store.beat(&beats, lease).await?;
        for (status, beat) in statuses.iter_mut().zip(&beats) {
            let stopped = self.remembered().stops.contains(&beat.conversation);
            if stopped && status.is_owner() && self.has(Fault::RemembersTheStop) {
                *status = LeaseStatus::Owner { stop: true };
            }
        }
        Ok(statuses)
    }

    async fn finish(&self, finish: Finish<'_>) -> Result<Finishing, StoreError> {
        let text = self.said(finish.text);
        let fence = self.fence(finish.turn, finish.fence, Fault::FinishesForAnotherFence);
        self.store.finish(Finish { text: &text, fence, ..finish }).await
    }

    async fn request_stop(&self, id: ConversationId) -> Result<bool, StoreError> {
        let stopped = self.store.request_stop(id).await?;
        self.remembered().stops.extend(Some(id).filter(|_| stopped));
        Ok(stopped)
    }

    async fn end(
        &self,
        id: ConversationId,
        reason: EndReason,
        at: Timestamp,
        audit: Option<AuditEntry>,
    ) -> Result<Ending, StoreError> {
        let ending = self.store.end(id, reason, at, audit).await?;
        Ok(match ending {
            Ending::Already(mut conversation) if self.has(Fault::EndsTwice) => {
                conversation.ended = Some((reason, at));
                Ending::Ended(conversation)
            }
            ending => ending,
        })
    }

    async fn note_seen(
        &self,
        id: ConversationId,
        message: MessageId,
        seen: Seen,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let how = match self.has(Fault::SeesShownForOpened) {
            true => SeenHow::Shown,
            false => seen.how,
        };
        self.store.note_seen(id, message, Seen { how, ..seen }, at).await
    }

    async fn recover(
        &self,
        scope: RecoveryScope,
        running: &[TurnId],
        now: Timestamp,
    ) -> Result<Recovery, StoreError> {
        let running = if self.has(Fault::RecoversWhatRuns) { &[] } else { running };
        let is_late = self.has(Fault::AsksTheCallersClock) && now > at(1_000);
        let scope = if is_late { RecoveryScope::Everything } else { scope };
        self.store.recover(scope, running, now).await
    }
}
