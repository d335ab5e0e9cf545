//! Quota presets.

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
    audit,
    rows::{count, number},
};
use crate::{
    connection::query,
    sql::{locks, presets as sql},
    store::{Promise, Store},
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

#[async_trait]
impl PresetStore for Store {
    async fn presets(&self) -> Result<Vec<QuotaPreset>, StoreError> {
        let rows: Vec<PresetRow> = self.fetch_all(query(sql::PRESETS)).await?;
        Ok(rows.into_iter().map(QuotaPreset::from).collect())
    }

    async fn keep_preset(&self, preset: &QuotaPreset, line: AuditEntry) -> Result<(), StoreError> {
        let kept = self.write(Promise::Durable, preset.clone(), move |db, preset| {
            async move {
                if preset.is_allowance() {
                    query(locks::CONVERSATIONS_OF_ALLOWANCE).execute(db).await?;
                }
                query(locks::PRESET).bind(preset.id.0).execute(db).await?;
                let tokens = query(sql::PRESET_TOKENS).bind(preset.id.0);
                let before: Option<(i64,)> = tokens.fetch_optional(db).await?;
                let before = before.map(|(tokens,)| tokens);
                let change = Change::of_tokens(before.map(count), preset.tokens);
                let raised = before.is_some_and(|before| preset.tokens > count(before));
                if preset.is_allowance() && raised {
                    query(sql::EMPTY_CEILINGS).execute(&mut *db).await?;
                }
                let line = AuditEntry { action: AuditAction::PresetKept(change), ..line };
                query(sql::SAVE_PRESET)
                    .bind(preset.id.0)
                    .bind(&preset.label)
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
        let kept = self.write(Promise::Durable, (), move |db, ()| {
            async move {
                let remove = query(sql::REMOVE_PRESET).bind(id.0).bind(line.at.0);
                if remove.execute(db).await? == 0 {
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
