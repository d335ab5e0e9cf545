//! Open turns: ownership, progress and closing.

use std::{collections::HashMap, time::Duration};

use coach_core::{
    conversation::{EndReason, SkipReason, Status},
    ids::{ConversationId, MessageId, TurnId},
    model::{CallReport, TurnLane},
    ports::{Finish, Finishing, Heartbeat, LeaseStatus, NextMessage, NextStep},
    rules::{
        finish::{self, BeatFacts, FinishFacts, FinishPlan, FinishedAnswer, TurnChange, TurnFacts},
        messages::{NewMessage, NewestAnswers},
    },
    timestamp::Timestamp,
    turn::{Funds, TurnCost, ledger::Settlement},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    leases,
    ledger::{self, ReservationRow},
    rows::{FundsRow, Joined, UsageRow, all, count, number, skip_reason, small, status},
};
use crate::{
    connection::{Batch, Connection, Query, query},
    error::Fault,
    sql::{
        admissions::{APPEND, NEXT_MESSAGE},
        locks, turns as sql,
    },
};

#[derive(Debug, FromRow)]
pub(super) struct TurnRow {
    id: Uuid,
    conversation_id: Uuid,
    number: i64,
    aside: bool,
    is_open: bool,
    fence: i64,
    attempt_id: Uuid,
    reply_id: i64,
    owed: Option<String>,
    message_id: i64,
    newest_partner: Option<i64>,
    newest_coach: Option<i64>,
}

impl TryFrom<TurnRow> for TurnFacts {
    type Error = Fault;

    fn try_from(row: TurnRow) -> Result<Self, Fault> {
        Ok(Self {
            id: TurnId(row.id),
            conversation: ConversationId(row.conversation_id),
            number: small(row.number),
            aside: row.aside,
            open: row.is_open,
            fence: count(row.fence),
            attempt: TurnId(row.attempt_id),
            reply: MessageId(row.reply_id),
            owed: skip_reason(row.owed.as_deref())?,
            message: MessageId(row.message_id),
            newest: NewestAnswers {
                partner: row.newest_partner.map(MessageId),
                coach: row.newest_coach.map(MessageId),
            },
        })
    }
}

/// Returns what saves a message.
pub(super) fn append(id: MessageId, new: &NewMessage<'_>) -> Query {
    query(APPEND)
        .bind(id.0)
        .bind(new.conversation.0)
        .bind(new.turn.map(|id| id.0))
        .bind(i64::from(new.number))
        .bind(number(new.fence))
        .bind(new.role.as_str())
        .bind(new.aside)
        .bind(new.content)
        .bind(new.status.as_str())
        .bind(new.skipped.map(SkipReason::as_str))
        .bind(new.client_id)
        .bind(new.at.0)
        .bind(new.done_at.map(|at| at.0))
        .bind(new.replaces.map(|id| id.0))
}

/// Returns the id of a message to append.
pub(super) async fn next_message(db: &mut Connection<'_>) -> Result<MessageId, Fault> {
    let (id,): (i64,) = query(NEXT_MESSAGE).fetch_one(db).await?;
    Ok(MessageId(id))
}

/// Owned copies of heartbeats.
#[derive(Debug)]
pub(super) struct Beats {
    beats: Vec<(Heartbeat<'static>, Option<String>)>,
    lease: Duration,
}

impl Beats {
    pub(super) fn new(beats: &[Heartbeat<'_>], lease: Duration) -> Self {
        let beats =
            beats.iter().map(|&Heartbeat { conversation, turn, fence, reply, text, renews }| {
                let beat = Heartbeat { conversation, turn, fence, reply, text: None, renews };
                (beat, text.map(ToOwned::to_owned))
            });
        Self { beats: beats.collect(), lease }
    }

    /// Returns the heartbeats with their texts.
    fn iter(&self) -> impl Iterator<Item = Heartbeat<'_>> {
        self.beats.iter().map(|(beat, text)| Heartbeat { text: text.as_deref(), ..*beat })
    }

    fn column<'a, T>(&'a self, value: impl Fn(Heartbeat<'a>) -> T) -> Vec<T> {
        self.iter().map(value).collect()
    }
}

#[derive(Debug, FromRow)]
struct BeatRow {
    id: Uuid,
    is_locked: bool,
    is_open: bool,
    fence: i64,
    reply_id: i64,
    stop: bool,
}

impl From<&BeatRow> for BeatFacts {
    fn from(row: &BeatRow) -> Self {
        match row.is_locked {
            true => Self::Locked,
            false => Self::Turn {
                open: row.is_open,
                fence: count(row.fence),
                reply: MessageId(row.reply_id),
                stop: row.stop,
            },
        }
    }
}

pub(super) async fn beat(
    db: &mut Connection<'_>,
    beats: &Beats,
) -> Result<Vec<LeaseStatus>, Fault> {
    let lease = leases::lease(db, beats.lease);
    let mut known = query(sql::BEAT).bind(beats.column(|beat| beat.turn.0));
    if let Connection::Postgres(_) = db {
        let due = beats.iter().filter(|beat| beat.renews).map(|beat| beat.turn.0);
        let growing = beats.iter().filter(|beat| beat.text.is_some()).map(|beat| beat.reply.0);
        known = known
            .bind(beats.column(|beat| number(beat.fence)))
            .bind(lease)
            .bind(beats.column(|beat| beat.reply.0))
            .bind(beats.column(|beat| beat.text.map(ToOwned::to_owned)))
            .bind(due.collect::<Vec<_>>())
            .bind(growing.collect::<Vec<_>>());
    }
    let rows: Vec<BeatRow> = known.fetch_all(db).await?;
    let found: HashMap<_, _> = rows.iter().map(|row| (row.id, BeatFacts::from(row))).collect();
    let (mut statuses, mut due, mut growing, mut texts) = (vec![], vec![], vec![], vec![]);
    for beat in beats.iter() {
        let (status, text) = finish::beat(found.get(&beat.turn.0).copied(), &beat);
        statuses.push(status);
        if status.is_owner() && beat.renews {
            due.push(beat.turn.0);
        }
        if let Some(text) = text {
            growing.push(beat.reply.0);
            texts.push(Some(text.to_owned()));
        }
    }
    if let Connection::Sqlite(_) = db {
        let mut batch = Batch::last();
        if !due.is_empty() {
            batch.push(query(sql::RENEW).bind(due).bind(lease));
        }
        if !growing.is_empty() {
            batch.push(query(sql::GROW).bind(growing).bind(texts));
        }
        batch.execute(db).await?;
    }
    Ok(statuses)
}

/// An owned copy of a [`Finish`].
#[derive(Debug)]
pub(super) struct Finished {
    conversation: ConversationId,
    turn: TurnId,
    fence: u64,
    lane: TurnLane,
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
    lease: Duration,
}

impl Finished {
    pub(super) fn new(finish: &Finish<'_>) -> Self {
        Self {
            conversation: finish.conversation,
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
            lease: finish.lease,
        }
    }

    pub(super) fn get(&self) -> Finish<'_> {
        Finish {
            conversation: self.conversation,
            turn: self.turn,
            fence: self.fence,
            lane: self.lane,
            reply: self.reply,
            text: &self.text,
            status: self.status,
            finish_reason: self.finish_reason.as_deref(),
            model: self.model.as_deref(),
            first_delta_at: self.first_delta_at,
            timing: &self.timing,
            settlement: self.settlement,
            call: self.call.clone(),
            cost: self.cost,
            then: self.then,
            turn_cost: self.turn_cost,
            ends: self.ends,
            at: self.at,
            lease: self.lease,
        }
    }
}

#[derive(Debug, FromRow)]
struct FinishFactsRow {
    #[sqlx(flatten)]
    funds: FundsRow,
    ended: bool,
    next_id: i64,
    #[sqlx(flatten)]
    reservation: Joined<ReservationRow>,
}

pub(super) async fn finish(db: &mut Connection<'_>, end: &Finish<'_>) -> Result<Finishing, Fault> {
    let row: Option<TurnRow> = query(sql::TURN).bind(end.turn.0).fetch_optional(db).await?;
    let turn = row.map(TurnFacts::try_from).transpose()?;
    let Some(turn) = turn.filter(|turn| turn.is_owned(end.fence, end.reply)) else {
        let answer = finished_answer(db, end).await?;
        return Ok(finish::repeated(answer.as_ref(), end));
    };
    let id = turn.conversation;
    let [partner, coach, aside] = turn.reservations();
    let wanted = query(sql::FINISH_FACTS).bind(id.0);
    let wanted = wanted.bind(partner.0).bind(coach.0).bind(aside.0);
    let rows: Vec<FinishFactsRow> = wanted.fetch_all(db).await?;
    let Some(&FinishFactsRow { funds, ended, next_id, .. }) = rows.first() else {
        return Err(Fault::new("no such conversation"));
    };
    let reservations = all(rows.into_iter().filter_map(|row| row.reservation.0).collect())?;
    let facts = FinishFacts { turn, reservations, funds: funds.get(), ended };
    let mut plan = finish::finish(&facts, end).map_err(Fault::new)?;
    let settled = std::mem::take(&mut plan.settled);
    let next = plan.next.map(|next| {
        let place = NextMessage { id: MessageId(next_id), replaces: next.replaces };
        (place, append(place.id, &next))
    });
    let (next, appended) = next.unzip();
    let mut batch = Batch::last();
    batch.push(finish_message(&plan, end));
    batch.extend(appended);
    match plan.turn {
        TurnChange::Continues { begins, owed } => {
            let reply = next.map_or(turn.reply, |next| next.id);
            let lease = leases::lease(db, end.lease);
            batch.push(ledger::begin_call(begins, reply));
            batch.push(
                query(sql::NEXT_ANSWER)
                    .bind(turn.id.0)
                    .bind(reply.0)
                    .bind(owed.map(SkipReason::as_str))
                    .bind(lease),
            );
        }
        TurnChange::Closes => batch.push(shut(turn.id, turn.fence)),
    }
    if plan.ends.is_some() || plan.ceiling.is_some() {
        batch.push(
            query(sql::AFTER_TURN)
                .bind(id.0)
                .bind(plan.ceiling.map(i64::from))
                .bind(plan.ends.map(|(reason, _)| reason.as_str()))
                .bind(plan.ends.map(|(_, at)| at.0)),
        );
    }
    let entries = ledger::settle(db, batch, settled).await?;
    Ok(plan.finishing(next, entries))
}

fn finish_message(plan: &FinishPlan, finish: &Finish<'_>) -> Query {
    let usage = plan.usage.map(UsageRow::from).unwrap_or_default();
    query(sql::FINISH_MESSAGE)
        .bind(plan.reply.0)
        .bind(finish.text)
        .bind(finish.status.as_str())
        .bind(finish.finish_reason)
        .bind(finish.model)
        .bind(finish.first_delta_at.map(|at| at.0))
        .bind(finish.at.0)
        .bind(finish.timing)
        .bind(usage.input_tokens)
        .bind(usage.cached_input)
        .bind(usage.cache_write)
        .bind(usage.output_tokens)
        .bind(usage.reasoning)
}

#[derive(Debug, FromRow)]
struct FinishedRow {
    turn_id: Option<Uuid>,
    fence: i64,
    status: String,
    #[sqlx(flatten)]
    funds: FundsRow,
}

/// Loads the answer that an earlier call may have committed.
async fn finished_answer(
    db: &mut Connection<'_>,
    finish: &Finish<'_>,
) -> Result<Option<FinishedAnswer>, Fault> {
    let row: Option<FinishedRow> = query(sql::FINISHED)
        .bind(finish.reply.0)
        .bind(finish.conversation.0)
        .fetch_optional(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let next: Option<(i64, Option<i64>)> = query(sql::FOLLOWED_BY)
        .bind(finish.turn.0)
        .bind(finish.reply.0)
        .bind(number(finish.fence))
        .fetch_optional(db)
        .await?;
    Ok(Some(FinishedAnswer {
        turn: row.turn_id.map(TurnId),
        fence: count(row.fence),
        is_final: status(&row.status)?.is_final(),
        next: next.map(|(id, replaces)| NextMessage {
            id: MessageId(id),
            replaces: replaces.map(MessageId),
        }),
        funds: row.funds.get(),
    }))
}

/// Lowers the ceiling of a conversation whose turn was recovered.
pub(super) async fn lower_ceiling(
    db: &mut Connection<'_>,
    id: ConversationId,
    cost: TurnCost,
) -> Result<Option<Funds>, Fault> {
    query(locks::CONVERSATION).bind(id.0).execute(db).await?;
    let row: Option<FundsRow> = query(sql::LOCKED_FUNDS).bind(id.0).fetch_optional(db).await?;
    let funds = finish::lower_ceiling(row.and_then(FundsRow::get), cost);
    if let Some(ceiling) = funds.and_then(|funds| funds.ceiling) {
        query(sql::SET_CEILING).bind(id.0).bind(i64::from(ceiling)).execute(db).await?;
    }
    Ok(funds)
}

/// Returns what closes a turn.
pub(super) fn shut(id: TurnId, fence: u64) -> Query {
    query(sql::SHUT).bind(id.0).bind(number(fence))
}
