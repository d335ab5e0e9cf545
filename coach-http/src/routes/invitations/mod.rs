//! Invitations, for researchers.

mod bodies;
mod bulk;

use coach_core::{
    CoachError, Coaching, InvitationLink, ListInvitations, NewInvitation as Wanted,
    ids::{ConversationId, InvitationId},
    ports::Amend,
};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, OpenApi,
    param::{Header, Path, Query},
    payload::{Json, PlainText},
};
use uuid::Uuid;

use self::bodies::{AmendInvitation, NewInvitation, PreviewInvitation};
pub(super) use self::bulk::SelectedInvitations;
use super::{
    auth::Nothing,
    pages::{page, page_size},
    tagged::Tagged,
    tags::Tag,
};
use crate::{
    auth::Researcher,
    csv,
    host::App,
    problem::{Failure, ProblemField},
    wire::{
        bounds::{PageSize, Search},
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

#[derive(ApiResponse)]
enum Made {
    /// The new invitations.
    #[oai(status = 201)]
    Made(Json<MadeInvitations>),
}

#[derive(ApiResponse)]
enum Links {
    /// A row for each invitation, below a header row: label, title, status, expiry and link.
    #[oai(status = 200, content_type = "text/csv; charset=utf-8")]
    File(PlainText<String>, #[oai(header = "content-disposition")] String),
}

#[OpenApi(prefix_path = "/api/invitations", tag = "Tag::Invitations")]
impl Invitations {
    /// Lists invitations in the researcher's scope.
    #[oai(path = "/", method = "get", operation_id = "listInvitations")]
    #[expect(clippy::too_many_arguments, reason = "one for each query parameter")]
    async fn list(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// Part of a label or a title. Case is ignored; there are no wildcards.
        search: Query<Option<Search>>,
        /// Only invitations with this status.
        status: Query<Option<InvitationStatus>>,
        /// Only invitations of this batch: `batchId` of any of them.
        batch: Query<Option<Uuid>>,
        /// The order; `newest` if absent.
        sort: Query<Option<InvitationSort>>,
        /// Invitations on a page: 1 to 200; 50 if absent.
        limit: Query<Option<PageSize>>,
        /// `next` of the page before, of the same list.
        cursor: Query<Option<String>>,
        /// The `ETag` of an earlier answer: 304 if nothing has changed since.
        #[oai(name = "if-none-match")]
        known: Header<Option<String>>,
    ) -> Result<Tagged<InvitationPage>, Failure> {
        let limit = page_size(limit.0)?;
        let wrong = |_| Failure::invalid("cursor", "not a cursor of this list");
        let after = cursor.0.map(|cursor| cursor.parse().map_err(wrong)).transpose()?;
        let wanted = wanted(&app, search.0, status.0, batch.0, sort.0);
        let wanted = ListInvitations { after, ..wanted };
        let list = app.coach.invitations(&staff.0).list(&wanted, limit).await?;
        let items = list.items.iter();
        let page = InvitationPage {
            items: items.map(|(row, status)| Invitation::new(&app, row, *status)).collect(),
            next: list.next.map(|next| next.to_string()),
            total: list.count.found,
            total_in_scope: list.count.in_scope,
        };
        Ok(Tagged::new(page, known.0.as_deref()))
    }

    /// Downloads the links of all invitations in a list, as a CSV file.
    ///
    /// Anyone with a link can claim its invitation, so the audit log notes who downloaded them.
    #[oai(path = "/links.csv", method = "get", operation_id = "downloadInvitationLinks")]
    async fn links(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// Part of a label or a title. Case is ignored; there are no wildcards.
        search: Query<Option<Search>>,
        /// Only invitations with this status.
        status: Query<Option<InvitationStatus>>,
        /// Only invitations of this batch: `batchId` of any of them.
        batch: Query<Option<Uuid>>,
        /// The order; `label` if absent.
        sort: Query<Option<InvitationSort>>,
    ) -> Result<Links, Failure> {
        let sort = sort.0.unwrap_or(InvitationSort::Label);
        let wanted = wanted(&app, search.0, status.0, batch.0, Some(sort));
        let links = app.coach.invitations(&staff.0).links(&wanted).await?;
        let mut file = csv::File::new(&["label", "title", "status", "expires_at", "url"]);
        for InvitationLink { invitation, status, token, .. } in &links {
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

    /// Creates invitations.
    #[oai(path = "/", method = "post", operation_id = "createInvitations")]
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
                let presets = app.coach.presets(&staff.0).list().await?;
                let preset = presets.iter().find(|preset| preset.id.0 == id);
                let unknown = || Failure::invalid("presetId", "this preset does not exist");
                preset.ok_or_else(unknown)?.tokens
            }
            (Some(_), Some(_)) => {
                return Err(Failure::invalid(
                    "presetId",
                    "choose a preset or enter a number of tokens, not both",
                ));
            }
            (None, None) => {
                let words = "choose a preset or enter a number of tokens";
                return Err(Failure::invalid("tokenQuota", words));
            }
        };
        let wanted = body.settings.wanted(body.label.0, quota, app.consent.as_ref())?;
        let wanted = Wanted { copies: body.copies.map_or(1, |copies| copies.0), ..wanted };
        let made = app.coach.invitations(&staff.0).create(wanted).await;
        let made = made.map_err(|error| filled_in(error, body.preset_id.is_some()))?;
        let (mut items, mut looked_at) = (Vec::with_capacity(made.len()), Vec::new());
        if let Some(first) = made.first() {
            // All share the same settings.
            let status = app.coach.invitation_status(first, false).await?;
            items.extend(made.iter().map(|one| Invitation::new(&app, one, status)));
            looked_at = warnings(first, app.coach.coaching(first).await?);
        }
        Ok(Made::Made(Json(MadeInvitations { items, warnings: looked_at })))
    }

    /// Previews an invitation: what its participant would see, and warnings for the researcher.
    ///
    /// Creates nothing.
    #[oai(path = "/preview", method = "post", operation_id = "previewInvitation")]
    async fn preview(
        &self,
        app: Data<&App>,
        staff: Researcher,
        body: Sent<PreviewInvitation>,
    ) -> Result<Json<InvitationPreview>, Failure> {
        let body = body.read()?;
        let quota = body.token_quota.map(|tokens| tokens.0);
        let consent = app.consent.as_ref();
        let wanted = body.settings.wanted(String::new(), quota.unwrap_or_default(), consent)?;
        let landing = app.coach.invitations(&staff.0).preview(&wanted).await?;
        let (scenario, coach) = (wanted.scenario.as_deref(), wanted.coach);
        let cost = app.coach.conversation_cost(scenario, coach).await?;
        Ok(Json(InvitationPreview {
            warnings: warnings(&landing.invitation, landing.coaching),
            landing: Landing::new(&landing),
            estimate: cost.zip(quota).map(|(cost, tokens)| cost.estimate(tokens).into()),
        }))
    }

    /// Returns an invitation.
    #[oai(path = "/:id", method = "get", operation_id = "getInvitation")]
    async fn one(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// The invitation's id.
        id: Path<Uuid>,
        /// The `ETag` of an earlier answer: 304 if nothing has changed since.
        #[oai(name = "if-none-match")]
        known: Header<Option<String>>,
    ) -> Result<Tagged<Invitation>, Failure> {
        let invitation = app.coach.invitations(&staff.0).get(InvitationId(id.0)).await?;
        Ok(Tagged::new(shown(&app, &invitation).await?, known.0.as_deref()))
    }

    /// Revokes an invitation.
    ///
    /// A running turn finishes; new ones are refused.
    #[oai(path = "/:id/revoke", method = "post", operation_id = "revokeInvitation")]
    async fn revoke(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// The invitation's id.
        id: Path<Uuid>,
    ) -> Result<Json<Invitation>, Failure> {
        let invitation = app.coach.invitations(&staff.0).revoke(InvitationId(id.0)).await?;
        Ok(Json(shown(&app, &invitation).await?))
    }

    /// Updates an invitation's label, title, contact and expiry, and adds tokens to its quota.
    #[oai(path = "/:id", method = "patch", operation_id = "updateInvitation")]
    async fn amend(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// The invitation's id.
        id: Path<Uuid>,
        body: Sent<AmendInvitation>,
    ) -> Result<Json<Invitation>, Failure> {
        let id = InvitationId(id.0);
        let amend =
            after(in_scope(&app, &staff, id), body.read().and_then(Amend::try_from)).await?;
        let invitation = app.coach.invitations(&staff.0).amend(id, amend).await?;
        Ok(Json(shown(&app, &invitation).await?))
    }

    /// Creates a fresh link for an invitation; the old link stops working.
    ///
    /// The guest who claimed the invitation can continue with the fresh link, on any device.
    #[oai(path = "/:id/fresh-link", method = "post", operation_id = "createFreshLink")]
    async fn fresh_link(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// The invitation's id.
        id: Path<Uuid>,
    ) -> Result<Json<Invitation>, Failure> {
        let invitation = app.coach.invitations(&staff.0).fresh_link(InvitationId(id.0)).await?;
        Ok(Json(shown(&app, &invitation).await?))
    }

    /// Lists the conversations under an invitation, newest first.
    #[oai(
        path = "/:id/conversations",
        method = "get",
        operation_id = "listInvitationConversations"
    )]
    async fn conversations(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// The invitation's id.
        id: Path<Uuid>,
        /// Conversations on a page: 1 to 200; 50 if absent.
        limit: Query<Option<Late<PageSize>>>,
        /// `next` of the page before.
        cursor: Query<Option<Late<Uuid>>>,
        /// The `ETag` of an earlier answer: 304 if nothing has changed since.
        #[oai(name = "if-none-match")]
        known: Header<Option<String>>,
    ) -> Result<Tagged<ConversationPage>, Failure> {
        let id = InvitationId(id.0);
        let asked = || {
            let limit = page_size(Late::read(limit.0, "limit")?)?;
            Ok((limit, Late::read(cursor.0, "cursor")?.map(ConversationId)))
        };
        let (limit, before) = after(in_scope(&app, &staff, id), asked()).await?;
        let found = app.coach.invitations(&staff.0).conversations(id, before, limit + 1).await?;
        let (found, next) = page(found, limit, |conversation| conversation.id);
        Ok(Tagged::new(ConversationPage::new(&app, &found, next), known.0.as_deref()))
    }

    /// Erases the messages of an invitation's participant, in all their conversations. This cannot be undone.
    ///
    /// Only guests can be erased this way; a signed-in participant erases their data themselves.
    #[oai(path = "/:id/participant", method = "delete", operation_id = "eraseParticipant")]
    async fn erase(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// The invitation's id.
        id: Path<Uuid>,
    ) -> Result<Nothing, Failure> {
        app.coach.invitations(&staff.0).erase_participant(InvitationId(id.0)).await?;
        Ok(Nothing::Done)
    }
}

/// Returns the core's refusal under the name of the field that was sent: with a preset, `presetId`.
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
    app.coach.invitations(&staff.0).get(id).await.map(drop)
}

async fn shown(
    app: &App,
    invitation: &coach_core::invitation::Invitation,
) -> Result<Invitation, Failure> {
    let live = app.connections.is_live(invitation.id);
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
        live: app.connections.live(),
    }
}

/// Returns warnings for the researcher.
fn warnings(
    invitation: &coach_core::invitation::Invitation,
    coaching: Coaching,
) -> Vec<ProblemField> {
    let promises = invitation.consent.promises_a_coach(coaching);
    let words = "This text mentions a coach, but participants of this invitation have none.";
    promises.then(|| ProblemField::new("consent", words)).into_iter().collect()
}
