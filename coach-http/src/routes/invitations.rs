//! Invitations, for researchers.

use coach_core::{
    CoachError, Coaching, InvitationLink, ListInvitations, NewInvitation as Wanted,
    ids::{ConversationId, InvitationId},
    ports::Amend,
    timestamp::Timestamp,
};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    payload::{Json, PlainText},
    types::MaybeUndefined,
};
use uuid::Uuid;

use super::{
    auth::Nothing,
    pages::{page, page_size},
};
use crate::{
    auth::Researcher,
    csv,
    host::App,
    problem::{Failure, ProblemField},
    wire::{
        bounds::{
            ConsentText, Contact, Copies, Label, Moment, PageSize, Quota, Search, Title, Tokens,
        },
        conversation::ConversationPage,
        invitation::{
            Invitation, InvitationPage, InvitationPreview, InvitationSort, InvitationStatus,
            MadeInvitations, link,
        },
        scenario::Landing,
        sent::{Late, Sent, after},
    },
};

pub(super) struct Invitations;

/// What to invite with.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct NewInvitation {
    /// What researchers call it; participants never see it. Copies get a number: `-01` to `-30`.
    label: Label,
    /// What participants read instead.
    title: Option<Title>,
    /// The preset whose number is copied, instead of `tokenQuota`.
    preset_id: Option<Uuid>,
    /// Tokens that it may spend.
    token_quota: Option<Quota>,
    /// The one scenario to practice; without it, the participant chooses.
    scenario: Option<String>,
    /// The participant may describe their own.
    allow_custom_scenario: Option<bool>,
    /// The coach comments; yes, if absent.
    coach: Option<bool>,
    /// The participant may ask the coach privately; if absent, where the coach comments.
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

/// Settings of an invitation that is not made yet, as far as its participant is shown them.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct PreviewInvitation {
    /// What participants read.
    title: Option<Title>,
    /// Tokens that it may spend.
    token_quota: Option<Tokens>,
    /// The one scenario to practice; without it, the participant chooses.
    scenario: Option<String>,
    /// The participant may describe their own.
    allow_custom_scenario: Option<bool>,
    /// The coach comments; yes, if absent.
    coach: Option<bool>,
    /// The participant may ask the coach privately; if absent, where the coach comments.
    aside: Option<bool>,
    /// The consent text, in Markdown; the host's own, if absent.
    consent: Option<ConsentText>,
    /// Whom to turn to.
    contact: Option<Contact>,
    /// RFC 3339; from then on no new turns.
    expires_at: Option<Moment>,
}

/// What changes of an invitation; what is absent stays.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct AmendInvitation {
    /// What researchers call it.
    label: Option<Label>,
    /// What its participant reads instead; `null`: nothing.
    title: MaybeUndefined<Title>,
    /// Whom to turn to; `null`: nobody is named.
    contact: MaybeUndefined<Contact>,
    /// RFC 3339; `null`: it does not expire.
    expires_at: MaybeUndefined<Moment>,
    /// So many more tokens.
    add_tokens: Option<Tokens>,
}

#[derive(ApiResponse)]
enum Made {
    /// They were made.
    #[oai(status = 201)]
    Made(Json<MadeInvitations>),
}

#[derive(ApiResponse)]
enum Links {
    /// A line for each invitation: label, title, status, expiry and link.
    #[oai(status = 200, content_type = "text/csv; charset=utf-8")]
    File(PlainText<String>, #[oai(header = "content-disposition")] String),
}

#[OpenApi(prefix_path = "/api/invitations")]
impl Invitations {
    /// Invitations in the researcher's scope: searched, filtered, sorted and counted by the store.
    #[oai(path = "/", method = "get")]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the address")]
    async fn list(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// Part of a label or a title, in any case; every character stands for itself.
        search: Query<Option<Search>>,
        status: Query<Option<InvitationStatus>>,
        /// Only those that were made together with this one.
        batch: Query<Option<Uuid>>,
        /// Newest first, if absent.
        sort: Query<Option<InvitationSort>>,
        limit: Query<Option<PageSize>>,
        /// `next` of the page before, of the same list.
        cursor: Query<Option<String>>,
    ) -> Result<Json<InvitationPage>, Failure> {
        let limit = page_size(limit.0)?;
        let wrong = |_| Failure::invalid("cursor", "not a cursor of this list");
        let after = cursor.0.map(|cursor| cursor.parse().map_err(wrong)).transpose()?;
        let wanted = wanted(&app, search.0, status.0, batch.0, sort.0);
        let wanted = ListInvitations { after, ..wanted };
        let list = app.coach.invitations(&staff.0, &wanted, limit).await?;
        let items = list.items.iter();
        Ok(Json(InvitationPage {
            items: items.map(|(row, status)| Invitation::new(&app, row, *status)).collect(),
            next: list.next.map(|next| next.to_string()),
            total: list.count.found,
            total_in_scope: list.count.in_scope,
        }))
    }

    /// The links of all invitations that a list shows, as a CSV file for a mail merge or a panel. Anyone
    /// with a link can talk at the invitation's expense, so the audit log says who took them.
    #[oai(path = "/links.csv", method = "get")]
    async fn links(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// Part of a label or a title, in any case; every character stands for itself.
        search: Query<Option<Search>>,
        status: Query<Option<InvitationStatus>>,
        /// Only those that were made together with this one.
        batch: Query<Option<Uuid>>,
        /// By label, if absent.
        sort: Query<Option<InvitationSort>>,
    ) -> Result<Links, Failure> {
        let sort = sort.0.unwrap_or(InvitationSort::Label);
        let wanted = wanted(&app, search.0, status.0, batch.0, Some(sort));
        let links = app.coach.invitation_links(&staff.0, &wanted).await?;
        let mut file = csv::File::new(&["label", "title", "status", "expires_at", "url"]);
        for InvitationLink { invitation, status, token } in &links {
            file.row(&[
                &invitation.label,
                invitation.title.as_deref().unwrap_or_default(),
                status.as_str(),
                &invitation.expires_at.map(|at| at.to_string()).unwrap_or_default(),
                &token.as_deref().map(|token| link(&app, token)).unwrap_or_default(),
            ]);
        }
        let name = "attachment; filename=\"invitation-links.csv\"".to_owned();
        Ok(Links::File(PlainText(file.text()), name))
    }

    /// Makes invitations.
    #[oai(path = "/", method = "post")]
    async fn create(
        &self,
        app: Data<&App>,
        staff: Researcher,
        body: Sent<NewInvitation>,
    ) -> Result<Made, Failure> {
        let body = body.read()?;
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
        let wanted = Wanted {
            title: body.title.map(|title| title.0),
            scenario: body.scenario,
            allow_custom_scenario: body.allow_custom_scenario.unwrap_or(false),
            coach: body.coach.unwrap_or(true),
            aside: body.aside,
            consent: body.consent.map(|text| text.0).or_else(|| app.consent.clone()),
            contact: body.contact.map(|contact| contact.0),
            expires_at: body.expires_at.as_ref().map(expiry).transpose()?,
            copies: body.copies.map_or(1, |copies| copies.0),
            ..Wanted::new(body.label.0, quota)
        };
        let made = app.coach.invite(&staff.0, wanted).await;
        let made = made.map_err(|error| filled_in(error, body.preset_id.is_some()))?;
        let (mut items, mut looked_at) = (Vec::with_capacity(made.len()), Vec::new());
        if let Some(first) = made.first() {
            // All are made of the same terms.
            let status = app.coach.invitation_status(first, false).await?;
            items.extend(made.iter().map(|one| Invitation::new(&app, one, status)));
            looked_at = warnings(first, app.coach.coaching(first).await?);
        }
        Ok(Made::Made(Json(MadeInvitations { items, warnings: looked_at })))
    }

    /// What the participant of a new invitation would be shown, and what the researcher should look at
    /// again. Makes nothing.
    #[oai(path = "/preview", method = "post")]
    async fn preview(
        &self,
        app: Data<&App>,
        staff: Researcher,
        body: Sent<PreviewInvitation>,
    ) -> Result<Json<InvitationPreview>, Failure> {
        let body = body.read()?;
        let quota = body.token_quota.map(|tokens| tokens.0);
        let wanted = Wanted {
            title: body.title.map(|title| title.0),
            scenario: body.scenario,
            allow_custom_scenario: body.allow_custom_scenario.unwrap_or(false),
            coach: body.coach.unwrap_or(true),
            aside: body.aside,
            consent: body.consent.map(|text| text.0).or_else(|| app.consent.clone()),
            contact: body.contact.map(|contact| contact.0),
            expires_at: body.expires_at.as_ref().map(expiry).transpose()?,
            ..Wanted::new("", quota.unwrap_or_default())
        };
        let landing = app.coach.preview(&staff.0, &wanted).await?;
        let (scenario, coach) = (wanted.scenario.as_deref(), wanted.coach);
        let cost = app.coach.conversation_cost(scenario, coach).await?;
        Ok(Json(InvitationPreview {
            warnings: warnings(&landing.invitation, landing.coaching),
            landing: Landing::new(&landing),
            estimate: cost.zip(quota).map(|(cost, tokens)| cost.estimate(tokens).into()),
        }))
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
        Ok(Json(shown(&app, &invitation).await?))
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
        Ok(Json(shown(&app, &invitation).await?))
    }

    /// Changes an invitation's label, title, contact and expiry, and gives it more tokens.
    #[oai(path = "/:id", method = "patch")]
    async fn amend(
        &self,
        app: Data<&App>,
        staff: Researcher,
        id: Path<Uuid>,
        body: Sent<AmendInvitation>,
    ) -> Result<Json<Invitation>, Failure> {
        let id = InvitationId(id.0);
        let amend =
            after(in_scope(&app, &staff, id), body.read().and_then(Amend::try_from)).await?;
        let invitation = app.coach.amend(&staff.0, id, amend).await?;
        Ok(Json(shown(&app, &invitation).await?))
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
        Ok(Json(shown(&app, &invitation).await?))
    }

    /// Conversations under an invitation, newest first.
    #[oai(path = "/:id/conversations", method = "get")]
    async fn conversations(
        &self,
        app: Data<&App>,
        staff: Researcher,
        id: Path<Uuid>,
        limit: Query<Option<Late<PageSize>>>,
        cursor: Query<Option<Late<Uuid>>>,
    ) -> Result<Json<ConversationPage>, Failure> {
        let id = InvitationId(id.0);
        let asked = || {
            let limit = page_size(Late::read(limit.0, "limit")?)?;
            Ok((limit, Late::read(cursor.0, "cursor")?.map(ConversationId)))
        };
        let (limit, before) = after(in_scope(&app, &staff, id), asked()).await?;
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
        CoachError::Invalid { field, message } if from_preset && field == "tokenQuota" => {
            CoachError::Invalid { field: "presetId".into(), message }
        }
        other => other,
    }
}

/// Checks that an invitation is in a researcher's scope.
async fn in_scope(app: &App, staff: &Researcher, id: InvitationId) -> Result<(), CoachError> {
    app.coach.invitation(&staff.0, id).await.map(drop)
}

impl TryFrom<AmendInvitation> for Amend {
    type Error = Failure;

    fn try_from(body: AmendInvitation) -> Result<Self, Failure> {
        let expires_at = changed(body.expires_at)
            .map(|moment| moment.as_ref().map(expiry).transpose())
            .transpose()?;
        Ok(Self {
            label: body.label.map(|label| label.0),
            title: changed(body.title).map(|title| title.map(|title| title.0)),
            contact: changed(body.contact).map(|contact| contact.map(|contact| contact.0)),
            expires_at,
            add_tokens: body.add_tokens.map_or(0, |tokens| tokens.0),
        })
    }
}

fn expiry(moment: &Moment) -> Result<Timestamp, Failure> {
    let wrong = || Failure::invalid("expiresAt", "a time as 2026-11-30T18:00:00Z");
    Timestamp::parse(&moment.0).ok_or_else(wrong)
}

/// A field that was sent: its new value, or that it has none any more.
fn changed<T>(field: MaybeUndefined<T>) -> Option<Option<T>> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

async fn shown(
    app: &App,
    invitation: &coach_core::invitation::Invitation,
) -> Result<Invitation, Failure> {
    let live = app.seats.is_live(invitation.id);
    let status = app.coach.invitation_status(invitation, live).await?;
    Ok(Invitation::new(app, invitation, status))
}

fn wanted(
    app: &App,
    search: Option<Search>,
    status: Option<InvitationStatus>,
    batch: Option<Uuid>,
    sort: Option<InvitationSort>,
) -> ListInvitations {
    ListInvitations {
        search: search.map(|search| search.0),
        status: status.map(Into::into),
        batch: batch.map(InvitationId),
        sort: sort.map(Into::into).unwrap_or_default(),
        after: None,
        live: app.seats.live(),
    }
}

/// What a researcher should look at again.
fn warnings(
    invitation: &coach_core::invitation::Invitation,
    coaching: Coaching,
) -> Vec<ProblemField> {
    let promises = invitation.consent.promises_a_coach(coaching);
    let words = "This text mentions a coach, but participants of this invitation have none.";
    promises.then(|| ProblemField::new("consent", words)).into_iter().collect()
}
