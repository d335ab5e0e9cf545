//! A coach in memory with one conversation, and simulated sockets into it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use coach_core::{
    Coach, Settings,
    conversation::Attendance,
    ids::ConversationId,
    live::StartAt,
    memory::MemoryStore,
    model::Lane,
    people::{Principal, UserRole},
    ports::Stores,
    testing::{
        ScriptedModel, SerialIds, Take, TokioClock, answer,
        contract::fixture::{TestRoom, person},
    },
    wire::{Ended, PumpConfig, ServerFrame, Signals, Ws, WsError, pump},
};
use futures::{StreamExt as _, channel::mpsc};
use tokio::{sync::watch, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

/// Longer than any wait of a socket.
const A_LONG_TIME: Duration = Duration::from_secs(3_600);

/// A coach, and the conversation of all its sockets.
pub(super) struct Setup {
    pub(super) coach: Coach,
    pub(super) id: ConversationId,
    pub(super) shutdown: CancellationToken,
    pub(super) over: watch::Sender<Option<u16>>,
}

impl Setup {
    /// Opens a conversation in which both voices say one thing per turn.
    pub(super) async fn open() -> Self {
        let takes = |text| vec![answer(text), answer(text), answer(text)];
        Self::with(takes("No."), takes("Ask why."), |store| Arc::new(store)).await
    }

    /// Opens a conversation with these takes, one per answer.
    pub(super) async fn with(
        partner: Vec<Take>,
        comments: Vec<Take>,
        stores: impl FnOnce(MemoryStore) -> Arc<dyn Stores>,
    ) -> Self {
        let store = MemoryStore::new();
        let id = TestRoom::new(&store).await.id;
        let comments = ScriptedModel::playing("test:coach", comments);
        let settings = Settings { messages_per_minute: Some(3), ..Settings::default() };
        let coach = Coach::builder_over(stores(store))
            .model(Lane::Partner, ScriptedModel::playing("test:partner", partner))
            .model(Lane::Coach, comments.clone())
            .model(Lane::Aside, comments)
            .clock(Arc::new(TokioClock::default()))
            .ids(Arc::new(SerialIds::default()))
            .settings(settings)
            .build()
            .unwrap();
        Self { coach, id, shutdown: CancellationToken::new(), over: watch::channel(None).0 }
    }

    pub(super) fn participant(&self) -> Principal {
        Principal::new(person(1), UserRole::Guest)
    }

    /// Opens the participant's socket with a large buffer.
    pub(super) async fn line(&self) -> Line {
        self.line_of(SocketRole::Participant, StartAt::Nothing, 1_000).await
    }

    /// Opens a socket that accepts `width` frames and then no more until they are read.
    pub(super) async fn line_of(&self, role: SocketRole, from: StartAt, width: usize) -> Line {
        let coach = self.coach.clone();
        let staff = Principal::new(person(9), UserRole::Staff);
        let attendance: Attendance = match role {
            SocketRole::Participant => coach
                .conversation(&self.participant(), self.id)
                .participate(from)
                .await
                .unwrap()
                .into(),
            SocketRole::Observer => {
                coach.conversation(&staff, self.id).observe(from).await.unwrap().into()
            }
        };
        let (to, source) = mpsc::unbounded();
        // A sender has one slot of its own.
        let (sink, from) = mpsc::channel(width - 1);
        let unanswered = Arc::<AtomicBool>::default();
        let (shutdown, over) = (self.shutdown.clone(), self.over.subscribe());
        let signals = Signals { shutdown, over, unanswered: unanswered.clone() };
        let config = PumpConfig::default();
        let ended =
            tokio::spawn(async move { pump(attendance, sink, source, config, signals).await });
        Line { to: Some(to), from, ended, unanswered }
    }
}

/// Who uses a socket.
pub(super) enum SocketRole {
    Participant,
    Observer,
}

/// The client's end of a socket.
pub(super) struct Line {
    to: Option<mpsc::UnboundedSender<Result<Ws, WsError>>>,
    from: mpsc::Receiver<Ws>,
    ended: JoinHandle<Ended>,
    pub(super) unanswered: Arc<AtomicBool>,
}

impl Line {
    pub(super) fn give(&self, ws: Result<Ws, WsError>) {
        // The test decides whether anything still receives.
        let _ = self.to.as_ref().unwrap().unbounded_send(ws);
    }

    pub(super) fn send(&self, text: impl AsRef<str>) {
        self.give(Ok(Ws::Text(text.as_ref().into())));
    }

    pub(super) fn say(&self, content: &str, client_id: &str) {
        self.send(format!(
            r#"{{"type":"message","content":"{content}","clientId":"{client_id}"}}"#
        ));
    }

    /// Breaks the connection without a close frame.
    pub(super) fn hang_up(&mut self) {
        self.to = None;
    }

    /// Returns the socket's next message, pings included.
    pub(super) async fn next(&mut self) -> Option<Ws> {
        timeout(A_LONG_TIME, self.from.next()).await.expect("the socket sends nothing any more")
    }

    /// Returns the next frame's text. Answers pings, as every WebSocket client does.
    pub(super) async fn text(&mut self) -> String {
        loop {
            match self.next().await {
                Some(Ws::Text(text)) => return text.to_string(),
                Some(Ws::Ping) => self.give(Ok(Ws::Pong)),
                other => panic!("not a frame: {other:?}"),
            }
        }
    }

    pub(super) async fn frame(&mut self) -> ServerFrame {
        serde_json::from_str(&self.text().await).unwrap()
    }

    /// Answers pings for this long, and expects nothing else.
    pub(super) async fn idle(&mut self, time: Duration) {
        let text = timeout(time, self.text()).await;
        assert!(text.is_err(), "{text:?}");
    }

    /// Returns every frame's text up to the first that begins with `last`.
    pub(super) async fn until(&mut self, last: &str) -> Vec<String> {
        let mut texts = Vec::new();
        loop {
            let text = self.text().await;
            let found = text.starts_with(last);
            texts.push(text);
            if found {
                return texts;
            }
        }
    }

    /// Consumes the first frames of a new conversation.
    pub(super) async fn greeted(mut self) -> Self {
        let types = ["history", "turn", "quota"];
        for expected in types {
            let text = self.text().await;
            assert!(text.starts_with(&format!(r#"{{"type":"{expected}""#)), "{text}");
        }
        self
    }

    /// Returns the code of the next frame, which must be an error.
    pub(super) async fn error(&mut self) -> String {
        match self.frame().await {
            ServerFrame::Error(error) => error.code.as_str().to_owned(),
            other => panic!("no error: {other:?}"),
        }
    }

    /// Returns how the socket ended, and its last message.
    pub(super) async fn ended(mut self) -> (Ended, Option<Ws>) {
        let mut last = None;
        while let Some(ws) = self.next().await {
            if matches!(ws, Ws::Close(..)) {
                // A client answers a close frame with its own and disconnects.
                self.hang_up();
            }
            last = Some(ws);
        }
        (self.ended.await.unwrap(), last)
    }

    /// Returns the close code, which must be sent and reported alike.
    pub(super) async fn closed(self) -> u16 {
        match self.ended().await {
            (Ended::Closed(code), Some(Ws::Close(said, _))) if said == code => code,
            other => panic!("not closed: {other:?}"),
        }
    }
}

/// Returns the type of each frame.
pub(super) fn types(texts: &[String]) -> Vec<&str> {
    texts.iter().map(|text| text.split('"').nth(3).unwrap()).collect()
}
