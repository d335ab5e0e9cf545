//! Dropping a stream stops the provider at every stage of a call.

use std::time::Duration;

use coach_core::ports::ChatEvent;
use coach_llm::testing::{FaultServer, Mishap, Reply, Speech};
use futures::StreamExt as _;
use tokio::time::Instant;

use crate::support::{model, retrying};

const AT_ONCE: Duration = Duration::from_secs(1);

#[tokio::test]
async fn dropping_in_the_middle_closes_the_connection_within_a_second() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        server.push(Reply::stream().send(speech.text("Not ")).hold());
        let mut stream = model(speech, &server).stream(retrying(2));
        while !matches!(stream.next().await, Some(Ok(ChatEvent::Delta(_)))) {}
        let dropped = Instant::now();
        drop(stream);
        let seen = server.until(|seen| seen[0].closed.is_some()).await;
        assert!(seen[0].closed.unwrap() - dropped < AT_ONCE, "{speech:?}");
        assert_eq!(seen.len(), 1, "{speech:?}");
    }
}

#[tokio::test]
async fn dropping_before_the_response_closes_the_connection_within_a_second() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        server.push(Reply::silent().hold());
        let mut stream = model(speech, &server).stream(retrying(2));
        let dropped = tokio::select! {
            event = stream.next() => panic!("{event:?}"),
            _ = server.until(|seen| !seen.is_empty()) => Instant::now(),
        };
        drop(stream);
        let seen = server.until(|seen| seen[0].closed.is_some()).await;
        assert!(seen[0].closed.unwrap() - dropped < AT_ONCE, "{speech:?}");
    }
}

#[tokio::test]
async fn dropping_while_waiting_sends_nothing_more() {
    let server = FaultServer::start().await;
    server.push(Speech::OpenAi.mishap_reply(Mishap::RateLimited).header("retry-after", "1"));
    server.always(Speech::OpenAi.answer(["No client is reading."]));
    let mut stream = model(Speech::OpenAi, &server).stream(retrying(2));
    assert_eq!(stream.next().await, Some(Ok(ChatEvent::Activity)));
    drop(stream);
    // Past the moment of the next attempt.
    let later = tokio::time::timeout(Duration::from_millis(1300), server.until(|s| s.len() > 1));
    assert!(later.await.is_err());
}
