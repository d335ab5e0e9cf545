//! What may be spent, as it is told: when nothing is left, for whom, and when it goes on.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use coach_core::{
    Coach, CoachError, Settings,
    account::{AccountRole, Principal},
    event::Event,
    ids::ConversationId,
    ledger::Usage,
    live::{Follower, From},
    memory::MemoryStore,
    ports::{Amend, ConversationStore as _, InvitationStore as _, Lane, Refusal},
    testing::{
        MORNING, ScriptedModel, SerialIds, Step, Take, TokioClock, answer,
        contract::fixture::{a_conversation, an_invitation, made, person},
    },
};

use crate::talk::{Talk, until};

/// An answer that comes after a second.
fn slowly() -> Take {
    [Step::Accept, Step::Wait(Duration::from_secs(1))].into_iter().chain(answer("No.")).collect()
}

/// Conversations under one invitation.
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
            let talk = a_conversation(n, Some(invitation.id));
            store.start(&talk).await.unwrap();
            ids.push(talk.id);
        }
        let partner = ScriptedModel::playing("test:partner", []);
        let coach = Coach::builder()
            .stores(store.clone())
            .model(Lane::Partner, partner.clone())
            .model(Lane::Coach, ScriptedModel::saying("test:coach", []))
            .clock(Arc::new(TokioClock::default()))
            .ids(Arc::new(SerialIds::default()))
            .settings(Settings { messages_per_minute: None, ..settings })
            .build();
        Self { coach, store, partner, talks: ids }
    }

    async fn follow(&self, nth: usize) -> Follower {
        let (who, talk) = (Talk::participant(), self.talks[nth]);
        let mut follower = self.coach.follow(&who, talk, From::Nothing).await.unwrap();
        until(&mut follower, |event| matches!(event, Event::Quota(_))).await;
        follower
    }

    async fn say(&self, nth: usize) -> Result<(), CoachError> {
        self.coach.say(&Talk::participant(), self.talks[nth], ".").await.map(|_| ())
    }
}

/// The number that is told next.
async fn turns_left(follower: &mut Follower) -> Option<u32> {
    let told = until(follower, |event| matches!(event, Event::Quota(_))).await;
    match told.last() {
        Some(Event::Quota(quota)) => quota.turns_left,
        _ => None,
    }
}

#[tokio::test(start_paused = true)]
async fn what_another_conversation_holds_is_not_left_until_it_is_given_back() {
    let group = Group::of(2, 900, Settings::default()).await;
    let (mut one, mut other) = (group.follow(0).await, group.follow(1).await);
    group.partner.then(slowly());
    group.partner.then(slowly());
    group.say(0).await.unwrap();
    assert_eq!(turns_left(&mut other).await, Some(0));
    let refused = group.say(1).await.unwrap_err();
    assert_eq!((refused.code(), refused.retryable()), ("quota_exhausted", true));
    until(&mut one, Event::is_idle).await;
    assert_eq!(turns_left(&mut other).await, Some(2));
    group.say(1).await.unwrap();
    until(&mut other, Event::is_idle).await;
    assert_eq!(turns_left(&mut one).await, Some(0), "while the other holds");
}

#[tokio::test(start_paused = true)]
async fn a_conversation_does_not_count_what_it_holds_itself() {
    let group = Group::of(1, 900, Settings::default()).await;
    let mut follower = group.follow(0).await;
    let invitation = || async { group.store.invitation(an_invitation(1, 0).id).await.unwrap() };
    group.partner.then(slowly());
    group.say(0).await.unwrap();
    let held = invitation().await.unwrap();
    assert!(held.balance.reserved > 0);
    assert_eq!(group.coach.turns_left(&held).await.unwrap(), 2);
    let told = until(&mut follower, Event::is_idle).await;
    let counts = told.iter().filter(|event| matches!(event, Event::Quota(_))).count();
    assert_eq!(counts, 1, "it is told once, at the end: {told:?}");
}

#[tokio::test(start_paused = true)]
async fn more_tokens_are_told_to_whoever_waits_for_them() {
    let group = Group::of(1, 100, Settings::default()).await;
    let mut follower = group.follow(0).await;
    let refused = group.say(0).await.unwrap_err();
    assert_eq!((refused.code(), refused.retryable()), ("quota_exhausted", false));
    let staff = Principal::new(person(9), AccountRole::Staff).as_staff().unwrap();
    let more = Amend { add_tokens: 10_000, ..Amend::default() };
    group.coach.amend(&staff, an_invitation(1, 0).id, more).await.unwrap();
    assert!(turns_left(&mut follower).await > Some(0));
    group.say(0).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_day_that_is_spent_goes_on_at_midnight() {
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
        matches!(refused, CoachError::Refused(Refusal::DaySpent { until, for_now: false }) if until == midnight),
        "{refused:?}"
    );
    assert_eq!((refused.code(), refused.retryable()), ("rate_limited", true));
    tokio::time::sleep(midnight.since(group.coach.now()) - Duration::from_secs(1)).await;
    assert_eq!(group.say(0).await.unwrap_err().code(), "rate_limited");
    tokio::time::sleep(Duration::from_secs(1)).await;
    group.say(0).await.unwrap();
}

/// An answer that took so many tokens.
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
    let mut told = Vec::new();
    for _ in 0..7 {
        group.say(0).await.unwrap();
        told.push(turns_left(&mut follower).await.unwrap());
        until(&mut follower, Event::is_idle).await;
    }
    // 100 a turn with its comment: each takes one, the long one three more and the short one less.
    assert_eq!(told, [999, 998, 997, 993, 992, 992, 991]);
}
