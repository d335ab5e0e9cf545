//! What an adapter reports of its own work: requests, waits, and the provider's request id.

use std::time::{Duration, Instant};

use coach_core::ports::{ChatEvent, Effort, ModelErrorKind as Kind};
use coach_llm::testing::{FaultServer, Mishap, Reply, Speech};
use futures::StreamExt as _;

use crate::support::{listen, model, retrying};

/// Returns the header with the provider's request id.
fn id_header(speech: Speech) -> &'static str {
    match speech {
        Speech::Anthropic => "request-id",
        Speech::OpenAi => "x-request-id",
        Speech::Google => "x-goog-request-id",
    }
}

#[tokio::test]
async fn a_retried_call_reports_retries_waiting_and_the_answering_request() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        let limited = speech.mishap_reply(Mishap::RateLimited).header("retry-after-ms", "120");
        server.push(limited.header(id_header(speech), "req_refused"));
        server.push(speech.mishap_reply(Mishap::Overloaded).header("retry-after-ms", "80"));
        server.push(speech.answer(["Here."]).header(id_header(speech), "req_answered"));
        let began = Instant::now();
        let call = listen(model(speech, &server).as_ref(), retrying(2)).await;
        let took = began.elapsed();
        assert_eq!((call.text().as_str(), call.finished().attempts), ("Here.", 3), "{speech:?}");
        let last = call.efforts.last().unwrap();
        assert_eq!(last.attempts, 3, "{speech:?}");
        assert_eq!(last.request_id.as_deref(), Some("req_answered"), "{speech:?}");
        let waits = Duration::from_millis(120 + 80)..=took;
        assert!(waits.contains(&last.waited), "{speech:?}: {:?} of {took:?}", last.waited);
        // Totals only grow, and a retry forgets the id of the request before it.
        let attempts: Vec<_> = call.efforts.iter().map(|effort| effort.attempts).collect();
        assert_eq!(attempts, [2, 3, 3], "{speech:?}");
        assert!(call.efforts[..2].iter().all(|effort| effort.request_id.is_none()), "{speech:?}");
    }
}

#[tokio::test]
async fn an_answer_at_the_first_request_waited_for_nothing() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        server.push(speech.answer(["Here."]).header(id_header(speech), "req_1"));
        let call = listen(model(speech, &server).as_ref(), retrying(2)).await;
        let request_id = Some("req_1".to_owned());
        let once = Effort { attempts: 1, waited: Duration::ZERO, request_id };
        assert_eq!(call.efforts, [once], "{speech:?}");
    }
}

#[tokio::test]
async fn a_call_that_fails_after_retries_names_its_last_request() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        for id in ["req_1", "req_2"] {
            server.push(Reply::json(500, "{}").header(id_header(speech), id));
        }
        let call = listen(model(speech, &server).as_ref(), retrying(1)).await;
        assert_eq!(call.failed(), Kind::Provider, "{speech:?}");
        let error = call.end.unwrap_err();
        assert_eq!(error.request_id.as_deref(), Some("req_2"), "{speech:?}");
        assert_eq!(call.efforts.last().map(|effort| effort.attempts), Some(2), "{speech:?}");
    }
}

/// A caller that drops the stream has the request's id by then.
#[tokio::test]
async fn the_request_id_is_reported_before_the_first_text() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        let begun = Reply::stream().send(speech.start()).send(speech.text("Not "));
        server.push(begun.header(id_header(speech), "req_9").hold());
        let mut stream = model(speech, &server).stream(retrying(0));
        let mut known = None;
        loop {
            match stream.next().await.unwrap().unwrap() {
                ChatEvent::Effort(effort) => known = effort.request_id,
                ChatEvent::Delta(_) => break,
                _ => {}
            }
        }
        assert_eq!(known.as_deref(), Some("req_9"), "{speech:?}");
    }
}
