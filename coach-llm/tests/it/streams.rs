//! Unusual but valid streams: the same answer however the bytes are split.

use std::time::Duration;

use coach_core::ports::{ChatEvent, FinishReason, ModelErrorKind};
use coach_llm::testing::{FaultServer, Reply, Speech};

use crate::support::{ObservedCall, listen, model, request, retrying};

const PIECES: [&str; 5] = ["Grüß ", "dich, ", "😀 ", "どうも", "."];
/// A name, and another spelling of the same stream.
type Spelling = (&'static str, fn(&str) -> String);

const WHOLE: &str = "Grüß dich, 😀 どうも.";

fn script(speech: Speech) -> String {
    let texts: String = PIECES.iter().map(|piece| speech.text(piece)).collect();
    speech.start() + &texts + &speech.finish("stop") + &speech.end()
}

async fn observe(speech: Speech, reply: Reply) -> ObservedCall {
    let server = FaultServer::start().await;
    server.push(reply);
    listen(model(speech, &server).as_ref(), request()).await
}

/// Leaves out activity events, which depend on time.
fn events(call: &ObservedCall) -> Vec<&ChatEvent> {
    call.events.iter().filter(|event| **event != ChatEvent::Activity).collect()
}

#[tokio::test]
async fn any_chunking_gives_the_same_events() {
    for speech in Speech::ALL {
        let script = script(speech);
        let whole = observe(speech, Reply::stream().send(&script).end()).await;
        assert_eq!(whole.text(), WHOLE, "{speech:?}");
        for size in [1, 2, 3, 7, 64, 1000] {
            let split = observe(speech, Reply::stream().split(&script, size).end()).await;
            assert_eq!(events(&split), events(&whole), "{speech:?} in chunks of {size}");
            assert_eq!(split.finished(), whole.finished(), "{speech:?} in chunks of {size}");
        }
    }
}

#[tokio::test]
async fn chunks_of_any_mixture_of_sizes_give_the_same_text() {
    for speech in Speech::ALL {
        let script = script(speech);
        for seed in 1..=40_u64 {
            let (mut rest, mut chance, mut reply) = (script.as_bytes(), seed, Reply::stream());
            while !rest.is_empty() {
                chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let size = 1 + (chance >> 33) as usize % 40;
                let (chunk, left) = rest.split_at(size.min(rest.len()));
                (reply, rest) = (reply.send(chunk), left);
            }
            let call = observe(speech, reply.end()).await;
            assert_eq!(call.text(), WHOLE, "{speech:?}, seed {seed}");
            assert_eq!(call.finished().usage, Some(speech.usage()), "{speech:?}, seed {seed}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_a_gateway_ends_with_an_error_is_not_finished() {
    let error =
        "data: {\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}\n\n";
    let script = Speech::OpenAi.text("Not ") + error + &Speech::OpenAi.end();
    let call = observe(Speech::OpenAi, Reply::stream().send(script).end()).await;
    assert_eq!((call.text().as_str(), call.failed()), ("Not ", ModelErrorKind::Provider));
}

#[tokio::test]
async fn every_spelling_of_the_standard_is_read() {
    let spellings: &[Spelling] = &[
        ("CRLF", |s| s.replace("\r\n", "\n").replace('\n', "\r\n")),
        ("CR", |s| s.replace("\r\n", "\n").replace('\n', "\r")),
        ("a byte order mark", |s| format!("\u{feff}{s}")),
        ("no space after the colon", |s| s.replace("data: ", "data:").replace("event: ", "event:")),
        ("comments", |s| s.replace("data: ", ": still here\n\n:\ndata: ")),
        ("unknown fields", |s| s.replace("data: ", "id: 7\nretry: 10\nx: y\ndata: ")),
        ("data in two lines", |s| s.replace("data: {", "data: {\ndata: ")),
        ("unknown events", |s| format!("event: new\ndata: {{\"type\":\"new\"}}\n\n{s}")),
    ];
    for (name, spell) in spellings {
        for speech in Speech::ALL {
            let spelled = spell(&script(speech));
            for size in [1, 4096] {
                let call = observe(speech, Reply::stream().split(&spelled, size).end()).await;
                assert_eq!(call.text(), WHOLE, "{speech:?}: {name} in chunks of {size}");
                assert_eq!(call.finished().usage, Some(speech.usage()), "{speech:?}: {name}");
            }
        }
    }
}

#[tokio::test]
async fn chunk_extensions_and_unchunked_responses_are_read() {
    for speech in Speech::ALL {
        let script = script(speech);
        let extended = format!("{:x};note=\"x\"\r\n{script}\r\n", script.len());
        let call = observe(speech, Reply::stream().raw(extended).end()).await;
        assert_eq!(call.text(), WHOLE, "{speech:?}");
        let plain = Reply::head(200, &[("content-type", "text/event-stream; charset=utf-8")]);
        let call = observe(speech, plain.raw(&script).close()).await;
        assert_eq!(call.text(), WHOLE, "{speech:?}");
    }
}

#[tokio::test]
async fn an_event_of_200_kb_is_read() {
    for speech in Speech::ALL {
        let text = "x".repeat(200_000);
        let call = observe(speech, speech.answer([text.as_str()])).await;
        assert_eq!(call.text().len(), 200_000, "{speech:?}");
    }
}

#[tokio::test]
async fn data_after_the_end_marker_is_ignored() {
    for speech in [Speech::Anthropic, Speech::OpenAi] {
        let more =
            speech.end() + &speech.text("Never said.") + "data: nonsense\n\n" + &speech.end();
        let call = observe(speech, Reply::stream().send(script(speech) + &more).end()).await;
        assert_eq!(call.text(), WHOLE, "{speech:?}");
    }
}

#[tokio::test]
async fn a_server_that_stays_connected_after_the_end_marker_delays_nothing() {
    for speech in [Speech::Anthropic, Speech::OpenAi] {
        let begun = std::time::Instant::now();
        let call = observe(speech, Reply::stream().send(script(speech)).hold()).await;
        assert_eq!(call.text(), WHOLE, "{speech:?}");
        assert!(begun.elapsed() < Duration::from_secs(2), "{speech:?}");
    }
}

/// Returns how many connections the server saw.
fn connections(server: &FaultServer) -> usize {
    let mut ports: Vec<_> = server.journal().iter().map(|seen| seen.from).collect();
    ports.sort_unstable();
    ports.dedup();
    ports.len()
}

#[tokio::test]
async fn ten_calls_one_after_another_use_one_connection() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        let model = model(speech, &server);
        for _ in 0..10 {
            server.push(speech.answer(PIECES));
            let call = listen(model.as_ref(), request()).await;
            assert_eq!((call.text().as_str(), call.finished().attempts), (WHOLE, 1), "{speech:?}");
        }
        assert_eq!(connections(&server), 1, "{speech:?}");
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_between_calls_costs_one_attempt_in_all() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        let model = model(speech, &server);
        server.push(speech.answer(PIECES));
        assert_eq!(listen(model.as_ref(), retrying(1)).await.finished().attempts, 1);
        // It announced to keep the connection, and closes it when the next request arrives.
        server.push(Reply::silent().close());
        server.push(speech.answer(PIECES));
        assert_eq!(listen(model.as_ref(), retrying(1)).await.finished().attempts, 2);
        for _ in 0..3 {
            server.push(speech.answer(PIECES));
            let call = listen(model.as_ref(), request()).await;
            assert_eq!((call.text().as_str(), call.finished().attempts), (WHOLE, 1), "{speech:?}");
        }
        // One for the first two requests, a new one for each of the others.
        assert_eq!(connections(&server), 5, "{speech:?}");
    }
}

#[tokio::test]
async fn finish_reasons_have_one_vocabulary() {
    for speech in Speech::ALL {
        for (said, reason) in [
            ("stop", FinishReason::Stop),
            ("length", FinishReason::Length),
            ("tool", FinishReason::ToolCalls),
            ("brand_new", FinishReason::Other("brand_new".to_owned())),
        ] {
            let ends = speech.text("No.") + &speech.finish(said) + &speech.end();
            let call = observe(speech, Reply::stream().send(ends).end()).await;
            assert_eq!(call.finished().reason, reason, "{speech:?}");
            assert_eq!(call.finished().model.is_some(), speech != Speech::Anthropic);
        }
    }
}

#[tokio::test]
async fn an_empty_reason_with_every_piece_does_not_end_an_answer() {
    let chunk = |text: &str, reason: &str| {
        format!(
            "data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":\"{reason}\"}}]}}\n\n"
        )
    };
    let script = chunk("One ", "") + &chunk("two.", "") + &chunk("", "stop");
    let whole = observe(Speech::OpenAi, Reply::stream().send(&script).end()).await;
    assert_eq!(
        (whole.text().as_str(), &whole.finished().reason),
        ("One two.", &FinishReason::Stop)
    );
}

#[tokio::test]
async fn a_stream_without_a_content_type_is_read() {
    for speech in Speech::ALL {
        let untyped = Reply::head(200, &[("transfer-encoding", "chunked")]);
        let call = observe(speech, untyped.send(script(speech)).end()).await;
        assert_eq!(call.text(), WHOLE, "{speech:?}");
    }
}

#[tokio::test]
async fn an_empty_error_field_is_ignored() {
    for speech in Speech::ALL {
        for nothing in
            ["\"\"", "\" \"", "null", "{}", "[]", "false", "0", r#"{"code":0,"message":""}"#]
        {
            let with_error =
                |script: &str| script.replace("data: {", &format!("data: {{\"error\":{nothing},"));
            let call =
                observe(speech, Reply::stream().send(with_error(&script(speech))).end()).await;
            assert_eq!(call.text(), WHOLE, "{speech:?}: {nothing}");
        }
    }
}

#[tokio::test]
async fn a_split_character_is_joined_across_chunks() {
    for speech in Speech::ALL {
        let half = |text: &str| speech.text("HALF").replace("HALF", text);
        for (first, second, read) in [
            (r"Good \ud83d", r"\ude00 day.", "Good 😀 day."),
            (r"\uD83D", r"\uDE00", "😀"),
            (r"one \ud83d", "two", "one \u{fffd}two"),
            ("one ", r"\ude00 two", "one \u{fffd} two"),
            ("one ", r"two \ud83d", "one two \u{fffd}"),
        ] {
            let script = speech.start()
                + &half(first)
                + &half("")
                + &half(second)
                + &speech.finish("stop")
                + &speech.end();
            let server = FaultServer::start().await;
            server.push(Reply::stream().send(script).end());
            let call = listen(model(speech, &server).as_ref(), request()).await;
            assert_eq!(call.text(), read, "{speech:?}");
            assert_eq!(call.finished().attempts, 1, "{speech:?}");
            // The text sent before the other half has no replacement for it.
            let whole = !read.contains('\u{fffd}');
            let pieces = call.events.iter().any(
                |event| matches!(event, ChatEvent::Delta(piece) if piece.contains('\u{fffd}')),
            );
            assert_eq!(pieces, !whole, "{speech:?}");
        }
    }
}
