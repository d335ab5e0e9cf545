//! `Attempt`: reads one answer from its first event to its last.
//!
//! Decides how a try ended; never whether there is another one.

use std::{collections::VecDeque, sync::Arc};

use coach_core::{
    ledger::Usage,
    ports::{FinishReason, ModelErrorKind},
};
use reqwest::Response;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::{
    body::{Broken, Events, Heard},
    classify,
    clocks::Clocks,
    fault::Fault,
    link::Link,
};
use crate::wire::{
    answer::{Answer, Ending},
    dialect::Wire,
    halves,
};

/// One answer being read.
#[derive(Debug)]
pub(crate) struct Attempt {
    link: Arc<Link>,
    wire: Arc<dyn Wire>,
    /// `None` once the answer has ended.
    events: Option<Events>,
    pub(crate) clocks: Clocks,
    answer: Answer,
    /// When something came that matters to the answer.
    moved: Instant,
    spoke: bool,
    request_id: Option<String>,
    next: VecDeque<Step>,
}

/// What a try reports.
#[derive(Debug)]
pub(crate) enum Step {
    Text(String),
    Used(Usage),
    Life,
    Finished { reason: FinishReason, usage: Option<Usage>, model: Option<String> },
    Failed(Fault),
}

impl Attempt {
    pub(crate) fn read(
        link: Arc<Link>,
        wire: Arc<dyn Wire>,
        response: Response,
        clocks: Clocks,
    ) -> Self {
        Self {
            request_id: classify::request_id(response.headers()),
            events: Some(Events::of(response)),
            link,
            wire,
            clocks,
            answer: Answer::default(),
            moved: Instant::now(),
            spoke: false,
            next: VecDeque::new(),
        }
    }

    /// The next step. [`Step::Finished`] and [`Step::Failed`] are last.
    pub(crate) async fn next(&mut self) -> Step {
        loop {
            if let Some(step) = self.next.pop_front() {
                return step;
            }
            let Some(events) = &mut self.events else {
                return Step::Failed(self.link.fault(ModelErrorKind::Malformed, "already ended"));
            };
            // Where the answer may be over already, only what matters to it counts as a sign of life.
            let settled = self.answer.settles_after().map(|wait| self.moved + wait);
            let (until, phase) = self.clocks.next();
            let until = settled.map_or(until, |settled| settled.min(self.clocks.end()));
            match timeout_at(until, events.next()).await {
                Err(_) if settled.is_some() => self.finish(),
                Err(_) => self.end(&Broken::TooLate(phase)),
                Ok(Heard::Event(data, is_error)) => {
                    self.clocks.alive();
                    self.hear(&data, is_error);
                }
                Ok(Heard::Life) => {
                    self.clocks.alive();
                    return Step::Life;
                }
                Ok(Heard::End) if self.answer.is_whole(Ending::Clean) => self.finish(),
                Ok(Heard::End) => {
                    self.end(&Broken::Cut("the answer ended without its end mark".to_owned()));
                }
                Ok(Heard::Broken(broken)) => self.end(&broken),
            }
        }
    }

    fn hear(&mut self, data: &str, is_error: bool) {
        if data.trim() == "[DONE]" {
            self.finish();
            return;
        }
        let (usage, progress) = (self.answer.usage, self.answer.progress);
        let heard = self.read_event(data, is_error);
        if self.answer.progress != progress {
            self.moved = Instant::now();
        }
        if self.answer.begun {
            self.clocks.begun();
        }
        self.speak();
        if let Some(used) = self.answer.usage.filter(|_| self.answer.usage != usage) {
            self.next.push_back(Step::Used(used));
        }
        match heard {
            Err(fault) => self.close(fault),
            Ok(()) if self.answer.ended => self.finish(),
            Ok(()) => {}
        }
    }

    fn read_event(&mut self, data: &str, is_error: bool) -> Result<(), Fault> {
        let provider = self.link.provider;
        let mut event = serde_json::from_str::<Value>(data);
        self.answer.mended = false;
        if event.is_err()
            && let Some(mended) = halves::mend(data)
        {
            event = serde_json::from_str(&mended);
            self.answer.mended = event.is_ok();
        }
        let event = match event {
            Ok(event) => event,
            // Some servers report an error in plain words.
            Err(_) if is_error => Value::String(data.to_owned()),
            Err(_) => {
                return Err(self.link.fault(ModelErrorKind::Malformed, "an event is no JSON"));
            }
        };
        if let Some(fault) = classify::in_stream(provider, &event, is_error) {
            return Err(self.link.cleaned(fault));
        }
        self.wire.read(&event, &mut self.answer).map_err(|refused| {
            let error = refused.into_error(provider.as_str());
            self.link.cleaned(Fault::from_error(error))
        })
    }

    fn speak(&mut self) {
        if let Some(text) = self.answer.take() {
            self.spoke = true;
            self.next.push_back(Step::Text(text));
        }
    }

    /// The bytes ended, and not where the server said that the answer ends.
    fn end(&mut self, broken: &Broken) {
        let kind = match broken {
            Broken::Cut(_) if self.spoke => ModelErrorKind::CutMidStream,
            _ => broken.kind(),
        };
        self.close(self.link.fault(kind, broken.to_string()));
    }

    /// Ends the reading. An answer that was whole before `fault` is good.
    fn close(&mut self, fault: Fault) {
        if self.answer.is_whole(Ending::Broken) {
            self.finish();
        } else {
            self.fail(fault);
        }
    }

    fn finish(&mut self) {
        match self.answer.reason() {
            Err(refused) => {
                let error = refused.into_error(self.link.provider.as_str());
                self.fail(Fault::from_error(error));
            }
            Ok(reason) => {
                if let Some(rest) = self.answer.take_rest() {
                    self.next.push_back(Step::Text(rest));
                }
                self.events = None;
                let (usage, model) = (self.answer.usage, self.answer.model.take());
                self.next.push_back(Step::Finished { reason, usage, model });
            }
        }
    }

    fn fail(&mut self, mut fault: Fault) {
        self.events = None;
        fault.error.status = fault.error.status.or(Some(200));
        fault.error.request_id = fault.error.request_id.or(self.request_id.take());
        self.next.push_back(Step::Failed(fault));
    }
}
