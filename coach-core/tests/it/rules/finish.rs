//! What the end of an answer brings.

use coach_core::{
    conversation::{EndReason, Role, SkipReason, Status},
    ids::MessageId,
    model::{CallOutcome, Lane, TurnLane},
    ports::{Finish, Finishing, Heartbeat, LeaseStatus, NextMessage, NextStep},
    rules::finish::{
        BeatFacts, FinishFacts, FinishedAnswer, NotReserved, TurnChange, TurnFacts, beat, finish,
        repeated,
    },
    testing::contract::fixture::{LEASE, REPORTED, TURN_COST, USED, at, call, report, turn},
    turn::{
        Funds,
        ledger::{Settlement, VoidReason},
    },
};

use super::{balance, conversation, open_turn, reservation, settled};

/// The partner's reply ends; the comment is reserved.
fn facts() -> FinishFacts {
    FinishFacts {
        turn: open_turn(),
        reservations: vec![reservation(Lane::Partner, Some(12)), reservation(Lane::Coach, None)],
        funds: Some(Funds { balance: balance(1_000, 100, 140), ceiling: None }),
        ended: false,
    }
}

fn reply(then: NextStep) -> Finish<'static> {
    Finish {
        conversation: conversation(),
        turn: turn(1),
        fence: 5,
        lane: TurnLane::Partner,
        reply: MessageId(12),
        text: "No.",
        status: Status::Complete,
        finish_reason: Some("stop"),
        model: Some("demo-1"),
        first_delta_at: Some(at(101)),
        timing: "10+3",
        settlement: REPORTED,
        call: report("demo-1"),
        cost: Some(7),
        then,
        turn_cost: TURN_COST,
        ends: Some(EndReason::MaxTurns),
        at: at(102),
        lease: LEASE,
    }
}

#[test]
fn the_next_answer_keeps_the_turn_open() {
    let plan = finish(&facts(), &reply(NextStep::Speak(TurnLane::Coach))).unwrap();
    assert_eq!((plan.reply, plan.usage), (MessageId(12), Some(USED)));
    assert_eq!(settled(&plan.settled), [(call(1, Lane::Partner), "reported", 70, 55)]);
    let next = plan.next.unwrap();
    assert_eq!((next.role, next.status, next.fence), (Role::Coach, Status::Streaming, 5));
    assert_eq!((next.number, next.at, next.done_at), (3, at(102), None));
    assert_eq!(next.replaces, None, "the first comment of this turn");
    let mut again = facts();
    again.turn.newest.coach = Some(MessageId(9));
    let plan_again = finish(&again, &reply(NextStep::Speak(TurnLane::Coach))).unwrap();
    assert_eq!(plan_again.next.unwrap().replaces, Some(MessageId(9)));
    let begins = call(1, Lane::Coach);
    assert_eq!(plan.turn, TurnChange::Continues { begins, owed: None });
    assert_eq!((plan.ends, plan.ceiling), (None, None), "only a closing turn ends anything");
    let funds = Funds { balance: balance(1_000, 155, 70), ceiling: None };
    assert_eq!(plan.funds, Some(funds));
    let entry = &plan.settled[0].entry;
    assert_eq!((entry.message, entry.call.model()), (Some(MessageId(12)), Some("demo-1")));
    assert_eq!((entry.settlement, entry.cost, entry.at), (REPORTED, Some(7), at(102)));
}

#[test]
fn a_comment_stays_owed_until_it_begins() {
    let mut first = facts();
    first.reservations = vec![reservation(Lane::Coach, Some(12)), reservation(Lane::Partner, None)];
    let comment = Finish { lane: TurnLane::Coach, ..reply(NextStep::Speak(TurnLane::Partner)) };
    let plan = finish(&first, &comment).unwrap();
    let owed = Some(SkipReason::Failed);
    assert_eq!(plan.turn, TurnChange::Continues { begins: call(1, Lane::Partner), owed });
    assert_eq!(plan.next.unwrap().role, Role::Partner);
}

/// Each way to close the reply's turn: what is appended, and what is settled.
#[test]
fn closing_voids_what_never_began_and_ends_the_conversation() {
    for reason in [SkipReason::Quota, SkipReason::Stopped, SkipReason::Draining] {
        let plan = finish(&facts(), &reply(NextStep::Skip(reason))).unwrap();
        let next = plan.next.unwrap();
        assert_eq!(
            (next.role, next.status, next.skipped),
            (Role::Coach, Status::Skipped, Some(reason))
        );
        assert_eq!((next.done_at, next.content), (Some(at(102)), ""));
        assert_eq!(plan.turn, TurnChange::Closes);
    }
    let plan = finish(&facts(), &reply(NextStep::Close)).unwrap();
    assert_eq!((plan.next, plan.turn), (None, TurnChange::Closes));
    assert_eq!(
        settled(&plan.settled),
        [
            (call(1, Lane::Partner), "reported", 70, 55),
            (call(1, Lane::Coach), "void_not_begun", 70, 0),
        ]
    );
    let void = &plan.settled[1].entry;
    assert_eq!((void.cost, void.message, void.call.outcome), (Some(0), None, CallOutcome::Voided));
    assert_eq!(plan.ends, Some((EndReason::MaxTurns, at(102))));
    // 845 tokens are left, and a turn costs 110.
    let funds = Funds { balance: balance(1_000, 155, 0), ceiling: Some(7) };
    assert_eq!((plan.ceiling, plan.funds), (Some(7), Some(funds)));
}

#[test]
fn a_ceiling_only_falls() {
    for (ceiling, written, shown) in
        [(None, Some(7), 7), (Some(9), Some(7), 7), (Some(7), None, 7), (Some(3), None, 3)]
    {
        let mut facts = facts();
        facts.funds = Some(Funds { balance: balance(1_000, 100, 140), ceiling });
        let plan = finish(&facts, &reply(NextStep::Close)).unwrap();
        let found = (plan.ceiling, plan.funds.and_then(|funds| funds.ceiling));
        assert_eq!(found, (written, Some(shown)), "{ceiling:?}");
    }
    let free = FinishFacts { funds: None, ..facts() };
    let plan = finish(&free, &reply(NextStep::Close)).unwrap();
    assert_eq!((plan.ceiling, plan.funds), (None, None), "no limit, no ceiling");
}

#[test]
fn a_conversation_ends_once() {
    let ended = FinishFacts { ended: true, ..facts() };
    assert_eq!(finish(&ended, &reply(NextStep::Close)).unwrap().ends, None);
    let open = Finish { ends: None, ..reply(NextStep::Close) };
    assert_eq!(finish(&facts(), &open).unwrap().ends, None);
}

#[test]
fn the_next_answer_needs_a_reservation_that_has_not_begun() {
    let speak = reply(NextStep::Speak(TurnLane::Coach));
    let mut without = facts();
    without.reservations.truncate(1);
    assert_eq!(finish(&without, &speak), Err(NotReserved));
    without.reservations.push(reservation(Lane::Coach, Some(13)));
    assert_eq!(finish(&without, &speak), Err(NotReserved));
}

#[test]
fn an_unreported_usage_stands_in_no_message() {
    for (settlement, spent) in
        [(Settlement::Estimated(USED), 55), (Settlement::Voided(VoidReason::NotAccepted), 0)]
    {
        let end = Finish { settlement, ..reply(NextStep::Close) };
        let plan = finish(&facts(), &end).unwrap();
        assert_eq!((plan.usage, plan.settled[0].booking.spend), (None, spent));
    }
}

#[test]
fn a_call_that_is_settled_already_is_not_settled_again() {
    let mut closed = facts();
    closed.reservations.remove(0);
    let plan = finish(&closed, &reply(NextStep::Close)).unwrap();
    assert_eq!(settled(&plan.settled), [(call(1, Lane::Coach), "void_not_begun", 70, 0)]);
}

#[test]
fn only_the_owner_of_the_growing_message_may_end_it() {
    let turn = open_turn();
    for (open, fence, reply, owned) in [
        (true, 5, 12, true),
        (false, 5, 12, false),
        (true, 4, 12, false),
        (true, 6, 12, false),
        (true, 5, 11, false),
    ] {
        let turn = TurnFacts { open, ..turn };
        assert_eq!(turn.is_owned(fence, MessageId(reply)), owned, "{open} {fence} {reply}");
    }
}

#[test]
fn a_repeated_end_gets_the_response_of_the_first() {
    let next = Some(NextMessage { id: MessageId(13), replaces: None });
    let funds = Some(Funds { balance: balance(1_000, 155, 70), ceiling: None });
    let first = FinishedAnswer { turn: Some(turn(1)), fence: 5, is_final: true, next, funds };
    let end = reply(NextStep::Speak(TurnLane::Coach));
    assert_eq!(repeated(Some(&first), &end), Finishing::Kept { next, funds, entries: vec![] });
    for other in [
        FinishedAnswer { fence: 6, ..first },
        FinishedAnswer { turn: Some(turn(2)), ..first },
        FinishedAnswer { turn: None, ..first },
        FinishedAnswer { is_final: false, ..first },
    ] {
        assert_eq!(repeated(Some(&other), &end), Finishing::Gone, "{other:?}");
    }
    assert_eq!(repeated(None, &end), Finishing::Gone);
}

#[test]
fn a_heartbeat_saves_text_only_in_the_growing_message() {
    let heartbeat = |text| Heartbeat {
        conversation: conversation(),
        turn: turn(1),
        fence: 5,
        reply: MessageId(12),
        text,
        renews: false,
    };
    let found = |open, fence, reply, stop| {
        Some(BeatFacts::Turn { open, fence, reply: MessageId(reply), stop })
    };
    let owner = |stop| LeaseStatus::Owner { stop };
    for (facts, text, status, saved) in [
        (None, Some("Well"), LeaseStatus::Gone, None),
        (Some(BeatFacts::Locked), Some("Well"), LeaseStatus::Busy, None),
        (found(true, 5, 12, false), Some("Well"), owner(false), Some("Well")),
        (found(true, 5, 12, true), None, owner(true), None),
        (found(true, 5, 13, false), Some("Well"), owner(false), None),
        (found(true, 6, 12, false), Some("Well"), LeaseStatus::Gone, None),
        (found(true, 4, 12, true), Some("Well"), LeaseStatus::Gone, None),
        (found(false, 5, 12, true), Some("Well"), LeaseStatus::Gone, None),
    ] {
        assert_eq!(beat(facts, &heartbeat(text)), (status, saved), "{facts:?}");
    }
}
