//! Contract tests of `ConversationStore`: ownership of open turns and the ends of their answers.

use std::time::Duration;

use super::fixture::{
    ASIDE, CALL, LEASE, REPORTED, TestRoom, USED, at, call, opened, person, refusal, turn,
};
use crate::{
    conversation::{EndReason, Role, SkipReason, Status},
    ids::MessageId,
    model::{Lane, TurnLane},
    ports::{
        Accept, Admission, CoachReservation, ConversationFilter, Finish, Finishing, Heartbeat,
        LeaseStatus, NextStep, RecoveryScope, Refusal, Stores, TurnReservations,
    },
    turn::ledger::{Settlement, Usage, VoidReason},
};

/// An answer's end, its charge and the beginning of the next answer become visible together.
pub async fn an_answer_its_charge_and_the_next_appear_together(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let kept = room.open(1).await;
    let next =
        room.kept(room.answer(&kept, "No.", NextStep::Speak(TurnLane::Coach))).await.unwrap();
    assert_eq!(next.replaces, None);
    let said = room.messages().await.pop().unwrap();
    assert_eq!((said.id, said.role, said.status), (kept.reply, Role::Partner, Status::Complete));
    assert_eq!((said.content.as_str(), said.model.as_deref()), ("No.", Some("demo-1")));
    assert_eq!((said.first_delta_at, said.done_at), (Some(at(101)), Some(at(102))));
    assert_eq!((said.usage, said.turn), (Some(USED), 1));
    let open = store.present(room.id).await.unwrap().unwrap().open.unwrap();
    assert_eq!((open.id, open.reply), (kept.id, next.id));
    let entries = room.entries().await;
    assert_eq!(entries.len(), 1);
    let entry = &entries[0];
    assert_eq!((entry.reservation, entry.lane), (call(1, Lane::Partner), Lane::Partner));
    assert_eq!((entry.message, entry.conversation), (Some(kept.reply), Some(room.id)));
    assert_eq!((entry.reserved, entry.settlement), (CALL, REPORTED));
    assert_eq!((entry.call.model(), entry.cost), (Some("demo-1"), Some(7)));
    assert_eq!((entry.invitation, entry.at), (Some(room.invitation), at(102)));
    room.balanced(&[CALL]).await;
    room.kept(room.comment(&kept, Some(next), "Ask why.")).await;
    assert_eq!(store.present(room.id).await.unwrap().unwrap().open, None);
    room.balanced(&[]).await;
}

/// Returns the response of a repeated finish: the same, without the entries that it does not add again.
fn repeated(first: &Finishing) -> Finishing {
    match first {
        Finishing::Kept { next, funds, .. } => {
            Finishing::Kept { next: *next, funds: *funds, entries: Vec::new() }
        }
        Finishing::Gone => Finishing::Gone,
    }
}

/// Repeating a finish whose response was lost returns the same and changes nothing.
pub async fn finishing_is_idempotent(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let kept = room.open(1).await;
    let speak = room.answer(&kept, "No.", NextStep::Speak(TurnLane::Coach));
    let first = room.finish(speak.clone()).await;
    let before = room.record().await;
    assert_eq!(room.finish(speak.clone()).await, repeated(&first));
    assert_eq!(room.record().await, before);
    let Finishing::Kept { next, .. } = first else {
        panic!("the owner's answer was not committed")
    };
    let close = room.comment(&kept, next, "Ask why.");
    let closed = room.finish(close.clone()).await;
    let before = room.record().await;
    assert_eq!(room.finish(close).await, repeated(&closed));
    let Finishing::Kept { next: again, .. } = room.finish(speak).await else {
        panic!("the committed answer is not known any more")
    };
    assert_eq!(again, next);
    assert_eq!(room.record().await, before);
}

/// A skip whose response was lost can be repeated as well.
pub async fn skipping_is_idempotent(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let kept = room.open(1).await;
    let stopped = Finish {
        status: Status::Stopped,
        ..room.answer(&kept, "No", NextStep::Skip(SkipReason::Stopped))
    };
    let first = room.finish(stopped.clone()).await;
    room.take_turn(2).await;
    let before = room.record().await;
    let (Finishing::Kept { next, .. }, Finishing::Kept { next: again, .. }) =
        (first, room.finish(stopped).await)
    else {
        panic!("the owner's answer was not committed")
    };
    assert_eq!((again, room.record().await), (next, before));
}

/// An owner with an old fence writes nothing.
pub async fn an_old_fence_writes_nothing(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let old = room.open(1).await;
    assert_eq!(room.beat(&old, "Wel").await, LeaseStatus::Owner { stop: false });
    store.recover(RecoveryScope::Everything, &[], at(20)).await.unwrap();
    let before = room.record().await;
    assert_eq!(room.beat(&old, "Well, no").await, LeaseStatus::Gone);
    let late = room.answer(&old, "Well, no.", NextStep::Close);
    assert_eq!(room.finish(late.clone()).await, Finishing::Gone);
    assert_eq!(room.record().await, before);
    let again = TurnReservations::Turn { partner: CALL, coach: CoachReservation::After(CALL) };
    let new = opened(room.retry(room.another(30, old.reply, again)).await);
    assert!(new.fence > old.fence);
    let before = room.record().await;
    assert_eq!(room.beat(&old, "Well, no").await, LeaseStatus::Gone);
    assert_eq!(room.finish(late).await, Finishing::Gone);
    let forged = Finish { fence: old.fence, ..room.answer(&new, "Never.", NextStep::Close) };
    assert_eq!(room.finish(forged).await, Finishing::Gone);
    assert_eq!(room.record().await, before);
    assert_eq!(room.beat(&new, "Well").await, LeaseStatus::Owner { stop: false });
}

/// A heartbeat saves the text so far without making it final.
pub async fn a_beat_keeps_the_text_so_far(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let kept = room.open(1).await;
    assert_eq!(room.beat(&kept, "Grüezi").await, LeaseStatus::Owner { stop: false });
    store.beat(&[room.heartbeat(&kept, None)], LEASE).await.unwrap();
    assert_eq!(room.messages().await.len(), 1);
    let recovered = store.recover(RecoveryScope::Everything, &[], at(700)).await.unwrap().turns;
    assert_eq!(recovered[0].messages[0].content, "Grüezi");
}

/// A requested stop reaches the owner with its next heartbeat.
pub async fn a_beat_brings_the_stop_flag(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    assert!(!store.request_stop(room.id).await.unwrap(), "no turn is open");
    let kept = room.open(1).await;
    assert!(store.request_stop(room.id).await.unwrap());
    assert_eq!(room.beat(&kept, "No").await, LeaseStatus::Owner { stop: true });
    room.kept(room.answer(&kept, "No", NextStep::Skip(SkipReason::Stopped))).await;
    assert!(!store.request_stop(room.id).await.unwrap());
    let next = room.open(2).await;
    assert_eq!(room.beat(&next, "Yes").await, LeaseStatus::Owner { stop: false }, "a new turn");
}

/// A heartbeat renews the lease only if it asks for that; its text is saved in any case.
pub async fn a_beat_renews_the_lease_if_it_asks(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let accept = Accept { lease: Duration::ZERO, ..room.message(1) };
    let kept = opened(room.accept(accept).await);
    let owner = [LeaseStatus::Owner { stop: false }];
    let beat = Heartbeat { renews: false, ..room.heartbeat(&kept, Some("Well")) };
    assert_eq!(store.beat(&[beat], LEASE).await.unwrap(), owner);
    let quiet = Heartbeat { text: None, ..beat };
    assert_eq!(store.beat(&[quiet], LEASE).await.unwrap(), owner);
    let recovered = store.recover(RecoveryScope::Expired, &[], at(20)).await.unwrap().turns;
    assert_eq!(recovered[0].messages[0].content, "Well");
    assert_eq!(store.beat(&[beat], LEASE).await.unwrap(), [LeaseStatus::Gone]);
    assert_eq!(store.beat(&[quiet], LEASE).await.unwrap(), [LeaseStatus::Gone]);
}

/// One call carries the heartbeats of many turns, and each has its own outcome. Text is saved as it is.
pub async fn beats_have_an_outcome_each(store: &dyn Stores) {
    let first = TestRoom::new(store).await;
    let mut rooms = vec![first];
    for n in 2..=6 {
        rooms.push(TestRoom::under(store, n, first.invitation).await);
    }
    let mut opened = Vec::new();
    for (room, n) in rooms.iter().zip(1..) {
        let open = room.accept(Accept { lease: Duration::ZERO, ..room.message(n) }).await;
        opened.push(self::opened(open));
    }
    assert!(store.request_stop(rooms[1].id).await.unwrap());
    rooms[3].kept(rooms[3].answer(&opened[3], "No.", NextStep::Close)).await;
    let next = rooms[5].kept(rooms[5].answer(&opened[5], "No.", NextStep::Speak(TurnLane::Coach)));
    let comment = next.await.unwrap().id;
    let text = "\"Grüezi\" \\ \u{1}\t\r\n {}, [NULL] \u{2028}🙂";
    let beat = |n: usize| rooms[n].heartbeat(&opened[n], Some(text));
    let beats = [
        Heartbeat { fence: opened[2].fence + 1, ..beat(2) },
        beat(1),
        beat(3),
        Heartbeat { text: None, ..beat(4) },
        Heartbeat { turn: turn(9), ..beat(0) },
        beat(0),
        beat(5),
    ];
    let owner = |stop| LeaseStatus::Owner { stop };
    let gone = LeaseStatus::Gone;
    let statuses = store.beat(&beats, LEASE).await.unwrap();
    let expected = [gone, owner(true), gone, owner(false), gone, owner(false), owner(false)];
    assert_eq!(statuses, expected);
    assert_eq!(store.beat(&beats, LEASE).await.unwrap(), expected, "it is idempotent");
    assert_eq!(store.beat(&[], LEASE).await.unwrap(), []);

    let lost = store.recover(RecoveryScope::Expired, &[], at(20)).await.unwrap().turns;
    let lost: Vec<_> = lost.iter().map(|one| one.conversation).collect();
    assert_eq!(lost, [rooms[2].id], "only the leases of owners were renewed");
    assert_eq!(rooms[3].messages().await[1].content, "No.", "a final text is not overwritten");
    assert_eq!(rooms[5].messages().await[1].content, "No.", "nor is that of an earlier answer");
    let open = store.recover(RecoveryScope::Everything, &[], at(30)).await.unwrap().turns;
    let content = |n: usize| {
        let one = open.iter().find(|one| one.conversation == rooms[n].id).unwrap();
        (one.messages[0].id, one.messages[0].content.as_str())
    };
    assert_eq!(content(0), (opened[0].reply, text));
    assert_eq!(content(1), (opened[1].reply, text));
    assert_eq!(content(4), (opened[4].reply, ""));
    assert_eq!(content(5), (comment, ""), "a text is only saved in its own message");
}

/// Calls that a closed turn reserved but never started are voided.
pub async fn calls_never_begun_are_voided_at_closing(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let kept = room.open(1).await;
    let failed = Finish {
        status: Status::Failed,
        finish_reason: Some("model_overloaded"),
        model: None,
        settlement: Settlement::Voided(VoidReason::NotAccepted),
        cost: Some(0),
        ..room.answer(&kept, "", NextStep::Skip(SkipReason::Failed))
    };
    room.kept(failed).await;
    let entries = room.entries().await;
    let settled: Vec<_> =
        entries.iter().map(|e| (e.lane, e.settlement, e.message, e.cost)).collect();
    assert_eq!(
        settled,
        [
            (Lane::Partner, Settlement::Voided(VoidReason::NotAccepted), Some(kept.reply), Some(0)),
            (Lane::Coach, Settlement::Voided(VoidReason::NotBegun), None, Some(0)),
        ]
    );
    let statuses: Vec<_> = room.messages().await.iter().map(|said| said.status).collect();
    assert_eq!(statuses, [Status::Complete, Status::Failed, Status::Skipped]);
    assert_eq!(room.messages().await[1].usage, None);
    room.balanced(&[]).await;
}

/// A call that used more than its reservation is charged in full, and the next one is refused.
pub async fn usage_beyond_its_reservation_is_booked_in_full(store: &dyn Stores) {
    let room = TestRoom::with_quota(store, 200).await;
    let kept = room.open(1).await;
    let hostile = Usage { input: 500, output: 200, ..Usage::default() };
    let over = Finish {
        settlement: Settlement::Reported(hostile),
        ..room.answer(&kept, "No.", NextStep::Close)
    };
    room.kept(over).await;
    room.balanced(&[]).await;
    let balance = room.balance().await;
    assert_eq!((balance.used, balance.left()), (700, 0));
    let spent = Refusal::QuotaExhausted { left: 0, for_now: false };
    assert_eq!(room.refused(room.message(2)).await, spent);
}

/// A closing turn may end its conversation; new turns are refused afterwards.
pub async fn a_closing_turn_may_end_the_conversation(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let kept = room.open(1).await;
    let ends = Some(EndReason::MaxTurns);
    let speak = Finish { ends, ..room.answer(&kept, "No.", NextStep::Speak(TurnLane::Coach)) };
    let next = room.kept(speak).await;
    assert_eq!(store.present(room.id).await.unwrap().unwrap().conversation.ended, None);
    room.kept(Finish { ends, ..room.comment(&kept, next, "Ask why.") }).await;
    let of = store.conversations(ConversationFilter::User(person(1)), None, 10).await.unwrap();
    assert_eq!(of[0].ended, Some((EndReason::MaxTurns, at(102))));
    assert_eq!(room.refused(room.message(2)).await, Refusal::Ended(EndReason::MaxTurns));
    let again = room.retry(room.another(3, kept.reply, TurnReservations::Comment(CALL))).await;
    assert_eq!(refusal(&again), Refusal::Ended(EndReason::MaxTurns));
}

/// A retry creates a new message of the same turn and role that replaces the previous attempt.
pub async fn a_retry_replaces_and_opens_again(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let old = room.open(1).await;
    let failed = Finish {
        status: Status::Failed,
        ..room.answer(&old, "We", NextStep::Skip(SkipReason::Failed))
    };
    let skipped = room.kept(failed).await.unwrap();
    let reservations =
        TurnReservations::Turn { partner: CALL, coach: CoachReservation::After(CALL) };
    let new = opened(room.retry(room.another(2, old.reply, reservations)).await);
    assert_eq!((new.id, new.turn, new.message), (old.id, 1, old.message));
    assert_eq!((new.created_at, new.before), (old.created_at, Some(skipped.id)));
    assert!(new.reply > skipped.id && new.fence > old.fence);
    room.balanced(&[CALL, CALL]).await;
    let next =
        room.kept(room.answer(&new, "Well, no.", NextStep::Speak(TurnLane::Coach))).await.unwrap();
    assert_eq!(next.replaces, Some(skipped.id));
    room.kept(room.comment(&new, Some(next), "Ask why.")).await;
    let replaces: Vec<_> = room.messages().await.iter().map(|said| said.replaces).collect();
    assert_eq!(replaces, [None, None, None, Some(old.reply), Some(skipped.id)]);
    let turns: Vec<_> = room.messages().await.iter().map(|said| said.turn).collect();
    assert_eq!(turns, [1; 5]);
    assert_eq!(room.entries().await.len(), 4);
    room.balanced(&[]).await;
}

/// A comment alone can be retried, without changing the partner's reply.
pub async fn a_comment_alone_can_be_retried(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let kept = room.open(1).await;
    let skipped = room.kept(room.answer(&kept, "No.", NextStep::Skip(SkipReason::Draining))).await;
    let skipped = skipped.unwrap();
    let retry = room.another(2, skipped.id, TurnReservations::Comment(CALL));
    let new = opened(room.retry(retry).await);
    assert_eq!((new.lane, new.turn), (TurnLane::Coach, 1));
    room.balanced(&[CALL]).await;
    room.kept(room.answer(&new, "Ask why.", NextStep::Close)).await;
    let last = room.messages().await.pop().unwrap();
    assert_eq!((last.role, last.replaces), (Role::Coach, Some(skipped.id)));
    room.balanced(&[]).await;
}

/// Repeating an attempt id returns the same response.
pub async fn the_same_attempt_again_gives_the_same_answer(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let kept = room.open(1).await;
    room.kept(room.answer(&kept, "No", NextStep::Skip(SkipReason::Stopped))).await;
    let reservations =
        TurnReservations::Turn { partner: CALL, coach: CoachReservation::After(CALL) };
    let retry = room.another(2, kept.reply, reservations);
    let first = room.retry(retry.clone()).await;
    let before = room.record().await;
    assert_eq!(room.retry(retry).await, first);
    assert_eq!(room.record().await, before);
    let known = Admission::Known { message: kept.message, turn: 1 };
    assert_eq!(room.accept(room.message(1)).await, known, "the first attempt is not the newest");
}

/// Replaced messages, those of other turns and unknown ones cannot be retried; busy is checked first.
pub async fn a_stale_retry_is_no_such_turn(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let reservations =
        TurnReservations::Turn { partner: CALL, coach: CoachReservation::After(CALL) };
    let nowhere = room.retry(room.another(9, MessageId(1), reservations)).await;
    assert_eq!(refusal(&nowhere), Refusal::NoSuchTurn);
    let first = room.open(1).await;
    let busy = room.retry(room.another(10, first.reply, reservations)).await;
    assert_eq!(refusal(&busy), Refusal::Busy);
    room.kept(room.answer(&first, "No", NextStep::Skip(SkipReason::Stopped))).await;
    let second = opened(room.retry(room.another(11, first.reply, reservations)).await);
    room.play(&second).await;
    let before = room.record().await;
    let replaced = room.retry(room.another(12, first.reply, reservations)).await;
    assert_eq!(refusal(&replaced), Refusal::NoSuchTurn);
    let words = room.retry(room.another(13, first.message, reservations)).await;
    assert_eq!(refusal(&words), Refusal::NoSuchTurn, "a message of the participant");
    assert_eq!(room.record().await, before);
    room.take_turn(20).await;
    let late = room.retry(room.another(21, second.reply, reservations)).await;
    assert_eq!(refusal(&late), Refusal::NoSuchTurn, "of an earlier turn");
}

/// A retry that does not fit is refused, and the previous attempt stays.
pub async fn a_retry_that_does_not_fit_is_refused(store: &dyn Stores) {
    let room = TestRoom::with_quota(store, 140).await;
    let kept = room.open(1).await;
    room.kept(room.answer(&kept, "No", NextStep::Skip(SkipReason::Stopped))).await;
    let before = room.record().await;
    let reservations = TurnReservations::Turn {
        partner: crate::turn::ledger::ReservedTokens { input: 80, output: 20 },
        coach: CoachReservation::Spoken,
    };
    let again = room.retry(room.another(2, kept.reply, reservations)).await;
    assert_eq!(refusal(&again), Refusal::QuotaExhausted { left: 85, for_now: false });
    assert_eq!(room.record().await, before);
}

/// An aside never replaces a message of a turn, nor a turn one of an aside.
pub async fn asides_never_replace_messages_of_turns(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let kept = room.open(1).await;
    let skipped = room.kept(room.answer(&kept, "No.", NextStep::Skip(SkipReason::Quota))).await;
    let skipped = skipped.unwrap().id;
    let asked = opened(room.accept(Accept { reservations: ASIDE, ..room.message(2) }).await);
    let failed = Finish { status: Status::Failed, ..room.answer(&asked, "", NextStep::Close) };
    room.kept(failed).await;
    let again = opened(room.retry(room.another(3, asked.reply, ASIDE)).await);
    room.kept(room.answer(&again, "Breathe.", NextStep::Close)).await;
    let last = room.messages().await.pop().unwrap();
    assert_eq!((last.aside, last.replaces), (true, Some(asked.reply)));
    let comment =
        opened(room.retry(room.another(4, skipped, TurnReservations::Comment(CALL))).await);
    room.kept(room.answer(&comment, "Ask why.", NextStep::Close)).await;
    let last = room.messages().await.pop().unwrap();
    assert_eq!((last.aside, last.replaces), (false, Some(skipped)));
    let mixed = room.retry(room.another(5, again.reply, TurnReservations::Comment(CALL))).await;
    assert_eq!(refusal(&mixed), Refusal::NoSuchTurn);
    room.balanced(&[]).await;
}

/// The next answer needs a reservation: without one, nothing is saved.
pub async fn an_answer_without_a_reservation_does_not_begin(store: &dyn Stores) {
    let room = TestRoom::with_quota(store, 139).await;
    let kept = room.open(1).await;
    let before = room.record().await;
    let speak = room.answer(&kept, "No.", NextStep::Speak(TurnLane::Coach));
    assert!(store.finish(speak).await.is_err());
    assert_eq!(room.record().await, before);
    assert_eq!(turn(1), kept.id);
}
