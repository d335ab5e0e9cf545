//! Contract tests of `Ledger`, and of the arithmetic that all stores share.

use std::time::Duration;

use futures::future::join_all;

use super::fixture::{
    CALL, NO_HOST_LIMITS, REPORTED, TURN, TestRoom, USED, an_invitation, at, made, opened, report,
    uuid,
};
use crate::{
    ids::ReservationId,
    model::{Lane, StandaloneLane, TurnLane},
    ports::{
        Accept, Admission, CoachReservation, Finish, HostLimits, NextStep, Raising, RecoveryScope,
        Refusal, StandaloneCall, Stores, TurnReservations,
    },
    turn::ledger::{Payer, ReservedTokens, Settlement, Usage, VoidReason},
};

fn free_call(room: &TestRoom<'_>, number: u128) -> StandaloneCall {
    StandaloneCall {
        conversation: Some(room.id),
        ..StandaloneCall::new(
            ReservationId(uuid(0x0500_0000 + number)),
            Payer::Invitation(room.invitation),
            StandaloneLane::Elaboration,
            CALL,
            at(1),
        )
    }
}

/// An invitation's counters equal the sums of its entries and of its calls in flight after every step.
pub async fn sums_are_equal_at_every_step(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    room.balanced(&[]).await;
    let kept = room.open(1).await;
    room.balanced(&[CALL, CALL]).await;
    let next = room.kept(room.answer(&kept, "No.", NextStep::Speak(TurnLane::Coach))).await;
    room.balanced(&[CALL]).await;
    let call = free_call(&room, 1);
    assert!(store.reserve(call).await.unwrap().is_none());
    room.balanced(&[CALL, CALL]).await;
    let estimated = Settlement::Estimated(CALL.estimate(3));
    room.kept(Finish { settlement: estimated, ..room.comment(&kept, next, "Ask") }).await;
    room.balanced(&[CALL]).await;
    store.settle(call.id, REPORTED, report("demo-1"), None, at(5)).await.unwrap();
    room.balanced(&[]).await;
    let sources: Vec<_> =
        room.entries().await.iter().map(|entry| (entry.lane, entry.settlement)).collect();
    let expected =
        [(Lane::Partner, REPORTED), (Lane::Coach, estimated), (Lane::Elaboration, REPORTED)];
    assert_eq!(sources, expected);
}

/// A call is raised only as far as it fits; repeating a raise changes nothing.
pub async fn a_reservation_is_raised_only_if_the_tokens_are_there(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let call = free_call(&room, 1);
    let to = |output| ReservedTokens { output, ..CALL };
    let raise = |output| store.raise(call.id, to(output), NO_HOST_LIMITS, at(2));
    assert_eq!(raise(80).await.unwrap(), Raising::Closed, "nothing is reserved yet");
    assert!(store.reserve(call).await.unwrap().is_none());
    for _ in 0..2 {
        assert_eq!(raise(80).await.unwrap(), Raising::Raised);
        room.balanced(&[to(80)]).await;
    }
    let left = store.balance(call.payer).await.unwrap().unwrap().left();
    let refused = raise(80 + left + 1).await.unwrap();
    assert!(matches!(refused, Raising::Refused(Refusal::QuotaExhausted { .. })), "{refused:?}");
    room.balanced(&[to(80)]).await;
    assert_eq!(raise(80 + left).await.unwrap(), Raising::Raised, "all that is left");
    room.balanced(&[to(80 + left)]).await;
    store.settle(call.id, REPORTED, report("demo-1"), None, at(5)).await.unwrap();
    room.balanced(&[]).await;
    assert_eq!(raise(200).await.unwrap(), Raising::Closed);
    room.balanced(&[]).await;
    let entries = room.entries().await;
    assert_eq!((entries.len(), entries[0].reserved), (1, to(80 + left)));
}

/// A raise counts for the day of its call's reservation, and is refused if it does not fit that day.
pub async fn a_raise_counts_for_the_day_of_its_reservation(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let host_limits = HostLimits { tokens_per_day: Some(CALL.total() + 10), ..NO_HOST_LIMITS };
    let call = StandaloneCall { host_limits, ..free_call(&room, 1) };
    assert!(store.reserve(call).await.unwrap().is_none());
    let tomorrow = at(24 * 3600);
    let raise = |more| {
        let to = ReservedTokens { output: CALL.output + more, ..CALL };
        store.raise(call.id, to, host_limits, tomorrow)
    };
    let refused = raise(11).await.unwrap();
    assert!(matches!(refused, Raising::Refused(Refusal::DaySpent { .. })), "{refused:?}");
    room.balanced(&[CALL]).await;
    assert_eq!(raise(10).await.unwrap(), Raising::Raised);
    store.settle(call.id, REPORTED, report("demo-1"), None, tomorrow).await.unwrap();
    room.balanced(&[]).await;
}

/// A call is closed once; the first time counts. Reserving it again reserves nothing more.
pub async fn a_reservation_is_settled_once(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let call = free_call(&room, 1);
    assert!(store.reserve(call).await.unwrap().is_none());
    assert!(store.reserve(call).await.unwrap().is_none());
    room.balanced(&[CALL]).await;
    let voided = Settlement::Voided(VoidReason::NotAccepted);
    store.settle(call.id, REPORTED, report("demo-1"), Some(3), at(5)).await.unwrap();
    store.settle(call.id, voided, report("demo-1"), None, at(6)).await.unwrap();
    assert!(store.reserve(call).await.unwrap().is_none(), "a closed call is still known");
    room.balanced(&[]).await;
    let entries = room.entries().await;
    assert_eq!((entries.len(), entries[0].settlement, entries[0].cost), (1, REPORTED, Some(3)));
    let never = ReservationId(uuid(0x0500_0099));
    store.settle(never, voided, report("demo-1"), None, at(7)).await.unwrap();
}

/// An abandoned call outside of turns is charged once its lease has ended, whatever the caller's clock says.
pub async fn an_abandoned_reservation_is_charged(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let alive = free_call(&room, 1);
    let abandoned = StandaloneCall { lease: Duration::ZERO, ..free_call(&room, 2) };
    assert!(store.reserve(alive).await.unwrap().is_none());
    for hours in [0, 24] {
        let later = at(1).after(Duration::from_secs(3_600 * hours));
        assert_eq!(store.recover(RecoveryScope::Expired, &[], later).await.unwrap().turns, []);
    }
    room.balanced(&[CALL]).await;
    assert!(store.reserve(abandoned).await.unwrap().is_none());
    let earlier = at(1).before(Duration::from_secs(3_600));
    assert_eq!(store.recover(RecoveryScope::Expired, &[], earlier).await.unwrap().turns, []);
    room.balanced(&[CALL]).await;
    let last = room.entries().await.pop().unwrap();
    let estimate = Settlement::Estimated(CALL.estimate(0));
    assert_eq!((last.reservation, last.settlement), (abandoned.id, estimate));
    store.settle(alive.id, REPORTED, report("demo-1"), None, at(5)).await.unwrap();
    assert!(store.reserve(free_call(&room, 3)).await.unwrap().is_none());
    store.recover(RecoveryScope::Everything, &[], at(2)).await.unwrap();
    room.balanced(&[]).await;
}

/// A call that does not fit is not reserved; without a limit every call fits.
pub async fn a_call_that_does_not_fit_reserves_nothing(store: &dyn Stores) {
    let room = TestRoom::with_quota(store, 100).await;
    let call = free_call(&room, 1);
    assert!(store.reserve(call).await.unwrap().is_none());
    assert!(store.reserve(free_call(&room, 2)).await.unwrap().is_some());
    room.balanced(&[CALL]).await;
    let free = StandaloneCall { payer: Payer::Unlimited, ..free_call(&room, 3) };
    assert!(store.reserve(free).await.unwrap().is_none());
    room.balanced(&[CALL]).await;
    let unknown = an_invitation(7, 0).id;
    assert_eq!(store.balance(Payer::Invitation(unknown)).await.unwrap(), None);
}

/// Of sixty-four concurrent turns on a quota for exactly fourteen, fourteen run and nothing is overspent.
pub async fn a_quota_for_fourteen_turns_admits_fourteen(store: &dyn Stores) {
    const TURNS: u64 = 14;
    let first = TestRoom::with_quota(store, TURNS * CALL.total()).await;
    let mut rooms = vec![first];
    for n in 2..=64 {
        rooms.push(TestRoom::under(store, n, first.invitation).await);
    }
    let reservations = TurnReservations::Turn { partner: CALL, coach: CoachReservation::Spoken };
    let admissions = join_all(rooms.iter().zip(1..).map(|(room, n)| async move {
        room.accept(Accept { reservations, ..room.message(n) }).await
    }))
    .await;
    let balance = first.balance().await;
    assert_eq!((balance.reserved, balance.left()), (balance.quota, 0));
    let mut ran = 0;
    for (room, opening) in rooms.iter().zip(admissions) {
        match opening {
            Admission::Admitted(opened) => {
                ran += 1;
                let all = Settlement::Reported(Usage { input: 50, output: 20, ..USED });
                room.kept(Finish {
                    settlement: all,
                    ..room.answer(&opened, "No.", NextStep::Close)
                })
                .await;
            }
            Admission::Refused(refusal) => {
                assert_eq!(refusal, Refusal::QuotaExhausted { left: 0, for_now: true });
            }
            Admission::Known { .. } => panic!("{opening:?}"),
        }
    }
    assert_eq!(ran, TURNS);
    let balance = first.balance().await;
    assert_eq!((balance.used, balance.reserved), (balance.quota, 0));
}

/// The daily limit counts reserved and spent tokens of all users, and resets the next day.
pub async fn the_daily_limit_is_shared_by_all_users(store: &dyn Stores) {
    let one = TestRoom::new(store).await;
    store.invite(&[an_invitation(2, 1_000_000)], made()).await.unwrap();
    let other = TestRoom::under(store, 2, an_invitation(2, 0).id).await;
    let host_limits = HostLimits { tokens_per_day: Some(200), ..NO_HOST_LIMITS };
    let kept = opened(one.accept(Accept { host_limits, ..one.message(1) }).await);
    assert!(!kept.coach_left_out);
    let full = other.refused(Accept { host_limits, ..other.message(2) }).await;
    assert!(
        matches!(full, Refusal::DaySpent { for_now: true, .. }),
        "140 are only reserved: {full:?}"
    );
    let call = StandaloneCall { host_limits, ..free_call(&other, 1) };
    let held = store.reserve(call).await.unwrap();
    assert!(matches!(held, Some(Refusal::DaySpent { for_now: true, .. })), "{held:?}");
    one.play(&kept).await;
    let kept = opened(other.accept(Accept { host_limits, ..other.message(3) }).await);
    assert!(kept.coach_left_out, "110 are spent, 70 fit, 140 do not");
    other.balanced(&[CALL]).await;
    other.play(&kept).await;
    let spent = Refusal::DaySpent { wait: at(1).next_day().since(at(5)), for_now: false };
    assert_eq!(other.refused(Accept { host_limits, ..other.message(5) }).await, spent);
    let tomorrow = at(24 * 3600);
    let fresh = Accept { at: tomorrow, host_limits, ..other.message(4) };
    assert!(!opened(other.accept(fresh).await).coach_left_out);
    one.balanced(&[]).await;
}

/// A call reserved on one day and settled on the next counts for the day of its reservation.
pub async fn a_call_counts_for_the_day_of_its_reservation(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let host_limits = HostLimits { tokens_per_day: Some(140), ..NO_HOST_LIMITS };
    let kept = opened(room.accept(Accept { host_limits, ..room.message(1) }).await);
    let tomorrow = at(24 * 3600);
    let next = room.kept(Finish {
        at: tomorrow,
        ..room.answer(&kept, "No.", NextStep::Speak(TurnLane::Coach))
    });
    let next = next.await;
    room.kept(Finish { at: tomorrow, ..room.comment(&kept, next, "Ask why.") }).await;
    let fresh = Accept { at: tomorrow, host_limits, reservations: TURN, ..room.message(2) };
    assert!(!opened(room.accept(fresh).await).coach_left_out);
    room.balanced(&[CALL, CALL]).await;
}

/// Bounds beyond any real call are refused without overflow.
pub async fn enormous_reservations_are_refused(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let reserved = ReservedTokens { input: u64::MAX, output: u64::MAX };
    assert!(
        store.reserve(StandaloneCall { reserved, ..free_call(&room, 1) }).await.unwrap().is_some()
    );
    room.balanced(&[]).await;
}
