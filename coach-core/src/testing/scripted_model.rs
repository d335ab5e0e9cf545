//! A model that plays scripted answers at the test's pace and records its requests.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::{StreamExt as _, stream};

use crate::{
    model::{Lane, PromptRole},
    ports::{
        ChatEvent, ChatModel, ChatRequest, ChatStream, Effort, FinishReason, Finished, ModelError,
        ModelErrorKind,
    },
    turn::ledger::Usage,
};

/// One step of a scripted answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Accepts the request.
    Accept,
    /// Sends a piece of text.
    Say(String),
    /// Sends an activity event.
    Think,
    /// Reports the usage so far.
    Use(Usage),
    /// Reports the adapter's own work so far.
    Effort(Effort),
    /// Pauses.
    Wait(Duration),
    /// Never continues.
    Hang,
    /// Fails.
    Fail(ModelErrorKind),
    /// Ends successfully, with or without a usage report.
    Done(Option<Usage>),
    /// Ends with a reason, with or without a usage report.
    Finish(FinishReason, Option<Usage>),
    /// Ends with a reason after this many requests.
    FinishAfter(FinishReason, u32),
}

/// The steps of a scripted answer, in order. Without `Fail` or `Done` at the end, the stream breaks off.
pub type Take = Vec<Step>;

/// Returns a complete answer: one piece per word, with a plausible usage report.
pub fn answer(text: &str) -> Take {
    let mut take = vec![Step::Accept];
    take.extend(text.split_inclusive(' ').map(|piece| Step::Say(piece.to_owned())));
    take.push(Step::Done(Some(Usage { input: 20, output: 5, ..Usage::default() })));
    take
}

/// Returns an answer that fails before it begins.
pub fn refusal(kind: ModelErrorKind) -> Take {
    vec![Step::Fail(kind)]
}

/// Plays takes one after the other; after the last one, every answer is `Go on.`
#[derive(Debug)]
pub struct ScriptedModel {
    name: String,
    takes: Mutex<VecDeque<Take>>,
    heard: Arc<Mutex<Vec<ChatRequest>>>,
}

impl ScriptedModel {
    /// Returns a model that plays `takes`.
    pub fn playing(name: &str, takes: impl IntoIterator<Item = Take>) -> Arc<Self> {
        let takes = Mutex::new(takes.into_iter().collect());
        Arc::new(Self { name: name.to_owned(), takes, heard: Arc::default() })
    }

    /// Returns a model that answers with `texts`, one per answer.
    pub fn saying<'a>(name: &str, texts: impl IntoIterator<Item = &'a str>) -> Arc<Self> {
        Self::playing(name, texts.into_iter().map(answer))
    }

    /// Adds a take.
    pub fn then(&self, take: Take) {
        self.takes.lock().unwrap_or_else(PoisonError::into_inner).push_back(take);
    }

    /// Returns every request that was actually sent.
    pub fn heard(&self) -> Vec<ChatRequest> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the messages before its newest answer in `lane`, one per line.
    pub fn last_heard(&self, lane: Lane) -> String {
        let heard = self.heard();
        let last = heard.iter().rev().find(|request| request.prompt.lane() == lane);
        last.map(read).unwrap_or_default()
    }
}

/// Formats a request's messages for people, one per line.
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

/// Returns the stream of a take.
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
                    Step::Effort(effort) => Ok(ChatEvent::Effort(effort)),
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
