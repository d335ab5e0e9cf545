//! One heartbeat of a process carries all its answers.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use coach_core::{
    Coach, Settings,
    conversation::{OpenTurn, Status},
    ids::ConversationId,
    live::{Event, Follower, StartAt},
    memory::MemoryStore,
    model::Lane,
    ports::{
        ChatModel, ChatRequest, ChatStream, ConversationStore as _, InvitationStore as _,
        RecoveryScope,
    },
    testing::{
        Fault, FaultyStore, ScriptedModel, Step, Take, TokioClock,
        contract::fixture::{a_conversation, an_invitation, made},
    },
};
use futures::StreamExt as _;
use tokio::time::{Instant, sleep};

use crate::talk::{Talk, until};

const BEAT: Duration = Duration::from_millis(250);
const MOMENT: Duration = Duration::from_millis(10);

fn say(text: &str) -> Step {
    Step::Say(text.to_owned())
}

/// Says a word, another one after a pause, and ends a second later.
fn halting(first: &str, pause: Duration, last: &str) -> Take {
    let second = Step::Wait(Duration::from_secs(1));
    vec![Step::Accept, say(first), Step::Wait(pause), say(last), second, Step::Done(None)]
}

fn endless(text: &str) -> Take {
    vec![Step::Accept, say(text), Step::Hang]
}

/// A model that counts the answers whose stream was dropped.
#[derive(Debug)]
struct Counting {
    model: Arc<ScriptedModel>,
    dropped: Arc<AtomicUsize>,
}

#[derive(Debug)]
struct Dropped(Arc<AtomicUsize>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl ChatModel for Counting {
    fn stream(&self, request: ChatRequest) -> ChatStream {
        let dropped = Dropped(self.dropped.clone());
        let events = self.model.stream(request);
        let events = events.map(move |event| {
            let _ = &dropped;
            event
        });
        events.boxed()
    }

    fn name(&self) -> &str {
        self.model.name()
    }
}

/// Conversations of one process; each partner's answer is one take.
struct Talks {
    coach: Coach,
    store: MemoryStore,
    ids: Vec<ConversationId>,
    partner: Arc<ScriptedModel>,
    /// How many heartbeats the store received.
    beats: Arc<AtomicUsize>,
    /// How many answers have ended or were aborted.
    dropped: Arc<AtomicUsize>,
}

impl Talks {
    async fn of(takes: Vec<Take>) -> Self {
        Self::over(takes, |_| Fault::None).await
    }

    /// Heartbeats fail as `decide` says, by their number from 0.
    async fn over(
        takes: Vec<Take>,
        decide: impl Fn(usize) -> Fault + Send + Sync + 'static,
    ) -> Self {
        let store = MemoryStore::new();
        let invitation = an_invitation(1, 1_000_000_000);
        store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
        let mut ids = Vec::new();
        for n in 0..takes.len() {
            let mut talk = a_conversation(n as u128, Some(invitation.id));
            talk.script.partner_max_output = 100_000;
            store.start(&talk).await.unwrap();
            ids.push(talk.id);
        }
        let (beats, dropped) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let count = beats.clone();
        let stores = FaultyStore::new(store.clone(), move |method| match method {
            "beat" => decide(count.fetch_add(1, Ordering::Relaxed)),
            _ => Fault::None,
        });
        let partner = ScriptedModel::playing("test:partner", takes);
        let model = Counting { model: partner.clone(), dropped: dropped.clone() };
        let coach = Coach::builder(stores)
            .model(Lane::Partner, Arc::new(model))
            .model(Lane::Coach, ScriptedModel::playing("test:coach", []))
            .clock(Arc::new(TokioClock::default()))
            .settings(Settings { messages_per_minute: None, ..Settings::default() })
            .build()
            .unwrap();
        Self { coach, store, ids, partner, beats, dropped }
    }

    async fn say_to_all(&self) {
        for id in &self.ids {
            self.coach
                .conversation(&Talk::participant(), *id)
                .say("May I have a raise?")
                .await
                .unwrap();
        }
    }

    async fn follow(&self, nth: usize) -> Follower {
        let who = Talk::participant();
        self.coach.conversation(&who, self.ids[nth]).follow(StartAt::Nothing).await.unwrap()
    }

    fn beats(&self) -> usize {
        self.beats.load(Ordering::Relaxed)
    }

    async fn open(&self, nth: usize) -> OpenTurn {
        self.store.present(self.ids[nth]).await.unwrap().unwrap().open.unwrap()
    }

    /// Closes all turns like another process, and returns their texts as stored.
    async fn stored(&self) -> Vec<String> {
        let now = self.coach.now();
        let closed = self.store.recover(RecoveryScope::Everything, &[], now).await.unwrap().turns;
        let text = |id| {
            let turn = closed.iter().find(|turn| turn.conversation == id).unwrap();
            turn.messages[0].content.clone()
        };
        self.ids.iter().map(|id| text(*id)).collect()
    }

    /// Returns the partner's answer as it is on record.
    async fn answered(&self, nth: usize) -> (String, Status) {
        let record = self.store.messages(self.ids[nth], None, u32::MAX).await.unwrap();
        let answer = record.into_iter().nth(1).expect("a partner's answer");
        (answer.content, answer.status)
    }
}

#[tokio::test(start_paused = true)]
async fn fifty_answers_share_one_heartbeat() {
    let slowly = || {
        let words = (0..100).flat_map(|_| [say("no "), Step::Wait(MOMENT * 3)]);
        [Step::Accept].into_iter().chain(words).collect::<Take>()
    };
    let talks = Talks::of((0..50).map(|_| slowly()).collect()).await;
    for id in &talks.ids {
        talks.coach.conversation(&Talk::participant(), *id).say("May I?").await.unwrap();
        // They do not start together.
        sleep(Duration::from_millis(3)).await;
    }
    let before = talks.beats();
    sleep(Duration::from_secs(1)).await;
    let beats = talks.beats() - before;
    assert!((4..=5).contains(&beats), "{beats} store calls in a second");
    let texts = talks.stored().await;
    // Within an interval, an answer grows by nine words at most.
    assert!(texts.iter().all(|text| text.len() >= 3 * 24), "{texts:?}");
}

#[tokio::test(start_paused = true)]
async fn the_text_of_every_answer_is_stored_after_one_beat() {
    // Even a long text is not saved earlier.
    let long = "no ".repeat(20_000);
    let takes = ["Well, ", "", &long].map(endless);
    let talks = Talks::of(takes.to_vec()).await;
    talks.say_to_all().await;
    sleep(BEAT - MOMENT).await;
    assert_eq!(talks.beats(), 0);
    sleep(MOMENT * 2).await;
    assert_eq!(talks.beats(), 1);
    assert_eq!(talks.stored().await, ["Well, ", "", &long]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_of_another_process_reaches_the_owner_within_one_beat() {
    let talks = Talks::of(vec![endless("Well, "), endless("Yes, ")]).await;
    let other =
        Coach::builder(FaultyStore::new(talks.store.clone(), |_| Fault::None).with_other_owners())
            .models(ScriptedModel::playing("test:silent", []))
            .clock(Arc::new(TokioClock::default()))
            .build()
            .unwrap();
    let mut follower = talks.follow(0).await;
    talks.say_to_all().await;
    sleep(Duration::from_millis(600)).await;
    let asked = Instant::now();
    other.conversation(&Talk::participant(), talks.ids[0]).stop().await.unwrap();
    until(&mut follower, |event| matches!(event, Event::Done(_))).await;
    assert!(asked.elapsed() <= BEAT, "{:?}", asked.elapsed());
    assert_eq!(talks.answered(0).await, ("Well, ".to_owned(), Status::Stopped));
    assert_eq!(talks.store.open_turns(talks.ids[1]), 1, "the other answer goes on");
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_was_taken_over_is_aborted_and_the_others_go_on() {
    let second = Duration::from_secs(1);
    let takes = ["Well, ", "Yes, ", "Oh, "].map(|first| halting(first, second, "no."));
    let talks = Talks::of(takes.to_vec()).await;
    let mut others = [talks.follow(0).await, talks.follow(2).await];
    talks.say_to_all().await;
    sleep(Duration::from_millis(600)).await;
    let living = [talks.open(0).await.id, talks.open(2).await.id];
    let now = talks.coach.now();
    let taken = talks.store.recover(RecoveryScope::Everything, &living, now).await.unwrap().turns;
    assert_eq!(taken.len(), 1);
    assert_eq!(talks.dropped.load(Ordering::Relaxed), 0);
    sleep(BEAT).await;
    assert_eq!(talks.dropped.load(Ordering::Relaxed), 1, "the provider was aborted");
    for other in &mut others {
        until(other, |event| matches!(event, Event::Done(_))).await;
    }
    assert_eq!(talks.answered(0).await, ("Well, no.".to_owned(), Status::Complete));
    assert_eq!(talks.answered(1).await, ("Yes, ".to_owned(), Status::Interrupted));
    assert_eq!(talks.answered(2).await, ("Oh, no.".to_owned(), Status::Complete));
}

/// Whether the store did nothing or only its response was lost, the next heartbeat carries the text again, and
/// the followers of every answer learn of the delay once.
#[tokio::test(start_paused = true)]
async fn a_failed_heartbeat_is_repeated_with_its_text() {
    for fault in [Fault::Before, Fault::After] {
        let decide = move |nth| if nth < 2 { fault } else { Fault::None };
        let talks = Talks::over(vec![endless("Well, "), endless("Yes, ")], decide).await;
        let mut followers = [talks.follow(0).await, talks.follow(1).await];
        talks.say_to_all().await;
        sleep(BEAT * 2 + MOMENT).await;
        for follower in &mut followers {
            let mut troubles = 0;
            while let Some(entry) = follower.try_next() {
                troubles += usize::from(matches!(entry.event, Event::StorageTrouble { .. }));
            }
            assert_eq!(troubles, 1, "{fault:?}");
        }
        sleep(BEAT).await;
        assert_eq!(talks.beats(), 3);
        assert_eq!(talks.stored().await, ["Well, ", "Yes, "], "{fault:?}");
    }
}

/// A slow call delays no answer, no second call runs beside it, and its result for an answer that has ended
/// meanwhile is ignored.
#[tokio::test(start_paused = true)]
async fn no_answer_waits_for_a_slow_heartbeat() {
    let slow = Duration::from_millis(1_900);
    let talks =
        Talks::over(vec![halting("Well, ", BEAT * 2, "no."), endless("Yes, ")], move |nth| {
            if nth == 0 { Fault::LateAnswer(slow) } else { Fault::None }
        })
        .await;
    let mut follower = talks.follow(0).await;
    talks.say_to_all().await;
    let began = Instant::now();
    let said = |words: &'static str| move |event: &Event| matches!(event, Event::Delta(d) if d.text == words);
    until(&mut follower, said("no.")).await;
    assert!(began.elapsed() < BEAT * 2 + MOMENT, "{:?}", began.elapsed());
    until(&mut follower, Event::is_idle).await;
    assert!(began.elapsed() < BEAT * 6 + MOMENT, "{:?}", began.elapsed());
    assert_eq!(talks.beats(), 1, "the first call still runs");
    assert_eq!(talks.answered(0).await, ("Well, no.".to_owned(), Status::Complete));
    sleep(slow).await;
    assert!((2..=6).contains(&talks.beats()), "{} calls", talks.beats());
    assert_eq!(talks.answered(0).await, ("Well, no.".to_owned(), Status::Complete));
    assert_eq!(talks.store.open_turns(talks.ids[1]), 1);
}

/// While no answer runs, there is no call, no task and no timer; the next answer has its heartbeat.
#[tokio::test(start_paused = true)]
async fn an_idle_process_has_no_heartbeat() {
    // It ends between two heartbeats.
    let take = halting("Well, ", BEAT * 2 + BEAT / 2, "no.");
    let talks = Talks::of(vec![take.clone()]).await;
    for _ in 0..2 {
        talks.partner.then(take.clone());
    }
    let mut follower = talks.follow(0).await;
    until(&mut follower, Event::is_idle).await;
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let idle = tasks();
    for nth in 1..=3 {
        talks.say_to_all().await;
        sleep(MOMENT).await;
        assert_eq!(tasks(), idle + 2, "the answer and the heartbeat");
        until(&mut follower, Event::is_idle).await;
        sleep(MOMENT).await;
        assert_eq!(tasks(), idle, "after answer {nth}");
        let beats = talks.beats();
        assert_eq!(beats, nth * 6, "one every 250 ms");
        sleep(Duration::from_secs(60)).await;
        assert_eq!(talks.beats(), beats);
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_panics_ends_no_heartbeat() {
    let talks = Talks::over(vec![endless("Well, ")], |nth| {
        assert_ne!(nth, 0, "the store panics once");
        Fault::None
    })
    .await;
    talks.say_to_all().await;
    sleep(BEAT * 2 + MOMENT).await;
    assert_eq!(talks.beats(), 2);
    assert_eq!(talks.stored().await, ["Well, "]);
}
