//! Current names of audit subjects in SQLite: one statement for each kind.

use std::collections::{BTreeMap, BTreeSet};

use coach_core::{
    ids::{ConversationId, InvitationId, PresetId, UserId},
    people::audit::Subject,
    ports::StoreError,
};
use uuid::Uuid;

use super::{SqliteStore, read, rows::ids};
use crate::sql::dialect;

pub(super) async fn names(
    store: &SqliteStore,
    subjects: &[Subject],
) -> Result<Vec<(Subject, String)>, StoreError> {
    let (mut people, mut invitations) = (BTreeSet::new(), BTreeSet::new());
    let (mut conversations, mut presets) = (BTreeSet::new(), BTreeSet::new());
    for subject in subjects {
        match subject {
            Subject::User(id) => people.insert(id.0),
            Subject::Invitation(id) => invitations.insert(id.0),
            Subject::Conversation(id) => conversations.insert(id.0),
            Subject::Preset(id) => presets.insert(id.0),
        };
    }
    let mut names = names_of_people(store, people).await?;
    let invitation = |id| Subject::Invitation(InvitationId(id));
    names.extend(labels(store, dialect::NAMES_OF_INVITATIONS, invitations, invitation).await?);
    let conversation = |id| Subject::Conversation(ConversationId(id));
    let under = labels(store, dialect::NAMES_OF_CONVERSATIONS, conversations, conversation);
    names.extend(under.await?);
    let preset = |id| Subject::Preset(PresetId(id));
    names.extend(labels(store, dialect::NAMES_OF_PRESETS, presets, preset).await?);
    Ok(names)
}

async fn labels(
    store: &SqliteStore,
    statement: &'static str,
    wanted: BTreeSet<Uuid>,
    subject: impl Fn(Uuid) -> Subject,
) -> Result<Vec<(Subject, String)>, StoreError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let query = sqlx::query_as(statement).bind(ids(wanted.into_iter()));
    let rows: Vec<(Uuid, String)> = read(query.fetch_all(&store.reads)).await?;
    Ok(rows.into_iter().map(|(id, name)| (subject(id), name)).collect())
}

/// Returns a user's name, else address, else the label of the newest invitation they claimed.
async fn names_of_people(
    store: &SqliteStore,
    wanted: BTreeSet<Uuid>,
) -> Result<Vec<(Subject, String)>, StoreError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    type Row = (Uuid, Option<String>, Option<Uuid>, Option<String>);
    let query = sqlx::query_as(dialect::NAMES_OF_PEOPLE).bind(ids(wanted.into_iter()));
    let rows: Vec<Row> = read(query.fetch_all(&store.reads)).await?;
    let mut newest: BTreeMap<Uuid, (Option<Uuid>, String)> = BTreeMap::new();
    for (id, name, invitation, label) in rows {
        let Some(name) = name.or(label) else { continue };
        let known = newest.entry(id).or_insert_with(|| (invitation, name.clone()));
        if invitation > known.0 {
            *known = (invitation, name);
        }
    }
    Ok(newest.into_iter().map(|(id, (_, name))| (Subject::User(UserId(id)), name)).collect())
}
