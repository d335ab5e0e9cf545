//! Invitations, for researchers.

use coach_core::{
    CoachError, NewInvitation as Wanted,
    ids::{ConversationId, InvitationId},
    ports::Amend,
    timestamp::Timestamp,
};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
    types::MaybeUndefined,
};
use uuid::Uuid;

use super::{
    auth::Nothing,
    pages::{page, page_size},
};
use crate::{
    auth::Researcher,
    host::App,
    problem::Failure,
    wire::{
        bounds::{ConsentText, Contact, Copies, Label, Moment, PageSize, Quota, Tokens},
        conversation::ConversationPage,
        invitation::{Invitation, InvitationPage},
        sent::Sent,
    },
};

pub(super) struct Invitations;

/// What to invite with.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct NewInvitation {
    /// What researchers call it.
    label: Label,
    /// The preset whose number is copied, instead of `tokenQuota`.
    preset_id: Option<Uuid>,
    /// Tokens that it may spend.
    token_quota: Option<Quota>,
    /// The one scenario to practise; without it, the participant chooses.
    scenario: Option<String>,
    /// The participant may describe their own.
    allow_custom_scenario: Option<bool>,
    /// The coach comments; yes, if absent.
    coach: Option<bool>,
    /// The participant may ask the coach privately; yes, if absent.
    aside: Option<bool>,
    /// The consent text, in Markdown; the host's own, if absent.
    consent: Option<ConsentText>,
    /// Whom to turn to.
    contact: Option<Contact>,
    /// RFC 3339; from then on no new turns.
    expires_at: Option<Moment>,
    /// How many, 1 to 200; 1, if absent.
    copies: Option<Copies>,
}

/// What changes of an invitation; what is absent stays.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct AmendInvitation {
    /// What researchers call it.
    label: Option<Label>,
    /// RFC 3339; `null`: it does not expire.
    expires_at: MaybeUndefined<Moment>,
    /// So many more tokens.
    add_tokens: Option<Tokens>,
}

#[derive(ApiResponse)]
enum Made {
    /// They were made.
    #[oai(status = 201)]
    Made(Json<InvitationPage>),
}

#[OpenApi(prefix_path = "/api/invitations")]
impl Invitations {
    /// Invitations in the researcher's scope, newest first.
    #[oai(path = "/", method = "get")]
    async fn list(
        &self,
        app: Data<&App>,
        staff: Researcher,
        limit: Query<Option<PageSize>>,
        cursor: Query<Option<Uuid>>,
    ) -> Result<Json<InvitationPage>, Failure> {
        let limit = page_size(limit.0)?;
        let before = cursor.0.map(InvitationId);
        let found = app.coach.invitations(&staff.0, before, limit + 1).await?;
        let (found, next) = page(found, limit, |invitation| invitation.id);
        let items = found.iter().map(|invitation| Invitation::new(&app, invitation)).collect();
        Ok(Json(InvitationPage { items, next }))
    }

    /// Makes invitations.
    #[oai(path = "/", method = "post")]
    async fn create(
        &self,
        app: Data<&App>,
        staff: Researcher,
        body: Sent<NewInvitation>,
    ) -> Result<Made, Failure> {
        let body = body.0;
        let quota = match (body.token_quota, body.preset_id) {
            (Some(tokens), None) => tokens.0,
            (None, Some(id)) => {
                let presets = app.coach.presets(&staff.0).await?;
                let preset = presets.iter().find(|preset| preset.id.0 == id);
                let unknown = || Failure::invalid("presetId", "there is no such preset");
                preset.ok_or_else(unknown)?.tokens
            }
            (Some(_), Some(_)) => {
                return Err(Failure::invalid("presetId", "a preset or a number, not both"));
            }
            (None, None) => {
                let words = "say how many tokens it may spend, or name a preset";
                return Err(Failure::invalid("tokenQuota", words));
            }
        };
        let expires_at = body.expires_at.as_ref().map(expiry).transpose()?;
        let wanted = Wanted {
            label: body.label.0,
            quota,
            scenario: body.scenario,
            allow_custom_scenario: body.allow_custom_scenario.unwrap_or(false),
            coach: body.coach.unwrap_or(true),
            aside: body.aside.unwrap_or(true),
            consent: body.consent.map_or_else(|| app.consent.clone(), |text| text.0),
            contact: body.contact.map(|contact| contact.0),
            expires_at,
            copies: body.copies.map_or(1, |copies| copies.0),
        };
        let made = app.coach.invite(&staff.0, wanted).await;
        let made = made.map_err(|error| filled_in(error, body.preset_id.is_some()))?;
        let items = made.iter().map(|invitation| Invitation::new(&app, invitation)).collect();
        Ok(Made::Made(Json(InvitationPage { items, next: None })))
    }

    /// One invitation.
    #[oai(path = "/:id", method = "get")]
    async fn one(
        &self,
        app: Data<&App>,
        staff: Researcher,
        id: Path<Uuid>,
    ) -> Result<Json<Invitation>, Failure> {
        let invitation = app.coach.invitation(&staff.0, InvitationId(id.0)).await?;
        Ok(Json(Invitation::new(&app, &invitation)))
    }

    /// Takes an invitation back: a running turn ends by itself, new ones are refused.
    #[oai(path = "/:id/revoke", method = "post")]
    async fn revoke(
        &self,
        app: Data<&App>,
        staff: Researcher,
        id: Path<Uuid>,
    ) -> Result<Json<Invitation>, Failure> {
        let invitation = app.coach.revoke(&staff.0, InvitationId(id.0)).await?;
        Ok(Json(Invitation::new(&app, &invitation)))
    }

    /// Changes what an invitation is called and when it expires, and gives it more tokens.
    #[oai(path = "/:id", method = "patch")]
    async fn amend(
        &self,
        app: Data<&App>,
        staff: Researcher,
        id: Path<Uuid>,
        body: Sent<AmendInvitation>,
    ) -> Result<Json<Invitation>, Failure> {
        let expires_at = match body.0.expires_at {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(moment) => Some(Some(expiry(&moment)?)),
        };
        let add_tokens = body.0.add_tokens.map_or(0, |tokens| tokens.0);
        let label = body.0.label.map(|label| label.0);
        let amend = Amend { label, expires_at, add_tokens };
        let invitation = app.coach.amend(&staff.0, InvitationId(id.0), amend).await?;
        Ok(Json(Invitation::new(&app, &invitation)))
    }

    /// Gives an invitation a new link; the old one opens nothing any more. The guest who claimed it goes
    /// on with the new one, on whatever device.
    #[oai(path = "/:id/fresh-link", method = "post")]
    async fn fresh_link(
        &self,
        app: Data<&App>,
        staff: Researcher,
        id: Path<Uuid>,
    ) -> Result<Json<Invitation>, Failure> {
        let invitation = app.coach.renew_link(&staff.0, InvitationId(id.0)).await?;
        Ok(Json(Invitation::new(&app, &invitation)))
    }

    /// Conversations under an invitation, newest first.
    #[oai(path = "/:id/conversations", method = "get")]
    async fn conversations(
        &self,
        app: Data<&App>,
        staff: Researcher,
        id: Path<Uuid>,
        limit: Query<Option<PageSize>>,
        cursor: Query<Option<Uuid>>,
    ) -> Result<Json<ConversationPage>, Failure> {
        let limit = page_size(limit.0)?;
        let (id, before) = (InvitationId(id.0), cursor.0.map(ConversationId));
        let found = app.coach.conversations_under(&staff.0, id, before, limit + 1).await?;
        let (found, next) = page(found, limit, |conversation| conversation.id);
        Ok(Json(ConversationPage::new(&app, &found, next)))
    }

    /// Erases the words of an invitation's participant, in every conversation of theirs. It cannot be
    /// undone.
    #[oai(path = "/:id/participant", method = "delete")]
    async fn erase(
        &self,
        app: Data<&App>,
        staff: Researcher,
        id: Path<Uuid>,
    ) -> Result<Nothing, Failure> {
        app.coach.erase_participant(&staff.0, InvitationId(id.0)).await?;
        Ok(Nothing::Done)
    }
}

/// The core's refusal, about the field that was filled in: a preset's number is not the researcher's own.
fn filled_in(error: CoachError, from_preset: bool) -> CoachError {
    match error {
        CoachError::Invalid { field: "tokenQuota", message } if from_preset => {
            CoachError::Invalid { field: "presetId", message }
        }
        other => other,
    }
}

fn expiry(moment: &Moment) -> Result<Timestamp, Failure> {
    let wrong = || Failure::invalid("expiresAt", "a time as 2026-11-30T18:00:00Z");
    Timestamp::parse(&moment.0).ok_or_else(wrong)
}
