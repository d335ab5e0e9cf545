//! Admission of turns in memory: which requests are accepted, and their reservations.

use std::ops::ControlFlow;

use super::{
    Tables,
    ledger::ReservationRow,
    turns::{MessageRow, TurnRow, span},
};
use crate::{
    conversation::{Message, Role, SkipReason, Status},
    ids::{ConversationId, ReservationId, TurnId},
    model::Lane,
    ports::{
        Accept, Admission, Admitted, CoachReservation, HostLimits, Refusal, Retry, StoreError,
        TurnReservations,
    },
    timestamp::Timestamp,
};

const MINUTE: std::time::Duration = std::time::Duration::from_secs(60);

/// The common fields of accepting and retrying.
#[derive(Clone, Copy)]
struct Attempt {
    id: TurnId,
    turn: TurnId,
    conversation: ConversationId,
    reservations: TurnReservations,
    at: Timestamp,
    lease_until: Timestamp,
}

impl Tables {
    pub(super) fn accept(&mut self, accept: &Accept<'_>) -> Result<Admission, StoreError> {
        if let Some(turn) = self.turns.get(&accept.turn) {
            return Ok(self.answered(turn, accept.turn).unwrap_or(Admission::Known {
                message: turn.opened.message,
                turn: turn.opened.turn,
            }));
        }
        if let ControlFlow::Break(known) = self.known(accept) {
            return Ok(known);
        }
        if let Some(refusal) =
            self.refusal(accept.conversation, accept.host_limits, accept.at, false)?
        {
            return Ok(Admission::Refused(refusal));
        }
        let attempt = Attempt {
            id: accept.turn,
            turn: accept.turn,
            conversation: accept.conversation,
            reservations: accept.reservations,
            at: accept.at,
            lease_until: accept.lease_until,
        };
        let coach_left_out = match self.hold_all(attempt, accept.host_limits) {
            Ok(left_out) => left_out,
            Err(refusal) => return Ok(Admission::Refused(refusal)),
        };
        let aside = matches!(accept.reservations, TurnReservations::Aside(_));
        let before = self.last_message(accept.conversation);
        let Some(conversation) = self.conversations.get_mut(&accept.conversation) else {
            return Err(unknown());
        };
        conversation.turn += u32::from(!aside);
        let number = conversation.turn;
        let words = Message {
            aside,
            content: accept.content.to_owned(),
            status: Status::Complete,
            client_id: accept.client_id.map(ToOwned::to_owned),
            done_at: Some(accept.at),
            ..MessageRow::blank(number, Role::User, accept.at)
        };
        let message = self.say(accept.conversation, Some(accept.turn), 1, words);
        let row = TurnRow {
            id: accept.turn,
            conversation: accept.conversation,
            aside,
            open: true,
            fence: 1,
            stop: false,
            lease_until: accept.lease_until,
            attempt: accept.turn,
            reply: message,
            owed: None,
            opened: Admitted {
                id: accept.turn,
                turn: number,
                fence: 1,
                message,
                created_at: accept.at,
                lane: accept.reservations.first(),
                reply: message,
                coach_left_out,
                skipped: None,
                before,
                balance: None,
            },
        };
        self.turns.insert(accept.turn, row);
        self.turns_of.entry(accept.conversation).or_default().push(accept.turn);
        Ok(self.begin(attempt, coach_left_out))
    }

    pub(super) fn retry(&mut self, retry: &Retry) -> Result<Admission, StoreError> {
        let replaced = self.messages.get(&(retry.conversation, retry.replaces));
        let turn = replaced.and_then(|row| row.turn).map(|turn| &self.turns[&turn]);
        if let Some(answer) = turn.and_then(|turn| self.answered(turn, retry.attempt)) {
            return Ok(answer);
        }
        let turn = turn.filter(|turn| self.is_current(turn, retry)).map(|turn| turn.id);
        let stale = turn.is_none();
        if let Some(refusal) =
            self.refusal(retry.conversation, retry.host_limits, retry.at, stale)?
        {
            return Ok(Admission::Refused(refusal));
        }
        let Some(turn) = turn else { return Ok(Admission::Refused(Refusal::NoSuchTurn)) };
        let attempt = Attempt {
            id: retry.attempt,
            turn,
            conversation: retry.conversation,
            reservations: retry.reservations,
            at: retry.at,
            lease_until: retry.lease_until,
        };
        let coach_left_out = match self.hold_all(attempt, retry.host_limits) {
            Ok(left_out) => left_out,
            Err(refusal) => return Ok(Admission::Refused(refusal)),
        };
        let before = self.last_message(retry.conversation);
        if let Some(row) = self.turns.get_mut(&turn) {
            row.fence += 1;
            row.opened.fence = row.fence;
            row.opened.before = before;
        }
        Ok(self.begin(attempt, coach_left_out))
    }

    /// Returns whether the turn may be retried from the state that the caller expects.
    fn is_current(&self, turn: &TurnRow, retry: &Retry) -> bool {
        let role = Role::of(retry.reservations.first()).unwrap_or(Role::Coach);
        let newest = match turn.aside {
            true => self.turns_of[&turn.conversation].last() == Some(&turn.id),
            false => self.conversations[&turn.conversation].turn == turn.opened.turn,
        };
        newest
            && turn.aside == matches!(retry.reservations, TurnReservations::Aside(_))
            && self.last_said(turn.conversation, turn.id, role) == Some(retry.replaces)
    }

    /// Returns the response to the newest attempt at a turn, if that is `attempt`.
    fn answered(&self, turn: &TurnRow, attempt: TurnId) -> Option<Admission> {
        let balance = self.balance(self.conversations[&turn.conversation].payer());
        (turn.attempt == attempt)
            .then(|| Admission::Admitted(Admitted { balance, ..turn.opened.clone() }))
    }

    fn known(&self, accept: &Accept<'_>) -> ControlFlow<Admission> {
        let rows = self.messages.range(span(accept.conversation)).map(|(_, row)| &row.message);
        let mut same = rows.filter(|row| row.client_id.is_some());
        match same.find(|row| row.client_id.as_deref() == accept.client_id) {
            None => ControlFlow::Continue(()),
            Some(row) if row.content == accept.content => {
                ControlFlow::Break(Admission::Known { message: row.id, turn: row.turn })
            }
            Some(_) => ControlFlow::Break(Admission::Refused(Refusal::IdempotencyConflict)),
        }
    }

    /// Returns every refusal except for tokens, in the port's order.
    fn refusal(
        &self,
        id: ConversationId,
        host_limits: HostLimits,
        at: Timestamp,
        stale: bool,
    ) -> Result<Option<Refusal>, StoreError> {
        let conversation = self.conversations.get(&id).ok_or_else(unknown)?;
        let invitation = conversation.invitation.and_then(|id| self.invitations.get(&id));
        let nth = host_limits.per_minute.and_then(|most| most.checked_sub(1));
        let crowded = nth
            .and_then(|nth| {
                let rows = self.messages.range(span(id)).rev().map(|(_, row)| &row.message);
                rows.filter(|row| row.role == Role::User).nth(nth as usize)
            })
            .map(|oldest| oldest.created_at.after(MINUTE))
            .filter(|until| *until > at);
        Ok(if let Some((reason, _)) = conversation.ended {
            Some(Refusal::Ended(reason))
        } else if invitation.is_some_and(|row| row.expires_at.is_some_and(|then| then <= at)) {
            Some(Refusal::InvitationExpired)
        } else if invitation.is_some_and(|row| row.revoked_at.is_some()) {
            Some(Refusal::InvitationRevoked)
        } else if host_limits.draining {
            Some(Refusal::Draining)
        } else if self.open_turn(id).is_some() {
            Some(Refusal::Busy)
        } else if stale {
            Some(Refusal::NoSuchTurn)
        } else {
            crowded.map(|until| Refusal::RateLimited { until })
        })
    }

    /// Reserves the tokens of an attempt; returns whether the comment was left out, or why not even the
    /// required call fits.
    fn hold_all(&mut self, attempt: Attempt, host_limits: HostLimits) -> Result<bool, Refusal> {
        let payer = self.conversations[&attempt.conversation].payer();
        let row = |lane, reserved| ReservationRow {
            conversation: Some(attempt.conversation),
            payer,
            lane,
            reserved,
            day: attempt.at.day(),
            message: None,
            open: true,
            outside_turns: None,
        };
        let mut reserve = |lane, reserved| {
            let id = ReservationId::of(attempt.id, lane);
            self.reserve(id, row(lane, reserved), host_limits.tokens_per_day, attempt.at)
        };
        let (lane, reserved) = attempt.reservations.must();
        reserve(lane, reserved)?;
        Ok(attempt
            .reservations
            .may()
            .is_some_and(|reserved| reserve(Lane::Coach, reserved).is_err()))
    }

    /// Begins an attempt whose tokens are reserved.
    fn begin(&mut self, attempt: Attempt, coach_left_out: bool) -> Admission {
        let fence = self.turns[&attempt.turn].fence;
        let early = matches!(
            attempt.reservations,
            TurnReservations::Turn { coach: CoachReservation::Before(_), .. }
        );
        let skipped = (early && coach_left_out)
            .then(|| self.skip(attempt.turn, fence, SkipReason::Quota, attempt.at));
        let lane = if skipped.is_some() { Lane::Partner } else { attempt.reservations.first() };
        let reply = self.speak(attempt.turn, attempt.id, fence, lane, attempt.at);
        let balance = self.balance(self.conversations[&attempt.conversation].payer());
        let row = self.turns.get_mut(&attempt.turn).expect("the turn was created or found above");
        row.open = true;
        row.stop = false;
        row.lease_until = attempt.lease_until;
        row.attempt = attempt.id;
        row.reply = reply;
        row.owed = attempt.reservations.owed(coach_left_out);
        row.opened.lane = lane;
        row.opened.reply = reply;
        row.opened.coach_left_out = coach_left_out;
        row.opened.skipped = skipped.map(|skipped| skipped.id);
        Admission::Admitted(Admitted { balance, ..row.opened.clone() })
    }
}

fn unknown() -> StoreError {
    StoreError::new("no such conversation")
}
