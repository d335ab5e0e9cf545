//! Stop strings: sent where the format has them, omitted where a server rejects them.

use coach_core::ports::{ChatRequest, ModelErrorKind as Kind};
use coach_llm::{
    Endpoint, ModelName, Provider,
    testing::{FaultServer, Reply, Speech},
};
use serde_json::{Value, json};

use crate::support::{listen, model, models, request, retrying};

const WANTED: [&str; 7] = ["\nDana:", "  \n", "", "\nRuth:", "c", "d", "e"];

fn stopping(request: ChatRequest) -> ChatRequest {
    ChatRequest { stop: WANTED.map(str::to_owned).to_vec(), ..request }
}

fn sent(speech: Speech, body: &Value) -> Option<&Value> {
    body.pointer(match speech {
        Speech::OpenAi => "/stop",
        Speech::Anthropic => "/stop_sequences",
        Speech::Google => "/generationConfig/stopSequences",
    })
}

#[tokio::test]
async fn every_provider_gets_as_many_as_it_accepts_and_no_blank_ones() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        server.always(speech.answer(["Yes."]));
        let model = model(speech, &server);
        listen(model.as_ref(), stopping(request())).await.finished();
        listen(model.as_ref(), request()).await.finished();
        let journal = server.journal();
        let most = if speech == Speech::OpenAi { 4 } else { 5 };
        let expected = json!(["\nDana:", "\nRuth:", "c", "d", "e"][..most]);
        assert_eq!(sent(speech, &journal[0].body), Some(&expected), "{speech:?}");
        assert_eq!(sent(speech, &journal[1].body), None, "{speech:?}");
    }
}

#[tokio::test]
async fn a_server_that_rejects_them_is_asked_without_them_from_then_on() {
    let refusals: [fn() -> Reply; 4] = [
        || {
            Reply::json(
                400,
                r#"{"error":{"param":"stop","message":"Unsupported parameter: 'stop'"}}"#,
            )
        },
        || {
            Reply::json(
                422,
                r#"{"detail":[{"loc":["body","stop"],"msg":"extra fields not permitted"}]}"#,
            )
        },
        || Reply::json(400, r#"{"error":{"message":"bad request"}}"#),
        || Reply::stream().send("data: {\"error\":{\"type\":\"invalid_request_error\"}}\n\n").end(),
    ];
    for refusal in refusals {
        for speech in Speech::ALL {
            let server = FaultServer::start().await;
            server.push(refusal());
            server.always(speech.answer(["Yes."]));
            let model = model(speech, &server);
            for _ in 0..2 {
                // No retry is allowed: omitting a field is not a retry.
                let call = listen(model.as_ref(), stopping(retrying(0))).await;
                assert_eq!(call.text(), "Yes.", "{speech:?}");
            }
            let asked: Vec<_> =
                server.journal().iter().map(|seen| sent(speech, &seen.body).is_some()).collect();
            assert_eq!(asked, [true, false, false], "{speech:?}");
        }
    }
}

#[tokio::test]
async fn a_request_rejected_for_another_reason_is_not_blamed_on_stop_strings() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        server.push(Reply::json(400, r#"{"error":{"message":"no"}}"#));
        server.push(Reply::json(400, r#"{"error":{"message":"no"}}"#));
        server.always(speech.answer(["Yes."]));
        let model = model(speech, &server);
        let call = listen(model.as_ref(), stopping(retrying(1))).await;
        assert_eq!(call.failed(), Kind::BadRequest, "{speech:?}");
        listen(model.as_ref(), stopping(retrying(1))).await.finished();
        let asked: Vec<_> =
            server.journal().iter().map(|seen| sent(speech, &seen.body).is_some()).collect();
        assert_eq!(asked, [true, false, true], "{speech:?}");
    }
}

#[tokio::test]
async fn another_model_of_the_same_provider_still_gets_them() {
    let server = FaultServer::start().await;
    server.push(Reply::json(400, r#"{"error":{"param":"stop"}}"#));
    server.always(Speech::OpenAi.answer(["Yes."]));
    let models = models(Provider::Compatible, Endpoint::at(server.url()));
    for id in ["one", "two"] {
        let model = models.resolve(&ModelName::id(Provider::Compatible, id)).unwrap();
        listen(model.as_ref(), stopping(request())).await.finished();
    }
    let asked: Vec<_> =
        server.journal().iter().map(|seen| seen.body.get("stop").is_some()).collect();
    assert_eq!(asked, [true, false, true]);
}
