//! Admission of turns: which requests are accepted, and their reservations.

use std::time::Duration;

use coach_core::{
    conversation::{EndReason, Role, SkipReason},
    ids::{ConversationId, MessageId, ReservationId, TurnId},
    model::Lane,
    ports::{
        Accept, Admission, Admitted, CoachReservation, HostLimits, Refusal, Retry, TurnReservations,
    },
    timestamp::Timestamp,
    turn::ledger::{Balance, Payer},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    conversations::end_reason,
    ledger::{self, NewReservation},
    payment::{self, Payment},
    rows::{BalanceRow, count, lane, number, payer, small},
    turns::{AnswerKey, answer},
};
use crate::{
    connection::{Connection, query},
    error::Fault,
    sql::{admissions as sql, locks},
};

const MINUTE: Duration = Duration::from_secs(60);

#[derive(Debug, FromRow)]
struct AdmissionRow {
    turn: i64,
    end_reason: Option<String>,
    invitation_id: Option<Uuid>,
    allowance_of: Option<Uuid>,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    busy: bool,
    newest_id: Option<i64>,
    crowded_since: Option<i64>,
    known_id: Option<i64>,
    known_turn: Option<i64>,
    known_content: Option<String>,
    known_turn_row: bool,
}

/// The data for an admission decision.
struct AdmissionFacts {
    turn: u32,
    ended: Option<EndReason>,
    payer: Payer,
    newest: Option<MessageId>,
    row: AdmissionRow,
}

async fn facts(
    db: &mut Connection<'_>,
    conversation: ConversationId,
    host_limits: HostLimits,
    client_id: Option<&str>,
    turn: TurnId,
) -> Result<AdmissionFacts, Fault> {
    let nth = host_limits.per_minute.and_then(|most| most.checked_sub(1));
    let row: Option<AdmissionRow> = query(sql::ADMISSION)
        .bind(conversation.0)
        .bind(i64::from(nth.unwrap_or(0)))
        .bind(client_id)
        .bind(turn.0)
        .bind(i64::from(nth.is_some()))
        .fetch_optional(db)
        .await?;
    let row = row.ok_or_else(|| Fault::new("no such conversation"))?;
    Ok(AdmissionFacts {
        turn: small(row.turn),
        ended: row.end_reason.as_deref().map(end_reason).transpose()?,
        payer: payer(row.invitation_id, row.allowance_of),
        newest: row.newest_id.map(MessageId),
        row,
    })
}

impl AdmissionFacts {
    /// Returns every refusal except for tokens, in the port's order.
    fn refusal(&self, host_limits: HostLimits, at: Timestamp, stale: bool) -> Option<Refusal> {
        let until = self.row.crowded_since.map(|since| Timestamp(since).after(MINUTE));
        if let Some(reason) = self.ended {
            Some(Refusal::Ended(reason))
        } else if self.row.expires_at.is_some_and(|expires| expires <= at.0) {
            Some(Refusal::InvitationExpired)
        } else if self.row.revoked_at.is_some() {
            Some(Refusal::InvitationRevoked)
        } else if host_limits.draining {
            Some(Refusal::Draining)
        } else if self.row.busy {
            Some(Refusal::Busy)
        } else if stale {
            Some(Refusal::NoSuchTurn)
        } else {
            until.filter(|until| *until > at).map(|until| Refusal::RateLimited { until })
        }
    }

    fn known(&self, content: &str) -> Option<Admission> {
        let (id, turn) = (self.row.known_id?, self.row.known_turn?);
        Some(match self.row.known_content.as_deref() == Some(content) {
            true => Admission::Known { message: MessageId(id), turn: small(turn) },
            false => Admission::Refused(Refusal::IdempotencyConflict),
        })
    }
}

pub(super) async fn accept(
    db: &mut Connection<'_>,
    accept: Accept<'_>,
) -> Result<Admission, Fault> {
    let Accept { conversation, turn, reservations, host_limits, at, lease_until, .. } = accept;
    query(locks::CONVERSATION).bind(conversation.0).execute(db).await?;
    let facts = facts(db, conversation, host_limits, accept.client_id, turn).await?;
    if facts.row.known_turn_row {
        let (attempt, opened) = answered(db, turn).await?;
        return Ok(match attempt == turn {
            true => Admission::Admitted(opened),
            false => Admission::Known { message: opened.message, turn: opened.turn },
        });
    }
    if let Some(known) = facts.known(accept.content) {
        return Ok(known);
    }
    if let Some(refusal) = facts.refusal(host_limits, at, false) {
        return Ok(Admission::Refused(refusal));
    }
    let payment = Payment::of(facts.payer, host_limits, at);
    let Some(reserved) = reserve_all(db, payment, reservations).await? else {
        let (_, must) = reservations.must();
        return Ok(Admission::Refused(payment::refusal(db, payment, must.total()).await?));
    };
    let aside = matches!(reservations, TurnReservations::Aside(_));
    let number = facts.turn + u32::from(!aside);
    let (message,): (i64,) = query(sql::SAY)
        .bind(conversation.0)
        .bind(turn.0)
        .bind(i64::from(number))
        .bind(aside)
        .bind(accept.content)
        .bind(accept.client_id)
        .bind(at.0)
        .fetch_one(&mut *db)
        .await?;
    let key = AnswerKey { conversation, turn, number, aside, fence: 1 };
    let attempt = Attempt { id: turn, key, reservations, payer: facts.payer, at };
    let begun = begin(db, attempt, reserved).await?;
    let opened = Admitted {
        id: turn,
        turn: number,
        fence: key.fence,
        message: MessageId(message),
        created_at: at,
        lane: begun.lane,
        reply: begun.reply,
        coach_left_out: reserved.coach_left_out,
        skipped: begun.skipped,
        before: facts.newest,
        balance: reserved.balance,
    };
    query(sql::OPEN)
        .bind(turn.0)
        .bind(conversation.0)
        .bind(i64::from(number))
        .bind(aside)
        .bind(1_i64)
        .bind(lease_until.0)
        .bind(turn.0)
        .bind(opened.reply.0)
        .bind(reservations.owed(reserved.coach_left_out).map(SkipReason::as_str))
        .bind(message)
        .bind(at.0)
        .bind(opened.lane.as_str())
        .bind(opened.coach_left_out)
        .bind(opened.skipped.map(|id| id.0))
        .bind(opened.before.map(|id| id.0))
        .execute(&mut *db)
        .await?;
    if !aside {
        query(sql::COUNT_TURN).bind(conversation.0).bind(i64::from(number)).execute(db).await?;
    }
    Ok(Admission::Admitted(opened))
}

#[derive(Debug, FromRow)]
struct ReplacedRow {
    id: Uuid,
    attempt_id: Uuid,
    aside: bool,
    fence: i64,
    number: i64,
    message_id: i64,
    message_at: i64,
    current: Option<bool>,
    last: Option<bool>,
}

pub(super) async fn retry(db: &mut Connection<'_>, retry: &Retry) -> Result<Admission, Fault> {
    let Retry { conversation, attempt, replaces, reservations, host_limits, at, lease_until } =
        *retry;
    let role = Role::of(reservations.first()).unwrap_or(Role::Coach);
    query(locks::CONVERSATION).bind(conversation.0).execute(db).await?;
    let turn: Option<ReplacedRow> = query(sql::REPLACED)
        .bind(conversation.0)
        .bind(replaces.0)
        .bind(role.as_str())
        .fetch_optional(&mut *db)
        .await?;
    if let Some(turn) = turn.as_ref().filter(|turn| turn.attempt_id == attempt.0) {
        let (_, opened) = answered(db, TurnId(turn.id)).await?;
        return Ok(Admission::Admitted(opened));
    }
    let turn = turn.filter(|turn| {
        turn.current == Some(true)
            && turn.last == Some(true)
            && turn.aside == matches!(reservations, TurnReservations::Aside(_))
    });
    let facts = facts(db, conversation, host_limits, None, attempt).await?;
    if let Some(refusal) = facts.refusal(host_limits, at, turn.is_none()) {
        return Ok(Admission::Refused(refusal));
    }
    let Some(turn) = turn else { return Ok(Admission::Refused(Refusal::NoSuchTurn)) };
    let payment = Payment::of(facts.payer, host_limits, at);
    let Some(reserved) = reserve_all(db, payment, reservations).await? else {
        let (_, must) = reservations.must();
        return Ok(Admission::Refused(payment::refusal(db, payment, must.total()).await?));
    };
    let key = AnswerKey {
        conversation,
        turn: TurnId(turn.id),
        number: small(turn.number),
        aside: turn.aside,
        fence: count(turn.fence) + 1,
    };
    let begun =
        begin(db, Attempt { id: attempt, key, reservations, payer: facts.payer, at }, reserved)
            .await?;
    query(sql::OPEN_AGAIN)
        .bind(turn.id)
        .bind(number(key.fence))
        .bind(lease_until.0)
        .bind(attempt.0)
        .bind(begun.reply.0)
        .bind(reservations.owed(reserved.coach_left_out).map(SkipReason::as_str))
        .bind(begun.lane.as_str())
        .bind(reserved.coach_left_out)
        .bind(begun.skipped.map(|id| id.0))
        .bind(facts.newest.map(|id| id.0))
        .execute(db)
        .await?;
    Ok(Admission::Admitted(Admitted {
        id: key.turn,
        turn: key.number,
        fence: key.fence,
        message: MessageId(turn.message_id),
        created_at: Timestamp(turn.message_at),
        lane: begun.lane,
        reply: begun.reply,
        coach_left_out: reserved.coach_left_out,
        skipped: begun.skipped,
        before: facts.newest,
        balance: reserved.balance,
    }))
}

#[derive(Debug, FromRow)]
struct AnsweredRow {
    attempt_id: Uuid,
    number: i64,
    first_fence: i64,
    message_id: i64,
    message_at: i64,
    first_lane: String,
    first_reply_id: i64,
    coach_left_out: bool,
    skipped_id: Option<i64>,
    before_id: Option<i64>,
    #[sqlx(flatten)]
    balance: BalanceRow,
}

/// Returns the newest attempt at a turn and the response to it.
async fn answered(db: &mut Connection<'_>, id: TurnId) -> Result<(TurnId, Admitted), Fault> {
    let row: AnsweredRow = query(sql::ANSWERED).bind(id.0).fetch_one(db).await?;
    let opened = Admitted {
        id,
        turn: small(row.number),
        fence: count(row.first_fence),
        message: MessageId(row.message_id),
        created_at: Timestamp(row.message_at),
        lane: lane(&row.first_lane)?,
        reply: MessageId(row.first_reply_id),
        coach_left_out: row.coach_left_out,
        skipped: row.skipped_id.map(MessageId),
        before: row.before_id.map(MessageId),
        balance: row.balance.get(),
    };
    Ok((TurnId(row.attempt_id), opened))
}

/// The reservations of an attempt.
#[derive(Clone, Copy)]
struct AllReserved {
    coach_left_out: bool,
    balance: Option<Balance>,
}

/// Reserves all calls of an attempt, or only the required one; `None` if not even that fits.
async fn reserve_all(
    db: &mut Connection<'_>,
    payment: Payment,
    reservations: TurnReservations,
) -> Result<Option<AllReserved>, Fault> {
    let (_, must) = reservations.must();
    if let Some(may) = reservations.may() {
        let both = must.total().saturating_add(may.total());
        if let Some(balance) = payment::reserve(db, payment, both).await? {
            return Ok(Some(AllReserved { coach_left_out: false, balance }));
        }
    }
    let balance = payment::reserve(db, payment, must.total()).await?;
    Ok(balance.map(|balance| AllReserved { coach_left_out: reservations.may().is_some(), balance }))
}

/// The common fields of accepting and retrying.
#[derive(Clone, Copy)]
struct Attempt {
    id: TurnId,
    key: AnswerKey,
    reservations: TurnReservations,
    payer: Payer,
    at: Timestamp,
}

struct Begun {
    lane: Lane,
    reply: MessageId,
    skipped: Option<MessageId>,
}

/// Begins the first answer of an attempt, and saves its calls.
async fn begin(
    db: &mut Connection<'_>,
    attempt: Attempt,
    reserved: AllReserved,
) -> Result<Begun, Fault> {
    let Attempt { id, key, reservations, payer, at } = attempt;
    let early =
        matches!(reservations, TurnReservations::Turn { coach: CoachReservation::Before(_), .. });
    let mut skipped = None;
    let mut lane = reservations.first();
    if early && reserved.coach_left_out {
        let missing = answer(db, key, Role::Coach, Some(SkipReason::Quota), at).await?;
        skipped = Some(missing.id);
        lane = reservations.must().0;
    }
    let role = Role::of(lane).unwrap_or(Role::Coach);
    let reply = answer(db, key, role, None, at).await?.id;
    let may = reservations
        .may()
        .filter(|_| !reserved.coach_left_out)
        .map(|reserved| (Lane::Coach, reserved));
    for (whose, reserved) in [Some(reservations.must()), may].into_iter().flatten() {
        let call = NewReservation {
            id: ReservationId::of(id, whose),
            turn: Some(key.turn),
            conversation: Some(key.conversation),
            payer,
            lane: whose,
            reserved,
            message: (whose == lane).then_some(reply),
            at,
        };
        ledger::insert_reservation(db, call).await?;
    }
    Ok(Begun { lane, reply, skipped })
}
