//! Requests of a participant, run concurrently with the rest of a socket: a slow store does not delay events.

use std::sync::Arc;

use futures::{FutureExt as _, future::BoxFuture};

use super::{ClientFrame, ErrorFrame, ServerFrame, Ws, client::echo};
use crate::{CoachError, Say, conversation::Participant, ids::MessageId};

/// A running request. Boxed, so that an idle socket stays small.
pub(super) struct Obeying {
    client_id: Option<String>,
    answer: BoxFuture<'static, Option<ServerFrame>>,
}

impl Obeying {
    pub(super) fn new(participant: Participant, asked: ClientFrame) -> Self {
        let client_id = match &asked {
            ClientFrame::Message { client_id, .. } | ClientFrame::Aside { client_id, .. } => {
                client_id.clone()
            }
            ClientFrame::Stop
            | ClientFrame::Retry
            | ClientFrame::Seen { .. }
            | ClientFrame::Ping => None,
        };
        Self { client_id, answer: obey(participant, asked).boxed() }
    }

    /// Returns the sender's id for the message.
    pub(super) fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }
}

/// Waits for the response that only the sender receives.
pub(super) async fn answer_to(obeying: &mut Option<Obeying>) -> Option<ServerFrame> {
    match obeying {
        Some(obeying) => (&mut obeying.answer).await,
        None => std::future::pending().await,
    }
}

async fn obey(participant: Participant, asked: ClientFrame) -> Option<ServerFrame> {
    let (client_id, done) = match asked {
        ClientFrame::Message { content, client_id } => {
            let say = Say { content, client_id: client_id.clone() };
            (client_id, participant.say(say).await.map(Some))
        }
        ClientFrame::Aside { content, client_id } => {
            let say = Say { content, client_id: client_id.clone() };
            (client_id, participant.aside(say).await.map(Some))
        }
        ClientFrame::Stop => (None, participant.stop().await.map(|_| None)),
        ClientFrame::Retry => (None, participant.retry().await.map(|_| None)),
        ClientFrame::Seen { message_id, seen } => {
            (None, participant.seen(MessageId(message_id), seen).await.map(|()| None))
        }
        ClientFrame::Ping => return Some(ServerFrame::Pong {}),
    };
    match (done, client_id) {
        (Ok(Some(kept)), Some(client_id)) => {
            Some(ServerFrame::Ack { client_id, message_id: kept.message.0, turn: kept.turn })
        }
        (Ok(_), _) => None,
        (Err(error), client_id) => {
            if let CoachError::Store(cause) = &error {
                tracing::warn!(
                    error = cause as &dyn std::error::Error,
                    "a request on a socket failed"
                );
            }
            let client_id = echo(client_id.as_deref());
            let error = ErrorFrame { client_id, ..ErrorFrame::of(&error) };
            Some(ServerFrame::Error(error))
        }
    }
}

/// Serializes a frame.
pub(super) fn written(frame: &ServerFrame) -> Ws {
    Ws::Text(Arc::from(frame.text()))
}
