//! The timeouts of a call.

use std::time::{Duration, Instant};

use coach_core::ports::{CallLimits, ChatEvent, ModelErrorKind as Kind, Phase};
use coach_llm::{
    ModelName, ModelRegistry, ModelSettings, Provider, Providers,
    testing::{FaultServer, Reply, Speech},
};
use futures::future::join_all;

use crate::support::{endpoint, listen, model, quick, retrying};

type SilentReply = (&'static str, fn() -> Reply);

const SHORT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn an_answer_that_does_not_start_is_retried() {
    let silences: &[SilentReply] = &[
        ("no head", || Reply::silent().hold()),
        ("a head and nothing more", || Reply::stream().hold()),
    ];
    for (what, silence) in silences {
        for speech in Speech::ALL {
            let server = FaultServer::start().await;
            server.always(silence());
            let mut request = retrying(1);
            request.limits.first = SHORT;
            let call = listen(model(speech, &server).as_ref(), request).await;
            assert_eq!(call.failed(), Kind::Timeout(Phase::First), "{speech:?}: {what}");
            assert_eq!(server.journal().len(), 2, "{speech:?}: {what}");
        }
    }
}

#[tokio::test]
async fn silence_before_the_first_text_is_retried() {
    for speech in [Speech::Anthropic, Speech::OpenAi] {
        let server = FaultServer::start().await;
        server.push(Reply::stream().send(speech.start()).hold());
        server.push(speech.answer(["Here."]));
        let mut request = retrying(1);
        (request.limits.first, request.limits.silence) = (SHORT, SHORT);
        let call = listen(model(speech, &server).as_ref(), request).await;
        assert_eq!((call.text().as_str(), call.finished().attempts), ("Here.", 2), "{speech:?}");
    }
}

#[tokio::test]
async fn comments_keep_a_call_alive_and_are_reported_once_a_second() {
    join_all(Speech::ALL.map(|speech| async move {
        let server = FaultServer::start().await;
        let begun = Reply::stream().send(speech.text("Wait"));
        let kept = (0..11).fold(begun, |reply, _| {
            reply.pause(Duration::from_millis(200)).send(": still here\n\n")
        });
        server.push(kept.send(speech.text(" for it.")).send(speech.finish("stop")).end());
        let mut request = retrying(0);
        request.limits.silence = Duration::from_millis(900);
        let call = listen(model(speech, &server).as_ref(), request).await;
        assert_eq!(call.text(), "Wait for it.", "{speech:?}");
        let signs = call.count(&ChatEvent::Activity);
        assert!((1..=2).contains(&signs), "{speech:?}: {signs} activity events in 2.2 s");
    }))
    .await;
}

#[tokio::test]
async fn a_slow_trickle_ends_at_the_answer_timeout() {
    join_all(Speech::ALL.map(|speech| async move {
        let server = FaultServer::start().await;
        // No event is complete within the time.
        let drip = speech.start() + &speech.text(&"Never ends.".repeat(30));
        let reply = drip.as_bytes().iter().take(300).fold(Reply::stream(), |reply, byte| {
            reply.send([*byte]).pause(Duration::from_millis(20))
        });
        server.always(reply);
        let mut request = retrying(2);
        let first = Duration::from_secs(1);
        request.limits = CallLimits { first, answer: SHORT, ..request.limits };
        let begun = Instant::now();
        let call = listen(model(speech, &server).as_ref(), request).await;
        assert_eq!(call.failed(), Kind::Timeout(Phase::Answer), "{speech:?}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{speech:?}");
        assert_eq!(server.journal().len(), 1, "{speech:?}");
    }))
    .await;
}

#[tokio::test]
async fn a_connection_that_never_opens_has_a_timeout_of_its_own() {
    // The server waits for HTTP and never answers the TLS handshake.
    let server = FaultServer::start().await;
    let model = crate::support::model_at(Speech::OpenAi, &server.url().replace("http:", "https:"));
    let mut request = retrying(1);
    request.limits.connect = SHORT;
    let call = listen(model.as_ref(), request).await;
    assert_eq!(call.failed(), Kind::Timeout(Phase::Connect));
    assert_eq!(call.events, [ChatEvent::Activity]);
}

#[tokio::test]
async fn slow_headers_and_a_slow_first_byte_share_the_first_token_timeout() {
    const WAIT: Duration = Duration::from_millis(900);
    let silences: &[SilentReply] = &[
        ("slow headers", || Reply::stream().after(WAIT)),
        ("headers at once", || Reply::stream().pause(WAIT)),
        ("a comment at once", || Reply::stream().send(": loading\n\n").pause(WAIT)),
    ];
    let rows = silences.iter().flat_map(|row| Speech::ALL.map(|speech| (row, speech)));
    join_all(rows.map(|((what, slow), speech)| async move {
        let server = FaultServer::start().await;
        let script = speech.text("Here.") + &speech.finish("stop") + &speech.end();
        server.push(slow().send(script).end());
        let mut request = retrying(0);
        request.limits.first = Duration::from_millis(1800);
        // Shorter than the wait: it counts only after the first token.
        request.limits.silence = SHORT;
        let call = listen(model(speech, &server).as_ref(), request).await;
        assert_eq!(call.end.as_ref().map(|done| done.attempts), Ok(1), "{speech:?}: {what}");
        assert_eq!(call.text(), "Here.", "{speech:?}: {what}");
    }))
    .await;
}

#[tokio::test]
async fn the_first_token_timeout_is_longer_on_a_compatible_server_and_can_be_set() {
    let wanted = CallLimits::default();
    for (provider, unset) in [
        (Provider::Anthropic, 30),
        (Provider::OpenAi, 30),
        (Provider::Google, 30),
        (Provider::Compatible, 120),
    ] {
        let kept = |settings: ModelSettings| {
            let endpoint = endpoint("http://127.0.0.1:1");
            let mut providers = Providers::default();
            match provider {
                Provider::Anthropic => providers.anthropic = Some(endpoint),
                Provider::OpenAi => providers.openai = Some(endpoint),
                Provider::Google => providers.google = Some(endpoint),
                Provider::Compatible | Provider::Demo => providers.compatible = Some(endpoint),
            }
            let models = ModelRegistry::new(providers, settings).unwrap();
            models.resolve(&ModelName::id(provider, "m")).unwrap().limits(wanted)
        };
        let seconds = |n| Duration::from_secs(n);
        assert_eq!(kept(quick()), CallLimits { first: seconds(unset), ..wanted }, "{provider}");
        let (first_token, answer) = (Some(seconds(7)), Some(seconds(9)));
        let set = kept(ModelSettings { first_token, answer, ..quick() });
        assert_eq!(
            set,
            CallLimits { first: seconds(7), answer: seconds(9), ..wanted },
            "{provider}"
        );
    }
}

#[tokio::test]
async fn the_answer_timeout_starts_with_the_first_token() {
    join_all(Speech::ALL.map(|speech| async move {
        let server = FaultServer::start().await;
        let slow = Reply::stream().pause(Duration::from_millis(900)).send(speech.text("Half"));
        let slow = slow.pause(Duration::from_millis(600)).send(speech.text(" and half."));
        server.push(slow.send(speech.finish("stop")).send(speech.end()).end());
        let mut request = retrying(0);
        request.limits.answer = Duration::from_millis(1200);
        let call = listen(model(speech, &server).as_ref(), request).await;
        assert_eq!(call.text(), "Half and half.", "{speech:?}");
        call.finished();
    }))
    .await;
}
