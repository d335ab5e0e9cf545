//! The counters of tokens: what a payer and a day have left, and how they change.

use coach_core::{
    ids::ConversationId,
    ports::HostLimits,
    rules::tokens::{Booking, DayUse, TokenFacts},
    turn::ledger::Payer,
};
use uuid::Uuid;

use super::rows::{BalanceRow, count, number};
use crate::{
    connection::{Connection, Query, query},
    error::Fault,
    sql::{ledger as sql, locks, presets},
};

/// Returns the query of a payer's balance.
pub(super) fn balance_of(payer: Payer) -> Option<Query> {
    match payer {
        Payer::Invitation(id) => Some(query(sql::BALANCE).bind(id.0)),
        Payer::Allowance(user) => Some(query(presets::ALLOWANCE).bind(user.0)),
        Payer::Unlimited => None,
    }
}

/// Locks a payer's balance, in which only changes are written otherwise.
pub(super) async fn lock_balance(db: &mut Connection<'_>, payer: Payer) -> Result<(), Fault> {
    match payer {
        Payer::Invitation(id) => query(locks::BALANCE).bind(id.0).execute(db).await?,
        Payer::Allowance(user) => query(locks::ALLOWANCE).bind(user.0).execute(db).await?,
        Payer::Unlimited => 0,
    };
    Ok(())
}

/// Locks the balance of a conversation's payer.
pub(super) async fn lock_payer_of(
    db: &mut Connection<'_>,
    id: ConversationId,
) -> Result<(), Fault> {
    for lock in [locks::BALANCE_OF_CONVERSATION, locks::ALLOWANCE_OF_CONVERSATION] {
        query(lock).bind(id.0).execute(db).await?;
    }
    Ok(())
}

/// Loads and locks the counters that a call on `day` must fit.
pub(super) async fn token_facts(
    db: &mut Connection<'_>,
    payer: Payer,
    day: i64,
    host_limits: HostLimits,
) -> Result<TokenFacts, Fault> {
    lock_balance(db, payer).await?;
    let balance: Option<BalanceRow> = match balance_of(payer) {
        Some(balance) => balance.fetch_optional(db).await?,
        None => None,
    };
    let day = day_use(db, day, host_limits).await?;
    Ok(TokenFacts { payer, balance: balance.and_then(BalanceRow::get), day })
}

/// Loads and locks the use of a day. Without a daily limit it decides nothing and is not read, so that calls do
/// not wait for each other.
pub(super) async fn day_use(
    db: &mut Connection<'_>,
    day: i64,
    host_limits: HostLimits,
) -> Result<DayUse, Fault> {
    let row: Option<(i64, i64)> = match host_limits.tokens_per_day {
        Some(_) => query(sql::DAY).bind(day).fetch_optional(db).await?,
        None => None,
    };
    let (used, reserved) = row.unwrap_or_default();
    Ok(DayUse { day, used: count(used), reserved: count(reserved) })
}

/// Writes a change of a payer's balance and of a day's use.
pub(super) async fn book(db: &mut Connection<'_>, booking: Booking) -> Result<(), Fault> {
    let change = |query: Query| {
        let query = query.bind(number(booking.reserve)).bind(number(booking.release));
        query.bind(number(booking.spend))
    };
    let payer: Option<(_, Uuid)> = match booking.payer {
        Payer::Invitation(id) => Some((sql::BOOK, id.0)),
        Payer::Allowance(user) => Some((sql::BOOK_ALLOWANCE, user.0)),
        Payer::Unlimited => None,
    };
    if let Some((statement, id)) = payer {
        change(query(statement).bind(id)).execute(db).await?;
    }
    change(query(sql::BOOK_OF_DAY).bind(booking.day)).execute(db).await?;
    Ok(())
}
