//! Contract tests of `ConversationStore`: recovery of turns whose owner is lost.

use std::time::Duration;

use super::fixture::{ASIDE, CALL, TestRoom, USED, at, opened, turn};
use crate::{
    conversation::{Role, SkipReason, Status},
    model::{Lane, TurnLane},
    ports::{
        Accept, CoachReservation, LeaseStatus, NextStep, RecoveryScope, Stores, TurnReservations,
    },
    turn::ledger::Settlement,
};

/// Recovery interrupts the growing answer, estimates started calls and voids the others; the conversation
/// continues.
pub async fn a_lost_turn_is_closed_and_billed(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let lost = room.open(1).await;
    room.beat(&lost, "Well, n").await;
    let recovered = store.recover(RecoveryScope::Everything, &[], at(30)).await.unwrap().turns;
    assert_eq!(recovered.len(), 1);
    let first = &recovered[0];
    assert_eq!((first.conversation, first.turn), (room.id, 1));
    let [partner, coach] = &first.messages[..] else { panic!("{first:?}") };
    assert_eq!((partner.id, partner.status), (lost.reply, Status::Interrupted));
    assert_eq!((partner.content.as_str(), partner.done_at), ("Well, n", Some(at(30))));
    assert_eq!((partner.role, partner.usage), (Role::Partner, None));
    assert_eq!((coach.status, coach.skipped), (Status::Skipped, Some(SkipReason::Failed)));
    assert_eq!(room.messages().await[1..], first.messages);
    let settlements: Vec<_> =
        room.entries().await.iter().map(|e| (e.lane, e.settlement, e.cost)).collect();
    let not_begun = Settlement::Voided(crate::turn::ledger::VoidReason::NotBegun);
    assert_eq!(
        settlements,
        [
            (Lane::Partner, Settlement::Estimated(CALL.estimate(7)), None),
            (Lane::Coach, not_begun, Some(0)),
        ]
    );
    room.balanced(&[]).await;
    assert_eq!(store.recover(RecoveryScope::Everything, &[], at(31)).await.unwrap().turns, []);
    assert_eq!(room.take_turn(40).await.turn, 2);
}

/// A comment that was going to be skipped keeps its reason.
pub async fn a_planned_reason_survives_the_owner(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let skipped = CoachReservation::Skipped(SkipReason::Scenario);
    let reservations = TurnReservations::Turn { partner: CALL, coach: skipped };
    opened(room.accept(Accept { reservations, ..room.message(1) }).await);
    let recovered = store.recover(RecoveryScope::Everything, &[], at(30)).await.unwrap().turns;
    assert_eq!(recovered[0].messages[1].skipped, Some(SkipReason::Scenario));
}

/// A comment that did not fit keeps that reason.
pub async fn a_left_out_comment_says_quota_after_recovery(store: &dyn Stores) {
    let room = TestRoom::with_quota(store, 139).await;
    room.open(1).await;
    let recovered = store.recover(RecoveryScope::Everything, &[], at(30)).await.unwrap().turns;
    assert_eq!(recovered[0].messages[1].skipped, Some(SkipReason::Quota));
}

/// If the comment had begun, it is the answer that is interrupted.
pub async fn a_lost_comment_is_interrupted(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let kept = room.open(1).await;
    let next =
        room.kept(room.answer(&kept, "No.", NextStep::Speak(TurnLane::Coach))).await.unwrap();
    let recovered = store.recover(RecoveryScope::Everything, &[], at(200)).await.unwrap().turns;
    let messages: Vec<_> =
        recovered[0].messages.iter().map(|said| (said.id, said.role, said.status)).collect();
    assert_eq!(messages, [(next.id, Role::Coach, Status::Interrupted)]);
    assert_eq!(room.messages().await[1].usage, Some(USED), "the reply before it is unchanged");
    room.balanced(&[]).await;
}

/// A lost coach before the partner, a lost reply after one, and a lost aside leave no skipped comment.
pub async fn recovery_skips_only_what_was_still_to_come(store: &dyn Stores) {
    let before = TurnReservations::Turn { partner: CALL, coach: CoachReservation::Before(CALL) };
    let room = TestRoom::new(store).await;
    opened(room.accept(Accept { reservations: before, ..room.message(1) }).await);
    let recovered = store.recover(RecoveryScope::Everything, &[], at(200)).await.unwrap().turns;
    assert_eq!(recovered[0].messages.len(), 1, "a coach before the partner");
    let kept = opened(room.accept(Accept { reservations: before, ..room.message(201) }).await);
    room.kept(room.answer(&kept, "Wait.", NextStep::Speak(TurnLane::Partner))).await;
    let recovered = store.recover(RecoveryScope::Everything, &[], at(300)).await.unwrap().turns;
    assert_eq!(recovered[0].messages.len(), 1, "a reply after a coach");
    opened(room.accept(Accept { reservations: ASIDE, ..room.message(301) }).await);
    let recovered = store.recover(RecoveryScope::Everything, &[], at(400)).await.unwrap().turns;
    assert_eq!(recovered[0].messages.len(), 1, "an aside");
    assert!(recovered[0].messages[0].aside);
    room.balanced(&[]).await;
}

/// Recovery closes only expired leases, oldest turn first; a heartbeat renews a lease.
pub async fn a_valid_lease_is_left_alone(store: &dyn Stores) {
    let rooms = {
        let one = TestRoom::new(store).await;
        let two = TestRoom::under(store, 2, one.invitation).await;
        let three = TestRoom::under(store, 3, one.invitation).await;
        [one, two, three]
    };
    let open = async |room: &TestRoom<'_>, n| {
        opened(room.accept(Accept { lease: Duration::ZERO, ..room.message(n) }).await)
    };
    open(&rooms[1], 1).await;
    open(&rooms[0], 2).await;
    let alive = open(&rooms[2], 3).await;
    rooms[2].beat(&alive, "I am").await;
    let lost = store.recover(RecoveryScope::Expired, &[], at(20)).await.unwrap().turns;
    let found: Vec<_> = lost.iter().map(|one| one.conversation).collect();
    assert_eq!(found, [rooms[1].id, rooms[0].id]);
    rooms[2].play(&alive).await;
}

/// A caller whose clock is wrong by an hour, in either direction, takes no turn from a living owner.
pub async fn a_skewed_clock_takes_no_living_turn(store: &dyn Stores) {
    let hour = Duration::from_secs(3_600);
    let room = TestRoom::new(store).await;
    for (n, owner, caller) in [
        (1, at(1), at(1).after(hour)),
        (2, at(2), at(2).before(hour)),
        (3, at(3).after(hour), at(3)),
        (4, at(4).before(hour), at(4)),
    ] {
        let alive = opened(room.accept(Accept { at: owner, ..room.message(n) }).await);
        assert_eq!(store.recover(RecoveryScope::Expired, &[], caller).await.unwrap().turns, []);
        room.beat(&alive, "I am").await;
        assert_eq!(store.recover(RecoveryScope::Expired, &[], caller).await.unwrap().turns, []);
        let next = room.kept(room.answer(&alive, "I am.", NextStep::Speak(TurnLane::Coach))).await;
        assert_eq!(store.recover(RecoveryScope::Expired, &[], caller).await.unwrap().turns, []);
        room.kept(room.comment(&alive, next, "Ask why.")).await;
    }
}

/// An owner whose lease has ended continues if no other process has taken the turn over meanwhile.
pub async fn an_expired_lease_is_renewed_by_its_owner(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let late = Accept { lease: Duration::ZERO, ..room.message(1) };
    let alive = opened(room.accept(late).await);
    assert_eq!(room.beat(&alive, "I am").await, LeaseStatus::Owner { stop: false });
    assert_eq!(store.recover(RecoveryScope::Expired, &[], at(20)).await.unwrap().turns, []);
    room.play(&alive).await;
}

/// Recovery never closes attempts that the caller runs, however long their leases have expired; others are
/// closed.
pub async fn a_running_attempt_is_left_alone(store: &dyn Stores) {
    let first = TestRoom::new(store).await;
    let second = TestRoom::under(store, 2, first.invitation).await;
    let ended = |room: &TestRoom<'_>, n| Accept { lease: Duration::ZERO, ..room.message(n) };
    let running = opened(first.accept(ended(&first, 1)).await);
    let lost = opened(second.accept(ended(&second, 2)).await);
    for scope in [RecoveryScope::Expired, RecoveryScope::Everything] {
        let closed = store.recover(scope, &[turn(1)], at(1_000)).await.unwrap().turns;
        assert!(closed.iter().all(|one| one.conversation == second.id), "{closed:?}");
    }
    assert_eq!(second.beat(&lost, "I was").await, LeaseStatus::Gone);
    assert_eq!(first.beat(&running, "I am").await, LeaseStatus::Owner { stop: false });
    first.play(&running).await;
    // A retry of the same turn has its own attempt id.
    let reservations =
        TurnReservations::Turn { partner: CALL, coach: CoachReservation::After(CALL) };
    let again = opened(second.retry(second.another(3, lost.reply, reservations)).await);
    assert_eq!(
        store.recover(RecoveryScope::Everything, &[turn(3)], at(2_000)).await.unwrap().turns,
        []
    );
    assert_eq!(
        store.recover(RecoveryScope::Everything, &[again.id], at(2_000)).await.unwrap().turns.len(),
        1
    );
}
