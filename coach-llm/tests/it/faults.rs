//! Every failure before the first text, in every format: its kind, and whether it is retried.

use coach_core::ports::{ChatEvent, ModelErrorKind as Kind};
use coach_llm::testing::{FaultServer, Mishap, Reply, Speech};
use tokio::io::AsyncWriteExt as _;

use crate::support::{listen, model, model_at, request, retrying};

/// A row: what happens, the kind of error, and the number of requests when two retries are allowed.
struct FaultRow {
    what: &'static str,
    reply: fn(Speech) -> Reply,
    kind: Kind,
    requests: usize,
}

const fn row(
    what: &'static str,
    reply: fn(Speech) -> Reply,
    kind: Kind,
    requests: usize,
) -> FaultRow {
    FaultRow { what, reply, kind, requests }
}

fn error(status: u16, error: &str) -> Reply {
    Reply::json(status, &format!(r#"{{"error":{error}}}"#))
}

const TABLE: &[FaultRow] = &[
    row("a wrong key", |s| s.mishap_reply(Mishap::Auth), Kind::Auth, 1),
    row("401 without a word", |_| Reply::json(401, ""), Kind::Auth, 1),
    row("403", |_| error(403, "{}"), Kind::Auth, 1),
    row(
        "a permission error with an odd status",
        |_| error(418, r#"{"type":"permission_error"}"#),
        Kind::Auth,
        1,
    ),
    row("402", |_| Reply::json(402, ""), Kind::QuotaExhausted, 1),
    row(
        "429 out of credit",
        |_| error(429, r#"{"code":"insufficient_quota"}"#),
        Kind::QuotaExhausted,
        1,
    ),
    row("429 billing", |_| error(429, r#"{"type":"billing_error"}"#), Kind::QuotaExhausted, 1),
    row(
        "429 spend limit",
        |_| error(429, r#"{"code":"org_spend_limit_hit"}"#),
        Kind::QuotaExhausted,
        1,
    ),
    row("429", |s| s.mishap_reply(Mishap::RateLimited), Kind::RateLimited(None), 3),
    row(
        "429 as a page",
        |_| Reply::whole(429, "text/html", "<p>slow</p>"),
        Kind::RateLimited(None),
        3,
    ),
    row("overloaded", |s| s.mishap_reply(Mishap::Overloaded), Kind::Overloaded(None), 3),
    row("503 without a word", |_| Reply::json(503, ""), Kind::Overloaded(None), 3),
    row("a prompt too long", |s| s.mishap_reply(Mishap::ContextTooLong), Kind::ContextTooLong, 1),
    row("413", |_| Reply::json(413, ""), Kind::ContextTooLong, 1),
    row(
        "llama.cpp's context",
        |_| error(400, r#"{"code":400,"type":"exceed_context_size_error"}"#),
        Kind::ContextTooLong,
        1,
    ),
    row(
        "LiteLLM's context",
        |_| error(400, r#"{"message":"litellm.ContextWindowExceededError"}"#),
        Kind::ContextTooLong,
        1,
    ),
    row("filtered", |_| error(400, r#"{"code":"content_filter"}"#), Kind::ContentFiltered, 1),
    row(
        "against the policy",
        |_| error(400, r#"{"code":"content_policy_violation"}"#),
        Kind::ContentFiltered,
        1,
    ),
    row("no such model", |s| s.mishap_reply(Mishap::ModelNotFound), Kind::ModelNotFound, 1),
    row("404 as a page", |_| Reply::whole(404, "text/html", "<p>no</p>"), Kind::ModelNotFound, 1),
    row(
        "model_not_found with 400",
        |_| error(400, r#"{"code":"model_not_found"}"#),
        Kind::ModelNotFound,
        1,
    ),
    row("400", |_| error(400, r#"{"message":"no"}"#), Kind::BadRequest, 1),
    row("400 in Ollama's words", |_| error(400, r#""no""#), Kind::BadRequest, 1),
    row(
        "422 in vLLM's words",
        |_| Reply::json(422, r#"{"object":"error","message":"no"}"#),
        Kind::BadRequest,
        1,
    ),
    row(
        "a redirect",
        |_| Reply::json(307, "").header("location", "http://127.0.0.1:1/"),
        Kind::BadRequest,
        1,
    ),
    row("408", |_| Reply::json(408, ""), Kind::Provider, 3),
    row("409", |_| Reply::json(409, ""), Kind::Provider, 3),
    row("500", |s| s.mishap_reply(Mishap::Broken), Kind::Provider, 3),
    row(
        "502 as a page",
        |_| Reply::whole(502, "text/html", "<p>bad gateway</p>"),
        Kind::Provider,
        3,
    ),
    row(
        "500 not to be retried",
        |_| Reply::json(500, "{}").header("x-should-retry", "false"),
        Kind::Provider,
        1,
    ),
    row(
        "429 not to be retried",
        |_| Reply::json(429, "{}").header("x-should-retry", "false"),
        Kind::RateLimited(None),
        1,
    ),
    row(
        "200 with an error inside",
        |s| {
            Reply::json(
                200,
                s.mishap_event(Mishap::Overloaded).rsplit("data: ").next().unwrap().trim(),
            )
        },
        Kind::Overloaded(None),
        3,
    ),
    row("200 with a page", |_| Reply::whole(200, "text/html", "<p>hello</p>"), Kind::Malformed, 2),
    row("200 with other JSON", |_| Reply::json(200, r#"{"choices":[]}"#), Kind::Malformed, 2),
    row("200 with nothing", |_| Reply::json(200, ""), Kind::Malformed, 2),
    row("204", |_| Reply::head(204, &[]).close(), Kind::Malformed, 2),
    row(
        "a packed stream",
        |s| s.answer(["x"]).header("content-encoding", "gzip"),
        Kind::Malformed,
        2,
    ),
    row("a reset before the head", |_| Reply::silent().reset(), Kind::Network, 3),
    row("an end before the head", |_| Reply::silent().close(), Kind::Network, 3),
    row("half a head", |_| Reply::silent().raw("HTTP/1.1 200 O").close(), Kind::Network, 3),
    row("no HTTP at all", |_| Reply::silent().raw("+PONG\r\n").close(), Kind::Network, 3),
    row("an empty stream", |_| Reply::stream().end(), Kind::CutMidStream, 3),
    row(
        "a stream that only began",
        |s| Reply::stream().send(s.start()).end(),
        Kind::CutMidStream,
        3,
    ),
    row("FIN before any text", |s| Reply::stream().send(s.start()).close(), Kind::CutMidStream, 3),
    row("RST before any text", |s| Reply::stream().send(s.start()).reset(), Kind::CutMidStream, 3),
    row(
        "an event that is not JSON",
        |_| Reply::stream().send("data: {\"choices\": [\n\n").end(),
        Kind::Malformed,
        3,
    ),
    row(
        "an event that is not UTF-8",
        |_| Reply::stream().send(b"data: \"\xff\"\n\n").end(),
        Kind::Malformed,
        3,
    ),
    row(
        "a line of more than 256 KiB",
        |_| Reply::stream().send(format!("data: {}", " ".repeat(256 * 1024))).hold(),
        Kind::Malformed,
        3,
    ),
    row(
        "a refusal in the stream",
        |s| Reply::stream().send(s.mishap_event(Mishap::Overloaded)).end(),
        Kind::Overloaded(None),
        3,
    ),
    row(
        "a limit in the stream",
        |s| Reply::stream().send(s.mishap_event(Mishap::RateLimited)).end(),
        Kind::RateLimited(None),
        3,
    ),
    row(
        "a failure in the stream",
        |s| Reply::stream().send(s.mishap_event(Mishap::Broken)).end(),
        Kind::Provider,
        3,
    ),
    row(
        "a wrong key in the stream",
        |s| Reply::stream().send(s.mishap_event(Mishap::Auth)).end(),
        Kind::Auth,
        1,
    ),
    row(
        "a code as text in the stream",
        |_| Reply::stream().send("data: {\"error\":{\"code\":\"429\"}}\n\n").end(),
        Kind::RateLimited(None),
        3,
    ),
];

#[tokio::test]
async fn every_fault_has_its_kind_and_number_of_attempts_in_every_format() {
    for row in TABLE {
        for speech in Speech::ALL {
            let server = FaultServer::start().await;
            server.always((row.reply)(speech));
            let call = listen(model(speech, &server).as_ref(), retrying(2)).await;
            let name = format!("{speech:?}: {}", row.what);
            assert_eq!(call.failed(), row.kind, "{name}: {:?}", call.end);
            assert_eq!(server.journal().len(), row.requests, "{name}");
            assert_eq!(call.count(&ChatEvent::Activity), row.requests - 1, "{name}");
            assert!(call.text().is_empty(), "{name}");
        }
    }
}

#[tokio::test]
async fn a_temporary_fault_leaves_a_whole_answer() {
    for row in TABLE.iter().filter(|row| row.requests > 1) {
        for speech in Speech::ALL {
            let server = FaultServer::start().await;
            server.push((row.reply)(speech));
            server.push(speech.answer(["Not ", "today."]));
            let call = listen(model(speech, &server).as_ref(), retrying(2)).await;
            assert_eq!(call.text(), "Not today.", "{speech:?}: {}", row.what);
            assert_eq!(call.finished().attempts, 2, "{speech:?}: {}", row.what);
            assert_eq!(call.count(&ChatEvent::Accepted), 1, "{speech:?}: {}", row.what);
        }
    }
}

#[tokio::test]
async fn a_prompt_blocked_by_google_is_filtered_and_says_why() {
    let blocked = r#"data: {"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}"#;
    let server = FaultServer::start().await;
    server.push(Reply::stream().send(format!("{blocked}\r\n\r\n")).end());
    let call = listen(model(Speech::Google, &server).as_ref(), retrying(2)).await;
    assert_eq!(call.failed(), Kind::ContentFiltered);
    assert!(call.end.unwrap_err().message.contains("PROHIBITED_CONTENT"));
    assert_eq!(server.journal().len(), 1);
}

#[tokio::test]
async fn an_unreachable_server_is_a_network_error() {
    let server = FaultServer::start().await;
    let url = server.url();
    drop(server);
    for speech in Speech::ALL {
        let call = listen(model_at(speech, &url).as_ref(), request()).await;
        // The connection is refused or reset, depending on when the port is freed.
        assert_eq!(call.failed(), Kind::Network, "{speech:?}");
        assert_eq!(call.events, []);
    }
}

#[tokio::test]
async fn a_server_without_tls_is_a_network_error() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            socket.write_all(b"220 mail ready\r\n").await.unwrap();
        }
    });
    let call = listen(model_at(Speech::Anthropic, &url).as_ref(), request()).await;
    assert_eq!(call.failed(), Kind::Network, "{:?}", call.end);
}

#[tokio::test]
async fn an_error_names_its_status_and_request_and_hides_key_and_address() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        let body = format!(
            r#"{{"error":{{"message":"key {} is wrong,\nsee https://x.test/{}"}}}}"#,
            crate::support::KEY,
            "y".repeat(1000)
        );
        server.push(Reply::json(401, &body).header("request-id", "req_7"));
        let error = listen(model(speech, &server).as_ref(), request()).await.end.unwrap_err();
        assert_eq!(error.status, Some(401));
        assert_eq!(error.request_id.as_deref(), Some("req_7"));
        assert_eq!(error.message, "key [key] is wrong, see [url]");
        assert_eq!(error.provider, crate::support::provider(speech).as_str());
    }
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    for speech in Speech::ALL {
        let (server, thief) = (FaultServer::start().await, FaultServer::start().await);
        thief.always(speech.answer(["Thanks for the key."]));
        server.push(Reply::json(308, "").header("location", &thief.url()));
        let call = listen(model(speech, &server).as_ref(), retrying(2)).await;
        assert_eq!(call.failed(), Kind::BadRequest, "{speech:?}");
        assert!(thief.journal().is_empty(), "{speech:?}");
    }
}
