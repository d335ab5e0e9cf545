//! The attempts that this process runs. Its own sweeps never close them, however late their heartbeats are.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use crate::ids::TurnId;

/// The attempts that tasks of this process run or are about to run.
#[derive(Debug, Default)]
pub(crate) struct Leases(pub(super) Mutex<BTreeSet<TurnId>>);

impl Leases {
    /// Returns the attempts in ascending order.
    pub(crate) fn attempts(&self) -> Vec<TurnId> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }
}
