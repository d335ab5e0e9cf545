//! What was acknowledged survives a killed PostgreSQL server, and the store goes on with the next one.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use coach_core::{
    model::TurnLane,
    ports::{Accept, Admission, Finish, Finishing, NextStep, RecoveryScope},
    testing::contract::fixture::{TestRoom as Room, an_invitation, made, turn},
    timestamp::Timestamp,
    turn::ledger::Payer,
};
use coach_store::{Options, connect, testing::Cluster};
use futures::future::join_all;

const CLIENTS: u64 = 8;
const KILLS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_killed_server() {
    let mut cluster = tokio::task::spawn_blocking(|| Cluster::start(true)).await.unwrap();
    let store = connect(&cluster.url("postgres"), Options::default()).await.unwrap();
    let invitation = an_invitation(1, u64::MAX / 4);
    store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
    let mut rooms = Vec::new();
    for client in 1..=CLIENTS {
        rooms.push(Room::under(&*store, client.into(), invitation.id).await);
    }
    let acknowledged = Mutex::new(BTreeSet::new());
    let (count, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let talking = join_all(rooms.iter().zip(1_u64..).map(|(room, client)| {
        let (acknowledged, count, done) = (&acknowledged, &count, &done);
        async move {
            for n in 0.. {
                if done.load(Relaxed) {
                    break;
                }
                let told = take_turn(room, client, n).await;
                count.fetch_add(told.len(), Relaxed);
                acknowledged.lock().unwrap().extend(told);
                // As the engine does with a turn that it lost.
                drop(room.store.recover(RecoveryScope::Everything, &[], Timestamp(1)).await);
            }
        }
    }));
    let killing = async {
        for kill in 1..=KILLS {
            while count.load(Relaxed) < kill * 60 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            cluster.kill();
            cluster = tokio::task::spawn_blocking(move || {
                cluster.run();
                cluster
            })
            .await
            .unwrap();
        }
        let enough = count.load(Relaxed) + 60;
        while count.load(Relaxed) < enough {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        done.store(true, Relaxed);
        cluster
    };
    let (_, cluster) = futures::join!(talking, killing);
    store.recover(RecoveryScope::Everything, &[], Timestamp(i64::MAX / 2)).await.unwrap();
    let mut kept = BTreeSet::new();
    for room in &rooms {
        let messages = store.messages(room.id, None, 1_000_000).await.unwrap();
        kept.extend(messages.into_iter().map(|said| (said.id.0, said.content)));
    }
    let acknowledged = acknowledged.into_inner().unwrap();
    let lost: Vec<_> = acknowledged.difference(&kept).collect();
    assert_eq!(lost, Vec::<&(i64, String)>::new(), "acknowledged but missing");
    let balance = store.balance(Payer::Invitation(invitation.id)).await.unwrap().unwrap();
    assert_eq!(balance.reserved, 0, "tokens are still reserved");
    drop(store);
    drop(cluster);
}

/// Plays one turn as far as the server lives; returns what was acknowledged.
async fn take_turn(room: &Room<'_>, client: u64, n: u64) -> Vec<(i64, String)> {
    let content = format!("client {client} message {n}");
    let id = turn(u128::from(client * 1_000_000 + n));
    let accept = Accept { turn: id, content: &content, client_id: None, ..room.message(1) };
    let Ok(Admission::Admitted(open)) = room.store.accept(accept).await else { return Vec::new() };
    let mut told = vec![(open.message.0, content.clone())];
    let text = format!("answer to {content}");
    let partner = room.answer(&open, &text, NextStep::Speak(TurnLane::Coach));
    let Ok(Finishing::Kept { next, .. }) = room.store.finish(partner).await else { return told };
    told.push((open.reply.0, text));
    let text = format!("comment on {content}");
    let comment = Finish { then: NextStep::Close, ..room.comment(&open, next, &text) };
    if let Ok(Finishing::Kept { .. }) = room.store.finish(comment).await {
        told.push((next.unwrap().id.0, text));
    }
    told
}
