//! `Deadline`: the time by which the writes of one request must have begun.

use std::time::Duration;

use tokio::time::Instant;

use super::StoreError;

tokio::task_local! {
    static CURRENT: Deadline;
}

/// The time by which the writes of one request must have begun.
///
/// A caller receives a response within [`Deadline::PATIENCE`]. If the response says that nothing was stored,
/// that must remain true. An adapter therefore must not begin a write after the deadline of the current
/// request ([`Deadline::current`]), and must return the outcome of a write that has begun, however long it
/// takes. A caller that stops waiting changes neither rule.
///
/// The engine's own writes (checkpoints, ends of answers) belong to no request: the adapter may fail them
/// after a timeout of its choice, and the engine retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline(Instant);

impl Deadline {
    /// How long after a request's start its writes may begin.
    pub const PATIENCE: Duration = Duration::from_secs(5);

    /// Returns the deadline `time` from now.
    pub fn within(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    /// Returns the deadline of the request that the current task runs, if any.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|deadline| *deadline).ok()
    }

    /// Runs a request within the current deadline, or within a new one that starts now.
    pub async fn asked<F: Future>(request: F) -> F::Output {
        let deadline = Self::current().unwrap_or_else(|| Self::within(Self::PATIENCE));
        deadline.scope(request).await
    }

    /// Runs `request` with this deadline.
    pub async fn scope<F: Future>(self, request: F) -> F::Output {
        CURRENT.scope(self, request).await
    }

    /// Waits for `turn`, such as a place in a queue, at most until the current request's deadline.
    ///
    /// # Errors
    /// [`StoreError`] if the deadline passes first.
    pub async fn wait<T>(turn: impl Future<Output = T>) -> Result<T, StoreError> {
        match Self::current() {
            Some(Self(until)) => tokio::time::timeout_at(until, turn).await.map_err(|_| {
                StoreError::new("the request's deadline has passed; nothing was written")
            }),
            None => Ok(turn.await),
        }
    }

    /// Returns the instant after which no write of the request may begin.
    pub fn instant(self) -> Instant {
        self.0
    }

    /// Returns whether the deadline has passed.
    pub fn is_over(self) -> bool {
        Instant::now() >= self.0
    }
}
