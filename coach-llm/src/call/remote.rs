//! `RemoteModel`: makes one call, from the first attempt to the last word.
//!
//! Sends nothing before the first poll and spawns nothing: the stream owns the response, so dropping it closes
//! the provider's connection, also while waiting for a retry. Never retries after the first piece of text, so
//! no words repeat. A request that was rejected for something it can do without (stop strings, the model that
//! a tier chose) is changed and sent again at once; that does not count as a retry.

use std::{sync::Arc, time::Duration};

use coach_core::{
    ports::{
        CallLimits, ChatEvent, ChatModel, ChatRequest, ChatStream, Effort, Finished, ModelErrorKind,
    },
    timestamp::Timestamp,
    turn::ledger::Usage,
};
use futures::StreamExt as _;
use tokio::time::{Instant, sleep};

use super::{
    answer_reader::{AnswerReader, AnswerStep},
    clocks::Clocks,
    fault::{CallFault, RetryAdvice},
    model_list::ModelList,
    quirks::Quirks,
    retry,
    transport::Transport,
};
use crate::{
    choose::{
        prices::price,
        tiers::{ChoiceSource, Tier},
    },
    settings::ModelSettings,
    wire::dialect::Dialect,
};

/// The shortest interval between two activity events.
const PULSE: Duration = Duration::from_secs(1);

/// One model of a provider that is reached over the network.
#[derive(Clone, Debug)]
pub(crate) struct RemoteModel {
    pub(crate) name: String,
    pub(crate) transport: Arc<Transport>,
    pub(crate) wire: Arc<dyn Dialect>,
    pub(crate) id: ModelId,
    pub(crate) quirks: Arc<Quirks>,
    pub(crate) settings: ModelSettings,
}

/// The model id to send.
#[derive(Clone, Debug)]
pub(crate) enum ModelId {
    Exactly(String),
    /// Looked up for every call, so that a tier follows the provider's list.
    Tier(Tier, Arc<ModelList>),
}

impl ModelId {
    /// Returns the id as far as it is known without a request.
    fn now(&self) -> String {
        match self {
            Self::Exactly(id) => id.clone(),
            Self::Tier(tier, list) => list.stands_for(*tier),
        }
    }
}

impl ChatModel for RemoteModel {
    fn stream(&self, request: ChatRequest) -> ChatStream {
        self.clone().run(request).boxed()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn max_output(&self, wanted: u32) -> u32 {
        wanted.saturating_add(self.settings.thinking_tokens)
    }

    fn limits(&self, wanted: CallLimits) -> CallLimits {
        self.settings.limits(self.transport.provider, wanted)
    }

    fn cost(&self, answered: &str, usage: Usage, at: Timestamp) -> Option<u64> {
        let model = match answered == self.name {
            // The call was cut before the provider named the model.
            true => format!("{}:{}", self.transport.provider, self.id.now()),
            false => format!("{}:{answered}", self.transport.provider),
        };
        price(&model, at, usage.input).map(|price| price.cost(usage))
    }
}

impl RemoteModel {
    fn run(
        self,
        mut request: ChatRequest,
    ) -> impl futures::Stream<Item = Result<ChatEvent, coach_core::ports::ModelError>> + Send {
        async_stream::stream! {
            let limits = request.limits;
            let most = self.max_output(request.max_output_tokens);
            let mut id = self.id(&limits).await;
            request.stop = match self.quirks.takes_stop(&id) {
                true => self.wire.stops(&request.stop),
                false => Vec::new(),
            };
            // The stop strings were removed after a rejection that may have been about them.
            let mut suspected = false;
            let mut tries = Tries::new(self.settings.retry_wait, limits.retries);
            let mut accepted = false;
            let mut spent = Usage::default();
            let mut earlier: Option<Clocks> = None;
            loop {
                if tries.made > 1 {
                    yield Ok(tries.effort(None));
                }
                let (target, body) = (self.wire.chat(&id), self.wire.body(&id, &request, most));
                let clocks = Clocks::start(&limits, earlier.as_ref());
                let mut last_sign = Instant::now();
                let mut used = Usage::default();
                let mut spoke = false;
                let fault = match self.transport.send(&target, body, &limits, clocks).await {
                    Err(fault) => fault,
                    Ok(response) => {
                        if !std::mem::replace(&mut accepted, true) {
                            yield Ok(ChatEvent::Accepted);
                        }
                        if suspected {
                            self.quirks.takes_no_stop(&id);
                        }
                        let (transport, wire) = (Arc::clone(&self.transport), Arc::clone(&self.wire));
                        let mut reader = AnswerReader::read(transport, wire, response, clocks);
                        yield Ok(tries.effort(reader.request_id()));
                        let fault = loop {
                            match reader.next().await {
                                AnswerStep::Text(text) => {
                                    spoke = true;
                                    yield Ok(ChatEvent::Delta(text));
                                }
                                AnswerStep::Used(usage) => {
                                    used = usage;
                                    yield Ok(ChatEvent::Used(sum(spent, used)));
                                }
                                AnswerStep::KeepAlive if last_sign.elapsed() >= PULSE => {
                                    yield Ok(ChatEvent::Activity);
                                }
                                AnswerStep::KeepAlive => continue,
                                AnswerStep::Finished { reason, usage, model } => {
                                    let usage = usage.map(|usage| sum(spent, usage));
                                    let attempts = tries.made;
                                    let done = Finished { reason, usage, model, attempts };
                                    yield Ok(ChatEvent::Done(done));
                                    reader.read_rest().await;
                                    return;
                                }
                                AnswerStep::Failed(fault) => break fault,
                            }
                            last_sign = Instant::now();
                        };
                        earlier = Some(reader.clocks);
                        fault
                    }
                };
                spent = sum(spent, used);
                if spoke {
                    yield Err(*fault.error);
                    return;
                }
                if fault.error.kind == ModelErrorKind::BadRequest && !request.stop.is_empty() {
                    request.stop.clear();
                    suspected = true;
                    tries.made += 1;
                    continue;
                }
                if fault.again == RetryAdvice::WithAnotherModel
                    && let Some(other) = self.next_choice(&id, &limits).await
                {
                    id = other;
                    tries.made += 1;
                    continue;
                }
                let Some(wait) = tries.wait_after(&fault) else {
                    yield Err(*fault.error);
                    return;
                };
                yield Ok(ChatEvent::Activity);
                sleep(wait).await;
                tries.waited += wait;
            }
        }
    }

    async fn id(&self, limits: &CallLimits) -> String {
        match &self.id {
            ModelId::Exactly(id) => id.clone(),
            ModelId::Tier(tier, list) => list.choose(*tier, limits).await.id,
        }
    }

    /// Excludes `id`, which cannot chat, and returns the tier's next choice.
    async fn next_choice(&self, id: &str, limits: &CallLimits) -> Option<String> {
        let ModelId::Tier(tier, list) = &self.id else { return None };
        list.exclude(id);
        let choice = list.choose(*tier, limits).await;
        (choice.source == ChoiceSource::Listed && choice.id != id).then_some(choice.id)
    }
}

/// Counts requests and schedules retries.
struct Tries {
    made: u32,
    /// The time spent waiting between requests.
    waited: Duration,
    not_a_stream: bool,
    waits: Box<dyn Iterator<Item = Duration> + Send>,
}

impl Tries {
    fn new(first: Duration, retries: u32) -> Self {
        let waits = Box::new(retry::waits(first, retries));
        Self { made: 1, waited: Duration::ZERO, not_a_stream: false, waits }
    }

    /// Returns the event with what was done so far; `request_id` is the provider's id of the last request.
    fn effort(&self, request_id: Option<&str>) -> ChatEvent {
        ChatEvent::Effort(Effort {
            attempts: self.made,
            waited: self.waited,
            request_id: request_id.map(str::to_owned),
        })
    }

    /// Returns the wait before the next attempt, or `None` to give up.
    fn wait_after(&mut self, fault: &CallFault) -> Option<Duration> {
        match fault.again {
            RetryAdvice::Never | RetryAdvice::WithAnotherModel => return None,
            RetryAdvice::Once if std::mem::replace(&mut self.not_a_stream, true) => return None,
            RetryAdvice::Once | RetryAdvice::Yes => {}
        }
        let asked = fault.wait.unwrap_or_default();
        let wait = self.waits.next()?.max(asked);
        let worth = asked <= retry::PATIENCE;
        self.made += u32::from(worth);
        worth.then_some(wait)
    }
}

/// Adds up the usage of several attempts: the provider may charge for each.
fn sum(before: Usage, now: Usage) -> Usage {
    Usage {
        input: before.input.saturating_add(now.input),
        cached_input: before.cached_input.saturating_add(now.cached_input),
        cache_write: before.cache_write.saturating_add(now.cache_write),
        output: before.output.saturating_add(now.output),
        reasoning: before.reasoning.saturating_add(now.reasoning),
    }
}
