//! Open turns: ownership, progress and closing.

use coach_core::{
    conversation::{EndReason, Message, Role, SkipReason, Status},
    ids::{ConversationId, MessageId, ReservationId, TurnId},
    model::{CallReport, Lane},
    ports::{
        Finish, Finishing, Heartbeat, LeaseStatus, NextMessage, NextStep, Recovered,
        StandaloneCall, UsageEntry,
    },
    timestamp::Timestamp,
    turn::{
        Funds, TurnCost,
        ledger::{Balance, Settlement},
    },
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    ledger::{self, Charge},
    rows::{FundsRow, MessageRow, UsageRow, count, number, skip_reason, small},
};
use crate::{
    connection::{Connection, query},
    error::Fault,
    sql::{admissions::ANSWER, locks, turns as sql},
};

/// The turn an answer is written to, and the writer's fence.
#[derive(Clone, Copy, Debug)]
pub(super) struct AnswerKey {
    pub(super) conversation: ConversationId,
    pub(super) turn: TurnId,
    pub(super) number: u32,
    pub(super) aside: bool,
    pub(super) fence: u64,
}

/// Begins an answer, or records a skipped one.
pub(super) async fn answer(
    db: &mut Connection<'_>,
    key: AnswerKey,
    role: Role,
    missing: Option<SkipReason>,
    at: Timestamp,
) -> Result<NextMessage, Fault> {
    let status = if missing.is_some() { Status::Skipped } else { Status::Streaming };
    let (id, replaces): (i64, Option<i64>) = query(ANSWER)
        .bind(key.conversation.0)
        .bind(key.turn.0)
        .bind(i64::from(key.number))
        .bind(number(key.fence))
        .bind(role.as_str())
        .bind(key.aside)
        .bind(status.as_str())
        .bind(missing.map(SkipReason::as_str))
        .bind(at.0)
        .bind(missing.map(|_| at.0))
        .fetch_one(db)
        .await?;
    Ok(NextMessage { id: MessageId(id), replaces: replaces.map(MessageId) })
}

pub(super) async fn beat(
    db: &mut Connection<'_>,
    beat: Heartbeat<'_>,
) -> Result<LeaseStatus, Fault> {
    let owned: Option<(bool, i64)> = query(sql::BEAT)
        .bind(beat.turn.0)
        .bind(number(beat.fence))
        .bind(beat.lease_until.0)
        .fetch_optional(&mut *db)
        .await?;
    let Some((stop, reply)) = owned else { return Ok(LeaseStatus::Gone) };
    if let Some(text) = beat.text.filter(|_| reply == beat.reply.0) {
        query(sql::GROW).bind(reply).bind(text).execute(db).await?;
    }
    Ok(LeaseStatus::Owner { stop })
}

/// An owned copy of a [`Finish`].
#[derive(Debug)]
pub(super) struct Finished {
    turn: TurnId,
    fence: u64,
    lane: Lane,
    reply: MessageId,
    text: String,
    status: Status,
    finish_reason: Option<String>,
    model: Option<String>,
    first_delta_at: Option<Timestamp>,
    timing: String,
    settlement: Settlement,
    call: CallReport,
    cost: Option<u64>,
    then: NextStep,
    turn_cost: TurnCost,
    ends: Option<EndReason>,
    at: Timestamp,
    lease_until: Timestamp,
}

impl Finished {
    pub(super) fn new(finish: &Finish<'_>) -> Self {
        Self {
            turn: finish.turn,
            fence: finish.fence,
            lane: finish.lane,
            reply: finish.reply,
            text: finish.text.to_owned(),
            status: finish.status,
            finish_reason: finish.finish_reason.map(ToOwned::to_owned),
            model: finish.model.map(ToOwned::to_owned),
            first_delta_at: finish.first_delta_at,
            timing: finish.timing.to_owned(),
            settlement: finish.settlement,
            call: finish.call.clone(),
            cost: finish.cost,
            then: finish.then,
            turn_cost: finish.turn_cost,
            ends: finish.ends,
            at: finish.at,
            lease_until: finish.lease_until,
        }
    }
}

pub(super) async fn finish(db: &mut Connection<'_>, finish: &Finished) -> Result<Finishing, Fault> {
    query(locks::CONVERSATION_OF_TURN).bind(finish.turn.0).execute(db).await?;
    let owned: Option<(Uuid, i64, bool, Uuid, Option<i64>)> = query(sql::FINISH_TURN)
        .bind(finish.turn.0)
        .bind(number(finish.fence))
        .bind(finish.reply.0)
        .bind(finish.lease_until.0)
        .fetch_optional(&mut *db)
        .await?;
    let Some((conversation, turn_number, aside, attempt, ceiling)) = owned else {
        return finished_before(db, finish).await;
    };
    let attempt = TurnId(attempt);
    let key = AnswerKey {
        conversation: ConversationId(conversation),
        turn: finish.turn,
        number: small(turn_number),
        aside,
        fence: finish.fence,
    };
    finish_message(db, finish).await?;
    let charge = Charge {
        settlement: finish.settlement,
        call: &finish.call,
        cost: finish.cost,
        at: finish.at,
    };
    let mut entries = Vec::new();
    let own = ReservationId::of(attempt, finish.lane);
    let mut balance = ledger::close(db, own, charge, &mut entries).await?;
    let next = match finish.then {
        NextStep::Speak(lane) => Some(speak(db, key, attempt, lane, finish.at).await?),
        NextStep::Skip(reason) => {
            Some(answer(db, key, Role::Coach, Some(reason), finish.at).await?)
        }
        NextStep::Close => None,
    };
    let closes = !matches!(finish.then, NextStep::Speak(_));
    if closes {
        let shut = shut(db, finish.turn, attempt, finish.at, &mut entries);
        balance = shut.await?.or(balance);
        if let Some(reason) = finish.ends {
            query(sql::END_WITH_TURN)
                .bind(conversation)
                .bind(reason.as_str())
                .bind(finish.at.0)
                .execute(&mut *db)
                .await?;
        }
    }
    let mut funds = balance.map(|balance| Funds { balance, ceiling: ceiling.map(small) });
    if closes {
        funds = lower(db, key.conversation, funds, finish.turn_cost).await?;
    }
    Ok(Finishing::Kept { next, funds, entries })
}

async fn finish_message(db: &mut Connection<'_>, finish: &Finished) -> Result<(), Fault> {
    let usage = match finish.settlement {
        Settlement::Reported(usage) => UsageRow::from(usage),
        Settlement::Estimated(_) | Settlement::Voided(_) => UsageRow::default(),
    };
    query(sql::FINISH_MESSAGE)
        .bind(finish.reply.0)
        .bind(&finish.text)
        .bind(finish.status.as_str())
        .bind(finish.finish_reason.as_deref())
        .bind(finish.model.as_deref())
        .bind(finish.first_delta_at.map(|at| at.0))
        .bind(finish.at.0)
        .bind(&finish.timing)
        .bind(usage.input_tokens)
        .bind(usage.cached_input)
        .bind(usage.cache_write)
        .bind(usage.output_tokens)
        .bind(usage.reasoning)
        .execute(db)
        .await?;
    Ok(())
}

/// Begins the next answer under the call reserved for it.
async fn speak(
    db: &mut Connection<'_>,
    key: AnswerKey,
    attempt: TurnId,
    lane: Lane,
    at: Timestamp,
) -> Result<NextMessage, Fault> {
    let role = Role::of(lane).unwrap_or(Role::Coach);
    let next = answer(db, key, role, None, at).await?;
    ledger::begin_call(db, ReservationId::of(attempt, lane), next.id).await?;
    query(sql::NEXT_ANSWER)
        .bind(key.turn.0)
        .bind(next.id.0)
        .bind(lane.as_str())
        .execute(db)
        .await?;
    Ok(next)
}

/// Returns the outcome of an identical earlier call, if there was one.
async fn finished_before(db: &mut Connection<'_>, finish: &Finished) -> Result<Finishing, Fault> {
    let funds: Option<FundsRow> = query(sql::FINISHED)
        .bind(finish.reply.0)
        .bind(finish.turn.0)
        .bind(number(finish.fence))
        .fetch_optional(&mut *db)
        .await?;
    let Some(funds) = funds else { return Ok(Finishing::Gone) };
    let next: Option<(i64, Option<i64>)> = query(sql::FOLLOWED_BY)
        .bind(finish.turn.0)
        .bind(finish.reply.0)
        .bind(number(finish.fence))
        .fetch_optional(db)
        .await?;
    let next = next
        .map(|(id, replaces)| NextMessage { id: MessageId(id), replaces: replaces.map(MessageId) });
    Ok(Finishing::Kept { next, funds: funds.get(), entries: Vec::new() })
}

/// Lowers a conversation's ceiling according to `funds` and the cost of a turn.
async fn lower(
    db: &mut Connection<'_>,
    id: ConversationId,
    funds: Option<Funds>,
    cost: TurnCost,
) -> Result<Option<Funds>, Fault> {
    let Some(funds) = funds else { return Ok(None) };
    let ceiling = funds.lowered_ceiling(cost);
    query(sql::LOWER_CEILING).bind(id.0).bind(i64::from(ceiling)).execute(db).await?;
    Ok(Some(Funds { ceiling: Some(ceiling), ..funds }))
}

/// Lowers the ceiling of a conversation whose turn was recovered.
pub(super) async fn lower_ceiling(
    db: &mut Connection<'_>,
    id: ConversationId,
    cost: TurnCost,
) -> Result<Option<Funds>, Fault> {
    query(locks::CONVERSATION).bind(id.0).execute(db).await?;
    let funds: Option<FundsRow> = query(sql::FUNDS).bind(id.0).fetch_optional(&mut *db).await?;
    lower(db, id, funds.and_then(FundsRow::get), cost).await
}

/// Closes a turn; calls that never started are voided.
async fn shut(
    db: &mut Connection<'_>,
    turn: TurnId,
    attempt: TurnId,
    at: Timestamp,
    entries: &mut Vec<UsageEntry>,
) -> Result<Option<Balance>, Fault> {
    query(sql::SHUT).bind(turn.0).execute(&mut *db).await?;
    ledger::void_unused(db, attempt, at, entries).await
}

/// An open turn to close because its owner is lost or its user is erased.
#[derive(Debug, FromRow)]
pub(super) struct LostRow {
    id: Uuid,
    conversation_id: Uuid,
    number: i64,
    aside: bool,
    fence: i64,
    attempt_id: Uuid,
    reply_id: i64,
    owed: Option<String>,
    message_id: i64,
}

pub(super) async fn recover(
    db: &mut Connection<'_>,
    lease_before: Option<Timestamp>,
    running: &[TurnId],
    at: Timestamp,
) -> Result<Vec<Recovered>, Fault> {
    let before = lease_before.unwrap_or(Timestamp(i64::MAX));
    let mut lost: Vec<LostRow> = query(sql::LOST)
        .bind(before.0)
        .bind(running.iter().map(|attempt| attempt.0).collect::<Vec<_>>())
        .fetch_all(&mut *db)
        .await?;
    lost.sort_by_key(|turn| turn.message_id);
    let reserved_before =
        lease_before.map_or(Timestamp(i64::MAX), |before| before.before(StandaloneCall::LIFE));
    ledger::estimate_abandoned(db, reserved_before, at).await?;
    let mut recovered = Vec::with_capacity(lost.len());
    for turn in lost {
        recovered.push(recover_one(db, turn, at).await?);
    }
    Ok(recovered)
}

pub(super) async fn recover_one(
    db: &mut Connection<'_>,
    lost: LostRow,
    at: Timestamp,
) -> Result<Recovered, Fault> {
    let key = AnswerKey {
        conversation: ConversationId(lost.conversation_id),
        turn: TurnId(lost.id),
        number: small(lost.number),
        aside: lost.aside,
        fence: count(lost.fence),
    };
    let attempt = TurnId(lost.attempt_id);
    query(sql::INTERRUPT).bind(lost.reply_id).bind(at.0).bind(lost.fence).execute(&mut *db).await?;
    let mut messages = vec![message(db, MessageId(lost.reply_id)).await?];
    let bytes = messages[0].content.len();
    let mut entries = Vec::new();
    ledger::estimate(db, attempt, MessageId(lost.reply_id), bytes, at, &mut entries).await?;
    if let Some(reason) = skip_reason(lost.owed.as_deref())? {
        let skipped = answer(db, key, Role::Coach, Some(reason), at).await?;
        messages.push(message(db, skipped.id).await?);
    }
    shut(db, key.turn, attempt, at, &mut entries).await?;
    let (conversation, turn) = (key.conversation, key.number);
    Ok(Recovered { conversation, turn, messages, entries })
}

async fn message(db: &mut Connection<'_>, id: MessageId) -> Result<Message, Fault> {
    let row: MessageRow = query(sql::MESSAGE).bind(id.0).fetch_one(db).await?;
    row.try_into()
}
