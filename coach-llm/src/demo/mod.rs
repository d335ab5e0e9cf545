//! The built-in demo model: offline, deterministic, and labeled as a demo in what it says.
//!
//! Understands nothing: answers from canned phrases, quotes the participant, and gives the same answer to the
//! same prompt. `voices` picks the phrase, `phrases` holds them in each language, `heard` reads a prompt,
//! `schema` fills a JSON schema.

mod heard;
mod phrases;
mod schema;
mod voices;

use std::time::Duration;

use coach_core::{
    ports::{ChatEvent, ChatModel, ChatRequest, ChatStream, FinishReason, Finished},
    timestamp::Timestamp,
    turn::ledger::Usage,
};
use futures::StreamExt as _;

use crate::model_info::ModelInfo;

/// The demo model's name and id.
const NAME: &str = "demo:demo";
const ID: &str = "demo";

/// Reports the usage so far after this many words, so that a stopped answer has one.
const REPORT_EVERY: usize = 16;

/// The built-in demo model.
#[derive(Clone, Copy, Debug)]
pub struct DemoModel {
    word: Duration,
}

impl DemoModel {
    /// Creates a demo model that pauses for `word` before each word; tests use zero.
    pub fn new(word: Duration) -> Self {
        Self { word }
    }

    pub(crate) fn info() -> ModelInfo {
        let mut info = ModelInfo::named(ID);
        info.display_name = "Demo (canned replies)".to_owned();
        info.loaded = true;
        info
    }
}

impl ChatModel for DemoModel {
    fn stream(&self, request: ChatRequest) -> ChatStream {
        let pause = self.word;
        async_stream::stream! {
            let input = request.prompt.messages().iter().map(|message| message.text.len());
            let input = tokens(request.prompt.system().len() + input.sum::<usize>());
            let used = |bytes| Usage { input, output: tokens(bytes), ..Usage::default() };
            let text = voices::answer(&request);
            let whole = shortened(&text, request.max_output_tokens);
            yield Ok(ChatEvent::Accepted);
            yield Ok(ChatEvent::Used(used(0)));
            let mut said = 0;
            for (n, word) in whole.split_inclusive(' ').enumerate() {
                if !pause.is_zero() {
                    tokio::time::sleep(pause).await;
                }
                said += word.len();
                yield Ok(ChatEvent::Delta(word.to_owned()));
                if n % REPORT_EVERY == REPORT_EVERY - 1 {
                    yield Ok(ChatEvent::Used(used(said)));
                }
            }
            yield Ok(ChatEvent::Used(used(said)));
            yield Ok(ChatEvent::Done(Finished {
                reason: match whole.len() == text.len() {
                    true => FinishReason::Stop,
                    false => FinishReason::Length,
                },
                usage: Some(used(said)),
                model: Some(ID.to_owned()),
                attempts: 1,
            }));
        }
        .boxed()
    }

    fn name(&self) -> &'static str {
        NAME
    }

    /// The demo model is free.
    fn cost(&self, _answered: &str, _usage: Usage, _at: Timestamp) -> Option<u64> {
        Some(0)
    }
}

/// Estimates tokens: four bytes each.
fn tokens(bytes: usize) -> u64 {
    bytes.div_ceil(4) as u64
}

/// Returns the beginning of `text` that fits into `most` tokens, in whole characters.
fn shortened(text: &str, most: u32) -> &str {
    let most = (most as usize).saturating_mul(4);
    &text[..text.floor_char_boundary(most.min(text.len()))]
}
