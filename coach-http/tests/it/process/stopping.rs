//! Stopping: running answers may finish, all clients are asked to reconnect, and no message is lost.

use std::time::{Duration, Instant};

use coach_llm::testing::{FaultServer, Reply, Speech};
use tokio::net::TcpListener;

use super::{Running, partner_at};
use crate::{app::Folder, socket::is_idle};

#[tokio::test]
async fn a_stopping_host_finishes_answers_and_closes_sockets() {
    let folder = Folder::new();
    let server = FaultServer::start().await;
    let speech = Speech::OpenAi;
    let begun = Reply::stream().send(speech.start()).send(speech.text("No"));
    // Long enough for everything that must happen while the answer runs.
    let rest = begun.pause(Duration::from_secs(10)).send(speech.text("."));
    server.push(rest.send(speech.finish("stop")).send(speech.end()).end());
    let model = server.url();
    let settings = partner_at(&model);
    let mut running = Running::start(&folder, &settings).await;
    let guest = running.guest().await;
    let (talk, quiet) = (guest.start().await, guest.start().await);
    let mut talking = guest.talk(&talk).await;
    let mut silent = guest.talk(&quiet).await;
    talking.say("Can we talk about my pay?").await;
    talking.until(|frame| frame["type"] == "partner:delta").await;
    running.signal("-TERM");
    let received = Instant::now();
    running.is_unready().await;
    silent.say("Hello?").await;
    // Quota frames of the other conversation arrive first: both belong to one invitation.
    let told_so = silent.until(|frame| frame["type"] == "error").await;
    assert_eq!(told_so.last().unwrap()["code"], "draining");
    let rest = talking.until(is_idle).await;
    assert_eq!(rest.iter().find(|f| f["type"] == "partner:done").unwrap()["status"], "complete");
    assert_eq!(talking.closed().await, 1012);
    assert_eq!(silent.closed().await, 1012);
    running.ended().await;
    assert!(
        received.elapsed() < Duration::from_secs(40),
        "the host waited longer than the answer took"
    );
}

#[tokio::test]
async fn a_second_signal_cuts_answers_at_once_and_keeps_their_text() {
    let folder = Folder::new();
    // A server that accepts requests and never answers.
    let deaf = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let model = format!("http://{}", deaf.local_addr().unwrap());
    // With one signal draining would take an hour, so the second signal is what ends the host.
    let hour = [("DRAIN_SECONDS", "3600"), ("COACH_FIRST_TOKEN_SECONDS", "3600")];
    let settings = [&partner_at(&model)[..], &hour].concat();
    for signal in ["-TERM", "-INT"] {
        let mut running = Running::start(&folder, &settings).await;
        let guest = running.guest().await;
        let id = guest.start().await;
        let mut socket = guest.talk(&id).await;
        socket.say("Hello?").await;
        socket.until(|frame| frame["state"] == "partner").await;
        running.signal("-TERM");
        running.is_unready().await;
        running.signal(signal);
        assert_eq!(socket.closed().await, 1012);
        running.ended().await;
        let again = Running::start(&folder, &[]).await;
        let record = again.visited_by(&guest).record(&id).await;
        let statuses: Vec<&str> =
            record.iter().map(|message| message["status"].as_str().unwrap()).collect();
        assert!(statuses.contains(&"interrupted"), "{statuses:?}");
        // The next host opens the same database.
        again.stops().await;
    }
}
