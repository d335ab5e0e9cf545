//! The audit log, for administrators.

use coach_core::{ids::UserId, people::audit::Subject};
use poem::web::Data;
use poem_openapi::{OpenApi, param::Query, payload::Json};
use uuid::Uuid;

use super::pages::{page, page_size};
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

#[OpenApi(prefix_path = "/api/audit")]
impl Audit {
    /// Who did what, to what, when and from where; newest first.
    #[oai(path = "/", method = "get")]
    async fn list(
        &self,
        app: Data<&App>,
        admin: Administrator,
        /// One person's deeds.
        actor: Query<Option<Uuid>>,
        limit: Query<Option<PageSize>>,
        cursor: Query<Option<u64>>,
    ) -> Result<Json<AuditPage>, Failure> {
        let limit = page_size(limit.0)?;
        let actor = actor.0.map(UserId);
        let found = app.coach.audit(&admin.0, actor, cursor.0, limit + 1).await?;
        let (found, next) = page(found, limit, |(id, _)| *id);
        let actors = found.iter().filter_map(|(_, entry)| entry.actor.map(Subject::Person));
        let subjects = found.iter().filter_map(|(_, entry)| entry.subject);
        let all: Vec<_> = actors.chain(subjects).collect();
        let names = app.coach.names(&admin.0, &all).await?.into_iter().collect();
        let items = found.iter().map(|(id, entry)| AuditEntry::new(*id, entry, &names)).collect();
        Ok(Json(AuditPage { items, next }))
    }
}
