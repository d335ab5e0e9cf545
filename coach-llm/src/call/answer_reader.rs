//! `AnswerReader`: reads one answer from its first event to its last.
//!
//! Decides how an attempt ended; never decides whether to retry.

use std::{collections::VecDeque, pin::Pin, sync::Arc, time::Duration};

use coach_core::{
    ports::{FinishReason, ModelErrorKind},
    turn::ledger::Usage,
};
use reqwest::Response;
use serde_json::Value;
use tokio::time::{Instant, Sleep, sleep_until};

use super::{
    body::{EventStream, StreamError, StreamItem},
    classify,
    clocks::Clocks,
    fault::{CallFault, RetryAdvice},
    transport::Transport,
};
use crate::wire::{
    answer::{DialectError, PartialAnswer, StreamEnd},
    dialect::Dialect,
    surrogates,
    template::TextTemplate,
};

/// How long to wait for the end of a response whose answer has ended, and how many pieces of it to read.
const REST_PATIENCE: Duration = Duration::from_secs(1);
const LONGEST_REST: usize = 16;

/// One answer being read.
#[derive(Debug)]
pub(crate) struct AnswerReader {
    transport: Arc<Transport>,
    wire: Arc<dyn Dialect>,
    /// `None` once the answer has ended.
    events: Option<EventStream>,
    pub(crate) clocks: Clocks,
    timer: Pin<Box<Sleep>>,
    answer: PartialAnswer,
    template: TextTemplate,
    /// When the answer last made progress.
    last_progress: Instant,
    request_id: Option<String>,
    next: VecDeque<AnswerStep>,
    /// What the response holds after the answer's end.
    rest: Option<EventStream>,
}

/// What an attempt reports.
#[derive(Debug)]
pub(crate) enum AnswerStep {
    Text(String),
    Used(Usage),
    KeepAlive,
    Finished { reason: FinishReason, usage: Option<Usage>, model: Option<String> },
    Failed(CallFault),
}

impl AnswerReader {
    pub(crate) fn read(
        transport: Arc<Transport>,
        wire: Arc<dyn Dialect>,
        response: Response,
        clocks: Clocks,
    ) -> Self {
        let request_id = classify::request_id(response.headers());
        Self::over(transport, wire, EventStream::of(response), clocks, request_id)
    }

    pub(crate) fn over(
        transport: Arc<Transport>,
        wire: Arc<dyn Dialect>,
        events: EventStream,
        clocks: Clocks,
        request_id: Option<String>,
    ) -> Self {
        Self {
            request_id,
            events: Some(events),
            transport,
            wire,
            timer: Box::pin(sleep_until(clocks.next().0)),
            clocks,
            answer: PartialAnswer::default(),
            template: TextTemplate::default(),
            last_progress: Instant::now(),
            next: VecDeque::new(),
            rest: None,
        }
    }

    /// Returns the provider's id of the request.
    pub(crate) fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Returns the next step. [`AnswerStep::Finished`] and [`AnswerStep::Failed`] are last.
    pub(crate) async fn next(&mut self) -> AnswerStep {
        loop {
            if let Some(step) = self.next.pop_front() {
                return step;
            }
            let Some(events) = &mut self.events else {
                return AnswerStep::Failed(
                    self.transport.fault(ModelErrorKind::Malformed, "already ended"),
                );
            };
            // Once the answer may be complete, only progress extends the wait.
            let settled = self.answer.settles_after().map(|wait| self.last_progress + wait);
            let (until, phase) = self.clocks.next();
            let until = settled.map_or(until, |settled| settled.min(self.clocks.end()));
            // Usually the wait is short: a timer that is set once is cheaper than one for each wait.
            let item = tokio::select! {
                biased;
                item = events.next() => Some(item),
                () = reached(self.timer.as_mut(), until) => None,
            };
            match item {
                None if settled.is_some() => self.finish(),
                None => self.end_early(&StreamError::Timeout(phase)),
                Some(StreamItem::Event(data, is_error)) => {
                    self.clocks.alive();
                    self.handle_event(&data, is_error);
                }
                Some(StreamItem::KeepAlive) => {
                    self.clocks.alive();
                    return AnswerStep::KeepAlive;
                }
                Some(StreamItem::End) if self.answer.is_whole(StreamEnd::Clean) => self.finish(),
                Some(StreamItem::End) => {
                    self.end_early(&StreamError::Cut(
                        "the answer ended without an end marker".to_owned(),
                    ));
                }
                Some(StreamItem::Broken(broken)) => self.end_early(&broken),
            }
        }
    }

    /// Reads a finished answer's response to its end, so that its connection can carry the next call. Gives up, and
    /// with it the connection, if the server sends much more or nothing.
    pub(crate) async fn read_rest(&mut self) {
        let Some(mut rest) = self.rest.take() else { return };
        let to_the_end = async {
            for _ in 0..LONGEST_REST {
                if matches!(rest.next().await, StreamItem::End | StreamItem::Broken(_)) {
                    return;
                }
            }
        };
        let _in_time = tokio::time::timeout(REST_PATIENCE, to_the_end).await;
    }

    fn handle_event(&mut self, data: &str, is_error: bool) {
        if data.trim() == "[DONE]" {
            self.finish();
            return;
        }
        let (usage, progress) = (self.answer.usage, self.answer.progress);
        let heard = self.read_event(data, is_error);
        if self.answer.progress != progress {
            self.last_progress = Instant::now();
        }
        if self.answer.begun {
            self.clocks.begun();
        }
        self.queue_text();
        if let Some(used) = self.answer.usage.filter(|_| self.answer.usage != usage) {
            self.next.push_back(AnswerStep::Used(used));
        }
        match heard {
            Err(fault) => self.close(fault),
            Ok(()) if self.answer.ended => self.finish(),
            Ok(()) => {}
        }
    }

    fn read_event(&mut self, data: &str, is_error: bool) -> Result<(), CallFault> {
        let provider = self.transport.provider;
        let refused = |refused: DialectError| {
            let error = refused.into_error(provider.as_str());
            self.transport.scrubbed(CallFault::from_error(error))
        };
        if !is_error && let Some(text) = self.template.text(data) {
            self.answer.mended = false;
            return self.answer.push_text(&text).map_err(refused);
        }
        if !is_error && let Some(event) = self.wire.text(data) {
            self.template.set(data, &event.text);
            self.answer.mended = false;
            return self.answer.read_text(&event).map_err(refused);
        }
        let mut event = serde_json::from_str::<Value>(data);
        self.answer.mended = false;
        if event.is_err()
            && let Some(mended) = surrogates::mend(data)
        {
            event = serde_json::from_str(&mended);
            self.answer.mended = event.is_ok();
        }
        let event = match event {
            Ok(event) => event,
            // Some servers report an error as plain text.
            Err(_) if is_error => Value::String(data.to_owned()),
            Err(_) => {
                return Err(self
                    .transport
                    .fault(ModelErrorKind::Malformed, "an event is not valid JSON"));
            }
        };
        if let Some(fault) = classify::in_stream(provider, &event, is_error) {
            return Err(self.transport.scrubbed(fault));
        }
        self.wire.read(&event, &mut self.answer).map_err(refused)
    }

    fn queue_text(&mut self) {
        if let Some(text) = self.answer.take() {
            self.next.push_back(AnswerStep::Text(text));
        }
    }

    /// Ends the reading where the bytes ended early.
    fn end_early(&mut self, broken: &StreamError) {
        let mut fault = self.transport.fault(broken.kind(), broken.to_string());
        if matches!(broken, StreamError::Cut(_)) {
            // Only this answer was cut: its head had arrived.
            fault.again = RetryAdvice::Yes;
        }
        self.close(fault);
    }

    /// Ends the reading with `fault`, unless the answer was already complete.
    fn close(&mut self, fault: CallFault) {
        if self.answer.is_whole(StreamEnd::Broken) {
            self.finish();
        } else {
            self.fail(fault);
        }
    }

    fn finish(&mut self) {
        match self.answer.reason() {
            Err(refused) => {
                let error = refused.into_error(self.transport.provider.as_str());
                self.fail(CallFault::from_error(error));
            }
            Ok(reason) => {
                if let Some(rest) = self.answer.take_rest() {
                    self.next.push_back(AnswerStep::Text(rest));
                }
                self.rest = self.events.take();
                let (usage, model) = (self.answer.usage, self.answer.model.take());
                self.next.push_back(AnswerStep::Finished { reason, usage, model });
            }
        }
    }

    fn fail(&mut self, mut fault: CallFault) {
        self.events = None;
        fault.error.status = fault.error.status.or(Some(200));
        fault.error.request_id = fault.error.request_id.or(self.request_id.take());
        self.next.push_back(AnswerStep::Failed(fault));
    }
}

/// Waits until `until`. A timer that is due earlier is set again only when it fires.
async fn reached(mut timer: Pin<&mut Sleep>, until: Instant) {
    if until < timer.deadline() {
        timer.as_mut().reset(until);
    }
    loop {
        timer.as_mut().await;
        if until <= Instant::now() {
            return;
        }
        timer.as_mut().reset(until);
    }
}
