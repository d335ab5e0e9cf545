//! A full disk: the host reports that it is not ready, refuses what it cannot store, and reports the problem once
//! per answer. When there is space again, everything that followers have received is stored.

use std::time::Duration;

use coach_llm::testing::{FaultServer, Reply, Speech};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::{Value, json};
use tokio::process::Command;

use super::{Running, ends, partner_at, prepared};
use crate::{
    app::{Folder, KEY},
    person::Person,
    socket::{is_idle, text},
};

/// The program, where a write without space is an error instead of a signal.
fn without_signal(settings: &[(&str, &str)]) -> Command {
    prepared("trap '' XFSZ", settings)
}

/// Makes every write of the program fail for lack of space, or lets it succeed again.
fn fill(running: &Running, full: bool) {
    let pid = Pid::from_raw(running.child.id().unwrap().cast_signed());
    let limit = Rlimit { current: full.then_some(1), maximum: None };
    prlimit(pid, Resource::Fsize, limit).unwrap();
}

const WORDS: usize = 20;

/// Ten bytes again and again, and another pause before the end.
fn answer(between: Duration, before_end: Duration) -> Reply {
    let reply = Reply::stream().send(Speech::OpenAi.start());
    let reply = (0..WORDS).fold(reply, |reply, n| {
        reply.send(Speech::OpenAi.text(&format!("piece {n:03} "))).pause(between)
    });
    let end = reply.pause(before_end).send(Speech::OpenAi.finish("stop"));
    end.send(Speech::OpenAi.end()).end()
}

fn is_trouble(frame: &Value) -> bool {
    frame["type"] == "error" && frame["code"] == "storage"
}

/// Asserts that a conversation without a running answer refuses messages, over HTTP and over the socket.
async fn refuses(guest: &Person, id: &str) {
    let path = format!("/api/conversations/{id}/messages");
    let refused = guest.post(&path, json!({ "content": "Never said." })).await;
    assert_eq!(refused.status(), 503);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "storage");
    let mut socket = guest.talk(id).await;
    socket.say("Never said.").await;
    let received = socket.until(|frame| frame["type"] == "error").await;
    let received = received.last().unwrap();
    assert_eq!((&received["code"], &received["retryable"]), (&json!("storage"), &json!(true)));
}

#[tokio::test]
async fn a_full_disk_loses_nothing_published_and_stores_nothing_refused() {
    let folder = Folder::new();
    let server = FaultServer::start().await;
    // The disk fills up in the middle of the first answer, and after the last word of the second one.
    server.push(answer(Duration::from_millis(200), Duration::ZERO));
    server.push(answer(Duration::ZERO, Duration::from_secs(2)));
    let model = server.url();
    let settings = partner_at(&model);
    let running = Running::start_as(&folder, &settings, without_signal).await;
    let guest = running.guest().await;
    let quiet = guest.start().await;
    let before = guest.record(&quiet).await;
    let mut talks = Vec::new();
    for first in [0, WORDS - 1] {
        let id = guest.start().await;
        let mut socket = guest.talk(&id).await;
        socket.say("Can we talk?").await;
        let heard = socket.until(|frame| text_ends(frame, first)).await;
        talks.push((id, socket, heard));
    }
    fill(&running, true);
    running.comes_to(503).await;
    refuses(&guest, &quiet).await;
    for (_, socket, heard) in &mut talks {
        if !heard.iter().any(|frame| text_ends(frame, WORDS - 1)) {
            heard.extend(socket.until(|frame| text_ends(frame, WORDS - 1)).await);
        }
        if !heard.iter().any(is_trouble) {
            heard.extend(socket.until(is_trouble).await);
        }
        socket.say("Are you there?").await;
        let busy = socket.until(|frame| frame["code"] == "busy").await;
        assert!(!busy.iter().any(is_trouble), "{busy:#?}");
    }
    assert_eq!(
        Person::at(&running.url).get("/healthz").await.status(),
        200,
        "the process is alive"
    );
    fill(&running, false);
    running.comes_to(200).await;
    for (id, mut socket, mut heard) in talks {
        heard.extend(socket.until(is_idle).await);
        assert_eq!(heard.iter().filter(|frame| is_trouble(frame)).count(), 1, "{heard:#?}");
        // Without the scenario's opening.
        let record = guest.record(&id).await.split_off(1);
        let received: Vec<_> = record.iter().map(|said| (&said["role"], &said["status"])).collect();
        let complete = json!("complete");
        let roles = [json!("user"), json!("partner"), json!("coach")];
        assert_eq!(received, roles.each_ref().map(|role| (role, &complete)));
        let partner = text(&heard, "partner:delta");
        assert_eq!((partner.len(), &record[1]["content"]), (10 * WORDS, &json!(partner)));
        assert_eq!(record[2]["content"], json!(text(&heard, "coach:delta")));
    }
    assert_eq!(guest.record(&quiet).await, before);
    let mut socket = guest.talk(&quiet).await;
    socket.say("Can we talk now?").await;
    socket.until(is_idle).await;
    running.stops().await;
}

fn text_ends(frame: &Value, word: usize) -> bool {
    let end = format!("piece {word:03} ");
    frame["content"].as_str().is_some_and(|text| text.ends_with(&end))
}

#[tokio::test]
async fn a_failed_start_on_a_full_disk_does_not_block_the_next_one() {
    for key in [None, Some(("SESSION_KEY", KEY))] {
        let folder = Folder::new();
        let database = folder.database();
        let settings: Vec<_> =
            [Some(("DATABASE_URL", &*database)), key].into_iter().flatten().collect();
        let full = ends(&mut prepared("trap '' XFSZ && ulimit -f 0", &settings)).await;
        let (code, out, error) = full;
        assert_eq!((code, &*out, error.lines().count()), (Some(2), "", 1), "{error}");
        assert!(error.starts_with("coach-http: DATABASE_URL: "), "{error}");
        let key: Vec<_> = key.into_iter().collect();
        Running::start(&folder, &key).await.stops().await;
    }
}
