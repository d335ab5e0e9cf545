//! Recovery of turns whose owner is lost, and of calls that were never settled.

use coach_core::{
    conversation::Message,
    ids::{MessageId, TurnId},
    ports::{AbandonedCall, Recovered, Recovery, RecoveryScope},
    rules::{
        finish::TurnFacts,
        recovery::{self, LostTurn},
        tokens::OpenReservation,
    },
    timestamp::Timestamp,
};

use super::{
    leases, ledger,
    payment::lock_balances,
    rows::{MessageRow, all, number},
    turns::{TurnRow, append, next_message, shut},
};
use crate::{
    connection::{Batch, Connection, query},
    error::Fault,
    sql::turns as sql,
};

pub(super) async fn recover(
    db: &mut Connection<'_>,
    scope: RecoveryScope,
    running: &[TurnId],
    at: Timestamp,
) -> Result<Recovery, Fault> {
    let found = match scope {
        RecoveryScope::Expired => query(sql::EXPIRED).bind(leases::now(db)),
        RecoveryScope::Everything => query(sql::OPEN_TURNS),
    };
    let rows: Vec<TurnRow> = found.fetch_all(db).await?;
    let lost = recovery::lost(all(rows)?, running);
    let abandoned = ledger::abandoned(db, scope).await?;
    let mut held = Vec::with_capacity(lost.len());
    for turn in lost {
        held.push((turn, ledger::open_reservations(db, &turn).await?));
    }
    lock_balances(db, held.iter().flat_map(|(_, calls)| calls).chain(&abandoned)).await?;
    let mut recovered = Recovery::default();
    for call in &abandoned {
        let settled = vec![recovery::settle_abandoned(call, at)];
        let entries = ledger::settle(db, Batch::default(), settled).await?;
        let payer = call.payer;
        recovered.calls.extend(entries.into_iter().map(|entry| AbandonedCall { payer, entry }));
    }
    for (turn, reservations) in held {
        recovered.turns.push(close(db, turn, reservations, at).await?);
    }
    Ok(recovered)
}

pub(super) async fn recover_one(
    db: &mut Connection<'_>,
    turn: TurnFacts,
    at: Timestamp,
) -> Result<Recovered, Fault> {
    let reservations = ledger::open_reservations(db, &turn).await?;
    lock_balances(db, &reservations).await?;
    close(db, turn, reservations, at).await
}

async fn close(
    db: &mut Connection<'_>,
    turn: TurnFacts,
    reservations: Vec<OpenReservation>,
    at: Timestamp,
) -> Result<Recovered, Fault> {
    let growing = message(db, turn.reply).await?;
    let bytes = growing.content.len();
    let plan = recovery::recover(&LostTurn { turn, bytes, reservations }, at);
    let mut batch = Batch::default();
    batch.push(
        query(sql::INTERRUPT)
            .bind(plan.reply.0)
            .bind(plan.status.as_str())
            .bind(plan.done_at.0)
            .bind(number(plan.fence)),
    );
    let (status, done_at) = (plan.status, Some(plan.done_at));
    let mut messages = vec![Message { status, done_at, ..growing }];
    if let Some(skipped) = &plan.skipped {
        let id = next_message(db).await?;
        batch.push(append(id, skipped));
        messages.push(skipped.message(id));
    }
    batch.push(shut(turn.id, plan.fence));
    let entries = ledger::settle(db, batch, plan.settled).await?;
    Ok(recovery::recovered(&turn, messages, entries))
}

async fn message(db: &mut Connection<'_>, id: MessageId) -> Result<Message, Fault> {
    let row: MessageRow = query(sql::MESSAGE).bind(id.0).fetch_one(db).await?;
    row.try_into()
}
