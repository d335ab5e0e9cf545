//! Lists of invitations: choosing the statement and binding its parameters.

use coach_core::{
    ids::{InvitationId, UserId},
    invitation::{InvitationStatus, TurnMinimums},
    ports::{InvitationFilter, InvitationOrder},
};
use uuid::Uuid;

use super::rows::{below, number};
use crate::{
    connection::{Query, Statement, query},
    sql::invitation_lists as sql,
};

/// Binds the parameters of every list, from the end of the previous page to the creator.
fn asked(
    statement: Statement,
    filter: &InvitationFilter,
    text: String,
    edge: Uuid,
    limit: u32,
) -> Query {
    query(statement)
        .bind(text)
        .bind(edge)
        .bind(filter.batch.map(|batch| batch.0))
        .bind(&filter.search)
        .bind(filter.status.map(InvitationStatus::as_str))
        .bind(filter.live.iter().map(|id| id.0).collect::<Vec<_>>())
        .bind(filter.at.0)
        .bind(by_scenario(&filter.minimums))
        .bind(number(filter.minimums.any))
        .bind(filter.not_live)
        .bind(i64::from(limit))
        .bind(filter.by.map(|by| by.0))
}

pub(super) fn list(filter: &InvitationFilter, order: &InvitationOrder, limit: u32) -> Query {
    let (all, own) = match order {
        InvitationOrder::Newest(_) => (sql::NEWEST, sql::NEWEST_BY),
        InvitationOrder::Oldest(_) => (sql::OLDEST, sql::OLDEST_BY),
        InvitationOrder::Label(_) => (sql::BY_LABEL, sql::BY_LABEL_BY),
    };
    let id = |id: InvitationId| id.0;
    let (text, edge) = match order {
        InvitationOrder::Newest(before) => (String::new(), below(*before, id)),
        InvitationOrder::Oldest(after) => (String::new(), after.map_or(Uuid::nil(), id)),
        InvitationOrder::Label(after) => {
            let (text, after) = after.clone().unzip();
            (text.unwrap_or_default(), after.map_or(Uuid::nil(), id))
        }
    };
    let statement = if filter.by.is_some() { own } else { all };
    asked(statement, filter, text, edge, limit)
}

pub(super) fn count_found(filter: &InvitationFilter) -> Query {
    let statement = if filter.by.is_some() { sql::COUNT_FOUND_BY } else { sql::COUNT_FOUND };
    asked(statement, filter, String::new(), Uuid::nil(), 0)
}

pub(super) fn count_in_scope(by: Option<UserId>) -> Query {
    match by {
        None => query(sql::COUNT_IN_SCOPE),
        Some(by) => query(sql::COUNT_IN_SCOPE_BY).bind(by.0),
    }
}

/// Returns the numbers as a JSON object by slug, which needs no escaping.
fn by_scenario(minimums: &TurnMinimums) -> String {
    let pairs = minimums.of.iter().map(|(slug, least)| format!("\"{slug}\":{}", number(*least)));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
}
