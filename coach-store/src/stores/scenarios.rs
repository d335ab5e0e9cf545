//! Scenario files.

use async_trait::async_trait;
use coach_core::{
    ports::{ScenarioStore, StoreError, StoredScenario},
    timestamp::Timestamp,
};
use futures::FutureExt as _;
use sqlx::FromRow;

use crate::{
    connection::query,
    promise::Promise,
    sql::{locks, scenarios as sql},
    store::Store,
};

#[derive(Debug, FromRow)]
struct ScenarioRow {
    slug: String,
    version: String,
    source: String,
}

impl From<ScenarioRow> for StoredScenario {
    fn from(row: ScenarioRow) -> Self {
        Self { slug: row.slug, version: row.version, source: row.source }
    }
}

#[async_trait]
impl ScenarioStore for Store {
    async fn scenarios(&self) -> Result<Vec<StoredScenario>, StoreError> {
        let rows: Vec<ScenarioRow> = self.fetch_all(query(sql::SCENARIOS)).await?;
        Ok(rows.into_iter().map(StoredScenario::from).collect())
    }

    async fn scenario(&self, slug: &str) -> Result<Option<StoredScenario>, StoreError> {
        let row: Option<ScenarioRow> = self.fetch_optional(query(sql::SCENARIO).bind(slug)).await?;
        Ok(row.map(StoredScenario::from))
    }

    async fn keep_scenario(
        &self,
        scenario: &StoredScenario,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let kept = self.write(Promise::Durable, scenario.clone(), move |db, scenario| {
            async move {
                query(locks::SCENARIO).bind(&scenario.slug).execute(db).await?;
                let newest: Option<ScenarioRow> =
                    query(sql::SCENARIO).bind(&scenario.slug).fetch_optional(db).await?;
                if newest.is_some_and(|newest| newest.source == scenario.source) {
                    return Ok(());
                }
                query(sql::KEEP_SCENARIO)
                    .bind(&scenario.slug)
                    .bind(&scenario.version)
                    .bind(&scenario.source)
                    .bind(at.0)
                    .execute(&mut *db)
                    .await?;
                Ok(())
            }
            .boxed()
        });
        kept.await
    }
}
