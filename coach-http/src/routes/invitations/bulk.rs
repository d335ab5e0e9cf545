//! Changes to many invitations at once, and QR codes of their links.

use coach_core::{
    BulkChange, CoachError, ids::InvitationId, invitation, ports::Amend, timestamp::Timestamp,
};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi,
    param::{Path, Query},
    payload::{Binary, Json, PlainText},
    types::MaybeUndefined,
};
use uuid::Uuid;

use super::{
    bodies::{changed, expiry},
    in_scope,
};
use crate::{
    auth::Researcher,
    host::App,
    problem::Failure,
    qr,
    routes::tags::Tag,
    wire::{
        bounds::{Moment, Pixels, Tokens},
        invitation::{Invitation, link},
        sent::{Late, Sent, after},
    },
};

/// The width of an image if none is asked for, in pixels.
const WIDTH: u32 = 512;

pub(in crate::routes) struct SelectedInvitations;

/// What to do with all invitations of a selection.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "lowercase")]
enum BulkAct {
    /// Changes their expiry or adds tokens, or both.
    Extend,
    /// Revokes them.
    Revoke,
    /// Changes nothing: returns their links, which the audit log notes.
    Links,
}

/// An act on several invitations.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct InvitationSelection {
    /// What to do.
    act: BulkAct,
    /// The ids of the invitations, 1 to 200.
    ids: Vec<Uuid>,
    /// For `extend`: when they expire, in RFC 3339; `null` for no expiry, absent to leave it.
    expires_at: MaybeUndefined<Moment>,
    /// For `extend`: tokens to add to the quota of each.
    add_tokens: Option<Tokens>,
}

/// The outcome of an act on several invitations.
#[derive(Debug, Object)]
struct BulkOutcome {
    /// The invitations with which it was done, as they are now, in the order of `ids`.
    items: Vec<Invitation>,
    /// Those with which it was not, and why.
    refused: Vec<RefusedInvitation>,
}

/// An invitation with which nothing was done.
#[derive(Debug, Object)]
struct RefusedInvitation {
    /// Its id.
    id: Uuid,
    /// Why; one of the codes of problem documents.
    code: String,
    /// The same, for people.
    detail: String,
}

#[derive(ApiResponse)]
enum SvgImage {
    /// An SVG image.
    #[oai(status = 200, content_type = "image/svg+xml")]
    Image(PlainText<String>),
}

#[derive(ApiResponse)]
enum PngImage {
    /// A PNG image.
    #[oai(status = 200, content_type = "image/png")]
    Image(Binary<Vec<u8>>),
}

#[OpenApi(prefix_path = "/api/invitations", tag = "Tag::Invitations")]
impl SelectedInvitations {
    /// Extends or revokes several invitations, or returns their links.
    ///
    /// Each invitation is changed by itself: one that is refused does not affect the others.
    #[oai(path = "/bulk", method = "post", operation_id = "changeInvitations")]
    async fn change(
        &self,
        app: Data<&App>,
        staff: Researcher,
        body: Sent<InvitationSelection>,
    ) -> Result<Json<BulkOutcome>, Failure> {
        let body = body.read()?;
        let ids: Vec<_> = body.ids.into_iter().map(InvitationId).collect();
        let change = match body.act {
            BulkAct::Revoke => BulkChange::Revoke,
            BulkAct::Extend => BulkChange::Extend(Amend {
                expires_at: moment(body.expires_at)?,
                add_tokens: body.add_tokens.map_or(0, |tokens| tokens.0),
                ..Amend::default()
            }),
            BulkAct::Links => return Ok(Json(links(&app, &staff, &ids).await?)),
        };
        let results = app.coach.invitations(&staff.0).change_all(&ids, &change).await?;
        Ok(Json(outcome(&app, results).await?))
    }

    /// Returns the QR code of an invitation's link as SVG, black on white.
    #[oai(path = "/:id/qr.svg", method = "get", operation_id = "getInvitationQrSvg")]
    async fn svg(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// The invitation's id.
        id: Path<Uuid>,
    ) -> Result<SvgImage, Failure> {
        let link = link_of(&app, &staff, InvitationId(id.0)).await?;
        qr::svg(&link).map(|svg| SvgImage::Image(PlainText(svg))).ok_or_else(too_long)
    }

    /// Returns the QR code of an invitation's link as PNG, black on white.
    #[oai(path = "/:id/qr.png", method = "get", operation_id = "getInvitationQrPng")]
    async fn png(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// The invitation's id.
        id: Path<Uuid>,
        /// The width and height in pixels: 128 to 2048; 512 if absent.
        size: Query<Option<Late<Pixels>>>,
    ) -> Result<PngImage, Failure> {
        let id = InvitationId(id.0);
        let width = || match Late::read(size.0, "size")?.map_or(WIDTH, |size| size.0) {
            width @ 128..=2048 => Ok(width),
            _ => Err(Failure::invalid("size", "must be between 128 and 2048")),
        };
        let width = after(in_scope(&app, &staff, id), width()).await?;
        let link = link_of(&app, &staff, id).await?;
        qr::png(&link, width).map(|png| PngImage::Image(Binary(png))).ok_or_else(too_long)
    }
}

fn moment(sent: MaybeUndefined<Moment>) -> Result<Option<Option<Timestamp>>, Failure> {
    changed(sent).map(|at| at.as_ref().map(expiry).transpose()).transpose()
}

async fn links(
    app: &App,
    staff: &Researcher,
    ids: &[InvitationId],
) -> Result<BulkOutcome, Failure> {
    let links = app.coach.invitations(&staff.0).links_of(ids).await?;
    let found = links
        .into_iter()
        .map(|(id, link)| (id, link.map(|link| link.invitation).ok_or(CoachError::NotFound)));
    outcome(app, found.collect()).await
}

async fn outcome(
    app: &App,
    results: Vec<(InvitationId, Result<invitation::Invitation, CoachError>)>,
) -> Result<BulkOutcome, Failure> {
    let (mut changed, mut refused) = (Vec::new(), Vec::new());
    for (id, result) in results {
        match result {
            Ok(invitation) => changed.push(invitation),
            Err(error) => {
                let code = error.code().to_string();
                refused.push(RefusedInvitation {
                    id: id.0,
                    code,
                    detail: Failure::from(error).words(),
                });
            }
        }
    }
    let live = |one: &invitation::Invitation| app.connections.is_live(one.id);
    let statuses = app.coach.invitation_statuses(&changed, live).await?;
    let items = changed.iter().zip(statuses);
    let items = items.map(|(one, status)| Invitation::new(app, one, status)).collect();
    Ok(BulkOutcome { items, refused })
}

/// Returns the link of an invitation in the researcher's scope.
async fn link_of(app: &App, staff: &Researcher, id: InvitationId) -> Result<String, Failure> {
    let invitation = app.coach.invitations(&staff.0).get(id).await?;
    let token = app.coach.link_token(&invitation).ok_or_else(|| {
        let words = "The key that made this invitation's link is gone. Create a fresh link.";
        Failure::new(409, "conflict", words)
    })?;
    Ok(link(app, &token))
}

fn too_long() -> Failure {
    let words = "The public address is too long for a QR code. Copy the link instead.";
    Failure::new(409, "conflict", words)
}
