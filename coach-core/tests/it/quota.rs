//! Published quotas: when no turns are left, for whom, and when more become available.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use coach_core::{
    Coach, CoachError, Settings,
    conversation::SkipReason,
    ids::ConversationId,
    invitation::Invitation,
    live::{Event, Follower, StartAt},
    memory::MemoryStore,
    model::Lane,
    people::{Principal, UserRole},
    ports::{Amend, ConversationStore as _, InvitationStore as _, ModelErrorKind, Refusal},
    testing::{
        Fault, MORNING, ScriptedModel, SerialIds, Step, Take, TokioClock, answer,
        contract::fixture::{a_conversation, an_invitation, made, person},
        refusal,
    },
    turn::{TurnLimit, ledger::Usage},
};

use crate::talk::{Talk, until};

/// Returns an answer that comes after a second.
fn slowly() -> Take {
    [Step::Accept, Step::Wait(Duration::from_secs(1))].into_iter().chain(answer("No.")).collect()
}

/// Conversations under one invitation, without a cap on turns.
struct Group {
    coach: Coach,
    store: MemoryStore,
    partner: Arc<ScriptedModel>,
    talks: Vec<ConversationId>,
}

impl Group {
    async fn of(talks: u128, quota: u64, settings: Settings) -> Self {
        let store = MemoryStore::new();
        let invitation = an_invitation(1, quota);
        store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
        let mut ids = Vec::new();
        for n in 1..=talks {
            let mut talk = a_conversation(n, Some(invitation.id));
            talk.script.max_turns = None;
            store.start(&talk).await.unwrap();
            ids.push(talk.id);
        }
        let partner = ScriptedModel::playing("test:partner", []);
        let coach = Coach::builder(store.clone())
            .model(Lane::Partner, partner.clone())
            .model(Lane::Coach, ScriptedModel::saying("test:coach", []))
            .clock(Arc::new(TokioClock::default()))
            .ids(Arc::new(SerialIds::default()))
            .settings(Settings { messages_per_minute: None, ..settings })
            .build()
            .unwrap();
        Self { coach, store, partner, talks: ids }
    }

    async fn follow(&self, nth: usize) -> Follower {
        self.follow_from(nth).await.0
    }

    /// Returns a follower and the first number of turns it receives.
    async fn follow_from(&self, nth: usize) -> (Follower, u32) {
        let (who, talk) = (Talk::participant(), self.talks[nth]);
        let mut follower =
            self.coach.conversation(&who, talk).follow(StartAt::Nothing).await.unwrap();
        let first = turns_left(&mut follower).await.unwrap();
        (follower, first)
    }

    async fn say(&self, nth: usize) -> Result<(), CoachError> {
        self.say_so(nth, ".").await
    }

    async fn say_so(&self, nth: usize, words: &str) -> Result<(), CoachError> {
        self.coach.conversation(&Talk::participant(), self.talks[nth]).say(words).await.map(|_| ())
    }

    async fn invitation(&self) -> Invitation {
        self.store.invitation(an_invitation(1, 0).id).await.unwrap().unwrap()
    }

    async fn add_tokens(&self, add_tokens: u64) {
        let staff = Principal::new(person(9), UserRole::Staff);
        let more = Amend { add_tokens, ..Amend::default() };
        self.coach.invitations(&staff).amend(an_invitation(1, 0).id, more).await.unwrap();
    }
}

/// Returns the next published number of turns.
async fn turns_left(follower: &mut Follower) -> Option<u32> {
    let received = until(follower, |event| matches!(event, Event::Quota(_))).await;
    match received.last() {
        Some(Event::Quota(quota)) => quota.turns_left,
        _ => None,
    }
}

#[tokio::test(start_paused = true)]
async fn tokens_reserved_by_another_conversation_are_unavailable_until_released() {
    let group = Group::of(2, 3_000, Settings::default()).await;
    let (mut one, (mut other, before)) = (group.follow(0).await, group.follow_from(1).await);
    group.partner.then(slowly());
    group.partner.then(slowly());
    group.say(0).await.unwrap();
    assert!(before > 0);
    assert_eq!(turns_left(&mut other).await, Some(0));
    let refused = group.say_so(1, &"Long. ".repeat(250)).await.unwrap_err();
    assert_eq!((refused.code().as_str(), refused.retryable()), ("quota_exhausted", true));
    until(&mut one, Event::is_idle).await;
    assert_eq!(turns_left(&mut other).await, Some(before), "50 tokens are less than a turn");
    group.say(1).await.unwrap();
    until(&mut other, Event::is_idle).await;
    assert_eq!(turns_left(&mut one).await, Some(0), "while the other has a reservation");
}

#[tokio::test(start_paused = true)]
async fn a_conversations_own_reservation_does_not_lower_its_turns_left() {
    let group = Group::of(1, 3_000, Settings::default()).await;
    let (mut follower, before) = group.follow_from(0).await;
    group.partner.then(slowly());
    group.say(0).await.unwrap();
    let held = group.invitation().await;
    assert!(before > 0 && held.balance.reserved > 0);
    assert_eq!(group.coach.turns_left(&held).await.unwrap().0, before);
    let received = until(&mut follower, Event::is_idle).await;
    let counts = received.iter().filter(|event| matches!(event, Event::Quota(_))).count();
    assert_eq!(counts, 1, "published once, at the end: {received:?}");
}

#[tokio::test(start_paused = true)]
async fn added_tokens_reach_waiting_followers() {
    let group = Group::of(1, 100, Settings::default()).await;
    let mut follower = group.follow(0).await;
    let refused = group.say(0).await.unwrap_err();
    assert_eq!((refused.code().as_str(), refused.retryable()), ("quota_exhausted", false));
    group.add_tokens(10_000).await;
    assert!(turns_left(&mut follower).await > Some(0));
    group.say(0).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_spent_day_resumes_at_midnight() {
    let settings = Settings { tokens_per_day: Some(500), ..Settings::default() };
    let group = Group::of(1, 1_000_000, settings).await;
    let mut follower = group.follow(0).await;
    let refused = loop {
        match group.say(0).await {
            Ok(()) => until(&mut follower, Event::is_idle).await,
            Err(error) => break error,
        };
    };
    let midnight = MORNING.next_day();
    assert!(
        matches!(refused, CoachError::Refused(Refusal::DaySpent { wait, for_now: false })
            if wait == midnight.since(group.coach.now())),
        "{refused:?}"
    );
    assert_eq!((refused.code().as_str(), refused.retryable()), ("rate_limited", true));
    tokio::time::sleep(midnight.since(group.coach.now()) - Duration::from_secs(1)).await;
    assert_eq!(group.say(0).await.unwrap_err().code().as_str(), "rate_limited");
    tokio::time::sleep(Duration::from_secs(1)).await;
    group.say(0).await.unwrap();
}

/// Returns an answer that used this many tokens.
fn taking(tokens: u64) -> Take {
    let usage = Usage { input: tokens - 1, output: 1, ..Usage::default() };
    vec![Step::Accept, Step::Say("No.".into()), Step::Done(Some(usage))]
}

#[tokio::test(start_paused = true)]
async fn one_unusual_turn_does_not_move_the_number_of_turns_left() {
    let group = Group::of(1, 100_000, Settings::default()).await;
    for tokens in [75, 75, 75, 300, 75, 2, 75] {
        group.partner.then(taking(tokens));
    }
    let mut follower = group.follow(0).await;
    let mut received = Vec::new();
    for _ in 0..7 {
        group.say(0).await.unwrap();
        received.push(turns_left(&mut follower).await.unwrap());
        until(&mut follower, Event::is_idle).await;
    }
    // 100 tokens per turn with its comment: each turn costs one, the long one three more and the short one
    // less.
    assert_eq!(received, [999, 998, 997, 993, 992, 992, 991]);
}

/// Deterministic pseudo-random numbers.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }

    /// Returns an answer whose usage is honest, missing, zero, or ten times the reservation.
    fn take(&mut self) -> Take {
        let usage = match self.below(6) {
            0 => None,
            1 => Some(Usage::default()),
            2 => Some(Usage { input: 12_000, output: 4_000, ..Usage::default() }),
            3 => Some(Usage { input: 1, output: 1, ..Usage::default() }),
            4 => return refusal(ModelErrorKind::Provider),
            _ => Some(Usage { input: 300, output: 60, ..Usage::default() }),
        };
        vec![Step::Accept, Step::Say("No. Not today.".into()), Step::Done(usage)]
    }
}

/// Whatever providers report and whatever fails: unless tokens are added, the number after a turn never
/// rises.
#[tokio::test(start_paused = true)]
async fn turns_left_never_rise_after_a_turn_whatever_usage_is_reported() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let (mut turns, mut rose) = (0, 0);
    for seed in 0..60 {
        let group = Group::of(1, 3_000 + dice.below(120_000), Settings::default()).await;
        let mut follower = group.follow(0).await;
        let mut last: Option<u32> = None;
        for _ in 0..15 {
            let take = dice.take();
            group.partner.then(take.clone());
            let words = "word ".repeat(usize::try_from(dice.below(300) + 1).unwrap());
            if group.say_so(0, &words).await.is_err() {
                break;
            }
            let received = turns_left(&mut follower).await.unwrap();
            until(&mut follower, Event::is_idle).await;
            if let Some(last) = last {
                assert!(received <= last, "{seed}: {last} rose to {received} after {take:?}");
            }
            let (_, again) = group.follow_from(0).await;
            assert_eq!(again, received, "a second follower receives the same");
            last = Some(received);
            turns += 1;
        }
        group.add_tokens(1_000_000).await;
        rose += u32::from(turns_left(&mut follower).await > last);
    }
    assert!(turns > 300, "only {turns} turns were taken");
    assert_eq!(rose, 60, "only added tokens let the number rise");
}

/// 0 is published exactly when a message of 400 bytes with its comment does not fit.
#[tokio::test(start_paused = true)]
async fn no_turns_are_left_exactly_when_a_whole_one_does_not_fit() {
    let usual = "x".repeat(400);
    let (mut whole, mut alone, mut refused) = (0, 0, 0);
    for quota in (400..4_400).step_by(40) {
        let group = Group::of(1, quota, Settings::default()).await;
        let (mut follower, mut received) = group.follow_from(0).await;
        for _ in 0..4 {
            if let Err(error) = group.say_so(0, &usual).await {
                assert_eq!((error.code().as_str(), received), ("quota_exhausted", 0), "{quota}");
                refused += 1;
                break;
            }
            let events = until(&mut follower, Event::is_idle).await;
            let left_out = SkipReason::Quota;
            let with_coach = !events
                .iter()
                .any(|event| matches!(event, Event::Skipped(skipped) if skipped.skipped == Some(left_out)));
            assert_eq!(with_coach, received > 0, "{quota}: {received} turns were left");
            whole += u32::from(with_coach);
            alone += u32::from(!with_coach);
            received = events.iter().rev().find_map(quota_of).unwrap();
        }
    }
    assert!(whole > 50 && alone > 10 && refused > 0, "{whole} {alone} {refused}");
}

fn quota_of(event: &Event) -> Option<u32> {
    match event {
        Event::Quota(quota) => quota.turns_left,
        _ => None,
    }
}

/// The conversation's cap is the limit where it is smaller, also for users without a quota.
#[tokio::test(start_paused = true)]
async fn the_turn_limit_of_a_conversation_is_a_limit_of_its_own() {
    let talk =
        Talk::of(|talk| talk.script.max_turns = Some(2), vec![], vec![], |_| Fault::None).await;
    let mut follower = talk.follow().await;
    until(&mut follower, |event| matches!(event, Event::Quota(_))).await;
    let mut received = Vec::new();
    for words in ["One.", "Two."] {
        talk.say(words).await;
        let events = until(&mut follower, Event::is_idle).await;
        received.extend(events.iter().filter_map(|event| match event {
            Event::Quota(quota) => Some((quota.turns_left, quota.limit)),
            _ => None,
        }));
    }
    let cap = Some(TurnLimit::Conversation);
    assert_eq!(received[received.len() - 2..], [(Some(1), cap), (Some(0), cap)]);
}
