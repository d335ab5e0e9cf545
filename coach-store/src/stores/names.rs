//! Current names of audit subjects: one statement for each kind.

use std::collections::{BTreeMap, BTreeSet};

use coach_core::{
    ids::{ConversationId, InvitationId, PresetId, UserId},
    people::audit::Subject,
    ports::StoreError,
};
use uuid::Uuid;

use crate::{
    connection::{Statement, query},
    sql::dialect,
    store::Store,
};

pub(super) async fn names(
    store: &Store,
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
    store: &Store,
    statement: Statement,
    wanted: BTreeSet<Uuid>,
    subject: impl Fn(Uuid) -> Subject,
) -> Result<Vec<(Subject, String)>, StoreError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: Vec<_> = wanted.into_iter().collect();
    let rows: Vec<(Uuid, String)> = store.fetch_all(query(statement).bind(wanted)).await?;
    Ok(rows.into_iter().map(|(id, name)| (subject(id), name)).collect())
}

/// Returns a user's name, else address, else the label of the newest invitation they claimed.
async fn names_of_people(
    store: &Store,
    wanted: BTreeSet<Uuid>,
) -> Result<Vec<(Subject, String)>, StoreError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    type Row = (Uuid, Option<String>, Option<Uuid>, Option<String>);
    let wanted: Vec<_> = wanted.into_iter().collect();
    let rows: Vec<Row> = store.fetch_all(query(dialect::NAMES_OF_PEOPLE).bind(wanted)).await?;
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
