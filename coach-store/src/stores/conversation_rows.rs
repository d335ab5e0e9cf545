//! The rows of conversations, of their snapshots and of their heads.

use coach_core::{
    conversation::{Conversation, EndReason, OpenTurn},
    ids::{ConversationId, MessageId, TurnId, UserId},
    ports::{ConversationHead, ConversationSnapshot},
    scenario::{CoachSees, CoachWhen, Script},
    timestamp::Timestamp,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::rows::{FundsRow, invitation, small};
use crate::error::Fault;

#[derive(Debug, FromRow)]
pub(super) struct ConversationRow {
    id: Uuid,
    owner_id: Uuid,
    invitation_id: Option<Uuid>,
    scenario: Option<String>,
    scenario_version: Option<String>,
    coach: bool,
    aside: bool,
    created_at: i64,
    turn: i64,
    end_reason: Option<String>,
    ended_at: Option<i64>,
    erased_at: Option<i64>,
    allowance: bool,
    title: String,
    card: String,
    language: String,
    partner_name: String,
    partner_prompt: String,
    partner_temperature: Option<f32>,
    partner_max_output: i64,
    opening: Option<String>,
    coach_prompt: String,
    coach_temperature: Option<f32>,
    coach_max_output: i64,
    coach_when: String,
    coach_sees: String,
    max_turns: Option<i64>,
    max_seconds: Option<i64>,
}

impl TryFrom<ConversationRow> for Conversation {
    type Error = Fault;

    fn try_from(row: ConversationRow) -> Result<Self, Fault> {
        let script = Script {
            title: row.title,
            card: row.card,
            language: row.language,
            partner_name: row.partner_name,
            partner_prompt: row.partner_prompt,
            partner_temperature: row.partner_temperature,
            partner_max_output: small(row.partner_max_output),
            opening: row.opening,
            coach_prompt: row.coach_prompt,
            coach_temperature: row.coach_temperature,
            coach_max_output: small(row.coach_max_output),
            coach_when: CoachWhen::parse(&row.coach_when)
                .ok_or_else(|| Fault::unknown("coach_when", &row.coach_when))?,
            coach_sees: CoachSees::parse(&row.coach_sees)
                .ok_or_else(|| Fault::unknown("coach_sees", &row.coach_sees))?,
            max_turns: row.max_turns.map(small),
            max_seconds: row.max_seconds.map(small),
        };
        let ended = row.end_reason.as_deref().map(end_reason).transpose()?;
        Ok(Self {
            id: ConversationId(row.id),
            owner: UserId(row.owner_id),
            invitation: invitation(row.invitation_id),
            allowance: row.allowance,
            scenario: row.scenario.zip(row.scenario_version),
            script,
            coach: row.coach,
            aside: row.aside,
            created_at: Timestamp(row.created_at),
            turn: small(row.turn),
            ended: ended.zip(row.ended_at.map(Timestamp)),
            erased_at: row.erased_at.map(Timestamp),
        })
    }
}

pub(super) fn end_reason(name: &str) -> Result<EndReason, Fault> {
    EndReason::parse(name).ok_or_else(|| Fault::unknown("end reason", name))
}

#[derive(Debug, FromRow)]
pub(super) struct PresentRow {
    open_id: Option<Uuid>,
    open_number: Option<i64>,
    open_aside: Option<bool>,
    open_reply_id: Option<i64>,
    newest_id: Option<i64>,
    #[sqlx(flatten)]
    funds: FundsRow,
    #[sqlx(flatten)]
    conversation: ConversationRow,
}

impl TryFrom<PresentRow> for ConversationSnapshot {
    type Error = Fault;

    fn try_from(row: PresentRow) -> Result<Self, Fault> {
        let open = row.open_id.zip(row.open_number).zip(row.open_aside.zip(row.open_reply_id));
        Ok(Self {
            conversation: row.conversation.try_into()?,
            open: open.map(|((id, number), (aside, reply))| OpenTurn {
                id: TurnId(id),
                turn: small(number),
                aside,
                reply: MessageId(reply),
            }),
            newest: row.newest_id.map(MessageId),
            funds: row.funds.get(),
        })
    }
}

#[derive(Debug, FromRow)]
pub(super) struct HeadRow {
    id: Uuid,
    growing_id: Option<i64>,
    end_reason: Option<String>,
    newest_id: Option<i64>,
}

impl TryFrom<HeadRow> for ConversationHead {
    type Error = Fault;

    fn try_from(row: HeadRow) -> Result<Self, Fault> {
        Ok(Self {
            id: ConversationId(row.id),
            newest: row.newest_id.map(MessageId),
            growing: row.growing_id.map(MessageId),
            ended: row.end_reason.as_deref().map(end_reason).transpose()?,
        })
    }
}
