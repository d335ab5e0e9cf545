//! The fixtures of the contract tests: a user, an invitation, a conversation, and steps in it.
//!
//! Ids and instants count up from fixed values, so that every run is the same.

use std::time::Duration;

use uuid::Uuid;

use crate::{
    conversation::{Conversation, EndReason, Message, Status},
    ids::{ConversationId, InvitationId, MessageId, ReservationId, TurnId, UserId},
    invitation::{Invitation, LinkStamp},
    model::{CallOutcome, CallReport, Lane, PromptHash, TurnLane},
    people::audit::{AuditAction, AuditEntry},
    ports::{
        Accept, Admission, Admitted, CoachReservation, Finish, Finishing, Heartbeat, HostLimits,
        LeaseStatus, NextMessage, NextStep, Refusal, Retry, Stores, TurnReservations, UsageEntry,
    },
    scenario::Script,
    timestamp::Timestamp,
    turn::{
        TurnCost,
        ledger::{Balance, Payer, ReservedTokens, Settlement, Usage},
    },
};

/// When every contract test starts.
pub const START: Timestamp = Timestamp(1_800_000_000_000_000);
/// The duration of a lease.
pub const LEASE: Duration = Duration::from_secs(10);
/// The bound of a call.
pub const CALL: ReservedTokens = ReservedTokens { input: 50, output: 20 };
/// The usage of a call.
pub const USED: Usage =
    Usage { input: 40, cached_input: 10, cache_write: 5, output: 15, reasoning: 3 };
/// Host limits that limit nothing.
pub const NO_HOST_LIMITS: HostLimits =
    HostLimits { draining: false, per_minute: None, tokens_per_day: None };
/// The calls of an ordinary turn.
pub const TURN: TurnReservations =
    TurnReservations::Turn { partner: CALL, coach: CoachReservation::After(CALL) };
/// The cost of an ordinary turn.
pub const TURN_COST: TurnCost = TurnCost { typical: 110, whole: 140 };
/// The call of an aside.
pub const ASIDE: TurnReservations = TurnReservations::Aside(CALL);
/// A call that reported its usage.
pub const REPORTED: Settlement = Settlement::Reported(USED);

/// Returns the instant `seconds` after the start.
pub fn at(seconds: u64) -> Timestamp {
    START.after(Duration::from_secs(seconds))
}

/// Returns the report of a call that `model` answered, with every field set.
pub fn report(model: &str) -> CallReport {
    CallReport {
        outcome: CallOutcome::Complete,
        requested: Some("demo:demo".into()),
        answered: Some(model.into()),
        first_token: Some(Duration::from_micros(412_007)),
        elapsed: Some(Duration::from_micros(1_900_013)),
        waited: Duration::from_micros(500_001),
        retries: 2,
        finish_reason: Some("stop".into()),
        request_id: Some("req_7".into()),
        prompt: Some(PromptHash(std::array::from_fn(|n| n as u8))),
        build: Some("0.1.0".into()),
    }
}

/// Returns the audit entry of an action, `seconds` after the start.
pub fn line(by: UserId, action: AuditAction, seconds: u64) -> AuditEntry {
    AuditEntry { at: at(seconds), actor: Some(by), action, subject: None, address: None }
}

/// Returns the audit entry of creating invitations.
pub fn made() -> AuditEntry {
    line(person(9), AuditAction::Invited, 0)
}

/// Returns the audit entry of revoking an invitation.
pub fn revoked_by(seconds: u64) -> AuditEntry {
    line(person(9), AuditAction::Revoked, seconds)
}

/// Returns a UUID for a number.
pub fn uuid(number: u128) -> Uuid {
    Uuid::from_u128((0x7 << 76) | (0x2 << 62) | number)
}

/// Returns a user id for a number.
pub fn person(number: u128) -> UserId {
    UserId(uuid(0x0100_0000 + number))
}

/// Returns a turn id for a number.
pub fn turn(number: u128) -> TurnId {
    TurnId(uuid(0x0400_0000 + number))
}

/// Returns an unclaimed invitation with this quota.
pub fn an_invitation(number: u8, quota: u64) -> Invitation {
    let id = InvitationId(uuid(0x0200_0000 + u128::from(number)));
    Invitation {
        id,
        label: format!("group {number}"),
        title: Some("Talking about pay".into()),
        batch: id,
        link: LinkStamp { token_hash: [number; 32], version: 1, key_generation: "k1".into() },
        balance: Balance { quota, used: 0, reserved: 0 },
        scenario: Some("raise".into()),
        allow_custom_scenario: false,
        coach: true,
        aside: true,
        consent: crate::invitation::Consent { version: "c1".into(), text: "I agree.".into() },
        contact: Some("study@example.org".into()),
        expires_at: None,
        revoked_at: None,
        created_at: START,
        created_by: person(9),
        claimed: None,
        claimed_link: 0,
    }
}

/// Returns an empty conversation of user 1.
pub fn a_conversation(number: u128, invitation: Option<InvitationId>) -> Conversation {
    Conversation {
        invitation,
        scenario: Some(("raise".into(), "3".into())),
        ..Conversation::new(
            ConversationId(uuid(0x0300_0000 + number)),
            person(1),
            Script {
                title: "A raise".into(),
                card: "You ask for more pay.".into(),
                partner_name: "Ms Keller".into(),
                partner_prompt: "You are Ms Keller.".into(),
                partner_temperature: Some(0.7),
                coach_prompt: "You coach.".into(),
                max_turns: Some(12),
                ..Script::default()
            },
            START,
        )
    }
}

/// A conversation under an invitation in a store.
#[derive(Clone, Copy, Debug)]
pub struct TestRoom<'a> {
    /// The store.
    pub store: &'a dyn Stores,
    /// The conversation.
    pub id: ConversationId,
    /// The invitation that pays.
    pub invitation: InvitationId,
}

impl<'a> TestRoom<'a> {
    /// Starts conversation 1 under invitation 1 with a very large quota.
    pub async fn new(store: &'a dyn Stores) -> Self {
        Self::with_quota(store, 1_000_000).await
    }

    /// Starts conversation 1 under invitation 1 with this quota.
    pub async fn with_quota(store: &'a dyn Stores, quota: u64) -> Self {
        let invitation = an_invitation(1, quota);
        store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
        Self::under(store, 1, invitation.id).await
    }

    /// Starts another conversation under an existing invitation.
    pub async fn under(store: &'a dyn Stores, n: u128, invitation: InvitationId) -> Self {
        let conversation = a_conversation(n, Some(invitation));
        store.start(&conversation).await.unwrap();
        Self { store, id: conversation.id, invitation }
    }

    /// Returns an ordinary message with turn id `n`, `n` seconds after the start.
    pub fn message(&self, n: u64) -> Accept<'static> {
        Accept {
            conversation: self.id,
            turn: turn(u128::from(n)),
            content: "May I have a raise?",
            client_id: None,
            reservations: TURN,
            host_limits: NO_HOST_LIMITS,
            at: at(n),
            lease: LEASE,
        }
    }

    /// Sends a message.
    pub async fn accept(&self, accept: Accept<'_>) -> Admission {
        self.store.accept(accept).await.unwrap()
    }

    /// Sends an ordinary message that must be admitted.
    pub async fn open(&self, n: u64) -> Admitted {
        opened(self.accept(self.message(n)).await)
    }

    /// Sends a message that must be refused, and checks that nothing changed.
    pub async fn refused(&self, accept: Accept<'_>) -> Refusal {
        let before = self.record().await;
        let refusal = refusal(&self.accept(accept).await);
        assert_eq!(self.record().await, before, "a refusal changed the record");
        refusal
    }

    /// Returns a retry of `replaces` with attempt id `n`, `n` seconds after the start.
    pub fn another(&self, n: u64, replaces: MessageId, reservations: TurnReservations) -> Retry {
        Retry {
            conversation: self.id,
            attempt: turn(u128::from(n)),
            replaces,
            reservations,
            host_limits: NO_HOST_LIMITS,
            at: at(n),
            lease: LEASE,
        }
    }

    /// Sends a retry.
    pub async fn retry(&self, retry: Retry) -> Admission {
        self.store.retry(retry).await.unwrap()
    }

    /// Returns a heartbeat of an opened turn, which renews its lease.
    pub fn heartbeat<'b>(&self, opened: &Admitted, text: Option<&'b str>) -> Heartbeat<'b> {
        Heartbeat {
            conversation: self.id,
            turn: opened.id,
            fence: opened.fence,
            reply: opened.reply,
            text,
            renews: true,
        }
    }

    /// Sends a heartbeat with the whole text so far.
    pub async fn beat(&self, opened: &Admitted, text: &str) -> LeaseStatus {
        let beat = self.heartbeat(opened, Some(text));
        let [status] = self.store.beat(&[beat], LEASE).await.unwrap()[..] else {
            panic!("one heartbeat has one status")
        };
        status
    }

    /// Returns a complete answer to an opened turn.
    pub fn answer<'b>(&self, opened: &Admitted, text: &'b str, then: NextStep) -> Finish<'b> {
        Finish {
            conversation: self.id,
            turn: opened.id,
            fence: opened.fence,
            lane: opened.lane,
            reply: opened.reply,
            text,
            status: Status::Complete,
            finish_reason: Some("stop"),
            model: Some("demo-1"),
            first_delta_at: Some(at(101)),
            timing: "10+4",
            settlement: REPORTED,
            call: report("demo-1"),
            cost: Some(7),
            then,
            turn_cost: TURN_COST,
            ends: None,
            at: at(102),
            lease: LEASE,
        }
    }

    /// Returns a complete comment that follows an answer.
    pub fn comment<'b>(
        &self,
        opened: &Admitted,
        next: Option<NextMessage>,
        text: &'b str,
    ) -> Finish<'b> {
        let reply = next.expect("the previous answer began a comment").id;
        Finish { lane: TurnLane::Coach, reply, ..self.answer(opened, text, NextStep::Close) }
    }

    /// Commits an answer.
    pub async fn finish(&self, finish: Finish<'_>) -> Finishing {
        self.store.finish(finish).await.unwrap()
    }

    /// Commits an answer that its owner must still own.
    pub async fn kept(&self, finish: Finish<'_>) -> Option<NextMessage> {
        match self.finish(finish).await {
            Finishing::Kept { next, .. } => next,
            Finishing::Gone => panic!("the owner's own answer was not committed"),
        }
    }

    /// Runs a whole ordinary turn.
    pub async fn take_turn(&self, n: u64) -> Admitted {
        let opened = self.open(n).await;
        self.play(&opened).await;
        opened
    }

    /// Commits both answers of an ordinary turn.
    pub async fn play(&self, opened: &Admitted) {
        if opened.coach_left_out {
            let skip = NextStep::Skip(crate::conversation::SkipReason::Quota);
            self.kept(self.answer(opened, "No.", skip)).await;
        } else {
            let next =
                self.kept(self.answer(opened, "No.", NextStep::Speak(TurnLane::Coach))).await;
            self.kept(self.comment(opened, next, "Ask why.")).await;
        }
    }

    /// Returns all finished messages.
    pub async fn messages(&self) -> Vec<Message> {
        self.store.messages(self.id, None, 1000).await.unwrap()
    }

    /// Returns all ledger entries.
    pub async fn entries(&self) -> Vec<UsageEntry> {
        self.store.entries(self.id).await.unwrap()
    }

    /// Returns the invitation's balance.
    pub async fn balance(&self) -> Balance {
        self.store.balance(Payer::Invitation(self.invitation)).await.unwrap().unwrap()
    }

    /// Ends the conversation.
    pub async fn end(&self, reason: EndReason) {
        self.store.end(self.id, reason, at(1), None).await.unwrap();
    }

    /// Checks that the invitation's counters equal the sums of its entries and of the calls in flight.
    pub async fn balanced(&self, in_flight: &[ReservedTokens]) {
        let spent: u64 = self.entries().await.iter().map(|e| e.settlement.usage().total()).sum();
        let held: u64 = in_flight.iter().map(|reserved| reserved.total()).sum();
        let balance = self.balance().await;
        assert_eq!((balance.used, balance.reserved), (spent, held), "used and reserved");
    }

    /// Returns everything the ports report about the conversation, for comparison.
    pub async fn record(&self) -> String {
        format!(
            "{:?}\n{:?}\n{:?}",
            self.store.present(self.id).await.unwrap(),
            self.messages().await,
            self.entries().await,
        )
    }
}

/// Returns the opened turn; panics if it was not admitted.
pub fn opened(opening: Admission) -> Admitted {
    match opening {
        Admission::Admitted(opened) => opened,
        Admission::Known { .. } | Admission::Refused(_) => panic!("not admitted: {opening:?}"),
    }
}

/// Returns the refusal; panics if there was none.
pub fn refusal(opening: &Admission) -> Refusal {
    match opening {
        Admission::Refused(refusal) => *refusal,
        Admission::Admitted(_) | Admission::Known { .. } => panic!("not refused: {opening:?}"),
    }
}

/// Returns the id of a call of an attempt.
pub fn call(attempt: u64, lane: impl Into<Lane>) -> ReservationId {
    ReservationId::of(turn(u128::from(attempt)), lane)
}
