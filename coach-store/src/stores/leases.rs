//! When a lease ends: in SQLite by a monotonic clock of this process, which holds the file; in PostgreSQL by the
//! server's own clock. The hosts' clocks never count.

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use crate::connection::Connection;

/// When this process began to count the time of leases in SQLite.
static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Returns the parameter of a statement that stamps a lease: in SQLite its end; in PostgreSQL its duration, to which
/// the statement adds the server's time.
pub(super) fn lease(db: &Connection<'_>, duration: Duration) -> i64 {
    let since = match db {
        Connection::Sqlite(_) => BEGAN.elapsed(),
        Connection::Postgres(_) => Duration::ZERO,
    };
    i64::try_from(since.saturating_add(duration).as_micros()).unwrap_or(i64::MAX / 2)
}

/// Returns the parameter of a statement that compares leases with the present.
pub(super) fn now(db: &Connection<'_>) -> i64 {
    lease(db, Duration::ZERO)
}
