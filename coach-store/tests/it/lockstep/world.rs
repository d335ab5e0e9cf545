//! A store, with what a host would remember of it.

use std::{collections::BTreeMap, fmt::Debug, sync::Arc};

use coach_core::{
    conversation::{Seen, SeenHow},
    ids::{ConversationId, EntryId, InvitationId, MessageId, ReservationId, TurnId, UserId},
    invitation::{LinkStamp, QuotaPreset},
    model::{StandaloneLane, TurnLane},
    people::{
        Identity,
        audit::{AuditAction, AuditEntry, Change},
    },
    ports::{
        Accept, Admission, Amend, Claim, Finish, Finishing, Heartbeat, NextStep, RecoveryScope,
        Retry, SignIn, StandaloneCall, StoreError, Stores, UserFilter,
    },
    testing::contract::fixture::{
        TURN_COST, a_conversation, an_invitation, at, line, made, person, report, turn, uuid,
    },
    turn::ledger::{self, ReservedTokens, Settlement, Usage, VoidReason},
};

use super::actions::{Action, INVITATIONS, Payer, USERS, What};

/// An attempt at a turn, as its owner knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    id: TurnId,
    attempt: TurnId,
    fence: u64,
    pub(super) lane: TurnLane,
    reply: MessageId,
}

#[derive(Debug)]
pub(super) struct Room {
    id: ConversationId,
    attempts: Vec<Attempt>,
}

impl Room {
    /// Returns the newest attempt, or one before it.
    pub(super) fn attempt(&self, back: usize) -> Option<Attempt> {
        self.attempts.iter().rev().nth(back).copied()
    }
}

pub(super) struct World {
    pub(super) name: &'static str,
    store: Arc<dyn Stores>,
    pub(super) rooms: Vec<Room>,
    /// The numbers that a store gave to messages and entries, which may have gaps, in the order of their appearance.
    numbers: BTreeMap<String, usize>,
}

impl World {
    pub(super) async fn new(name: &'static str, store: Arc<dyn Stores>) -> Self {
        for (number, quota) in (1..=INVITATIONS).zip([400, 1_500, 6_000, 1_000_000]) {
            store.invite(&[an_invitation(number, quota)], made()).await.unwrap();
        }
        store.local_admin(person(50), None, at(0)).await.unwrap();
        let mut world = Self { name, store, rooms: Vec::new(), numbers: BTreeMap::new() };
        for (user, invitation) in [(1, Some(1)), (2, Some(2)), (3, Some(4)), (4, None)] {
            if let Some(invitation) = invitation {
                world.claim(0, invitation, user, true).await.unwrap();
            }
            world.start(user, invitation, invitation.is_none()).await.unwrap();
        }
        world
    }

    /// Makes a call; returns the answer as text.
    pub(super) async fn act(&mut self, action: &Action) -> String {
        let seconds = action.at;
        let store = self.store.clone();
        let by = |what| line(person(50), what, seconds);
        match action.what.clone() {
            What::Start { owner, invitation, allowance } => {
                let started =
                    self.start(owner, invitation, allowance && invitation.is_none()).await;
                self.text(started)
            }
            What::Accept { room, turn: number, words, client, reservations, limits, lease } => {
                let client = client.map(|client| format!("k{client}"));
                let accept = Accept {
                    conversation: self.rooms[room].id,
                    turn: turn(u128::from(number)),
                    content: ["May I have a raise?", "Or at least a day off?"][words as usize],
                    client_id: client.as_deref(),
                    reservations,
                    host_limits: limits,
                    at: at(seconds),
                    lease,
                };
                let admission = store.accept(accept).await;
                self.admitted(room, turn(u128::from(number)), &admission);
                self.text(admission)
            }
            What::Retry { room, attempt, back, reservations, lease } => {
                let Some(last) = self.rooms[room].attempt(back) else { return String::new() };
                let retry = Retry {
                    conversation: self.rooms[room].id,
                    attempt: turn(u128::from(attempt)),
                    replaces: last.reply,
                    reservations,
                    host_limits: coach_core::testing::contract::fixture::NO_HOST_LIMITS,
                    at: at(seconds),
                    lease,
                };
                let admission = store.retry(retry).await;
                self.admitted(room, turn(u128::from(attempt)), &admission);
                self.text(admission)
            }
            What::Beat { room, back, stale, words, renews, lease } => {
                let Some(attempt) = self.rooms[room].attempt(back) else { return String::new() };
                let text = words.map(|words| "No, ".repeat(words as usize));
                let beat = Heartbeat {
                    conversation: self.rooms[room].id,
                    turn: attempt.id,
                    fence: attempt.fence - u64::from(stale),
                    reply: attempt.reply,
                    text: text.as_deref(),
                    renews,
                };
                self.text(store.beat(&[beat], lease).await)
            }
            What::Finish { room, back, stale, status, tokens, then, ends, lease } => {
                let Some(attempt) = self.rooms[room].attempt(back) else { return String::new() };
                let finish = Finish {
                    conversation: self.rooms[room].id,
                    turn: attempt.id,
                    fence: attempt.fence - u64::from(stale),
                    lane: attempt.lane,
                    reply: attempt.reply,
                    text: "No, not now.",
                    status,
                    finish_reason: Some("stop"),
                    model: Some("demo-1"),
                    first_delta_at: Some(at(seconds)),
                    timing: "10+4",
                    settlement: settlement(tokens),
                    call: report("demo-1"),
                    cost: tokens,
                    then,
                    turn_cost: TURN_COST,
                    ends,
                    at: at(seconds),
                    lease,
                };
                let finishing = store.finish(finish).await;
                self.finished(room, back, then, &finishing);
                self.text(finishing)
            }
            What::Stop { room } => self.text(store.request_stop(self.rooms[room].id).await),
            What::End { room, reason } => {
                let audit = Some(by(AuditAction::Ended));
                self.text(store.end(self.rooms[room].id, reason, at(seconds), audit).await)
            }
            What::Seen { room, back, share } => {
                let Some(attempt) = self.rooms[room].attempt(back) else { return String::new() };
                let how = if share % 2 == 0 { SeenHow::Shown } else { SeenHow::Opened };
                let seen = Seen::new(how, Some(share), Some(share * 40));
                let noted =
                    store.note_seen(self.rooms[room].id, attempt.reply, seen, at(seconds)).await;
                self.text(noted)
            }
            What::Recover { everything, except } => {
                let scope =
                    if everything { RecoveryScope::Everything } else { RecoveryScope::Expired };
                let running: Vec<TurnId> = except
                    .and_then(|room| self.rooms[room].attempt(0))
                    .map(|attempt| attempt.attempt)
                    .into_iter()
                    .collect();
                self.text(store.recover(scope, &running, at(seconds)).await)
            }
            What::LowerCeiling { room } => {
                self.text(store.lower_ceiling(self.rooms[room].id, TURN_COST).await)
            }
            What::Reserve { call, room, payer, tokens, limits, lease } => {
                let call = StandaloneCall {
                    conversation: room.map(|room| self.rooms[room].id),
                    host_limits: limits,
                    lease,
                    ..StandaloneCall::new(
                        standalone(call),
                        payer.into(),
                        StandaloneLane::Elaboration,
                        ReservedTokens { input: tokens, output: 10 },
                        at(seconds),
                    )
                };
                self.text(store.reserve(call).await)
            }
            What::Raise { call, tokens, limits } => {
                let to = ReservedTokens { input: tokens, output: 10 };
                self.text(store.raise(standalone(call), to, limits, at(seconds)).await)
            }
            What::Settle { call, tokens } => {
                let settled = store.settle(
                    standalone(call),
                    settlement(tokens),
                    report("demo-1"),
                    tokens,
                    at(seconds),
                );
                self.text(settled.await)
            }
            What::Claim { invitation, user, new_guest } => {
                let claimed = self.claim(seconds, invitation, user, new_guest).await;
                self.text(claimed)
            }
            What::Reclaim { invitation, version } => {
                let audit = by(AuditAction::Claimed);
                self.text(store.reclaim(named(invitation), version, "c2", audit).await)
            }
            What::Amend { invitation, tokens, expires } => {
                let amend = Amend {
                    add_tokens: tokens,
                    expires_at: expires.map(|expires| expires.map(at)),
                    label: Some(format!("label {tokens}")),
                    ..Amend::default()
                };
                let audit = by(AuditAction::InvitationChanged(Change::default()));
                self.text(store.amend(named(invitation), &amend, audit).await)
            }
            What::FreshLink { invitation, version } => {
                let token_hash = [invitation * 10 + version as u8; 32];
                let link = LinkStamp { token_hash, version, key_generation: "k2".into() };
                let audit = by(AuditAction::FreshLinkCreated);
                self.text(store.fresh_link(named(invitation), &link, audit).await)
            }
            What::Revoke { invitation } => {
                self.text(store.revoke(named(invitation), by(AuditAction::Revoked)).await)
            }
            What::SignIn { subject, user, promote } => {
                let identity = identity(subject);
                let new = person(100 + u128::from(user));
                let sign_in =
                    SignIn { identity: &identity, new, promote, address: None, at: at(seconds) };
                self.text(store.sign_in(sign_in).await)
            }
            What::Link { user, subject } => {
                let audit = by(AuditAction::IdentityLinked);
                self.text(store.link(number(user), &identity(subject), audit).await)
            }
            What::Move { guest, to } => {
                let audit = by(AuditAction::GuestMoved);
                self.text(store.move_guest(number(guest), number(to), audit).await)
            }
            What::Role { user, role } => {
                let audit = by(AuditAction::RoleGiven(role));
                self.text(store.give_role(number(user), role, audit).await)
            }
            What::Disable { user, disabled } => {
                let audit = by(AuditAction::Disabled);
                self.text(store.disable(number(user), disabled, audit).await)
            }
            What::Erase { user } => {
                self.text(store.erase(number(user), by(AuditAction::Erased)).await)
            }
            What::Allowance { tokens } => {
                let preset =
                    QuotaPreset { id: QuotaPreset::ALLOWANCE, label: "Allowance".into(), tokens };
                let audit = by(AuditAction::PresetSaved(Change::default()));
                self.text(store.save_preset(&preset, audit).await)
            }
            What::Look { room } => {
                let id = self.rooms[room].id;
                let look = (
                    store.present(id).await,
                    store.funds(id).await,
                    store.messages(id, None, 5).await,
                );
                self.text::<_, StoreError>(Ok(look))
            }
        }
    }

    async fn start(
        &mut self,
        owner: u64,
        invitation: Option<u8>,
        allowance: bool,
    ) -> Result<bool, StoreError> {
        let number = self.rooms.len() as u128 + 1;
        let mut conversation = a_conversation(number, invitation.map(named));
        conversation.owner = self::number(owner);
        conversation.allowance = allowance;
        conversation.script.opening =
            number.is_multiple_of(2).then(|| "You wanted to see me?".into());
        let started = self.store.start(&conversation).await;
        if matches!(started, Ok(true)) {
            self.rooms.push(Room { id: conversation.id, attempts: Vec::new() });
        }
        started
    }

    async fn claim(
        &self,
        seconds: u64,
        invitation: u8,
        user: u64,
        new_guest: bool,
    ) -> Result<coach_core::ports::Claiming, StoreError> {
        let user = number(user);
        let audit = line(user, AuditAction::Claimed, seconds);
        let claim =
            Claim { invitation: named(invitation), user, new_guest, consent_version: "c1", audit };
        self.store.claim(claim).await
    }

    fn admitted(
        &mut self,
        room: usize,
        attempt: TurnId,
        admission: &Result<Admission, StoreError>,
    ) {
        if let Ok(Admission::Admitted(opened)) = admission
            && self.rooms[room].attempts.iter().all(|known| known.attempt != attempt)
        {
            self.rooms[room].attempts.push(Attempt {
                id: opened.id,
                attempt,
                fence: opened.fence,
                lane: opened.lane,
                reply: opened.reply,
            });
        }
    }

    fn finished(
        &mut self,
        room: usize,
        back: usize,
        then: NextStep,
        finishing: &Result<Finishing, StoreError>,
    ) {
        if let (NextStep::Speak(lane), Ok(Finishing::Kept { next: Some(next), .. })) =
            (then, finishing)
        {
            let attempts = &mut self.rooms[room].attempts;
            let last = attempts.len() - 1 - back;
            attempts[last] = Attempt { lane, reply: next.id, ..attempts[last] };
        }
    }

    /// Returns everything on record.
    pub(super) async fn facts(&mut self) -> Vec<String> {
        let store = self.store.clone();
        let mut facts = Vec::new();
        for room in 0..self.rooms.len() {
            let id = self.rooms[room].id;
            facts.push(self.text(store.present(id).await));
            facts.push(self.text(store.message_details(id, None, 10_000).await));
            facts.push(self.text(store.entries(id).await));
            facts.push(self.text(store.seen(id).await));
            facts.push(self.text(store.funds(id).await));
        }
        for invitation in 1..=INVITATIONS {
            facts.push(self.text(store.invitation(named(invitation)).await));
            facts.push(self.text(store.balance(Payer::Invitation(invitation).into()).await));
        }
        for user in (1..=USERS).chain(101..=100 + USERS).chain([50]) {
            facts.push(self.text(store.user(number(user)).await));
            facts.push(self.text(store.identities(number(user)).await));
            facts.push(self.text(store.invitations_of(number(user)).await));
            facts.push(self.text(store.balance(Payer::Allowance(user).into()).await));
        }
        let all = UserFilter { limit: 1_000, ..UserFilter::default() };
        facts.push(self.text(store.list_users(all).await));
        facts.push(self.text(store.presets().await));
        facts.push(self.text(store.entries_after(EntryId(0), 10_000).await));
        let audit: Result<Vec<AuditEntry>, _> = store
            .audit(None, None, 10_000)
            .await
            .map(|entries| entries.into_iter().map(|(_, entry)| entry).collect());
        facts.push(self.text(audit));
        facts
    }

    /// Returns an answer as text, without what may differ between stores: errors in their own words, and the numbers
    /// of messages and entries.
    fn text<T: Debug, E>(&mut self, answer: Result<T, E>) -> String {
        let Ok(answer) = answer else { return "an error".to_owned() };
        let answer = format!("{answer:?}");
        let mut text = String::with_capacity(answer.len());
        let mut rest = &*answer;
        while let Some((before, name, after)) = ["MessageId(", "EntryId("]
            .iter()
            .filter_map(|name| rest.split_once(name).map(|(before, after)| (before, *name, after)))
            .min_by_key(|(before, ..)| before.len())
        {
            let (number, after) = after.split_once(')').unwrap();
            let next = self.numbers.len();
            let known = *self.numbers.entry(format!("{name}{number}")).or_insert(next);
            text += &format!("{before}{name}no. {known})");
            rest = after;
        }
        text + rest
    }
}

impl From<Payer> for ledger::Payer {
    fn from(payer: Payer) -> Self {
        match payer {
            Payer::Invitation(invitation) => Self::Invitation(named(invitation)),
            Payer::Allowance(user) => Self::Allowance(number(user)),
            Payer::Unlimited => Self::Unlimited,
        }
    }
}

fn named(invitation: u8) -> InvitationId {
    an_invitation(invitation, 0).id
}

fn number(user: u64) -> UserId {
    person(user.into())
}

fn standalone(call: u64) -> ReservationId {
    ReservationId(uuid(0x0500_0000 + u128::from(call)))
}

fn settlement(tokens: Option<u64>) -> Settlement {
    let usage = |output| Usage { input: 20, cached_input: 5, cache_write: 1, output, reasoning: 0 };
    match tokens {
        None => Settlement::Voided(VoidReason::NotAccepted),
        Some(output) if output % 3 == 0 => Settlement::Estimated(usage(output)),
        Some(output) => Settlement::Reported(usage(output)),
    }
}

fn identity(subject: u64) -> Identity {
    Identity {
        issuer: "https://id.example.org".into(),
        subject: subject.to_string(),
        name: Some(format!("Subject {subject}")),
        email: Some(format!("s{subject}@example.org")),
        email_verified: true,
    }
}
