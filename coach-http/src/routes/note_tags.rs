//! The team's tags for notes.

use coach_core::{
    ids::TagId,
    note::{NewTag, SavedTags},
};
use poem::web::Data;
use poem_openapi::{Object, OpenApi, param::Header, payload::Json};
use uuid::Uuid;

use super::{tagged::Tagged, tags::Tag};
use crate::{
    auth::Researcher,
    host::App,
    problem::{Current, Failure},
    wire::{
        bounds::{TagKey, TagName},
        note::TagList,
        sent::Sent,
    },
};

pub(super) struct NoteTags;

/// The whole list of tags as it should be.
#[derive(Object)]
struct NewTagList {
    /// The version that the change is based on.
    version: u32,
    /// The tags, in the team's order, at most 36. Tags that are not among them are removed.
    items: Vec<ChangedTag>,
}

/// A tag of a new list.
#[derive(Object)]
struct ChangedTag {
    /// The id of a tag of the current list; absent for a new tag.
    id: Option<Uuid>,
    /// Its name, 1 to 40 characters; different from all others.
    name: TagName,
    /// The key that puts it on a note: a digit, or a letter from `a` to `z`; different from all others.
    key: TagKey,
}

#[OpenApi(prefix_path = "/api/tags", tag = "Tag::Notes")]
impl NoteTags {
    /// Lists the team's tags for notes.
    #[oai(path = "/", method = "get", operation_id = "listTags")]
    async fn list(
        &self,
        app: Data<&App>,
        staff: Researcher,
        /// The `ETag` of an earlier answer: 304 if nothing has changed since.
        #[oai(name = "if-none-match")]
        known: Header<Option<String>>,
    ) -> Result<Tagged<TagList>, Failure> {
        Ok(Tagged::new(app.coach.notes(&staff.0).tags().await?.into(), known.0.as_deref()))
    }

    /// Replaces the team's tags. Removed ones stay on the notes that have them.
    ///
    /// If another change was saved first, the answer is 409 and `current` is the list as it is now. The audit log
    /// notes each change.
    #[oai(path = "/", method = "put", operation_id = "replaceTags")]
    async fn replace(
        &self,
        app: Data<&App>,
        staff: Researcher,
        body: Sent<NewTagList>,
    ) -> Result<Json<TagList>, Failure> {
        let body = body.read()?;
        let tags = body.items.into_iter().map(|tag| NewTag {
            id: tag.id.map(TagId),
            name: tag.name.0,
            key: tag.key.0,
        });
        match app.coach.notes(&staff.0).save_tags(body.version, tags.collect()).await? {
            SavedTags::Saved(list) => Ok(Json(list.into())),
            SavedTags::Stale(list) => {
                let words = "The tags have changed since you opened them. Nothing was saved; `current` is \
                             the list as it is now.";
                let current = Current::Tags(list.into());
                Err(Failure::new(409, "conflict", words).current(current))
            }
        }
    }
}
