//! Where an answer ends: what the server said decides, not how its connection closes.

use std::time::{Duration, Instant};

use coach_core::ports::{FinishReason, ModelErrorKind as Kind};
use coach_llm::testing::{FaultServer, Reply, Speech};
use futures::future::join_all;
use serde_json::Value;

use crate::support::{ObservedCall, listen, model, retrying};

const TEXT: &str = "Complete sentence.";

fn begun(speech: Speech) -> Reply {
    Reply::stream()
        .send(speech.start())
        .send(speech.text("Complete "))
        .send(speech.text("sentence."))
}

async fn observe(speech: Speech, reply: Reply) -> (ObservedCall, Duration) {
    let server = FaultServer::start().await;
    server.push(reply);
    let begun = Instant::now();
    let call = listen(model(speech, &server).as_ref(), retrying(1)).await;
    assert_eq!(server.journal().len(), 1, "{speech:?}");
    (call, begun.elapsed())
}

#[tokio::test]
async fn an_end_marker_without_a_reason_ends_an_answer() {
    for speech in [Speech::OpenAi, Speech::Anthropic] {
        let (call, _) = observe(speech, begun(speech).send(speech.end()).hold()).await;
        assert_eq!(call.text(), TEXT, "{speech:?}");
        assert_eq!(call.finished().reason, FinishReason::Stop, "{speech:?}");
    }
}

#[tokio::test]
async fn the_closing_chunk_with_the_counts_ends_an_answer() {
    let speech = Speech::OpenAi;
    let closing = speech.closing(&speech.usage_as_sent());
    for end in [Reply::end, Reply::hold, Reply::close, Reply::reset] as [fn(Reply) -> Reply; 4] {
        let reply = begun(speech).send(&closing).pause(Duration::from_millis(50));
        let (call, took) = observe(speech, end(reply)).await;
        assert_eq!(call.text(), TEXT);
        assert_eq!(call.finished().reason, FinishReason::Stop);
        assert_eq!(call.finished().usage, Some(speech.usage()));
        assert!(took < Duration::from_secs(3), "{took:?}");
    }
    // Counts that come first do not end what follows them.
    let early =
        Reply::stream().send(&closing).send(speech.text("Cut")).pause(Duration::from_millis(50));
    assert_eq!(observe(speech, early.reset()).await.0.failed(), Kind::CutMidStream);
}

/// Keeps the connection open with comments only.
fn kept_open(reply: Reply) -> Reply {
    (0..50).fold(reply, |reply, _| reply.send(": keep-alive\n\n").pause(Duration::from_millis(200)))
}

#[tokio::test]
async fn a_reason_with_the_counts_ends_an_answer_after_a_second_of_silence() {
    let held: [fn(Reply) -> Reply; 2] = [Reply::hold, kept_open];
    let rows = Speech::ALL.into_iter().flat_map(|speech| held.map(|held| (speech, held)));
    join_all(rows.map(|(speech, held)| async move {
        let (call, took) = observe(speech, held(begun(speech).send(speech.finish("stop")))).await;
        assert_eq!((call.text().as_str(), &call.finished().reason), (TEXT, &FinishReason::Stop));
        assert_eq!(call.finished().usage, Some(speech.usage()), "{speech:?}");
        let second = Duration::from_secs(1)..Duration::from_millis(2500);
        assert!(second.contains(&took), "{speech:?}: {took:?}");
    }))
    .await;
}

#[tokio::test]
async fn a_reason_alone_ends_an_answer_after_three_seconds_of_silence() {
    let held: [fn(Reply) -> Reply; 2] = [Reply::hold, kept_open];
    let rows = [Speech::OpenAi, Speech::Google]
        .into_iter()
        .flat_map(|speech| held.map(|held| (speech, held)));
    join_all(rows.map(|(speech, held)| async move {
        let reply = begun(speech).send(speech.finish_uncounted("length"));
        let (call, took) = observe(speech, held(reply)).await;
        assert_eq!((call.text().as_str(), &call.finished().reason), (TEXT, &FinishReason::Length));
        // Well before the limit of silence, however busy the machine is.
        let seconds = Duration::from_secs(3)..Duration::from_secs(12);
        assert!(seconds.contains(&took), "{speech:?}: {took:?}");
    }))
    .await;
}

#[tokio::test]
async fn counts_after_a_pause_are_still_read() {
    join_all([Speech::OpenAi, Speech::Google].map(|speech| async move {
        let late = match speech {
            Speech::OpenAi => speech.closing(&speech.usage_as_sent()),
            Speech::Anthropic | Speech::Google => speech.usage_event(&speech.usage_as_sent()),
        };
        let reply = begun(speech).send(speech.finish_uncounted("stop"));
        let reply = reply.pause(Duration::from_secs(2)).send(late).hold();
        let (call, _) = observe(speech, reply).await;
        assert_eq!(call.finished().usage, Some(speech.usage()), "{speech:?}");
    }))
    .await;
}

#[tokio::test]
async fn a_reason_followed_by_more_text_does_not_end_an_answer() {
    let pause = Duration::from_millis(50);
    let ends: [fn(Reply) -> Reply; 2] = [Reply::reset, Reply::close];
    for speech in Speech::ALL {
        let said = || {
            Reply::stream()
                .send(speech.start())
                .send(speech.text_and_stop("First half "))
                .send(speech.text_and_stop("and then"))
        };
        for end in ends {
            let (call, _) = observe(speech, end(said().pause(pause))).await;
            assert_eq!(call.text(), "First half and then", "{speech:?}");
            assert_eq!(call.failed(), Kind::CutMidStream, "{speech:?}");
        }
        // The same with counts, and with a reason that arrived last.
        let counted = said().send(speech.usage_event(&speech.usage_as_sent()));
        let again = counted.send(speech.finish_uncounted("stop")).pause(pause).reset();
        assert_eq!(observe(speech, again).await.0.failed(), Kind::CutMidStream, "{speech:?}");
        // Thinking after a reason has the same effect.
        let thought = begun(speech).send(speech.finish("stop")).send(speech.thinking());
        let (cut, _) = observe(speech, thought.pause(pause).reset()).await;
        assert_eq!(cut.failed(), Kind::CutMidStream, "{speech:?}");
        // If the response ends cleanly, all of it is the answer.
        let (whole, _) = observe(speech, said().send(speech.end()).end()).await;
        assert_eq!(whole.text(), "First half and then", "{speech:?}");
        assert_eq!(whole.finished().reason, FinishReason::Stop, "{speech:?}");
    }
}

#[tokio::test]
async fn a_reset_after_only_a_reason_is_a_cut() {
    for speech in [Speech::OpenAi, Speech::Google] {
        let reply = begun(speech).send(speech.finish_uncounted("stop"));
        let (call, _) = observe(speech, reply.pause(Duration::from_millis(50)).reset()).await;
        assert_eq!((call.text().as_str(), call.failed()), (TEXT, Kind::CutMidStream), "{speech:?}");
    }
}

#[tokio::test]
async fn counts_alone_do_not_end_an_answer() {
    for speech in [Speech::Anthropic, Speech::Google] {
        let reply = begun(speech).send(speech.usage_event(&speech.usage_as_sent())).end();
        assert_eq!(observe(speech, reply).await.0.failed(), Kind::CutMidStream, "{speech:?}");
    }
    let speech = Speech::OpenAi;
    let reply = begun(speech).send(speech.closing(&Value::Null)).end();
    assert_eq!(observe(speech, reply).await.0.failed(), Kind::CutMidStream);
}
