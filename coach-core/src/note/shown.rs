//! Notes as researchers see them: with the names of their authors and tags.

use std::collections::{BTreeMap, BTreeSet};

use super::record::{Note, ShownNote, ShownTag, UNREAD_FOR};
use crate::{
    coach::Coach,
    error::CoachError,
    ids::TagId,
    people::{Principal, audit::Subject},
};

impl Coach {
    /// Returns a note as the researcher sees it.
    pub(super) async fn shown_note(
        &self,
        by: &Principal,
        note: Note,
    ) -> Result<ShownNote, CoachError> {
        let shown = self.shown_notes(by, vec![(note, true)]).await?;
        shown.into_iter().next().ok_or(CoachError::NotFound)
    }

    /// Returns notes, each with whether the researcher has read it, as the researcher sees them.
    pub(super) async fn shown_notes(
        &self,
        by: &Principal,
        notes: Vec<(Note, bool)>,
    ) -> Result<Vec<ShownNote>, CoachError> {
        let authors: BTreeSet<_> =
            notes.iter().map(|(note, _)| Subject::User(note.author)).collect();
        let authors = self.names_of(&authors.into_iter().collect::<Vec<_>>()).await?;
        let tags = self.names_of_tags(notes.iter().flat_map(|(note, _)| &note.tags)).await?;
        let since = self.now().before(UNREAD_FOR);
        let shown = notes.into_iter().map(|(note, read)| ShownNote {
            author_name: authors.get(&Subject::User(note.author)).cloned(),
            tags: named(&note.tags, &tags),
            unread: !read
                && note.author != by.user
                && note.erased_at.is_none()
                && note.created_at >= since,
            note,
        });
        Ok(shown.collect())
    }

    /// Returns the names of tags, also of removed ones.
    pub(super) async fn names_of_tags(
        &self,
        ids: impl Iterator<Item = &TagId>,
    ) -> Result<BTreeMap<TagId, String>, CoachError> {
        let ids: BTreeSet<TagId> = ids.copied().collect();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let ids: Vec<_> = ids.into_iter().collect();
        let tags = self.0.note_store()?.tags(&ids).await?;
        Ok(tags.into_iter().map(|tag| (tag.id, tag.name)).collect())
    }
}

/// Returns tags with their names, in their order.
pub(super) fn named(tags: &[TagId], names: &BTreeMap<TagId, String>) -> Vec<ShownTag> {
    let named = |id: &TagId| ShownTag { id: *id, name: names.get(id).cloned().unwrap_or_default() };
    tags.iter().map(named).collect()
}
