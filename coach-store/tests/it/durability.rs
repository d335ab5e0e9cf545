//! Acknowledged writes survive, whatever happens to the process that made them.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
    time::Duration,
};

use coach_core::{
    conversation::{Role, Status},
    ids::ConversationId,
    model::TurnLane,
    ports::{Accept, Finish, NextStep, RecoveryScope, Stores},
    testing::contract::fixture::{
        TestRoom as Room, a_conversation, an_invitation, at, made, opened, turn,
    },
    timestamp::Timestamp,
    turn::ledger::Payer,
};
use futures::future::join_all;

use crate::folder::{Place, on_both};

const ROUNDS: u64 = 20;
const CLIENTS: u64 = 8;
const CHILD: &str = "COACH_STORE_TEST_CHILD";

/// Does nothing, unless the test below starts it in its own process.
#[tokio::test]
async fn child_process_writes_until_it_is_killed() {
    let Some(child) = std::env::var_os(CHILD) else { return };
    let child = child.into_string().unwrap();
    let (round, url) = child.split_once(' ').unwrap();
    let round: u64 = round.parse().unwrap();
    let store = Place::open(url).await;
    store.recover(RecoveryScope::Everything, &[], at(round)).await.unwrap();
    let invitation = an_invitation(1, u64::MAX / 4);
    if store.invitation(invitation.id).await.unwrap().is_none() {
        store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
    }
    let clients = (1..=CLIENTS).map(|client| {
        let store = &*store;
        async move {
            let room = Room::under(store, client.into(), invitation.id).await;
            for n in 0.. {
                write_one_turn(room, round, client, n).await;
            }
        }
    });
    // Ends by itself in case the test is gone and cannot kill it.
    drop(tokio::time::timeout(Duration::from_secs(20), join_all(clients)).await);
}

async fn write_one_turn(room: Room<'_>, round: u64, client: u64, n: u64) {
    let content = format!("round {round} client {client} message {n}");
    let id = turn(u128::from(round * 1_000_000 + client * 10_000 + n));
    let accept = Accept { turn: id, content: &content, client_id: None, ..room.message(round) };
    let open = opened(room.accept(accept).await);
    tell(&format!("{client} {} {content}", open.message));
    room.beat(&open, "half of").await;
    let text = format!("answer to {content}");
    let partner = room.answer(&open, &text, NextStep::Speak(TurnLane::Coach));
    let next = room.kept(partner).await;
    tell(&format!("{client} {} {text}", open.reply));
    let text = format!("comment on {content}");
    let comment = room.comment(&open, next, &text);
    room.kept(Finish { then: NextStep::Close, ..comment }).await;
    tell(&format!("{client} {} {text}", next.unwrap().id));
}

/// Prints one acknowledgement, in one write.
fn tell(line: &str) {
    std::io::stdout().write_all(format!("ack {line}\n").as_bytes()).unwrap();
}

on_both!(acknowledged_writes_survive_a_killed_process);

async fn acknowledged_writes_survive_a_killed_process(place: Place) {
    let mut acknowledged: BTreeMap<u64, BTreeSet<(i64, String)>> = BTreeMap::new();
    let mut chance = 0x9e37_79b9_u64;
    for round in 1..=ROUNDS {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        let url = place.url();
        // In every other round the kill follows an acknowledgement immediately, when a premature
        // acknowledgement is most likely to be detected.
        let (lines, millis) = match round % 2 {
            0 => ((chance >> 33) % 60, 0),
            _ => (0, (chance >> 33) % 90),
        };
        let after = Duration::from_millis(millis);
        let received = tokio::task::spawn_blocking(move || run_and_kill(&url, round, lines, after));
        for (client, id, text) in received.await.unwrap() {
            acknowledged.entry(client).or_default().insert((id, text));
        }
        if round % 5 == 0 {
            all_there(&place, &acknowledged).await;
        }
    }
    let acks: usize = acknowledged.values().map(BTreeSet::len).sum();
    assert!(acks > 200, "only {acks} acknowledgements");
}

fn run_and_kill(url: &str, round: u64, more: u64, after: Duration) -> Vec<(u64, i64, String)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "durability::child_process_writes_until_it_is_killed", "--nocapture"])
        .env(CHILD, format!("{round} {url}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first = lines.find(|line| line.contains("ack ")).expect("the child wrote nothing");
    let mut read = vec![first];
    read.extend(lines.by_ref().take(usize::try_from(more).unwrap()));
    if after > Duration::ZERO {
        std::thread::sleep(after);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    read.into_iter()
        .chain(lines)
        .filter_map(|line| {
            let ack = line.split_once("ack ")?.1;
            let (client, rest) = ack.split_once(' ')?;
            let (id, text) = rest.split_once(' ')?;
            Some((client.parse().ok()?, id.parse().ok()?, text.to_owned()))
        })
        .collect()
}

async fn all_there(place: &Place, acknowledged: &BTreeMap<u64, BTreeSet<(i64, String)>>) {
    let store = Place::open(&place.url()).await;
    store.recover(RecoveryScope::Everything, &[], Timestamp(i64::MAX / 2)).await.unwrap();
    for (client, acks) in acknowledged {
        let id = a_conversation(u128::from(*client), None).id;
        conversation_is_whole(&*store, id, acks).await;
    }
    let balance = store.balance(Payer::Invitation(an_invitation(1, 0).id)).await.unwrap().unwrap();
    assert_eq!(balance.reserved, 0, "tokens are still reserved");
    place.check().await;
}

async fn conversation_is_whole(
    store: &dyn Stores,
    id: ConversationId,
    acks: &BTreeSet<(i64, String)>,
) {
    let messages = store.messages(id, None, 1_000_000).await.unwrap();
    let kept: BTreeSet<_> = messages.iter().map(|said| (said.id.0, said.content.clone())).collect();
    let lost: Vec<_> = acks.difference(&kept).collect();
    assert_eq!(lost, Vec::<&(i64, String)>::new(), "acknowledged but missing");
    let mut words = BTreeSet::new();
    for said in messages.iter().filter(|said| said.role == Role::User) {
        assert!(words.insert(&said.content), "twice: {}", said.content);
    }
    for said in &messages {
        assert_ne!(said.status, Status::Streaming);
    }
    let open = store.present(id).await.unwrap().unwrap().open;
    assert_eq!(open, None, "a turn was left open");
}
