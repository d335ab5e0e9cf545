//! Whether tokens fit, and what is booked.

use std::time::Duration;

use coach_core::{
    model::{Lane, StandaloneLane},
    ports::{HostLimits, Raising, Refusal, StandaloneCall},
    rules::tokens::{
        Booking, Charge, DayUse, Raise, RaisePlan, Reserve, TokenFacts, raise, reserve, settle,
    },
    testing::contract::fixture::{CALL, NO_HOST_LIMITS, REPORTED, at, call, report},
    turn::ledger::{Payer, ReservedTokens, Settlement, Usage, VoidReason},
};

use super::{TODAY, balance, conversation, payer, reservation, tokens};

fn standalone(tokens_per_day: Option<u64>) -> StandaloneCall {
    StandaloneCall {
        conversation: Some(conversation()),
        host_limits: HostLimits { tokens_per_day, ..NO_HOST_LIMITS },
        ..StandaloneCall::new(call(1, Lane::Judge), payer(), StandaloneLane::Judge, CALL, at(100))
    }
}

/// The balance and the day before a call of 70 tokens, the daily limit, and the refusal.
#[test]
fn a_call_fits_its_payer_and_its_day() {
    let quota = |left, for_now| Some(Refusal::QuotaExhausted { left, for_now });
    let day = |for_now| {
        let soon = Duration::from_secs(5);
        let wait = if for_now { soon } else { at(100).next_day().since(at(100)) };
        Some(Refusal::DaySpent { wait, for_now })
    };
    let rows = [
        ((70, 0, 0), (0, 0), None, None),
        ((69, 0, 0), (0, 0), None, quota(69, false)),
        ((100, 30, 0), (0, 0), None, None),
        ((100, 31, 0), (0, 0), None, quota(69, false)),
        ((100, 30, 1), (0, 0), None, quota(69, true)),
        ((100, 150, 0), (0, 0), None, quota(0, false)),
        ((100, 0, 0), (0, 0), Some(70), None),
        ((100, 0, 0), (0, 0), Some(69), day(false)),
        ((100, 0, 0), (30, 0), Some(100), None),
        ((100, 0, 0), (31, 0), Some(100), day(false)),
        ((100, 0, 0), (30, 1), Some(100), day(true)),
        ((100, 0, 0), (500, 500), None, None),
        // The balance counts before the day.
        ((69, 0, 0), (100, 0), Some(100), quota(69, false)),
    ];
    for ((quota, used, reserved), (day_used, day_reserved), limit, refusal) in rows {
        let mut facts = tokens(quota, used, reserved);
        facts.day = DayUse { day: TODAY, used: day_used, reserved: day_reserved };
        let found = reserve(false, &facts, &standalone(limit));
        let booking = Booking { payer: payer(), day: TODAY, reserve: 70, release: 0, spend: 0 };
        match found {
            Reserve::Answer(answer) => assert_eq!(answer, refusal, "{facts:?} {limit:?}"),
            Reserve::Write(new, booked) => {
                assert_eq!((refusal, booked), (None, booking), "{facts:?} {limit:?}");
                assert_eq!((new.id, new.reserved, new.day), (call(1, Lane::Judge), CALL, TODAY));
                assert_eq!((new.turn, new.begins), (None, false));
            }
        }
    }
}

#[test]
fn a_known_call_reserves_nothing_more_even_if_it_would_not_fit() {
    assert_eq!(reserve(true, &tokens(0, 0, 0), &standalone(Some(0))), Reserve::Answer(None));
}

#[test]
fn a_payer_without_a_balance_pays_nothing() {
    let facts = TokenFacts { balance: None, ..tokens(0, 0, 0) };
    let exhausted = Refusal::QuotaExhausted { left: 0, for_now: false };
    assert_eq!(reserve(false, &facts, &standalone(None)), Reserve::Answer(Some(exhausted)));
    let facts = TokenFacts { payer: Payer::Unlimited, ..facts };
    assert!(matches!(reserve(false, &facts, &standalone(None)), Reserve::Write(..)));
}

#[test]
fn reservations_beyond_any_real_call_never_fit() {
    let enormous = ReservedTokens { input: u64::MAX, output: u64::MAX };
    for payer in [payer(), Payer::Unlimited] {
        let facts = TokenFacts { payer, ..tokens(u64::MAX, 0, 0) };
        let call = StandaloneCall { reserved: enormous, ..standalone(None) };
        let found = reserve(false, &facts, &call);
        assert!(
            matches!(found, Reserve::Answer(Some(Refusal::QuotaExhausted { .. }))),
            "{found:?}"
        );
    }
}

#[test]
fn a_reservation_is_raised_by_the_difference() {
    let open = reservation(Lane::Judge, None);
    let to = |output| ReservedTokens { output, ..CALL };
    let facts = tokens(100, 0, 70);
    let booking = |reserve| Booking { payer: payer(), day: TODAY, reserve, release: 0, spend: 0 };
    let write =
        |output, more| Raise::Write(RaisePlan { reserved: to(output), booking: booking(more) });
    let exhausted = |left| Raising::Refused(Refusal::QuotaExhausted { left, for_now: true });
    let spent = Refusal::DaySpent { wait: Duration::from_secs(5), for_now: true };
    for (output, limit, expected) in [
        (20, None, Raise::Answer(Raising::Raised)),
        (5, None, Raise::Answer(Raising::Raised)),
        (50, None, write(50, 30)),
        (51, None, Raise::Answer(exhausted(30))),
        (25, Some(5), write(25, 5)),
        (26, Some(6), write(26, 6)),
    ] {
        let host_limits = HostLimits { tokens_per_day: limit, ..NO_HOST_LIMITS };
        let found = raise(Some((&open, &facts)), to(output), host_limits, at(100));
        assert_eq!(found, expected, "{output} {limit:?}");
    }
    let full = TokenFacts { day: DayUse { day: TODAY, used: 0, reserved: 70 }, ..facts };
    let host_limits = HostLimits { tokens_per_day: Some(70), ..NO_HOST_LIMITS };
    let found = raise(Some((&open, &full)), to(21), host_limits, at(100));
    assert_eq!(found, Raise::Answer(Raising::Refused(spent)));
    let closed = raise(None, to(50), NO_HOST_LIMITS, at(100));
    assert_eq!(closed, Raise::Answer(Raising::Closed));
}

#[test]
fn settling_releases_the_reservation_and_charges_the_whole_usage() {
    let hostile = Usage { input: 500, output: 200, cached_input: 100, ..Usage::default() };
    for (settlement, spend) in [
        (REPORTED, 55),
        (Settlement::Reported(hostile), 700),
        (Settlement::Estimated(CALL.estimate(3)), 53),
        (Settlement::Voided(VoidReason::NotAccepted), 0),
    ] {
        let charge = Charge { settlement, call: report("m"), cost: Some(3), at: at(9) };
        let settled = settle(&reservation(Lane::Coach, Some(13)), charge);
        let expected = Booking { payer: payer(), day: TODAY, reserve: 0, release: 70, spend };
        assert_eq!(settled.booking, expected, "{settlement:?}");
        let entry = settled.entry;
        assert_eq!((entry.invitation, entry.settlement), (payer().invitation(), settlement));
        assert_eq!((entry.reserved, entry.cost, entry.at), (CALL, Some(3), at(9)));
        assert_eq!(entry.call, report("m"));
    }
}

#[test]
fn a_booking_changes_balance_and_day_alike() {
    let booking = Booking { payer: payer(), day: TODAY, reserve: 0, release: 70, spend: 55 };
    assert_eq!(booking.applied_to(balance(1_000, 10, 140)), balance(1_000, 65, 70));
    let day = DayUse { day: TODAY, used: 500, reserved: 70 };
    assert_eq!(booking.applied_to_day(day), DayUse { day: TODAY, used: 555, reserved: 0 });
    let booking = Booking { reserve: 140, release: 0, spend: 0, ..booking };
    assert_eq!(booking.applied_to(balance(1_000, 10, 0)), balance(1_000, 10, 140));
}

#[test]
fn changes_of_the_same_counters_add_up() {
    let one = Booking { payer: payer(), day: TODAY, reserve: 5, release: 70, spend: 9 };
    let two = Booking { reserve: 0, release: 30, spend: u64::MAX, ..one };
    let both = Booking { reserve: 5, release: 100, spend: u64::MAX, ..one };
    assert_eq!(one.and(two), both);
}
