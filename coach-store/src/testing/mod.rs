//! Instruments for tests of the store and its users: a foreign program's lock, and a PostgreSQL server.

mod foreign_lock;
mod pooler;
mod postgres;

pub use foreign_lock::ForeignLock;
pub use pooler::Pooler;
pub use postgres::{Cluster, Database};
