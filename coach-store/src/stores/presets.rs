//! Quota presets.

use async_trait::async_trait;
use coach_core::{
    ids::PresetId,
    invitation::QuotaPreset,
    people::audit::AuditEntry,
    ports::{PresetStore, StoreError},
    rules::presets,
};
use futures::FutureExt as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    audit,
    rows::{count, number},
};
use crate::{
    connection::{Connection, query},
    error::Fault,
    promise::Promise,
    sql::{locks, presets as sql},
    store::Store,
};

#[derive(Debug, FromRow)]
struct PresetRow {
    id: Uuid,
    label: String,
    tokens: i64,
}

impl From<PresetRow> for QuotaPreset {
    fn from(row: PresetRow) -> Self {
        Self { id: PresetId(row.id), label: row.label, tokens: count(row.tokens) }
    }
}

/// Loads and locks a preset that was not removed.
async fn known(db: &mut Connection<'_>, id: PresetId) -> Result<Option<QuotaPreset>, Fault> {
    query(locks::PRESET).bind(id.0).execute(db).await?;
    let row: Option<PresetRow> = query(sql::PRESET).bind(id.0).fetch_optional(db).await?;
    Ok(row.map(QuotaPreset::from))
}

#[async_trait]
impl PresetStore for Store {
    async fn presets(&self) -> Result<Vec<QuotaPreset>, StoreError> {
        let rows: Vec<PresetRow> = self.fetch_all(query(sql::PRESETS)).await?;
        Ok(rows.into_iter().map(QuotaPreset::from).collect())
    }

    async fn save_preset(&self, preset: &QuotaPreset, line: AuditEntry) -> Result<(), StoreError> {
        let kept = self.write(Promise::Durable, preset.clone(), move |db, preset| {
            async move {
                if preset.is_allowance() {
                    query(locks::CONVERSATIONS_OF_ALLOWANCE).execute(db).await?;
                }
                let before = known(db, preset.id).await?;
                let Some(plan) = presets::keep(before.as_ref(), preset, line) else {
                    return Ok(());
                };
                if plan.clears_ceilings {
                    query(sql::EMPTY_CEILINGS).execute(db).await?;
                }
                query(sql::SAVE_PRESET)
                    .bind(preset.id.0)
                    .bind(&preset.label)
                    .bind(number(preset.tokens))
                    .execute(db)
                    .await?;
                audit::note(db, plan.audit).await
            }
            .boxed()
        });
        kept.await
    }

    async fn remove_preset(&self, id: PresetId, line: AuditEntry) -> Result<bool, StoreError> {
        let kept = self.write(Promise::Durable, (), move |db, ()| {
            async move {
                let known = known(db, id).await?.is_some();
                let Some(entry) = presets::remove(known, id, line) else { return Ok(false) };
                query(sql::REMOVE_PRESET).bind(id.0).bind(line.at.0).execute(db).await?;
                audit::note(db, entry).await?;
                Ok(true)
            }
            .boxed()
        });
        kept.await
    }
}
