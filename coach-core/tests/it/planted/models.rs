//! `PlantedModel`: a model with one fault, and the provider that it asks.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use coach_core::{
    ports::{
        ChatEvent, ChatModel, ChatRequest, ChatStream, FinishReason, Finished, ModelError,
        ModelErrorKind,
    },
    testing::contract::chat_model::{ModelUnderTest, Prepared},
};
use futures::{StreamExt as _, stream};
use tokio::{sync::watch, task::yield_now};

/// What authors of models get wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ModelFault {
    /// Sends the request when it is asked for a stream.
    AsksAtOnce,
    /// Reads the response in a task that does not notice the drop.
    ReadsInATask,
    /// Leaves the response open in a pool of connections.
    KeepsTheCallOpen,
    /// Leaves what a dropped call received in a buffer that the next one continues.
    KeepsWhatWasDropped,
    /// Has one buffer for all calls.
    SharesABuffer,
    /// Decodes each chunk of bytes by itself.
    CutsCharacters,
    /// Trims the lines of a stream, and what they contain.
    TrimsPieces,
    /// Forgets what is still in its buffer when the response ends.
    LosesTheLastPiece,
    /// Reports the response after its first text.
    SpeaksBeforeAccepted,
    /// Passes pieces without text on.
    SendsEmptyPieces,
    /// Takes both the finish reason and the end of the response for the end.
    EndsTwice,
    /// Reports an error and tries again in the same stream.
    GoesOnAfterAnError,
}

/// A response as the provider prepared it.
#[derive(Clone, Debug)]
enum Response {
    Text(String),
    Endless,
    Failure,
}

/// The provider: counts requests, and the responses that it is still sending.
#[derive(Debug, Default)]
struct Provider {
    prepared: Mutex<VecDeque<Response>>,
    requests: AtomicUsize,
    open: watch::Sender<usize>,
}

/// A response that the provider is sending.
#[derive(Debug)]
struct Call(Arc<Provider>);

impl Drop for Call {
    fn drop(&mut self) {
        self.0.open.send_modify(|open| *open -= 1);
    }
}

/// A model with at most one fault, and its provider.
pub(crate) struct PlantedModel(Arc<FaultyModel>);

#[derive(Debug)]
struct FaultyModel {
    fault: Option<ModelFault>,
    provider: Arc<Provider>,
    buffer: Arc<Mutex<Vec<String>>>,
}

impl PlantedModel {
    pub(crate) fn with(fault: Option<ModelFault>) -> Self {
        Self(Arc::new(FaultyModel { fault, provider: Arc::default(), buffer: Arc::default() }))
    }
}

#[async_trait]
impl ModelUnderTest for PlantedModel {
    fn prepare(&self, answer: Prepared<'_>) -> Option<Arc<dyn ChatModel>> {
        let response = match answer {
            Prepared::Anything => Response::Text("Not this Friday.".into()),
            Prepared::Text(text) => Response::Text(text.into()),
            Prepared::Endless => Response::Endless,
            Prepared::Failure => Response::Failure,
        };
        lock(&self.0.provider.prepared).push_back(response);
        Some(self.0.clone())
    }

    fn requests(&self) -> usize {
        self.0.provider.requests.load(Ordering::SeqCst)
    }

    async fn hung_up(&self) {
        let mut open = self.0.provider.open.subscribe();
        open.wait_for(|open| *open == 0).await.expect("the provider outlives its calls");
    }
}

impl ChatModel for FaultyModel {
    fn stream(&self, _: ChatRequest) -> ChatStream {
        let (fault, provider, buffer) = (self.fault, self.provider.clone(), self.buffer.clone());
        let early = (fault == Some(ModelFault::AsksAtOnce)).then(|| ask(&provider));
        let begun = async move {
            let (call, response) = early.unwrap_or_else(|| ask(&provider));
            match fault {
                Some(ModelFault::ReadsInATask) => {
                    tokio::spawn(std::future::pending::<()>());
                }
                Some(ModelFault::KeepsTheCallOpen) => std::mem::forget(call.clone()),
                _ => {}
            }
            let shared = buffer.clone();
            let events = stream::iter(events(fault, &response, &buffer)).then(move |event| {
                let shared = shared.clone();
                async move { passed(fault, event, &shared).await }
            });
            let rest = match response {
                Response::Endless => stream::pending().boxed(),
                Response::Text(_) | Response::Failure => stream::empty().boxed(),
            };
            events.chain(rest).inspect(move |_| {
                let _still_open = &call;
            })
        };
        stream::once(begun).flatten().boxed()
    }

    fn name(&self) -> &'static str {
        "planted:model"
    }
}

fn lock<T>(what: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ask(provider: &Arc<Provider>) -> (Arc<Call>, Response) {
    provider.requests.fetch_add(1, Ordering::SeqCst);
    provider.open.send_modify(|open| *open += 1);
    let response = lock(&provider.prepared).pop_front().expect("a prepared response");
    (Arc::new(Call(provider.clone())), response)
}

type Event = Result<ChatEvent, ModelError>;

fn events(
    fault: Option<ModelFault>,
    response: &Response,
    buffer: &Mutex<Vec<String>>,
) -> Vec<Event> {
    let said = |text: &str| Ok(ChatEvent::Delta(text.to_owned()));
    let done = || {
        Ok(ChatEvent::Done(Finished {
            reason: FinishReason::Stop,
            usage: None,
            model: None,
            attempts: 1,
        }))
    };
    let text = match response {
        Response::Text(text) => text,
        Response::Endless => "Not ",
        Response::Failure => {
            let error = || Err(ModelError::new(ModelErrorKind::Provider, "planted", "failed"));
            return match fault {
                Some(ModelFault::GoesOnAfterAnError) => vec![error(), error()],
                _ => vec![error()],
            };
        }
    };
    let characters: Vec<char> = text.chars().collect();
    let mut pieces: Vec<String> = match fault {
        Some(ModelFault::CutsCharacters) => {
            let chunks = text.as_bytes().chunks(3);
            chunks.map(|chunk| String::from_utf8_lossy(chunk).into_owned()).collect()
        }
        _ => characters.chunks(2).map(|piece| piece.iter().collect()).collect(),
    };
    match fault {
        Some(ModelFault::KeepsWhatWasDropped) => {
            let kept = std::mem::take(&mut *lock(buffer));
            pieces.splice(0..0, kept);
            if let Response::Endless = response {
                lock(buffer).clone_from(&pieces);
            }
        }
        Some(ModelFault::TrimsPieces) => {
            pieces = pieces.iter().map(|piece| piece.trim().to_owned()).collect();
            pieces.retain(|piece| !piece.is_empty());
        }
        Some(ModelFault::LosesTheLastPiece) => {
            pieces.pop();
        }
        Some(ModelFault::SendsEmptyPieces) => pieces.insert(1, String::new()),
        _ => {}
    }
    let mut events = vec![Ok(ChatEvent::Accepted)];
    events.extend(pieces.iter().map(|piece| said(piece)));
    if fault == Some(ModelFault::SpeaksBeforeAccepted) {
        events.swap(0, 1);
    }
    if let Response::Text(_) = response {
        events.push(done());
        events.extend((fault == Some(ModelFault::EndsTwice)).then(done));
    }
    events
}

/// Passes an event on, through the buffer that all calls share if that is the fault.
async fn passed(fault: Option<ModelFault>, event: Event, buffer: &Mutex<Vec<String>>) -> Event {
    match event {
        Ok(ChatEvent::Delta(piece)) if fault == Some(ModelFault::SharesABuffer) => {
            lock(buffer).push(piece);
            yield_now().await;
            Ok(ChatEvent::Delta(lock(buffer).pop().unwrap_or_default()))
        }
        event => event,
    }
}
