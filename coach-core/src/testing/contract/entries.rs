//! Contract tests of `Ledger`: one entry for each call, read back exactly.

use std::time::Duration;

use super::fixture::{CALL, REPORTED, TestRoom, at, call, report, uuid};
use crate::{
    conversation::Cut,
    ids::{EntryId, ReservationId},
    model::{CallOutcome, CallReport, Lane, StandaloneLane, TurnLane},
    ports::{
        AbandonedCall, Finish, Finishing, ModelErrorKind, NextStep, Recovery, RecoveryScope,
        StandaloneCall, Stores, UsageEntry,
    },
    turn::ledger::{Payer, Settlement, VoidReason},
};

fn standalone(room: &TestRoom<'_>, number: u128) -> StandaloneCall {
    StandaloneCall {
        conversation: Some(room.id),
        ..StandaloneCall::new(
            ReservationId(uuid(0x0500_0000 + number)),
            Payer::Invitation(room.invitation),
            StandaloneLane::Judge,
            CALL,
            at(1),
        )
    }
}

/// Every field of an entry is read back as it was written, from each way to read it.
pub async fn every_field_of_an_entry_is_read_back(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let opened = room.open(1).await;
    let answer = room.answer(&opened, "No.", NextStep::Close);
    let Finishing::Kept { entries: returned, .. } = room.finish(answer).await else {
        panic!("the owner's own answer was not committed")
    };
    let first = returned[0].id;
    let expected = UsageEntry {
        id: first,
        reservation: call(1, Lane::Partner),
        invitation: Some(room.invitation),
        conversation: Some(room.id),
        message: Some(opened.reply),
        lane: Lane::Partner,
        reserved: CALL,
        settlement: REPORTED,
        call: report("demo-1"),
        cost: Some(7),
        at: at(102),
    };
    let voided = UsageEntry {
        id: returned[1].id,
        reservation: call(1, Lane::Coach),
        message: None,
        lane: Lane::Coach,
        settlement: Settlement::Voided(VoidReason::NotBegun),
        call: CallReport::only(CallOutcome::Voided),
        cost: Some(0),
        ..expected.clone()
    };
    let expected = [expected, voided];
    assert_eq!(returned, expected);
    assert_eq!(room.entries().await, expected);
    assert_eq!(store.entries_after(EntryId(first.0 - 1), 10).await.unwrap(), expected);
}

/// Every outcome, and a report of which nothing is known, is read back as it was written.
pub async fn every_outcome_is_read_back(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let cuts = [Cut::Length, Cut::Filter, Cut::Refusal].map(CallOutcome::Cut);
    let plain = [
        CallOutcome::Complete,
        CallOutcome::Stopped,
        CallOutcome::Interrupted,
        CallOutcome::Recovered,
        CallOutcome::Voided,
        CallOutcome::Unknown,
    ];
    let kinds = ModelErrorKind::ALL.into_iter().map(CallOutcome::failed);
    let mut reports: Vec<_> = kinds
        .chain(cuts)
        .chain(plain)
        .map(|outcome| CallReport { outcome, ..report("demo-1") })
        .collect();
    reports.push(CallReport::only(CallOutcome::Stopped));
    reports.push(CallReport { waited: Duration::from_secs(86_400), ..report("demo-1") });
    for (number, report) in (1..).zip(&reports) {
        let call = standalone(&room, number);
        assert!(store.reserve(call).await.unwrap().is_none());
        let settled = store.settle(call.id, REPORTED, report.clone(), None, at(5)).await.unwrap();
        assert_eq!(settled.map(|entry| entry.call).as_ref(), Some(report));
    }
    let stored: Vec<_> = room.entries().await.into_iter().map(|entry| entry.call).collect();
    assert_eq!(stored, reports);
}

/// The entries that a method added are in its response, once.
pub async fn the_entries_of_a_fact_are_returned_with_it(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let opened = room.open(1).await;
    let speak = room.answer(&opened, "No.", NextStep::Speak(TurnLane::Coach));
    let Finishing::Kept { next, entries, .. } = room.finish(speak.clone()).await else {
        panic!("the owner's own answer was not committed")
    };
    assert_eq!(entries, room.entries().await);
    let repeated = room.finish(speak).await;
    assert!(matches!(&repeated, Finishing::Kept { entries, .. } if entries.is_empty()));
    let failed =
        CallReport { outcome: CallOutcome::Failed(ModelErrorKind::Provider), ..report("demo-1") };
    let comment = Finish { call: failed, ..room.comment(&opened, next, "") };
    let Finishing::Kept { entries, .. } = room.finish(comment).await else {
        panic!("the owner's own comment was not committed")
    };
    assert_eq!(entries, room.entries().await[1..]);
    let call = standalone(&room, 1);
    assert!(store.reserve(call).await.unwrap().is_none());
    let settled = store.settle(call.id, REPORTED, report("m"), Some(3), at(5)).await.unwrap();
    assert_eq!(settled.as_slice(), &room.entries().await[2..]);
    assert_eq!(store.settle(call.id, REPORTED, report("m"), None, at(6)).await.unwrap(), None);
    room.open(200).await;
    let recovered = store.recover(RecoveryScope::Everything, &[], at(300)).await.unwrap().turns;
    assert_eq!(recovered[0].entries, room.entries().await[3..]);
    let outcomes: Vec<_> = recovered[0].entries.iter().map(|entry| entry.call.outcome).collect();
    assert_eq!(outcomes, [CallOutcome::Recovered, CallOutcome::Voided]);
}

/// A lost call outside of turns is recorded as recovered.
pub async fn a_lost_standalone_call_is_recovered(store: &dyn Stores) {
    let room = TestRoom::new(store).await;
    let lost = standalone(&room, 1);
    assert!(store.reserve(lost).await.unwrap().is_none());
    let recovered = store.recover(RecoveryScope::Everything, &[], at(900)).await.unwrap();
    let entry = room.entries().await.pop().unwrap();
    assert_eq!(entry.call, CallReport::only(CallOutcome::Recovered));
    let calls = vec![AbandonedCall { payer: lost.payer, entry }];
    assert_eq!(recovered, Recovery { turns: vec![], calls });
    let again = store.recover(RecoveryScope::Everything, &[], at(901)).await.unwrap();
    assert_eq!(again, Recovery::default());
}

/// All entries are read in pages after an id, of all conversations, ascending.
pub async fn entries_are_read_after_an_id(store: &dyn Stores) {
    let one = TestRoom::new(store).await;
    let two = TestRoom::under(store, 2, one.invitation).await;
    one.take_turn(1).await;
    two.take_turn(2).await;
    one.take_turn(200).await;
    let mut all = Vec::new();
    let mut last = EntryId(0);
    loop {
        let page = store.entries_after(last, 4).await.unwrap();
        assert!(page.len() <= 4 && page.is_sorted_by_key(|entry| entry.id), "{page:?}");
        assert!(page.iter().all(|entry| entry.id > last), "a page begins again");
        let Some(newest) = page.last() else { break };
        last = newest.id;
        all.extend(page);
    }
    let rooms: Vec<_> = all.iter().map(|entry| entry.conversation.unwrap()).collect();
    assert_eq!(rooms, [one.id, one.id, two.id, two.id, one.id, one.id]);
}
