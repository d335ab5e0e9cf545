//! `Calls`: the model calls of a coach as they end, for listeners in the same process.
//!
//! Never reaches a participant or an observer: models and costs are not an event of a conversation. The ledger
//! is the record; see [`Ledger::entries_after`](crate::ports::Ledger::entries_after).

use std::sync::Arc;

use tokio::sync::broadcast::{
    self,
    error::{RecvError, TryRecvError},
};

use crate::ports::{ModelError, UsageEntry};

/// How many calls a listener may be behind before it misses some.
const BEHIND: usize = 1024;

/// A model call that has ended and is in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallEnded {
    /// Its ledger entry, as stored.
    pub entry: UsageEntry,
    /// The error that the model or a time limit reported; `None` if the model reported success, also if its
    /// answer was unusable. Not stored, because its message may quote the request.
    pub error: Option<ModelError>,
}

/// A listener of ended calls, from [`Coach::calls`](crate::Coach::calls). Receives each call at most once, after its entry is durable.
///
/// Not received: calls that another process settles, and calls that ended while the process did. A listener
/// that needs every call reads the entries after the last id it has.
#[derive(Debug)]
pub struct Calls {
    calls: broadcast::Receiver<Arc<CallEnded>>,
    missed: u64,
}

impl Calls {
    /// Waits for the next call; `None` once the coach is gone. Cancel safe.
    pub async fn next(&mut self) -> Option<Arc<CallEnded>> {
        loop {
            match self.calls.recv().await {
                Ok(call) => return Some(call),
                Err(RecvError::Lagged(missed)) => self.missed += missed,
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// Returns the next call if one has ended. The calls of an answer come before the event of its end.
    pub fn try_next(&mut self) -> Option<Arc<CallEnded>> {
        loop {
            match self.calls.try_recv() {
                Ok(call) => return Some(call),
                Err(TryRecvError::Lagged(missed)) => self.missed += missed,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return None,
            }
        }
    }

    /// Returns how many calls this listener missed because it was too far behind.
    pub fn missed(&self) -> u64 {
        self.missed
    }
}

/// Publishes ended calls to all listeners.
#[derive(Debug)]
pub(crate) struct CallPublisher(broadcast::Sender<Arc<CallEnded>>);

impl Default for CallPublisher {
    fn default() -> Self {
        Self(broadcast::channel(BEHIND).0)
    }
}

impl CallPublisher {
    /// Returns a listener of the calls that end from now on.
    pub(super) fn listen(&self) -> Calls {
        Calls { calls: self.0.subscribe(), missed: 0 }
    }

    pub(super) fn publish(&self, call: CallEnded) {
        // Without listeners there is nothing to do.
        let _unheard = self.0.send(Arc::new(call));
    }
}
