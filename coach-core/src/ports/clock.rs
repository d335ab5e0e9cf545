//! `Clock` and `Ids`: the ports through which time and new ids enter the core.

use std::fmt;

use uuid::Uuid;

use crate::timestamp::Timestamp;

/// Returns the current time. Waiting uses tokio's clock, which tests can pause.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Returns the current time.
    fn now(&self) -> Timestamp;
}

/// Generates ids.
pub trait Ids: fmt::Debug + Send + Sync {
    /// Returns a new `UUIDv7` that was never returned before.
    fn next(&self) -> Uuid;
}

/// The system clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the implementation of Clock")]
    fn now(&self) -> Timestamp {
        let since =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// Ids from the system clock and random source.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "this is the implementation of Ids")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}
