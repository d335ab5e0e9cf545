//! Which messages and retries are accepted.

use std::time::Duration;

use coach_core::{
    conversation::{EndReason, Role, SkipReason, Status},
    ids::MessageId,
    model::{Lane, TurnLane},
    ports::{
        Accept, Admission, Admitted, CoachReservation, HostLimits, Refusal, Retry, TurnReservations,
    },
    rules::{
        admission::{
            AcceptFacts, Admit, AttemptPlan, ConversationFacts, KnownAttempt, KnownMessage, Opens,
            ReplacedTurn, RetryFacts, accept, messages_to_skip, retry,
        },
        messages::NewestAnswers,
    },
    testing::contract::fixture::{ASIDE, CALL, LEASE, NO_HOST_LIMITS, TURN, at, call, turn},
    turn::ledger::Payer,
};

use super::{TODAY, balance, conversation, payer, tokens};

const BEFORE: TurnReservations =
    TurnReservations::Turn { partner: CALL, coach: CoachReservation::Before(CALL) };
const SPOKEN: TurnReservations =
    TurnReservations::Turn { partner: CALL, coach: CoachReservation::Spoken };
const COMMENT: TurnReservations = TurnReservations::Comment(CALL);

fn skipped(reason: SkipReason) -> TurnReservations {
    TurnReservations::Turn { partner: CALL, coach: CoachReservation::Skipped(reason) }
}

/// An idle conversation after two turns, with many tokens.
fn idle() -> ConversationFacts {
    ConversationFacts {
        turn: 2,
        ended: None,
        expires_at: None,
        revoked_at: None,
        busy: false,
        crowded_since: None,
        newest: Some(MessageId(6)),
        tokens: tokens(1_000, 0, 0),
    }
}

fn message(reservations: TurnReservations) -> Accept<'static> {
    Accept {
        conversation: conversation(),
        turn: turn(1),
        content: "May I have a raise?",
        client_id: Some("c-1"),
        reservations,
        host_limits: NO_HOST_LIMITS,
        at: at(100),
        lease: LEASE,
    }
}

fn facts(conversation: ConversationFacts) -> AcceptFacts {
    AcceptFacts { conversation, same_turn: None, same_client_id: None }
}

fn admitted() -> Admitted {
    Admitted {
        id: turn(1),
        turn: 3,
        fence: 1,
        message: MessageId(7),
        created_at: at(100),
        lane: TurnLane::Partner,
        reply: MessageId(8),
        coach_left_out: false,
        skipped: None,
        before: Some(MessageId(6)),
        balance: Some(balance(1_000, 0, 140)),
    }
}

fn refused(admit: &Admit<'_>) -> Option<Refusal> {
    match admit {
        Admit::Answer(Admission::Refused(refusal)) => Some(*refusal),
        Admit::Answer(_) | Admit::Open(_) => None,
    }
}

fn plan(admit: Admit<'_>) -> AttemptPlan<'_> {
    match admit {
        Admit::Open(plan) => *plan,
        Admit::Answer(answer) => panic!("nothing is opened: {answer:?}"),
    }
}

/// Each row removes the cause of the refusal before it; the next one in the port's order appears.
#[test]
fn refusals_come_in_the_ports_order() {
    let mut facts = facts(ConversationFacts {
        ended: Some(EndReason::Staff),
        expires_at: Some(at(100)),
        revoked_at: Some(at(1)),
        busy: true,
        crowded_since: Some(at(41)),
        tokens: tokens(60, 0, 0),
        ..idle()
    });
    facts.same_client_id =
        Some(KnownMessage { id: MessageId(5), turn: 2, content: "Something else".into() });
    let mut request = message(TURN);
    request.host_limits =
        HostLimits { draining: true, per_minute: Some(1), tokens_per_day: Some(60) };
    let mut next = |expected, fix: fn(&mut AcceptFacts, &mut Accept<'_>)| {
        assert_eq!(refused(&accept(&facts, &request)), Some(expected));
        fix(&mut facts, &mut request);
    };
    next(Refusal::IdempotencyConflict, |facts, _| facts.same_client_id = None);
    next(Refusal::Ended(EndReason::Staff), |facts, _| facts.conversation.ended = None);
    next(Refusal::InvitationExpired, |facts, _| facts.conversation.expires_at = Some(at(101)));
    next(Refusal::InvitationRevoked, |facts, _| facts.conversation.revoked_at = None);
    next(Refusal::Draining, |_, request| request.host_limits.draining = false);
    next(Refusal::Busy, |facts, _| facts.conversation.busy = false);
    next(Refusal::RateLimited { wait: Duration::from_secs(1) }, |_, request| request.at = at(101));
    next(Refusal::InvitationExpired, |facts, _| facts.conversation.expires_at = None);
    next(Refusal::QuotaExhausted { left: 60, for_now: false }, |facts, _| {
        facts.conversation.tokens.balance = Some(balance(1_000, 0, 0));
    });
    next(
        Refusal::DaySpent { wait: at(101).next_day().since(at(101)), for_now: false },
        |_, request| {
            request.host_limits.tokens_per_day = Some(140);
        },
    );
    assert!(!plan(accept(&facts, &request)).coach_left_out);
}

#[test]
fn what_is_known_is_acknowledged_before_any_refusal() {
    let ended = ConversationFacts { ended: Some(EndReason::Participant), busy: true, ..idle() };
    let known = |attempt, admitted: Admitted| AcceptFacts {
        same_turn: Some(KnownAttempt { attempt, admitted }),
        same_client_id: Some(KnownMessage { id: MessageId(7), turn: 3, content: "Other".into() }),
        ..facts(ended.clone())
    };
    let again = accept(&known(turn(1), admitted()), &message(TURN));
    assert_eq!(again, Admit::Answer(Admission::Admitted(admitted())));
    let acknowledged = Admit::Answer(Admission::Known { message: MessageId(7), turn: 3 });
    let retried = accept(&known(turn(2), admitted()), &message(TURN));
    assert_eq!(retried, acknowledged, "a later attempt is the newest");
    let same = AcceptFacts {
        same_client_id: Some(KnownMessage {
            id: MessageId(7),
            turn: 3,
            content: "May I have a raise?".into(),
        }),
        ..facts(ended.clone())
    };
    assert_eq!(accept(&same, &message(ASIDE)), acknowledged);
}

#[test]
fn the_rate_is_decided_by_the_message_a_minutes_worth_ago() {
    for (per_minute, skip) in
        [(None, None), (Some(0), None), (Some(1), Some(0)), (Some(30), Some(29))]
    {
        let host_limits = HostLimits { per_minute, ..NO_HOST_LIMITS };
        assert_eq!(messages_to_skip(host_limits), skip, "{per_minute:?}");
    }
    for (since, wait) in [(39, None), (40, None), (41, Some(1)), (100, Some(60))] {
        let crowded = ConversationFacts { crowded_since: Some(at(since)), ..idle() };
        let refusal = refused(&accept(&facts(crowded), &message(TURN)));
        assert_eq!(
            refusal,
            wait.map(|wait| Refusal::RateLimited { wait: Duration::from_secs(wait) }),
            "{since}"
        );
    }
}

/// The calls that are reserved, whether the comment is left out, whether a skipped one comes first, the lane of
/// the first answer, and what is owed if the owner is lost.
#[test]
fn both_calls_are_reserved_or_only_the_required_one() {
    use SkipReason::{Failed, Off, Quota};
    use TurnLane::{Aside, Coach, Partner};
    let rows = [
        (TURN, 140, vec![Partner, Coach], false, false, Partner, Some(Failed)),
        (TURN, 139, vec![Partner], true, false, Partner, Some(Quota)),
        (TURN, 70, vec![Partner], true, false, Partner, Some(Quota)),
        (BEFORE, 140, vec![Partner, Coach], false, false, Coach, None),
        (BEFORE, 139, vec![Partner], true, true, Partner, None),
        (skipped(Off), 140, vec![Partner], false, false, Partner, Some(Off)),
        (skipped(Off), 70, vec![Partner], false, false, Partner, Some(Off)),
        (SPOKEN, 140, vec![Partner], false, false, Partner, None),
        (COMMENT, 70, vec![Coach], false, false, Coach, None),
        (ASIDE, 70, vec![Aside], false, false, Aside, None),
        (ASIDE, 140, vec![Aside], false, false, Aside, None),
        (skipped(Failed), 70, vec![Partner], false, false, Partner, Some(Failed)),
    ];
    for (reservations, left, lanes, left_out, skips, lane, owed) in rows {
        let facts = facts(ConversationFacts { tokens: tokens(left + 30, 20, 10), ..idle() });
        let plan = plan(accept(&facts, &message(reservations)));
        let case = format!("{reservations:?} with {left}");
        let reserved: Vec<_> = plan.reservations.iter().map(|one| one.lane).collect();
        assert_eq!(reserved, lanes.iter().copied().map(Lane::from).collect::<Vec<_>>(), "{case}");
        assert_eq!(plan.coach_left_out, left_out, "{case}");
        assert_eq!(plan.skipped.map(|one| one.skipped), skips.then_some(Some(Quota)), "{case}");
        assert_eq!((plan.lane, plan.owed), (lane, owed), "{case}");
        let total = 70 * lanes.len() as u64;
        assert_eq!((plan.booking.reserve, plan.booking.release), (total, 0), "{case}");
        assert_eq!(plan.balance, Some(balance(left + 30, 20, 10 + total)), "{case}");
        let begins: Vec<_> =
            plan.reservations.iter().filter(|one| one.begins).map(|one| one.lane).collect();
        assert_eq!(begins, [Lane::from(lane)], "{case}");
    }
    for reservations in [TURN, BEFORE, SPOKEN, ASIDE] {
        let facts = facts(ConversationFacts { tokens: tokens(99, 20, 10), ..idle() });
        let refusal = refused(&accept(&facts, &message(reservations)));
        let exhausted = Refusal::QuotaExhausted { left: 69, for_now: true };
        assert_eq!(refusal, Some(exhausted), "{reservations:?}");
    }
}

#[test]
fn the_comment_is_left_out_if_only_it_exceeds_the_day() {
    let mut request = message(TURN);
    for (limit, left_out) in [(140, Some(false)), (139, Some(true)), (70, Some(true)), (69, None)] {
        request.host_limits.tokens_per_day = Some(limit);
        let admit = accept(&facts(idle()), &request);
        let found = match &admit {
            Admit::Open(plan) => Some(plan.coach_left_out),
            Admit::Answer(_) => None,
        };
        assert_eq!(found, left_out, "{limit}: {admit:?}");
    }
}

#[test]
fn a_new_turn_writes_its_message_and_its_first_answer() {
    let plan = plan(accept(&facts(idle()), &message(TURN)));
    assert_eq!((plan.turn, plan.attempt, plan.conversation), (turn(1), turn(1), conversation()));
    assert_eq!((plan.number, plan.counts, plan.aside, plan.fence), (3, true, false, 1));
    assert_eq!((plan.before, plan.at), (Some(MessageId(6)), at(100)));
    let Opens::New(said) = plan.opens else { panic!("{plan:?}") };
    assert_eq!((said.role, said.status, said.number), (Role::User, Status::Complete, 3));
    assert_eq!((said.content, said.client_id), ("May I have a raise?", Some("c-1")));
    assert_eq!((said.at, said.done_at, said.replaces), (at(100), Some(at(100)), None));
    let reply = plan.reply;
    assert_eq!((reply.role, reply.status, reply.content), (Role::Partner, Status::Streaming, ""));
    assert_eq!((reply.turn, reply.fence, reply.done_at), (Some(turn(1)), 1, None));
    assert_eq!((reply.replaces, reply.client_id), (None, None));
    let calls: Vec<_> = plan.reservations.iter().map(|one| (one.id, one.begins)).collect();
    assert_eq!(calls, [(call(1, Lane::Partner), true), (call(1, Lane::Coach), false)]);
    assert!(plan.reservations.iter().all(|one| {
        one.payer == payer()
            && one.day == TODAY
            && one.reserved == CALL
            && one.turn == Some(turn(1))
    }));
    assert_eq!(plan.admitted(MessageId(7), None, MessageId(8)), admitted());
}

#[test]
fn an_aside_counts_no_turn() {
    let plan = plan(accept(&facts(idle()), &message(ASIDE)));
    assert_eq!((plan.number, plan.counts, plan.aside), (2, false, true));
    assert_eq!((plan.reply.role, plan.reply.aside), (Role::Coach, true));
}

#[test]
fn without_a_limit_everything_fits_and_no_balance_is_returned() {
    let mut facts = facts(idle());
    facts.conversation.tokens.payer = Payer::Unlimited;
    facts.conversation.tokens.balance = None;
    let plan = plan(accept(&facts, &message(TURN)));
    assert_eq!((plan.balance, plan.coach_left_out, plan.booking.reserve), (None, false, 140));
}

fn answers(partner: Option<i64>, coach: Option<i64>) -> NewestAnswers {
    NewestAnswers { partner: partner.map(MessageId), coach: coach.map(MessageId) }
}

/// The stopped reply of the last turn, which may be retried.
fn stopped() -> ReplacedTurn {
    ReplacedTurn {
        id: turn(1),
        number: 2,
        aside: false,
        fence: 4,
        message: MessageId(5),
        message_at: at(50),
        newest: answers(Some(6), Some(6)),
        opened_last: true,
        same_attempt: None,
    }
}

fn another(reservations: TurnReservations) -> Retry {
    Retry {
        conversation: conversation(),
        attempt: turn(2),
        replaces: MessageId(6),
        reservations,
        host_limits: NO_HOST_LIMITS,
        at: at(100),
        lease: LEASE,
    }
}

#[test]
fn only_the_newest_answer_of_the_last_turn_may_be_retried() {
    let earlier = ReplacedTurn { number: 1, ..stopped() };
    let replaced = ReplacedTurn { newest: answers(Some(9), Some(9)), ..stopped() };
    let overtaken = ReplacedTurn { opened_last: false, ..stopped() };
    let aside = ReplacedTurn { aside: true, ..stopped() };
    let old_aside = ReplacedTurn { opened_last: false, ..aside.clone() };
    let rows = [
        (None, TURN, false),
        (Some(stopped()), TURN, true),
        (Some(stopped()), COMMENT, true),
        (Some(stopped()), ASIDE, false),
        (Some(earlier), TURN, false),
        (Some(replaced), TURN, false),
        // An aside after the turn does not end the turn's retries, but a turn ends those of an aside.
        (Some(overtaken), TURN, true),
        (Some(aside.clone()), ASIDE, true),
        (Some(aside), COMMENT, false),
        (Some(old_aside), ASIDE, false),
    ];
    for (turn, reservations, may) in rows {
        let case = format!("{turn:?} {reservations:?}");
        let found = retry(&RetryFacts { conversation: idle(), turn }, &another(reservations));
        let expected = (!may).then_some(Refusal::NoSuchTurn);
        assert_eq!(refused(&found), expected, "{case}");
    }
}

#[test]
fn a_retry_begins_with_its_own_role_and_replaces_the_newest_answer_of_it() {
    let stopped = ReplacedTurn { newest: answers(Some(6), Some(7)), ..stopped() };
    let opens = |replaces, reservations| {
        let facts = RetryFacts { conversation: idle(), turn: Some(stopped.clone()) };
        let retried = Retry { replaces: MessageId(replaces), ..another(reservations) };
        plan(retry(&facts, &retried))
    };
    for (replaces, reservations, role) in [
        (6, TURN, Role::Partner),
        (7, BEFORE, Role::Coach),
        (6, SPOKEN, Role::Partner),
        (7, COMMENT, Role::Coach),
    ] {
        let reply = opens(replaces, reservations).reply;
        assert_eq!((reply.role, reply.replaces), (role, Some(MessageId(replaces))));
    }
}

#[test]
fn a_stale_retry_comes_after_busy_and_before_the_rate() {
    let crowded = ConversationFacts { busy: true, crowded_since: Some(at(99)), ..idle() };
    let mut facts = RetryFacts { conversation: crowded, turn: None };
    assert_eq!(refused(&retry(&facts, &another(TURN))), Some(Refusal::Busy));
    facts.conversation.busy = false;
    assert_eq!(refused(&retry(&facts, &another(TURN))), Some(Refusal::NoSuchTurn));
    facts.turn = Some(stopped());
    let wait = at(159).since(another(TURN).at);
    assert_eq!(refused(&retry(&facts, &another(TURN))), Some(Refusal::RateLimited { wait }));
}

#[test]
fn a_retry_reopens_its_turn_with_a_new_fence() {
    let facts = RetryFacts { conversation: idle(), turn: Some(stopped()) };
    let Admit::Open(plan) = retry(&facts, &another(TURN)) else { panic!("{facts:?}") };
    assert_eq!((plan.turn, plan.attempt, plan.number), (turn(1), turn(2), 2));
    assert_eq!((plan.fence, plan.reply.fence, plan.counts), (5, 5, false));
    assert_eq!(plan.opens, Opens::Again(MessageId(5), at(50)));
    assert_eq!(plan.reservations[0].id, call(2, Lane::Partner));
    let admitted = plan.admitted(MessageId(0), None, MessageId(8));
    assert_eq!((admitted.message, admitted.created_at), (MessageId(5), at(50)));
    assert_eq!((admitted.turn, admitted.fence, admitted.reply), (2, 5, MessageId(8)));
}

#[test]
fn the_same_attempt_again_gives_the_same_answer() {
    let turn = ReplacedTurn { same_attempt: Some(admitted()), ..stopped() };
    let busy = ConversationFacts { busy: true, ..idle() };
    let again = retry(&RetryFacts { conversation: busy, turn: Some(turn) }, &another(TURN));
    assert_eq!(again, Admit::Answer(Admission::Admitted(admitted())));
}
