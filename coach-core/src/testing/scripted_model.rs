//! A model that says what a test wrote, at the test's pace, and remembers what it was told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::{StreamExt as _, stream};

use crate::{
    model::{Lane, PromptRole},
    ports::{
        ChatEvent, ChatModel, ChatRequest, ChatStream, FinishReason, Finished, ModelError,
        ModelErrorKind,
    },
    turn::ledger::Usage,
};

/// One thing that a scripted answer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Takes the request.
    Accept,
    /// Says a piece.
    Say(String),
    /// Gives a sign of life.
    Think,
    /// Reports what it has used so far.
    Use(Usage),
    /// Is silent for so long.
    Wait(Duration),
    /// Is silent for ever.
    Hang,
    /// Fails.
    Fail(ModelErrorKind),
    /// Ends well, and reports what it used if it does.
    Done(Option<Usage>),
    /// Ends for a reason, and reports what it used if it does.
    Finish(FinishReason, Option<Usage>),
    /// Ends for a reason after so many requests.
    FinishAfter(FinishReason, u32),
}

/// What a scripted answer does, in order. One that does not end in `Fail` or `Done` breaks off.
pub type Take = Vec<Step>;

/// A whole answer: each word a piece, usage as a provider would count it.
pub fn answer(text: &str) -> Take {
    let mut take = vec![Step::Accept];
    take.extend(text.split_inclusive(' ').map(|piece| Step::Say(piece.to_owned())));
    take.push(Step::Done(Some(Usage { input: 20, output: 5, ..Usage::default() })));
    take
}

/// An answer that fails before it begins.
pub fn refusal(kind: ModelErrorKind) -> Take {
    vec![Step::Fail(kind)]
}

/// Plays takes one after the other; when they are used up it says `Go on.`
#[derive(Debug)]
pub struct ScriptedModel {
    name: String,
    takes: Mutex<VecDeque<Take>>,
    heard: Arc<Mutex<Vec<ChatRequest>>>,
}

impl ScriptedModel {
    /// A model that plays `takes`.
    pub fn playing(name: &str, takes: impl IntoIterator<Item = Take>) -> Arc<Self> {
        let takes = Mutex::new(takes.into_iter().collect());
        Arc::new(Self { name: name.to_owned(), takes, heard: Arc::default() })
    }

    /// A model that says `texts`, one an answer.
    pub fn saying<'a>(name: &str, texts: impl IntoIterator<Item = &'a str>) -> Arc<Self> {
        Self::playing(name, texts.into_iter().map(answer))
    }

    /// Adds a take.
    pub fn then(&self, take: Take) {
        self.takes.lock().unwrap_or_else(PoisonError::into_inner).push_back(take);
    }

    /// Every request that was really sent.
    pub fn heard(&self) -> Vec<ChatRequest> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What it was told before its newest answer in `lane`, one line a message.
    pub fn last_heard(&self, lane: Lane) -> String {
        let heard = self.heard();
        let last = heard.iter().rev().find(|request| request.prompt.lane() == lane);
        last.map(read).unwrap_or_default()
    }
}

/// A request for people: the talk, one line a message.
pub fn read(request: &ChatRequest) -> String {
    let lines = request.prompt.messages().iter().map(|message| match message.role {
        PromptRole::User => format!("> {}\n", message.text),
        PromptRole::Assistant => format!("< {}\n", message.text),
    });
    lines.collect()
}

impl ChatModel for ScriptedModel {
    fn stream(&self, request: ChatRequest) -> ChatStream {
        let next = self.takes.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let heard = self.heard.clone();
        let sent = async move {
            heard.lock().unwrap_or_else(PoisonError::into_inner).push(request);
            None
        };
        let take = next.unwrap_or_else(|| answer("Go on."));
        stream::once(sent).filter_map(std::future::ready).chain(play(&self.name, take)).boxed()
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// The stream of a take.
pub fn play(name: &str, take: Take) -> ChatStream {
    let name = name.to_owned();
    stream::iter(take)
        .filter_map(move |step| {
            let name = name.clone();
            async move {
                Some(match step {
                    Step::Accept => Ok(ChatEvent::Accepted),
                    Step::Say(piece) => Ok(ChatEvent::Delta(piece)),
                    Step::Think => Ok(ChatEvent::Activity),
                    Step::Use(usage) => Ok(ChatEvent::Used(usage)),
                    Step::Fail(kind) => Err(ModelError::new(kind, &name, "as the script says")),
                    Step::Done(usage) => Ok(done(FinishReason::Stop, usage, name, 1)),
                    Step::Finish(reason, usage) => Ok(done(reason, usage, name, 1)),
                    Step::FinishAfter(reason, attempts) => Ok(done(reason, None, name, attempts)),
                    Step::Wait(pause) => {
                        tokio::time::sleep(pause).await;
                        return None;
                    }
                    Step::Hang => std::future::pending().await,
                })
            }
        })
        .boxed()
}

fn done(reason: FinishReason, usage: Option<Usage>, name: String, attempts: u32) -> ChatEvent {
    ChatEvent::Done(Finished { reason, usage, model: Some(name), attempts })
}
