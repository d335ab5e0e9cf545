//! Carries the text of a running answer to other processes, as it grows.

use std::sync::Arc;

use futures::{FutureExt as _, future::BoxFuture};

use super::{leg_result::LegResult, speak::Speaking};
use crate::{
    coach::Coach,
    ids::{ConversationId, MessageId},
    ports::{Broadcaster, TextEnd, TextPiece},
};

/// The text of one answer on its way to other processes. One piece at a time: what grows meanwhile is the next
/// one. A piece that is not accepted leaves a gap, which readers fill from the store.
pub(super) struct Relay {
    broadcaster: Option<Arc<dyn Broadcaster>>,
    first: TextPiece,
    sent: usize,
    sending: Option<BoxFuture<'static, ()>>,
}

impl Relay {
    /// Returns the relay of an answer; it carries nothing if no other process uses the database.
    pub(super) fn of(coach: &Coach, turn: &Speaking, leg: &LegResult) -> Self {
        let shared = coach.0.stores.has_other_owners();
        let first = TextPiece {
            conversation: turn.room().id(),
            message: leg.reply,
            voice: leg.voice(),
            replaces: leg.replaces,
            fence: turn.opened.fence,
            off: 0,
            text: Arc::from(""),
        };
        let broadcaster = shared.then(|| coach.0.broadcaster.clone());
        Self { broadcaster, first, sent: 0, sending: None }
    }

    /// Sends what `text`, the whole answer so far, has more than before, unless a piece is on its way.
    pub(super) fn offer(&mut self, text: &str) {
        let Some(broadcaster) = self.broadcaster.clone().filter(|_| self.sending.is_none()) else {
            return;
        };
        let Some(more) = text.get(self.sent..).filter(|more| !more.is_empty()) else { return };
        let (off, text) = (self.sent as u64, Arc::from(more));
        self.sent += more.len();
        let piece = TextPiece { off, text, ..self.first.clone() };
        let send = async move {
            if let Err(error) = broadcaster.publish(piece).await {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "text was not carried to other processes"
                );
            }
        };
        self.sending = Some(send.boxed());
    }

    pub(super) fn is_sending(&self) -> bool {
        self.sending.is_some()
    }

    /// Waits until the piece on its way has been sent.
    pub(super) async fn sent(&mut self) {
        match &mut self.sending {
            Some(sending) => sending.await,
            None => std::future::pending().await,
        }
        self.sending = None;
    }
}

impl Coach {
    /// Tells other processes that a message is final and durable.
    pub(super) fn close_text(
        &self,
        conversation: ConversationId,
        message: MessageId,
        fence: u64,
        bytes: usize,
    ) {
        if !self.0.stores.has_other_owners() {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let broadcaster = self.0.broadcaster.clone();
        let end = TextEnd { conversation, message, fence, bytes: bytes as u64 };
        runtime.spawn(async move {
            if let Err(error) = broadcaster.close(end).await {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "the end of a text was not carried to other processes"
                );
            }
        });
    }
}
