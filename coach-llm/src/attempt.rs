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

use crate::{
    answer::Answer,
    body::{Broken, Clocks, Events, Heard},
    classify,
    fault::Fault,
    link::Link,
    wire::Wire,
};

/// One answer being read.
#[derive(Debug)]
pub(crate) struct Attempt {
    link: Arc<Link>,
    wire: Arc<dyn Wire>,
    /// `None` once the answer has ended.
    events: Option<Events>,
    answer: Answer,
    spoke: bool,
    request_id: Option<String>,
    next: VecDeque<Step>,
}

/// What a try tells.
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
            events: Some(Events::of(response, clocks)),
            link,
            wire,
            answer: Answer::default(),
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
            match events.next().await {
                Heard::Event(data) => self.hear(&data),
                Heard::Life => return Step::Life,
                Heard::End => self.end(None),
                Heard::Broken(broken) => self.end(Some(&broken)),
            }
            if self.answer.ended && self.events.is_some() {
                self.end(None);
            }
        }
    }

    fn hear(&mut self, data: &str) {
        if data.trim() == "[DONE]" {
            self.answer.ended = true;
            return;
        }
        let before = self.answer.usage;
        let heard = match serde_json::from_str::<Value>(data) {
            Err(_) => Err(self.link.fault(ModelErrorKind::Malformed, "an event is no JSON")),
            Ok(event) => match classify::in_stream(self.link.provider, &event) {
                Some(fault) => Err(self.link.cleaned(fault)),
                None => self.wire.read(&event, &mut self.answer).map_err(|refused| {
                    let error = refused.into_error(self.link.provider.as_str());
                    self.link.cleaned(Fault::from_error(error))
                }),
            },
        };
        if let Some(text) = self.answer.take() {
            self.spoke = true;
            self.next.push_back(Step::Text(text));
        }
        if let Some(usage) = self.answer.usage.filter(|_| self.answer.usage != before) {
            self.next.push_back(Step::Used(usage));
        }
        if let Err(fault) = heard {
            self.close(fault);
        }
    }

    fn end(&mut self, broken: Option<&Broken>) {
        let fault = match broken {
            Some(Broken::Cut(_)) | None => {
                let kind = match self.spoke {
                    true => ModelErrorKind::CutMidStream,
                    false => ModelErrorKind::Network,
                };
                let ended = "the answer ended without its end mark".to_owned();
                self.link.fault(kind, broken.map_or(ended, ToString::to_string))
            }
            Some(broken) => self.link.fault(broken.kind(), broken.to_string()),
        };
        self.close(fault);
    }

    /// Ends the reading. An answer whose end the wire has named is good, whatever came after.
    fn close(&mut self, mut fault: Fault) {
        self.events = None;
        self.next.push_back(if let Some(reason) = self.answer.finish.take() {
            let (usage, model) = (self.answer.usage, self.answer.model.take());
            Step::Finished { reason, usage, model }
        } else {
            fault.error.status = fault.error.status.or(Some(200));
            fault.error.request_id = fault.error.request_id.or(self.request_id.take());
            Step::Failed(fault)
        });
    }
}
