//! The rows of notes, their versions and tags.

use coach_core::{
    ids::{ConversationId, InvitationId, MessageId, NoteId, TagId, UserId},
    note::{Note, NoteVersion, Tag},
    timestamp::Timestamp,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::rows::small;
use crate::error::Fault;

#[derive(Debug, FromRow)]
pub(super) struct NoteRow {
    id: Uuid,
    invitation_id: Uuid,
    conversation_id: Option<Uuid>,
    message_id: Option<i64>,
    author_id: Uuid,
    client_id: Option<String>,
    body: String,
    tags: String,
    started_at: i64,
    created_at: i64,
    version: i64,
    edited_at: Option<i64>,
    deleted_at: Option<i64>,
    erased_at: Option<i64>,
}

#[derive(Debug, FromRow)]
pub(super) struct ReadNoteRow {
    #[sqlx(flatten)]
    pub(super) note: NoteRow,
    pub(super) is_read: bool,
}

#[derive(Debug, FromRow)]
pub(super) struct VersionRow {
    version: i64,
    body: String,
    tags: String,
    at: i64,
}

#[derive(Debug, FromRow)]
pub(super) struct TagRow {
    id: Uuid,
    name: String,
    key: String,
}

impl TryFrom<NoteRow> for Note {
    type Error = Fault;

    fn try_from(row: NoteRow) -> Result<Self, Fault> {
        Ok(Self {
            id: NoteId(row.id),
            invitation: InvitationId(row.invitation_id),
            conversation: row.conversation_id.map(ConversationId),
            message: row.message_id.map(MessageId),
            author: UserId(row.author_id),
            client_id: row.client_id,
            body: row.body,
            tags: tags(&row.tags)?,
            started_at: Timestamp(row.started_at),
            created_at: Timestamp(row.created_at),
            version: small(row.version),
            edited_at: row.edited_at.map(Timestamp),
            deleted_at: row.deleted_at.map(Timestamp),
            erased_at: row.erased_at.map(Timestamp),
        })
    }
}

impl TryFrom<VersionRow> for NoteVersion {
    type Error = Fault;

    fn try_from(row: VersionRow) -> Result<Self, Fault> {
        let (version, tags) = (small(row.version), tags(&row.tags)?);
        Ok(Self { version, body: row.body, tags, at: Timestamp(row.at) })
    }
}

impl TryFrom<TagRow> for Tag {
    type Error = Fault;

    fn try_from(row: TagRow) -> Result<Self, Fault> {
        let key = row.key.chars().next().ok_or_else(|| Fault::unknown("tag key", &row.key))?;
        Ok(Self { id: TagId(row.id), name: row.name, key })
    }
}

/// Reads the column of a note's tags.
fn tags(column: &str) -> Result<Vec<TagId>, Fault> {
    let tag = |id: &str| Uuid::try_parse(id).map(TagId).map_err(|_| Fault::unknown("tag", id));
    column.split_whitespace().map(tag).collect()
}

/// Returns the column of a note's tags.
pub(super) fn column(tags: &[TagId]) -> String {
    tags.iter().map(|tag| hexadecimal(*tag)).collect::<Vec<_>>().join(" ")
}

pub(super) fn hexadecimal(tag: TagId) -> String {
    tag.0.simple().to_string()
}
