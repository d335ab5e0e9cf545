//! Quota presets: researchers read them, administrators write them.

use coach_core::{ids::PresetId, invitation};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};
use uuid::Uuid;

use super::auth::Nothing;
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

/// A new preset's words and number.
#[derive(Object)]
struct NewPreset {
    /// What researchers choose it by.
    label: PresetLabel,
    /// Tokens that an invitation made from it may spend.
    tokens: Quota,
}

/// A preset's words and number.
#[derive(Object)]
struct PresetBody {
    /// What researchers choose it by.
    label: PresetLabel,
    /// Tokens that an invitation made from it may spend; none for the allowance alone.
    tokens: Tokens,
}

#[derive(ApiResponse)]
enum MadePreset {
    /// It was made.
    #[oai(status = 201)]
    Made(Json<QuotaPreset>),
}

#[OpenApi(prefix_path = "/api/quota-presets")]
impl Presets {
    /// Every preset: the allowance of people without an invitation first, then by tokens. Each says about
    /// how much practice it pays for: of `scenario`, else of the dearest that may be chosen.
    #[oai(path = "/", method = "get")]
    async fn list(
        &self,
        app: Data<&App>,
        staff: Researcher,
        scenario: Query<Option<String>>,
        /// The coach comments; yes, if absent.
        coach: Query<Option<bool>>,
    ) -> Result<Json<QuotaPresets>, Failure> {
        let presets = app.coach.presets(&staff.0).await?;
        let coach = coach.0.unwrap_or(true);
        let cost = app.coach.conversation_cost(scenario.0.as_deref(), coach).await?;
        let items = presets.iter().map(|preset| QuotaPreset::new(preset, cost));
        Ok(Json(QuotaPresets { items: items.collect() }))
    }

    /// Makes a preset.
    #[oai(path = "/", method = "post")]
    async fn make(
        &self,
        app: Data<&App>,
        admin: Administrator,
        body: Sent<NewPreset>,
    ) -> Result<MadePreset, Failure> {
        let body = body.read()?;
        let made = app.coach.make_preset(&admin.0, &body.label.0, body.tokens.0).await?;
        let cost = app.coach.conversation_cost(None, true).await?;
        Ok(MadePreset::Made(Json(QuotaPreset::new(&made, cost))))
    }

    /// Writes a preset. Invitations made from it keep the number they copied.
    #[oai(path = "/:id", method = "put")]
    async fn write(
        &self,
        app: Data<&App>,
        admin: Administrator,
        id: Path<Uuid>,
        body: Sent<PresetBody>,
    ) -> Result<Json<QuotaPreset>, Failure> {
        let id = PresetId(id.0);
        let body = body.after(app.coach.has_preset(&admin.0, id));
        let PresetBody { label, tokens } = body.await?;
        let preset = invitation::QuotaPreset { id, label: label.0, tokens: tokens.0 };
        let kept = app.coach.change_preset(&admin.0, preset).await?;
        let cost = app.coach.conversation_cost(None, true).await?;
        Ok(Json(QuotaPreset::new(&kept, cost)))
    }

    /// Removes a preset.
    #[oai(path = "/:id", method = "delete")]
    async fn remove(
        &self,
        app: Data<&App>,
        admin: Administrator,
        id: Path<Uuid>,
    ) -> Result<Nothing, Failure> {
        app.coach.remove_preset(&admin.0, PresetId(id.0)).await?;
        Ok(Nothing::Done)
    }
}
