//! Contract tests of every store: a caller may stop waiting at any moment.
//!
//! Each test drops the future of a call at each of its awaits in turn, looks at once, and makes the call again, as its
//! port allows: what the first call saved must have been everything or nothing, and together both save it once.

use std::{future::poll_fn, pin::pin, task::Poll};

use super::fixture::{
    CALL, REPORTED, TURN, TestRoom, a_conversation, an_invitation, at, line, made, opened, person,
    report, uuid,
};
use crate::{
    conversation::{EndReason, SkipReason},
    ids::{InvitationId, ReservationId, UserId},
    model::{StandaloneLane, TurnLane},
    people::{Identity, audit::AuditAction},
    ports::{Claim, Claiming, Ending, InvitationFilter, NextStep, SignIn, StandaloneCall, Stores},
    turn::ledger::Payer,
};

/// No call may wait this often; ids are numbered up to it.
const MOST: u8 = 200;

/// Polls a call `polls` times, each time when it asks for it, and then drops it. Returns its answer, if that came before.
async fn dropped<T>(call: impl Future<Output = T>, polls: u8) -> Option<T> {
    let mut call = pin!(call);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match call.as_mut().poll(context) {
            Poll::Ready(answer) => Poll::Ready(Some(answer)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Fails unless what was read after a call was dropped is what was read before it, or what is read once it was made
/// again.
fn is_whole(polls: u8, [before, between, after]: [String; 3]) {
    assert!(
        between == before || between == after,
        "half of it was saved after {polls} polls: {between}\nbefore: {before}\nafter: {after}"
    );
    assert_ne!(before, after, "the test sees no change");
}

/// Starts a conversation under an invitation of its own.
async fn a_room(store: &dyn Stores, number: u8) -> TestRoom<'_> {
    let invitation = an_invitation(number, 1_000_000);
    store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
    TestRoom::under(store, u128::from(number) + 1, invitation.id).await
}

/// Reads a conversation, its open turn, its newest message and its balance at once.
async fn state(room: &TestRoom<'_>) -> String {
    format!("{:?}", room.store.present(room.id).await.unwrap())
}

/// A conversation begins with its opening or not at all.
pub async fn a_dropped_start_is_made_whole(store: &dyn Stores) {
    for polls in 0..MOST {
        let mut talk = a_conversation(u128::from(polls), None);
        talk.script.opening = Some("Yes?".into());
        let look = async || format!("{:?}", store.present(talk.id).await.unwrap());
        let before = look().await;
        let answer = dropped(store.start(&talk), polls).await;
        let between = look().await;
        assert!(store.start(&talk).await.unwrap());
        is_whole(polls, [before, between, look().await]);
        assert_eq!(store.messages(talk.id, None, 9).await.unwrap().len(), 1);
        if answer.is_some() {
            return;
        }
    }
    panic!("it waits too often");
}

/// A message is saved with its turn, its reservations and its first answer, or not at all.
pub async fn a_dropped_message_is_made_whole(store: &dyn Stores) {
    for polls in 0..MOST {
        let room = a_room(store, polls).await;
        let before = state(&room).await;
        let answer = dropped(store.accept(room.message(polls.into())), polls).await;
        let between = state(&room).await;
        let open = room.open(polls.into()).await;
        is_whole(polls, [before, between, state(&room).await]);
        room.balanced(&[CALL, CALL]).await;
        room.play(&open).await;
        room.balanced(&[]).await;
        assert_eq!(room.messages().await.len(), 3);
        if answer.is_some() {
            return;
        }
    }
    panic!("it waits too often");
}

/// An answer is saved with its charge and the next step, or not at all, whether another answer follows or the turn
/// closes.
pub async fn a_dropped_answer_is_made_whole(store: &dyn Stores) {
    for polls in 0..MOST {
        let room = a_room(store, polls).await;
        let open = room.open(polls.into()).await;
        let before = state(&room).await;
        let reply = room.answer(&open, "No.", NextStep::Speak(TurnLane::Coach));
        let first = dropped(store.finish(reply.clone()), polls).await;
        let between = state(&room).await;
        let next = room.kept(reply).await;
        is_whole(polls, [before, between, state(&room).await]);
        room.balanced(&[CALL]).await;

        let before = state(&room).await;
        let comment = room.comment(&open, next, "Ask why.");
        let second = dropped(store.finish(comment.clone()), polls).await;
        let between = state(&room).await;
        room.kept(comment).await;
        is_whole(polls, [before, between, state(&room).await]);
        room.balanced(&[]).await;
        assert_eq!((room.messages().await.len(), room.entries().await.len()), (3, 2));
        if first.is_some() && second.is_some() {
            return;
        }
    }
    panic!("it waits too often");
}

/// A retry opens its turn again with all it needs, or not at all.
pub async fn a_dropped_retry_is_made_whole(store: &dyn Stores) {
    for polls in 0..MOST {
        let room = a_room(store, polls).await;
        let open = room.open(polls.into()).await;
        room.kept(room.answer(&open, "No", NextStep::Skip(SkipReason::Stopped))).await;
        let before = state(&room).await;
        let retry = room.another(u64::from(polls) + 1_000, open.reply, TURN);
        let answer = dropped(store.retry(retry.clone()), polls).await;
        let between = state(&room).await;
        let again = opened(room.retry(retry).await);
        is_whole(polls, [before, between, state(&room).await]);
        room.balanced(&[CALL, CALL]).await;
        room.play(&again).await;
        room.balanced(&[]).await;
        if answer.is_some() {
            return;
        }
    }
    panic!("it waits too often");
}

/// The end of a conversation is saved with its audit entry, or not at all.
pub async fn a_dropped_end_is_made_whole(store: &dyn Stores) {
    for polls in 0..MOST {
        let room = a_room(store, polls).await;
        let by = line(person(1_000 + u128::from(polls)), AuditAction::Ended, 3);
        let end = || store.end(room.id, EndReason::Staff, at(3), Some(by));
        let before = state(&room).await;
        let answer = dropped(end(), polls).await;
        let between = state(&room).await;
        let ended = end().await.unwrap();
        assert!(matches!(ended, Ending::Ended(_) | Ending::Already(_)), "{ended:?}");
        is_whole(polls, [before, between, state(&room).await]);
        assert_eq!(store.audit(by.actor, None, 9).await.unwrap().len(), 1, "after {polls} polls");
        if answer.is_some() {
            return;
        }
    }
    panic!("it waits too often");
}

/// New invitations are saved together with their audit entries, or none of them.
pub async fn a_dropped_batch_of_invitations_is_made_whole(store: &dyn Stores) {
    for polls in 0..MOST / 3 {
        let by = person(1_000 + u128::from(polls));
        let mut batch = [1, 2, 3].map(|n| an_invitation(3 * polls + n, 10));
        let first: InvitationId = batch[0].id;
        for one in &mut batch {
            (one.batch, one.created_by) = (first, by);
        }
        let of_batch =
            InvitationFilter { by: Some(by), batch: Some(first), ..InvitationFilter::all(at(1)) };
        let look = async || format!("{:?}", store.count_invitations(&of_batch).await.unwrap());
        let made = line(by, AuditAction::Invited, 0);
        let before = look().await;
        let answer = dropped(store.invite(&batch, made), polls).await;
        let between = look().await;
        store.invite(&batch, made).await.unwrap();
        is_whole(polls, [before, between, look().await]);
        assert_eq!(store.audit(Some(by), None, 9).await.unwrap().len(), 3, "after {polls} polls");
        if answer.is_some() {
            return;
        }
    }
    panic!("it waits too often");
}

/// A claim is saved with its guest and its audit entry, or not at all.
pub async fn a_dropped_claim_is_made_whole(store: &dyn Stores) {
    for polls in 0..MOST {
        let invitation = an_invitation(polls, 10);
        store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
        let guest = guest(polls);
        let claim = Claim {
            invitation: invitation.id,
            user: guest,
            new_guest: true,
            consent_version: "c1",
            audit: line(guest, AuditAction::Claimed, 1),
        };
        let look = async || format!("{:?}", store.invitation(invitation.id).await.unwrap());
        let before = look().await;
        let answer = dropped(store.claim(claim), polls).await;
        let between = look().await;
        let claimed = store.claim(claim).await.unwrap();
        assert!([Claiming::Claimed, Claiming::Taken(guest)].contains(&claimed), "{claimed:?}");
        is_whole(polls, [before, between, look().await]);
        assert!(store.user(guest).await.unwrap().is_some(), "after {polls} polls");
        assert_eq!(
            store.audit(Some(guest), None, 9).await.unwrap().len(),
            1,
            "after {polls} polls"
        );
        if answer.is_some() {
            return;
        }
    }
    panic!("it waits too often");
}

/// A call outside of turns is settled with its entry and its charge, or not at all.
pub async fn a_dropped_settlement_is_made_whole(store: &dyn Stores) {
    for polls in 0..MOST {
        let room = a_room(store, polls).await;
        let call = StandaloneCall {
            conversation: Some(room.id),
            ..StandaloneCall::new(
                ReservationId(uuid(0x0500_0000 + u128::from(polls))),
                Payer::Invitation(room.invitation),
                StandaloneLane::Judge,
                CALL,
                at(1),
            )
        };
        let look = async || format!("{:?}", room.balance().await);
        let before = look().await;
        let reserved = dropped(store.reserve(call), polls).await;
        let between = look().await;
        assert_eq!(store.reserve(call).await.unwrap(), None);
        is_whole(polls, [before, between, look().await]);
        room.balanced(&[CALL]).await;

        let settle = || store.settle(call.id, REPORTED, report("demo-1"), Some(3), at(2));
        let before = look().await;
        let settled = dropped(settle(), polls).await;
        let between = look().await;
        settle().await.unwrap();
        is_whole(polls, [before, between, look().await]);
        room.balanced(&[]).await;
        assert_eq!(room.entries().await.len(), 1, "after {polls} polls");
        if reserved.is_some() && settled.is_some() {
            return;
        }
    }
    panic!("it waits too often");
}

/// The first sign-in of a user is saved with its identity and its audit entry, or not at all.
pub async fn a_dropped_sign_in_is_made_whole(store: &dyn Stores) {
    for polls in 0..MOST {
        let identity = identity(polls);
        let new = person(1_000 + u128::from(polls));
        let sign_in = SignIn { identity: &identity, new, promote: false, address: None, at: at(1) };
        let look = async || format!("{:?}", store.user(new).await.unwrap());
        let before = look().await;
        let answer = dropped(store.sign_in(sign_in), polls).await;
        let between = look().await;
        assert_eq!(store.sign_in(sign_in).await.unwrap().id, new, "after {polls} polls");
        is_whole(polls, [before, between, look().await]);
        assert_eq!(store.identities(new).await.unwrap(), [identity], "after {polls} polls");
        // Each call that is saved adds one.
        let entries = store.audit(Some(new), None, 9).await.unwrap().len();
        assert!((1..=2).contains(&entries), "{entries} entries after {polls} polls");
        if answer.is_some() {
            return;
        }
    }
    panic!("it waits too often");
}

/// Everything of a guest moves, with one audit entry, or nothing does.
pub async fn a_dropped_move_is_made_whole(store: &dyn Stores) {
    for polls in 0..MOST {
        let room = a_guests_room(store, polls).await;
        let guest = guest(polls);
        let to = person(2_000 + u128::from(polls));
        let identity = identity(polls);
        let sign_in =
            SignIn { identity: &identity, new: to, promote: false, address: None, at: at(1) };
        store.sign_in(sign_in).await.unwrap();
        let by = line(guest, AuditAction::GuestMoved, 4);
        let before = state(&room).await;
        let answer = dropped(store.move_guest(guest, to, by), polls).await;
        let between = state(&room).await;
        store.move_guest(guest, to, by).await.unwrap();
        is_whole(polls, [before, between, state(&room).await]);
        assert!(store.user(guest).await.unwrap().unwrap().disabled, "after {polls} polls");
        let claimed = store.invitations_of(to).await.unwrap();
        assert_eq!(claimed.len(), 1, "after {polls} polls");
        let entries = store.audit(Some(guest), None, 9).await.unwrap();
        let moves = entries.iter().filter(|(_, entry)| entry.action == AuditAction::GuestMoved);
        assert_eq!(moves.count(), 1, "after {polls} polls");
        if answer.is_some() {
            return;
        }
    }
    panic!("it waits too often");
}

/// A user's text is erased together with what names them, or nothing is.
pub async fn a_dropped_erasure_is_made_whole(store: &dyn Stores) {
    for polls in 0..MOST {
        let room = a_guests_room(store, polls).await;
        let guest = guest(polls);
        let identity = identity(polls);
        let by = line(guest, AuditAction::IdentityLinked, 4);
        store.link(guest, &identity, by).await.unwrap();
        room.open(polls.into()).await;
        let by = line(guest, AuditAction::Erased, 5);
        let before = state(&room).await;
        let answer = dropped(store.erase(guest, by), polls).await;
        let between = state(&room).await;
        store.erase(guest, by).await.unwrap();
        is_whole(polls, [before, between, state(&room).await]);
        assert_eq!(room.messages().await, [], "after {polls} polls");
        assert_eq!(store.identities(guest).await.unwrap(), [], "after {polls} polls");
        assert_eq!(store.user(guest).await.unwrap().unwrap().name, None, "after {polls} polls");
        room.balanced(&[]).await;
        assert_eq!(room.entries().await.len(), 2, "after {polls} polls");
        if answer.is_some() {
            return;
        }
    }
    panic!("it waits too often");
}

fn identity(number: u8) -> Identity {
    Identity {
        issuer: "https://id.example.org".into(),
        subject: number.to_string(),
        name: Some("Ada".into()),
        email: Some("ada@example.org".into()),
        email_verified: true,
    }
}

fn guest(number: u8) -> UserId {
    person(1_000 + u128::from(number))
}

/// Starts a conversation of a guest, under the invitation that made them.
async fn a_guests_room(store: &dyn Stores, number: u8) -> TestRoom<'_> {
    let invitation = an_invitation(number, 1_000_000);
    store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
    let user = guest(number);
    let claim = Claim {
        invitation: invitation.id,
        user,
        new_guest: true,
        consent_version: "c1",
        audit: line(user, AuditAction::Claimed, 1),
    };
    assert_eq!(store.claim(claim).await.unwrap(), Claiming::Claimed);
    let mut talk = a_conversation(u128::from(number) + 1, Some(invitation.id));
    talk.owner = user;
    store.start(&talk).await.unwrap();
    TestRoom { store, id: talk.id, invitation: invitation.id }
}
