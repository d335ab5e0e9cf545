//! Rows that several modules read, and conversions between columns and core types.

use coach_core::{
    conversation::{Message, MessageDetails, Role, SeenHow, SeenRecord, SkipReason, Status},
    ids::{InvitationId, MessageId, UserId},
    model::{Lane, TurnLane},
    timestamp::Timestamp,
    turn::{
        Funds,
        ledger::{Balance, Payer, Usage},
    },
};
use sqlx::{ColumnIndex, Decode, Error, FromRow, Row, Type};
use uuid::Uuid;

use crate::error::Fault;

/// Converts a count that the core never lets drop below zero.
pub(super) fn count(value: i64) -> u64 {
    value.unsigned_abs()
}

/// Converts a small count.
pub(super) fn small(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// Converts a count to a column, saturating at the column's maximum.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Returns where a list starts: at `before`, or at the maximum id.
pub(super) fn below<T>(before: Option<T>, id: impl Fn(T) -> Uuid) -> Uuid {
    before.map_or(Uuid::max(), id)
}

pub(super) fn lane(name: &str) -> Result<Lane, Fault> {
    Lane::parse(name).ok_or_else(|| Fault::unknown("lane", name))
}

pub(super) fn turn_lane(name: &str) -> Result<TurnLane, Fault> {
    TurnLane::parse(name).ok_or_else(|| Fault::unknown("lane of a turn", name))
}

pub(super) fn status(name: &str) -> Result<Status, Fault> {
    Status::parse(name).ok_or_else(|| Fault::unknown("status", name))
}

pub(super) fn skip_reason(name: Option<&str>) -> Result<Option<SkipReason>, Fault> {
    name.map(|name| SkipReason::parse(name).ok_or_else(|| Fault::unknown("skip reason", name)))
        .transpose()
}

/// A row with an `id`, which a join may leave out.
#[derive(Debug)]
pub(super) struct Joined<T>(pub(super) Option<T>);

impl<'r, R, T> FromRow<'r, R> for Joined<T>
where
    R: Row,
    T: FromRow<'r, R>,
    Option<Uuid>: Decode<'r, R::Database> + Type<R::Database>,
    &'static str: ColumnIndex<R>,
{
    fn from_row(row: &'r R) -> Result<Self, Error> {
        let id: Option<Uuid> = row.try_get("id")?;
        id.map(|_| T::from_row(row)).transpose().map(Self)
    }
}

/// The columns of a balance, which a join may leave empty.
#[derive(Clone, Copy, Debug, FromRow)]
pub(super) struct BalanceRow {
    quota: Option<i64>,
    used: Option<i64>,
    reserved: Option<i64>,
}

impl BalanceRow {
    pub(super) fn get(self) -> Option<Balance> {
        let (quota, used, reserved) = (self.quota?, self.used?, self.reserved?);
        Some(Balance { quota: count(quota), used: count(used), reserved: count(reserved) })
    }
}

/// The columns of what a conversation may still spend.
#[derive(Clone, Copy, Debug, FromRow)]
pub(super) struct FundsRow {
    #[sqlx(flatten)]
    balance: BalanceRow,
    turns_ceiling: Option<i64>,
}

impl FundsRow {
    pub(super) fn get(self) -> Option<Funds> {
        Some(Funds { balance: self.balance.get()?, ceiling: self.turns_ceiling.map(small) })
    }
}

/// The columns of a reported usage: all or none.
#[derive(Clone, Copy, Debug, Default, FromRow)]
pub(super) struct UsageRow {
    pub(super) input_tokens: Option<i64>,
    pub(super) cached_input: Option<i64>,
    pub(super) cache_write: Option<i64>,
    pub(super) output_tokens: Option<i64>,
    pub(super) reasoning: Option<i64>,
}

impl From<Usage> for UsageRow {
    fn from(usage: Usage) -> Self {
        Self {
            input_tokens: Some(number(usage.input)),
            cached_input: Some(number(usage.cached_input)),
            cache_write: Some(number(usage.cache_write)),
            output_tokens: Some(number(usage.output)),
            reasoning: Some(number(usage.reasoning)),
        }
    }
}

impl UsageRow {
    pub(super) fn get(self) -> Option<Usage> {
        Some(Usage {
            input: count(self.input_tokens?),
            cached_input: count(self.cached_input?),
            cache_write: count(self.cache_write?),
            output: count(self.output_tokens?),
            reasoning: count(self.reasoning?),
        })
    }
}

#[derive(Debug, FromRow)]
pub(super) struct MessageRow {
    id: i64,
    turn: i64,
    role: String,
    aside: bool,
    content: String,
    status: String,
    skip_reason: Option<String>,
    replaces_id: Option<i64>,
    client_id: Option<String>,
    created_at: i64,
    first_delta_at: Option<i64>,
    done_at: Option<i64>,
    finish_reason: Option<String>,
    model: Option<String>,
    #[sqlx(flatten)]
    usage: UsageRow,
}

impl TryFrom<MessageRow> for Message {
    type Error = Fault;

    fn try_from(row: MessageRow) -> Result<Self, Fault> {
        Ok(Self {
            id: MessageId(row.id),
            turn: small(row.turn),
            role: Role::parse(&row.role).ok_or_else(|| Fault::unknown("role", &row.role))?,
            aside: row.aside,
            content: row.content,
            status: status(&row.status)?,
            skipped: skip_reason(row.skip_reason.as_deref())?,
            replaces: row.replaces_id.map(MessageId),
            client_id: row.client_id,
            created_at: Timestamp(row.created_at),
            first_delta_at: row.first_delta_at.map(Timestamp),
            done_at: row.done_at.map(Timestamp),
            finish_reason: row.finish_reason,
            model: row.model,
            usage: row.usage.get(),
        })
    }
}

/// Converts an invitation's id column.
pub(super) fn invitation(id: Option<Uuid>) -> Option<InvitationId> {
    id.map(InvitationId)
}

/// Returns the payer from two columns of which at most one is set.
pub(super) fn payer(invitation: Option<Uuid>, allowance_of: Option<Uuid>) -> Payer {
    match (invitation, allowance_of) {
        (Some(id), _) => Payer::Invitation(InvitationId(id)),
        (None, Some(user)) => Payer::Allowance(UserId(user)),
        (None, None) => Payer::Unlimited,
    }
}

/// Converts every row, or returns the first error.
pub(super) fn all<R, T: TryFrom<R, Error = Fault>>(rows: Vec<R>) -> Result<Vec<T>, Fault> {
    rows.into_iter().map(T::try_from).collect()
}

/// The display records of a comment, shown and opened.
#[derive(Clone, Copy, Debug, FromRow)]
pub(super) struct SeenRow {
    id: i64,
    shown_at: Option<i64>,
    shown_share: Option<i64>,
    shown_ms: Option<i64>,
    opened_at: Option<i64>,
    opened_share: Option<i64>,
    opened_ms: Option<i64>,
}

impl SeenRow {
    pub(super) fn records(self) -> impl Iterator<Item = SeenRecord> {
        let shown = (SeenHow::Shown, self.shown_at, self.shown_share, self.shown_ms);
        let opened = (SeenHow::Opened, self.opened_at, self.opened_share, self.opened_ms);
        [shown, opened].into_iter().filter_map(move |(how, first_at, share, ms)| {
            let first_at = Timestamp(first_at?);
            let message = MessageId(self.id);
            let share = share.and_then(|share| u8::try_from(share).ok());
            Some(SeenRecord { message, how, first_at, share, ms: ms.map(count) })
        })
    }
}

/// A message with everything that is kept about it.
#[derive(Debug, FromRow)]
pub(super) struct DetailsRow {
    #[sqlx(flatten)]
    message: MessageRow,
    timing: String,
    #[sqlx(flatten)]
    seen: SeenRow,
}

impl TryFrom<DetailsRow> for MessageDetails {
    type Error = Fault;

    fn try_from(row: DetailsRow) -> Result<Self, Fault> {
        Ok(Self {
            message: row.message.try_into()?,
            timing: row.timing,
            seen: row.seen.records().collect(),
        })
    }
}
