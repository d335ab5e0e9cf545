//! Instruments for tests of the store and its users: a foreign program's lock, and a PostgreSQL server.

mod cluster;
mod foreign_lock;
mod pooler;
mod postgres;
mod tls;

pub use cluster::{Cluster, path};
pub use foreign_lock::ForeignLock;
pub use pooler::Pooler;
pub use postgres::Database;
pub use tls::TlsServer;
