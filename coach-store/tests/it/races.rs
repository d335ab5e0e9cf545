//! Decisions of transactions that run side by side.

use coach_core::{
    conversation::EndReason,
    people::{
        Identity, UserRole,
        audit::{AuditAction, AuditEntry},
    },
    ports::{Accept, Admission, Changing, Ending, NextStep, SignIn},
    testing::contract::fixture::{TestRoom as Room, an_invitation, at, line, made, person, turn},
};
use futures::future::join_all;
use sqlx::{Connection as _, PgConnection};

use crate::folder::{Place, on_both};

on_both! {
    of_two_administrators_one_remains
    a_person_who_signs_in_twice_at_once_is_one_user
    a_conversation_ends_or_opens_a_turn
}

/// On PostgreSQL transactions of different conversations run side by side, up to their commits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_of_two_conversations_do_not_wait_for_each_other() {
    let store = Place::server().await.fresh().await;
    let (one, other) = (an_invitation(1, 10_000), an_invitation(2, 10_000));
    store.invite(&[one.clone(), other.clone()], made()).await.unwrap();
    let one = Room::under(&*store, 1, one.id).await;
    let other = Room::under(&*store, 2, other.id).await;
    let opened = |admission| match admission {
        Admission::Admitted(opened) => opened,
        refused => panic!("{refused:?}"),
    };
    let first = opened(one.accept(Accept { turn: turn(1), ..one.message(1) }).await);
    // A commit of the first conversation that takes its time, with all that the end of its answer locks.
    let mut slow = PgConnection::connect(&store.place.url()).await.unwrap();
    let held = sqlx::raw_sql(
        "BEGIN; SELECT pg_advisory_xact_lock_shared(7311046205918); UPDATE day_parts SET used = used + 1",
    );
    held.execute(&mut slow).await.unwrap();
    let second = opened(other.accept(Accept { turn: turn(2), ..other.message(2) }).await);
    other.kept(other.answer(&second, "No.", NextStep::Close)).await;
    sqlx::raw_sql("ROLLBACK").execute(&mut slow).await.unwrap();
    one.kept(one.answer(&first, "No.", NextStep::Close)).await;
}

fn identity(subject: &str) -> Identity {
    Identity {
        issuer: "https://id.example.org".into(),
        subject: subject.into(),
        name: None,
        email: None,
        email_verified: false,
    }
}

fn by(n: u64) -> AuditEntry {
    line(person(9), AuditAction::Invited, n)
}

async fn of_two_administrators_one_remains(place: Place) {
    let store = place.fresh().await;
    let mut admins = Vec::new();
    for n in 1..=2 {
        let (identity, new) = (identity(&n.to_string()), person(n));
        let sign_in = SignIn { identity: &identity, new, promote: true, address: None, at: at(1) };
        admins.push(store.sign_in(sign_in).await.unwrap().id);
    }
    for round in 0..40 {
        let demote = admins.iter().map(|admin| store.give_role(*admin, UserRole::Staff, by(round)));
        let demoted = join_all(demote).await.into_iter().map(Result::unwrap).collect::<Vec<_>>();
        let refused = demoted.iter().filter(|one| matches!(one, Changing::LastAdmin)).count();
        assert_eq!(refused, 1, "round {round}: {demoted:?}");
        for admin in &admins {
            store.give_role(*admin, UserRole::Admin, by(round)).await.unwrap();
        }
    }
}

async fn a_person_who_signs_in_twice_at_once_is_one_user(place: Place) {
    let store = place.fresh().await;
    for round in 0..40_u128 {
        let identity = identity(&format!("{round}"));
        let twice = (0..4).map(|n| {
            let new = person(1_000 + round * 10 + n);
            let sign_in =
                SignIn { identity: &identity, new, promote: false, address: None, at: at(1) };
            store.sign_in(sign_in)
        });
        let users: Vec<_> =
            join_all(twice).await.into_iter().map(|user| user.unwrap().id).collect();
        assert!(users.iter().all(|user| *user == users[0]), "round {round}: {users:?}");
    }
}

async fn a_conversation_ends_or_opens_a_turn(place: Place) {
    let store = place.fresh().await;
    let first = Room::new(&*store).await;
    let (mut ended_first, mut opened_first) = (0, 0);
    for round in 1..=60_u64 {
        let room = Room::under(&*store, 100 + u128::from(round), first.invitation).await;
        let message = room.message(round);
        let (opened, ended) = futures::join!(
            store.accept(message),
            store.end(room.id, EndReason::Staff, at(round), None)
        );
        match (opened.unwrap(), ended.unwrap()) {
            (Admission::Admitted(_), Ending::Busy) => opened_first += 1,
            (Admission::Refused(_), Ending::Ended(_)) => ended_first += 1,
            both => panic!("round {round}: {both:?}"),
        }
    }
    assert!(ended_first + opened_first == 60, "{ended_first} and {opened_first}");
}
