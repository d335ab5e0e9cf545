//! The four clocks of a call.

use std::time::{Duration, Instant};

use coach_core::ports::{ChatEvent, Limits, ModelErrorKind as Kind, Phase};
use coach_llm::testing::{FaultServer, Reply, Speech};
use futures::future::join_all;

use crate::support::{listen, model, retrying};

type Silence = (&'static str, fn() -> Reply);

const SHORT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn an_answer_that_does_not_begin_is_asked_for_again() {
    let silences: &[Silence] = &[
        ("no head", || Reply::silent().hold()),
        ("a head and nothing more", || Reply::stream().hold()),
    ];
    for (what, silence) in silences {
        for speech in Speech::ALL {
            let server = FaultServer::start().await;
            server.always(silence());
            let mut request = retrying(1);
            request.limits.first = SHORT;
            let told = listen(model(speech, &server).as_ref(), request).await;
            assert_eq!(told.failed(), Kind::Timeout(Phase::First), "{speech:?}: {what}");
            assert_eq!(server.journal().len(), 2, "{speech:?}: {what}");
        }
    }
}

#[tokio::test]
async fn silence_before_the_first_text_is_tried_again() {
    for speech in [Speech::Anthropic, Speech::OpenAi] {
        let server = FaultServer::start().await;
        server.push(Reply::stream().send(speech.start()).hold());
        server.push(speech.answer(["Here."]));
        let mut request = retrying(1);
        request.limits.silence = SHORT;
        let told = listen(model(speech, &server).as_ref(), request).await;
        assert_eq!((told.text().as_str(), told.finished().attempts), ("Here.", 2), "{speech:?}");
    }
}

#[tokio::test]
async fn keep_alives_below_the_events_are_life_and_are_told_about_once_a_second() {
    join_all(Speech::ALL.map(|speech| async move {
        let server = FaultServer::start().await;
        let begun = Reply::stream().send(speech.text("Wait"));
        let kept = (0..11).fold(begun, |reply, _| {
            reply.pause(Duration::from_millis(200)).send(": still here\n\n")
        });
        server.push(kept.send(speech.text(" for it.")).send(speech.finish("stop")).end());
        let mut request = retrying(0);
        request.limits.silence = Duration::from_millis(900);
        let told = listen(model(speech, &server).as_ref(), request).await;
        assert_eq!(told.text(), "Wait for it.", "{speech:?}");
        let signs = told.count(&ChatEvent::Activity);
        assert!((1..=2).contains(&signs), "{speech:?}: {signs} signs of life in 2.2 s");
    }))
    .await;
}

#[tokio::test]
async fn a_slow_drip_ends_with_the_time_for_an_answer() {
    join_all(Speech::ALL.map(|speech| async move {
        let server = FaultServer::start().await;
        let drip = speech.start() + &speech.text("Never ends.").repeat(100);
        let reply = drip.as_bytes().iter().fold(Reply::stream(), |reply, byte| {
            reply.send([*byte]).pause(Duration::from_millis(20))
        });
        server.always(reply);
        let mut request = retrying(2);
        request.limits = Limits { answer: Duration::from_millis(800), ..request.limits };
        let begun = Instant::now();
        let told = listen(model(speech, &server).as_ref(), request).await;
        assert_eq!(told.failed(), Kind::Timeout(Phase::Answer), "{speech:?}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{speech:?}");
        assert_eq!(server.journal().len(), 1, "{speech:?}");
    }))
    .await;
}

#[tokio::test]
async fn a_connection_that_is_never_made_is_a_timeout_of_its_own() {
    // The server waits for HTTP and answers no handshake.
    let server = FaultServer::start().await;
    let model = crate::support::model_at(Speech::OpenAi, &server.url().replace("http:", "https:"));
    let mut request = retrying(1);
    request.limits.connect = SHORT;
    let told = listen(model.as_ref(), request).await;
    assert_eq!(told.failed(), Kind::Timeout(Phase::Connect));
    assert_eq!(told.events, [ChatEvent::Activity]);
}
