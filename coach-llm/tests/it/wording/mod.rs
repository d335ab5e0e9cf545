//! Errors that servers express only in words: the kind of each, as a whole response and within a stream. None
//! of them is retried.

mod rows;

use coach_core::ports::ModelErrorKind as Kind;
use coach_llm::{
    Endpoint, ModelName, Provider,
    testing::{FaultServer, Mishap, Reply, Speech},
};
use serde_json::json;

use self::rows::{passing, refused, too_long, used_up};
use crate::support::{ObservedCall, endpoint, listen, models, provider, retrying};

async fn observe(provider: Provider, reply: Reply, retries: u32) -> (ObservedCall, usize) {
    let server = FaultServer::start().await;
    server.always(reply);
    let endpoint = match provider {
        Provider::Compatible => Endpoint::at(server.url()),
        _ => endpoint(server.url()),
    };
    let model = models(provider, endpoint).resolve(&ModelName::id(provider, "m")).unwrap();
    let call = listen(model.as_ref(), retrying(retries)).await;
    (call, server.journal().len())
}

#[tokio::test]
async fn a_wording_has_the_same_kind_in_a_response_and_in_a_stream() {
    for (who, provider, status, body, kind) in
        too_long().into_iter().chain(used_up()).chain(refused())
    {
        let whole = Reply::json(status, &body.to_string());
        let (whole, requests) = observe(provider, whole, 1).await;
        assert_eq!((whole.failed(), requests), (kind, 1), "{who}: {:?}", whole.end);
        // A stream loses the status unless the error repeats it.
        if status == 402 {
            continue;
        }
        let event = Reply::stream().send(format!("data: {body}\n\n")).end();
        let (event, requests) = observe(provider, event, 1).await;
        assert_eq!((event.failed(), requests), (kind, 1), "{who} in a stream: {:?}", event.end);
    }
}

#[tokio::test]
async fn a_limit_per_minute_is_retried() {
    for (who, provider, status, body, kind) in passing() {
        let (call, requests) = observe(provider, Reply::json(status, &body.to_string()), 1).await;
        assert_eq!((call.failed(), requests), (kind, 2), "{who}: {:?}", call.end);
    }
}

#[tokio::test]
async fn a_wait_of_hours_means_an_exhausted_quota() {
    for speech in Speech::ALL {
        let reply = speech.mishap_reply(Mishap::RateLimited);
        let (call, requests) =
            observe(provider(speech), reply.header("retry-after", "41300"), 1).await;
        assert_eq!((call.failed(), requests), (Kind::QuotaExhausted, 1), "{speech:?}");
    }
}

#[tokio::test]
async fn an_error_event_may_be_plain_text_or_lack_an_error_field() {
    let words = "Reached context length of 4096 tokens, but this model does not support overflow.";
    for speech in Speech::ALL {
        for data in
            [words.to_owned(), json!({"message": words}).to_string(), json!(words).to_string()]
        {
            let reply = Reply::stream().send(format!("event: error\ndata: {data}\n\n")).end();
            let (call, requests) = observe(provider(speech), reply, 1).await;
            assert_eq!((call.failed(), requests), (Kind::ContextTooLong, 1), "{speech:?}: {data}");
        }
        let reply = Reply::stream().send("event: error\ndata: Internal error\n\n").end();
        assert_eq!(
            observe(provider(speech), reply, 0).await.0.failed(),
            Kind::Provider,
            "{speech:?}"
        );
    }
}
