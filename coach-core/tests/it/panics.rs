//! A panicking model fails its answer and nothing else.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use coach_core::{
    Coach, Settings,
    conversation::{SkipReason, Status},
    live::Event,
    memory::MemoryStore,
    model::{Lane, TurnLane},
    ports::{
        CallLimits, ChatEvent, ChatModel, ChatRequest, ChatStream, ConversationStore as _,
        FinishReason, Finished, InvitationStore as _, Ledger as _, ModelError, ModelErrorKind,
    },
    testing::{
        SerialIds, TokioClock,
        contract::fixture::{a_conversation, an_invitation, made},
    },
    timestamp::Timestamp,
    turn::ledger::{Settlement, Usage, VoidReason},
};
use futures::{Stream, StreamExt as _};

use crate::talk::{Talk, until};

/// The place of the panic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Name,
    MaxOutput,
    Limits,
    Cost,
    Stream,
    FirstPoll,
    AfterText,
    Drop,
}

#[derive(Debug)]
struct Panics(Place);

impl Panics {
    fn at(&self, place: Place) {
        assert_ne!(self.0, place, "an intentional panic");
    }
}

/// Sends text and ends successfully, unless it panics.
struct Pieces(Place, u32);

impl Stream for Pieces {
    type Item = Result<ChatEvent, ModelError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.1 += 1;
        let usage = Some(Usage { input: 20, output: 5, ..Usage::default() });
        let finished = Finished { reason: FinishReason::Stop, usage, model: None, attempts: 1 };
        Poll::Ready(Some(Ok(match (self.0, self.1) {
            (Place::FirstPoll, 1) | (Place::AfterText, 3) => panic!("on purpose"),
            (_, 1) => ChatEvent::Accepted,
            (_, 2) => ChatEvent::Delta("Well, no.".to_owned()),
            _ => ChatEvent::Done(finished),
        })))
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        assert_ne!(self.0, Place::Drop, "an intentional panic");
    }
}

impl ChatModel for Panics {
    fn stream(&self, _: ChatRequest) -> ChatStream {
        self.at(Place::Stream);
        Pieces(self.0, 0).boxed()
    }

    fn name(&self) -> &str {
        self.at(Place::Name);
        "test:panics"
    }

    fn max_output(&self, wanted: u32) -> u32 {
        self.at(Place::MaxOutput);
        wanted
    }

    fn limits(&self, wanted: CallLimits) -> CallLimits {
        self.at(Place::Limits);
        wanted
    }

    fn cost(&self, _: &str, _: Usage, _: Timestamp) -> Option<u64> {
        self.at(Place::Cost);
        Some(7)
    }
}

async fn talk_with(model: Panics) -> (Coach, MemoryStore) {
    let store = MemoryStore::new();
    let invitation = an_invitation(1, 1_000_000_000);
    store
        .invite(std::slice::from_ref(&invitation), made())
        .await
        .expect("the store saves the invitation");
    store
        .start(&a_conversation(1, Some(invitation.id)))
        .await
        .expect("the store saves the conversation");
    let model: Arc<dyn ChatModel> = Arc::new(model);
    let coach = Coach::builder(store.clone())
        .model(Lane::Partner, model.clone())
        .model(Lane::Coach, model)
        .clock(Arc::new(TokioClock::default()))
        .ids(Arc::new(SerialIds::default()))
        .settings(Settings { messages_per_minute: None, ..Settings::default() })
        .build()
        .unwrap();
    (coach, store)
}

#[tokio::test(start_paused = true)]
async fn a_panic_fails_the_answer_and_frees_the_conversation_at_once() {
    let id = a_conversation(1, None).id;
    for place in [
        Place::Name,
        Place::MaxOutput,
        Place::Limits,
        Place::Cost,
        Place::Stream,
        Place::FirstPoll,
        Place::AfterText,
        Place::Drop,
    ] {
        let (coach, store) = talk_with(Panics(place)).await;
        let by = Talk::participant();
        let mut follower =
            coach.conversation(&by, id).follow(coach_core::live::StartAt::Nothing).await.unwrap();
        until(&mut follower, Event::is_idle).await;
        let began = tokio::time::Instant::now();
        coach.conversation(&by, id).say("May I have a raise?").await.unwrap();
        let received = until(&mut follower, Event::is_idle).await;
        assert!(began.elapsed() < Duration::from_secs(1), "{place:?}: {:?}", began.elapsed());
        let record = store.messages(id, None, 10).await.unwrap();
        let (partner, comment) = (&record[1], &record[2]);
        let entries = store.entries(id).await.unwrap();
        let failed = matches!(place, Place::Stream | Place::FirstPoll | Place::AfterText);
        let status = if failed { Status::Failed } else { Status::Complete };
        assert_eq!(partner.status, status, "{place:?}");
        if failed {
            let kind = ModelErrorKind::Malformed;
            assert!(received.contains(&Event::Failed { lane: TurnLane::Partner, turn: 1, kind }));
            assert_eq!(comment.skipped, Some(SkipReason::Failed), "{place:?}");
        }
        let words =
            if matches!(place, Place::Stream | Place::FirstPoll) { "" } else { "Well, no." };
        assert_eq!(partner.content, words, "{place:?}");
        let done = received.iter().any(|event| {
            matches!(event, Event::Done(done) if done.id == partner.id && done.status == status)
        });
        assert!(done, "{place:?}");
        let charged = entries[0].settlement;
        match place {
            Place::Stream | Place::FirstPoll => {
                assert_eq!(charged, Settlement::Voided(VoidReason::NotAccepted), "{place:?}");
            }
            Place::AfterText => assert!(matches!(charged, Settlement::Estimated(_))),
            _ => assert!(matches!(charged, Settlement::Reported(_)), "{place:?}"),
        }
        assert_eq!(store.sums(an_invitation(1, 0).id).reserved, 0, "{place:?}");
        coach.conversation(&by, id).say("Are you there?").await.unwrap();
    }
}
