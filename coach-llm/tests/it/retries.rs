//! How long a retry waits, and when a call fails instead.

use std::time::{Duration, Instant};

use coach_core::ports::ModelErrorKind as Kind;
use coach_llm::testing::{FaultServer, Mishap, Reply, Speech};
use futures::future::join_all;

use crate::support::{listen, model, retrying};

#[tokio::test]
async fn a_requested_wait_is_honored() {
    let wishes = [("retry-after", "1"), ("retry-after-ms", "1000")];
    let asked = Speech::ALL.iter().flat_map(|speech| wishes.map(|wish| (*speech, wish)));
    join_all(asked.map(|(speech, (name, value))| async move {
        let server = FaultServer::start().await;
        server.push(speech.mishap_reply(Mishap::RateLimited).header(name, value));
        server.push(speech.answer(["Now."]));
        let call = listen(model(speech, &server).as_ref(), retrying(2)).await;
        assert_eq!(call.text(), "Now.");
        let journal = server.journal();
        let waited = journal[1].at - journal[0].at;
        assert!(waited >= Duration::from_secs(1), "{speech:?}: {name}: {waited:?}");
    }))
    .await;
}

#[tokio::test]
async fn every_wait_is_reported_and_one_over_ten_seconds_fails_the_call() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        server.always(speech.mishap_reply(Mishap::RateLimited).header("retry-after", "11"));
        let begun = Instant::now();
        let call = listen(model(speech, &server).as_ref(), retrying(2)).await;
        assert_eq!(call.failed(), Kind::RateLimited(Some(Duration::from_secs(11))));
        assert!(begun.elapsed() < Duration::from_secs(5), "{speech:?}");
        assert_eq!(server.journal().len(), 1, "{speech:?}");
    }
}

#[tokio::test]
async fn googles_retry_delay_in_the_body_is_read() {
    let server = FaultServer::start().await;
    let body = r#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"27.5s"}]}}"#;
    server.push(Reply::json(429, body));
    let call = listen(model(Speech::Google, &server).as_ref(), retrying(2)).await;
    assert_eq!(call.failed(), Kind::RateLimited(Some(Duration::from_millis(27_500))));
}

#[tokio::test]
async fn a_hostile_wait_is_ignored() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        let limited = speech.mishap_reply(Mishap::RateLimited);
        server.push(limited.header("retry-after-ms", "-5").header("retry-after", "1e400"));
        server.push(speech.answer(["Still here."]));
        let call = listen(model(speech, &server).as_ref(), retrying(1)).await;
        assert_eq!(call.text(), "Still here.", "{speech:?}");
    }
}
