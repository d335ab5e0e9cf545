//! What a call does with bytes, without a connection: reads an answer, writes a request's body.

use std::sync::Arc;

use bytes::Bytes;
use coach_core::ports::{CallLimits, ChatRequest, ModelError};
use futures::{StreamExt as _, stream};

use super::Speech;
use crate::{
    Endpoint, Provider,
    call::{
        answer_reader::{AnswerReader, AnswerStep},
        body::EventStream,
        clocks::Clocks,
        transport::Transport,
    },
    wire::{anthropic::Anthropic, dialect::Dialect, google::Google, openai::OpenAi},
};

/// Reads an answer from the chunks of its body, and returns its pieces of text.
///
/// # Errors
/// The error that the call would end with.
pub async fn read_answer(
    speech: Speech,
    chunks: impl IntoIterator<Item = Bytes, IntoIter: Send + 'static>,
) -> Result<Vec<String>, ModelError> {
    let (provider, wire) = dialect(speech);
    let endpoint = Endpoint::at("http://localhost").and_key("none");
    let transport = Transport::new(provider, &endpoint, "", "v1", wire.as_ref())
        .map_err(|error| invalid(&error))?;
    let events = EventStream::over(stream::iter(chunks).map(Ok).boxed());
    let clocks = Clocks::start(&CallLimits::default(), None);
    let mut reader = AnswerReader::over(Arc::new(transport), wire, events, clocks, None);
    let mut pieces = Vec::new();
    loop {
        match reader.next().await {
            AnswerStep::Text(piece) => pieces.push(piece),
            AnswerStep::Used(_) | AnswerStep::KeepAlive => {}
            AnswerStep::Finished { .. } => return Ok(pieces),
            AnswerStep::Failed(fault) => return Err(*fault.error),
        }
    }
}

/// Returns the body of a request, as it is sent.
pub fn request_body(speech: Speech, request: &ChatRequest) -> Vec<u8> {
    dialect(speech).1.body("asked-model", request, request.max_output_tokens).into_json()
}

fn dialect(speech: Speech) -> (Provider, Arc<dyn Dialect>) {
    match speech {
        Speech::Anthropic => (Provider::Anthropic, Arc::new(Anthropic)),
        Speech::OpenAi => (Provider::OpenAi, Arc::new(OpenAi::Own)),
        Speech::Google => (Provider::Google, Arc::new(Google)),
    }
}

fn invalid(error: &crate::SetupError) -> ModelError {
    ModelError::new(coach_core::ports::ModelErrorKind::Network, "local", error.to_string())
}
