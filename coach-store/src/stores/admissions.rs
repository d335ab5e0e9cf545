//! Admission of turns: the facts about a request, and opening an attempt.

use std::time::Duration;

use coach_core::{
    conversation::SkipReason,
    ids::{ConversationId, MessageId, TurnId},
    ports::{Accept, Admission, Admitted, HostLimits, Retry},
    rules::{
        admission::{
            self, AcceptFacts, Admit, AttemptPlan, ConversationFacts, KnownAttempt, KnownMessage,
            Opens, ReplacedTurn, RetryFacts,
        },
        messages::NewestAnswers,
        tokens::TokenFacts,
    },
    timestamp::Timestamp,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    conversation_rows::end_reason,
    leases::lease,
    ledger::insert_reservation,
    payment::{book, day_use},
    rows::{BalanceRow, count, number, payer, small, turn_lane},
    turns::append,
};
use crate::{
    connection::{Batch, Connection, query},
    error::Fault,
    sql::{admissions as sql, locks},
};

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
    #[sqlx(flatten)]
    balance: BalanceRow,
    known_turn_row: bool,
    first_id: i64,
    second_id: i64,
    third_id: i64,
}

/// Loads the facts about a request; `turn` is the one that it would create.
async fn admission_row(
    db: &mut Connection<'_>,
    id: ConversationId,
    host_limits: HostLimits,
    client_id: Option<&str>,
    turn: TurnId,
) -> Result<AdmissionRow, Fault> {
    query(locks::CONVERSATION).bind(id.0).execute(db).await?;
    let skip = admission::messages_to_skip(host_limits);
    let row: Option<AdmissionRow> = query(sql::ADMISSION)
        .bind(id.0)
        .bind(i64::from(skip.unwrap_or(0)))
        .bind(client_id)
        .bind(turn.0)
        .bind(i64::from(skip.is_some()))
        .fetch_optional(db)
        .await?;
    row.ok_or_else(|| Fault::new("no such conversation"))
}

async fn conversation_facts(
    db: &mut Connection<'_>,
    row: &AdmissionRow,
    host_limits: HostLimits,
    at: Timestamp,
) -> Result<ConversationFacts, Fault> {
    Ok(ConversationFacts {
        turn: small(row.turn),
        ended: row.end_reason.as_deref().map(end_reason).transpose()?,
        expires_at: row.expires_at.map(Timestamp),
        revoked_at: row.revoked_at.map(Timestamp),
        busy: row.busy,
        crowded_since: row.crowded_since.map(Timestamp),
        newest: row.newest_id.map(MessageId),
        tokens: TokenFacts {
            payer: payer(row.invitation_id, row.allowance_of),
            balance: row.balance.get(),
            day: day_use(db, at.day(), host_limits).await?,
        },
    })
}

pub(super) async fn accept(
    db: &mut Connection<'_>,
    accept: Accept<'_>,
) -> Result<Admission, Fault> {
    let Accept { conversation, turn, host_limits, at, .. } = accept;
    let row = admission_row(db, conversation, host_limits, accept.client_id, turn).await?;
    let known = (row.known_id, row.known_turn, row.known_content.clone());
    let same_turn = if row.known_turn_row { Some(known_attempt(db, turn).await?) } else { None };
    let facts = AcceptFacts {
        conversation: conversation_facts(db, &row, host_limits, at).await?,
        same_turn,
        same_client_id: match known {
            (Some(id), Some(turn), Some(content)) => {
                Some(KnownMessage { id: MessageId(id), turn: small(turn), content })
            }
            _ => None,
        },
    };
    admit(db, admission::accept(&facts, &accept), accept.lease, &row).await
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
    newest_partner: Option<i64>,
    newest_coach: Option<i64>,
    opened_last: bool,
}

pub(super) async fn retry(db: &mut Connection<'_>, retry: &Retry) -> Result<Admission, Fault> {
    let Retry { conversation, attempt, host_limits, at, .. } = *retry;
    let row = admission_row(db, conversation, host_limits, None, attempt).await?;
    let replaced: Option<ReplacedRow> =
        query(sql::REPLACED).bind(conversation.0).bind(retry.replaces.0).fetch_optional(db).await?;
    let turn = match replaced {
        Some(row) => Some(ReplacedTurn {
            id: TurnId(row.id),
            number: small(row.number),
            aside: row.aside,
            fence: count(row.fence),
            message: MessageId(row.message_id),
            message_at: Timestamp(row.message_at),
            newest: NewestAnswers {
                partner: row.newest_partner.map(MessageId),
                coach: row.newest_coach.map(MessageId),
            },
            opened_last: row.opened_last,
            same_attempt: match row.attempt_id == attempt.0 {
                true => Some(known_attempt(db, TurnId(row.id)).await?.admitted),
                false => None,
            },
        }),
        None => None,
    };
    let conversation = conversation_facts(db, &row, host_limits, at).await?;
    let facts = RetryFacts { conversation, turn };
    admit(db, admission::retry(&facts, retry), retry.lease, &row).await
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
async fn known_attempt(db: &mut Connection<'_>, id: TurnId) -> Result<KnownAttempt, Fault> {
    let row: AnsweredRow = query(sql::ANSWERED).bind(id.0).fetch_one(db).await?;
    let admitted = Admitted {
        id,
        turn: small(row.number),
        fence: count(row.first_fence),
        message: MessageId(row.message_id),
        created_at: Timestamp(row.message_at),
        lane: turn_lane(&row.first_lane)?,
        reply: MessageId(row.first_reply_id),
        coach_left_out: row.coach_left_out,
        skipped: row.skipped_id.map(MessageId),
        before: row.before_id.map(MessageId),
        balance: row.balance.get(),
    };
    Ok(KnownAttempt { attempt: TurnId(row.attempt_id), admitted })
}

async fn admit(
    db: &mut Connection<'_>,
    admit: Admit<'_>,
    lease: Duration,
    row: &AdmissionRow,
) -> Result<Admission, Fault> {
    match admit {
        Admit::Answer(admission) => Ok(admission),
        Admit::Open(plan) => Ok(open(db, &plan, lease, row).await?.into()),
    }
}

async fn open(
    db: &mut Connection<'_>,
    plan: &AttemptPlan<'_>,
    duration: Duration,
    row: &AdmissionRow,
) -> Result<Admitted, Fault> {
    let [first, second, third] = [row.first_id, row.second_id, row.third_id].map(MessageId);
    let (message, skipped, reply) = match plan.skipped {
        Some(_) => (first, Some(second), third),
        None => (first, None, second),
    };
    let mut batch = Batch::last();
    let message = match plan.opens {
        Opens::New(said) => {
            batch.push(append(message, &said));
            message
        }
        Opens::Again(message, _) => message,
    };
    batch.extend(plan.skipped.zip(skipped).map(|(new, id)| append(id, &new)));
    batch.push(append(reply, &plan.reply));
    for reservation in &plan.reservations {
        batch.push(insert_reservation(db, reservation, reservation.begins.then_some(reply)));
    }
    batch.extend(book([(Some(plan.conversation), plan.booking)]));
    let lease = lease(db, duration);
    let owed = plan.owed.map(SkipReason::as_str);
    batch.push(match plan.opens {
        Opens::New(_) => query(sql::OPEN)
            .bind(plan.turn.0)
            .bind(plan.conversation.0)
            .bind(i64::from(plan.number))
            .bind(plan.aside)
            .bind(number(plan.fence))
            .bind(lease)
            .bind(plan.attempt.0)
            .bind(reply.0)
            .bind(owed)
            .bind(message.0)
            .bind(plan.at.0)
            .bind(plan.lane.as_str())
            .bind(plan.coach_left_out)
            .bind(skipped.map(|id| id.0))
            .bind(plan.before.map(|id| id.0)),
        Opens::Again(..) => query(sql::OPEN_AGAIN)
            .bind(plan.turn.0)
            .bind(number(plan.fence))
            .bind(lease)
            .bind(plan.attempt.0)
            .bind(reply.0)
            .bind(owed)
            .bind(plan.lane.as_str())
            .bind(plan.coach_left_out)
            .bind(skipped.map(|id| id.0))
            .bind(plan.before.map(|id| id.0)),
    });
    if plan.counts {
        let count = query(sql::COUNT_TURN).bind(plan.conversation.0);
        batch.push(count.bind(i64::from(plan.number)));
    }
    batch.execute(db).await?;
    Ok(plan.admitted(message, skipped, reply))
}
