//! Reservations and spending.
//!
//! Changes of balances are single conditional statements; the functions here run within a transaction of the
//! caller.

use async_trait::async_trait;
use coach_core::{
    ids::{ConversationId, EntryId, MessageId, ReservationId, TurnId},
    model::{CallOutcome, CallReport, Lane},
    ports::{HostLimits, Ledger, Raising, Refusal, StandaloneCall, StoreError, UsageEntry},
    timestamp::Timestamp,
    turn::ledger::{Balance, Payer, ReservedTokens, Settlement, VoidReason},
};
use futures::FutureExt as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    entries::{EntryRow, insert_entry},
    payment::{Payment, refusal, reserve, statements_of},
    rows::{BalanceRow, all, count, invitation, lane, number, payer},
};
use crate::{
    connection::{Connection, query},
    error::Fault,
    sql::{ledger as sql, locks, presets},
    store::{Promise, Store},
};

/// A call whose tokens are reserved.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewReservation {
    pub(super) id: ReservationId,
    pub(super) turn: Option<TurnId>,
    pub(super) conversation: Option<ConversationId>,
    pub(super) payer: Payer,
    pub(super) lane: Lane,
    pub(super) reserved: ReservedTokens,
    pub(super) message: Option<MessageId>,
    pub(super) at: Timestamp,
}

pub(super) async fn insert_reservation(
    db: &mut Connection<'_>,
    call: NewReservation,
) -> Result<(), Fault> {
    query(sql::INSERT_RESERVATION)
        .bind(call.id.0)
        .bind(call.turn.map(|id| id.0))
        .bind(call.conversation.map(|id| id.0))
        .bind(call.payer.invitation().map(|id| id.0))
        .bind(call.lane.as_str())
        .bind(number(call.reserved.input))
        .bind(number(call.reserved.output))
        .bind(call.at.day())
        .bind(call.message.map(|id| id.0))
        .bind(call.at.0)
        .bind(call.payer.allowance().map(|id| id.0))
        .execute(db)
        .await?;
    Ok(())
}

/// Starts a call with the message it produces; fails if nothing is reserved for it.
pub(super) async fn begin_call(
    db: &mut Connection<'_>,
    id: ReservationId,
    message: MessageId,
) -> Result<(), Fault> {
    let begun = query(sql::BEGIN_CALL).bind(id.0).bind(message.0).execute(db).await?;
    match begun {
        1 => Ok(()),
        _ => Err(Fault::new("no reservation for the next answer")),
    }
}

/// The data that closes a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Charge<'a> {
    pub(super) settlement: Settlement,
    pub(super) call: &'a CallReport,
    pub(super) cost: Option<u64>,
    pub(super) at: Timestamp,
}

#[derive(Debug, FromRow)]
struct ClosedRow {
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

/// Closes a call with its entry, which is added to `entries`; a closed call stays as it is. Returns the changed
/// balance.
pub(super) async fn close(
    db: &mut Connection<'_>,
    id: ReservationId,
    charge: Charge<'_>,
    entries: &mut Vec<UsageEntry>,
) -> Result<Option<Balance>, Fault> {
    let closed: Option<ClosedRow> =
        query(sql::SETTLE_RESERVATION).bind(id.0).fetch_optional(&mut *db).await?;
    match closed {
        Some(closed) => book(db, closed, charge, entries).await,
        None => Ok(None),
    }
}

/// Closes calls that an attempt reserved but never started. Returns the changed balance.
pub(super) async fn void_unused(
    db: &mut Connection<'_>,
    attempt: TurnId,
    at: Timestamp,
    entries: &mut Vec<UsageEntry>,
) -> Result<Option<Balance>, Fault> {
    let [partner, coach, aside] = reservations_of(attempt);
    let mut rest: Vec<ClosedRow> = query(sql::SETTLE_UNUSED)
        .bind(partner.0)
        .bind(coach.0)
        .bind(aside.0)
        .fetch_all(&mut *db)
        .await?;
    rest.sort_by_key(|call| call.id);
    let settlement = Settlement::Voided(VoidReason::NotBegun);
    let call = &CallReport::only(CallOutcome::Voided);
    let mut balance = None;
    for closed in rest {
        let charge = Charge { settlement, call, cost: Some(0), at };
        balance = book(db, closed, charge, entries).await?;
    }
    Ok(balance)
}

/// Settles a call that a lost owner had started, by its bound and the bytes received.
pub(super) async fn estimate(
    db: &mut Connection<'_>,
    attempt: TurnId,
    message: MessageId,
    bytes: usize,
    at: Timestamp,
    entries: &mut Vec<UsageEntry>,
) -> Result<(), Fault> {
    let [partner, coach, aside] = reservations_of(attempt);
    let begun: Option<(Uuid, i64, i64)> = query(sql::BEGUN_RESERVATION)
        .bind(partner.0)
        .bind(coach.0)
        .bind(aside.0)
        .bind(message.0)
        .fetch_optional(&mut *db)
        .await?;
    if let Some((id, input, output)) = begun {
        let reserved = ReservedTokens { input: count(input), output: count(output) };
        let settlement = Settlement::Estimated(reserved.estimate(bytes));
        let call = &CallReport::only(CallOutcome::Recovered);
        let charge = Charge { settlement, call, cost: None, at };
        close(db, ReservationId(id), charge, entries).await?;
    }
    Ok(())
}

/// Settles calls outside of turns that were reserved before `reserved_before` and never closed.
pub(super) async fn estimate_abandoned(
    db: &mut Connection<'_>,
    reserved_before: Timestamp,
    at: Timestamp,
) -> Result<(), Fault> {
    let lost: Vec<(Uuid, i64, i64)> =
        query(sql::ABANDONED_RESERVATIONS).bind(reserved_before.0).fetch_all(&mut *db).await?;
    for (id, input, output) in lost {
        let reserved = ReservedTokens { input: count(input), output: count(output) };
        let settlement = Settlement::Estimated(reserved.estimate(0));
        let call = &CallReport::only(CallOutcome::Recovered);
        let charge = Charge { settlement, call, cost: None, at };
        close(db, ReservationId(id), charge, &mut Vec::new()).await?;
    }
    Ok(())
}

/// The reservation of an open call and its payer.
#[derive(Debug, FromRow)]
struct OpenRow {
    invitation_id: Option<Uuid>,
    allowance_of: Option<Uuid>,
    reserved_input: i64,
    reserved_output: i64,
    day: i64,
}

/// Raises the reservation of an open call.
async fn raise(
    db: &mut Connection<'_>,
    id: ReservationId,
    to: ReservedTokens,
    host_limits: HostLimits,
    at: Timestamp,
) -> Result<Raising, Fault> {
    query(locks::RESERVATION).bind(id.0).execute(db).await?;
    let open: Option<OpenRow> =
        query(sql::OPEN_RESERVATION).bind(id.0).fetch_optional(&mut *db).await?;
    let Some(open) = open else { return Ok(Raising::Closed) };
    let reserved =
        ReservedTokens { input: count(open.reserved_input), output: count(open.reserved_output) };
    let more = to.total().saturating_sub(reserved.total());
    if more == 0 {
        return Ok(Raising::Raised);
    }
    let payer = payer(open.invitation_id, open.allowance_of);
    let payment = Payment::of(payer, host_limits, at).counted_for(open.day);
    if reserve(&mut *db, payment, more).await?.is_none() {
        return Ok(Raising::Refused(refusal(db, payment, more).await?));
    }
    query(sql::RAISE_RESERVATION)
        .bind(id.0)
        .bind(number(to.input))
        .bind(number(to.output))
        .execute(db)
        .await?;
    Ok(Raising::Raised)
}

fn reservations_of(attempt: TurnId) -> [ReservationId; 3] {
    [Lane::Partner, Lane::Coach, Lane::Aside].map(|lane| ReservationId::of(attempt, lane))
}

async fn book(
    db: &mut Connection<'_>,
    closed: ClosedRow,
    charge: Charge<'_>,
    entries: &mut Vec<UsageEntry>,
) -> Result<Option<Balance>, Fault> {
    let usage = charge.settlement.usage();
    let mut entry = UsageEntry {
        id: EntryId::default(),
        reservation: ReservationId(closed.id),
        invitation: invitation(closed.invitation_id),
        conversation: closed.conversation_id.map(ConversationId),
        message: closed.message_id.map(MessageId),
        lane: lane(&closed.lane)?,
        reserved: ReservedTokens {
            input: count(closed.reserved_input),
            output: count(closed.reserved_output),
        },
        settlement: charge.settlement,
        call: charge.call.clone(),
        cost: charge.cost,
        at: charge.at,
    };
    entry.id = insert_entry(db, &entry).await?;
    entries.push(entry);
    let reserved = closed.reserved_input.saturating_add(closed.reserved_output);
    let used = number(usage.total());
    let payer = payer(closed.invitation_id, closed.allowance_of);
    let mut balance: Option<BalanceRow> = None;
    if let Some((id, statements)) = statements_of(payer) {
        let book = query(statements.book).bind(id).bind(reserved).bind(used);
        balance = book.fetch_optional(db).await?;
    }
    query(sql::BOOK_OF_DAY).bind(closed.day).bind(reserved).bind(used).execute(db).await?;
    Ok(balance.and_then(BalanceRow::get))
}

#[async_trait]
impl Ledger for Store {
    async fn reserve(&self, call: StandaloneCall) -> Result<Option<Refusal>, StoreError> {
        let kept = self.write(Promise::Durable, (), move |db, ()| {
            async move {
                let known: Option<(Uuid,)> =
                    query(sql::KNOWN_RESERVATION).bind(call.id.0).fetch_optional(db).await?;
                if known.is_some() {
                    return Ok(None);
                }
                let StandaloneCall { id, conversation, payer, lane, reserved, host_limits, at } =
                    call;
                if let Payer::Allowance(user) = payer {
                    query(presets::OPEN_ALLOWANCE).bind(user.0).execute(&mut *db).await?;
                }
                let payment = Payment::of(payer, host_limits, at);
                if reserve(&mut *db, payment, reserved.total()).await?.is_none() {
                    return Ok(Some(refusal(db, payment, reserved.total()).await?));
                }
                let (turn, message) = (None, None);
                let reserved =
                    NewReservation { id, turn, conversation, payer, lane, reserved, message, at };
                insert_reservation(db, reserved).await?;
                Ok(None)
            }
            .boxed()
        });
        kept.await
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
        let kept = self.write(Promise::Durable, call, move |db, call| {
            async move {
                let mut entries = Vec::new();
                let charge = Charge { settlement, call, cost, at };
                close(db, reservation, charge, &mut entries).await?;
                Ok(entries.pop())
            }
            .boxed()
        });
        kept.await
    }

    async fn balance(&self, payer: Payer) -> Result<Option<Balance>, StoreError> {
        let Some((id, statements)) = statements_of(payer) else { return Ok(None) };
        let row: Option<BalanceRow> =
            self.fetch_optional(query(statements.balance).bind(id)).await?;
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
        let later = query(sql::ENTRIES_AFTER).bind(after.0).bind(i64::from(limit));
        let rows: Vec<EntryRow> = self.fetch_all(later).await?;
        Ok(all(rows)?)
    }
}
