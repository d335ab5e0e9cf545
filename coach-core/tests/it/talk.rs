//! A conversation whose models and stores behave as scripted by a test.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use coach_core::{
    Coach, Settings,
    conversation::{Conversation, Message},
    ids::ConversationId,
    live::{Event, Follower, StartAt},
    memory::MemoryStore,
    model::Lane,
    people::{Principal, UserRole},
    ports::{Clock, ConversationStore as _, InvitationStore as _},
    testing::{
        Fault, FaultyStore, ScriptedModel, SerialIds, Take, TokioClock,
        contract::fixture::{a_conversation, an_invitation, made, person},
    },
};
use tokio::time::timeout;

/// Longer than any wait in these tests.
const A_LONG_TIME: Duration = Duration::from_secs(3_600);

/// A conversation with its coach, store and models.
pub(crate) struct Talk {
    pub(crate) coach: Coach,
    pub(crate) store: MemoryStore,
    pub(crate) id: ConversationId,
    pub(crate) partner: Arc<ScriptedModel>,
    pub(crate) listener: Arc<ScriptedModel>,
}

impl Talk {
    /// Starts an ordinary conversation; each take is one answer.
    pub(crate) async fn with(partner: Vec<Take>, comments: Vec<Take>) -> Self {
        Self::of(|_| {}, partner, comments, |_| Fault::None).await
    }

    /// Starts a changed conversation, over stores that fail as `decide` says.
    pub(crate) async fn of(
        change: impl FnOnce(&mut Conversation),
        partner: Vec<Take>,
        comments: Vec<Take>,
        decide: impl Fn(&'static str) -> Fault + Send + Sync + 'static,
    ) -> Self {
        let clock = Arc::new(TokioClock::default());
        Self::over(clock, |store| FaultyStore::new(store, decide), change, partner, comments).await
    }

    /// Starts a conversation in a database that other processes use as well.
    pub(crate) async fn shared(
        partner: Vec<Take>,
        decide: impl Fn(&'static str) -> Fault + Send + Sync + 'static,
    ) -> Self {
        Self::shared_by(Arc::new(TokioClock::default()), partner, decide).await
    }

    /// Starts a conversation in such a database, in a process with this clock.
    pub(crate) async fn shared_by(
        clock: Arc<dyn Clock>,
        partner: Vec<Take>,
        decide: impl Fn(&'static str) -> Fault + Send + Sync + 'static,
    ) -> Self {
        let stores = |store| FaultyStore::new(store, decide).with_other_owners();
        Self::over(clock, stores, |_| {}, partner, vec![]).await
    }

    async fn over(
        clock: Arc<dyn Clock>,
        stores: impl FnOnce(MemoryStore) -> FaultyStore<MemoryStore>,
        change: impl FnOnce(&mut Conversation),
        partner: Vec<Take>,
        comments: Vec<Take>,
    ) -> Self {
        let store = MemoryStore::new();
        let invitation = an_invitation(1, 1_000_000_000);
        store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
        let mut conversation = a_conversation(1, Some(invitation.id));
        change(&mut conversation);
        store.start(&conversation).await.unwrap();
        let partner = ScriptedModel::playing("test:partner", partner);
        let listener = ScriptedModel::playing("test:coach", comments);
        let coach = Coach::builder(stores(store.clone()))
            .model(Lane::Partner, partner.clone())
            .model(Lane::Coach, listener.clone())
            .clock(clock)
            .ids(Arc::new(SerialIds::default()))
            .settings(Settings {
                messages_per_minute: None,
                // Tests recover at a moment of their own.
                sweep: None,
                ..Settings::default()
            })
            .build()
            .unwrap();
        Self { coach, store, id: conversation.id, partner, listener }
    }

    pub(crate) fn participant() -> Principal {
        Principal::new(person(1), UserRole::Guest)
    }

    pub(crate) async fn follow(&self) -> Follower {
        self.coach
            .conversation(&Self::participant(), self.id)
            .follow(StartAt::Nothing)
            .await
            .unwrap()
    }

    pub(crate) async fn say(&self, words: &str) {
        self.coach.conversation(&Self::participant(), self.id).say(words).await.unwrap();
    }

    pub(crate) async fn ask(&self, words: &str) {
        self.coach.conversation(&Self::participant(), self.id).aside(words).await.unwrap();
    }

    pub(crate) async fn retry(&self) {
        self.coach.conversation(&Self::participant(), self.id).retry().await.unwrap();
    }

    pub(crate) async fn stop(&self) {
        self.coach.conversation(&Self::participant(), self.id).stop().await.unwrap();
    }

    /// Returns all messages from the store.
    pub(crate) async fn record(&self) -> Vec<Message> {
        self.store.messages(self.id, None, u32::MAX).await.unwrap()
    }
}

/// Returns all events up to the first one that matches `last`.
pub(crate) async fn until(follower: &mut Follower, last: impl Fn(&Event) -> bool) -> Vec<Event> {
    let mut received = Vec::new();
    while !received.last().is_some_and(&last) {
        let next = timeout(A_LONG_TIME, follower.next()).await.expect("no event arrives any more");
        received.push(next.unwrap().event.clone());
    }
    received
}
