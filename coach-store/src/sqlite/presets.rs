//! Quota presets in SQLite.

use async_trait::async_trait;
use coach_core::{
    ids::PresetId,
    invitation::QuotaPreset,
    people::audit::{AuditAction, AuditEntry, Change, Subject},
    ports::{PresetStore, StoreError},
};
use futures::FutureExt as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    SqliteStore, audit, read,
    rows::{count, number},
    writer::Promise,
};
use crate::sql::presets as sql;

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

#[async_trait]
impl PresetStore for SqliteStore {
    async fn presets(&self) -> Result<Vec<QuotaPreset>, StoreError> {
        let query = sqlx::query_as(sql::PRESETS);
        let rows: Vec<PresetRow> = read(query.fetch_all(&self.reads)).await?;
        Ok(rows.into_iter().map(QuotaPreset::from).collect())
    }

    async fn keep_preset(&self, preset: &QuotaPreset, line: AuditEntry) -> Result<(), StoreError> {
        let preset = preset.clone();
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move {
                let query = sqlx::query_scalar(sql::PRESET_TOKENS).bind(preset.id.0);
                let before: Option<i64> = query.fetch_optional(&mut *db).await?;
                let change = Change::of_tokens(before.map(count), preset.tokens);
                let raised = before.is_some_and(|before| preset.tokens > count(before));
                if preset.is_allowance() && raised {
                    sqlx::query(sql::EMPTY_CEILINGS).execute(&mut *db).await?;
                }
                let line = AuditEntry { action: AuditAction::PresetKept(change), ..line };
                sqlx::query(sql::SAVE_PRESET)
                    .bind(preset.id.0)
                    .bind(preset.label)
                    .bind(number(preset.tokens))
                    .execute(&mut *db)
                    .await?;
                audit::note_of(db, line, Subject::Preset(preset.id)).await
            }
            .boxed()
        });
        kept.await
    }

    async fn remove_preset(&self, id: PresetId, line: AuditEntry) -> Result<bool, StoreError> {
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move {
                let gone = sqlx::query(sql::REMOVE_PRESET)
                    .bind(id.0)
                    .bind(line.at.0)
                    .execute(&mut *db)
                    .await?;
                if gone.rows_affected() == 0 {
                    return Ok(false);
                }
                audit::note_of(db, line, Subject::Preset(id)).await?;
                Ok(true)
            }
            .boxed()
        });
        kept.await
    }
}
