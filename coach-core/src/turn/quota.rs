//! About how many turns are left, and who is told when that changes.
//!
//! Tokens that another conversation of the same payer holds count as gone, until they are given back: so
//! the number is 0 exactly when the next message would be refused. A room in which nothing goes on is told
//! whenever another one moves the tokens they share; one in which something does is told at its end.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use uuid::Uuid;

use crate::{
    coach::Coach,
    conversation::Conversation,
    error::CoachError,
    event::{Event, Quota, TurnState},
    ids::{ConversationId, MessageId, UserId},
    invitation::Invitation,
    ledger::{Balance, Bound, Payer},
    live::Room,
    ports::{CoachCall, Lane, Of, StoreError},
    scenario::{Scenario, Script},
    timestamp::Timestamp,
    transcript::{Message, Role, Status, Transcript},
};

/// How long a room waits before a store is asked again that did not answer.
const AGAIN: Duration = Duration::from_secs(1);

/// What a message of usual length, some sixty words, takes at most.
const USUAL_MESSAGE: u64 = 400;

/// What a turn of a scenario takes, in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnCost {
    /// About what a usual one takes.
    pub typical: u64,
    /// The smallest number that lets one in, with a message of usual length.
    pub smallest: u64,
}

impl Coach {
    /// Tokens of the room's payer moved in it: its other rooms are told.
    pub(crate) fn moved_in(&self, room: &Room) {
        for other in self.0.rooms.paid_by(room.record().payer()) {
            if other.id() != room.id() {
                self.count_again(&other);
            }
        }
    }

    /// Tokens of a payer moved outside of every turn: all its rooms are told.
    pub(crate) fn moved(&self, payer: Payer) {
        for room in self.0.rooms.paid_by(payer) {
            self.count_again(&room);
        }
    }

    /// In a task of its own: whoever moved the tokens may be behind the gate of another room.
    pub(crate) fn count_again(&self, room: &Arc<Room>) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (coach, room) = (self.clone(), Arc::downgrade(room));
        runtime.spawn(async move {
            while let Some(room) = room.upgrade() {
                let Err(error) = coach.tell_quota(&room).await else { return };
                tracing::warn!(error = &error as &dyn std::error::Error, "counting turns again");
                drop(room);
                tokio::time::sleep(AGAIN).await;
            }
        });
    }

    async fn tell_quota(&self, room: &Room) -> Result<(), StoreError> {
        // Read behind the gate, so that an older balance is never told after a newer one.
        let _gate = room.gate.lock().await;
        let here = room.here();
        if here.state != TurnState::Idle || here.ended.is_some() {
            return Ok(());
        }
        let balance = self.0.stores.balance(room.record().payer()).await?;
        let quota = self.quota(room, balance);
        room.tell((quota != here.quota).then_some(Event::Quota(quota)));
        Ok(())
    }

    /// What the participant and researchers are told of the tokens.
    pub(crate) fn quota(&self, room: &Room, balance: Option<Balance>) -> Quota {
        let Some(balance) = balance else { return Quota::default() };
        let record = room.record();
        let turns_left =
            room.with_transcript(|transcript| self.turns_of(record, transcript, balance));
        Quota {
            turns_left: Some(turns_left),
            used: Some(balance.used),
            left: Some(balance.quota.saturating_sub(balance.used)),
        }
    }

    /// About how many turns an invitation has left: as its newest conversation goes, or as one would begin.
    pub async fn turns_left(&self, invitation: &Invitation) -> Result<u32, CoachError> {
        let under = Of::Invitation(invitation.id);
        if let Some(newest) = self.0.stores.conversations(under, None, 1).await?.first() {
            let room = self.room(newest.id).await?;
            let here = room.here();
            // What its own turn holds now is not lost: until that ends, what was told stays.
            let quota = match here.state {
                TurnState::Idle => self.quota(&room, Some(invitation.balance)),
                _ => here.quota,
            };
            return Ok(quota.turns_left.unwrap_or_default());
        }
        let offered = self.offered(invitation.scenario.as_deref()).await?;
        let turns = offered.iter().filter_map(|scenario| {
            let script = scenario.cast(&BTreeMap::new()).ok()?;
            let record = Conversation { coach: invitation.coach, ..unbegun(script) };
            Some(self.turns_of(&record, &beginning(&record.script), invitation.balance))
        });
        // What is promised holds for whatever is chosen, of what can be had at all.
        Ok(turns.filter(|turns| *turns > 0).min().unwrap_or_default())
    }

    /// What a turn of a scenario takes, as its first one would with the coach on; `None` if its templates
    /// cannot be filled in.
    pub fn turn_cost(&self, scenario: &Scenario) -> Option<TurnCost> {
        let record = unbegun(scenario.cast(&BTreeMap::new()).ok()?);
        let transcript = beginning(&record.script);
        let next = self.smallest_turn(&record, &transcript);
        let typical = self.typical_turn(&record, &transcript, next);
        Some(TurnCost { typical, smallest: next.total() + USUAL_MESSAGE })
    }

    fn turns_of(&self, record: &Conversation, transcript: &Transcript, balance: Balance) -> u32 {
        let next = self.smallest_turn(record, transcript);
        balance.turns_left(next.total(), self.typical_turn(record, transcript, next))
    }

    /// What must fit for a turn with the smallest message there is: one byte, and what surrounds it.
    fn smallest_turn(&self, record: &Conversation, transcript: &Transcript) -> Bound {
        self.bound(Lane::Partner, &record.script, transcript, 17)
    }

    /// About what a turn takes: the middle of what the last few took whose calls were all reported, else a
    /// share of what would be held for one.
    fn typical_turn(&self, record: &Conversation, transcript: &Transcript, next: Bound) -> u64 {
        let mut turns: BTreeMap<u32, Option<u64>> = BTreeMap::new();
        for message in transcript.said().filter(|said| said.role != Role::User && !said.aside) {
            let took = match (message.status, message.usage) {
                (Status::Skipped, _) => Some(0),
                (_, usage) => usage.map(crate::ledger::Usage::total),
            };
            let turn = turns.entry(message.turn).or_insert(Some(0));
            *turn = turn.zip(took).map(|(sum, took)| sum + took);
        }
        // An opening is nobody's call.
        turns.remove(&0);
        let mut known: Vec<u64> = turns.into_values().flatten().rev().take(5).collect();
        known.sort_unstable();
        if let Some(middle) = known.get(known.len() / 2).filter(|took| **took > 0) {
            return *middle;
        }
        let script = &record.script;
        let comment = match self.coach_call(record, transcript) {
            CoachCall::After(_) | CoachCall::Before(_) => {
                let prompt = self.bound(Lane::Coach, script, transcript, 0).input;
                prompt / 4 + u64::from(script.coach_max_output) / 3
            }
            CoachCall::Skipped(_) | CoachCall::Spoken => 0,
        };
        // Some four bytes make a token, and few answers are as long as they may be.
        next.input / 4 + u64::from(script.partner_max_output) / 3 + comment
    }
}

/// A conversation that nobody has begun, and nobody pays for.
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

/// What is said before the first turn: the partner's opening, if there is one.
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
        model: None,
        usage: None,
    });
    Transcript::new(opening.collect())
}
