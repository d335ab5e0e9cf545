//! `Health`: whether a database can keep facts now, and who else writes to it.

use async_trait::async_trait;

use super::StoreError;

/// Says how the database does.
#[async_trait]
pub trait Health: Send + Sync {
    /// Writes something without meaning the way every fact is written, durably, within the deadline of the
    /// current request.
    ///
    /// # Errors
    /// [`StoreError`] if a fact could not be kept now: the disk is full, or another program has the
    /// database locked.
    async fn check_writable(&self) -> Result<(), StoreError>;

    /// Whether other processes may take over a turn whose lease ran out. Where they may, an owner publishes
    /// no text beyond its last checkpoint until it has renewed its lease; where they may not, it goes on.
    fn has_other_owners(&self) -> bool {
        false
    }
}
