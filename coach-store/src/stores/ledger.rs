//! Reservations and spending.

use async_trait::async_trait;
use coach_core::{
    ids::{ConversationId, EntryId, MessageId, ReservationId},
    model::CallReport,
    ports::{
        HostLimits, Ledger, Raising, RecoveryScope, Refusal, StandaloneCall, StoreError, UsageEntry,
    },
    rules::{
        finish::TurnFacts,
        tokens::{self, Charge, NewReservation, OpenReservation, Raise, Reserve, Settled},
    },
    timestamp::Timestamp,
    turn::ledger::{Balance, Payer, ReservedTokens, Settlement},
};
use futures::FutureExt as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    entries::{EntryRow, insert_entry},
    leases,
    payment::{balance_of, book, lock_balance, token_facts},
    rows::{BalanceRow, all, count, lane, number, payer},
};
use crate::{
    connection::{Batch, Connection, Query, query},
    error::Fault,
    promise::Promise,
    sql::{ledger as sql, locks},
    store::Store,
};

/// Returns what saves a reservation, with the message that its call produces if that begins at once.
pub(super) fn insert_reservation(
    db: &Connection<'_>,
    new: &NewReservation,
    message: Option<MessageId>,
) -> Query {
    query(sql::INSERT_RESERVATION)
        .bind(new.id.0)
        .bind(new.turn.map(|id| id.0))
        .bind(new.conversation.map(|id| id.0))
        .bind(new.payer.invitation().map(|id| id.0))
        .bind(new.lane.as_str())
        .bind(number(new.reserved.input))
        .bind(number(new.reserved.output))
        .bind(new.day)
        .bind(message.map(|id| id.0))
        .bind(new.at.0)
        .bind(new.payer.allowance().map(|id| id.0))
        .bind(new.lease.map(|lease| leases::lease(db, lease)))
}

/// Returns what starts a call with the message it produces.
pub(super) fn begin_call(id: ReservationId, message: MessageId) -> Query {
    query(sql::BEGIN_CALL).bind(id.0).bind(message.0)
}

#[derive(Debug, FromRow)]
pub(super) struct ReservationRow {
    id: Uuid,
    conversation_id: Option<Uuid>,
    invitation_id: Option<Uuid>,
    allowance_of: Option<Uuid>,
    lane: String,
    reserved_input: i64,
    reserved_output: i64,
    day: i64,
    message_id: Option<i64>,
}

impl TryFrom<ReservationRow> for OpenReservation {
    type Error = Fault;

    fn try_from(row: ReservationRow) -> Result<Self, Fault> {
        Ok(Self {
            id: ReservationId(row.id),
            conversation: row.conversation_id.map(ConversationId),
            payer: payer(row.invitation_id, row.allowance_of),
            lane: lane(&row.lane)?,
            reserved: ReservedTokens {
                input: count(row.reserved_input),
                output: count(row.reserved_output),
            },
            day: row.day,
            message: row.message_id.map(MessageId),
        })
    }
}

async fn open_reservation(
    db: &mut Connection<'_>,
    id: ReservationId,
) -> Result<Option<OpenReservation>, Fault> {
    query(locks::RESERVATION).bind(id.0).execute(db).await?;
    let row: Option<ReservationRow> =
        query(sql::OPEN_RESERVATION).bind(id.0).fetch_optional(db).await?;
    row.map(OpenReservation::try_from).transpose()
}

/// Loads and locks the open reservations of a turn's newest attempt.
pub(super) async fn open_reservations(
    db: &mut Connection<'_>,
    turn: &TurnFacts,
) -> Result<Vec<OpenReservation>, Fault> {
    let [partner, coach, aside] = turn.reservations();
    let wanted = query(sql::OPEN_RESERVATIONS).bind(partner.0).bind(coach.0).bind(aside.0);
    let rows: Vec<ReservationRow> = wanted.fetch_all(db).await?;
    all(rows)
}

/// Loads and locks the open calls outside of turns, all or those whose lease has ended, oldest first.
pub(super) async fn abandoned(
    db: &mut Connection<'_>,
    scope: RecoveryScope,
) -> Result<Vec<OpenReservation>, Fault> {
    let wanted = match scope {
        RecoveryScope::Expired => query(sql::ABANDONED_RESERVATIONS).bind(leases::now(db)),
        RecoveryScope::Everything => query(sql::STANDALONE_RESERVATIONS),
    };
    let rows: Vec<ReservationRow> = wanted.fetch_all(db).await?;
    all(rows)
}

/// Closes reservations together with the rest of `batch`, and returns their entries by their ids.
pub(super) async fn settle(
    db: &mut Connection<'_>,
    mut batch: Batch,
    settled: Vec<Settled>,
) -> Result<Vec<UsageEntry>, Fault> {
    for Settled { entry, .. } in &settled {
        batch.push(query(sql::CLOSE_RESERVATION).bind(entry.reservation.0));
        batch.push_returning(insert_entry(entry));
    }
    batch.extend(book(settled.iter().map(|one| (one.entry.conversation, one.booking))));
    let ids: Vec<(i64, Uuid)> = batch.fetch_all(db).await?;
    let id_of = |entry: &UsageEntry| {
        let found = ids.iter().find(|(_, reservation)| *reservation == entry.reservation.0);
        found.map(|(id, _)| EntryId(*id)).ok_or_else(|| Fault::new("an entry got no id"))
    };
    let entries = settled.into_iter().map(|one| {
        let id = id_of(&one.entry)?;
        Ok(UsageEntry { id, ..one.entry })
    });
    let mut entries = entries.collect::<Result<Vec<_>, Fault>>()?;
    entries.sort_by_key(|entry| entry.id);
    Ok(entries)
}

async fn reserve(db: &mut Connection<'_>, call: &StandaloneCall) -> Result<Option<Refusal>, Fault> {
    let known: Option<(Uuid,)> =
        query(sql::KNOWN_RESERVATION).bind(call.id.0).fetch_optional(db).await?;
    let facts = token_facts(db, call.payer, call.at.day(), call.host_limits).await?;
    match tokens::reserve(known.is_some(), &facts, call) {
        Reserve::Answer(answer) => Ok(answer),
        Reserve::Write(reservation, booking) => {
            let mut batch = Batch::last();
            batch.push(insert_reservation(db, &reservation, None));
            batch.extend(book([(reservation.conversation, booking)]));
            batch.execute(db).await?;
            Ok(None)
        }
    }
}

async fn raise(
    db: &mut Connection<'_>,
    id: ReservationId,
    to: ReservedTokens,
    host_limits: HostLimits,
    at: Timestamp,
) -> Result<Raising, Fault> {
    let open = match open_reservation(db, id).await? {
        Some(open) => Some((open, token_facts(db, open.payer, open.day, host_limits).await?)),
        None => None,
    };
    let conversation = open.as_ref().and_then(|(open, _)| open.conversation);
    match tokens::raise(open.as_ref().map(|(open, facts)| (open, facts)), to, host_limits, at) {
        Raise::Answer(answer) => Ok(answer),
        Raise::Write(plan) => {
            let mut batch = Batch::last();
            batch.push(
                query(sql::RAISE_RESERVATION)
                    .bind(id.0)
                    .bind(number(plan.reserved.input))
                    .bind(number(plan.reserved.output)),
            );
            batch.extend(book([(conversation, plan.booking)]));
            batch.execute(db).await?;
            Ok(plan.raising())
        }
    }
}

#[async_trait]
impl Ledger for Store {
    async fn reserve(&self, call: StandaloneCall) -> Result<Option<Refusal>, StoreError> {
        self.write(Promise::Durable, call, |db, call| reserve(db, call).boxed()).await
    }

    async fn raise(
        &self,
        reservation: ReservationId,
        to: ReservedTokens,
        host_limits: HostLimits,
        at: Timestamp,
    ) -> Result<Raising, StoreError> {
        let raised = self.write(Promise::Durable, (), move |db, ()| {
            raise(db, reservation, to, host_limits, at).boxed()
        });
        raised.await
    }

    async fn settle(
        &self,
        reservation: ReservationId,
        settlement: Settlement,
        call: CallReport,
        cost: Option<u64>,
        at: Timestamp,
    ) -> Result<Option<UsageEntry>, StoreError> {
        let charge = Charge { settlement, call, cost, at };
        let kept = self.write(Promise::Durable, charge, move |db, charge| {
            async move {
                let Some(open) = open_reservation(db, reservation).await? else { return Ok(None) };
                lock_balance(db, open.payer).await?;
                let settled = vec![tokens::settle(&open, charge.clone())];
                Ok(settle(db, Batch::last(), settled).await?.pop())
            }
            .boxed()
        });
        kept.await
    }

    async fn balance(&self, payer: Payer) -> Result<Option<Balance>, StoreError> {
        let Some(balance) = balance_of(payer) else { return Ok(None) };
        let row: Option<BalanceRow> = self.fetch_optional(balance).await?;
        Ok(row.and_then(BalanceRow::get))
    }

    async fn entries(&self, conversation: ConversationId) -> Result<Vec<UsageEntry>, StoreError> {
        let rows: Vec<EntryRow> = self.fetch_all(query(sql::ENTRIES).bind(conversation.0)).await?;
        Ok(all(rows)?)
    }

    async fn entries_after(
        &self,
        after: EntryId,
        limit: u32,
    ) -> Result<Vec<UsageEntry>, StoreError> {
        let newest = self.write(Promise::Checkpoint, (), |db, ()| {
            async move {
                query(locks::ENTRIES).execute(db).await?;
                let (newest,): (i64,) = query(sql::NEWEST_ENTRY).fetch_one(db).await?;
                Ok(newest)
            }
            .boxed()
        });
        let newest = newest.await?;
        let later = query(sql::ENTRIES_AFTER).bind(after.0).bind(i64::from(limit)).bind(newest);
        let rows: Vec<EntryRow> = self.fetch_all(later).await?;
        Ok(all(rows)?)
    }
}
