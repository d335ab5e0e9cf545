//! The planted store's notes and looks.

use std::time::Duration;

use async_trait::async_trait;
use coach_core::{
    conversation::Look,
    ids::{ConversationId, LookId, NoteId, TagId, UserId},
    note::{Note, NoteVersion, SavedTag, Tag, TagList},
    people::audit::AuditEntry,
    ports::{
        AddingNote, AuditLog as _, EditNote, EditingNote, LookLog, NoteFilter, NoteStore,
        RecoveryScope, SavingTags, StoreError, Unread,
    },
    timestamp::Timestamp,
};

use super::{
    fault::Fault,
    stores::{Planted, port},
};

port! { LookLog {
    fn begin_look(look: &Look, lease: Duration) -> ();
    fn renew_looks(ids: &[LookId], at: Timestamp, lease: Duration) -> Vec<LookId>;
    fn end_look(id: LookId, at: Timestamp) -> ();
    fn looks(conversations: &[ConversationId]) -> Vec<Look>;
}

    async fn recover_looks(
        &self,
        scope: RecoveryScope,
        running: &[LookId],
    ) -> Result<usize, StoreError> {
        let running = if self.has(Fault::EndsRunningLooks) { &[] } else { running };
        self.store.recover_looks(scope, running).await
    }

    async fn note_read(&self, audit: AuditEntry) -> Result<bool, StoreError> {
        let is_new = self.store.note_read(audit).await?;
        if !is_new && self.has(Fault::NotesEveryRead) {
            self.store.note(audit).await?;
            return Ok(true);
        }
        Ok(is_new)
    }
}

port! { NoteStore {
    fn delete_note(id: NoteId, by: UserId, at: Timestamp) -> EditingNote;
    fn note_by_id(id: NoteId) -> Option<Note>;
    fn notes(
        filter: &NoteFilter,
        reader: UserId,
        before: Option<NoteId>,
        limit: u32,
    ) -> Vec<(Note, bool)>;
    fn unread_notes(unread: &Unread, before: Option<NoteId>, limit: u32) -> Vec<Note>;
    fn count_unread_notes(unread: &Unread) -> u64;
    fn tag_list() -> TagList;
    fn tags(ids: &[TagId]) -> Vec<SavedTag>;
    fn save_tags(version: u32, tags: &[Tag], audit: AuditEntry) -> SavingTags;
}

    async fn add_note(&self, note: &Note) -> Result<AddingNote, StoreError> {
        let client_id = note.client_id.clone().filter(|_| !self.has(Fault::ForgetsClientIdsOfNotes));
        self.store.add_note(&Note { client_id, ..note.clone() }).await
    }

    async fn edit_note(&self, edit: EditNote<'_>) -> Result<EditingNote, StoreError> {
        let known = self.store.note_by_id(edit.id).await?;
        let newest = known.filter(|_| self.has(Fault::SavesOverAnotherChange));
        let version = newest.map_or(edit.version, |note| note.version);
        self.store.edit_note(EditNote { version, ..edit }).await
    }

    async fn note_versions(&self, id: NoteId) -> Result<Vec<NoteVersion>, StoreError> {
        let mut versions = self.store.note_versions(id).await?;
        if self.has(Fault::KeepsOneOldVersion) {
            versions.truncate(1);
        }
        let note = self.store.note_by_id(id).await?;
        let is_erased = note.is_some_and(|note| note.erased_at.is_some());
        if is_erased && self.has(Fault::KeepsErasedNotes) {
            for version in &mut versions {
                version.body = "kept".to_owned();
            }
        }
        Ok(versions)
    }

    async fn mark_notes_read(&self, reader: UserId, notes: &[NoteId]) -> Result<(), StoreError> {
        if self.has(Fault::MarksAllNotesRead) {
            let unread = Unread { reader, created_by: None, since: Timestamp(0) };
            let all = self.store.unread_notes(&unread, None, u32::MAX).await?;
            let all: Vec<_> = all.iter().map(|note| note.id).collect();
            return self.store.mark_notes_read(reader, &all).await;
        }
        self.store.mark_notes_read(reader, notes).await
    }
}
