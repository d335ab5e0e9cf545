//! `Deadline`: by when the writes of one request must have begun.

use std::time::Duration;

use tokio::time::Instant;

use super::StoreError;

tokio::task_local! {
    static CURRENT: Deadline;
}

/// By when the writes of one request must have begun.
///
/// A person who asked for something is answered within [`Deadline::PATIENCE`]. If the answer is that
/// nothing was stored, that must stay true. So an adapter begins no write after the deadline of the request
/// it runs in ([`Deadline::current`]), and answers a write that has begun with its outcome, however long
/// that takes. A caller that stops waiting changes neither.
///
/// What the engine owes (checkpoints, ends of answers) belongs to no request: the adapter fails it after a
/// time of its own choice, and the engine asks again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline(Instant);

impl Deadline {
    /// How long after the asking the writes of a request may begin.
    pub const PATIENCE: Duration = Duration::from_secs(5);

    /// A deadline that much later than now.
    pub fn within(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    /// Returns the deadline of the request that the current task runs, if it runs one.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|deadline| *deadline).ok()
    }

    /// Runs a request: with the deadline of the request around it, or else with one that begins now.
    pub async fn asked<F: Future>(request: F) -> F::Output {
        let deadline = Self::current().unwrap_or_else(|| Self::within(Self::PATIENCE));
        deadline.scope(request).await
    }

    /// Runs `request` with this deadline.
    pub async fn scope<F: Future>(self, request: F) -> F::Output {
        CURRENT.scope(self, request).await
    }

    /// Waits for `turn`, a place in a queue for example, for no longer than the current request has.
    ///
    /// # Errors
    /// [`StoreError`] if the deadline comes first.
    pub async fn wait<T>(turn: impl Future<Output = T>) -> Result<T, StoreError> {
        match Self::current() {
            Some(Self(until)) => tokio::time::timeout_at(until, turn)
                .await
                .map_err(|_| StoreError::new("the deadline is over; nothing was written")),
            None => Ok(turn.await),
        }
    }

    /// Returns the instant from which on nothing of the request may begin.
    pub fn instant(self) -> Instant {
        self.0
    }

    /// Whether nothing of the request may begin any more.
    pub fn is_over(self) -> bool {
        Instant::now() >= self.0
    }
}
