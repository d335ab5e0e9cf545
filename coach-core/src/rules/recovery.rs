//! What becomes of a turn whose owner is lost, and of calls that were never settled.

use super::{
    finish::{TurnFacts, void},
    messages::NewMessage,
    tokens::{Charge, OpenReservation, Settled, settle},
};
use crate::{
    conversation::{Message, Status},
    ids::{MessageId, TurnId},
    ports::{Recovered, UsageEntry},
    timestamp::Timestamp,
};

/// Returns the turns to recover, oldest first, of the open ones that the store found without a valid lease:
/// all but those whose attempts the caller runs itself.
pub fn lost(open: Vec<TurnFacts>, running: &[TurnId]) -> Vec<TurnFacts> {
    let mut lost: Vec<_> =
        open.into_iter().filter(|turn| turn.open && !running.contains(&turn.attempt)).collect();
    lost.sort_by_key(|turn| turn.message);
    lost
}

/// An open turn to close because its owner is lost or its user is erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostTurn {
    /// The turn.
    pub turn: TurnFacts,
    /// The length of the growing message's text.
    pub bytes: usize,
    /// The open ones of [`TurnFacts::reservations`].
    pub reservations: Vec<OpenReservation>,
}

/// What recovery writes. The turn is closed, and no comment is owed any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryPlan {
    /// The turn's new fence, which is also that of the messages below.
    pub fence: u64,
    /// The growing message, to make final.
    pub reply: MessageId,
    /// Its status.
    pub status: Status,
    /// When it became final.
    pub done_at: Timestamp,
    /// The reservations to settle, in this order.
    pub settled: Vec<Settled>,
    /// The skipped comment to append.
    pub skipped: Option<NewMessage<'static>>,
}

/// Decides what becomes of a lost turn: its answer is interrupted, the call that had begun is settled by
/// estimate, others are voided, and a comment that never began is recorded as skipped.
pub fn recover(lost: &LostTurn, at: Timestamp) -> RecoveryPlan {
    let turn = TurnFacts { fence: lost.turn.fence + 1, ..lost.turn };
    let (begun, mut unused): (Vec<_>, Vec<_>) =
        lost.reservations.iter().partition(|one| one.message == Some(turn.reply));
    let estimate =
        |one: &OpenReservation| settle(one, Charge::estimated(one.reserved, lost.bytes, at));
    let mut settled: Vec<_> = begun.into_iter().map(estimate).collect();
    settled.extend(void(&turn, &mut unused, at));
    RecoveryPlan {
        fence: turn.fence,
        reply: turn.reply,
        status: Status::Interrupted,
        done_at: at,
        settled,
        skipped: turn.owed.map(|reason| turn.writer().skipped(reason, at)),
    }
}

/// Returns the report of a recovered turn: `messages` are the interrupted one and the skipped one, `entries` those
/// of its calls, all as saved.
pub fn recovered(turn: &TurnFacts, messages: Vec<Message>, entries: Vec<UsageEntry>) -> Recovered {
    Recovered { conversation: turn.conversation, turn: turn.number, messages, entries }
}

/// Returns what settles an abandoned standalone call: nobody knows what was received, so the whole prompt is charged.
pub fn settle_abandoned(call: &OpenReservation, at: Timestamp) -> Settled {
    settle(call, Charge::estimated(call.reserved, 0, at))
}
