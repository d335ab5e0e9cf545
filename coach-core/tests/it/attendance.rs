//! Taking part and observing: what each can do, and what the audit log says of it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use coach_core::{
    conversation::Attendance,
    live::{Event, StartAt},
    people::{Principal, UserRole, audit::AuditAction},
    ports::AuditLog as _,
    testing::{answer, contract::fixture::person},
};
use tokio::time::advance;

use crate::talk::{Talk, until};

fn staff() -> Principal {
    Principal::new(person(8), UserRole::Staff)
}

/// Returns what the researcher did, oldest first.
async fn looks(talk: &Talk) -> Vec<AuditAction> {
    let entries = talk.store.audit(Some(staff().user), None, 100).await.unwrap();
    entries.into_iter().rev().map(|(_, entry)| entry.action).collect()
}

#[tokio::test(start_paused = true)]
async fn an_observation_ends_in_the_audit_log_once_however_it_ends() {
    let talk = Talk::with(vec![], vec![]).await;
    let ended = [AuditAction::Observed, AuditAction::ObservationEnded(7)];

    let observation =
        talk.coach.conversation(&staff(), talk.id).observe(StartAt::Nothing).await.unwrap();
    advance(Duration::from_secs(7)).await;
    observation.end().await.unwrap();
    assert_eq!(looks(&talk).await, ended);

    let observation =
        talk.coach.conversation(&staff(), talk.id).observe(StartAt::Nothing).await.unwrap();
    advance(Duration::from_secs(7)).await;
    drop(Attendance::from(observation));
    // Waits for the task that adds the entry.
    talk.coach.drain(Duration::from_secs(60)).await;
    assert_eq!(looks(&talk).await, [ended, ended].concat());
}

#[tokio::test(start_paused = true)]
async fn a_participation_speaks_and_an_observation_only_follows() {
    let talk = Talk::with(vec![answer("No.")], vec![answer("Ask why.")]).await;
    let own = Talk::participant();
    let participation =
        talk.coach.conversation(&own, talk.id).participate(StartAt::Nothing).await.unwrap();
    let observation =
        talk.coach.conversation(&staff(), talk.id).observe(StartAt::Nothing).await.unwrap();
    let (speaks, mut follows) = (Attendance::from(participation), Attendance::from(observation));
    assert!(follows.participant().is_none());
    until(&mut follows, Event::is_idle).await;

    speaks.participant().unwrap().say("May I?").await.unwrap();
    let received = until(&mut follows, Event::is_idle).await;
    assert!(
        received.iter().any(|event| matches!(event, Event::Said(said) if said.content == "May I?"))
    );
}
