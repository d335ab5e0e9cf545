//! What a heartbeat saves, and what the end of an answer brings: the next answer, a skipped comment, or the end
//! of the turn.

use super::{
    messages::{NewMessage, NewestAnswers, Writer},
    tokens::{Charge, OpenReservation, Settled, settle},
};
use crate::{
    conversation::{EndReason, SkipReason},
    ids::{ConversationId, MessageId, ReservationId, TurnId},
    model::TurnLane,
    ports::{Finish, Finishing, Heartbeat, LeaseStatus, NextMessage, NextStep, UsageEntry},
    timestamp::Timestamp,
    turn::{Funds, TurnCost, ledger::Usage},
};

/// A turn or an aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnFacts {
    /// Its id.
    pub id: TurnId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its number.
    pub number: u32,
    /// Whether it is an aside.
    pub aside: bool,
    /// Whether it is open.
    pub open: bool,
    /// Its fence.
    pub fence: u64,
    /// Its newest attempt.
    pub attempt: TurnId,
    /// The growing message, or the last one that grew.
    pub reply: MessageId,
    /// Why the comment that is still to come is missing if the owner is lost before it begins.
    pub owed: Option<SkipReason>,
    /// The participant's message.
    pub message: MessageId,
    /// Its newest answers, finished or not.
    pub newest: NewestAnswers,
}

impl TurnFacts {
    /// Returns the reservations that its newest attempt may have, in the order in which they are voided.
    pub fn reservations(&self) -> [ReservationId; 3] {
        TurnLane::ALL.map(|lane| ReservationId::of(self.attempt, lane))
    }

    /// Returns whether the owner with this fence may write to `reply`.
    pub fn is_owned(&self, fence: u64, reply: MessageId) -> bool {
        self.open && self.fence == fence && self.reply == reply
    }

    pub(super) fn writer(&self) -> Writer {
        Writer {
            conversation: self.conversation,
            turn: self.id,
            number: self.number,
            aside: self.aside,
            fence: self.fence,
            newest: self.newest,
        }
    }
}

/// What a heartbeat found of its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeatFacts {
    /// Another transaction is writing the turn or its message.
    Locked,
    /// The turn. What the heartbeat writes of it and of its message, no other transaction can change until this one
    /// has ended.
    Turn {
        /// Whether it is open.
        open: bool,
        /// Its fence.
        fence: u64,
        /// The growing message.
        reply: MessageId,
        /// Whether a stop was requested.
        stop: bool,
    },
}

/// Returns the response to a heartbeat, and the text to save in its message.
///
/// An [owner's](LeaseStatus::is_owner) lease is renewed if the heartbeat asks for it. A store may make the same checks in
/// the statement that writes both; a turn that fails them then has no facts, like one that does not exist.
pub fn beat<'a>(facts: Option<BeatFacts>, beat: &Heartbeat<'a>) -> (LeaseStatus, Option<&'a str>) {
    match facts {
        Some(BeatFacts::Locked) => (LeaseStatus::Busy, None),
        Some(BeatFacts::Turn { open: true, fence, reply, stop }) if fence == beat.fence => {
            (LeaseStatus::Owner { stop }, beat.text.filter(|_| reply == beat.reply))
        }
        Some(BeatFacts::Turn { .. }) | None => (LeaseStatus::Gone, None),
    }
}

/// The facts that decide what the end of an answer writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishFacts {
    /// The turn, which [`TurnFacts::is_owned`] by the caller.
    pub turn: TurnFacts,
    /// The open ones of [`TurnFacts::reservations`].
    pub reservations: Vec<OpenReservation>,
    /// What the conversation may still spend; `None` if it has no limit.
    pub funds: Option<Funds>,
    /// Whether the conversation has ended.
    pub ended: bool,
}

/// What the end of an answer writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishPlan {
    /// The message to make final, with the text, status and other fields of the [`Finish`].
    pub reply: MessageId,
    /// The usage to save in it.
    pub usage: Option<Usage>,
    /// The reservations to settle, in this order.
    pub settled: Vec<Settled>,
    /// The message to append: the next answer or a skipped comment.
    pub next: Option<NewMessage<'static>>,
    /// What becomes of the turn.
    pub turn: TurnChange,
    /// Why and when the conversation ends, if it does.
    pub ends: Option<(EndReason, Timestamp)>,
    /// The conversation's new ceiling, if it changes.
    pub ceiling: Option<u32>,
    /// What the conversation may spend afterwards.
    pub funds: Option<Funds>,
}

/// What becomes of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnChange {
    /// The appended message becomes its growing message, the reservation begins with it, and the lease is
    /// renewed.
    Continues {
        /// The reservation whose call begins.
        begins: ReservationId,
        /// The new value of [`TurnFacts::owed`].
        owed: Option<SkipReason>,
    },
    /// It is closed, and no comment is owed any more.
    Closes,
}

/// Nothing is reserved for the answer that should follow: an error of the caller, and nothing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no reservation for the next answer")]
pub struct NotReserved;

/// Decides what the end of an answer writes.
///
/// # Errors
/// [`NotReserved`] if the call of the next answer has no reservation.
pub fn finish(facts: &FinishFacts, finish: &Finish<'_>) -> Result<FinishPlan, NotReserved> {
    let FinishFacts { turn, reservations, .. } = facts;
    let own = ReservationId::of(turn.attempt, finish.lane);
    let (own, mut unused): (Vec<_>, Vec<_>) = reservations.iter().partition(|one| one.id == own);
    let charge = Charge {
        settlement: finish.settlement,
        call: finish.call.clone(),
        cost: finish.cost,
        at: finish.at,
    };
    let mut settled: Vec<_> = own.into_iter().map(|one| settle(one, charge.clone())).collect();
    let writer = turn.writer();
    let (next, change) = match finish.then {
        NextStep::Speak(lane) => {
            let begins = ReservationId::of(turn.attempt, lane);
            if !unused.iter().any(|one| one.id == begins && one.message.is_none()) {
                return Err(NotReserved);
            }
            let owed = turn.owed.filter(|_| lane != TurnLane::Coach);
            (Some(writer.answer(lane, finish.at)), TurnChange::Continues { begins, owed })
        }
        NextStep::Skip(reason) => (Some(writer.skipped(reason, finish.at)), TurnChange::Closes),
        NextStep::Close => (None, TurnChange::Closes),
    };
    let closes = change == TurnChange::Closes;
    if closes {
        settled.extend(void(turn, &mut unused, finish.at));
    }
    let balance = facts.funds.map(|funds| {
        let booked = settled.iter().map(|one| one.booking);
        booked.fold(funds.balance, |balance, booking| booking.applied_to(balance))
    });
    let funds = facts.funds.zip(balance).map(|(funds, balance)| Funds { balance, ..funds });
    let ceiling = funds.filter(|_| closes).map(|funds| funds.lowered_ceiling(finish.turn_cost));
    let ends = finish.ends.filter(|_| closes && !facts.ended);
    Ok(FinishPlan {
        reply: finish.reply,
        usage: finish.settlement.reported(),
        settled,
        next,
        turn: change,
        ends: ends.map(|reason| (reason, finish.at)),
        ceiling: ceiling.filter(|ceiling| facts.funds.is_some_and(|f| f.ceiling != Some(*ceiling))),
        funds: funds.map(|funds| Funds { ceiling: ceiling.or(funds.ceiling), ..funds }),
    })
}

/// Returns what voids the calls that a closing turn never started, in the order of their lanes.
pub(super) fn void(
    turn: &TurnFacts,
    unused: &mut [&OpenReservation],
    at: Timestamp,
) -> Vec<Settled> {
    let order = turn.reservations();
    unused.sort_by_key(|one| order.iter().position(|id| *id == one.id));
    unused.iter().map(|one| settle(one, Charge::not_begun(at))).collect()
}

impl FinishPlan {
    /// Returns the response, with the message and the ledger entries that the store appended.
    pub fn finishing(&self, next: Option<NextMessage>, entries: Vec<UsageEntry>) -> Finishing {
        Finishing::Kept { next, funds: self.funds, entries }
    }
}

/// Returns what a conversation may spend once its ceiling, to save, is lowered after a turn; `None` if it has no
/// limit.
pub fn lower_ceiling(funds: Option<Funds>, cost: TurnCost) -> Option<Funds> {
    funds.map(|funds| Funds { ceiling: Some(funds.lowered_ceiling(cost)), ..funds })
}

/// A finished answer that a repeated call may have committed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FinishedAnswer {
    /// Its turn.
    pub turn: Option<TurnId>,
    /// The fence of its last writer.
    pub fence: u64,
    /// Whether it is final.
    pub is_final: bool,
    /// The first later message of the same turn and fence.
    pub next: Option<NextMessage>,
    /// What the conversation may spend now.
    pub funds: Option<Funds>,
}

/// Returns the response to the end of an answer that the caller does not own any more: the same as before if
/// the call is repeated, without the entries.
pub fn repeated(answer: Option<&FinishedAnswer>, finish: &Finish<'_>) -> Finishing {
    let same = |answer: &&FinishedAnswer| {
        answer.is_final && answer.turn == Some(finish.turn) && answer.fence == finish.fence
    };
    match answer.filter(same) {
        Some(answer) => {
            let (next, funds, entries) = (answer.next, answer.funds, Vec::new());
            Finishing::Kept { next, funds, entries }
        }
        None => Finishing::Gone,
    }
}
