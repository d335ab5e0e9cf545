//! Notes, their history, who has read them, and tags.

use async_trait::async_trait;
use coach_core::{
    conversation::Conversation,
    ids::{MessageId, NoteId, TagId, UserId},
    note::{Note, NoteVersion, SavedTag, Tag, TagList},
    people::audit::AuditEntry,
    ports::{
        AddingNote, EditNote, EditingNote, NoteFilter, NoteStore, SavingTags, StoreError, Unread,
    },
    rules::notes::{self as rules, AddNote, Edit, EditPlan, NoteFacts, SaveTags},
    timestamp::Timestamp,
};
use futures::FutureExt as _;
use uuid::Uuid;

use super::{
    audit,
    conversation_rows::ConversationRow,
    note_rows::{NoteRow, ReadNoteRow, TagRow, VersionRow, column, hexadecimal},
    rows::{all, below, count, small},
};
use crate::{
    connection::{Connection, Query, query},
    error::Fault,
    promise::Promise,
    sql::{conversations::CONVERSATION, locks, notes as sql},
    store::Store,
};

async fn note(db: &mut Connection<'_>, found: Query) -> Result<Option<Note>, Fault> {
    let row: Option<NoteRow> = found.fetch_optional(db).await?;
    row.map(Note::try_from).transpose()
}

async fn tag_list(db: &mut Connection<'_>) -> Result<TagList, Fault> {
    let (version,): (i64,) = query(sql::TAG_LIST_VERSION).fetch_one(db).await?;
    let rows: Vec<TagRow> = query(sql::TAG_LIST).fetch_all(db).await?;
    Ok(TagList { version: small(version), tags: all(rows)? })
}

async fn add(db: &mut Connection<'_>, new: &Note) -> Result<AddingNote, Fault> {
    query(locks::NOTES_OF_AUTHOR).bind(new.author.0).execute(db).await?;
    if let Some(id) = new.conversation {
        // Erasing its participant waits, or has happened.
        query(locks::CONVERSATION).bind(id.0).execute(db).await?;
    }
    let mut known = note(db, query(sql::NOTE_BY_ID).bind(new.id.0)).await?;
    if let Some(name) = new.client_id.as_ref().filter(|_| known.is_none()) {
        let named = query(sql::NOTE_BY_CLIENT_ID).bind(new.author.0).bind(name);
        known = note(db, named).await?;
    }
    let (mut conversation, mut message) = (None, None);
    if let Some(id) = new.conversation {
        let row: Option<ConversationRow> =
            query(CONVERSATION).bind(id.0).fetch_optional(db).await?;
        conversation = row.map(Conversation::try_from).transpose()?;
        if let Some(wanted) = new.message {
            let found = query(sql::NOTED_MESSAGE).bind(wanted.0).bind(id.0);
            let row: Option<(i64,)> = found.fetch_optional(db).await?;
            message = row.map(|(id,)| MessageId(id));
        }
    }
    let list = tag_list(db).await?;
    let facts = NoteFacts { known, conversation: conversation.as_ref(), message, tags: &list.tags };
    let decision = rules::add(facts, new);
    if decision == AddNote::Write {
        query(sql::ADD_NOTE)
            .bind(new.id.0)
            .bind(new.invitation.0)
            .bind(new.conversation.map(|id| id.0))
            .bind(new.message.map(|id| id.0))
            .bind(new.author.0)
            .bind(&new.client_id)
            .bind(&new.body)
            .bind(column(&new.tags))
            .bind(new.started_at.0)
            .bind(new.created_at.0)
            .bind(i64::from(new.version))
            .bind(new.edited_at.map(|at| at.0))
            .bind(new.deleted_at.map(|at| at.0))
            .bind(new.erased_at.map(|at| at.0))
            .execute(db)
            .await?;
    }
    Ok(decision.adding(new))
}

async fn save(db: &mut Connection<'_>, note: &Note) -> Result<(), Fault> {
    query(sql::SAVE_NOTE)
        .bind(note.id.0)
        .bind(&note.body)
        .bind(column(&note.tags))
        .bind(i64::from(note.version))
        .bind(note.edited_at.map(|at| at.0))
        .bind(note.deleted_at.map(|at| at.0))
        .bind(note.erased_at.map(|at| at.0))
        .execute(db)
        .await?;
    Ok(())
}

async fn write(db: &mut Connection<'_>, plan: EditPlan) -> Result<EditingNote, Fault> {
    if let Some(before) = &plan.before {
        query(sql::ADD_NOTE_VERSION)
            .bind(plan.note.id.0)
            .bind(i64::from(before.version))
            .bind(&before.body)
            .bind(column(&before.tags))
            .bind(before.at.0)
            .execute(db)
            .await?;
    }
    save(db, &plan.note).await?;
    Ok(plan.editing())
}

async fn versions(db: &mut Connection<'_>, id: NoteId) -> Result<Vec<NoteVersion>, Fault> {
    let rows: Vec<VersionRow> = query(sql::NOTE_VERSIONS).bind(id.0).fetch_all(db).await?;
    all(rows)
}

/// Removes the text and the tags of the notes on a user who is erased.
pub(super) async fn erase(
    db: &mut Connection<'_>,
    user: UserId,
    at: Timestamp,
) -> Result<(), Fault> {
    query(locks::NOTES_ON).bind(user.0).execute(db).await?;
    let rows: Vec<NoteRow> = query(sql::NOTES_ON).bind(user.0).fetch_all(db).await?;
    for note in all::<_, Note>(rows)? {
        let id = note.id;
        save(db, &rules::erase(note, at)).await?;
        for version in versions(db, id).await? {
            let erased = rules::erase_version(&version);
            query(sql::SAVE_NOTE_VERSION)
                .bind(id.0)
                .bind(i64::from(erased.version))
                .bind(&erased.body)
                .bind(column(&erased.tags))
                .execute(db)
                .await?;
        }
    }
    Ok(())
}

async fn save_tags(
    db: &mut Connection<'_>,
    version: u32,
    tags: &[Tag],
    line: AuditEntry,
) -> Result<SavingTags, Fault> {
    query(locks::TAG_LIST).execute(db).await?;
    let plan = match rules::save_tags(tag_list(db).await?, version, tags, line) {
        SaveTags::Answer(answer) => return Ok(answer),
        SaveTags::Write(plan) => plan,
    };
    for removed in &plan.removed {
        query(sql::REMOVE_TAG).bind(removed.0).execute(db).await?;
    }
    for (place, tag) in (1_i64..).zip(&plan.list.tags) {
        let key = tag.key.to_string();
        let tag = query(sql::SAVE_TAG).bind(tag.id.0).bind(&tag.name).bind(key);
        tag.bind(place).execute(db).await?;
    }
    query(sql::SAVE_TAG_LIST).bind(i64::from(plan.list.version)).execute(db).await?;
    audit::note(db, plan.audit).await?;
    Ok(plan.saving())
}

/// Binds what a reader has not read.
fn unread(query: Query, unread: &Unread) -> Query {
    query.bind(unread.reader.0).bind(unread.created_by.map(|id| id.0)).bind(unread.since.0)
}

#[async_trait]
impl NoteStore for Store {
    async fn add_note(&self, note: &Note) -> Result<AddingNote, StoreError> {
        self.write(Promise::Durable, note.clone(), |db, note| add(db, note).boxed()).await
    }

    async fn edit_note(&self, edit: EditNote<'_>) -> Result<EditingNote, StoreError> {
        let EditNote { id, by, version, body, tags, at } = edit;
        let facts = (body.map(str::to_owned), tags.map(<[TagId]>::to_vec));
        let edited = self.write(Promise::Durable, facts, move |db, (body, tags)| {
            async move {
                let (body, tags) = (body.as_deref(), tags.as_deref());
                query(locks::NOTE).bind(id.0).execute(db).await?;
                let known = note(db, query(sql::NOTE_BY_ID).bind(id.0)).await?;
                let list = tag_list(db).await?;
                let edit = EditNote { id, by, version, body, tags, at };
                match rules::edit(known, &list.tags, &edit) {
                    Edit::Answer(answer) => Ok(answer),
                    Edit::Write(plan) => write(db, plan).await,
                }
            }
            .boxed()
        });
        edited.await
    }

    async fn delete_note(
        &self,
        id: NoteId,
        by: UserId,
        at: Timestamp,
    ) -> Result<EditingNote, StoreError> {
        let deleted = self.write(Promise::Durable, (), move |db, ()| {
            async move {
                query(locks::NOTE).bind(id.0).execute(db).await?;
                let known = note(db, query(sql::NOTE_BY_ID).bind(id.0)).await?;
                match rules::delete(known, by, at) {
                    Edit::Answer(answer) => Ok(answer),
                    Edit::Write(plan) => write(db, plan).await,
                }
            }
            .boxed()
        });
        deleted.await
    }

    async fn note_by_id(&self, id: NoteId) -> Result<Option<Note>, StoreError> {
        let row: Option<NoteRow> = self.fetch_optional(query(sql::NOTE_BY_ID).bind(id.0)).await?;
        Ok(row.map(Note::try_from).transpose()?)
    }

    async fn note_versions(&self, id: NoteId) -> Result<Vec<NoteVersion>, StoreError> {
        let rows: Vec<VersionRow> = self.fetch_all(query(sql::NOTE_VERSIONS).bind(id.0)).await?;
        Ok(all(rows)?)
    }

    async fn notes(
        &self,
        filter: &NoteFilter,
        reader: UserId,
        before: Option<NoteId>,
        limit: u32,
    ) -> Result<Vec<(Note, bool)>, StoreError> {
        let query = query(sql::NOTES)
            .bind(filter.invitation.0)
            .bind(below(before, |id| id.0))
            .bind(filter.conversation.map(|id| id.0))
            .bind(filter.tag.map(hexadecimal))
            .bind(reader.0)
            .bind(i64::from(limit));
        let rows: Vec<ReadNoteRow> = self.fetch_all(query).await?;
        let notes = rows.into_iter().map(|row| Ok((row.note.try_into()?, row.is_read)));
        Ok(notes.collect::<Result<_, Fault>>()?)
    }

    async fn unread_notes(
        &self,
        wanted: &Unread,
        before: Option<NoteId>,
        limit: u32,
    ) -> Result<Vec<Note>, StoreError> {
        let query = unread(query(sql::UNREAD_NOTES), wanted);
        let query = query.bind(below(before, |id| id.0)).bind(i64::from(limit));
        let rows: Vec<NoteRow> = self.fetch_all(query).await?;
        Ok(all(rows)?)
    }

    async fn count_unread_notes(&self, wanted: &Unread) -> Result<u64, StoreError> {
        let (found,): (i64,) =
            self.fetch_one(unread(query(sql::COUNT_UNREAD_NOTES), wanted)).await?;
        Ok(count(found))
    }

    async fn mark_notes_read(&self, reader: UserId, notes: &[NoteId]) -> Result<(), StoreError> {
        let notes: Vec<_> = notes.iter().map(|id| id.0).collect();
        let marked = self.write(Promise::Durable, notes, move |db, notes| {
            async move {
                let mark = query(sql::MARK_NOTES_READ).bind(reader.0).bind(notes.clone());
                mark.execute(db).await?;
                Ok(())
            }
            .boxed()
        });
        marked.await
    }

    async fn tag_list(&self) -> Result<TagList, StoreError> {
        // In this order, so that a change in between leaves an old version, which the next change finds stale.
        let (version,): (i64,) = self.fetch_one(query(sql::TAG_LIST_VERSION)).await?;
        let rows: Vec<TagRow> = self.fetch_all(query(sql::TAG_LIST)).await?;
        Ok(TagList { version: small(version), tags: all(rows)? })
    }

    async fn tags(&self, ids: &[TagId]) -> Result<Vec<SavedTag>, StoreError> {
        let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
        let rows: Vec<(Uuid, String)> = self.fetch_all(query(sql::TAGS).bind(ids)).await?;
        Ok(rows.into_iter().map(|(id, name)| SavedTag { id: TagId(id), name }).collect())
    }

    async fn save_tags(
        &self,
        version: u32,
        tags: &[Tag],
        line: AuditEntry,
    ) -> Result<SavingTags, StoreError> {
        let saved = self.write(Promise::Durable, tags.to_vec(), move |db, tags| {
            save_tags(db, version, tags, line).boxed()
        });
        saved.await
    }
}
