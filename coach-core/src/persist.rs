//! How a request's writes reach the store: retried while the store does not respond, and completed even if
//! the caller disconnects.

use crate::{
    coach::Coach,
    error::CoachError,
    ports::{Deadline, StoreError},
};

/// How often a write is attempted.
const TRIES: u32 = 3;

impl Coach {
    /// Retries a store call while it fails, until the request's deadline. Only for calls whose port says that they
    /// are idempotent: a failed call may have been saved.
    pub(crate) async fn persist<T, F>(&self, ask: impl Fn() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        Deadline::asked(async {
            let mut tries = 1;
            loop {
                match ask().await {
                    Err(error)
                        if tries < TRIES && !Deadline::current().is_some_and(Deadline::is_over) =>
                    {
                        tracing::warn!(
                            error = &error as &dyn std::error::Error,
                            "store call failed, retrying"
                        );
                        tokio::time::sleep(self.0.settings.beat / 5 * tries).await;
                        tries += 1;
                    }
                    answer => return answer,
                }
            }
        })
        .await
    }

    /// Runs a request to completion within its deadline, even if the caller stops waiting.
    pub(crate) async fn to_the_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, CoachError>> + Send + 'static,
    ) -> Result<T, CoachError> {
        let deadline = Deadline::current();
        let work = async move {
            match deadline {
                Some(deadline) => deadline.scope(work).await,
                None => work.await,
            }
        };
        self.0.speaking.spawn(work).await.map_err(StoreError::new)?
    }
}
