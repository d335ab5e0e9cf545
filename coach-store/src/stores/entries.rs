//! The ledger's entries: one row for each model call.

use std::time::Duration;

use coach_core::{
    ids::{ConversationId, EntryId, MessageId, ReservationId},
    model::{CallOutcome, CallReport, PromptHash},
    ports::UsageEntry,
    timestamp::Timestamp,
    turn::ledger::{ReservedTokens, Settlement},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::rows::{UsageRow, count, invitation, lane, number, small};
use crate::{
    connection::{Query, query},
    error::Fault,
    sql::ledger as sql,
};

/// Returns what saves an entry, and returns its id and its reservation.
pub(super) fn insert_entry(entry: &UsageEntry) -> Query {
    let row = UsageRow::from(entry.settlement.usage());
    let call = &entry.call;
    query(sql::INSERT_ENTRY)
        .bind(entry.reservation.0)
        .bind(entry.invitation.map(|id| id.0))
        .bind(entry.conversation.map(|id| id.0))
        .bind(entry.message.map(|id| id.0))
        .bind(entry.lane.as_str())
        .bind(number(entry.reserved.input))
        .bind(number(entry.reserved.output))
        .bind(entry.settlement.source())
        .bind(row.input_tokens)
        .bind(row.cached_input)
        .bind(row.cache_write)
        .bind(row.output_tokens)
        .bind(row.reasoning)
        .bind(&call.answered)
        .bind(entry.cost.map(number))
        .bind(entry.at.0)
        .bind(call.outcome.as_str())
        .bind(call.outcome.detail())
        .bind(&call.requested)
        .bind(call.first_token.map(micros))
        .bind(call.elapsed.map(micros))
        .bind(micros(call.waited))
        .bind(i64::from(call.retries))
        .bind(&call.finish_reason)
        .bind(&call.request_id)
        .bind(call.prompt.map(|prompt| prompt.to_string()))
        .bind(&call.build)
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

fn duration(micros: i64) -> Duration {
    Duration::from_micros(count(micros))
}

#[derive(Debug, FromRow)]
pub(super) struct EntryRow {
    id: i64,
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
    #[sqlx(flatten)]
    call: CallRow,
    cost_micro_usd: Option<i64>,
    created_at: i64,
}

/// The columns of a [`CallReport`].
#[derive(Debug, FromRow)]
struct CallRow {
    model: Option<String>,
    outcome: String,
    outcome_detail: Option<String>,
    requested_model: Option<String>,
    first_token_us: Option<i64>,
    elapsed_us: Option<i64>,
    waited_us: i64,
    retries: i64,
    finish_reason: Option<String>,
    request_id: Option<String>,
    prompt_sha256: Option<String>,
    build: Option<String>,
}

impl TryFrom<CallRow> for CallReport {
    type Error = Fault;

    fn try_from(row: CallRow) -> Result<Self, Fault> {
        let outcome = CallOutcome::parse(&row.outcome, row.outcome_detail.as_deref());
        let prompt = row.prompt_sha256.map(|hash| {
            PromptHash::parse(&hash).ok_or_else(|| Fault::unknown("prompt hash", &hash))
        });
        Ok(Self {
            outcome: outcome.ok_or_else(|| Fault::unknown("outcome of a call", &row.outcome))?,
            requested: row.requested_model,
            answered: row.model,
            first_token: row.first_token_us.map(duration),
            elapsed: row.elapsed_us.map(duration),
            waited: duration(row.waited_us),
            retries: small(row.retries),
            finish_reason: row.finish_reason,
            request_id: row.request_id,
            prompt: prompt.transpose()?,
            build: row.build,
        })
    }
}

impl TryFrom<EntryRow> for UsageEntry {
    type Error = Fault;

    fn try_from(row: EntryRow) -> Result<Self, Fault> {
        let settlement = Settlement::parse(&row.source, row.usage.get().unwrap_or_default());
        Ok(Self {
            id: EntryId(row.id),
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
            call: row.call.try_into()?,
            cost: row.cost_micro_usd.map(count),
            at: Timestamp(row.created_at),
        })
    }
}
