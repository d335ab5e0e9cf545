//! What creating, changing and deleting a note writes, and a change of the list of tags.

use std::collections::BTreeSet;

use crate::{
    conversation::Conversation,
    ids::{MessageId, TagId, UserId},
    note::{Note, NoteVersion, Tag, TagList},
    people::audit::{AuditAction, AuditEntry, TagChange},
    ports::{AddingNote, EditNote, EditingNote, NoteTarget, SavingTags},
    text::says_nothing,
    timestamp::Timestamp,
};

/// The longest text of a note, in characters.
pub const MAX_NOTE: usize = 10_000;

/// The most tags on one note.
pub const MAX_NOTE_TAGS: usize = 20;

/// The longest name of a tag, in characters.
pub const MAX_TAG_NAME: usize = 40;

/// The keys of tags. Each is used once, so this is also the number of tags that a list may have.
pub const TAG_KEYS: &str = "0123456789abcdefghijklmnopqrstuvwxyz";

/// The facts that decide whether a note is created.
#[derive(Clone, Debug)]
pub struct NoteFacts<'a> {
    /// The note on record with the same id, or of the same author with the same `client_id`.
    pub known: Option<Note>,
    /// The conversation that the note names, locked, if it exists.
    pub conversation: Option<&'a Conversation>,
    /// The message that the note names, if it is in the conversation.
    pub message: Option<MessageId>,
    /// The list of tags.
    pub tags: &'a [Tag],
}

/// The decision about a new note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddNote {
    /// The response; nothing is written.
    Answer(AddingNote),
    /// The note is saved.
    Write,
}

impl AddNote {
    /// Returns the response.
    pub fn adding(self, note: &Note) -> AddingNote {
        match self {
            Self::Answer(answer) => answer,
            Self::Write => AddingNote::Added(Box::new(note.clone())),
        }
    }
}

/// Decides whether a note is created.
pub fn add(facts: NoteFacts<'_>, note: &Note) -> AddNote {
    if let Some(known) = facts.known {
        return AddNote::Answer(match is_repeated(&known, note) {
            true => AddingNote::Added(Box::new(known)),
            false => AddingNote::Taken,
        });
    }
    if note.conversation.is_some() {
        let under = |found: &&Conversation| found.invitation == Some(note.invitation);
        let Some(conversation) = facts.conversation.filter(under) else {
            return AddNote::Answer(AddingNote::Elsewhere(NoteTarget::Conversation));
        };
        if conversation.erased_at.is_some() {
            return AddNote::Answer(AddingNote::Erased);
        }
    }
    if note.message != facts.message {
        return AddNote::Answer(AddingNote::Elsewhere(NoteTarget::Message));
    }
    match are_listed(&note.tags, facts.tags) {
        true => AddNote::Write,
        false => AddNote::Answer(AddingNote::UnknownTag),
    }
}

/// Returns whether a note on record is what an earlier call of the same author created; it may have been changed
/// since.
fn is_repeated(known: &Note, note: &Note) -> bool {
    let target = |one: &Note| (one.author, one.invitation, one.conversation, one.message);
    let content = |one: &Note| (one.body.clone(), one.tags.clone());
    let is_first = known.version == 1 && known.deleted_at.is_none() && known.erased_at.is_none();
    target(known) == target(note) && (!is_first || content(known) == content(note))
}

fn are_listed(tags: &[TagId], list: &[Tag]) -> bool {
    tags.iter().all(|tag| list.iter().any(|listed| listed.id == *tag))
}

/// The decision about a change of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The response; nothing is written.
    Answer(EditingNote),
    /// What to write.
    Write(EditPlan),
}

/// What a change of a note writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditPlan {
    /// The version that becomes history, if there is a new one.
    pub before: Option<NoteVersion>,
    /// The note, to save.
    pub note: Note,
}

impl EditPlan {
    /// Returns the response.
    pub fn editing(self) -> EditingNote {
        EditingNote::Edited(self.note)
    }
}

/// Decides what a change of a note writes: only its author changes it, and only the current version. A tag that
/// was removed from the list may stay on the note, but is put on none.
pub fn edit(note: Option<Note>, list: &[Tag], edit: &EditNote<'_>) -> Edit {
    let note = match of_author(note, edit.by) {
        Ok(note) => note,
        Err(answer) => return Edit::Answer(*answer),
    };
    if note.version != edit.version {
        return Edit::Answer(EditingNote::Stale(note));
    }
    let new = edit.tags.into_iter().flatten().filter(|tag| !note.tags.contains(tag)).copied();
    if !are_listed(&new.collect::<Vec<_>>(), list) {
        return Edit::Answer(EditingNote::UnknownTag);
    }
    let body = edit.body.map_or_else(|| note.body.clone(), ToOwned::to_owned);
    let tags = edit.tags.map_or_else(|| note.tags.clone(), <[TagId]>::to_vec);
    if says_something(&body, &tags).is_err() {
        return Edit::Answer(EditingNote::Empty);
    }
    if (&body, &tags) == (&note.body, &note.tags) {
        return Edit::Answer(EditingNote::Edited(note));
    }
    let before = Some(note.current());
    let (version, edited_at) = (note.version + 1, Some(edit.at));
    Edit::Write(EditPlan { before, note: Note { body, tags, version, edited_at, ..note } })
}

/// Decides whether a note is deleted: only by its author. A deleted note stays deleted.
pub fn delete(note: Option<Note>, by: UserId, at: Timestamp) -> Edit {
    if let Some(deleted) = note.as_ref().filter(|note| note.deleted_at.is_some()) {
        return Edit::Answer(match deleted.author == by {
            true => EditingNote::Edited(deleted.clone()),
            false => EditingNote::Unknown,
        });
    }
    match of_author(note, by) {
        Ok(note) => {
            Edit::Write(EditPlan { before: None, note: Note { deleted_at: Some(at), ..note } })
        }
        Err(answer) => Edit::Answer(*answer),
    }
}

/// Returns a note that its author may change.
fn of_author(note: Option<Note>, by: UserId) -> Result<Note, Box<EditingNote>> {
    let note = note
        .filter(|note| note.deleted_at.is_none())
        .ok_or_else(|| Box::new(EditingNote::Unknown))?;
    if note.author != by {
        return Err(Box::new(EditingNote::NotTheAuthor));
    }
    match note.erased_at {
        Some(_) => Err(Box::new(EditingNote::Erased)),
        None => Ok(note),
    }
}

/// Returns a note without its text and its tags, as it is kept after its participant was erased; its earlier
/// versions lose both as well.
pub fn erase(note: Note, at: Timestamp) -> Note {
    let erased_at = note.erased_at.or(Some(at));
    Note { body: String::new(), tags: Vec::new(), erased_at, ..note }
}

/// Returns a version of a note without its text and its tags.
pub fn erase_version(version: &NoteVersion) -> NoteVersion {
    NoteVersion { body: String::new(), tags: Vec::new(), ..*version }
}

/// Checks the text and the tags of a note.
///
/// # Errors
/// [`BadNote`], which says what is wrong.
pub fn check(body: &str, tags: &[TagId]) -> Result<(), BadNote> {
    if body.contains('\0') {
        return Err(BadNote::Nul);
    }
    if body.chars().take(MAX_NOTE + 1).count() > MAX_NOTE {
        return Err(BadNote::TooLong);
    }
    let different: BTreeSet<_> = tags.iter().collect();
    if tags.len() > MAX_NOTE_TAGS || different.len() < tags.len() {
        return Err(BadNote::Tags);
    }
    Ok(())
}

/// Checks that a note has a visible text or a tag.
///
/// # Errors
/// [`BadNote::Empty`] if it has neither.
pub fn says_something(body: &str, tags: &[TagId]) -> Result<(), BadNote> {
    match tags.is_empty() && body.chars().all(says_nothing) {
        true => Err(BadNote::Empty),
        false => Ok(()),
    }
}

/// What is wrong with a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadNote {
    /// It contains the NUL character, which databases cannot store.
    #[error("must not contain the NUL character")]
    Nul,
    /// The text is longer than [`MAX_NOTE`].
    #[error("must have at most 10,000 characters")]
    TooLong,
    /// It has neither a visible text nor a tag.
    #[error("must not be empty unless the note has a tag")]
    Empty,
    /// It has too many tags, or one of them twice.
    #[error("must be at most 20 tags, each once")]
    Tags,
}

/// The decision about a change of the list of tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveTags {
    /// The response; nothing is written.
    Answer(SavingTags),
    /// What to write.
    Write(TagsPlan),
}

/// What a change of the list of tags writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagsPlan {
    /// The next version of the list.
    pub list: TagList,
    /// The tags that are no longer in the list. They stay on record, for the notes that have them.
    pub removed: Vec<TagId>,
    /// The audit entry to add.
    pub audit: AuditEntry,
}

impl TagsPlan {
    /// Returns the response.
    pub fn saving(self) -> SavingTags {
        SavingTags::Saved(self.list)
    }
}

/// Decides what a change of the list of tags writes: only the current version is changed.
pub fn save_tags(before: TagList, version: u32, tags: &[Tag], audit: AuditEntry) -> SaveTags {
    if before.version != version {
        return SaveTags::Answer(SavingTags::Stale(before));
    }
    if before.tags == tags {
        return SaveTags::Answer(SavingTags::Saved(before));
    }
    let of = |list: &[Tag], id: TagId| list.iter().find(|tag| tag.id == id).cloned();
    let removed = before.tags.iter().map(|tag| tag.id).filter(|id| of(tags, *id).is_none());
    let removed: Vec<_> = removed.collect();
    let known = |tag: &&Tag| of(&before.tags, tag.id).is_some();
    let changed =
        tags.iter().filter(known).filter(|tag| of(&before.tags, tag.id) != Some((**tag).clone()));
    let change = TagChange {
        added: tags.iter().filter(|tag| !known(tag)).count() as u64,
        changed: changed.count() as u64,
        removed: removed.len() as u64,
    };
    SaveTags::Write(TagsPlan {
        list: TagList { version: version + 1, tags: tags.to_vec() },
        removed,
        audit: AuditEntry { action: AuditAction::TagsSaved(change), ..audit },
    })
}

/// What is wrong with one of the tags of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTag {
    /// The name is empty, too long, or has control characters.
    #[error("must have 1 to 40 visible characters")]
    Name,
    /// Another tag has the same name.
    #[error("must be different from the names of the other tags")]
    SameName,
    /// The key is not one of [`TAG_KEYS`].
    #[error("must be a digit or a letter from a to z")]
    Key,
    /// Another tag has the same key.
    #[error("must be different from the keys of the other tags")]
    SameKey,
    /// The id is not one of the list that is changed, or is there twice.
    #[error("must be the id of a tag in the list, or absent for a new tag")]
    Id,
}

/// Checks the tags of a list.
///
/// # Errors
/// The position of the first wrong tag, and what is wrong with it.
pub fn check_tags(tags: &[Tag]) -> Result<(), (usize, BadTag)> {
    let (mut names, mut keys, mut ids) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (place, tag) in tags.iter().enumerate() {
        let wrong = |what| Err((place, what));
        let length = tag.name.chars().take(MAX_TAG_NAME + 1).count();
        let is_blank = tag.name.chars().all(says_nothing);
        if is_blank || length > MAX_TAG_NAME || tag.name.chars().any(char::is_control) {
            return wrong(BadTag::Name);
        }
        if !names.insert(tag.name.to_lowercase()) {
            return wrong(BadTag::SameName);
        }
        if !TAG_KEYS.contains(tag.key) {
            return wrong(BadTag::Key);
        }
        if !keys.insert(tag.key) {
            return wrong(BadTag::SameKey);
        }
        if !ids.insert(tag.id) {
            return wrong(BadTag::Id);
        }
    }
    Ok(())
}
