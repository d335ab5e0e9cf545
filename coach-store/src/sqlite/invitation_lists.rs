//! Lists of invitations in SQLite: choosing the statement and binding its parameters.

use coach_core::{
    ids::{InvitationId, UserId},
    invitation::{InvitationStatus, TurnMinimums},
    ports::{InvitationFilter, InvitationOrder},
};
use sqlx::{
    Sqlite,
    query::{QueryAs, QueryScalar},
    sqlite::SqliteArguments,
};
use uuid::Uuid;

use super::{
    invitations::InvitationRow,
    rows::{below, ids, number},
};
use crate::sql::invitation_lists as sql;

type Rows<'q> = QueryAs<'q, Sqlite, InvitationRow, SqliteArguments>;
type Count<'q> = QueryScalar<'q, Sqlite, i64, SqliteArguments>;

/// Binds the parameters of every list, from the end of the previous page to the creator.
macro_rules! asked {
    ($query:expr, $filter:expr, $text:expr, $edge:expr, $limit:expr) => {{
        let filter: &InvitationFilter = $filter;
        $query
            .bind($text)
            .bind($edge)
            .bind(filter.batch.map(|batch| batch.0))
            .bind(filter.search.clone())
            .bind(filter.status.map(InvitationStatus::as_str))
            .bind(ids(filter.live.iter().map(|id| id.0)))
            .bind(filter.at.0)
            .bind(by_scenario(&filter.minimums))
            .bind(number(filter.minimums.any))
            .bind(filter.not_live)
            .bind($limit)
            .bind(filter.by.map(|by| by.0))
    }};
}

pub(super) fn list<'q>(filter: &InvitationFilter, order: &InvitationOrder, limit: u32) -> Rows<'q> {
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
    asked!(sqlx::query_as(statement), filter, text, edge, i64::from(limit))
}

pub(super) fn count_found<'q>(filter: &InvitationFilter) -> Count<'q> {
    let statement = if filter.by.is_some() { sql::COUNT_FOUND_BY } else { sql::COUNT_FOUND };
    asked!(sqlx::query_scalar(statement), filter, String::new(), Uuid::nil(), 0_i64)
}

pub(super) fn count_in_scope<'q>(by: Option<UserId>) -> Count<'q> {
    match by {
        None => sqlx::query_scalar(sql::COUNT_IN_SCOPE),
        Some(by) => sqlx::query_scalar(sql::COUNT_IN_SCOPE_BY).bind(by.0),
    }
}

/// Returns the numbers as a JSON object by slug, which needs no escaping.
fn by_scenario(minimums: &TurnMinimums) -> String {
    let pairs = minimums.of.iter().map(|(slug, least)| format!("\"{slug}\":{}", number(*least)));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
}
