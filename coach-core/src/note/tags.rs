//! The team's list of tags: read and changed by every researcher.

use super::record::{Tag, TagList};
use crate::{
    error::CoachError,
    handles::Notes,
    ids::TagId,
    people::{
        audit::{AuditAction, TagChange},
        policy::Act,
    },
    ports::SavingTags,
    rules::notes::{BadTag, TAG_KEYS, check_tags},
};

/// A tag of a list that replaces the current one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTag {
    /// Its id; `None` for a new tag.
    pub id: Option<TagId>,
    /// Its name.
    pub name: String,
    /// The key that puts it on a note.
    pub key: String,
}

/// The outcome of a change of the list of tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SavedTags {
    /// It is changed.
    Saved(TagList),
    /// Another change was saved first; this is the current list.
    Stale(TagList),
}

impl Notes {
    /// Returns the team's tags.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn tags(&self) -> Result<TagList, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Research)?;
        Ok(coach.0.note_store()?.tag_list().await?)
    }

    /// Replaces the team's tags, if `version` is the current version of their list. Tags that are no longer in
    /// the list stay on the notes that have them.
    ///
    /// # Errors
    /// [`CoachError::Invalid`] if a tag is invalid, [`CoachError::Store`] if the store does not respond.
    pub async fn save_tags(
        &self,
        version: u32,
        tags: Vec<NewTag>,
    ) -> Result<SavedTags, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::ManageTags)?;
        let stores = coach.0.note_store()?;
        let current = stores.tag_list().await?;
        if current.version != version {
            return Ok(SavedTags::Stale(current));
        }
        if tags.len() > TAG_KEYS.len() {
            return Err(invalid("items".to_owned(), "must be at most 36 tags"));
        }
        let mut list = Vec::with_capacity(tags.len());
        for (place, tag) in tags.into_iter().enumerate() {
            let mut keys = tag.key.chars();
            let (Some(key), None) = (keys.next(), keys.next()) else {
                return Err(wrong(place, BadTag::Key));
            };
            let known = |id: &TagId| current.tags.iter().any(|tag| tag.id == *id);
            if tag.id.is_some_and(|id| !known(&id)) {
                return Err(wrong(place, BadTag::Id));
            }
            let id = tag.id.unwrap_or_else(|| TagId(coach.0.ids.next()));
            list.push(Tag { id, name: tag.name.trim().to_owned(), key });
        }
        check_tags(&list).map_err(|(place, what)| wrong(place, what))?;
        let nothing = TagChange { added: 0, changed: 0, removed: 0 };
        let audit = by.did(AuditAction::TagsSaved(nothing), None, coach.now());
        Ok(match stores.save_tags(version, &list, audit).await? {
            SavingTags::Saved(list) => SavedTags::Saved(list),
            SavingTags::Stale(list) => SavedTags::Stale(list),
        })
    }
}

/// Returns the error for a tag of a list.
fn wrong(place: usize, what: BadTag) -> CoachError {
    let field = match what {
        BadTag::Name | BadTag::SameName => "name",
        BadTag::Key | BadTag::SameKey => "key",
        BadTag::Id => "id",
    };
    invalid(format!("items[{place}].{field}"), &what.to_string())
}

fn invalid(field: String, message: &str) -> CoachError {
    CoachError::Invalid { field: field.into(), message: message.to_owned() }
}
