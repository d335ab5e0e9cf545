//! Scenario files in SQLite.

use async_trait::async_trait;
use coach_core::{
    ports::{ScenarioStore, StoreError, StoredScenario},
    timestamp::Timestamp,
};
use futures::FutureExt as _;
use sqlx::FromRow;

use super::{SqliteStore, read, writer::Promise};
use crate::sql::scenarios as sql;

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
impl ScenarioStore for SqliteStore {
    async fn scenarios(&self) -> Result<Vec<StoredScenario>, StoreError> {
        let rows: Vec<ScenarioRow> =
            read(sqlx::query_as(sql::SCENARIOS).fetch_all(&self.reads)).await?;
        Ok(rows.into_iter().map(StoredScenario::from).collect())
    }

    async fn scenario(&self, slug: &str) -> Result<Option<StoredScenario>, StoreError> {
        let row: Option<ScenarioRow> =
            read(sqlx::query_as(sql::SCENARIO).bind(slug).fetch_optional(&self.reads)).await?;
        Ok(row.map(StoredScenario::from))
    }

    async fn keep_scenario(
        &self,
        scenario: &StoredScenario,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let scenario = scenario.clone();
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move {
                let newest: Option<ScenarioRow> = sqlx::query_as(sql::SCENARIO)
                    .bind(&scenario.slug)
                    .fetch_optional(&mut *db)
                    .await?;
                if newest.is_some_and(|newest| newest.source == scenario.source) {
                    return Ok(());
                }
                sqlx::query(sql::KEEP_SCENARIO)
                    .bind(scenario.slug)
                    .bind(scenario.version)
                    .bind(scenario.source)
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
