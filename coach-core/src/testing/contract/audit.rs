//! Contract tests of `AuditLog`. They need no other store, because a host may be given this one on its own.

use std::{net::IpAddr, ops::Deref};

use super::fixture::{a_conversation, an_invitation, at, line, person, uuid};
use crate::{
    ids::PresetId,
    people::{
        UserRole,
        audit::{AuditAction, AuditEntry, Change, Subject},
    },
    ports::AuditLog,
};

/// Checks every promise of [`AuditLog`] that concerns no other store; `make` returns a new, empty log each time.
pub async fn exam<S: Deref<Target = dyn AuditLog>>(make: impl AsyncFn() -> S) {
    every_field_of_an_audit_entry_is_read_back(&*make().await).await;
    the_audit_log_is_read_in_pages(&*make().await).await;
}

/// Every field of an entry is read back as it was written, of every kind of action, subject and address.
pub async fn every_field_of_an_audit_entry_is_read_back(log: &dyn AuditLog) {
    let expiry = Change::of_tokens(Some(5), 7).and_expiry(None, Some(at(90)));
    let actions = [
        AuditAction::SignInRefused,
        AuditAction::RoleGiven(UserRole::Staff),
        AuditAction::InvitationChanged(Change::default()),
        AuditAction::InvitationChanged(expiry),
        AuditAction::InvitationChanged(Change::default().and_expiry(Some(at(90)), None)),
        AuditAction::LinksDownloaded(30),
        AuditAction::ObservationEnded(93),
        AuditAction::PresetSaved(Change::of_tokens(None, u64::from(u32::MAX) + 1)),
        AuditAction::PresetRemoved,
    ];
    let subjects = [
        None,
        Some(Subject::User(person(1))),
        Some(Subject::Invitation(an_invitation(1, 0).id)),
        Some(Subject::Conversation(a_conversation(1, None).id)),
        Some(Subject::Preset(PresetId(uuid(1)))),
    ];
    let addresses: [Option<IpAddr>; 4] = [
        None,
        Some([192, 0, 2, 7].into()),
        Some("2001:db8::7".parse().unwrap()),
        Some("::1".parse().unwrap()),
    ];
    let mut written = Vec::new();
    for (n, action) in (0..).zip(actions) {
        for (m, subject) in subjects.into_iter().enumerate() {
            let number = n * subjects.len() + m;
            let entry = AuditEntry {
                at: crate::timestamp::Timestamp(at(number as u64).0 + 123_457),
                actor: Some(person(9)).filter(|_| number.is_multiple_of(2)),
                action,
                subject,
                address: addresses[number % addresses.len()],
            };
            log.note(entry).await.unwrap();
            written.push(entry);
        }
    }
    let read = log.audit(None, None, 100).await.unwrap();
    let read: Vec<_> = read.into_iter().map(|(_, entry)| entry).rev().collect();
    assert_eq!(read, written);
}

/// The audit log is read newest first, in pages, for all users or for one actor.
pub async fn the_audit_log_is_read_in_pages(log: &dyn AuditLog) {
    for n in 1..=5 {
        let entry = line(person(n % 2), AuditAction::Observed, u64::try_from(n).unwrap());
        log.note(entry).await.unwrap();
    }
    let all = log.audit(None, None, 10).await.unwrap();
    assert_eq!(all.iter().map(|(_, line)| line.at).collect::<Vec<_>>(), [5, 4, 3, 2, 1].map(at));
    assert!(all.is_sorted_by(|newer, older| newer.0 > older.0), "numbers grow: {all:?}");
    assert_eq!(log.audit(None, Some(all[1].0), 2).await.unwrap(), all[2..4]);
    let one = log.audit(Some(person(0)), None, 10).await.unwrap();
    assert_eq!(one.iter().map(|(_, line)| line.at).collect::<Vec<_>>(), [4, 2].map(at));
    assert_eq!(log.audit(Some(person(0)), Some(one[0].0), 1).await.unwrap(), one[1..]);
    assert_eq!(log.audit(Some(person(7)), None, 10).await.unwrap(), []);
    assert_eq!(log.audit(None, Some(all[4].0), 10).await.unwrap(), []);
}
