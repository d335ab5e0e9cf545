//! `Health`: whether a database can store facts now, and whether other processes write to it.

use async_trait::async_trait;

use super::StoreError;

/// Reports the health of the database.
#[async_trait]
pub trait Health: Send + Sync {
    /// Writes a meaningless value the way every fact is written: durably, within the deadline of the current
    /// request.
    ///
    /// # Errors
    /// [`StoreError`] if a fact could not be stored now, for example because the disk is full or another
    /// program has locked the database.
    async fn check_writable(&self) -> Result<(), StoreError>;

    /// Returns whether other processes use the database.
    ///
    /// They may then take over a turn whose lease has expired: an owner must not publish text beyond its last
    /// checkpoint until it has renewed its lease; otherwise it may continue. And they run turns of their own: followed
    /// rooms are looked up in the store every second.
    fn has_other_owners(&self) -> bool {
        false
    }
}
