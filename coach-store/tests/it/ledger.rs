//! The ledger as seen by another connection.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use coach_core::{
    conversation::SkipReason,
    model::TurnLane,
    ports::{Accept, Admission, Finish, NextStep, RecoveryScope, Refusal},
    testing::contract::fixture::{TestRoom as Room, at, turn},
};
use futures::future::join_all;

use crate::folder::{Place, on_both};

/// Counters and sums of every balance in one snapshot.
const BOTH_SIDES: &str = "
    SELECT
        b.used,
        (
            SELECT CAST(coalesce(sum(input_tokens + output_tokens), 0) AS BIGINT) FROM usage_entries AS e
            WHERE e.invitation_id = b.invitation_id
        ),
        b.reserved,
        (
            SELECT CAST(coalesce(sum(reserved_input + reserved_output), 0) AS BIGINT) FROM reservations AS c
            WHERE c.invitation_id = b.invitation_id AND c.is_open
        )
    FROM balances AS b";

on_both!(ledger_and_balances_agree_at_every_instant);

async fn ledger_and_balances_agree_at_every_instant(place: Place) {
    let store = place.fresh().await;
    let first = Room::with_quota(&*store, 12_000).await;
    let mut rooms = vec![first];
    for n in 2..=64 {
        rooms.push(Room::under(&*store, n, first.invitation).await);
    }
    let mut db = store.place.look().await;
    let done = AtomicBool::new(false);
    let looking = async {
        let mut looks = 0;
        while !done.load(Ordering::Relaxed) {
            let (used, entries, reserved, held): (i64, i64, i64, i64) =
                db.rows(BOTH_SIDES).await[0];
            assert_eq!((used, reserved), (entries, held), "at look {looks}");
            assert!(used + reserved <= 12_000, "overspent at look {looks}");
            looks += 1;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        looks
    };
    let talking = async {
        let talks = rooms.iter().zip(1..).map(|(room, n)| talk(*room, n));
        let refused: usize = join_all(talks).await.into_iter().sum();
        done.store(true, Ordering::Relaxed);
        refused
    };
    let (looks, refused) = futures::join!(looking, talking);
    assert!(looks > 10, "looked {looks} times");
    assert!(refused > 0, "the quota was never reached");
    store.place.check().await;
}

/// Plays a few turns: completed, stopped, failed, or left to recovery.
async fn talk(room: Room<'_>, n: u64) -> usize {
    let mut refused = 0;
    for round in 0..6 {
        let id = turn(u128::from(n * 100 + round));
        let message = Accept { turn: id, at: at(round), ..room.message(1) };
        let opened = match room.accept(message).await {
            Admission::Admitted(opened) => opened,
            Admission::Refused(Refusal::QuotaExhausted { .. }) => {
                refused += 1;
                continue;
            }
            other => panic!("{other:?}"),
        };
        match (n + round) % 4 {
            0 => {
                let stop = NextStep::Skip(SkipReason::Stopped);
                room.finish(room.answer(&opened, "No", stop)).await;
            }
            1 => {
                room.beat(&opened, "No").await;
                room.store.recover(RecoveryScope::Everything, &[], at(50)).await.unwrap();
            }
            _ => {
                let speak = room.answer(&opened, "No.", NextStep::Speak(TurnLane::Coach));
                if let coach_core::ports::Finishing::Kept { next: Some(next), .. } =
                    if opened.coach_left_out {
                        room.finish(Finish { then: NextStep::Close, ..speak }).await
                    } else {
                        room.finish(speak).await
                    }
                {
                    room.finish(room.comment(&opened, Some(next), "Ask.")).await;
                }
            }
        }
    }
    refused
}
