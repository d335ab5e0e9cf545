//! Stores that fail on purpose: before a fact is saved, after it was saved, or late. The ports themselves say how each
//! of their methods passes through (`port!`).

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::ports::{Deadline, EngineStores, Health, StoreError, Stores};

/// The fault injected into one call of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No fault.
    None,
    /// The fact is not saved.
    Before,
    /// The fact is saved, but the response is lost.
    After,
    /// The call starts late, and not at all after the deadline of its request.
    Late(Duration),
    /// The response is late.
    LateAnswer(Duration),
}

type Decide = dyn Fn(&'static str) -> Fault + Send + Sync;

/// Wraps stores and injects faults into their methods. If a caller stops waiting, a fact is still saved
/// completely or not at all, as every store promises.
#[derive(Clone)]
pub struct FaultyStore<S> {
    pub(crate) store: S,
    decide: Arc<Decide>,
    has_other_owners: bool,
}

impl<S> fmt::Debug for FaultyStore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FaultyStore")
    }
}

impl<S: Stores> FaultyStore<S> {
    /// Wraps `store`. `decide` is called once per store call, with the method's name.
    pub fn new(store: S, decide: impl Fn(&'static str) -> Fault + Send + Sync + 'static) -> Self {
        Self { store, decide: Arc::new(decide), has_other_owners: false }
    }

    /// Pretends that other processes use the same database.
    #[must_use]
    pub fn with_other_owners(self) -> Self {
        Self { has_other_owners: true, ..self }
    }

    pub(crate) async fn through<T>(
        &self,
        method: &'static str,
        ask: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        match (self.decide)(method) {
            Fault::None => ask.await,
            Fault::Before => {
                Err(StoreError::new(format!("injected fault: {method} failed before saving")))
            }
            Fault::After => {
                ask.await?;
                Err(StoreError::new(format!("injected fault: the response of {method} was lost")))
            }
            Fault::Late(by) => {
                Deadline::wait(tokio::time::sleep(by)).await?;
                ask.await
            }
            Fault::LateAnswer(by) => {
                let answer = ask.await;
                tokio::time::sleep(by).await;
                answer
            }
        }
    }
}

impl<S: Stores> EngineStores for FaultyStore<S> {
    crate::has_every_store!();
}

#[async_trait]
impl<S: Stores> Health for FaultyStore<S> {
    async fn check_writable(&self) -> Result<(), StoreError> {
        self.through("check_writable", self.store.check_writable()).await
    }
    fn has_other_owners(&self) -> bool {
        self.has_other_owners || self.store.has_other_owners()
    }
}
