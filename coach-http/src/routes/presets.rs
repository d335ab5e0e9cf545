//! Quota presets: researchers read them, administrators change them.

use coach_core::{ids::PresetId, invitation};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};
use uuid::Uuid;

use super::{auth::Nothing, tags::Tag};
use crate::{
    auth::{Administrator, Researcher},
    host::App,
    problem::Failure,
    wire::{
        admin::{QuotaPreset, QuotaPresets},
        bounds::{PresetLabel, Quota, Tokens},
        sent::Sent,
    },
};

pub(super) struct Presets;

/// A new preset.
#[derive(Object)]
struct NewPreset {
    /// What researchers choose it by.
    label: PresetLabel,
    /// Tokens that an invitation created from it can spend.
    tokens: Quota,
}

/// A preset's new label and quota.
#[derive(Object)]
struct PresetBody {
    /// What researchers choose it by.
    label: PresetLabel,
    /// Tokens that an invitation created from it can spend; 0 is valid for the allowance only.
    tokens: Tokens,
}

#[derive(ApiResponse)]
enum MadePreset {
    /// The new preset.
    #[oai(status = 201)]
    Made(Json<QuotaPreset>),
}

#[OpenApi(prefix_path = "/api/quota-presets", tag = "Tag::Presets")]
impl Presets {
    /// Lists all presets with an estimate of how much practice each pays for.
    ///
    /// The allowance of users without an invitation comes first, then presets by number of tokens.
    #[oai(path = "/", method = "get", operation_id = "listPresets")]
    async fn list(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// The slug of the scenario to estimate for; if absent, the most expensive listed one.
        scenario: Query<Option<String>>,
        /// Whether the coach comments; true if absent.
        coach: Query<Option<bool>>,
    ) -> Result<Json<QuotaPresets>, Failure> {
        let presets = app.coach.presets(&staff.0).list().await?;
        let coach = coach.0.unwrap_or(true);
        let cost = app.coach.conversation_cost(scenario.0.as_deref(), coach).await?;
        let items = presets.iter().map(|preset| QuotaPreset::new(preset, cost));
        Ok(Json(QuotaPresets { items: items.collect() }))
    }

    /// Creates a preset.
    #[oai(path = "/", method = "post", operation_id = "createPreset")]
    async fn make(
        &self,
        app: Data<&App>,
        admin: Administrator,
        body: Sent<NewPreset>,
    ) -> Result<MadePreset, Failure> {
        let body = body.read()?;
        let made = app.coach.presets(&admin.0).create(&body.label.0, body.tokens.0).await?;
        let cost = app.coach.conversation_cost(None, true).await?;
        Ok(MadePreset::Made(Json(QuotaPreset::new(&made, cost))))
    }

    /// Updates a preset. Invitations created from it keep their quota.
    #[oai(path = "/:id", method = "put", operation_id = "updatePreset")]
    async fn write(
        &self,
        app: Data<&App>,
        admin: Administrator,
        /// The preset's id.
        id: Path<Uuid>,
        body: Sent<PresetBody>,
    ) -> Result<Json<QuotaPreset>, Failure> {
        let id = PresetId(id.0);
        let presets = app.coach.presets(&admin.0);
        let PresetBody { label, tokens } = body.after(presets.may_change(id)).await?;
        let preset = invitation::QuotaPreset { id, label: label.0, tokens: tokens.0 };
        let kept = presets.change(preset).await?;
        let cost = app.coach.conversation_cost(None, true).await?;
        Ok(Json(QuotaPreset::new(&kept, cost)))
    }

    /// Deletes a preset. The allowance cannot be deleted.
    #[oai(path = "/:id", method = "delete", operation_id = "deletePreset")]
    async fn remove(
        &self,
        app: Data<&App>,
        admin: Administrator,
        /// The preset's id.
        id: Path<Uuid>,
    ) -> Result<Nothing, Failure> {
        app.coach.presets(&admin.0).remove(PresetId(id.0)).await?;
        Ok(Nothing::Done)
    }
}
