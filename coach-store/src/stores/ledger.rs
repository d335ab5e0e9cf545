//! Reservations and spending.
//!
//! Changes of balances are single conditional statements; the functions here run within a transaction of the
//! caller.

use async_trait::async_trait;
use coach_core::{
    ids::{ConversationId, MessageId, ReservationId, TurnId},
    model::Lane,
    ports::{HostLimits, Ledger, Raising, Refusal, StandaloneCall, StoreError, UsageEntry},
    timestamp::Timestamp,
    turn::ledger::{Balance, Payer, ReservedTokens, Settlement, Usage, VoidReason},
};
use futures::FutureExt as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    payment::{Payment, refusal, reserve, statements_of},
    rows::{BalanceRow, UsageRow, all, count, invitation, lane, number, payer},
};
use crate::{
    connection::{Connection, query},
    error::Fault,
    sql::{ledger as sql, presets},
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
    pub(super) model: Option<&'a str>,
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

/// Closes a call with its entry; a closed call stays as it is. Returns the changed balance.
pub(super) async fn close(
    db: &mut Connection<'_>,
    id: ReservationId,
    charge: Charge<'_>,
) -> Result<Option<Balance>, Fault> {
    let closed: Option<ClosedRow> =
        query(sql::SETTLE_RESERVATION).bind(id.0).fetch_optional(&mut *db).await?;
    match closed {
        Some(closed) => book(db, closed, charge).await,
        None => Ok(None),
    }
}

/// Closes calls that an attempt reserved but never started. Returns the changed balance.
pub(super) async fn void_unused(
    db: &mut Connection<'_>,
    attempt: TurnId,
    at: Timestamp,
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
    let mut balance = None;
    for closed in rest {
        let charge = Charge { settlement, model: None, cost: Some(0), at };
        balance = book(db, closed, charge).await?;
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
        close(db, ReservationId(id), Charge { settlement, model: None, cost: None, at }).await?;
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
        close(db, ReservationId(id), Charge { settlement, model: None, cost: None, at }).await?;
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
) -> Result<Option<Balance>, Fault> {
    let usage = charge.settlement.usage();
    let row = UsageRow::from(usage);
    query(sql::INSERT_ENTRY)
        .bind(closed.id)
        .bind(closed.invitation_id)
        .bind(closed.conversation_id)
        .bind(closed.message_id)
        .bind(closed.lane)
        .bind(closed.reserved_input)
        .bind(closed.reserved_output)
        .bind(charge.settlement.source())
        .bind(row.input_tokens)
        .bind(row.cached_input)
        .bind(row.cache_write)
        .bind(row.output_tokens)
        .bind(row.reasoning)
        .bind(charge.model)
        .bind(charge.cost.map(number))
        .bind(charge.at.0)
        .execute(&mut *db)
        .await?;
    let reserved = closed.reserved_input.saturating_add(closed.reserved_output);
    let used = number(usage.total());
    query(sql::BOOK_OF_DAY).bind(closed.day).bind(reserved).bind(used).execute(&mut *db).await?;
    let payer = payer(closed.invitation_id, closed.allowance_of);
    let Some((id, statements)) = statements_of(payer) else { return Ok(None) };
    let balance: Option<BalanceRow> =
        query(statements.book).bind(id).bind(reserved).bind(used).fetch_optional(db).await?;
    Ok(balance.and_then(BalanceRow::get))
}

#[derive(Debug, FromRow)]
struct EntryRow {
    reservation_id: Uuid,
    invitation_id: Option<Uuid>,
    conversation_id: Option<Uuid>,
    message_id: Option<i64>,
    lane: String,
    reserved_input: i64,
    reserved_output: i64,
    source: String,
    #[sqlx(flatten)]
    usage: UsageRow,
    model: Option<String>,
    cost_micro_usd: Option<i64>,
    created_at: i64,
}

impl TryFrom<EntryRow> for UsageEntry {
    type Error = Fault;

    fn try_from(row: EntryRow) -> Result<Self, Fault> {
        let usage: Usage = row.usage.get().unwrap_or_default();
        let settlement = [
            Settlement::Reported(usage),
            Settlement::Estimated(usage),
            Settlement::Voided(VoidReason::NotBegun),
            Settlement::Voided(VoidReason::NotAccepted),
        ];
        let settlement = settlement.into_iter().find(|one| one.source() == row.source);
        Ok(Self {
            reservation: ReservationId(row.reservation_id),
            invitation: invitation(row.invitation_id),
            conversation: row.conversation_id.map(ConversationId),
            message: row.message_id.map(MessageId),
            lane: lane(&row.lane)?,
            reserved: ReservedTokens {
                input: count(row.reserved_input),
                output: count(row.reserved_output),
            },
            settlement: settlement.ok_or_else(|| Fault::unknown("usage source", &row.source))?,
            model: row.model,
            cost: row.cost_micro_usd.map(count),
            at: Timestamp(row.created_at),
        })
    }
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
        model: Option<&str>,
        cost: Option<u64>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let model = model.map(ToOwned::to_owned);
        let kept = self.write(Promise::Durable, model, move |db, model| {
            async move {
                let model = model.as_deref();
                close(db, reservation, Charge { settlement, model, cost, at }).await?;
                Ok(())
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
}
