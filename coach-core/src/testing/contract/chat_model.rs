//! Contract tests of `ChatModel`.

use futures::StreamExt as _;

use crate::ports::{ChatEvent, ChatModel, ChatRequest};

/// Returns the text of a successful answer; panics if the stream violates the contract.
pub async fn answers_in_order(model: &dyn ChatModel, request: ChatRequest) -> String {
    let mut stream = model.stream(request);
    let mut text = String::new();
    let mut accepted = false;
    let mut done = false;
    let mut attempts = 1;
    while let Some(event) = stream.next().await {
        assert!(!done, "{}: an event came after Done", model.name());
        match event.unwrap_or_else(|error| panic!("{}: {error}", model.name())) {
            ChatEvent::Accepted => accepted = true,
            ChatEvent::Delta(piece) => {
                assert!(accepted, "{}: text before Accepted", model.name());
                assert!(!piece.is_empty(), "{}: an empty delta", model.name());
                text.push_str(&piece);
            }
            ChatEvent::Activity | ChatEvent::Used(_) => {}
            ChatEvent::Effort(effort) => {
                assert!(
                    effort.attempts >= attempts,
                    "{}: fewer attempts than before",
                    model.name()
                );
                attempts = effort.attempts;
            }
            ChatEvent::Done(finished) => {
                assert!(finished.attempts >= attempts, "{}: too few attempts", model.name());
                done = true;
            }
        }
    }
    assert!(done, "{}: the stream ended without Done", model.name());
    assert!(
        stream.next().await.is_none(),
        "{}: an item came after the end of the stream",
        model.name()
    );
    text
}

/// A failing call must end with exactly one error and then end the stream.
pub async fn fails_once(model: &dyn ChatModel, request: ChatRequest) -> crate::ports::ModelError {
    let mut stream = model.stream(request);
    let error = loop {
        match stream.next().await {
            Some(Ok(ChatEvent::Done(_))) | None => {
                panic!("{}: the stream did not fail", model.name())
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => break error,
        }
    };
    assert!(stream.next().await.is_none(), "{}: an item came after the error", model.name());
    error
}
