//! The estimate of remaining turns, and when a change of it is published.
//!
//! Tokens that another conversation of the same payer has reserved are not available until they are released.
//! An idle room publishes the new value whenever another room changes the shared balance; a room with an open
//! turn keeps its previous value and publishes the new one when the turn closes. The arithmetic is in
//! [`turns_left`](crate::turn).

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use uuid::Uuid;

use super::open::unkept;
use super::{
    say::Say,
    turns_left::{Funds, TurnCost, TurnLimit, shown},
};
use crate::{
    coach::Coach,
    conversation::{Conversation, Line, Message, PromptStyle, Prospect, Role, Status, Transcript},
    error::CoachError,
    ids::{ConversationId, MessageId, UserId},
    invitation::Invitation,
    live::{Event, Quota, Room, TurnState},
    ports::{ConversationFilter, ConversationSnapshot, StoreError, TurnReservations},
    scenario::{Scenario, Script},
    timestamp::Timestamp,
    turn::ledger::{Balance, Payer, ReservedTokens},
};

/// How long a room waits before a store that did not respond is asked again.
const AGAIN: Duration = Duration::from_secs(1);

/// Bytes in a message of typical length, about sixty words.
const USUAL_MESSAGE: usize = 400;

/// How many of the last turns count for the cost of a typical one.
const RECENT: usize = 5;

impl Coach {
    /// Publishes the new quota to the payer's other rooms after the room changed the balance.
    pub(crate) fn moved_in(&self, room: &Room) {
        let payer = room.record().payer();
        for other in self.0.rooms.paid_by(payer) {
            if other.id() != room.id() {
                self.count_again(&other);
            }
        }
        self.wake_payer(payer);
    }

    /// Publishes the new quota to all rooms of a payer after its balance changed outside of a turn.
    pub(crate) fn moved(&self, payer: Payer) {
        self.count_payer_again(payer);
        self.wake_payer(payer);
    }

    /// Publishes the new quota to the payer's rooms in this process.
    pub(super) fn count_payer_again(&self, payer: Payer) {
        for room in self.0.rooms.paid_by(payer) {
            self.count_again(&room);
        }
    }

    /// Runs in its own task, because the caller may hold the order of another room.
    pub(crate) fn count_again(&self, room: &Arc<Room>) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (coach, room) = (self.clone(), Arc::downgrade(room));
        runtime.spawn(async move {
            while let Some(room) = room.upgrade() {
                let Err(error) = coach.publish_quota(&room).await else { return };
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "publishing the quota failed, retrying"
                );
                drop(room);
                tokio::time::sleep(AGAIN).await;
            }
        });
    }

    async fn publish_quota(&self, room: &Arc<Room>) -> Result<(), StoreError> {
        // Read in the room's order, so that an older balance is never published after a newer one.
        let room = room.order().await;
        let here = room.here();
        if here.state != TurnState::Idle || here.ended.is_some() {
            return Ok(());
        }
        let funds = self.0.stores.funds(room.id()).await?;
        let quota = self.quota(&room, funds);
        room.publish((quota != here.quota).then_some(Event::Quota(quota)));
        Ok(())
    }

    /// Returns the quota to publish to participant and researchers while no turn is open in the room.
    pub(crate) fn quota(&self, room: &Room, funds: Option<Funds>) -> Quota {
        self.quota_at(room, funds, room.turn().0)
    }

    /// Returns the quota to publish while a turn is open that this process did not open: the value from
    /// before the turn, as far as it can still be determined.
    pub(crate) fn quota_before_open(&self, room: &Room, present: &ConversationSnapshot) -> Quota {
        let (funds, turn) = funds_before_open(present);
        self.quota_at(room, funds, turn)
    }

    fn quota_at(&self, room: &Room, funds: Option<Funds>, turn: u32) -> Quota {
        let record = room.record();
        let cost = || room.with_transcript(|transcript| self.note_cost(record, transcript));
        quota_of(&record.script, funds.map(|funds| (funds, cost())), turn)
    }

    /// Returns the cost of the next turn after `transcript`, which is remembered for reads.
    fn note_cost(&self, record: &Conversation, transcript: &Transcript) -> TurnCost {
        let models = self.0.models.changes();
        let cost = self.cost_of_turn(record, &Prospect::of(transcript));
        let newest = transcript.record().next_back().map(|newest| newest.id);
        self.0.costs.note(record.id, newest, models, cost);
        cost
    }

    /// Returns the cost of the next turn of a conversation as the store has it. Opens no room, and reads the
    /// messages only if the cost was not determined since the newest one.
    async fn cost_after_newest(
        &self,
        present: &ConversationSnapshot,
    ) -> Result<TurnCost, StoreError> {
        let (record, newest) = (&present.conversation, present.newest);
        if let Some(cost) = self.0.costs.after(record.id, newest, &self.0.models) {
            return Ok(cost);
        }
        let messages = match newest {
            None => Vec::new(),
            Some(_) => self.0.stores.messages(record.id, None, u32::MAX).await?,
        };
        Ok(self.note_cost(record, &Transcript::of(PromptStyle::of(&record.script), messages)))
    }

    /// Returns roughly how many turns an invitation has left, and which limit determines the number: for its
    /// newest conversation, or for a new one. The caps and length of an ended conversation do not limit the
    /// next one.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn turns_left(
        &self,
        invitation: &Invitation,
    ) -> Result<(u32, TurnLimit), CoachError> {
        let of_quota = |quota: Quota| {
            (quota.turns_left.unwrap_or_default(), quota.limit.unwrap_or(TurnLimit::Quota))
        };
        let under = ConversationFilter::Invitation(invitation.id);
        if let Some(newest) = self.0.stores.conversations(under, None, 1).await?.first() {
            let here = self.0.rooms.get(newest.id).map(|room| room.here());
            if let Some(here) = here.filter(|here| here.state != TurnState::Idle) {
                // The open turn's reservation is not lost, so the value from before the turn applies until it
                // closes.
                return Ok(of_quota(here.quota));
            }
            let present = self.0.stores.present(newest.id).await?.ok_or(CoachError::NotFound)?;
            let cost = self.cost_after_newest(&present).await?;
            if present.conversation.ended.is_none() {
                let (funds, turn) = funds_before_open(&present);
                let paid = funds.map(|funds| (funds, cost));
                return Ok(of_quota(quota_of(&present.conversation.script, paid, turn)));
            }
            let left = present.funds.map_or(0, |funds| funds.turns_left(cost));
            if left > 0 {
                return Ok((left, TurnLimit::Quota));
            }
        }
        let offered = self.offered(invitation.scenario.as_deref()).await?;
        let turns = offered.iter().filter_map(|scenario| {
            let cost = self.turn_cost(scenario, invitation.coach)?;
            let paid = Funds { balance: invitation.balance, ceiling: None }.turns_left(cost);
            shown(Some(paid), scenario.limits.max_turns)
        });
        // The number must be true for whichever scenario is chosen, among those that can be paid for.
        let least = turns.filter(|(turns, _)| *turns > 0).min_by_key(|(turns, _)| *turns);
        Ok(least.unwrap_or((0, TurnLimit::Quota)))
    }

    /// Returns the cost of a scenario's first turn, with the coach or without; `None` if its templates cannot
    /// be rendered.
    pub fn turn_cost(&self, scenario: &Scenario, coach: bool) -> Option<TurnCost> {
        let script = scenario.cast(&BTreeMap::new()).ok()?;
        let record = Conversation { coach, ..unbegun(script) };
        Some(self.cost_of_turn(&record, &Prospect::of(&beginning(&record.script))))
    }

    /// Returns the cost of the next turn after `said`.
    pub(crate) fn cost_of_turn(&self, record: &Conversation, said: &Prospect<'_>) -> TurnCost {
        let usual = Say::from("x".repeat(USUAL_MESSAGE).as_str());
        let next = said.clone().with(unkept(&usual, false));
        let reservations = self.turn_reservations(record, &next);
        let (partner, coach) = (reservations.must().1, reservations.may());
        TurnCost {
            whole: partner.total().saturating_add(coach.map_or(0, ReservedTokens::total)),
            typical: recent_turn(said).unwrap_or_else(|| estimated(&record.script, reservations)),
        }
    }
}

/// Returns what could be spent before the open turn, and the last turn begun by then; the present values if
/// no turn is open.
fn funds_before_open(present: &ConversationSnapshot) -> (Option<Funds>, u32) {
    let Some(open) = present.open else { return (present.funds, present.conversation.turn) };
    let funds = present.funds.map(|funds| {
        // The reserved sum includes the open turn's own reservation, which is still available.
        Funds { balance: Balance { reserved: 0, ..funds.balance }, ..funds }
    });
    (funds, present.conversation.turn.saturating_sub(u32::from(!open.aside)))
}

/// Returns the quota to publish after `turn`: `paid` is what the payer has and the cost of the next turn.
fn quota_of(script: &Script, paid: Option<(Funds, TurnCost)>, turn: u32) -> Quota {
    let turns = paid.map(|(funds, cost)| funds.turns_left(cost));
    let (turns_left, limit) = shown(turns, turns_below_cap(script, turn)).unzip();
    let balance = paid.map(|(funds, _)| funds.balance);
    Quota {
        turns_left,
        limit,
        used: balance.map(|balance| balance.used),
        left: balance.map(Balance::unspent),
    }
}

/// Returns the median cost of the last few turns whose calls were all reported. Turns never decrease along the
/// record, so no more of it is looked at than these.
fn recent_turn(said: &Prospect<'_>) -> Option<u64> {
    let mut known: Vec<u64> = Vec::with_capacity(RECENT);
    let mut current: Option<(u32, Option<u64>)> = None;
    let answers = said.said().rev().map(Line::message);
    // An opening makes no call.
    let answers = answers.filter(|said| said.role != Role::User && !said.aside && said.turn > 0);
    for message in answers {
        let took = match (message.status, message.usage) {
            (Status::Skipped, _) => Some(0),
            (_, usage) => usage.map(crate::turn::ledger::Usage::total),
        };
        let add = |sum: Option<u64>| sum.zip(took).map(|(sum, took)| sum.saturating_add(took));
        current = match current {
            Some((turn, sum)) if turn == message.turn => Some((turn, add(sum))),
            before => {
                known.extend(before.and_then(|(_, sum)| sum));
                if known.len() == RECENT {
                    current = None;
                    break;
                }
                Some((message.turn, took))
            }
        };
    }
    known.extend(current.and_then(|(_, sum)| sum));
    known.sort_unstable();
    known.get(known.len() / 2).copied().filter(|took| *took > 0)
}

/// Returns a share of the turn's reservation: about four bytes make a token, and few answers reach their
/// maximum length.
fn estimated(script: &Script, reservations: TurnReservations) -> u64 {
    let share = |input: u64, output: u32| input / 4 + u64::from(output) / 3;
    let comment =
        reservations.may().map_or(0, |reserved| share(reserved.input, script.coach_max_output));
    share(reservations.must().1.input, script.partner_max_output) + comment
}

/// Returns the turns that the scenario's own cap leaves after `turn`.
fn turns_below_cap(script: &Script, turn: u32) -> Option<u32> {
    script.max_turns.map(|most| most.saturating_sub(turn))
}

/// Returns a conversation that has not begun and has no payer.
fn unbegun(script: Script) -> Conversation {
    Conversation {
        id: ConversationId(Uuid::nil()),
        owner: UserId(Uuid::nil()),
        invitation: None,
        allowance: false,
        scenario: None,
        script,
        coach: true,
        aside: true,
        created_at: Timestamp(0),
        turn: 0,
        ended: None,
        erased_at: None,
    }
}

/// Returns the transcript before the first turn: the partner's opening, if there is one.
fn beginning(script: &Script) -> Transcript {
    let opening = script.opening.iter().map(|words| Message {
        id: MessageId(1),
        turn: 0,
        role: Role::Partner,
        aside: false,
        content: words.clone(),
        status: Status::Complete,
        skipped: None,
        replaces: None,
        client_id: None,
        created_at: Timestamp(0),
        first_delta_at: None,
        done_at: None,
        finish_reason: None,
        model: None,
        usage: None,
    });
    Transcript::of(PromptStyle::of(script), opening.collect())
}
