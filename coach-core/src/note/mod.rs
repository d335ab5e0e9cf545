//! Researchers' notes on invitations and what is under them, and the tags they put on notes.
//!
//! Never part of a prompt, of a socket's frames or of anything that a participant receives: only the functions in
//! this folder return notes, and all of them ask the [policy](crate::people::policy).

mod manage;
mod record;
mod shown;
mod tags;

pub use manage::{EditedNote, NewNote, NoteEdit, NoteHistory, UnreadNotes};
pub use record::{
    Note, NoteVersion, SavedTag, ShownNote, ShownTag, ShownVersion, Tag, TagList, UNREAD_FOR,
};
pub use tags::{NewTag, SavedTags};
