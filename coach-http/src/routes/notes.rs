//! Researchers' notes on invitations, conversations and messages.

use coach_core::{
    ids::{ConversationId, InvitationId, MessageId, NoteId, TagId},
    note::{self, EditedNote, NoteEdit},
    ports::NoteFilter,
    timestamp::Timestamp,
};
use poem::web::Data;
use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Header, Path, Query},
    payload::Json,
};
use uuid::Uuid;

use super::{
    auth::Nothing,
    pages::{page, page_size},
    tagged::Tagged,
    tags::Tag,
};
use crate::{
    auth::Researcher,
    host::App,
    problem::{Current, Failure},
    wire::{
        bounds::{Before, ClientId, Moment, NoteBody, PageSize},
        note::{Note, NoteHistory, NotePage, UnreadNotes},
        sent::{Late, Sent, after},
    },
};

/// The most notes that are marked as read at once.
const MOST_READ: usize = 200;

pub(super) struct Notes;

/// A note to write.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct NewNote {
    /// The text, at most 10,000 characters; may be absent if there is a tag.
    body: Option<NoteBody>,
    /// The ids of its tags, at most 20.
    tags: Option<Vec<Uuid>>,
    /// The conversation under the invitation that it is about.
    conversation_id: Option<Uuid>,
    /// The message of `conversationId` that it is about.
    message_id: Option<Before>,
    /// When the author began to write it, in RFC 3339; now if absent or in the future.
    started_at: Option<Moment>,
    /// The author's own name for the note: a repeated request with the same name is stored once.
    client_id: Option<ClientId>,
}

/// A change of a note; an absent field stays as it is.
#[derive(Object)]
struct NoteChange {
    /// The version that the change is based on.
    version: u32,
    /// The new text, at most 10,000 characters.
    body: Option<NoteBody>,
    /// The ids of its tags, at most 20.
    tags: Option<Vec<Uuid>>,
}

/// Notes that the caller has read.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct ReadNotes {
    /// Their ids, at most 200.
    notes: Option<Vec<Uuid>>,
    /// The newest of them: every older one has been read as well.
    up_to: Option<Uuid>,
}

#[derive(ApiResponse)]
enum MadeNote {
    /// The new note.
    #[oai(status = 201)]
    Made(Json<Note>),
}

fn tags(ids: Option<Vec<Uuid>>) -> Option<Vec<TagId>> {
    ids.map(|ids| ids.into_iter().map(TagId).collect())
}

impl NewNote {
    fn on(self, invitation: InvitationId) -> Result<note::NewNote, Failure> {
        let wrong = || Failure::invalid("startedAt", "must be a time such as 2026-11-30T18:00:00Z");
        let started = self.started_at.map(|at| Timestamp::parse(&at.0).ok_or_else(wrong));
        let body = self.body.map(|body| body.0).unwrap_or_default();
        Ok(note::NewNote {
            conversation: self.conversation_id.map(ConversationId),
            message: self.message_id.map(|id| MessageId(id.0)),
            tags: tags(self.tags).unwrap_or_default(),
            started_at: started.transpose()?,
            client_id: self.client_id.map(|id| id.0),
            ..note::NewNote::on(invitation, body)
        })
    }
}

#[OpenApi(prefix_path = "/api", tag = "Tag::Notes")]
impl Notes {
    /// Lists the notes on an invitation, newest first.
    ///
    /// A client that asks every few seconds with `If-None-Match` sees colleagues' notes as they appear.
    #[oai(path = "/invitations/:id/notes", method = "get", operation_id = "listNotes")]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter")]
    async fn list(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// The invitation's id.
        id: Path<Uuid>,
        /// Only notes about this conversation.
        conversation: Query<Option<Late<Uuid>>>,
        /// Only notes with the tag of this id.
        tag: Query<Option<Late<Uuid>>>,
        /// Notes on a page: 1 to 200; 50 if absent.
        limit: Query<Option<Late<PageSize>>>,
        /// `next` of the page before, of the same list.
        cursor: Query<Option<Late<Uuid>>>,
        /// The `ETag` of an earlier answer: 304 if nothing has changed since.
        #[oai(name = "if-none-match")]
        known: Header<Option<String>>,
    ) -> Result<Tagged<NotePage>, Failure> {
        let invitation = InvitationId(id.0);
        let asked = || {
            let filter = NoteFilter {
                invitation,
                conversation: Late::read(conversation.0, "conversation")?.map(ConversationId),
                tag: Late::read(tag.0, "tag")?.map(TagId),
            };
            let limit = page_size(Late::read(limit.0, "limit")?)?;
            Ok((filter, limit, Late::read(cursor.0, "cursor")?.map(NoteId)))
        };
        let notes = app.coach.notes(&staff.0);
        let right = notes.may_take(invitation);
        let (filter, limit, before) = after(right, asked()).await?;
        let found = notes.list(&filter, before, limit + 1).await?;
        let (found, next) = page(found, limit, |shown| shown.note.id);
        let items = found.iter().map(|shown| Note::new(shown, staff.0.user)).collect();
        Ok(Tagged::new(NotePage { items, next }, known.0.as_deref()))
    }

    /// Writes a note on an invitation, perhaps on one of its conversations and one of its messages.
    #[oai(path = "/invitations/:id/notes", method = "post", operation_id = "createNote")]
    async fn write(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// The invitation's id.
        id: Path<Uuid>,
        body: Sent<NewNote>,
    ) -> Result<MadeNote, Failure> {
        let invitation = InvitationId(id.0);
        let body = body.after(app.coach.notes(&staff.0).may_take(invitation)).await?;
        let made = app.coach.notes(&staff.0).add(body.on(invitation)?).await?;
        Ok(MadeNote::Made(Json(Note::new(&made, staff.0.user))))
    }

    /// Lists colleagues' notes of the last 30 days that the caller has not read, newest first.
    #[oai(path = "/notes/unread", method = "get", operation_id = "listUnreadNotes")]
    async fn unread(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// Notes on a page: 1 to 200; 50 if absent.
        limit: Query<Option<PageSize>>,
        /// `next` of the page before.
        cursor: Query<Option<Uuid>>,
        /// The `ETag` of an earlier answer: 304 if nothing has changed since.
        #[oai(name = "if-none-match")]
        known: Header<Option<String>>,
    ) -> Result<Tagged<UnreadNotes>, Failure> {
        let limit = page_size(limit.0)?;
        let before = cursor.0.map(NoteId);
        let found = app.coach.notes(&staff.0).unread(before, limit + 1).await?;
        let (notes, next) = page(found.notes, limit, |shown| shown.note.id);
        let items = notes.iter().map(|shown| Note::new(shown, staff.0.user)).collect();
        let unread = UnreadNotes { items, next, total: found.total };
        Ok(Tagged::new(unread, known.0.as_deref()))
    }

    /// Records that the caller has read notes: those of `notes`, and all up to `upTo` by age.
    #[oai(path = "/notes/read", method = "post", operation_id = "markNotesRead")]
    async fn read(
        &self,
        app: Data<&App>,
        staff: Researcher,
        body: Sent<ReadNotes>,
    ) -> Result<Nothing, Failure> {
        let body = body.read()?;
        let notes: Vec<_> = body.notes.into_iter().flatten().map(NoteId).collect();
        if notes.len() > MOST_READ {
            return Err(Failure::invalid("notes", "must be at most 200 ids"));
        }
        if !notes.is_empty() {
            app.coach.notes(&staff.0).mark_read(&notes).await?;
        }
        if let Some(last) = body.up_to {
            app.coach.notes(&staff.0).mark_read_up_to(NoteId(last)).await?;
        }
        Ok(Nothing::Done)
    }

    /// Changes a note of the caller; the version before stays in its history.
    ///
    /// If another change was saved first, perhaps from another window, the answer is 409 and `current` is the note
    /// as it is now.
    #[oai(path = "/notes/:id", method = "patch", operation_id = "updateNote")]
    async fn change(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// The note's id.
        id: Path<Uuid>,
        body: Sent<NoteChange>,
    ) -> Result<Json<Note>, Failure> {
        let id = NoteId(id.0);
        let body = body.after(app.coach.notes(&staff.0).may_change(id)).await?;
        let edit = NoteEdit {
            version: body.version,
            body: body.body.map(|body| body.0),
            tags: tags(body.tags),
        };
        let by = staff.0.user;
        match app.coach.notes(&staff.0).change(id, edit).await? {
            EditedNote::Edited(note) => Ok(Json(Note::new(&note, by))),
            EditedNote::Stale(note) => {
                let words = "This note has changed since you opened it. Nothing was saved; `current` is \
                             the note as it is now.";
                let current = Current::Note(Note::new(&note, by));
                Err(Failure::new(409, "conflict", words).current(current))
            }
        }
    }

    /// Deletes a note of the caller. It is in no list any more; its history stays.
    #[oai(path = "/notes/:id", method = "delete", operation_id = "deleteNote")]
    async fn remove(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// The note's id.
        id: Path<Uuid>,
    ) -> Result<Nothing, Failure> {
        app.coach.notes(&staff.0).delete(NoteId(id.0)).await?;
        Ok(Nothing::Done)
    }

    /// Returns every version of a note, also after it was deleted.
    #[oai(path = "/notes/:id/history", method = "get", operation_id = "getNoteHistory")]
    async fn history(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// The note's id.
        id: Path<Uuid>,
    ) -> Result<Json<NoteHistory>, Failure> {
        Ok(Json(app.coach.notes(&staff.0).history(NoteId(id.0)).await?.into()))
    }
}
