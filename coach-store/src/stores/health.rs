//! Whether the database accepts a write now.

use async_trait::async_trait;
use coach_core::ports::{Health, StoreError};
use futures::FutureExt as _;

use crate::{connection::query, promise::Promise, sql::dialect::TOUCH, store::Store};

#[async_trait]
impl Health for Store {
    async fn check_writable(&self) -> Result<(), StoreError> {
        let touched = self.write(Promise::Durable, (), |db, ()| {
            async move {
                query(TOUCH).execute(db).await?;
                Ok(())
            }
            .boxed()
        });
        touched.await
    }

    fn has_other_owners(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }
}
