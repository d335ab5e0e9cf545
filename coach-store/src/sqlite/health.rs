//! Whether SQLite accepts a write now.

use async_trait::async_trait;
use coach_core::ports::{Health, StoreError};
use futures::FutureExt as _;

use super::{SqliteStore, writer::Promise};
use crate::sql::dialect::TOUCH;

#[async_trait]
impl Health for SqliteStore {
    async fn check_writable(&self) -> Result<(), StoreError> {
        let touched = self.writer.write(Promise::Durable, |db| {
            async move {
                sqlx::query(TOUCH).execute(db).await?;
                Ok(())
            }
            .boxed()
        });
        touched.await
    }
}
