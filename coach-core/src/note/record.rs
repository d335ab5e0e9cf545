//! The records of notes and tags.

use std::time::Duration;

use crate::{
    ids::{ConversationId, InvitationId, MessageId, NoteId, TagId, UserId},
    timestamp::Timestamp,
};

/// How long a note counts as unread. Older ones are not announced, so that a new researcher is not greeted with
/// the notes of years.
pub const UNREAD_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A note, as a store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its id. Ids ascend with time.
    pub id: NoteId,
    /// The invitation it is about.
    pub invitation: InvitationId,
    /// The conversation under the invitation that it is about.
    pub conversation: Option<ConversationId>,
    /// The message of the conversation that it is about.
    pub message: Option<MessageId>,
    /// The researcher who wrote it, and who alone may change it.
    pub author: UserId,
    /// The author's own name for it: the same one is saved once.
    pub client_id: Option<String>,
    /// The text; empty for a note that only has tags.
    pub body: String,
    /// Its tags, in the order in which they were put on it.
    pub tags: Vec<TagId>,
    /// When the author began to write it.
    pub started_at: Timestamp,
    /// When it was created.
    pub created_at: Timestamp,
    /// The number of this version; the first is 1.
    pub version: u32,
    /// When this version was saved; `None` for the first one.
    pub edited_at: Option<Timestamp>,
    /// When its author deleted it. It is in no list then; its history stays.
    pub deleted_at: Option<Timestamp>,
    /// When its participant was erased, and with them the text and the tags of all its versions.
    pub erased_at: Option<Timestamp>,
}

/// One version of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteVersion {
    /// Its number.
    pub version: u32,
    /// The text.
    pub body: String,
    /// The tags.
    pub tags: Vec<TagId>,
    /// When it was saved.
    pub at: Timestamp,
}

impl Note {
    /// Returns the current version.
    pub fn current(&self) -> NoteVersion {
        NoteVersion {
            version: self.version,
            body: self.body.clone(),
            tags: self.tags.clone(),
            at: self.edited_at.unwrap_or(self.created_at),
        }
    }
}

/// A tag in the team's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its id.
    pub id: TagId,
    /// Its name.
    pub name: String,
    /// The key that puts it on a note: a digit or a lower-case letter.
    pub key: char,
}

/// The team's tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagList {
    /// The number of this version of the list; the first, which is empty, is 1.
    pub version: u32,
    /// The tags, in the team's order.
    pub tags: Vec<Tag>,
}

/// A tag that a store knows: one of the list, or one that was removed from it and stays on notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedTag {
    /// Its id.
    pub id: TagId,
    /// Its newest name.
    pub name: String,
}

/// A note as one researcher sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownNote {
    /// The note.
    pub note: Note,
    /// The author's current name, if they have one.
    pub author_name: Option<String>,
    /// The names of its tags, in its order.
    pub tags: Vec<ShownTag>,
    /// Whether a colleague wrote it and this researcher has not read it.
    pub unread: bool,
}

/// A tag on a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownTag {
    /// Its id.
    pub id: TagId,
    /// Its name, also if it was removed from the list.
    pub name: String,
}

/// A version of a note with the names of its tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownVersion {
    /// The version.
    pub version: NoteVersion,
    /// The names of its tags, in its order.
    pub tags: Vec<ShownTag>,
}
