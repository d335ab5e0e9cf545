//! A host per test, with its own port, whose models send each piece when the test permits it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{net::SocketAddr, sync::Arc};

use axum::serve::ListenerExt as _;
use coach_core::{
    Coach, Settings, Start,
    conversation::Message,
    ids::{ConversationId, UserId},
    memory::MemoryStore,
    model::Lane,
    people::{Principal, UserRole},
    ports::{ChatEvent, ChatModel, ChatRequest, ChatStream, FinishReason, Finished},
    scenario::Script,
    turn::ledger::Usage,
    wire::Signals,
};
use futures::{StreamExt as _, stream};
use tokio::{net::TcpListener, sync::Semaphore};
use uuid::Uuid;

pub(crate) const OPENING: &str = "Ja?";
pub(crate) const REPLY: [&str; 4] =
    ["Ich h\u{f6}re ", "\u{1f469}\u{200d}\u{1f680} ", "\"zu\",\n", "gut."];
pub(crate) const COMMENT: [&str; 3] = ["Say \\ it ", "\u{2028}na\u{ef}vely", "."];

/// Sends `pieces`, each when a permit is available.
#[derive(Debug)]
pub(crate) struct Paced {
    pub(crate) pieces: &'static [&'static str],
    pub(crate) permits: Arc<Semaphore>,
}

impl ChatModel for Paced {
    fn stream(&self, _: ChatRequest) -> ChatStream {
        let permits = self.permits.clone();
        let spoken = stream::iter(self.pieces).then(move |piece| {
            let permits = permits.clone();
            async move {
                permits.acquire().await.unwrap().forget();
                Ok(ChatEvent::Delta((*piece).to_owned()))
            }
        });
        let done = Ok(ChatEvent::Done(Finished {
            reason: FinishReason::Stop,
            usage: Some(Usage { input: 9, output: 9, ..Usage::default() }),
            model: None,
            attempts: 1,
        }));
        let accepted = stream::iter([Ok(ChatEvent::Accepted)]);
        accepted.chain(spoken).chain(stream::iter([done])).boxed()
    }

    fn name(&self) -> &'static str {
        "test:paced"
    }
}

/// A running host.
pub(crate) struct Host {
    pub(crate) address: SocketAddr,
    pub(crate) coach: Coach,
    pub(crate) signals: Signals,
    /// How many pieces the models may send.
    pub(crate) permits: Arc<Semaphore>,
    who: Principal,
}

impl Host {
    pub(crate) async fn new() -> Self {
        let permits = Arc::new(Semaphore::new(0));
        let voice = |pieces| Arc::new(Paced { pieces, permits: permits.clone() });
        let coach = Coach::builder(MemoryStore::new())
            .model(Lane::Partner, voice(&REPLY))
            .model(Lane::Coach, voice(&COMMENT))
            .settings(Settings { messages_per_minute: None, ..Settings::default() })
            .build()
            .unwrap();
        let who = Principal::new(UserId(Uuid::from_u128(1)), UserRole::Staff);
        let signals = Signals::default();
        let app = coach_examples::app(coach.clone(), who, signals.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, coach, signals, permits, who }
    }

    /// Starts a conversation that begins with [`OPENING`].
    pub(crate) async fn begin(&self) -> ConversationId {
        self.coach.start(&self.who, Start::script(script(), None)).await.unwrap().id
    }

    /// Returns the stored messages.
    pub(crate) async fn record(&self, id: ConversationId) -> Vec<Message> {
        self.coach.conversation(&self.who, id).messages(None, 100).await.unwrap().messages
    }
}

/// The script of every conversation.
pub(crate) fn script() -> Script {
    Script {
        title: "Listening".to_owned(),
        language: "de".to_owned(),
        partner_name: "Ruth".to_owned(),
        partner_prompt: "You are Ruth.".to_owned(),
        partner_max_output: 200,
        opening: Some(OPENING.to_owned()),
        coach_prompt: "Listen.".to_owned(),
        coach_max_output: 200,
        ..Script::default()
    }
}
