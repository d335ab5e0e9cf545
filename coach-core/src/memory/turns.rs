//! Turns in memory: ownership, progress and closing.

use std::time::Duration;

use super::Tables;
use crate::{
    conversation::{Message, MessageDetails, OpenTurn, Role, SeenRecord, SkipReason},
    ids::{ConversationId, MessageId, TurnId},
    ports::{
        AbandonedCall, Admitted, Finish, Finishing, Heartbeat, LeaseStatus, NextMessage, Recovered,
        Recovery, RecoveryScope, StoreError,
    },
    rules::{
        finish::{self, BeatFacts, FinishFacts, FinishedAnswer, TurnChange, TurnFacts},
        messages::{NewMessage, NewestAnswers},
        recovery::{self, LostTurn},
        tokens::OpenReservation,
    },
    timestamp::Timestamp,
};

/// A turn or an aside.
#[derive(Clone, Debug)]
pub(super) struct TurnRow {
    pub(super) id: TurnId,
    pub(super) conversation: ConversationId,
    pub(super) aside: bool,
    pub(super) open: bool,
    pub(super) fence: u64,
    pub(super) stop: bool,
    pub(super) attempt: TurnId,
    pub(super) reply: MessageId,
    pub(super) owed: Option<SkipReason>,
    /// The response to its newest attempt.
    pub(super) opened: Admitted,
}

impl TurnRow {
    fn facts(&self, newest: NewestAnswers) -> TurnFacts {
        TurnFacts {
            id: self.id,
            conversation: self.conversation,
            number: self.opened.turn,
            aside: self.aside,
            open: self.open,
            fence: self.fence,
            attempt: self.attempt,
            reply: self.reply,
            owed: self.owed,
            message: self.opened.message,
            newest,
        }
    }
}

/// A message with its store-internal fields.
#[derive(Clone, Debug)]
pub(super) struct MessageRow {
    pub(super) turn: Option<TurnId>,
    /// The fence of its last writer.
    pub(super) fence: u64,
    pub(super) message: Message,
    pub(super) timing: String,
    pub(super) seen: Vec<SeenRecord>,
}

impl MessageRow {
    pub(super) fn details(&self) -> MessageDetails {
        let mut seen = self.seen.clone();
        seen.sort_by_key(|record| record.how);
        MessageDetails { message: self.message.clone(), timing: self.timing.clone(), seen }
    }
}

impl Tables {
    pub(super) fn beat(&mut self, beat: &Heartbeat<'_>, lease: Duration) -> LeaseStatus {
        let turn = self.turns.get(&beat.turn).map(|turn| {
            let &TurnRow { open, fence, reply, stop, conversation, .. } = turn;
            (conversation, BeatFacts::Turn { open, fence, reply, stop })
        });
        let (status, text) = finish::beat(turn.map(|(_, facts)| facts), beat);
        if status.is_owner() && beat.renews {
            self.lease(beat.turn, lease);
        }
        if let (Some((conversation, _)), Some(text)) = (turn, text) {
            text.clone_into(&mut self.message_mut(conversation, beat.reply).message.content);
        }
        status
    }

    pub(super) fn finish(&mut self, finish: &Finish<'_>) -> Result<Finishing, StoreError> {
        let turn = self.turns.get(&finish.turn).map(|turn| self.turn_facts(turn));
        let owned = turn.filter(|turn| turn.is_owned(finish.fence, finish.reply));
        let Some(turn) = owned else {
            return Ok(finish::repeated(self.finished_answer(finish).as_ref(), finish));
        };
        let id = turn.conversation;
        let facts = FinishFacts {
            turn,
            reservations: self.open_reservations(&turn),
            funds: self.funds(id),
            ended: self.conversations[&id].ended.is_some(),
        };
        let plan = finish::finish(&facts, finish).map_err(StoreError::new)?;
        let row = self.message_mut(id, plan.reply);
        finish.text.clone_into(&mut row.message.content);
        row.message.status = finish.status;
        row.message.first_delta_at = finish.first_delta_at;
        row.message.done_at = Some(finish.at);
        row.message.model = finish.model.map(ToOwned::to_owned);
        row.message.usage = plan.usage;
        row.message.finish_reason = finish.finish_reason.map(ToOwned::to_owned);
        finish.timing.clone_into(&mut row.timing);
        let entries = plan.settled.iter().map(|settled| self.settle(settled)).collect();
        let next = plan.next.map(|next| self.append(&next));
        match plan.turn {
            TurnChange::Continues { begins, owed } => {
                let reply = next.as_ref().map_or(turn.reply, |next| next.id);
                self.begin_call(begins, reply);
                let row = self.turn_mut(turn.id);
                (row.reply, row.owed) = (reply, owed);
                self.lease(turn.id, finish.lease);
            }
            TurnChange::Closes => self.shut(turn.id),
        }
        if let Some(ends) = plan.ends
            && let Some(conversation) = self.conversations.get_mut(&id)
        {
            conversation.ended = Some(ends);
        }
        self.ceilings.extend(plan.ceiling.map(|ceiling| (id, ceiling)));
        let next = next.map(|next| NextMessage { id: next.id, replaces: next.replaces });
        Ok(plan.finishing(next, entries))
    }

    fn finished_answer(&self, finish: &Finish<'_>) -> Option<FinishedAnswer> {
        let row = self.messages.get(&(finish.conversation, finish.reply))?;
        let later = self.messages.range(span(finish.conversation)).map(|(_, row)| row);
        let next = later
            .filter(|row| row.message.id > finish.reply && row.turn == Some(finish.turn))
            .find(|row| row.fence == finish.fence)
            .map(|row| NextMessage { id: row.message.id, replaces: row.message.replaces });
        Some(FinishedAnswer {
            turn: row.turn,
            fence: row.fence,
            is_final: row.message.status.is_final(),
            next,
            funds: self.funds(finish.conversation),
        })
    }

    pub(super) fn request_stop(&mut self, id: ConversationId) -> bool {
        let open = self.open_turn(id).and_then(|open| self.turns.get_mut(&open.id));
        open.is_some_and(|turn| {
            turn.stop = true;
            true
        })
    }

    pub(super) fn recover(
        &mut self,
        scope: RecoveryScope,
        running: &[TurnId],
        at: Timestamp,
    ) -> Recovery {
        let now = self.lease_clock.0.now();
        let has_ended = |turn: &&TurnRow| match scope {
            RecoveryScope::Everything => true,
            RecoveryScope::Expired => self.leases.get(&turn.id).is_none_or(|until| *until <= now),
        };
        let found = self.turns.values().filter(|turn| turn.open).filter(has_ended);
        let found = found.map(|turn| self.turn_facts(turn)).collect();
        let lost = recovery::lost(found, running);
        let abandoned = self.abandoned_calls(scope).into_iter();
        let calls = abandoned.map(|call| AbandonedCall {
            payer: call.payer,
            entry: self.settle(&recovery::settle_abandoned(&call, at)),
        });
        let calls = calls.collect();
        Recovery { turns: lost.into_iter().map(|turn| self.recover_one(turn, at)).collect(), calls }
    }

    /// Closes the open turn of a conversation whose text is erased.
    pub(super) fn recover_open(&mut self, id: ConversationId, at: Timestamp) -> Option<Recovered> {
        let open = self.turns.values().find(|turn| turn.open && turn.conversation == id);
        let turn = open.map(|turn| self.turn_facts(turn))?;
        Some(self.recover_one(turn, at))
    }

    fn recover_one(&mut self, turn: TurnFacts, at: Timestamp) -> Recovered {
        let id = turn.conversation;
        let bytes = self.message_mut(id, turn.reply).message.content.len();
        let plan = recovery::recover(
            &LostTurn { turn, bytes, reservations: self.open_reservations(&turn) },
            at,
        );
        self.turn_mut(turn.id).fence = plan.fence;
        let row = self.message_mut(id, plan.reply);
        row.fence = plan.fence;
        row.message.status = plan.status;
        row.message.done_at = Some(plan.done_at);
        let mut messages = vec![row.message.clone()];
        let entries = plan.settled.iter().map(|settled| self.settle(settled)).collect();
        messages.extend(plan.skipped.map(|skipped| self.append(&skipped)));
        self.shut(turn.id);
        recovery::recovered(&turn, messages, entries)
    }

    /// Starts or renews the lease of a turn.
    pub(super) fn lease(&mut self, id: TurnId, lease: Duration) {
        let until = self.lease_clock.0.now().after(lease);
        self.leases.insert(id, until);
    }

    fn shut(&mut self, id: TurnId) {
        self.leases.remove(&id);
        let row = self.turn_mut(id);
        row.open = false;
        row.owed = None;
    }

    fn turn_facts(&self, turn: &TurnRow) -> TurnFacts {
        turn.facts(self.newest_answers(turn))
    }

    pub(super) fn newest_answers(&self, turn: &TurnRow) -> NewestAnswers {
        let since = (turn.conversation, turn.opened.message)..=*span(turn.conversation).end();
        let newest = |role| {
            let rows = self.messages.range(since.clone()).rev().map(|(_, row)| row);
            let mut rows = rows.filter(|row| row.turn == Some(turn.id));
            rows.find(|row| row.message.role == role).map(|row| row.message.id)
        };
        NewestAnswers { partner: newest(Role::Partner), coach: newest(Role::Coach) }
    }

    fn open_reservations(&self, turn: &TurnFacts) -> Vec<OpenReservation> {
        turn.reservations().into_iter().filter_map(|id| self.open_reservation(id)).collect()
    }

    pub(super) fn open_turn(&self, id: ConversationId) -> Option<OpenTurn> {
        let ids = self.turns_of.get(&id)?;
        let turn = ids.iter().rev().map(|id| &self.turns[id]).find(|turn| turn.open)?;
        Some(OpenTurn { id: turn.id, turn: turn.opened.turn, aside: turn.aside, reply: turn.reply })
    }

    /// Saves a message under the next id.
    pub(super) fn append(&mut self, new: &NewMessage<'_>) -> Message {
        self.last_message += 1;
        let message = new.message(MessageId(self.last_message));
        let row = MessageRow {
            turn: new.turn,
            fence: new.fence,
            message: message.clone(),
            timing: String::new(),
            seen: Vec::new(),
        };
        self.messages.insert((new.conversation, message.id), row);
        message
    }

    fn turn_mut(&mut self, id: TurnId) -> &mut TurnRow {
        self.turns.get_mut(&id).expect("the turn was found")
    }

    fn message_mut(&mut self, id: ConversationId, message: MessageId) -> &mut MessageRow {
        self.messages.get_mut(&(id, message)).expect("an open turn has a growing message")
    }
}

/// Returns the key range of a conversation's messages.
pub(super) fn span(id: ConversationId) -> std::ops::RangeInclusive<(ConversationId, MessageId)> {
    (id, MessageId(0))..=(id, MessageId(i64::MAX))
}
