//! Writing, changing and reading notes, for researchers.

use super::{
    record::{Note, NoteVersion, ShownNote, ShownVersion, UNREAD_FOR},
    shown::named,
};
use crate::{
    coach::Coach,
    error::CoachError,
    handles::Notes,
    ids::{ConversationId, InvitationId, MessageId, NoteId, TagId},
    people::{
        Principal,
        policy::{Act, Relation, Target},
    },
    ports::{AddingNote, EditNote, EditingNote, NoteFilter, NoteTarget, Refusal, Unread},
    rules::notes::{self as rules, BadNote},
    timestamp::Timestamp,
    turn::check_client_id,
};

/// How many notes are marked as read at once.
const AT_ONCE: u32 = 500;

/// A note to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNote {
    /// The invitation it is about.
    pub invitation: InvitationId,
    /// The conversation under the invitation that it is about.
    pub conversation: Option<ConversationId>,
    /// The message of the conversation that it is about.
    pub message: Option<MessageId>,
    /// The text; may be empty if there is a tag.
    pub body: String,
    /// The tags.
    pub tags: Vec<TagId>,
    /// When the author began to write it; now if absent or in the future.
    pub started_at: Option<Timestamp>,
    /// The author's own name for it: a repeated call with the same one writes one note.
    pub client_id: Option<String>,
}

impl NewNote {
    /// Returns a note on an invitation.
    pub fn on(invitation: InvitationId, body: impl Into<String>) -> Self {
        Self {
            invitation,
            conversation: None,
            message: None,
            body: body.into(),
            tags: Vec::new(),
            started_at: None,
            client_id: None,
        }
    }
}

/// A change of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteEdit {
    /// The version that it is based on.
    pub version: u32,
    /// The new text; `None` leaves it as it is.
    pub body: Option<String>,
    /// The new tags; `None` leaves them as they are.
    pub tags: Option<Vec<TagId>>,
}

/// The outcome of a change of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditedNote {
    /// It is changed.
    Edited(ShownNote),
    /// Another change was saved first; this is the current version.
    Stale(ShownNote),
}

/// A note's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteHistory {
    /// Every version, oldest first; the last one is the current one.
    pub versions: Vec<ShownVersion>,
    /// When the author deleted the note.
    pub deleted_at: Option<Timestamp>,
}

/// Notes that a researcher has not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadNotes {
    /// Some of them, newest first.
    pub notes: Vec<ShownNote>,
    /// How many there are.
    pub total: u64,
}

impl Notes {
    /// Writes a note on an invitation in the researcher's scope.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the invitation is not in the researcher's scope, [`CoachError::Invalid`] if
    /// a field is invalid, [`CoachError::Refused`] with [`Refusal::IdempotencyConflict`] if the author has used
    /// the client id for another note, [`CoachError::BadRequest`] if it is malformed, [`CoachError::Erased`] if the conversation was erased,
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn add(&self, new: NewNote) -> Result<ShownNote, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        self.may_take(new.invitation).await?;
        check(&new.body, &new.tags)?;
        rules::says_something(&new.body, &new.tags).map_err(bad_note)?;
        if new.message.is_some() && new.conversation.is_none() {
            return Err(invalid("conversationId", "is required with messageId"));
        }
        if let Some(name) = &new.client_id {
            check_client_id(name)?;
        }
        let now = coach.now();
        let note = Note {
            id: NoteId(coach.0.ids.next()),
            invitation: new.invitation,
            conversation: new.conversation,
            message: new.message,
            author: by.user,
            client_id: new.client_id,
            body: new.body,
            tags: new.tags,
            // The clock of a page may be wrong; nothing is begun after it is written.
            started_at: new.started_at.unwrap_or(now).min(now),
            created_at: now,
            version: 1,
            edited_at: None,
            deleted_at: None,
            erased_at: None,
        };
        let stores = coach.0.note_store()?;
        match coach.persist(|| stores.add_note(&note)).await? {
            AddingNote::Added(note) => coach.shown_note(by, *note).await,
            AddingNote::Taken => Err(CoachError::Refused(Refusal::IdempotencyConflict)),
            AddingNote::Elsewhere(NoteTarget::Conversation) => {
                Err(invalid("conversationId", "is not a conversation under this invitation"))
            }
            AddingNote::Elsewhere(NoteTarget::Message) => {
                Err(invalid("messageId", "is not a message of this conversation"))
            }
            AddingNote::Erased => Err(CoachError::Erased),
            AddingNote::UnknownTag => Err(unknown_tag()),
        }
    }

    /// Changes a note of the caller; the version before stays in its history.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the note was deleted or is not in the researcher's scope,
    /// [`CoachError::Forbidden`] if a colleague wrote it, [`CoachError::Invalid`] if a field is invalid,
    /// [`CoachError::Erased`] if its participant was erased, [`CoachError::Store`] if the store does not
    /// respond.
    pub async fn change(&self, id: NoteId, edit: NoteEdit) -> Result<EditedNote, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        self.may_change(id).await?;
        let (body, tags) = (edit.body.as_deref(), edit.tags.as_deref());
        check(body.unwrap_or_default(), tags.unwrap_or_default())?;
        let (version, at) = (edit.version, coach.now());
        let edit = EditNote { id, by: by.user, version, body, tags, at };
        match coach.0.note_store()?.edit_note(edit).await? {
            EditingNote::Edited(note) => Ok(EditedNote::Edited(coach.shown_note(by, note).await?)),
            EditingNote::Stale(note) => Ok(EditedNote::Stale(coach.shown_note(by, note).await?)),
            refused => Err(refusal(&refused)),
        }
    }

    /// Deletes a note of the caller. It is in no list any more; its history stays.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the note does not exist or is not in the researcher's scope,
    /// [`CoachError::Forbidden`] if a colleague wrote it, [`CoachError::Erased`] if its participant was erased,
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn delete(&self, id: NoteId) -> Result<(), CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        self.may_change(id).await?;
        let (author, now) = (by.user, coach.now());
        let stores = coach.0.note_store()?;
        match coach.persist(|| stores.delete_note(id, author, now)).await? {
            EditingNote::Edited(_) => Ok(()),
            refused => Err(refusal(&refused)),
        }
    }

    /// Returns every version of a note, also of a deleted one.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the note is not in the researcher's scope, [`CoachError::Store`] if the
    /// store does not respond.
    pub async fn history(&self, id: NoteId) -> Result<NoteHistory, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        let note = coach.note_in_scope(by, id).await?;
        let mut versions = coach.0.note_store()?.note_versions(id).await?;
        // The current version is read first, so a change in between would be twice in the list.
        versions.retain(|version| version.version < note.version);
        versions.push(note.current());
        let names = coach.names_of_tags(versions.iter().flat_map(|version| &version.tags)).await?;
        let shown =
            |version: NoteVersion| ShownVersion { tags: named(&version.tags, &names), version };
        Ok(NoteHistory {
            versions: versions.into_iter().map(shown).collect(),
            deleted_at: note.deleted_at,
        })
    }

    /// Returns notes on an invitation, newest first, older than `before`.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the invitation is not in the researcher's scope, [`CoachError::Store`] if
    /// the store does not respond.
    pub async fn list(
        &self,
        filter: &NoteFilter,
        before: Option<NoteId>,
        limit: u32,
    ) -> Result<Vec<ShownNote>, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        self.may_take(filter.invitation).await?;
        let notes = coach.0.note_store()?.notes(filter, by.user, before, limit).await?;
        coach.shown_notes(by, notes).await
    }

    /// Returns colleagues' notes of the last [`UNREAD_FOR`] in the researcher's scope that the researcher has
    /// not read, newest first, older than `before`, and how many there are.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn unread(
        &self,
        before: Option<NoteId>,
        limit: u32,
    ) -> Result<UnreadNotes, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Research)?;
        let (stores, unread) = (coach.0.note_store()?, coach.unread_by(by));
        let mut notes = stores.unread_notes(&unread, before, limit).await?;
        if coach.0.policy.asks_per_row() {
            let mut taken = Vec::with_capacity(notes.len());
            for note in notes {
                if self.may_take(note.invitation).await.is_ok() {
                    taken.push(note);
                }
            }
            notes = taken;
        }
        let notes = notes.into_iter().map(|note| (note, false)).collect();
        let notes = coach.shown_notes(by, notes).await?;
        let total = stores.count_unread_notes(&unread).await?;
        Ok(UnreadNotes { notes, total })
    }

    /// Records that the researcher has read these notes. Unknown ones are ignored.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn mark_read(&self, notes: &[NoteId]) -> Result<(), CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Research)?;
        let (stores, reader) = (coach.0.note_store()?, by.user);
        Ok(coach.persist(|| stores.mark_notes_read(reader, notes)).await?)
    }

    /// Records that the researcher has read all notes up to this one, by age.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn mark_read_up_to(&self, last: NoteId) -> Result<(), CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        self.mark_read(&[last]).await?;
        let stores = coach.0.note_store()?;
        loop {
            let older = stores.unread_notes(&coach.unread_by(by), Some(last), AT_ONCE).await?;
            if older.is_empty() {
                return Ok(());
            }
            let older: Vec<_> = older.iter().map(|note| note.id).collect();
            self.mark_read(&older).await?;
        }
    }

    /// Checks that the researcher may read and write notes on an invitation.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the invitation is not in the researcher's scope, [`CoachError::Store`] if
    /// the store does not respond.
    pub async fn may_take(&self, id: InvitationId) -> Result<(), CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.may_take_notes(by, id).await
    }

    /// Checks that the researcher may change a note, which only its author may.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the note is not in the researcher's scope, [`CoachError::Forbidden`] if a
    /// colleague wrote it, [`CoachError::Store`] if the store does not respond.
    pub async fn may_change(&self, id: NoteId) -> Result<(), CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        let found = coach.0.note_store()?.note_by_id(id).await?;
        let Some(note) = found else {
            // A caller who may change no note learns no more than that.
            coach.ask(Some(by), Act::EditNote, &Target::UNKNOWN)?;
            return Err(CoachError::NotFound);
        };
        let invitation = coach.0.stores.invitation(note.invitation).await?;
        let in_scope = invitation.filter(|invitation| coach.sees(by, invitation));
        let target = match in_scope {
            Some(invitation) if note.author == by.user => {
                Target::invitation(&invitation, Relation::Own)
            }
            Some(invitation) => Target::invitation(&invitation, Relation::InScope),
            None => Target::UNKNOWN,
        };
        coach.ask(Some(by), Act::EditNote, &target)
    }
}

impl Coach {
    async fn may_take_notes(&self, by: &Principal, id: InvitationId) -> Result<(), CoachError> {
        let found = self.0.stores.invitation(id).await?;
        let in_scope = found.filter(|invitation| self.sees(by, invitation));
        let target = match &in_scope {
            Some(invitation) => Target::invitation(invitation, Relation::InScope),
            None => Target::UNKNOWN,
        };
        self.ask(Some(by), Act::TakeNotes, &target)?;
        in_scope.map(drop).ok_or(CoachError::NotFound)
    }

    async fn note_in_scope(&self, by: &Principal, id: NoteId) -> Result<Note, CoachError> {
        let Some(note) = self.0.note_store()?.note_by_id(id).await? else {
            self.ask(Some(by), Act::TakeNotes, &Target::UNKNOWN)?;
            return Err(CoachError::NotFound);
        };
        self.may_take_notes(by, note.invitation).await?;
        Ok(note)
    }

    fn unread_by(&self, by: &Principal) -> Unread {
        let since = self.now().before(UNREAD_FOR);
        Unread { reader: by.user, created_by: self.scope_of(by), since }
    }
}

fn check(body: &str, tags: &[TagId]) -> Result<(), CoachError> {
    rules::check(body, tags).map_err(bad_note)
}

fn bad_note(wrong: BadNote) -> CoachError {
    let field = match wrong {
        BadNote::Tags => "tags",
        BadNote::Nul | BadNote::TooLong | BadNote::Empty => "body",
    };
    invalid(field, &wrong.to_string())
}

fn unknown_tag() -> CoachError {
    invalid("tags", "must be tags of the list")
}

fn invalid(field: &'static str, message: &str) -> CoachError {
    CoachError::Invalid { field: field.into(), message: message.to_owned() }
}

/// Returns the error for a change that a store refused.
fn refusal(refused: &EditingNote) -> CoachError {
    match refused {
        EditingNote::Unknown => CoachError::NotFound,
        EditingNote::NotTheAuthor => CoachError::Forbidden,
        EditingNote::Erased => CoachError::Erased,
        EditingNote::UnknownTag => unknown_tag(),
        EditingNote::Empty => bad_note(BadNote::Empty),
        EditingNote::Stale(_) | EditingNote::Edited(_) => {
            CoachError::Conflict("the note has changed since you opened it; read it again")
        }
    }
}
