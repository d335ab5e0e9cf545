//! Several processes over one database: what one publishes, followers in the others receive at once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use coach_core::{
    Coach, Settings,
    conversation::Status,
    ids::ConversationId,
    live::{Event, Follower, LocalBroadcaster, StartAt, Voice},
    memory::MemoryStore,
    model::Lane,
    ports::{Broadcaster, ConversationStore as _, InvitationStore as _},
    testing::{
        Fault, FaultyStore, ScriptedModel, Step, Take, TokioClock, answer,
        contract::fixture::{a_conversation, an_invitation, made},
    },
};
use tokio::time::{Instant, timeout};

use crate::talk::{Talk, until};

async fn local() -> Arc<dyn Broadcaster> {
    Arc::new(LocalBroadcaster::default())
}

coach_core::broadcaster_contract!(local);

/// A database, and what its processes share.
struct Cluster {
    store: MemoryStore,
    broadcaster: Arc<LocalBroadcaster>,
    talks: Vec<ConversationId>,
}

impl Cluster {
    async fn of(talks: u128) -> Self {
        let store = MemoryStore::new();
        let invitation = an_invitation(1, 20_000);
        store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
        let mut ids = Vec::new();
        for n in 1..=talks {
            let mut talk = a_conversation(n, Some(invitation.id));
            talk.script.max_turns = None;
            store.start(&talk).await.unwrap();
            ids.push(talk.id);
        }
        Self { store, broadcaster: Arc::default(), talks: ids }
    }

    fn process(&self, partner: Vec<Take>, comments: Vec<Take>) -> Coach {
        let stores = FaultyStore::new(self.store.clone(), |_| Fault::None).with_other_owners();
        Coach::builder(stores)
            .broadcaster(self.broadcaster.clone())
            .model(Lane::Partner, ScriptedModel::playing("test:partner", partner))
            .model(Lane::Coach, ScriptedModel::playing("test:coach", comments))
            .clock(Arc::new(TokioClock::default()))
            .settings(Settings { messages_per_minute: None, ..Settings::default() })
            .build()
            .unwrap()
    }

    /// Follows a conversation in a process; the first events have been received.
    async fn follow(&self, process: &Coach, nth: usize) -> Follower {
        let who = Talk::participant();
        let mut follower =
            process.conversation(&who, self.talks[nth]).follow(StartAt::Nothing).await.unwrap();
        until(&mut follower, |event| matches!(event, Event::Quota(_))).await;
        follower
    }
}

fn slowly(pieces: &[&str]) -> Take {
    let pause = || Step::Wait(Duration::from_millis(100));
    let pieces = pieces.iter().flat_map(|piece| [Step::Say((*piece).to_owned()), pause()]);
    [Step::Accept].into_iter().chain(pieces).chain([Step::Done(None)]).collect()
}

/// Returns the pieces of a voice.
fn pieces(events: &[Event], voice: Voice) -> Vec<&str> {
    let pieces = events.iter().filter_map(|event| match event {
        Event::Delta(delta) if delta.voice == voice => Some(delta.text.as_str()),
        _ => None,
    });
    pieces.collect()
}

#[tokio::test(start_paused = true)]
async fn text_reaches_the_followers_of_another_process_as_it_grows() {
    let cluster = Cluster::of(1).await;
    let first =
        cluster.process(vec![slowly(&["Not ", "this ", "year."])], vec![slowly(&["Ask ", "why."])]);
    let second = cluster.process(vec![], vec![]);
    let mut remote = cluster.follow(&second, 0).await;
    let began = Instant::now();
    first.conversation(&Talk::participant(), cluster.talks[0]).say("May I?").await.unwrap();

    let received = until(&mut remote, |event| matches!(event, Event::Delta(_))).await;
    assert!(began.elapsed() < Duration::from_millis(50), "{:?}", began.elapsed());
    assert!(received.iter().any(|event| matches!(event, Event::Said(_))), "{received:?}");
    let rest = until(&mut remote, Event::is_idle).await;
    assert!(began.elapsed() < Duration::from_millis(700), "{:?}", began.elapsed());

    let events = [received, rest].concat();
    assert_eq!(pieces(&events, Voice::Partner), ["Not ", "this ", "year."]);
    assert_eq!(pieces(&events, Voice::Coach), ["Ask ", "why."]);
    let done: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Done(done) => Some((Voice::of(done), done.status)),
            _ => None,
        })
        .collect();
    assert_eq!(done, [(Voice::Partner, Status::Complete), (Voice::Coach, Status::Complete)]);
}

#[tokio::test(start_paused = true)]
async fn a_follower_that_joins_another_process_late_receives_all() {
    let cluster = Cluster::of(1).await;
    let first = cluster.process(vec![slowly(&["Not ", "this ", "year."])], vec![answer("Ask.")]);
    let second = cluster.process(vec![], vec![]);
    first.conversation(&Talk::participant(), cluster.talks[0]).say("May I?").await.unwrap();
    tokio::time::sleep(Duration::from_millis(150)).await;
    let who = Talk::participant();
    let mut late =
        second.conversation(&who, cluster.talks[0]).follow(StartAt::Nothing).await.unwrap();
    let events = until(
        &mut late,
        |event| matches!(event, Event::Done(done) if Voice::of(done) == Voice::Partner),
    )
    .await;
    assert_eq!(pieces(&events, Voice::Partner).concat(), "Not this year.");
    assert!(pieces(&events, Voice::Partner).len() > 1, "{events:?}");
}

#[tokio::test(start_paused = true)]
async fn tokens_that_move_in_one_process_are_published_in_the_others() {
    let cluster = Cluster::of(2).await;
    let first = cluster.process(vec![slowly(&["Not ", "this ", "year."])], vec![answer("Ask.")]);
    let second = cluster.process(vec![], vec![]);
    let mut remote = cluster.follow(&second, 1).await;
    first.conversation(&Talk::participant(), cluster.talks[0]).say("May I?").await.unwrap();
    let quota = until(&mut remote, |event| matches!(event, Event::Quota(_)));
    timeout(Duration::from_millis(50), quota).await.expect("the quota was not published");
}
