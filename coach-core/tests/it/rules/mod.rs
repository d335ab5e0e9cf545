//! The rules, as tables of facts and decisions that were written by hand.

mod admission;
mod finish;
mod invitations;
mod recovery;
mod tokens;
mod users;

use coach_core::{
    conversation::SkipReason,
    ids::{ConversationId, MessageId, ReservationId},
    model::Lane,
    rules::{
        finish::TurnFacts,
        messages::NewestAnswers,
        tokens::{DayUse, OpenReservation, TokenFacts},
    },
    testing::contract::fixture::{CALL, a_conversation, an_invitation, call, turn},
    timestamp::Timestamp,
    turn::ledger::{Balance, Payer},
};

/// The day of the first minutes of every test.
const TODAY: i64 = 20_833;

fn conversation() -> ConversationId {
    a_conversation(1, None).id
}

fn payer() -> Payer {
    Payer::Invitation(an_invitation(1, 0).id)
}

fn balance(quota: u64, used: u64, reserved: u64) -> Balance {
    Balance { quota, used, reserved }
}

/// Counters of an invitation on a day on which nothing is spent.
fn tokens(quota: u64, used: u64, reserved: u64) -> TokenFacts {
    let day = DayUse { day: TODAY, used: 0, reserved: 0 };
    TokenFacts { payer: payer(), balance: Some(balance(quota, used, reserved)), day }
}

/// The open turn 3 of its conversation, at its first attempt.
fn open_turn() -> TurnFacts {
    TurnFacts {
        id: turn(1),
        conversation: conversation(),
        number: 3,
        aside: false,
        open: true,
        fence: 5,
        attempt: turn(1),
        reply: MessageId(12),
        owed: Some(SkipReason::Failed),
        message: MessageId(11),
        newest: NewestAnswers { partner: Some(MessageId(12)), coach: None },
    }
}

/// An open reservation of [`CALL`] by the first attempt.
fn reservation(lane: Lane, message: Option<i64>) -> OpenReservation {
    OpenReservation {
        id: call(1, lane),
        conversation: Some(conversation()),
        payer: payer(),
        lane,
        reserved: CALL,
        day: TODAY,
        message: message.map(MessageId),
    }
}

/// Returns what was settled: the reservation, the source of the entry, the tokens released and spent.
fn settled(of: &[coach_core::rules::tokens::Settled]) -> Vec<(ReservationId, &str, u64, u64)> {
    let row = |one: &coach_core::rules::tokens::Settled| {
        let booking = one.booking;
        assert_eq!((booking.reserve, booking.day, booking.payer), (0, TODAY, payer()));
        (one.entry.reservation, one.entry.settlement.source(), booking.release, booking.spend)
    };
    of.iter().map(row).collect()
}

#[test]
fn the_first_minutes_are_of_today() {
    assert_eq!(Timestamp(1_800_000_000_000_000).day(), TODAY);
}
