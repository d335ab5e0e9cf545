//! How a request's writes reach the store: asked again while it does not answer, and to their end even if the
//! caller leaves.

use crate::{
    coach::Coach,
    error::CoachError,
    ports::{Deadline, StoreError},
};

/// How often a store is asked the same.
const TRIES: u32 = 3;

impl Coach {
    /// Asks a store the same again while it does not answer, for no longer than the request has.
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
                            "store, trying again"
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

    /// Runs a request to its end, with its deadline, even if the caller stops waiting.
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
