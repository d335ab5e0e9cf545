//! Which messages and retries are accepted, and what opening an attempt writes.

use std::time::Duration;

use super::{
    messages::{NewMessage, NewestAnswers, Writer},
    tokens::{Booking, NewReservation, TokenFacts},
};
use crate::{
    conversation::{EndReason, Role, SkipReason},
    ids::{ConversationId, MessageId, ReservationId, TurnId},
    model::TurnLane,
    ports::{
        Accept, Admission, Admitted, CoachReservation, HostLimits, Refusal, Retry, TurnReservations,
    },
    timestamp::Timestamp,
    turn::ledger::{Balance, ReservedTokens},
};

/// The window of the rate limit.
const MINUTE: Duration = Duration::from_secs(60);

/// The facts about a conversation that decide what it admits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationFacts {
    /// The last turn begun.
    pub turn: u32,
    /// Why it ended, if it did.
    pub ended: Option<EndReason>,
    /// When its invitation expires, if it has one that does.
    pub expires_at: Option<Timestamp>,
    /// When its invitation was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Whether a turn or an aside is open.
    pub busy: bool,
    /// When the participant's message [`messages_to_skip`] was sent; `None` if there are fewer messages or no
    /// limit.
    pub crowded_since: Option<Timestamp>,
    /// Its newest message, finished or not.
    pub newest: Option<MessageId>,
    /// The counters that the calls must fit.
    pub tokens: TokenFacts,
}

/// Returns how many of the participant's newest messages to skip to find the one that must be a minute old
/// before another message is accepted; `None` without a rate limit.
pub fn messages_to_skip(host_limits: HostLimits) -> Option<u32> {
    host_limits.per_minute.and_then(|most| most.checked_sub(1))
}

/// A message on record with the client id of a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownMessage {
    /// Its id.
    pub id: MessageId,
    /// Its turn.
    pub turn: u32,
    /// Its text.
    pub content: String,
}

/// The newest attempt at a turn, and the response to it with the payer's balance now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAttempt {
    /// The attempt.
    pub attempt: TurnId,
    /// The response.
    pub admitted: Admitted,
}

/// The facts that decide about a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptFacts {
    /// The conversation.
    pub conversation: ConversationFacts,
    /// The turn with the id of the request, if the request was accepted before.
    pub same_turn: Option<KnownAttempt>,
    /// The message of the conversation with the request's client id.
    pub same_client_id: Option<KnownMessage>,
}

/// The facts that decide about a retry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryFacts {
    /// The conversation.
    pub conversation: ConversationFacts,
    /// The turn of the message to replace; `None` if the message belongs to no turn of the conversation.
    pub turn: Option<ReplacedTurn>,
}

/// The turn of a message that a retry replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplacedTurn {
    /// Its id.
    pub id: TurnId,
    /// Its number.
    pub number: u32,
    /// Whether it is an aside.
    pub aside: bool,
    /// Its fence.
    pub fence: u64,
    /// The participant's message.
    pub message: MessageId,
    /// When that message was saved.
    pub message_at: Timestamp,
    /// Its newest answers.
    pub newest: NewestAnswers,
    /// Whether it is the turn or aside of the conversation that was opened last.
    pub opened_last: bool,
    /// The newest attempt, if that is the request's own.
    pub same_attempt: Option<Admitted>,
}

/// The decision about a message or a retry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admit<'a> {
    /// The response; nothing is written.
    Answer(Admission),
    /// What to write.
    Open(Box<AttemptPlan<'a>>),
}

/// What opening an attempt at a turn or an aside writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptPlan<'a> {
    /// The turn, created or reopened.
    pub turn: TurnId,
    /// The attempt, which names its reservations.
    pub attempt: TurnId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The number of the turn.
    pub number: u32,
    /// Whether it is an aside.
    pub aside: bool,
    /// The owner's fence.
    pub fence: u64,
    /// Whether the conversation's last turn becomes `number`.
    pub counts: bool,
    /// The participant's message.
    pub opens: Opens<'a>,
    /// The skipped comment to append after it, before the first answer.
    pub skipped: Option<NewMessage<'static>>,
    /// The first answer, to append last.
    pub reply: NewMessage<'static>,
    /// The lane of the first answer.
    pub lane: TurnLane,
    /// The reservations to insert.
    pub reservations: Vec<NewReservation>,
    /// The change of the counters.
    pub booking: Booking,
    /// The payer's balance after it.
    pub balance: Option<Balance>,
    /// Why the comment that is still to come is missing if the owner is lost before it begins.
    pub owed: Option<SkipReason>,
    /// Whether the comment did not fit.
    pub coach_left_out: bool,
    /// The newest message before this attempt.
    pub before: Option<MessageId>,
    /// When it opens.
    pub at: Timestamp,
}

/// The participant's message of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens<'a> {
    /// A new turn: the message to append first.
    New(NewMessage<'a>),
    /// A retry: the message on record, and when it was saved.
    Again(MessageId, Timestamp),
}

impl AttemptPlan<'_> {
    /// Returns the response, from the ids that the store gave to the appended messages. `message` is the
    /// participant's; a retry ignores it.
    pub fn admitted(
        &self,
        message: MessageId,
        skipped: Option<MessageId>,
        reply: MessageId,
    ) -> Admitted {
        let (message, created_at) = match self.opens {
            Opens::New(_) => (message, self.at),
            Opens::Again(known, created_at) => (known, created_at),
        };
        Admitted {
            id: self.turn,
            turn: self.number,
            fence: self.fence,
            message,
            created_at,
            lane: self.lane,
            reply,
            coach_left_out: self.coach_left_out,
            skipped,
            before: self.before,
            balance: self.balance,
        }
    }
}

/// Decides whether a message opens a turn or an aside. A known request or client id comes first, then the
/// refusals in the port's order.
pub fn accept<'a>(facts: &AcceptFacts, accept: &Accept<'a>) -> Admit<'a> {
    if let Some(KnownAttempt { attempt, admitted }) = &facts.same_turn {
        return Admit::Answer(if *attempt == accept.turn {
            Admission::Admitted(admitted.clone())
        } else {
            Admission::Known { message: admitted.message, turn: admitted.turn }
        });
    }
    if let Some(known) = &facts.same_client_id {
        return Admit::Answer(if known.content == accept.content {
            Admission::Known { message: known.id, turn: known.turn }
        } else {
            Admission::Refused(Refusal::IdempotencyConflict)
        });
    }
    let conversation = &facts.conversation;
    if let Some(refusal) = conversation.refusal(accept.host_limits, accept.at, false) {
        return Admit::Answer(Admission::Refused(refusal));
    }
    let aside = matches!(accept.reservations, TurnReservations::Aside(_));
    let attempt = Attempt {
        writer: Writer {
            conversation: accept.conversation,
            turn: accept.turn,
            number: conversation.turn + u32::from(!aside),
            aside,
            fence: 1,
            newest: NewestAnswers::default(),
        },
        id: accept.turn,
        reservations: accept.reservations,
        host_limits: accept.host_limits,
        at: accept.at,
    };
    let said = attempt.writer.said(accept.content, accept.client_id, accept.at);
    attempt.open(conversation, Opens::New(said))
}

/// Decides whether a retry reopens its turn.
pub fn retry(facts: &RetryFacts, retry: &Retry) -> Admit<'static> {
    let turn = facts.turn.as_ref();
    if let Some(admitted) = turn.and_then(|turn| turn.same_attempt.clone()) {
        return Admit::Answer(Admission::Admitted(admitted));
    }
    let conversation = &facts.conversation;
    let turn = turn.filter(|turn| may_retry(turn, conversation, retry));
    if let Some(refusal) = conversation.refusal(retry.host_limits, retry.at, turn.is_none()) {
        return Admit::Answer(Admission::Refused(refusal));
    }
    let Some(turn) = turn else {
        return Admit::Answer(Admission::Refused(Refusal::NoSuchTurn));
    };
    let attempt = Attempt {
        writer: Writer {
            conversation: retry.conversation,
            turn: turn.id,
            number: turn.number,
            aside: turn.aside,
            fence: turn.fence + 1,
            newest: turn.newest,
        },
        id: retry.attempt,
        reservations: retry.reservations,
        host_limits: retry.host_limits,
        at: retry.at,
    };
    attempt.open(conversation, Opens::Again(turn.message, turn.message_at))
}

/// Returns whether the turn is the last of its kind and `replaces` its newest answer: the state that the
/// caller expects.
fn may_retry(turn: &ReplacedTurn, conversation: &ConversationFacts, retry: &Retry) -> bool {
    let is_last = if turn.aside { turn.opened_last } else { turn.number == conversation.turn };
    let first = Role::of(retry.reservations.first());
    is_last
        && turn.aside == matches!(retry.reservations, TurnReservations::Aside(_))
        && turn.newest.of(first) == Some(retry.replaces)
}

impl ConversationFacts {
    /// Returns every refusal except for tokens, in the port's order.
    fn refusal(&self, host_limits: HostLimits, at: Timestamp, stale: bool) -> Option<Refusal> {
        let until = self.crowded_since.map(|since| since.after(MINUTE));
        if let Some(reason) = self.ended {
            Some(Refusal::Ended(reason))
        } else if self.expires_at.is_some_and(|expires| expires <= at) {
            Some(Refusal::InvitationExpired)
        } else if self.revoked_at.is_some() {
            Some(Refusal::InvitationRevoked)
        } else if host_limits.draining {
            Some(Refusal::Draining)
        } else if self.busy {
            Some(Refusal::Busy)
        } else if stale {
            Some(Refusal::NoSuchTurn)
        } else {
            until
                .filter(|until| *until > at)
                .map(|until| Refusal::RateLimited { wait: until.since(at) })
        }
    }
}

/// The common fields of accepting and retrying.
#[derive(Clone, Copy)]
struct Attempt {
    writer: Writer,
    id: TurnId,
    reservations: TurnReservations,
    host_limits: HostLimits,
    at: Timestamp,
}

impl Attempt {
    fn open<'a>(self, conversation: &ConversationFacts, opens: Opens<'a>) -> Admit<'a> {
        let Self { writer, id, reservations, at, .. } = self;
        let coach_left_out = match self.leaves_coach_out(&conversation.tokens) {
            Ok(left_out) => left_out,
            Err(refusal) => return Admit::Answer(Admission::Refused(refusal)),
        };
        let before = matches!(
            reservations,
            TurnReservations::Turn { coach: CoachReservation::Before(_), .. }
        );
        // A comment that should come first and does not fit is on record before the partner's reply.
        let missing = before && coach_left_out;
        let lane = if missing { reservations.must().0 } else { reservations.first() };
        let may = reservations.may().filter(|_| !coach_left_out);
        let calls = [Some(reservations.must()), may.map(|reserved| (TurnLane::Coach, reserved))];
        let calls = calls.into_iter().flatten();
        let tokens = calls.clone().map(|(_, reserved)| reserved.total()).sum();
        let booking = conversation.tokens.booking(tokens);
        Admit::Open(Box::new(AttemptPlan {
            turn: writer.turn,
            attempt: id,
            conversation: writer.conversation,
            number: writer.number,
            aside: writer.aside,
            fence: writer.fence,
            counts: matches!(opens, Opens::New(_)) && !writer.aside,
            opens,
            skipped: missing.then(|| writer.skipped(SkipReason::Quota, at)),
            reply: writer.answer(lane, at),
            lane,
            reservations: calls
                .map(|(whose, reserved)| NewReservation {
                    id: ReservationId::of(id, whose),
                    turn: Some(writer.turn),
                    conversation: Some(writer.conversation),
                    payer: conversation.tokens.payer,
                    lane: whose.into(),
                    reserved,
                    day: conversation.tokens.day.day,
                    begins: whose == lane,
                    at,
                    lease: None,
                })
                .collect(),
            booking,
            balance: conversation.tokens.balance.map(|balance| booking.applied_to(balance)),
            owed: reservations.owed(coach_left_out),
            coach_left_out,
            before: conversation.newest,
            at,
        }))
    }

    /// Returns whether only the required call fits, or why not even that one does.
    fn leaves_coach_out(&self, facts: &TokenFacts) -> Result<bool, Refusal> {
        let fits = |tokens| facts.fits(tokens, self.host_limits, self.at);
        let must = self.reservations.must().1.total();
        let may = self.reservations.may().map(ReservedTokens::total);
        fits(must)?;
        Ok(may.is_some_and(|may| fits(must.saturating_add(may)).is_err()))
    }
}
