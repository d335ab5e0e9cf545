//! Turns in memory: opening, progress and closing.

use super::{Tables, ledger::Charge};
use crate::{
    conversation::{Message, OpenTurn, Role, SeenRecord, SkipReason, Status},
    ids::{ConversationId, MessageId, ReservationId, TurnId},
    model::Lane,
    ports::{
        Admitted, Finish, Finishing, Heartbeat, LeaseStatus, NextMessage, NextStep, Recovered,
        StandaloneCall, StoreError,
    },
    timestamp::Timestamp,
    turn::ledger::{Settlement, VoidReason},
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
    pub(super) lease_until: Timestamp,
    pub(super) attempt: TurnId,
    pub(super) reply: MessageId,
    pub(super) owed: Option<SkipReason>,
    /// The response to its newest attempt.
    pub(super) opened: Admitted,
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
    /// Returns a message without text, as it is begun.
    pub(super) fn blank(turn: u32, role: Role, created_at: Timestamp) -> Message {
        Message {
            id: MessageId(0),
            turn,
            role,
            aside: false,
            content: String::new(),
            status: Status::Streaming,
            skipped: None,
            replaces: None,
            client_id: None,
            created_at,
            first_delta_at: None,
            done_at: None,
            finish_reason: None,
            model: None,
            usage: None,
        }
    }
}

impl Tables {
    pub(super) fn beat(&mut self, beat: &Heartbeat<'_>) -> LeaseStatus {
        let turn = self.turns.get_mut(&beat.turn);
        let Some(turn) = turn.filter(|turn| turn.open && turn.fence == beat.fence) else {
            return LeaseStatus::Gone;
        };
        turn.lease_until = beat.lease_until;
        let stop = turn.stop;
        if let Some(text) = beat.text
            && turn.reply == beat.reply
            && let Some(row) = self.messages.get_mut(&(turn.conversation, beat.reply))
        {
            text.clone_into(&mut row.message.content);
        }
        LeaseStatus::Owner { stop }
    }

    pub(super) fn finish(&mut self, finish: &Finish<'_>) -> Result<Finishing, StoreError> {
        let Some(turn) = self.turns.get(&finish.turn).cloned() else {
            return Ok(Finishing::Gone);
        };
        if !(turn.open && turn.fence == finish.fence && turn.reply == finish.reply) {
            return Ok(match self.finished_before(finish) {
                Some(next) => Finishing::Kept { next, funds: self.funds(turn.conversation) },
                None => Finishing::Gone,
            });
        }
        if let NextStep::Speak(lane) = finish.then {
            let call = self.reservations.get(&ReservationId::of(turn.attempt, lane));
            if !call.is_some_and(|call| call.open && call.message.is_none()) {
                return Err(StoreError::new("no reservation for the next answer"));
            }
        }
        let row = self.messages.get_mut(&(turn.conversation, finish.reply));
        let row = row.expect("an open turn has a growing message");
        finish.text.clone_into(&mut row.message.content);
        row.message.status = finish.status;
        row.message.first_delta_at = finish.first_delta_at;
        row.message.done_at = Some(finish.at);
        row.message.model = finish.model.map(ToOwned::to_owned);
        row.message.usage = match finish.settlement {
            Settlement::Reported(usage) => Some(usage),
            Settlement::Estimated(_) | Settlement::Voided(_) => None,
        };
        row.message.finish_reason = finish.finish_reason.map(ToOwned::to_owned);
        finish.timing.clone_into(&mut row.timing);
        let charge = Charge {
            settlement: finish.settlement,
            model: finish.model,
            cost: finish.cost,
            at: finish.at,
        };
        self.close(ReservationId::of(turn.attempt, finish.lane), charge);
        let next = match finish.then {
            NextStep::Speak(lane) => {
                let id = self.speak(finish.turn, turn.attempt, turn.fence, lane, finish.at);
                let row = self.turns.get_mut(&finish.turn).expect("the turn was found");
                row.reply = id;
                row.lease_until = finish.lease_until;
                if lane == Lane::Coach {
                    row.owed = None;
                }
                let replaces = self.messages[&(turn.conversation, id)].message.replaces;
                Some(NextMessage { id, replaces })
            }
            NextStep::Skip(reason) => {
                let skipped = self.skip(finish.turn, turn.fence, reason, finish.at);
                Some(NextMessage { id: skipped.id, replaces: skipped.replaces })
            }
            NextStep::Close => None,
        };
        if !matches!(finish.then, NextStep::Speak(_)) {
            self.shut(finish.turn, finish.at);
            self.lower_ceiling(turn.conversation, finish.turn_cost);
            let row = self.conversations.get_mut(&turn.conversation);
            if let (Some(row), Some(reason)) = (row, finish.ends) {
                row.ended.get_or_insert((reason, finish.at));
            }
        }
        Ok(Finishing::Kept { next, funds: self.funds(turn.conversation) })
    }

    /// Returns the outcome of an identical earlier call, if there was one.
    fn finished_before(&self, finish: &Finish<'_>) -> Option<Option<NextMessage>> {
        let row = self.messages.get(&(finish.conversation, finish.reply))?;
        let same = row.turn == Some(finish.turn) && row.fence == finish.fence;
        (same && row.message.status != Status::Streaming).then(|| {
            let later = self.messages.range(span(finish.conversation)).map(|(_, row)| row);
            later
                .filter(|row| row.message.id > finish.reply && row.turn == Some(finish.turn))
                .find(|row| row.fence == finish.fence)
                .map(|row| NextMessage { id: row.message.id, replaces: row.message.replaces })
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
        lease_before: Option<Timestamp>,
        running: &[TurnId],
        at: Timestamp,
    ) -> Vec<Recovered> {
        let lost = self.turns.values().filter(|turn| {
            turn.open
                && lease_before.is_none_or(|before| turn.lease_until < before)
                && !running.contains(&turn.attempt)
        });
        let mut lost: Vec<_> = lost.map(|turn| (turn.opened.message, turn.id)).collect();
        lost.sort_unstable();
        let reserved_before =
            lease_before.map_or(Timestamp(i64::MAX), |before| before.before(StandaloneCall::LIFE));
        self.close_lost(reserved_before, at);
        lost.into_iter().map(|(_, id)| self.recover_one(id, at)).collect()
    }

    pub(super) fn recover_one(&mut self, id: TurnId, at: Timestamp) -> Recovered {
        let row = self.turns.get_mut(&id).expect("the turn was found");
        row.fence += 1;
        let turn = row.clone();
        let row = self.messages.get_mut(&(turn.conversation, turn.reply));
        let row = row.expect("an open turn has a growing message");
        row.fence = turn.fence;
        row.message.status = Status::Interrupted;
        row.message.done_at = Some(at);
        let mut messages = vec![row.message.clone()];
        for lane in Lane::ALL {
            let call = ReservationId::of(turn.attempt, lane);
            if let Some(begun) =
                self.reservations.get(&call).filter(|row| row.message == Some(turn.reply))
            {
                let used = begun.reserved.estimate(messages[0].content.len());
                let settlement = Settlement::Estimated(used);
                self.close(call, Charge { settlement, model: None, cost: None, at });
            }
        }
        messages.extend(turn.owed.map(|reason| self.skip(id, turn.fence, reason, at)));
        self.shut(id, at);
        Recovered { conversation: turn.conversation, turn: turn.opened.turn, messages }
    }

    /// Closes a turn; calls that never started are voided.
    fn shut(&mut self, id: TurnId, at: Timestamp) {
        let row = self.turns.get_mut(&id).expect("the turn was found");
        row.open = false;
        row.owed = None;
        let attempt = row.attempt;
        let settlement = Settlement::Voided(VoidReason::NotBegun);
        for lane in Lane::ALL {
            let charge = Charge { settlement, model: None, cost: Some(0), at };
            self.close(ReservationId::of(attempt, lane), charge);
        }
    }

    pub(super) fn open_turn(&self, id: ConversationId) -> Option<OpenTurn> {
        let ids = self.turns_of.get(&id)?;
        let turn = ids.iter().rev().map(|id| &self.turns[id]).find(|turn| turn.open)?;
        Some(OpenTurn { id: turn.id, turn: turn.opened.turn, aside: turn.aside, reply: turn.reply })
    }

    pub(super) fn last_message(&self, id: ConversationId) -> Option<MessageId> {
        self.messages.range(span(id)).next_back().map(|((_, id), _)| *id)
    }

    pub(super) fn last_said(
        &self,
        id: ConversationId,
        turn: TurnId,
        role: Role,
    ) -> Option<MessageId> {
        let rows = self.messages.range(span(id)).rev().map(|(_, row)| row);
        let mut rows = rows.filter(|row| row.turn == Some(turn));
        rows.find(|row| row.message.role == role).map(|row| row.message.id)
    }

    /// Begins an answer under the call reserved for it.
    pub(super) fn speak(
        &mut self,
        turn: TurnId,
        attempt: TurnId,
        fence: u64,
        lane: Lane,
        at: Timestamp,
    ) -> MessageId {
        let role = Role::of(lane).unwrap_or(Role::Coach);
        let id = self.append(turn, fence, role, at, None).id;
        if let Some(call) = self.reservations.get_mut(&ReservationId::of(attempt, lane)) {
            call.message = Some(id);
        }
        id
    }

    /// Records why a comment is missing.
    pub(super) fn skip(
        &mut self,
        turn: TurnId,
        fence: u64,
        reason: SkipReason,
        at: Timestamp,
    ) -> Message {
        self.append(turn, fence, Role::Coach, at, Some(reason))
    }

    fn append(
        &mut self,
        turn: TurnId,
        fence: u64,
        role: Role,
        at: Timestamp,
        skipped: Option<SkipReason>,
    ) -> Message {
        let row = &self.turns[&turn];
        let conversation = row.conversation;
        let message = Message {
            aside: row.aside,
            status: if skipped.is_some() { Status::Skipped } else { Status::Streaming },
            skipped,
            done_at: skipped.map(|_| at),
            replaces: self.last_said(conversation, turn, role),
            ..MessageRow::blank(row.opened.turn, role, at)
        };
        let id = self.say(conversation, Some(turn), fence, message);
        self.messages[&(conversation, id)].message.clone()
    }

    /// Saves a message under the next id.
    pub(super) fn say(
        &mut self,
        conversation: ConversationId,
        turn: Option<TurnId>,
        fence: u64,
        message: Message,
    ) -> MessageId {
        self.last_message += 1;
        let id = MessageId(self.last_message);
        let row = MessageRow {
            turn,
            fence,
            message: Message { id, ..message },
            timing: String::new(),
            seen: Vec::new(),
        };
        self.messages.insert((conversation, id), row);
        id
    }
}

/// Returns the key range of a conversation's messages.
pub(super) fn span(id: ConversationId) -> std::ops::RangeInclusive<(ConversationId, MessageId)> {
    (id, MessageId(0))..=(id, MessageId(i64::MAX))
}
