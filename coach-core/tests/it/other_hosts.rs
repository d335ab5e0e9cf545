//! Several hosts over one database without a broadcaster between them: followers elsewhere are a second late and
//! miss nothing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use coach_core::{
    Coach, Settings,
    conversation::{Conversation, EndReason, Role},
    ids::ConversationId,
    live::{Event, Follower, StartAt, TurnState},
    memory::MemoryStore,
    model::Lane,
    people::Principal,
    ports::{ConversationStore as _, InvitationStore as _, SignInStore as _},
    testing::{
        Fault, FaultyStore, ScriptedModel, Take, TokioClock, answer,
        contract::fixture::{START, a_conversation, an_invitation, made, person},
    },
};
use tokio::time::{Instant, sleep, timeout};

use crate::talk::{Talk, until};

/// The time between two looks at the store, and a little more.
const SOON: Duration = Duration::from_millis(1_050);

type Calls = Arc<Mutex<BTreeMap<&'static str, usize>>>;

async fn a_database(talks: u128) -> (MemoryStore, Vec<Conversation>) {
    let store = MemoryStore::new();
    let invitation = an_invitation(1, 1_000_000);
    store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
    store.local_admin(person(1), None, START).await.unwrap();
    let mut all = Vec::new();
    for n in 1..=talks {
        let talk = a_conversation(n, Some(invitation.id));
        store.start(&talk).await.unwrap();
        all.push(talk);
    }
    (store, all)
}

/// Returns a host with its own broadcaster, and its store calls.
fn host(store: &MemoryStore, partner: Vec<Take>, comments: Vec<Take>) -> (Coach, Calls) {
    let calls = Calls::default();
    let counted = calls.clone();
    let stores = FaultyStore::new(store.clone(), move |method| {
        *counted.lock().unwrap().entry(method).or_default() += 1;
        Fault::None
    });
    let coach = Coach::builder(stores.with_other_owners())
        .model(Lane::Partner, ScriptedModel::playing("test:partner", partner))
        .model(Lane::Coach, ScriptedModel::playing("test:coach", comments.clone()))
        .model(Lane::Aside, ScriptedModel::playing("test:aside", comments))
        .clock(Arc::new(TokioClock::default()))
        .settings(Settings { messages_per_minute: None, sweep: None, ..Settings::default() })
        .build()
        .unwrap();
    (coach, calls)
}

fn someone() -> Principal {
    Talk::participant()
}

async fn follow(host: &Coach, talk: ConversationId) -> Follower {
    let mut follower = host.conversation(&someone(), talk).follow(StartAt::Nothing).await.unwrap();
    until(&mut follower, |event| matches!(event, Event::Quota(_))).await;
    follower
}

/// Returns the events up to `last`, which must come soon.
async fn soon(follower: &mut Follower, last: impl Fn(&Event) -> bool) -> Vec<Event> {
    timeout(SOON, until(follower, last)).await.expect("nothing came within a second")
}

fn whose(events: &[Event]) -> Vec<(Role, &str)> {
    let messages = events.iter().filter_map(|event| match event {
        Event::Said(message) | Event::AsideQuestion(message) => {
            Some((message.role, &*message.content))
        }
        Event::Done(message) => Some((message.role, &*message.content)),
        _ => None,
    });
    messages.collect()
}

#[tokio::test(start_paused = true)]
async fn an_idle_follower_hears_what_another_host_does() {
    let (store, talks) = a_database(1).await;
    let talk = talks[0].id;
    let (first, _) = host(&store, vec![answer("Not this year.")], vec![answer("Ask why.")]);
    let (second, _) = host(&store, vec![], vec![]);
    let mut remote = follow(&second, talk).await;
    sleep(Duration::from_secs(30)).await;

    first.conversation(&someone(), talk).say("May I?").await.unwrap();
    let turn = soon(&mut remote, Event::is_idle).await;
    let heard =
        [(Role::User, "May I?"), (Role::Partner, "Not this year."), (Role::Coach, "Ask why.")];
    assert_eq!(whose(&turn), heard);
    let idle = Event::Turn { turn: 1, state: TurnState::Idle };
    assert_eq!(turn.last(), Some(&idle));
    assert!(turn.iter().any(|event| matches!(event, Event::Quota(_))), "{turn:?}");

    first.conversation(&someone(), talk).aside("Why?").await.unwrap();
    let aside = soon(&mut remote, Event::is_idle).await;
    assert_eq!(whose(&aside), [(Role::User, "Why?"), (Role::Coach, "Ask why.")]);

    first.conversation(&someone(), talk).end().await.unwrap();
    let ended = |reason| move |event: &Event| *event == Event::Ended(reason);
    soon(&mut remote, ended(EndReason::Participant)).await;

    first.me(&someone()).erase().await.unwrap();
    let erased = soon(&mut remote, ended(EndReason::Erased)).await;
    let history = erased.iter().find_map(|event| match event {
        Event::History { messages, reset, .. } => Some((messages.len(), *reset)),
        _ => None,
    });
    assert_eq!(history, Some((0, true)), "{erased:?}");
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_takes_long_is_heard_to_its_end() {
    let (store, talks) = a_database(1).await;
    let talk = talks[0].id;
    let pause = coach_core::testing::Step::Wait(Duration::from_secs(5));
    let mut slow = answer("Not this year.");
    slow.insert(0, pause);
    let (first, _) = host(&store, vec![slow], vec![answer("Ask why.")]);
    let (second, calls) = host(&store, vec![], vec![]);
    let mut remote = follow(&second, talk).await;
    first.conversation(&someone(), talk).say("May I?").await.unwrap();
    let said = soon(&mut remote, |event| matches!(event, Event::Turn { .. })).await;
    assert_eq!(whose(&said), [(Role::User, "May I?")]);
    calls.lock().unwrap().clear();
    sleep(Duration::from_secs(3)).await;
    assert_eq!(
        calls.lock().unwrap().get("heads"),
        None,
        "the watched turn is looked at once a second"
    );
    let rest = timeout(Duration::from_secs(3), until(&mut remote, Event::is_idle)).await.unwrap();
    assert_eq!(whose(&rest), [(Role::Partner, "Not this year."), (Role::Coach, "Ask why.")]);
}

#[tokio::test(start_paused = true)]
async fn a_new_follower_of_an_open_room_sees_the_present() {
    let (store, talks) = a_database(1).await;
    let talk = talks[0].id;
    let (first, _) = host(&store, vec![answer("Not this year.")], vec![answer("Ask why.")]);
    let (second, _) = host(&store, vec![], vec![]);
    let _open = follow(&second, talk).await;
    let mut own = follow(&first, talk).await;
    let began = Instant::now();
    first.conversation(&someone(), talk).say("May I?").await.unwrap();
    until(&mut own, Event::is_idle).await;

    let mut new = second.conversation(&someone(), talk).follow(StartAt::Nothing).await.unwrap();
    let events = until(&mut new, |event| matches!(event, Event::Quota(_))).await;
    assert_eq!(began.elapsed(), Duration::ZERO, "before the next look");
    let [Event::History { messages, .. }, Event::Turn { turn: 1, state: TurnState::Idle }, _] =
        &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(messages.len(), 3);
    first.me(&someone()).erase().await.unwrap();
    let erased = second.conversation(&someone(), talk).follow(StartAt::Nothing).await.unwrap_err();
    assert!(matches!(erased, coach_core::CoachError::Erased), "{erased:?}");
}

#[tokio::test(start_paused = true)]
async fn idle_rooms_cost_one_store_call_a_second_together() {
    let (store, talks) = a_database(100).await;
    let (host, calls) = host(&store, vec![], vec![]);
    let mut followers = Vec::new();
    for talk in &talks {
        followers.push(follow(&host, talk.id).await);
        followers.push(follow(&host, talk.id).await);
    }
    sleep(Duration::from_millis(500)).await;
    calls.lock().unwrap().clear();
    sleep(Duration::from_secs(10)).await;
    assert_eq!(*calls.lock().unwrap(), BTreeMap::from([("heads", 10)]));
    let last = followers.pop();
    followers.clear();
    calls.lock().unwrap().clear();
    sleep(Duration::from_secs(10)).await;
    assert_eq!(*calls.lock().unwrap(), BTreeMap::from([("heads", 10)]));
    drop(last);
    calls.lock().unwrap().clear();
    sleep(Duration::from_secs(10)).await;
    assert_eq!(*calls.lock().unwrap(), BTreeMap::new(), "nobody follows");
}
