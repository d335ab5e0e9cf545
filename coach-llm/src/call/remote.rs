//! `RemoteModel`: the story of one call, from the first try to the last word.
//!
//! Nothing is sent before the first poll and nothing is spawned: the stream owns the response, so
//! dropping it closes the provider's connection, also while waiting for another try. After the first
//! piece of text there is no other try: words are never said twice. A request that the provider refused for
//! something it can do without (stop strings, the model a tier chose) is sent again at once, changed; that
//! is not another try.

use std::{sync::Arc, time::Duration};

use coach_core::{
    ports::{ChatEvent, ChatModel, ChatRequest, ChatStream, Finished, Limits, ModelErrorKind},
    timestamp::Timestamp,
    turn::ledger::Usage,
};
use futures::StreamExt as _;
use tokio::time::{Instant, sleep};

use super::{
    answer_reader::{AnswerReader, AnswerStep},
    clocks::Clocks,
    fault::{CallFault, Retry},
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

/// The shortest time between two signs of life without text.
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

/// What is sent as the model's id.
#[derive(Clone, Debug)]
pub(crate) enum ModelId {
    Exactly(String),
    /// Looked up anew for every call, so that a tier follows what the provider lists.
    Tier(Tier, Arc<ModelList>),
}

impl ModelId {
    /// The id as far as it is known without asking the provider.
    fn now(&self) -> String {
        match self {
            Self::Exactly(id) => id.clone(),
            Self::Tier(tier, list) => list.stands_for(*tier),
        }
    }
}

impl ChatModel for RemoteModel {
    fn stream(&self, request: ChatRequest) -> ChatStream {
        self.clone().speak(request).boxed()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn max_output(&self, wanted: u32) -> u32 {
        wanted.saturating_add(self.settings.thinking_room)
    }

    fn limits(&self, wanted: Limits) -> Limits {
        self.settings.limits(self.transport.provider, wanted)
    }

    fn cost(&self, answered: &str, usage: Usage, at: Timestamp) -> Option<u64> {
        let model = match answered == self.name {
            // A call that was cut before the provider said who answers.
            true => format!("{}:{}", self.transport.provider, self.id.now()),
            false => format!("{}:{answered}", self.transport.provider),
        };
        price(&model, at, usage.input).map(|price| price.cost(usage))
    }
}

impl RemoteModel {
    fn speak(
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
            // The stop strings were taken out after a refusal that may have been about them.
            let mut suspected = false;
            let mut tries = Tries::new(self.settings.retry_wait, limits.retries);
            let mut accepted = false;
            let mut spent = Usage::default();
            let mut earlier: Option<Clocks> = None;
            loop {
                let (target, body) = (self.wire.chat(&id), self.wire.body(&id, &request, most));
                let clocks = Clocks::start(&limits, earlier.as_ref());
                let mut last_sign = Instant::now();
                let mut used = Usage::default();
                let mut spoke = false;
                let fault = match self.transport.ask(&target, body, &limits, clocks).await {
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
                if fault.again == Retry::WithAnotherModel
                    && let Some(other) = self.instead_of(&id, &limits).await
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
            }
        }
    }

    async fn id(&self, limits: &Limits) -> String {
        match &self.id {
            ModelId::Exactly(id) => id.clone(),
            ModelId::Tier(tier, list) => list.choose(*tier, limits).await.id,
        }
    }

    /// The model that the tier stands for, now that `id` turned out to be unable to chat.
    async fn instead_of(&self, id: &str, limits: &Limits) -> Option<String> {
        let ModelId::Tier(tier, list) = &self.id else { return None };
        list.pass_over(id);
        let choice = list.choose(*tier, limits).await;
        (choice.source == ChoiceSource::Listed && choice.id != id).then_some(choice.id)
    }
}

/// How many requests were sent, and when there is another try.
struct Tries {
    made: u32,
    not_a_stream: bool,
    waits: Box<dyn Iterator<Item = Duration> + Send>,
}

impl Tries {
    fn new(first: Duration, retries: u32) -> Self {
        Self { made: 1, not_a_stream: false, waits: Box::new(retry::waits(first, retries)) }
    }

    /// How long to wait before the next try; `None` = there is none.
    fn wait_after(&mut self, fault: &CallFault) -> Option<Duration> {
        match fault.again {
            Retry::Never | Retry::WithAnotherModel => return None,
            Retry::Once if std::mem::replace(&mut self.not_a_stream, true) => return None,
            Retry::Once | Retry::Yes => {}
        }
        let asked = fault.wait.unwrap_or_default();
        let wait = self.waits.next()?.max(asked);
        let worth = asked <= retry::PATIENCE;
        self.made += u32::from(worth);
        worth.then_some(wait)
    }
}

/// What several tries used together: every accepted one may be charged.
fn sum(before: Usage, now: Usage) -> Usage {
    Usage {
        input: before.input.saturating_add(now.input),
        cached_input: before.cached_input.saturating_add(now.cached_input),
        cache_write: before.cache_write.saturating_add(now.cache_write),
        output: before.output.saturating_add(now.output),
        reasoning: before.reasoning.saturating_add(now.reasoning),
    }
}
