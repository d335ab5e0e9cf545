//! The counters of tokens: what a payer and a day have left, and how they change.

use coach_core::{
    ids::ConversationId,
    ports::HostLimits,
    rules::tokens::{Booking, DayUse, OpenReservation, TokenFacts},
    turn::ledger::Payer,
};

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

/// Locks the balances that pay for calls, always in the same order.
pub(super) async fn lock_balances<'a>(
    db: &mut Connection<'_>,
    calls: impl IntoIterator<Item = &'a OpenReservation>,
) -> Result<(), Fault> {
    let mut payers: Vec<_> = calls.into_iter().map(|call| call.payer).collect();
    payers.sort_by_key(|payer| (payer.invitation(), payer.allowance()));
    payers.dedup();
    for payer in payers {
        lock_balance(db, payer).await?;
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
        Some(_) => {
            query(sql::LOCK_DAY).bind(day).execute(db).await?;
            Some(query(sql::DAY).bind(day).fetch_one(db).await?)
        }
        None => None,
    };
    let (used, reserved) = row.unwrap_or_default();
    Ok(DayUse { day, used: count(used), reserved: count(reserved) })
}

/// The number of parts of a day's use; see [`sql::LOCK_DAY`].
const PARTS: u8 = 16;

/// Returns what writes changes of balances and of days' use, one statement for each that changes: the bookings of
/// calls, with their conversations. A conversation always changes the same part of a day.
pub(super) fn book(
    bookings: impl IntoIterator<Item = (Option<ConversationId>, Booking)>,
) -> Vec<Query> {
    let mut sums: Vec<(Query, Booking)> = Vec::new();
    let mut add = |counter: Query, booking: Booking| match sums
        .iter_mut()
        .find(|(known, _)| *known == counter)
    {
        Some((_, sum)) => *sum = sum.and(booking),
        None => sums.push((counter, booking)),
    };
    for (conversation, booking) in bookings {
        let part = conversation.map_or(0, |id| id.0.as_bytes()[15] % PARTS);
        match booking.payer {
            Payer::Invitation(id) => add(query(sql::BOOK).bind(id.0), booking),
            Payer::Allowance(user) => add(query(sql::BOOK_ALLOWANCE).bind(user.0), booking),
            Payer::Unlimited => {}
        }
        add(query(sql::BOOK_OF_DAY).bind(booking.day).bind(i64::from(part)), booking);
    }
    let with = |(counter, sum): (Query, Booking)| {
        let counter = counter.bind(number(sum.reserve)).bind(number(sum.release));
        counter.bind(number(sum.spend))
    };
    sums.into_iter().map(with).collect()
}
