//! Every way in which a socket ends.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use coach_core::{
    testing::Step,
    wire::{Ended, Ws, WsError, close},
};
use tokio::time::{Instant, sleep};

use super::line::Setup;

#[tokio::test(start_paused = true)]
async fn a_binary_or_invalid_frame_closes_the_socket_with_its_code() {
    let setup = Setup::open().await;
    let large = "x".repeat(128 * 1024 + 1);
    let mut nearly = large.clone();
    nearly.pop();
    for (given, code) in [
        (Ok(Ws::Binary), 1003),
        (Ok(Ws::Text(large.into())), 1009),
        (Err(WsError::TooLarge), 1009),
        (Err(WsError::NotUtf8), 1007),
        (Err(WsError::Protocol), 1002),
    ] {
        let line = setup.line().await;
        line.give(given.clone());
        assert_eq!(line.closed().await, code, "{given:.40?}");
    }
    let mut line = setup.line().await.greeted().await;
    line.send(nearly);
    assert_eq!(line.error().await, "bad_json");
}

#[tokio::test(start_paused = true)]
async fn the_fifth_bad_frame_in_a_minute_is_the_last() {
    let setup = Setup::open().await;
    let mut line = setup.line().await.greeted().await;
    let bad = [
        ("", "bad_json"),
        ("{}", "unknown_type"),
        (r#"{"type":"message"}"#, "bad_request"),
        ("[", "bad_json"),
    ];
    for _ in 0..3 {
        for (text, code) in bad {
            line.send(text);
            assert_eq!(line.error().await, code, "{text}");
        }
        line.idle(Duration::from_secs(60)).await;
    }
    // Mistakes of a person do not count as mistakes of a program.
    for _ in 0..6 {
        line.say(" ", "c");
        assert_eq!(line.error().await, "empty");
    }
    for (text, code) in bad {
        line.send(text);
        assert_eq!(line.error().await, code, "{text}");
    }
    line.send("null");
    assert_eq!(line.closed().await, close::BAD_FRAMES);
}

#[tokio::test(start_paused = true)]
async fn a_flood_ends_whatever_it_consists_of() {
    let setup = Setup::open().await;
    let ping = || Ws::Text(r#"{"type":"ping"}"#.into());
    for drop in [ping(), Ws::Ping, Ws::Pong] {
        let line = setup.line().await.greeted().await;
        for _ in 0..2 {
            (0..240).for_each(|_| line.give(Ok(drop.clone())));
            sleep(Duration::from_secs(10)).await;
        }
        (0..241).for_each(|_| line.give(Ok(drop.clone())));
        assert_eq!(line.closed().await, close::TOO_MANY, "{drop:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_that_answers_pings_stays_connected() {
    let setup = Setup::open().await;
    let mut line = setup.line().await.greeted().await;
    let began = Instant::now();
    for asked in 1..=100 {
        assert_eq!(line.next().await, Some(Ws::Ping));
        assert_eq!(began.elapsed().as_secs(), asked * 20);
        assert!(line.unanswered.load(Ordering::Relaxed), "the host sees the unanswered ping");
        line.give(Ok(Ws::Pong));
        line.send(r#"{"type":"ping"}"#);
        assert_eq!(line.text().await, r#"{"type":"pong"}"#);
        assert!(!line.unanswered.load(Ordering::Relaxed));
    }
    line.send(r#"{"type":"ping"}"#);
    assert_eq!(line.text().await, r#"{"type":"pong"}"#);
}

#[tokio::test(start_paused = true)]
async fn forty_seconds_without_a_pong_close_the_socket() {
    let setup = Setup::open().await;
    let line = setup.line().await.greeted().await;
    let began = Instant::now();
    assert_eq!(line.ended().await, (Ended::Silent, Some(Ws::Ping)));
    assert_eq!(began.elapsed().as_secs(), 40);
}

#[tokio::test(start_paused = true)]
async fn the_shutdown_close_comes_after_every_published_event() {
    let slow = vec![Step::Accept, Step::Wait(Duration::from_secs(3)), Step::Done(None)];
    let setup = Setup::with(vec![slow], vec![], |store| Arc::new(store)).await;
    let mut line = setup.line().await.greeted().await;
    line.say("Hello", "c-1");
    line.until(r#"{"type":"message""#).await;
    setup.coach.drain(Duration::from_secs(10)).await;
    setup.shutdown.cancel();
    let received = line.until(r#"{"type":"turn","turn":1,"state":"idle""#).await;
    assert!(received.iter().any(|text| text.contains("draining")), "{received:?}");
    assert_eq!(line.closed().await, close::COME_BACK);
}

#[tokio::test(start_paused = true)]
async fn a_revoked_right_closes_the_socket_with_the_hosts_code() {
    for code in [close::LOGIN_OVER, close::NOT_ALLOWED, close::ERASED] {
        let setup = Setup::open().await;
        let line = setup.line().await.greeted().await;
        setup.over.send_replace(Some(code));
        assert_eq!(line.closed().await, code);
        // The signal was set before the socket opened.
        assert_eq!(setup.line().await.closed().await, code);
    }
}

#[tokio::test(start_paused = true)]
async fn frames_before_a_clients_close_are_all_read() {
    let setup = Setup::open().await;
    let mut line = setup.line().await.greeted().await;
    let began = Instant::now();
    line.give(Ok(Ws::Close(close::NORMAL, "")));
    sleep(Duration::from_secs(1)).await;
    line.give(Ok(Ws::Pong));
    line.hang_up();
    assert_eq!(line.ended().await, (Ended::ByClient, None));
    assert_eq!(began.elapsed().as_secs(), 1, "as soon as the client has disconnected");
    // A client that never disconnects is awaited only briefly.
    let line = setup.line().await.greeted().await;
    line.give(Ok(Ws::Close(close::NORMAL, "")));
    assert_eq!(line.ended().await, (Ended::ByClient, None));
    assert_eq!(began.elapsed().as_secs(), 3);
    // A broken connection counts as disconnected.
    let line = setup.line().await.greeted().await;
    line.give(Err(WsError::Gone));
    assert_eq!(line.ended().await, (Ended::ByClient, None));
    assert_eq!(began.elapsed().as_secs(), 3);
}

/// A turn belongs to the engine: a client that leaves does not stop it.
#[tokio::test(start_paused = true)]
async fn a_turn_continues_without_its_socket() {
    let setup = Setup::open().await;
    let mut line = setup.line().await.greeted().await;
    line.say("Hello", "c-1");
    line.hang_up();
    line.ended().await;
    sleep(Duration::from_secs(1)).await;
    let page =
        setup.coach.conversation(&setup.participant(), setup.id).messages(None, 10).await.unwrap();
    let messages = page.messages;
    let said: Vec<_> = messages.iter().map(|message| &*message.content).collect();
    assert_eq!(said, ["Hello", "No.", "Ask why."]);
}
