//! Payment for calls: from an invitation's tokens, a user's allowance, or without limit.
//!
//! Changes of balances are single conditional statements; the functions here run within a transaction of the
//! caller.

use coach_core::{
    ports::{HostLimits, Refusal},
    timestamp::Timestamp,
    turn::ledger::{Balance, Payer},
};
use uuid::Uuid;

use super::rows::{BalanceRow, number};
use crate::{
    connection::{Connection, Statement, query},
    error::Fault,
    sql::{ledger as sql, presets},
};

/// The payer of a call, the time, and the daily limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Payment {
    payer: Payer,
    at: Timestamp,
    day: i64,
    tokens_per_day: Option<u64>,
}

impl Payment {
    pub(super) fn of(payer: Payer, host_limits: HostLimits, at: Timestamp) -> Self {
        Self { payer, at, day: at.day(), tokens_per_day: host_limits.tokens_per_day }
    }

    /// Returns the payment of a call that counts for another day.
    pub(super) fn counted_for(self, day: i64) -> Self {
        Self { day, ..self }
    }
}

/// Reserves tokens; `None` if they do not fit, with nothing reserved.
pub(super) async fn reserve(
    db: &mut Connection<'_>,
    payment: Payment,
    tokens: u64,
) -> Result<Option<Option<Balance>>, Fault> {
    // The sum of three of these must not overflow.
    let Some(tokens) = i64::try_from(tokens).ok().filter(|tokens| *tokens < i64::MAX / 4) else {
        return Ok(None);
    };
    let mut balance = None;
    if let Some((id, statements)) = statements_of(payment.payer) {
        let row: Option<BalanceRow> =
            query(statements.reserve).bind(id).bind(tokens).fetch_optional(&mut *db).await?;
        let Some(row) = row else { return Ok(None) };
        balance = row.get();
    }
    let limit = payment.tokens_per_day.map_or(i64::MAX, number);
    let day = query(sql::RESERVE_OF_DAY)
        .bind(payment.day)
        .bind(tokens)
        .bind(limit)
        .execute(&mut *db)
        .await?;
    if day == 0 {
        if let Some((id, statements)) = statements_of(payment.payer) {
            query(statements.release).bind(id).bind(tokens).execute(db).await?;
        }
        return Ok(None);
    }
    Ok(Some(balance))
}

/// Returns why a call of up to `tokens` was not reserved.
pub(super) async fn refusal(
    db: &mut Connection<'_>,
    payment: Payment,
    tokens: u64,
) -> Result<Refusal, Fault> {
    let mut balance = Balance { quota: u64::MAX, ..Balance::default() };
    if let Some((id, statements)) = statements_of(payment.payer) {
        let row: Option<BalanceRow> =
            query(statements.balance).bind(id).fetch_optional(&mut *db).await?;
        balance = row.and_then(BalanceRow::get).unwrap_or_default();
    }
    match payment.tokens_per_day.filter(|_| tokens <= balance.left()) {
        Some(limit) => {
            let used: Option<(i64,)> =
                query(sql::USED_OF_DAY).bind(payment.day).fetch_optional(db).await?;
            let used = used.and_then(|(used,)| u64::try_from(used).ok()).unwrap_or_default();
            Ok(Refusal::of_day(limit, used, tokens, payment.at))
        }
        None => Ok(Refusal::of_quota(balance, tokens)),
    }
}

/// The statements that change a payer's balance.
pub(super) struct PayerStatements {
    pub(super) balance: Statement,
    reserve: Statement,
    release: Statement,
    pub(super) book: Statement,
}

/// Returns the id and the statements of a payer's balance.
pub(super) fn statements_of(payer: Payer) -> Option<(Uuid, PayerStatements)> {
    match payer {
        Payer::Invitation(id) => Some((
            id.0,
            PayerStatements {
                balance: sql::BALANCE,
                reserve: sql::RESERVE,
                release: sql::RELEASE,
                book: sql::BOOK,
            },
        )),
        Payer::Allowance(user) => Some((
            user.0,
            PayerStatements {
                balance: presets::ALLOWANCE,
                reserve: presets::RESERVE_ALLOWANCE,
                release: presets::RELEASE_ALLOWANCE,
                book: presets::BOOK_ALLOWANCE,
            },
        )),
        Payer::Unlimited => None,
    }
}
