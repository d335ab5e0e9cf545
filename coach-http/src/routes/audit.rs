//! The audit log, for administrators.

use coach_core::{ids::UserId, people::audit::Subject};
use poem::web::Data;
use poem_openapi::{OpenApi, param::Query, payload::Json};
use uuid::Uuid;

use super::{
    pages::{page, page_size},
    tags::Tag,
};
use crate::{
    auth::Administrator,
    host::App,
    problem::Failure,
    wire::{
        admin::{AuditEntry, AuditPage},
        bounds::PageSize,
    },
};

pub(super) struct Audit;

#[OpenApi(prefix_path = "/api/audit", tag = "Tag::AuditLog")]
impl Audit {
    /// Lists entries of the audit log, newest first.
    ///
    /// An entry says who did what, to what, when and from which address.
    #[oai(path = "/", method = "get", operation_id = "listAuditEntries")]
    async fn list(
        &self,
        app: Data<&App>,
        admin: Administrator,
        /// Only what this user did.
        actor: Query<Option<Uuid>>,
        /// Entries on a page: 1 to 200; 50 if absent.
        limit: Query<Option<PageSize>>,
        /// `next` of the page before.
        cursor: Query<Option<u64>>,
    ) -> Result<Json<AuditPage>, Failure> {
        let limit = page_size(limit.0)?;
        let actor = actor.0.map(UserId);
        let found = app.coach.users(&admin.0).audit(actor, cursor.0, limit + 1).await?;
        let (found, next) = page(found, limit, |(id, _)| *id);
        let actors = found.iter().filter_map(|(_, entry)| entry.actor.map(Subject::User));
        let subjects = found.iter().filter_map(|(_, entry)| entry.subject);
        let all: Vec<_> = actors.chain(subjects).collect();
        let names = app.coach.users(&admin.0).names(&all).await?.into_iter().collect();
        let items = found.iter().map(|(id, entry)| AuditEntry::new(*id, entry, &names)).collect();
        Ok(Json(AuditPage { items, next }))
    }
}
