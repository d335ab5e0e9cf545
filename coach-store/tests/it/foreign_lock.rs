//! Another program holds the write lock: requests are refused in time and never stored later, and published
//! text of an answer is saved, however long it takes.

use std::{sync::Arc, time::Duration};

use coach_core::{
    Coach, CoachError,
    conversation::{Message, Role, Status},
    ids::ConversationId,
    live::{Event, Follower, StartAt},
    model::Lane,
    people::{Principal, UserRole},
    ports::{Accept, Admission, Deadline, RecoveryScope, Refusal, Stores},
    testing::{
        ScriptedModel, Step, Take,
        contract::fixture::{TestRoom as Room, a_conversation, an_invitation, made, person},
    },
    timestamp::Timestamp,
};
use coach_store::{Options, testing::ForeignLock};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

use crate::folder::{Fresh, Place, on_both};

on_both! {
    at_the_deadline_a_write_is_refused_or_stored_and_never_both
    published_text_is_stored_however_long_the_lock_lasts
    a_message_refused_behind_the_lock_is_never_stored
    a_store_says_whether_it_can_write
}

/// Around the deadline, many times: a refused message is not on record, and a message on record was accepted.
async fn at_the_deadline_a_write_is_refused_or_stored_and_never_both(place: Place) {
    const ROUNDS: u64 = 300;
    let fresh = place.fresh_with(Options::default()).await;
    let room = Room::new(&*fresh).await;
    let mut kept = 0;
    for n in 0..ROUNDS {
        let lock = ForeignLock::take(&fresh.place.url()).await.unwrap();
        let content = format!("message {n}");
        let accept = Accept { content: &content, ..room.message(n + 1) };
        let asked = Deadline::within(Duration::from_millis(20)).scope(fresh.accept(accept));
        let released = async {
            sleep(Duration::from_micros(8_000 + n % 100 * 200)).await;
            lock.release().await.unwrap();
        };
        let (answer, ()) = tokio::join!(asked, released);
        // Writes begin in order: earlier ones have begun by now, or never will.
        fresh.check_writable().await.unwrap();
        let open = fresh.present(room.id).await.unwrap().unwrap().open;
        assert_eq!(
            matches!(answer, Ok(Admission::Admitted(_))),
            open.is_some(),
            "round {n}: {answer:?}"
        );
        kept += usize::from(open.is_some());
        fresh.recover(RecoveryScope::Everything, &[], Timestamp(i64::MAX / 2)).await.unwrap();
    }
    let said = room.messages().await.into_iter().filter(|said| said.role == Role::User).count();
    assert_eq!(said, kept);
    assert!((10..290).contains(&kept), "{kept} saved: the deadline was not hit");
}

/// A coach over a real database that recovers periodically, as a host does.
struct Host {
    coach: Coach,
    fresh: Fresh,
    id: ConversationId,
    sweeps: JoinHandle<()>,
}

impl Host {
    async fn with(place: Place, take: Take) -> Self {
        let fresh = place.fresh_with(Options::default()).await;
        let invitation = an_invitation(1, 1_000_000_000);
        fresh.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
        let conversation = a_conversation(1, Some(invitation.id));
        fresh.start(&conversation).await.unwrap();
        let coach = Coach::builder_over(fresh.store.clone())
            .model(Lane::Partner, ScriptedModel::playing("test:partner", [take]))
            .model(Lane::Coach, ScriptedModel::saying("test:coach", ["Ask why."]))
            .build()
            .unwrap();
        let sweeping = coach.clone();
        let sweeps = tokio::spawn(async move {
            loop {
                sleep(Duration::from_secs(1)).await;
                // Recovery fails like every other write while the lock is held.
                drop(sweeping.recover(false).await);
            }
        });
        Self { coach, fresh, id: conversation.id, sweeps }
    }

    fn participant() -> Principal {
        Principal::new(person(1), UserRole::Guest)
    }

    async fn say(&self, words: &str) -> Result<(), CoachError> {
        self.coach.conversation(&Self::participant(), self.id).say(words).await.map(|_| ())
    }

    async fn follow(&self) -> Follower {
        self.coach
            .conversation(&Self::participant(), self.id)
            .follow(StartAt::Nothing)
            .await
            .unwrap()
    }

    async fn record(&self) -> Vec<Message> {
        let stores: &Arc<dyn Stores> = &self.fresh.store;
        stores.messages(self.id, None, 100).await.unwrap()
    }

    async fn lock(&self) -> ForeignLock {
        ForeignLock::take(&self.fresh.place.url()).await.unwrap()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.sweeps.abort();
    }
}

/// Returns all events up to the first one that matches `last`.
async fn until(follower: &mut Follower, last: impl Fn(&Event) -> bool) -> Vec<Event> {
    let mut received = Vec::new();
    while !received.last().is_some_and(&last) {
        received.push(follower.next().await.unwrap().event.clone());
    }
    received
}

/// Returns forty words of ten bytes in two seconds, and a pause before the end.
fn words() -> Take {
    let word = |n| [Step::Say(format!("word {n:04} ")), Step::Wait(Duration::from_millis(50))];
    let words = (0..40).flat_map(word);
    let end = [Step::Wait(Duration::from_millis(300)), Step::Done(None)];
    std::iter::once(Step::Accept).chain(words).chain(end).collect()
}

/// Holds the lock from the given word on, for a while.
async fn locked_at(place: Place, word: usize, held: Duration) {
    let host = Host::with(place, words()).await;
    let mut follower = host.follow().await;
    host.say("May I have a raise?").await.unwrap();
    let there = |event: &Event| matches!(event, Event::Delta(d) if d.end() >= word * 10);
    let mut received = until(&mut follower, there).await;
    let lock = host.lock().await;
    let locked = Instant::now();
    if held > Deadline::PATIENCE * 2 {
        let trouble = |event: &Event| matches!(event, Event::StorageTrouble { .. });
        received.extend(until(&mut follower, trouble).await);
        let began = Instant::now();
        let busy = host.say("Are you there?").await;
        assert!(matches!(busy, Err(CoachError::Refused(Refusal::Busy))), "{busy:?}");
        assert!(began.elapsed() < Duration::from_secs(1), "busy is returned at once");
    }
    tokio::time::sleep_until(locked + held).await;
    lock.release().await.unwrap();
    received.extend(until(&mut follower, Event::is_idle).await);
    let told_text: String = received
        .iter()
        .filter_map(|event| match event {
            Event::Delta(delta) if delta.voice == coach_core::live::Voice::Partner => {
                Some(delta.text.as_str())
            }
            _ => None,
        })
        .collect();
    let troubles = received.iter().filter(|event| matches!(event, Event::StorageTrouble { .. }));
    assert_eq!(troubles.count(), usize::from(held > Deadline::PATIENCE), "{held:?} at {word}");
    let record = host.record().await;
    let kept: Vec<_> = record.iter().map(|said| (said.role, said.status)).collect();
    let complete = [Role::User, Role::Partner, Role::Coach].map(|role| (role, Status::Complete));
    assert_eq!(kept, complete, "{held:?} at {word}");
    assert_eq!((told_text.len(), &record[1].content), (400, &told_text), "{held:?} at {word}");
}

/// Shorter than a deadline but longer than a lease; `COACH_TEST_SECONDS` makes it longer.
async fn published_text_is_stored_however_long_the_lock_lasts(place: Place) {
    let seconds = std::env::var_os("COACH_TEST_SECONDS");
    let long = seconds.map_or(14, |text| text.to_str().unwrap().parse().unwrap());
    let (short, long) = (Duration::from_secs(4), Duration::from_secs(long));
    let places = (place.another().await, place.another().await, place.another().await, place);
    tokio::join!(
        locked_at(places.0, 1, short),
        locked_at(places.1, 40, short),
        locked_at(places.2, 1, long),
        locked_at(places.3, 40, long)
    );
}

/// A message without a client id is refused after five seconds, and stays refused.
async fn a_message_refused_behind_the_lock_is_never_stored(place: Place) {
    let host = Host::with(place, words()).await;
    let lock = host.lock().await;
    let began = Instant::now();
    let by = Host::participant();
    let here = host.coach.conversation(&by, host.id);
    let (said, asked, ended) =
        tokio::join!(host.say("May I have a raise?"), here.aside("Was that rude?"), here.end(),);
    let answered = began.elapsed();
    for refused in [said.err(), asked.err(), ended.err()] {
        assert_eq!(refused.map(|error| error.code().as_str()), Some("storage"));
    }
    // The three wait for each other in the room, but share the five seconds.
    assert!(answered < Deadline::PATIENCE + Duration::from_secs(1), "{answered:?}");
    tokio::time::sleep_until(began + Duration::from_secs(6)).await;
    lock.release().await.unwrap();
    host.fresh.check_writable().await.unwrap();
    assert_eq!(host.record().await, []);
    let present = host.fresh.present(host.id).await.unwrap().unwrap();
    assert_eq!((present.open, present.conversation.ended), (None, None));
    host.say("May I have a raise?").await.unwrap();
}

/// The health check fails while the store cannot write, and succeeds as soon as it can.
async fn a_store_says_whether_it_can_write(place: Place) {
    let fresh = place.fresh_with(Options::default()).await;
    let check =
        |within| Deadline::within(Duration::from_millis(within)).scope(fresh.check_writable());
    check(5_000).await.unwrap();
    let lock = ForeignLock::take(&fresh.place.url()).await.unwrap();
    assert!(check(50).await.is_err());
    lock.release().await.unwrap();
    fresh.check_writable().await.unwrap();
}
