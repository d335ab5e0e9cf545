//! Moving a guest to another user is atomic, whenever the process is killed.

use std::process::{Command, Stdio};

use coach_core::{
    ids::UserId,
    people::{
        Identity, User, UserRole,
        audit::{AuditAction, Subject},
    },
    ports::{Claim, SignIn, Stores},
    testing::contract::fixture::{a_conversation, an_invitation, at, line, made, person},
};

use crate::folder::{Place, on_both};

const CHILD: &str = "COACH_STORE_TEST_MOVER";
const ROUNDS: u64 = 5;
const GUESTS: u8 = 50;

/// Former guests who still own data, and guests whose data belongs to another user: both must be empty.
const HALF_MOVED: &str = "
    SELECT
        (
            SELECT count(*) FROM users AS u WHERE u.role = 'GUEST' AND u.disabled AND (
                EXISTS (SELECT 1 FROM conversations WHERE owner_id = u.id)
                OR EXISTS (SELECT 1 FROM invitations WHERE claimed_by = u.id)
            )
        ) + (
            SELECT count(*) FROM users AS u WHERE u.role = 'GUEST' AND NOT u.disabled AND (
                NOT EXISTS (SELECT 1 FROM conversations WHERE owner_id = u.id)
                OR NOT EXISTS (SELECT 1 FROM invitations WHERE claimed_by = u.id)
            )
        ),
        (SELECT count(*) FROM users WHERE role = 'GUEST' AND disabled),
        (SELECT count(*) FROM audit_entries WHERE action = 'guest_moved')";

async fn prepare(store: &dyn Stores) -> User {
    for number in 1..=GUESTS {
        let (invitation, guest) = (an_invitation(number, 10), guest(number));
        store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
        let claim = Claim {
            invitation: invitation.id,
            user: guest,
            new_guest: true,
            consent_version: "c1",
            audit: line(guest, AuditAction::Claimed, 1),
        };
        store.claim(claim).await.unwrap();
        let mut talk = a_conversation(u128::from(number), Some(invitation.id));
        talk.owner = guest;
        store.start(&talk).await.unwrap();
    }
    account(store).await
}

async fn account(store: &dyn Stores) -> User {
    let identity = Identity {
        issuer: "https://id.example.org".into(),
        subject: "ada".into(),
        name: None,
        email: None,
        email_verified: false,
    };
    let (new, at) = (person(9_000), at(2));
    let sign_in = SignIn { identity: &identity, new, promote: false, address: None, at };
    let account = store.sign_in(sign_in).await.unwrap();
    assert_eq!(account.role, UserRole::User);
    account
}

fn guest(number: u8) -> UserId {
    person(1_000 + u128::from(number))
}

/// Does nothing, unless the test below starts it in its own process.
#[tokio::test]
async fn a_mover_moves_until_it_is_killed() {
    let Some(url) = std::env::var_os(CHILD) else { return };
    let store = Place::open(&url.into_string().unwrap()).await;
    let account = account(&*store).await;
    for number in 1..=GUESTS {
        let by = line(guest(number), AuditAction::GuestMoved, 3);
        store.move_guest(guest(number), account.id, by).await.unwrap();
    }
}

on_both!(a_guest_moves_entirely_or_not_at_all);

async fn a_guest_moves_entirely_or_not_at_all(mut place: Place) {
    let mut cut_short = 0;
    for round in 0..ROUNDS {
        place = place.another().await;
        let store = Place::open(&place.url()).await;
        let account = prepare(&*store).await;
        drop(store);
        // The file is released once everything is written.
        drop(Place::open(&place.url()).await);
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "moving::a_mover_moves_until_it_is_killed", "--nocapture"])
            .env(CHILD, place.url())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut db = place.look().await;
        let enough = i64::try_from(round * 8 + 1).unwrap();
        let moved = loop {
            let (half, moved, noted): (i64, i64, i64) = db.rows(HALF_MOVED).await[0];
            assert_eq!((half, noted), (0, moved), "as seen by another connection");
            let ended = child.try_wait().unwrap().is_some();
            if ended || moved >= enough {
                break moved;
            }
        };
        child.kill().unwrap();
        child.wait().unwrap();
        cut_short += usize::from(moved < i64::from(GUESTS));
        let (half, moved, noted): (i64, i64, i64) = db.rows(HALF_MOVED).await[0];
        assert_eq!((half, noted), (0, moved), "after the kill");
        let store = Place::open(&place.url()).await;
        let lines = store.audit(None, None, 1).await.unwrap();
        assert_eq!(lines[0].1.subject, Some(Subject::User(account.id)));
        drop(store);
        place.check().await;
    }
    assert!(cut_short > 2, "killed in the middle only {cut_short} times");
}
