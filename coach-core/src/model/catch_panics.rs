//! A model wrapper that turns panics into failed answers, so that they end neither the task nor the turn.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures::{Stream, StreamExt as _};

use crate::{
    ports::{
        CallLimits, ChatEvent, ChatModel, ChatRequest, ChatStream, ModelError, ModelErrorKind,
    },
    timestamp::Timestamp,
    turn::ledger::Usage,
};

/// Wraps every model that a host provides.
#[derive(Debug)]
pub(crate) struct CatchPanics {
    model: Arc<dyn ChatModel>,
    /// Read once, so that a model whose `name` panics does so here.
    name: String,
}

impl CatchPanics {
    pub(crate) fn new(model: Arc<dyn ChatModel>) -> Self {
        let name = catch("name", || model.name().to_owned());
        Self { model, name: name.unwrap_or_else(|| "unnamed".to_owned()) }
    }
}

impl ChatModel for CatchPanics {
    fn stream(&self, request: ChatRequest) -> ChatStream {
        let answer = catch("stream", || self.model.stream(request));
        GuardedStream { answer, name: self.name.clone(), ended: false }.boxed()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn max_output(&self, wanted: u32) -> u32 {
        catch("max_output", || self.model.max_output(wanted)).unwrap_or(wanted)
    }

    fn limits(&self, wanted: CallLimits) -> CallLimits {
        catch("limits", || self.model.limits(wanted)).unwrap_or(wanted)
    }

    fn cost(&self, answered: &str, usage: Usage, at: Timestamp) -> Option<u64> {
        catch("cost", || self.model.cost(answered, usage, at)).flatten()
    }
}

/// An answer; `None` once its stream has been dropped.
struct GuardedStream {
    answer: Option<ChatStream>,
    name: String,
    ended: bool,
}

impl GuardedStream {
    fn drop_stream(&mut self) {
        if let Some(answer) = self.answer.take() {
            catch("drop", move || drop(answer));
        }
    }
}

impl Stream for GuardedStream {
    type Item = Result<ChatEvent, ModelError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let polled = self
            .answer
            .as_mut()
            .and_then(|answer| catch("poll", || answer.poll_next_unpin(context)));
        match polled {
            Some(Poll::Ready(None)) => {
                self.ended = true;
                Poll::Ready(None)
            }
            Some(polled) => polled,
            None => {
                self.ended = true;
                self.drop_stream();
                let message = "the adapter panicked";
                let error = ModelError::new(ModelErrorKind::Malformed, self.name.as_str(), message);
                Poll::Ready(Some(Err(error)))
            }
        }
    }
}

impl Drop for GuardedStream {
    fn drop(&mut self) {
        self.drop_stream();
    }
}

/// Calls a model's method and catches a panic. The panic message is left to the panic hook and not logged
/// here, because it may quote a conversation.
fn catch<T>(method: &'static str, call: impl FnOnce() -> T) -> Option<T> {
    let result = catch_unwind(AssertUnwindSafe(call));
    if result.is_err() {
        tracing::error!(method, "a model panicked");
    }
    result.ok()
}
