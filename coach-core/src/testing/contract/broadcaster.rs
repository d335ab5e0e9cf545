//! The promises of [`Broadcaster`].

use std::{sync::Arc, time::Duration};

use futures::{FutureExt as _, StreamExt as _, stream::BoxStream};
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    ids::{ConversationId, InvitationId, MessageId},
    live::{Position, Voice},
    ports::{Broadcaster, LiveText, TextEnd, TextPiece, Wake, WakeTopic},
    turn::ledger::Payer,
};

/// How long an entry may take to arrive.
const SOON: Duration = Duration::from_secs(5);

/// How long a reader is watched that must receive nothing.
const A_WHILE: Duration = Duration::from_millis(200);

/// Generates one `#[tokio::test]` for each promise of [`Broadcaster`].
///
/// Takes the path of an async function that returns a new, empty broadcaster: anything that derefs to `dyn
/// Broadcaster`.
#[macro_export]
macro_rules! broadcaster_contract {
    ($make:path) => {
        $crate::broadcaster_contract! { $make =>
            text_comes_in_order
            a_late_follower_receives_all
            a_follower_resumes_at_its_position
            a_missing_piece_shows_as_a_gap
            the_same_piece_twice_is_published_once
            a_closed_message_refuses_later_pieces
            a_close_carries_the_length_and_the_fence
            an_older_fence_is_ignored
            conversations_do_not_mix
            a_follower_that_leaves_holds_no_one_up
            no_wake_up_is_lost
            every_listener_is_woken
        }
    };
    ($make:path => $($promise:ident)*) => {
        $(
            #[tokio::test]
            async fn $promise() {
                let broadcaster = $make().await;
                $crate::testing::contract::broadcaster::$promise(&*broadcaster).await;
            }
        )*
    };
}

fn talk(n: u128) -> ConversationId {
    ConversationId(Uuid::from_u128(n))
}

fn piece(message: i64, off: u64, text: &str) -> TextPiece {
    TextPiece {
        conversation: talk(1),
        message: MessageId(message),
        voice: Voice::Partner,
        replaces: None,
        fence: 1,
        off,
        text: Arc::from(text),
    }
}

fn end(message: i64, bytes: u64) -> TextEnd {
    TextEnd { conversation: talk(1), message: MessageId(message), fence: 1, bytes }
}

async fn publish(broadcaster: &dyn Broadcaster, piece: TextPiece) {
    assert!(broadcaster.publish(piece.clone()).await.unwrap(), "{piece:?} was refused");
}

/// Returns the next entries of a follower.
async fn next(follower: &mut BoxStream<'static, LiveText>, count: usize) -> Vec<LiveText> {
    let mut entries = Vec::new();
    while entries.len() < count {
        let entry = timeout(SOON, follower.next()).await;
        entries.push(entry.unwrap_or_else(|_| panic!("only {entries:?} arrived")).unwrap());
    }
    entries
}

async fn nothing<T: std::fmt::Debug>(stream: &mut BoxStream<'static, T>) {
    let more = timeout(A_WHILE, stream.next()).await;
    assert!(more.is_err(), "{more:?}");
}

/// Text comes in order of message and offset, whatever is published meanwhile.
pub async fn text_comes_in_order(broadcaster: &dyn Broadcaster) {
    let mut follower = broadcaster.follow(talk(1), None);
    let (mut published, mut off) = (Vec::new(), 0);
    for word in ["Nö", ", ", "not ", "this ", "year."] {
        let piece = piece(7, off, word);
        off = piece.end();
        published.push(LiveText::Piece(piece.clone()));
        publish(broadcaster, piece).await;
    }
    assert_eq!(next(&mut follower, 5).await, published);
    assert!(broadcaster.close(end(7, off)).await.unwrap());
    publish(broadcaster, piece(8, 0, "Ask.")).await;
    let rest = [LiveText::End(end(7, off)), LiveText::Piece(piece(8, 0, "Ask."))];
    assert_eq!(next(&mut follower, 2).await, rest);
    nothing(&mut follower).await;
}

/// A follower that comes while a message grows receives all of it.
pub async fn a_late_follower_receives_all(broadcaster: &dyn Broadcaster) {
    publish(broadcaster, piece(7, 0, "No")).await;
    publish(broadcaster, piece(7, 2, ", no.")).await;
    let mut follower = broadcaster.follow(talk(1), None);
    let published = [piece(7, 0, "No"), piece(7, 2, ", no.")].map(LiveText::Piece);
    assert_eq!(next(&mut follower, 2).await, published);
}

/// A follower receives everything after its position, and a piece that contains it.
pub async fn a_follower_resumes_at_its_position(broadcaster: &dyn Broadcaster) {
    publish(broadcaster, piece(7, 0, "No")).await;
    publish(broadcaster, piece(7, 2, ", no.")).await;
    for (bytes, expected) in [
        (1, &[piece(7, 0, "No"), piece(7, 2, ", no.")][..]),
        (2, &[piece(7, 2, ", no.")]),
        (7, &[]),
    ] {
        let from = Position { message: MessageId(7), bytes };
        let mut follower = broadcaster.follow(talk(1), Some(from));
        let expected: Vec<_> = expected.iter().cloned().map(LiveText::Piece).collect();
        assert_eq!(next(&mut follower, expected.len()).await, expected, "from byte {bytes}");
        nothing(&mut follower).await;
    }
}

/// A piece that was not published shows by the offset of the next one.
pub async fn a_missing_piece_shows_as_a_gap(broadcaster: &dyn Broadcaster) {
    let mut follower = broadcaster.follow(talk(1), None);
    publish(broadcaster, piece(7, 0, "No")).await;
    publish(broadcaster, piece(7, 4, "no.")).await;
    let received = next(&mut follower, 2).await;
    assert_eq!(received, [piece(7, 0, "No"), piece(7, 4, "no.")].map(LiveText::Piece));
}

/// A repeated piece is refused and arrives once.
pub async fn the_same_piece_twice_is_published_once(broadcaster: &dyn Broadcaster) {
    let mut follower = broadcaster.follow(talk(1), None);
    publish(broadcaster, piece(7, 0, "No")).await;
    assert!(!broadcaster.publish(piece(7, 0, "No")).await.unwrap());
    assert!(!broadcaster.publish(piece(7, 0, "N")).await.unwrap());
    assert_eq!(next(&mut follower, 1).await, [LiveText::Piece(piece(7, 0, "No"))]);
    nothing(&mut follower).await;
}

/// After a close, no piece of the message or of an earlier one is published.
pub async fn a_closed_message_refuses_later_pieces(broadcaster: &dyn Broadcaster) {
    publish(broadcaster, piece(7, 0, "No")).await;
    assert!(broadcaster.close(end(7, 2)).await.unwrap());
    for late in [piece(7, 2, ", no."), piece(6, 0, "Old"), piece(7, 0, &"x".repeat(10_000))] {
        assert!(!broadcaster.publish(late.clone()).await.unwrap(), "{late:?}");
    }
    assert!(!broadcaster.close(end(7, 9)).await.unwrap());
    publish(broadcaster, piece(8, 0, "Ask.")).await;
}

/// A follower learns from a close how long the final text is, and who says so.
pub async fn a_close_carries_the_length_and_the_fence(broadcaster: &dyn Broadcaster) {
    let mut follower = broadcaster.follow(talk(1), None);
    publish(broadcaster, piece(7, 0, "No, no")).await;
    let taken_over = TextEnd { fence: 2, ..end(7, 2) };
    assert!(broadcaster.close(taken_over).await.unwrap());
    let received = next(&mut follower, 2).await;
    assert_eq!(received, [LiveText::Piece(piece(7, 0, "No, no")), LiveText::End(taken_over)]);
}

/// A piece of an owner that has lost the turn does not arrive after one of its successor.
pub async fn an_older_fence_is_ignored(broadcaster: &dyn Broadcaster) {
    let mut follower = broadcaster.follow(talk(1), None);
    let successor = TextPiece { fence: 2, ..piece(7, 0, "No") };
    publish(broadcaster, successor.clone()).await;
    // Whether it is refused or left out on reading is the adapter's choice.
    broadcaster.publish(piece(7, 2, " way")).await.unwrap();
    let next_piece = TextPiece { fence: 2, ..piece(7, 2, ", not this year") };
    publish(broadcaster, next_piece.clone()).await;
    let received = next(&mut follower, 2).await;
    assert_eq!(received, [successor, next_piece].map(LiveText::Piece));
    // The fence of one message says nothing about the next.
    publish(broadcaster, piece(8, 0, "Ask.")).await;
    assert_eq!(next(&mut follower, 1).await, [LiveText::Piece(piece(8, 0, "Ask."))]);
}

/// A follower receives the text of its own conversation only.
pub async fn conversations_do_not_mix(broadcaster: &dyn Broadcaster) {
    let mut follower = broadcaster.follow(talk(1), None);
    let other = TextPiece { conversation: talk(2), ..piece(7, 0, "Other") };
    publish(broadcaster, other.clone()).await;
    publish(broadcaster, piece(6, 0, "Own")).await;
    assert_eq!(next(&mut follower, 1).await, [LiveText::Piece(piece(6, 0, "Own"))]);
    nothing(&mut follower).await;
    let mut follower = broadcaster.follow(talk(2), None);
    assert_eq!(next(&mut follower, 1).await, [LiveText::Piece(other)]);
}

/// A follower that was dropped, in the middle of waiting too, does not keep others from receiving.
pub async fn a_follower_that_leaves_holds_no_one_up(broadcaster: &dyn Broadcaster) {
    let (mut stays, mut leaves) =
        (broadcaster.follow(talk(1), None), broadcaster.follow(talk(1), None));
    assert!(leaves.next().now_or_never().is_none());
    publish(broadcaster, piece(7, 0, "No")).await;
    drop(leaves);
    publish(broadcaster, piece(7, 2, ".")).await;
    let received = next(&mut stays, 2).await;
    assert_eq!(received, [piece(7, 0, "No"), piece(7, 2, ".")].map(LiveText::Piece));
}

fn wakes() -> [Wake; 3] {
    let by = Uuid::from_u128(9);
    let payer = Payer::Invitation(InvitationId(Uuid::from_u128(3)));
    [WakeTopic::Conversation(talk(1)), WakeTopic::Payer(payer), WakeTopic::Allowances]
        .map(|about| Wake { about, by })
}

/// Each wake-up after `wakes` has returned arrives, however late it is read; equal ones may merge.
pub async fn no_wake_up_is_lost(broadcaster: &dyn Broadcaster) {
    let mut listener = broadcaster.wakes().await.unwrap();
    for _ in 0..100 {
        for wake in wakes() {
            broadcaster.wake(wake).await.unwrap();
        }
    }
    let mut missing = wakes().to_vec();
    while !missing.is_empty() {
        let wake = timeout(SOON, listener.next()).await.expect("a wake-up is lost").unwrap();
        missing.retain(|one| *one != wake);
    }
    // Read to the end, one more wake-up arrives as well.
    while timeout(A_WHILE, listener.next()).await.is_ok() {}
    broadcaster.wake(wakes()[0]).await.unwrap();
    assert_eq!(timeout(SOON, listener.next()).await.unwrap(), Some(wakes()[0]));
}

/// Every listener receives a wake-up, and knows who sent it.
pub async fn every_listener_is_woken(broadcaster: &dyn Broadcaster) {
    let listeners = [broadcaster.wakes().await.unwrap(), broadcaster.wakes().await.unwrap()];
    broadcaster.wake(wakes()[1]).await.unwrap();
    for listener in listeners {
        let woken: Vec<_> = timeout(SOON, listener.take(1).collect()).await.unwrap();
        assert_eq!(woken, [wakes()[1]]);
    }
}
