//! Faults after the first text: the text stays, the call is not retried, and it never counts as finished.

use std::time::Duration;

use coach_core::ports::{CallLimits, FinishReason, ModelErrorKind as Kind, Phase};
use coach_llm::testing::{FaultServer, Mishap, Reply, Speech};

use crate::support::{listen, model, retrying};

type CutRow = (&'static str, fn(Speech, Reply) -> Reply, Kind);
type Hangup = (&'static str, fn(Reply) -> Reply);

const TABLE: &[CutRow] = &[
    ("a clean end without a reason", |_, r| r.end(), Kind::CutMidStream),
    ("FIN", |_, r| r.close(), Kind::CutMidStream),
    ("RST", |_, r| r.pause(Duration::from_millis(50)).reset(), Kind::CutMidStream),
    ("half an event", |s, r| r.send(&s.text("lost")[..20]).end(), Kind::CutMidStream),
    (
        "bad JSON",
        |s, r| r.send("data: {\"choices\": [{\n\n").send(s.text("lost")).end(),
        Kind::Malformed,
    ),
    ("bad UTF-8", |_, r| r.send(b"data: {\"x\":\"\xc3\x28\"}\n\n").end(), Kind::Malformed),
    ("a rune cut in two", |_, r| r.send(b"data: {\"x\":\"\xf0\x9f\"}\n\n").end(), Kind::Malformed),
    ("an endless line", |_, r| r.split(vec![b'x'; 300 * 1024], 8192).hold(), Kind::Malformed),
    ("overloaded", |s, r| r.send(s.mishap_event(Mishap::Overloaded)).end(), Kind::Overloaded(None)),
    ("limited", |s, r| r.send(s.mishap_event(Mishap::RateLimited)).end(), Kind::RateLimited(None)),
    ("broken", |s, r| r.send(s.mishap_event(Mishap::Broken)).end(), Kind::Provider),
    ("silence", |_, r| r.hold(), Kind::Timeout(Phase::Silence)),
];

fn begun(speech: Speech) -> Reply {
    Reply::stream().send(speech.start()).send(speech.text("Not ")).send(speech.text("tod"))
}

#[tokio::test]
async fn a_fault_after_the_first_text_is_not_retried_and_not_finished() {
    for (what, fault, kind) in TABLE {
        for speech in Speech::ALL {
            let server = FaultServer::start().await;
            server.always(fault(speech, begun(speech)));
            let mut request = retrying(2);
            request.limits.silence = Duration::from_millis(700);
            let call = listen(model(speech, &server).as_ref(), request).await;
            assert_eq!(call.failed(), *kind, "{speech:?}: {what}: {:?}", call.end);
            assert_eq!(call.text(), "Not tod", "{speech:?}: {what}");
            assert_eq!(server.journal().len(), 1, "{speech:?}: {what}");
        }
    }
}

#[tokio::test]
async fn a_fault_after_the_finish_reason_is_harmless() {
    let faults: &[Hangup] = &[
        ("no end marker", Reply::end),
        ("FIN", Reply::close),
        ("RST", |reply| reply.pause(Duration::from_millis(50)).reset()),
        ("bad JSON", |reply| reply.send("data: {\n\n").end()),
    ];
    for (what, fault) in faults {
        for speech in Speech::ALL {
            let server = FaultServer::start().await;
            server.push(fault(begun(speech).send(speech.finish("stop"))));
            let call = listen(model(speech, &server).as_ref(), retrying(2)).await;
            assert_eq!(call.finished().reason, FinishReason::Stop, "{speech:?}: {what}");
            assert_eq!(call.finished().usage, Some(speech.usage()), "{speech:?}: {what}");
        }
    }
}

#[tokio::test]
async fn text_of_more_than_256_kib_is_refused() {
    for speech in Speech::ALL {
        let piece = speech.text(&"x".repeat(100 * 1024));
        let server = FaultServer::start().await;
        server.push(Reply::stream().send(&piece).send(&piece).send(&piece).hold());
        let call = listen(model(speech, &server).as_ref(), retrying(2)).await;
        assert_eq!(call.failed(), Kind::Malformed, "{speech:?}");
        assert_eq!(call.text().len(), 200 * 1024, "{speech:?}");
    }
}

#[tokio::test]
async fn a_response_of_more_than_32_mib_is_refused() {
    let comments = format!(": {}\n", "x".repeat(64 * 1024)).repeat(16);
    let flood = (0..33).fold(begun(Speech::OpenAi), |reply, _| reply.send(&comments));
    let server = FaultServer::start().await;
    server.push(flood.hold());
    let mut request = retrying(2);
    request.limits = CallLimits { retries: 2, ..CallLimits::default() };
    let call = listen(model(Speech::OpenAi, &server).as_ref(), request).await;
    assert_eq!(call.failed(), Kind::Malformed);
    assert_eq!(call.end.unwrap_err().message, "the response is too long");
}
