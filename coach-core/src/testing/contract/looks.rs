//! Contract tests of `LookLog`.

use std::time::Duration;

use super::fixture::{LEASE, TestRoom as Room, a_conversation, at, line, person, uuid};
use crate::{
    conversation::Look,
    ids::LookId,
    people::audit::{AuditAction, AuditEntry, Subject},
    ports::{RecoveryScope, Stores},
    rules::looks::ONE_READ,
};

/// Returns look `number` of researcher 9 at the room, which begins `number` seconds after the start.
fn look(room: &Room<'_>, number: u64) -> Look {
    Look {
        id: LookId(uuid(0x0800_0000 + u128::from(number))),
        conversation: room.id,
        actor: person(9),
        address: "203.0.113.7".parse().ok(),
        since: at(number),
        seen_at: at(number),
    }
}

/// Returns the audit entries of a room's looks, oldest first: what was done, and how many seconds after the start.
async fn entries(room: &Room<'_>) -> Vec<(AuditAction, u64)> {
    let entries = room.store.audit(Some(person(9)), None, 100).await.unwrap();
    let about = |entry: &AuditEntry| entry.subject == Some(Subject::Conversation(room.id));
    let entries = entries.into_iter().rev().map(|(_, entry)| entry).filter(about);
    entries.map(|entry| (entry.action, entry.at.since(at(0)).as_secs())).collect()
}

/// A look is on record until it ends, with an audit entry at its beginning and one at its end.
pub async fn a_look_begins_and_ends_once(store: &dyn Stores) {
    let room = Room::new(store).await;
    let (first, second) = (look(&room, 1), Look { actor: person(8), ..look(&room, 2) });
    for look in [second, first, first] {
        store.begin_look(&look, LEASE).await.unwrap();
    }
    let elsewhere = a_conversation(7, None).id;
    assert_eq!(store.looks(&[elsewhere, room.id]).await.unwrap(), [first, second]);
    assert_eq!(store.looks(&[elsewhere]).await.unwrap(), []);
    for seconds in [94, 95] {
        store.end_look(first.id, at(seconds)).await.unwrap();
    }
    assert_eq!(store.looks(&[room.id]).await.unwrap(), [second]);
    let expected = [(AuditAction::Observed, 1), (AuditAction::ObservationEnded(93), 94)];
    assert_eq!(entries(&room).await, expected);
    let newest = store.audit(Some(person(9)), None, 1).await.unwrap();
    assert_eq!(newest[0].1.address, first.address);
}

/// A look whose process is lost ends at its last sign of life; one with a valid lease, or that runs, goes on.
pub async fn a_lost_look_ends_at_its_last_sign_of_life(store: &dyn Stores) {
    let room = Room::new(store).await;
    let (lost, alive, running) = (look(&room, 1), look(&room, 2), look(&room, 3));
    for look in [lost, alive, running] {
        store.begin_look(&look, LEASE).await.unwrap();
    }
    let ids = [lost.id, running.id, LookId(uuid(1))];
    let renewed = store.renew_looks(&ids, at(31), Duration::ZERO).await.unwrap();
    assert_eq!(renewed, ids[..2], "those on record");
    let recover = |scope| store.recover_looks(scope, std::slice::from_ref(&running.id));
    assert_eq!(recover(RecoveryScope::Expired).await.unwrap(), 1);
    assert_eq!(recover(RecoveryScope::Expired).await.unwrap(), 0);
    let running = Look { seen_at: at(31), ..running };
    assert_eq!(store.looks(&[room.id]).await.unwrap(), [alive, running]);
    assert_eq!(entries(&room).await[3..], [(AuditAction::ObservationEnded(30), 31)]);
    assert_eq!(recover(RecoveryScope::Everything).await.unwrap(), 1, "with a valid lease too");
    assert_eq!(store.looks(&[room.id]).await.unwrap(), [running]);
    assert_eq!(entries(&room).await[4..], [(AuditAction::ObservationEnded(0), 2)]);

    // Its process was only asleep, so it begins again.
    let again = Look { since: at(40), seen_at: at(40), ..lost };
    store.begin_look(&again, LEASE).await.unwrap();
    store.end_look(again.id, at(45)).await.unwrap();
    let expected = [(AuditAction::Observed, 40), (AuditAction::ObservationEnded(5), 45)];
    assert_eq!(entries(&room).await[5..], expected);
}

/// The reads of one conversation by one user within ten minutes are one entry.
pub async fn reads_in_ten_minutes_are_one_entry(store: &dyn Stores) {
    let room = Room::new(store).await;
    let read = |by: u128, seconds: u64| AuditEntry {
        subject: Some(Subject::Conversation(room.id)),
        ..line(person(by), AuditAction::Read, seconds)
    };
    let again = ONE_READ.as_secs();
    let (one, two) = tokio::join!(store.note_read(read(9, 1)), store.note_read(read(9, 1)));
    assert!(one.unwrap() != two.unwrap(), "of two at once one is added");
    for (by, seconds, is_added) in [
        (9, again, false),
        (9, again + 1, true),
        (9, again + 2, false),
        (8, again + 2, true),
        (9, 2 * again + 1, true),
    ] {
        let added = store.note_read(read(by, seconds)).await.unwrap();
        assert_eq!(added, is_added, "{by} after {seconds} s");
    }
    let other = Subject::Conversation(a_conversation(7, None).id);
    let elsewhere = AuditEntry { subject: Some(other), ..read(9, 2 * again + 2) };
    assert!(store.note_read(elsewhere).await.unwrap(), "another conversation");
    let seconds: Vec<_> = entries(&room).await.into_iter().map(|(_, seconds)| seconds).collect();
    assert_eq!(seconds, [1, again + 1, 2 * again + 1]);
}
