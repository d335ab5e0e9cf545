//! How an answer is committed: the next step is decided, everything becomes durable, then it is published.

use std::{pin::pin, sync::Arc, time::Duration};

use tokio::time::Instant;

use super::turns_left::TurnCost;
use super::{leg_result::LegResult, speak::Speaking, tally::TurnEnd};
use crate::{
    coach::{Coach, LAST_TRIES},
    conversation::{EndReason, Message, Prospect, Role, SkipReason, Status},
    ids::MessageId,
    live::{Event, TurnState},
    model::TurnLane,
    ports::{
        CoachReservation, Finish, Finishing, NextMessage, NextStep, StoreError, TurnReservations,
    },
    timestamp::Timestamp,
    turn::ledger::Settlement,
};

/// The longest pause before an answer is offered again to a store that did not accept it.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

impl Coach {
    /// Returns what follows an answer.
    pub(super) fn then(&self, turn: &Speaking, spoken: &LegResult) -> NextStep {
        let TurnReservations::Turn { coach, .. } = turn.reservations else {
            return NextStep::Close;
        };
        let stopped = turn.owner.stop().is_cancelled();
        match (spoken.lane, coach) {
            (TurnLane::Partner, CoachReservation::Spoken) => NextStep::Close,
            (TurnLane::Partner, CoachReservation::Before(_)) => NextStep::Close,
            (TurnLane::Partner, CoachReservation::Skipped(reason)) => NextStep::Skip(reason),
            (TurnLane::Partner, CoachReservation::After(_)) if turn.opened.coach_left_out => {
                NextStep::Skip(SkipReason::Quota)
            }
            (TurnLane::Partner, CoachReservation::After(_)) => match spoken.status {
                Status::Failed => NextStep::Skip(SkipReason::Failed),
                Status::Stopped => NextStep::Skip(SkipReason::Stopped),
                _ if stopped => NextStep::Skip(SkipReason::Stopped),
                _ if self.host_limits().draining => NextStep::Skip(SkipReason::Draining),
                Status::Complete => NextStep::Speak(TurnLane::Coach),
                Status::Interrupted | Status::Streaming | Status::Skipped => {
                    NextStep::Skip(SkipReason::Failed)
                }
            },
            (TurnLane::Coach, CoachReservation::Before(_))
                if !stopped && !self.0.cut.is_cancelled() =>
            {
                NextStep::Speak(TurnLane::Partner)
            }
            (TurnLane::Coach | TurnLane::Aside, _) => NextStep::Close,
        }
    }

    /// Commits an answer, then publishes its end. Retries until the store responds or the process ends,
    /// because published text must not be given up earlier. Returns the message that follows and when it began;
    /// `None` if the turn is over or belongs to another owner.
    pub(super) async fn keep(
        &self,
        turn: &Speaking,
        spoken: &LegResult,
        then: NextStep,
    ) -> Option<(NextMessage, Timestamp)> {
        let room = turn.room();
        let closes = !matches!(then, NextStep::Speak(_));
        let mut pause = self.0.settings.beat / 5;
        let mut hurries = false;
        let mut last_moment = pin!(async {
            self.0.cut.cancelled().await;
            tokio::time::sleep(LAST_TRIES).await;
        });
        // Decided once: a retry must send the same decision, because the first response may only have been
        // lost.
        let at = self.now();
        let ends = if closes { self.cap_reached(room.record(), turn.opened.turn) } else { None };
        let turn_cost =
            if closes { self.cost_after(turn, spoken, then, at) } else { TurnCost::default() };
        loop {
            let ordered = room.order().await;
            if room.upto().is_some_and(|upto| upto >= spoken.reply) {
                // An earlier try committed the answer and its response was lost; a later request has already
                // published it.
                return None;
            }
            let sent = Instant::now();
            let finish = self.finish(turn, spoken, then, (ends, turn_cost), at);
            let answer = tokio::select! {
                biased;
                answer = self.0.stores.finish(finish) => answer,
                () = &mut last_moment => Err(StoreError::new("the process is shutting down")),
            };
            match answer {
                Ok(Finishing::Kept { next, funds, entries }) => {
                    turn.lease.renew(sent);
                    let failed = spoken.reported.as_ref().map(|error| (spoken.reply, error));
                    self.publish_calls(entries, failed);
                    turn.owner.grow_to(spoken.reply, &spoken.text);
                    let message = Arc::new(spoken.message(turn.opened.turn, at));
                    ordered.keep(message.clone());
                    let mut events = spoken.events(message);
                    if let (NextStep::Skip(reason), Some(skipped)) = (then, next) {
                        let skipped = skipped_message(skipped, turn.opened.turn, reason, at);
                        let skipped = Arc::new(skipped);
                        ordered.keep(skipped.clone());
                        events.push(Event::Skipped(skipped));
                    }
                    if closes {
                        let aside = spoken.lane == TurnLane::Aside;
                        self.0.turns.count(aside, TurnEnd::of(spoken.status));
                        events.push(Event::Quota(self.quota(room, funds)));
                        events.push(Event::Turn { turn: turn.opened.turn, state: TurnState::Idle });
                        events.extend(ends.map(Event::Ended));
                    }
                    ordered.publish(events);
                    self.moved_in(room);
                    let fence = turn.opened.fence;
                    self.close_text(room.id(), spoken.reply, fence, spoken.text.len());
                    self.wake_followers(room.id());
                    return next.map(|next| (next, at));
                }
                Ok(Finishing::Gone) => return None,
                Err(error) => {
                    drop(ordered);
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "committing an answer failed, retrying"
                    );
                    turn.owner.publish_storage_trouble(turn.opened.turn);
                    tokio::select! {
                        biased;
                        () = &mut last_moment => {
                            tracing::error!("an answer was not committed; recovery will close its turn");
                            return None;
                        }
                        () = self.0.cut.cancelled(), if !hurries => {
                            hurries = true;
                            pause = self.0.settings.beat / 5;
                        }
                        () = tokio::time::sleep(pause) => {
                            pause = (pause * 2).min(LONGEST_PAUSE);
                        }
                    }
                }
            }
        }
    }

    /// Returns the cost of the next turn once `spoken` and the comment that may be skipped after it are on
    /// record.
    fn cost_after(
        &self,
        turn: &Speaking,
        spoken: &LegResult,
        then: NextStep,
        at: Timestamp,
    ) -> TurnCost {
        let (room, number) = (turn.room(), turn.opened.turn);
        room.with_transcript(|transcript| {
            let mut said = Prospect::of(transcript).with(spoken.message(number, at));
            if let NextStep::Skip(reason) = then {
                let replaces = said.said_in(number, Role::Coach).map(|before| before.id);
                let next = NextMessage { id: MessageId(i64::MAX), replaces };
                said = said.with(skipped_message(next, number, reason, at));
            }
            self.cost_of_turn(room.record(), &said)
        })
    }

    fn finish<'a>(
        &self,
        turn: &Speaking,
        spoken: &'a LegResult,
        then: NextStep,
        (ends, turn_cost): (Option<EndReason>, TurnCost),
        at: Timestamp,
    ) -> Finish<'a> {
        let settlement = spoken.settled;
        let cost = match (self.0.models.get(spoken.lane.into()), settlement) {
            (_, Settlement::Voided(_)) => Some(0),
            (Some(model), _) => {
                let answered = spoken.model.as_deref().unwrap_or_default();
                model.cost(answered, settlement.usage(), at)
            }
            (None, _) => None,
        };
        Finish {
            conversation: turn.room().id(),
            turn: turn.opened.id,
            fence: turn.opened.fence,
            lane: spoken.lane,
            reply: spoken.reply,
            text: &spoken.text,
            status: spoken.status,
            finish_reason: spoken.finish_reason.as_deref(),
            model: spoken.model.as_deref(),
            first_delta_at: spoken.first_delta_at,
            timing: &spoken.timing,
            settlement,
            call: spoken.call.clone(),
            cost,
            then,
            turn_cost,
            ends,
            at,
            lease: turn.lease.duration(),
        }
    }

    pub(super) async fn publish_skipped(
        &self,
        turn: &Speaking,
        next: NextMessage,
        reason: SkipReason,
    ) {
        let room = turn.room().order().await;
        let skipped = skipped_message(next, turn.opened.turn, reason, turn.began);
        let skipped = Arc::new(skipped);
        room.keep(skipped.clone());
        room.publish([Event::Skipped(skipped)]);
        self.wake_followers(room.id());
    }
}

fn skipped_message(next: NextMessage, turn: u32, reason: SkipReason, at: Timestamp) -> Message {
    Message {
        id: next.id,
        turn,
        role: Role::Coach,
        aside: false,
        content: String::new(),
        status: Status::Skipped,
        skipped: Some(reason),
        replaces: next.replaces,
        client_id: None,
        created_at: at,
        first_delta_at: None,
        done_at: Some(at),
        finish_reason: None,
        model: None,
        usage: None,
    }
}
