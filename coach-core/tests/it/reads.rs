//! Reads: they use the store alone, however many there are.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use coach_core::{
    Coach,
    live::{Event, TurnState},
    people::{Principal, UserRole},
    ports::InvitationStore as _,
    testing::{
        Fault, FaultyStore, ScriptedModel, Take, answer,
        contract::fixture::{an_invitation, person},
    },
};

use crate::talk::{Talk, until};

type Calls = Arc<Mutex<BTreeMap<&'static str, usize>>>;

/// A conversation whose store counts its calls, by method.
struct Counted {
    talk: Talk,
    calls: Calls,
}

fn counting(calls: &Calls) -> impl Fn(&'static str) -> Fault + Send + Sync + 'static {
    let calls = calls.clone();
    move |method| {
        *calls.lock().unwrap().entry(method).or_default() += 1;
        Fault::None
    }
}

impl Counted {
    async fn with(partner: Vec<Take>, comments: Vec<Take>) -> Self {
        let calls = Arc::default();
        Self { talk: Talk::of(|_| {}, partner, comments, counting(&calls)).await, calls }
    }

    /// Returns another process over the same database.
    fn restarted(&self) -> Coach {
        let stores = FaultyStore::new(self.talk.store.clone(), counting(&self.calls));
        Coach::builder(stores).models(ScriptedModel::playing("test:silent", [])).build().unwrap()
    }

    /// Returns the calls since this was last asked.
    fn calls(&self) -> Vec<(&'static str, usize)> {
        std::mem::take(&mut *self.calls.lock().unwrap()).into_iter().collect()
    }

    /// Reads everything that hosts show, the way they do.
    async fn read(&self, by: &Principal) {
        let (coach, id) = (&self.talk.coach, self.talk.id);
        let (conversation, state) = coach.conversation(by, id).get().await.unwrap();
        assert_eq!((conversation.turn, state), (1, TurnState::Idle));
        coach.conversation(by, id).may_read().await.unwrap();
        let page = coach.conversation(by, id).messages(None, 2).await.unwrap();
        assert_eq!((page.messages.len(), page.more), (2, true));
        assert_eq!(coach.state_here(id), TurnState::Idle);
        coach.me(by).conversations(None, None, 50).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_reads_open_no_room_and_load_no_transcript() {
    let talk = Counted::with(vec![answer("No.")], vec![answer("Ask why.")]).await;
    let mut follower = talk.talk.follow().await;
    until(&mut follower, Event::is_idle).await;
    talk.talk.say("May I?").await;
    until(&mut follower, Event::is_idle).await;
    drop(follower);
    // The turn's task lets go of the room.
    tokio::task::yield_now().await;
    let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    talk.calls();

    let own = Talk::participant();
    let staff = Principal::new(person(9), UserRole::Staff);
    for _ in 0..500 {
        talk.read(&own).await;
        talk.talk.coach.conversation(&own, talk.talk.id).may_converse().await.unwrap();
        talk.read(&staff).await;
        talk.talk.coach.conversation(&staff, talk.talk.id).may_observe().await.unwrap();
    }

    assert_eq!(
        talk.calls(),
        [("conversations", 1_000), ("messages", 1_000), ("note_read", 500), ("present", 4_000)]
    );
    assert_eq!(talk.talk.coach.load().rooms, 0);
    assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), tasks);
}

#[tokio::test(start_paused = true)]
async fn the_turns_left_are_looked_up_without_the_messages() {
    let talk = Counted::with(vec![answer("No.")], vec![answer("Ask why.")]).await;
    let mut follower = talk.talk.follow().await;
    until(&mut follower, Event::is_idle).await;
    talk.talk.say("May I?").await;
    let received = until(&mut follower, Event::is_idle).await;
    let published = received.iter().rev().find_map(|event| match event {
        Event::Quota(quota) => quota.turns_left,
        _ => None,
    });
    drop(follower);
    tokio::task::yield_now().await;
    let invitation = talk.talk.store.invitation(an_invitation(1, 0).id).await.unwrap().unwrap();
    talk.calls();

    for _ in 0..1_000 {
        let (turns, _) = talk.talk.coach.turns_left(&invitation).await.unwrap();
        assert_eq!(Some(turns), published);
    }
    assert_eq!(talk.calls(), [("conversations", 1_000), ("present", 1_000)]);
    assert_eq!(talk.talk.coach.load().rooms, 0);
}

#[tokio::test(start_paused = true)]
async fn a_restarted_process_prices_a_conversation_once() {
    let talk = Counted::with(vec![answer("No.")], vec![answer("Ask why.")]).await;
    let mut follower = talk.talk.follow().await;
    until(&mut follower, Event::is_idle).await;
    talk.talk.say("May I?").await;
    until(&mut follower, Event::is_idle).await;
    let invitation = talk.talk.store.invitation(an_invitation(1, 0).id).await.unwrap().unwrap();
    let restarted = talk.restarted();
    talk.calls();

    for _ in 0..1_000 {
        restarted.turns_left(&invitation).await.unwrap();
    }
    assert_eq!(talk.calls(), [("conversations", 1_000), ("messages", 1), ("present", 1_000)]);
    assert_eq!(restarted.load().rooms, 0);
}
