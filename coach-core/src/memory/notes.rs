//! Notes and tags in memory.

use async_trait::async_trait;

use super::{MemoryStore, Tables};
use crate::{
    ids::{InvitationId, NoteId, TagId, UserId},
    note::{Note, NoteVersion, SavedTag, Tag, TagList},
    people::audit::AuditEntry,
    ports::{
        AddingNote, EditNote, EditingNote, NoteFilter, NoteStore, SavingTags, StoreError, Unread,
    },
    rules::notes::{self as rules, AddNote, Edit, EditPlan, NoteFacts, SaveTags},
    timestamp::Timestamp,
};

impl Default for super::TagTable {
    fn default() -> Self {
        Self { list: TagList { version: 1, tags: Vec::new() }, removed: Vec::new() }
    }
}

impl Tables {
    fn known_note(&self, note: &Note) -> Option<Note> {
        let named = |known: &&Note| {
            known.author == note.author
                && known.client_id.is_some()
                && known.client_id == note.client_id
        };
        self.notes.get(&note.id).or_else(|| self.notes.values().find(named)).cloned()
    }

    fn save_note(&mut self, plan: EditPlan) -> EditingNote {
        if let Some(before) = plan.before.clone() {
            self.note_versions.entry(plan.note.id).or_default().push(before);
        }
        self.notes.insert(plan.note.id, plan.note.clone());
        plan.editing()
    }

    fn unread<'a>(&'a self, unread: &'a Unread) -> impl Iterator<Item = &'a Note> + 'a {
        let in_scope = |id: InvitationId| {
            let invitation = self.invitations.get(&id);
            unread.created_by.is_none_or(|by| invitation.is_some_and(|row| row.created_by == by))
        };
        self.notes.values().rev().filter(move |note| {
            note.author != unread.reader
                && note.deleted_at.is_none()
                && note.erased_at.is_none()
                && note.created_at >= unread.since
                && in_scope(note.invitation)
                && !self.note_reads.contains(&(unread.reader, note.id))
        })
    }

    /// Removes the text and the tags of the notes on a user who is erased.
    pub(super) fn erase_notes(&mut self, user: UserId, at: Timestamp) {
        let claimed = self.invitations.values();
        let claimed = claimed.filter(|row| row.claimed.is_some_and(|(by, _)| by == user));
        let own = self.conversations.values().filter(|row| row.owner == user);
        let mut about: Vec<_> = claimed.map(|row| row.id).collect();
        about.extend(own.filter_map(|row| row.invitation));
        for note in self.notes.values_mut().filter(|note| about.contains(&note.invitation)) {
            *note = rules::erase(note.clone(), at);
            for version in self.note_versions.entry(note.id).or_default() {
                *version = rules::erase_version(version);
            }
        }
    }
}

#[async_trait]
impl NoteStore for MemoryStore {
    async fn add_note(&self, note: &Note) -> Result<AddingNote, StoreError> {
        let mut tables = self.lock();
        let conversation = note.conversation.and_then(|id| tables.conversations.get(&id));
        let message = note.conversation.zip(note.message);
        let message = message.filter(|key| tables.messages.contains_key(key));
        let facts = NoteFacts {
            known: tables.known_note(note),
            conversation,
            message: message.map(|(_, id)| id),
            tags: &tables.tags.list.tags,
        };
        let decision = rules::add(facts, note);
        if decision == AddNote::Write {
            tables.notes.insert(note.id, note.clone());
        }
        Ok(decision.adding(note))
    }

    async fn edit_note(&self, edit: EditNote<'_>) -> Result<EditingNote, StoreError> {
        let mut tables = self.lock();
        let note = tables.notes.get(&edit.id).cloned();
        Ok(match rules::edit(note, &tables.tags.list.tags, &edit) {
            Edit::Answer(answer) => answer,
            Edit::Write(plan) => tables.save_note(plan),
        })
    }

    async fn delete_note(
        &self,
        id: NoteId,
        by: UserId,
        at: Timestamp,
    ) -> Result<EditingNote, StoreError> {
        let mut tables = self.lock();
        let note = tables.notes.get(&id).cloned();
        Ok(match rules::delete(note, by, at) {
            Edit::Answer(answer) => answer,
            Edit::Write(plan) => tables.save_note(plan),
        })
    }

    async fn note_by_id(&self, id: NoteId) -> Result<Option<Note>, StoreError> {
        Ok(self.lock().notes.get(&id).cloned())
    }

    async fn note_versions(&self, id: NoteId) -> Result<Vec<NoteVersion>, StoreError> {
        Ok(self.lock().note_versions.get(&id).cloned().unwrap_or_default())
    }

    async fn notes(
        &self,
        filter: &NoteFilter,
        reader: UserId,
        before: Option<NoteId>,
        limit: u32,
    ) -> Result<Vec<(Note, bool)>, StoreError> {
        let tables = self.lock();
        let shown = tables.notes.values().rev().filter(|note| {
            note.invitation == filter.invitation
                && note.deleted_at.is_none()
                && filter.conversation.is_none_or(|id| note.conversation == Some(id))
                && filter.tag.is_none_or(|tag| note.tags.contains(&tag))
                && before.is_none_or(|before| note.id < before)
        });
        let read = |note: &Note| tables.note_reads.contains(&(reader, note.id));
        Ok(shown.take(limit as usize).map(|note| (note.clone(), read(note))).collect())
    }

    async fn unread_notes(
        &self,
        unread: &Unread,
        before: Option<NoteId>,
        limit: u32,
    ) -> Result<Vec<Note>, StoreError> {
        let tables = self.lock();
        let older = |note: &&Note| before.is_none_or(|before| note.id < before);
        let found = tables.unread(unread).filter(older).take(limit as usize);
        Ok(found.cloned().collect())
    }

    async fn count_unread_notes(&self, unread: &Unread) -> Result<u64, StoreError> {
        Ok(self.lock().unread(unread).count() as u64)
    }

    async fn mark_notes_read(&self, reader: UserId, notes: &[NoteId]) -> Result<(), StoreError> {
        let mut tables = self.lock();
        let known: Vec<_> = notes.iter().filter(|id| tables.notes.contains_key(id)).collect();
        tables.note_reads.extend(known.into_iter().map(|id| (reader, *id)));
        Ok(())
    }

    async fn tag_list(&self) -> Result<TagList, StoreError> {
        Ok(self.lock().tags.list.clone())
    }

    async fn tags(&self, ids: &[TagId]) -> Result<Vec<SavedTag>, StoreError> {
        let tables = self.lock();
        let listed = tables.tags.list.tags.iter();
        let listed = listed.map(|tag| SavedTag { id: tag.id, name: tag.name.clone() });
        let all = listed.chain(tables.tags.removed.iter().cloned());
        Ok(all.filter(|tag| ids.contains(&tag.id)).collect())
    }

    async fn save_tags(
        &self,
        version: u32,
        tags: &[Tag],
        audit: AuditEntry,
    ) -> Result<SavingTags, StoreError> {
        let mut tables = self.lock();
        let before = tables.tags.list.clone();
        let plan = match rules::save_tags(before.clone(), version, tags, audit) {
            SaveTags::Answer(answer) => return Ok(answer),
            SaveTags::Write(plan) => plan,
        };
        let removed = before.tags.into_iter().filter(|tag| plan.removed.contains(&tag.id));
        tables.tags.removed.extend(removed.map(|tag| SavedTag { id: tag.id, name: tag.name }));
        tables.tags.list = plan.list.clone();
        tables.note(plan.audit);
        Ok(plan.saving())
    }
}
