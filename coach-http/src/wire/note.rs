//! Notes and tags, as researchers see them.

use coach_core::{ids::UserId, note};
use poem_openapi::Object;
use uuid::Uuid;

/// A user with their current name.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct NamedUser {
    /// The user's id.
    pub(crate) id: Uuid,
    /// The name from the sign-in provider, else the email address; absent if there is neither.
    pub(crate) name: Option<String>,
}

/// A researcher's note. Participants never see it.
#[derive(Clone, Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Note {
    /// The note's id; newer notes have larger ones.
    id: Uuid,
    /// The invitation it is about.
    invitation_id: Uuid,
    /// The conversation it is about.
    conversation_id: Option<Uuid>,
    /// The message it is about.
    message_id: Option<i64>,
    /// The text; empty if the note only has tags, or was erased.
    body: String,
    /// The tags, in the order in which they were put on it.
    tags: Vec<NoteTag>,
    /// Who wrote it.
    author: NamedUser,
    /// Whether the caller wrote it, and may therefore change it.
    mine: bool,
    /// Whether a colleague wrote it in the last 30 days and the caller has not read it.
    unread: bool,
    /// When its author began to write it, in RFC 3339.
    started_at: String,
    /// When it was created, in RFC 3339.
    created_at: String,
    /// When it was last changed, in RFC 3339; absent if never.
    edited_at: Option<String>,
    /// The number of this version; a change is based on it.
    version: u32,
    /// When its participant was erased, and with them the text and the tags, in RFC 3339.
    erased_at: Option<String>,
}

/// A tag on a note.
#[derive(Clone, Debug, Object)]
pub(crate) struct NoteTag {
    /// The tag's id.
    id: Uuid,
    /// Its name, also if it is no longer in the team's list.
    name: String,
}

/// A page of notes.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct NotePage {
    /// Newest first.
    pub(crate) items: Vec<Note>,
    /// The cursor of the next page; absent on the last.
    pub(crate) next: Option<String>,
}

/// A page of unread notes.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct UnreadNotes {
    /// Newest first.
    pub(crate) items: Vec<Note>,
    /// The cursor of the next page; absent on the last.
    pub(crate) next: Option<String>,
    /// Unread notes on all pages.
    pub(crate) total: u64,
}

/// The history of a note.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct NoteHistory {
    /// Every version, oldest first; the last one is the current one.
    items: Vec<NoteVersion>,
    /// When its author deleted the note, in RFC 3339.
    deleted_at: Option<String>,
}

/// A version of a note.
#[derive(Debug, Object)]
pub(crate) struct NoteVersion {
    /// Its number; the first is 1.
    version: u32,
    /// The text.
    body: String,
    /// The tags.
    tags: Vec<NoteTag>,
    /// When it was saved, in RFC 3339.
    at: String,
}

/// A tag that researchers put on notes.
#[derive(Clone, Debug, Object)]
pub(crate) struct Tag {
    /// The tag's id.
    id: Uuid,
    /// Its name.
    name: String,
    /// The key that puts it on a note: a digit, or a letter from `a` to `z`.
    key: String,
}

/// The team's tags.
#[derive(Clone, Debug, Object)]
pub(crate) struct TagList {
    /// The number of this version of the list; a change is based on it.
    version: u32,
    /// The tags, in the team's order.
    items: Vec<Tag>,
}

impl Note {
    /// Returns a note as the researcher `caller` sees it.
    pub(crate) fn new(shown: &note::ShownNote, caller: UserId) -> Self {
        let note = &shown.note;
        Self {
            id: note.id.0,
            invitation_id: note.invitation.0,
            conversation_id: note.conversation.map(|id| id.0),
            message_id: note.message.map(|id| id.0),
            body: note.body.clone(),
            tags: shown.tags.iter().map(NoteTag::from).collect(),
            author: NamedUser { id: note.author.0, name: shown.author_name.clone() },
            mine: note.author == caller,
            unread: shown.unread,
            started_at: note.started_at.to_string(),
            created_at: note.created_at.to_string(),
            edited_at: note.edited_at.map(|at| at.to_string()),
            version: note.version,
            erased_at: note.erased_at.map(|at| at.to_string()),
        }
    }
}

impl From<&note::ShownTag> for NoteTag {
    fn from(tag: &note::ShownTag) -> Self {
        Self { id: tag.id.0, name: tag.name.clone() }
    }
}

impl From<note::NoteHistory> for NoteHistory {
    fn from(history: note::NoteHistory) -> Self {
        let items = history.versions.iter().map(|shown| NoteVersion {
            version: shown.version.version,
            body: shown.version.body.clone(),
            tags: shown.tags.iter().map(NoteTag::from).collect(),
            at: shown.version.at.to_string(),
        });
        Self { items: items.collect(), deleted_at: history.deleted_at.map(|at| at.to_string()) }
    }
}

impl From<note::TagList> for TagList {
    fn from(list: note::TagList) -> Self {
        let tag = |tag: note::Tag| Tag { id: tag.id.0, name: tag.name, key: tag.key.to_string() };
        Self { version: list.version, items: list.tags.into_iter().map(tag).collect() }
    }
}
