//! `Clock` and `Ids`: time, and names for new things, come in by the door.

use std::fmt;

use uuid::Uuid;

use crate::timestamp::Timestamp;

/// Tells the time of day. Waiting is tokio's business, which tests can pause.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Makes names for new things.
pub trait Ids: fmt::Debug + Send + Sync {
    /// A `UUIDv7` that nobody has had before.
    fn next(&self) -> Uuid;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the Clock that everybody else asks")]
    fn now(&self) -> Timestamp {
        let since =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// Names from the machine's clock and random source.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "this is the Ids that everybody else asks")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}
