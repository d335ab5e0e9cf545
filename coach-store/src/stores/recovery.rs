//! Recovery of turns whose owner is lost, and of calls that were never settled.

use coach_core::{
    conversation::Message,
    ids::{MessageId, TurnId},
    ports::{Recovered, RecoveryScope},
    rules::{
        finish::TurnFacts,
        recovery::{self, LostTurn},
    },
    timestamp::Timestamp,
};

use super::{
    leases, ledger,
    rows::{MessageRow, all, number},
    turns::{TurnRow, append, shut},
};
use crate::{
    connection::{Connection, query},
    error::Fault,
    sql::turns as sql,
};

pub(super) async fn recover(
    db: &mut Connection<'_>,
    scope: RecoveryScope,
    running: &[TurnId],
    at: Timestamp,
) -> Result<Vec<Recovered>, Fault> {
    let found = match scope {
        RecoveryScope::Expired => query(sql::EXPIRED).bind(leases::now(db)),
        RecoveryScope::Everything => query(sql::OPEN_TURNS),
    };
    let rows: Vec<TurnRow> = found.fetch_all(db).await?;
    let lost = recovery::lost(all(rows)?, running);
    let before = recovery::abandoned_before(scope, at);
    let abandoned = ledger::abandoned(db, before).await?;
    let settled = abandoned.iter().map(|call| recovery::settle_abandoned(call, at)).collect();
    ledger::settle(db, settled).await?;
    let mut recovered = Vec::with_capacity(lost.len());
    for turn in lost {
        recovered.push(recover_one(db, turn, at).await?);
    }
    Ok(recovered)
}

pub(super) async fn recover_one(
    db: &mut Connection<'_>,
    turn: TurnFacts,
    at: Timestamp,
) -> Result<Recovered, Fault> {
    let reservations = ledger::open_reservations(db, &turn).await?;
    let growing = message(db, turn.reply).await?;
    let bytes = growing.content.len();
    let plan = recovery::recover(&LostTurn { turn, bytes, reservations }, at);
    query(sql::INTERRUPT)
        .bind(plan.reply.0)
        .bind(plan.status.as_str())
        .bind(plan.done_at.0)
        .bind(number(plan.fence))
        .execute(db)
        .await?;
    let (status, done_at) = (plan.status, Some(plan.done_at));
    let mut messages = vec![Message { status, done_at, ..growing }];
    if let Some(skipped) = &plan.skipped {
        let skipped = append(db, skipped).await?;
        messages.push(message(db, skipped.id).await?);
    }
    shut(db, turn.id, plan.fence).await?;
    let entries = ledger::settle(db, plan.settled).await?;
    Ok(recovery::recovered(&turn, messages, entries))
}

async fn message(db: &mut Connection<'_>, id: MessageId) -> Result<Message, Fault> {
    let row: MessageRow = query(sql::MESSAGE).bind(id.0).fetch_one(db).await?;
    row.try_into()
}
