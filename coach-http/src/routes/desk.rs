//! The researcher's desk, and who is watching a conversation.

use coach_core::{desk::LiveNow, ids::ConversationId};
use poem::web::Data;
use poem_openapi::{
    OpenApi,
    param::{Header, Path},
};
use uuid::Uuid;

use super::{tagged::Tagged, tags::Tag};
use crate::{
    auth::{Researcher, SignedIn},
    host::App,
    problem::Failure,
    wire::{
        desk::{Desk, Observers},
        note::Note,
    },
};

pub(super) struct ResearchDesk;

#[OpenApi(prefix_path = "/api", tag = "Tag::Desk")]
impl ResearchDesk {
    /// Returns the desk: who practices now, which invitations wait, what has ended, and unread notes.
    ///
    /// It contains no words of a conversation. A client that asks every few seconds with `If-None-Match` sees changes
    /// as they happen.
    #[oai(path = "/desk", method = "get", operation_id = "getDesk")]
    async fn desk(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// The `ETag` of an earlier answer: 304 if nothing has changed since.
        #[oai(name = "if-none-match")]
        known: Header<Option<String>>,
    ) -> Result<Tagged<Desk>, Failure> {
        let now = LiveNow {
            invitations: app.connections.live(),
            conversations: app.connections.live_conversations(),
        };
        let desk = app.coach.invitations(&staff.0).desk(&now).await?;
        let by = staff.0.user;
        let desk = Desk {
            live: desk.live.into_iter().map(Into::into).collect(),
            waiting: desk.waiting.into_iter().map(Into::into).collect(),
            waiting_total: desk.waiting_total,
            ended: desk.ended.into_iter().map(Into::into).collect(),
            unread: desk.unread.notes.iter().map(|shown| Note::new(shown, by)).collect(),
            unread_total: desk.unread.total,
        };
        Ok(Tagged::new(desk, known.0.as_deref()))
    }

    /// Lists the researchers who are watching a conversation now, the caller included.
    #[oai(path = "/conversations/:id/observers", method = "get", operation_id = "listObservers")]
    async fn observers(
        &self,
        app: Data<&App>,
        caller: SignedIn,
        /// The conversation's id.
        id: Path<Uuid>,
        /// The `ETag` of an earlier answer: 304 if nothing has changed since.
        #[oai(name = "if-none-match")]
        known: Header<Option<String>>,
    ) -> Result<Tagged<Observers>, Failure> {
        let watching =
            app.coach.conversation(&caller.0.principal(), ConversationId(id.0)).observers().await?;
        let items = watching.into_iter().map(Into::into).collect();
        Ok(Tagged::new(Observers { items }, known.0.as_deref()))
    }
}
