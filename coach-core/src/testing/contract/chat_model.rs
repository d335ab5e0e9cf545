//! Contract tests of `ChatModel`.
//!
//! To run them against a model of your own, implement [`ModelUnderTest`] for the model together with its provider (a
//! server of the test's own, or nothing at all), and pass a function that makes a new one to
//! [`chat_model_contract!`](crate::chat_model_contract) or [`exam`].

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::{StreamExt as _, future::join};
use tokio::{runtime::Handle, task::yield_now, time::timeout};

use crate::{
    model::{Prompt, PromptMessage, StandaloneLane},
    ports::{CallLimits, ChatEvent, ChatModel, ChatRequest, ChatStream, ModelError, Speaker},
};

/// What a model's provider does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prepared<'a> {
    /// Answers completely, with any text.
    Anything,
    /// Answers completely with this text, in as many pieces as it likes, cut wherever it likes.
    Text(&'a str),
    /// Begins an answer with some text, and goes on for longer than any test.
    Endless,
    /// Refuses or fails.
    Failure,
}

/// A new model with its provider.
#[async_trait]
pub trait ModelUnderTest: Send + Sync {
    /// Prepares the provider for the next request, and returns the model that will make it: always the same one,
    /// except where the model itself decides how it answers. `None` if no provider can do this; the promises that
    /// need it are then not checked.
    fn prepare(&self, answer: Prepared<'_>) -> Option<Arc<dyn ChatModel>>;

    /// Returns how many requests have been made so far.
    fn requests(&self) -> usize;

    /// Waits until the provider has noticed that no request waits for it any more. Returns at once without a provider.
    async fn hung_up(&self);
}

macro_rules! model_promises {
    ($dollar:tt $($promise:ident)*) => {
        /// Checks every promise of [`ChatModel`]; `make` returns a new model each time.
        pub async fn exam<M: ModelUnderTest>(make: impl AsyncFn() -> M) {
            $($promise(&make().await).await;)*
        }

        /// Checks one promise of [`ChatModel`], by its name.
        ///
        /// # Panics
        /// If the model does not keep it, or if no promise has this name.
        pub async fn check(promise: &str, model: &dyn ModelUnderTest) {
            match promise {
                $(stringify!($promise) => $promise(model).await,)*
                _ => panic!("no promise has the name {promise}"),
            }
        }

        /// Generates one `#[tokio::test]` for each promise of a
        /// [`ChatModel`](crate::ports::ChatModel).
        ///
        /// Takes the path of an async function that returns a new
        /// [`ModelUnderTest`](crate::testing::contract::chat_model::ModelUnderTest).
        #[macro_export]
        macro_rules! chat_model_contract {
            ($dollar make:path) => {
                $(
                    #[tokio::test]
                    async fn $promise() {
                        let model = $dollar make().await;
                        $dollar crate::testing::contract::chat_model::$promise(&model).await;
                    }
                )*
            };
        }
    };
}

model_promises! { $
    an_answer_comes_in_order_and_ends_once
    text_arrives_whole_and_unchanged
    nothing_is_requested_before_the_first_poll
    dropping_the_stream_ends_the_call
    nothing_runs_on_after_the_drop
    a_call_after_a_dropped_one_is_answered
    calls_at_the_same_time_do_not_mix
    a_failure_comes_once_and_last
}

/// Returns a request that any model can answer.
pub fn request() -> ChatRequest {
    let said = vec![PromptMessage::user("Can I have Friday off?")];
    ChatRequest {
        speaker: Speaker { name: "Ruth".to_owned(), language: "en".to_owned() },
        limits: CallLimits { retries: 0, ..CallLimits::default() },
        ..ChatRequest::new(Prompt::free(StandaloneLane::Judge, "You are Ruth.", said), 500)
    }
}

/// How long a model may take to end a call. Long, because only a model that never does waits for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often other tasks run before one that is still alive counts as left behind.
const TURNS: usize = 1_000;

/// Characters of one to four bytes, and what belongs together: an emoji of five characters, an accent, a right-to-left
/// word. Blanks and line ends inside a text are part of it.
const TEXT: &str = "Grüezi, Zoë \u{2013} “no”,  cafe\u{301} \u{1f469}\u{1f3fd}\u{200d}\u{1f680}!\n\n\
    שלום 你好 \u{1d11e}\r\n• End.";

fn anything(model: &dyn ModelUnderTest) -> Arc<dyn ChatModel> {
    model.prepare(Prepared::Anything).expect("every model can answer")
}

/// Events come in order: `Accepted` before any text, no empty text, one `Done`, and then nothing, however often the
/// stream is polled.
pub async fn an_answer_comes_in_order_and_ends_once(model: &dyn ModelUnderTest) {
    let text = answers_in_order(&*anything(model), request()).await;
    assert!(!text.is_empty(), "a complete answer has text");
}

/// The pieces of an answer are whole characters and together its text, to the last byte, wherever the provider's own
/// pieces end.
pub async fn text_arrives_whole_and_unchanged(model: &dyn ModelUnderTest) {
    let Some(chat) = model.prepare(Prepared::Text(TEXT)) else { return };
    assert_eq!(answers_in_order(&*chat, request()).await, TEXT, "{}", chat.name());
}

/// A stream that was never polled makes no request, not even while another one does.
pub async fn nothing_is_requested_before_the_first_poll(model: &dyn ModelUnderTest) {
    let before = model.requests();
    let unpolled = anything(model).stream(request());
    let chat = anything(model);
    answers_in_order(&*chat, request()).await;
    let made = model.requests() - before;
    assert!(made <= 1, "{}: {made} requests of one stream that was polled", chat.name());
    drop(unpolled);
    answers_in_order(&*anything(model), request()).await;
    let made = model.requests() - before;
    assert!(made <= 2, "{}: a dropped stream made a request", chat.name());
}

/// Dropping the stream in the middle of an answer ends the call: the provider notices, and no other request follows.
pub async fn dropping_the_stream_ends_the_call(model: &dyn ModelUnderTest) {
    let Some(chat) = model.prepare(Prepared::Endless) else { return };
    let before = model.requests();
    drop(begun(&*chat).await);
    let noticed = timeout(PATIENCE, model.hung_up()).await;
    assert!(noticed.is_ok(), "{}: the provider still answers", chat.name());
    assert!(model.requests() - before <= 1, "{}: the call was made again", chat.name());
}

/// After the drop, no task of the call runs on: what the runtime runs is what it ran before the call.
pub async fn nothing_runs_on_after_the_drop(model: &dyn ModelUnderTest) {
    let Some(chat) = model.prepare(Prepared::Endless) else { return };
    let tasks = || Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    drop(begun(&*chat).await);
    let noticed = timeout(PATIENCE, model.hung_up()).await;
    assert!(noticed.is_ok(), "{}: the provider still answers", chat.name());
    for _ in 0..TURNS {
        if tasks() <= before {
            return;
        }
        yield_now().await;
    }
    panic!("{}: {} tasks were left behind", chat.name(), tasks() - before);
}

/// A dropped call leaves nothing behind that disturbs the next one.
pub async fn a_call_after_a_dropped_one_is_answered(model: &dyn ModelUnderTest) {
    let Some(chat) = model.prepare(Prepared::Endless) else { return };
    drop(begun(&*chat).await);
    let Some(chat) = model.prepare(Prepared::Text(TEXT)) else {
        answers_in_order(&*anything(model), request()).await;
        return;
    };
    assert_eq!(answers_in_order(&*chat, request()).await, TEXT, "{}", chat.name());
}

/// Two calls at the same time have an answer each.
pub async fn calls_at_the_same_time_do_not_mix(model: &dyn ModelUnderTest) {
    let texts = ["One, two, three, four.", "Eins, zwei, drei, vier."];
    let [Some(one), Some(other)] = texts.map(|text| model.prepare(Prepared::Text(text))) else {
        return;
    };
    let answers =
        join(answers_in_order(&*one, request()), answers_in_order(&*other, request())).await;
    let mut answers = <[String; 2]>::from(answers);
    // Which request the provider receives first is not decided.
    answers.sort_by_key(|answer| answer.starts_with('E'));
    assert_eq!(answers, texts, "{}", one.name());
}

/// A call that fails ends with exactly one error, and then with nothing.
pub async fn a_failure_comes_once_and_last(model: &dyn ModelUnderTest) {
    let Some(chat) = model.prepare(Prepared::Failure) else { return };
    fails_once(&*chat, request()).await;
}

/// Begins an endless answer and reads up to its first text.
async fn begun(model: &dyn ChatModel) -> ChatStream {
    let mut stream = model.stream(request());
    loop {
        match stream.next().await {
            Some(Ok(ChatEvent::Delta(_))) => return stream,
            Some(Ok(ChatEvent::Done(_)) | Err(_)) | None => {
                panic!("{}: the endless answer ended", model.name())
            }
            Some(Ok(_)) => {}
        }
    }
}

/// Returns the text of a successful answer; panics if the stream violates the contract.
pub async fn answers_in_order(model: &dyn ChatModel, request: ChatRequest) -> String {
    let mut stream = model.stream(request);
    let mut text = String::new();
    let mut accepted = false;
    let mut done = false;
    let mut attempts = 1;
    while let Some(event) = stream.next().await {
        assert!(!done, "{}: an event came after Done", model.name());
        match event.unwrap_or_else(|error| panic!("{}: {error}", model.name())) {
            ChatEvent::Accepted => accepted = true,
            ChatEvent::Delta(piece) => {
                assert!(accepted, "{}: text before Accepted", model.name());
                assert!(!piece.is_empty(), "{}: an empty delta", model.name());
                text.push_str(&piece);
            }
            ChatEvent::Activity | ChatEvent::Used(_) => {}
            ChatEvent::Effort(effort) => {
                assert!(
                    effort.attempts >= attempts,
                    "{}: fewer attempts than before",
                    model.name()
                );
                attempts = effort.attempts;
            }
            ChatEvent::Done(finished) => {
                assert!(finished.attempts >= attempts, "{}: too few attempts", model.name());
                done = true;
            }
        }
    }
    assert!(done, "{}: the stream ended without Done", model.name());
    stays_ended(model, &mut stream).await;
    text
}

/// A failing call must end with exactly one error and then end the stream.
pub async fn fails_once(model: &dyn ChatModel, request: ChatRequest) -> ModelError {
    let mut stream = model.stream(request);
    let error = loop {
        match stream.next().await {
            Some(Ok(ChatEvent::Done(_))) | None => {
                panic!("{}: the stream did not fail", model.name())
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => break error,
        }
    };
    stays_ended(model, &mut stream).await;
    error
}

async fn stays_ended(model: &dyn ChatModel, stream: &mut ChatStream) {
    for _ in 0..3 {
        let more = stream.next().await;
        assert!(more.is_none(), "{}: {more:?} came after the end", model.name());
    }
}
