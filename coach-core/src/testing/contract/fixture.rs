//! What the exams talk about: a person, an invitation, a conversation, and moves in it.
//!
//! Names and instants count up from fixed ones, so that every run of an exam is the same.

use std::time::Duration;

use uuid::Uuid;

use crate::{
    conversation::{Conversation, EndReason, Message, Status},
    ids::{ConversationId, InvitationId, MessageId, ReservationId, TurnId, UserId},
    invitation::{Invitation, LinkStamp},
    model::Lane,
    people::audit::{AuditAction, AuditEntry},
    ports::{
        Accept, Admission, Admitted, Calls, CoachCall, Finish, Finishing, Heartbeat, HostLimits,
        LeaseStatus, NextMessage, NextStep, Refusal, Retry, Stores, UsageEntry,
    },
    scenario::{CoachSees, CoachWhen, Script},
    timestamp::Timestamp,
    turn::{
        TurnCost,
        ledger::{Balance, Bound, Payer, Settlement, Usage},
    },
};

/// When every exam begins.
pub const START: Timestamp = Timestamp(1_800_000_000_000_000);
/// How long a lease lasts.
pub const LEASE: Duration = Duration::from_secs(10);
/// What a call of the exams may use.
pub const CALL: Bound = Bound { input: 50, output: 20 };
/// What a call of the exams uses.
pub const USED: Usage =
    Usage { input: 40, cached_input: 10, cache_write: 5, output: 15, reasoning: 3 };
/// A host without rules of its own.
pub const OPEN_HOUSE: HostLimits =
    HostLimits { draining: false, per_minute: None, tokens_per_day: None };
/// An ordinary turn.
pub const TURN: Calls = Calls::Turn { partner: CALL, coach: CoachCall::After(CALL) };
/// What a turn of the exams takes.
pub const TURN_COST: TurnCost = TurnCost { typical: 110, whole: 140 };
/// A private question.
pub const ASIDE: Calls = Calls::Aside(CALL);
/// A call that reported its usage.
pub const REPORTED: Settlement = Settlement::Reported(USED);

/// `seconds` after the exam began.
pub fn at(seconds: u64) -> Timestamp {
    START.after(Duration::from_secs(seconds))
}

/// The line that a deed of a person leaves, `seconds` after the exam began.
pub fn line(by: UserId, deed: AuditAction, seconds: u64) -> AuditEntry {
    AuditEntry { at: at(seconds), actor: Some(by), deed, subject: None, address: None }
}

/// The line that making invitations leaves.
pub fn made() -> AuditEntry {
    line(person(9), AuditAction::Invited, 0)
}

/// The line that taking an invitation back leaves.
pub fn revoked_by(seconds: u64) -> AuditEntry {
    line(person(9), AuditAction::Revoked, seconds)
}

/// A name from a number.
pub fn uuid(number: u128) -> Uuid {
    Uuid::from_u128((0x7 << 76) | (0x2 << 62) | number)
}

/// A person from a number.
pub fn person(number: u128) -> UserId {
    UserId(uuid(0x0100_0000 + number))
}

/// The row of a turn from a number.
pub fn turn(number: u128) -> TurnId {
    TurnId(uuid(0x0400_0000 + number))
}

/// An open invitation of so many tokens.
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

/// A conversation of person 1 that nothing was said in.
pub fn a_conversation(number: u128, invitation: Option<InvitationId>) -> Conversation {
    Conversation {
        id: ConversationId(uuid(0x0300_0000 + number)),
        owner: person(1),
        invitation,
        allowance: false,
        scenario: Some(("raise".into(), "3".into())),
        script: Script {
            title: "A raise".into(),
            card: "You ask for more pay.".into(),
            language: "en".into(),
            partner_name: "Ms Keller".into(),
            partner_prompt: "You are Ms Keller.".into(),
            partner_temperature: Some(0.7),
            partner_max_output: 400,
            opening: None,
            coach_prompt: "You coach.".into(),
            coach_temperature: None,
            coach_max_output: 300,
            coach_when: CoachWhen::AfterPartner,
            coach_sees: CoachSees::Both,
            max_turns: Some(12),
            max_seconds: None,
        },
        coach: true,
        aside: true,
        created_at: START,
        turn: 0,
        ended: None,
        erased_at: None,
    }
}

/// A conversation under an invitation, in a store.
#[derive(Clone, Copy, Debug)]
pub struct Room<'a> {
    /// The store.
    pub store: &'a dyn Stores,
    /// The conversation.
    pub id: ConversationId,
    /// Who pays.
    pub invitation: InvitationId,
}

impl<'a> Room<'a> {
    /// Conversation 1 under invitation 1 with tokens for ever.
    pub async fn new(store: &'a dyn Stores) -> Self {
        Self::with_quota(store, 1_000_000).await
    }

    /// Conversation 1 under invitation 1 of so many tokens.
    pub async fn with_quota(store: &'a dyn Stores, quota: u64) -> Self {
        let invitation = an_invitation(1, quota);
        store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
        Self::under(store, 1, invitation.id).await
    }

    /// Another conversation under the same invitation.
    pub async fn under(store: &'a dyn Stores, n: u128, invitation: InvitationId) -> Self {
        let conversation = a_conversation(n, Some(invitation));
        store.start(&conversation).await.unwrap();
        Self { store, id: conversation.id, invitation }
    }

    /// An ordinary message, `n` seconds after the exam began, as turn row `n`.
    pub fn message(&self, n: u64) -> Accept<'static> {
        Accept {
            conversation: self.id,
            turn: turn(u128::from(n)),
            content: "May I have a raise?",
            client_id: None,
            calls: TURN,
            house: OPEN_HOUSE,
            at: at(n),
            lease_until: at(n).after(LEASE),
        }
    }

    /// A message on its way in.
    pub async fn accept(&self, accept: Accept<'_>) -> Admission {
        self.store.accept(accept).await.unwrap()
    }

    /// An ordinary message that is let in.
    pub async fn open(&self, n: u64) -> Admitted {
        opened(self.accept(self.message(n)).await)
    }

    /// Why this message is not let in; proves that nothing changed.
    pub async fn refused(&self, accept: Accept<'_>) -> Refusal {
        let before = self.record().await;
        let refusal = refusal(&self.accept(accept).await);
        assert_eq!(self.record().await, before, "a refusal left something behind");
        refusal
    }

    /// Another attempt at `replaces`, `n` seconds after the exam began, as attempt `n`.
    pub fn another(&self, n: u64, replaces: MessageId, calls: Calls) -> Retry {
        Retry {
            conversation: self.id,
            attempt: turn(u128::from(n)),
            replaces,
            calls,
            house: OPEN_HOUSE,
            at: at(n),
            lease_until: at(n).after(LEASE),
        }
    }

    /// Another attempt on its way in.
    pub async fn retry(&self, retry: Retry) -> Admission {
        self.store.retry(retry).await.unwrap()
    }

    /// A sign of life with all of the text so far.
    pub async fn beat(&self, opened: &Admitted, text: &str) -> LeaseStatus {
        let beat = Heartbeat {
            conversation: self.id,
            turn: opened.id,
            fence: opened.fence,
            reply: opened.reply,
            text: Some(text),
            lease_until: at(500),
        };
        self.store.beat(beat).await.unwrap()
    }

    /// A complete answer to what was opened.
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
            cost: Some(7),
            then,
            turn_cost: TURN_COST,
            ends: None,
            at: at(102),
            lease_until: at(112),
        }
    }

    /// A complete comment on an answer that was followed by it.
    pub fn comment<'b>(
        &self,
        opened: &Admitted,
        next: Option<NextMessage>,
        text: &'b str,
    ) -> Finish<'b> {
        let reply = next.expect("a comment was begun").id;
        Finish { lane: Lane::Coach, reply, ..self.answer(opened, text, NextStep::Close) }
    }

    /// An answer's end.
    pub async fn finish(&self, finish: Finish<'_>) -> Finishing {
        self.store.finish(finish).await.unwrap()
    }

    /// Finishes an answer that its owner still owns.
    pub async fn kept(&self, finish: Finish<'_>) -> Option<NextMessage> {
        match self.finish(finish).await {
            Finishing::Kept { next, .. } => next,
            Finishing::Gone => panic!("the owner's own answer was not kept"),
        }
    }

    /// A whole ordinary turn.
    pub async fn take_turn(&self, n: u64) -> Admitted {
        let opened = self.open(n).await;
        self.play(&opened).await;
        opened
    }

    /// Both answers of an ordinary turn.
    pub async fn play(&self, opened: &Admitted) {
        if opened.coach_left_out {
            let skip = NextStep::Skip(crate::conversation::SkipReason::Quota);
            self.kept(self.answer(opened, "No.", skip)).await;
        } else {
            let next = self.kept(self.answer(opened, "No.", NextStep::Speak(Lane::Coach))).await;
            self.kept(self.comment(opened, next, "Ask why.")).await;
        }
    }

    /// Everything that was said.
    pub async fn messages(&self) -> Vec<Message> {
        self.store.messages(self.id, None, 1000).await.unwrap()
    }

    /// Everything that was charged.
    pub async fn entries(&self) -> Vec<UsageEntry> {
        self.store.entries(self.id).await.unwrap()
    }

    /// The invitation's tokens.
    pub async fn balance(&self) -> Balance {
        self.store.balance(Payer::Invitation(self.invitation)).await.unwrap().unwrap()
    }

    /// Ends the conversation.
    pub async fn end(&self, reason: EndReason) {
        self.store.end(self.id, reason, at(1), None).await.unwrap();
    }

    /// The invitation's columns are what its entries and the calls in flight add up to.
    pub async fn balanced(&self, in_flight: &[Bound]) {
        let spent: u64 = self.entries().await.iter().map(|e| e.settlement.usage().total()).sum();
        let held: u64 = in_flight.iter().map(|bound| bound.total()).sum();
        let balance = self.balance().await;
        assert_eq!((balance.used, balance.reserved), (spent, held), "used and reserved");
    }

    /// Everything that the ports tell of the conversation, to compare.
    pub async fn record(&self) -> String {
        format!(
            "{:?}\n{:?}\n{:?}",
            self.store.present(self.id).await.unwrap(),
            self.messages().await,
            self.entries().await,
        )
    }
}

/// What was let in.
pub fn opened(opening: Admission) -> Admitted {
    match opening {
        Admission::Admitted(opened) => opened,
        Admission::Known { .. } | Admission::Refused(_) => panic!("not let in: {opening:?}"),
    }
}

/// Why it was not.
pub fn refusal(opening: &Admission) -> Refusal {
    match opening {
        Admission::Refused(refusal) => *refusal,
        Admission::Admitted(_) | Admission::Known { .. } => panic!("not refused: {opening:?}"),
    }
}

/// The name of a call that an attempt makes.
pub fn call(attempt: u64, lane: Lane) -> ReservationId {
    ReservationId::of(turn(u128::from(attempt)), lane)
}
