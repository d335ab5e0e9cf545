//! `NoteStore`: keeps researchers' notes with their history, the team's tags, and who has read what.

use async_trait::async_trait;

use super::StoreError;
use crate::{
    ids::{ConversationId, InvitationId, NoteId, TagId, UserId},
    note::{Note, NoteVersion, SavedTag, Tag, TagList},
    people::audit::AuditEntry,
    timestamp::Timestamp,
};

port! {
/// Keeps notes. [`UserStore::erase`](super::UserStore::erase) also removes the text and the tags of all versions of
/// the notes on the erased participant; their ids, authors and times stay.
pub trait NoteStore: Send + Sync {
    /// Creates a note, unless what it is about forbids that. Idempotent by its id, and by its author and
    /// `client_id`.
    async fn add_note(&self, note: &Note) -> Result<AddingNote, StoreError>;

    /// Changes a note of its author, if the change is based on the current version; the version before stays in
    /// the history. Not idempotent: a repeated call is based on an old version.
    async fn edit_note(&self, edit: EditNote<'_>) -> Result<EditingNote, StoreError>;

    /// Deletes a note of its author; the history stays. Idempotent: deleting it again changes nothing.
    async fn delete_note(
        &self,
        id: NoteId,
        by: UserId,
        at: Timestamp,
    ) -> Result<EditingNote, StoreError>;

    /// Returns one note, also a deleted one.
    async fn note_by_id(&self, id: NoteId) -> Result<Option<Note>, StoreError>;

    /// Returns the versions of a note before the current one, oldest first.
    async fn note_versions(&self, id: NoteId) -> Result<Vec<NoteVersion>, StoreError>;

    /// Returns the notes that match a filter and are not deleted, newest first; each with whether `reader` has
    /// read it.
    async fn notes(
        &self,
        filter: &NoteFilter,
        reader: UserId,
        before: Option<NoteId>,
        limit: u32,
    ) -> Result<Vec<(Note, bool)>, StoreError>;

    /// Returns the notes that `unread` describes, newest first, and at most `limit` of them.
    async fn unread_notes(
        &self,
        unread: &Unread,
        before: Option<NoteId>,
        limit: u32,
    ) -> Result<Vec<Note>, StoreError>;

    /// Returns how many notes `unread` describes.
    async fn count_unread_notes(&self, unread: &Unread) -> Result<u64, StoreError>;

    /// Records that a user has read these notes; ids of no note are ignored. Idempotent.
    async fn mark_notes_read(&self, reader: UserId, notes: &[NoteId]) -> Result<(), StoreError>;

    /// Returns the team's list of tags.
    async fn tag_list(&self) -> Result<TagList, StoreError>;

    /// Returns those of these tags that exist, also removed ones, in any order.
    async fn tags(&self, ids: &[TagId]) -> Result<Vec<SavedTag>, StoreError>;

    /// Replaces the list of tags by the next version, with an audit entry, if `version` is the current one.
    /// Removed tags stay on notes. Not idempotent: a repeated call has an old version.
    async fn save_tags(
        &self,
        version: u32,
        tags: &[Tag],
        audit: AuditEntry,
    ) -> Result<SavingTags, StoreError>;
}
}

/// A change of a note.
#[derive(Clone, Copy, Debug)]
pub struct EditNote<'a> {
    /// The note.
    pub id: NoteId,
    /// Who changes it.
    pub by: UserId,
    /// The version that the change is based on.
    pub version: u32,
    /// The new text; `None` leaves it as it is.
    pub body: Option<&'a str>,
    /// The new tags; `None` leaves them as they are.
    pub tags: Option<&'a [TagId]>,
    /// The current time.
    pub at: Timestamp,
}

/// Which notes a list includes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoteFilter {
    /// The invitation they are about.
    pub invitation: InvitationId,
    /// Only those about this conversation.
    pub conversation: Option<ConversationId>,
    /// Only those with this tag.
    pub tag: Option<TagId>,
}

/// Which notes a researcher has not read: those of colleagues, neither deleted nor erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The researcher.
    pub reader: UserId,
    /// Only those on invitations that this researcher created.
    pub created_by: Option<UserId>,
    /// Only those created since then.
    pub since: Timestamp,
}

/// The outcome of creating a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddingNote {
    /// It is saved, now or by an earlier call.
    Added(Box<Note>),
    /// The same author has used its `client_id` for a note with other content.
    Taken,
    /// Its conversation is not under its invitation, or its message is not in its conversation.
    Elsewhere(NoteTarget),
    /// Its conversation was erased.
    Erased,
    /// A tag does not exist, or is no longer in the list.
    UnknownTag,
}

/// What of a note's target does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteTarget {
    /// The conversation.
    Conversation,
    /// The message.
    Message,
}

/// The outcome of a change of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditingNote {
    /// It is changed.
    Edited(Note),
    /// Another change was saved first; this is the current version.
    Stale(Note),
    /// Another researcher wrote it.
    NotTheAuthor,
    /// Its participant was erased.
    Erased,
    /// A tag does not exist, or is no longer in the list.
    UnknownTag,
    /// The change would leave neither a text nor a tag.
    Empty,
    /// It does not exist or was deleted.
    Unknown,
}

/// The outcome of a change of the list of tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SavingTags {
    /// It is changed, or was already as it should be.
    Saved(TagList),
    /// Another change was saved first; this is the current list.
    Stale(TagList),
}
