//! The record as programs read it: one JSON line for each thing that happened, flushed at once.

use std::io::{self, Write};

use coach_core::{event::Voice, ledger::Usage, transcript::Role};
use serde_json::{Map, Value, json};

use super::Listener;
use crate::{stop::Stopped, talk::Spoken};

/// Writes events; nothing that was written is ever changed.
#[derive(Debug)]
pub(crate) struct JsonLines<W: Write> {
    out: W,
    run: String,
    conversation: String,
}

impl<W: Write> JsonLines<W> {
    pub(crate) fn new(out: W, run: &str, conversation: &str) -> Self {
        Self { out, run: run.to_owned(), conversation: conversation.to_owned() }
    }

    fn line(&mut self, event: &str, fields: Value) -> io::Result<()> {
        let mut line = Map::new();
        line.insert("v".to_owned(), json!(1));
        line.insert("ev".to_owned(), json!(event));
        line.insert("run".to_owned(), json!(self.run));
        line.insert("conv".to_owned(), json!(self.conversation));
        if let Value::Object(fields) = fields {
            line.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
        }
        let mut text = Value::Object(line).to_string();
        text.push('\n');
        // One write for one line: whatever ends this process, at most the last line is torn.
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

impl<W: Write + Send> Listener for JsonLines<W> {
    fn piece(&mut self, _speaker: &str, _voice: Voice, _text: &str) -> io::Result<()> {
        Ok(())
    }

    fn message(&mut self, spoken: &Spoken) -> io::Result<()> {
        self.line("message", message(spoken))
    }

    fn stopped(&mut self, stopped: &Stopped) -> io::Result<()> {
        let fields = json!({
            "turn": stopped.turn,
            "reason": stopped.reason.as_str(),
            "rule": stopped.rule,
            "at": stopped.at.to_string(),
        });
        self.line("stop", fields)
    }
}

fn message(spoken: &Spoken) -> Value {
    let message = &spoken.message;
    let finished = spoken.outcome.as_ref().and_then(|outcome| outcome.as_ref().ok());
    let error = spoken.outcome.as_ref().and_then(|outcome| outcome.as_ref().err());
    let settlement = spoken.entry.as_ref().map(|entry| entry.settlement);
    let after =
        |at: coach_core::timestamp::Timestamp| at.since(message.created_at).as_millis() as u64;
    let model = spoken.requested.is_some();
    json!({
        "seq": spoken.seq,
        "turn": message.turn,
        "role": message.role.as_str(),
        "stream": match message.role {
            Role::Coach => "coach",
            Role::User if message.aside => "coach",
            Role::User | Role::Partner => "partner",
        },
        "aside": message.aside.then_some(true),
        "speaker": spoken.speaker,
        "source": spoken.source,
        "content": message.content,
        "status": message.status.as_str(),
        "skipped": message.skipped.map(coach_core::transcript::SkipReason::as_str),
        "replaces": message.replaces.map(|id| id.0),
        "id": message.id.0,
        "model_requested": spoken.requested,
        "model_returned": message.model.as_ref().filter(|_| model),
        "finish_reason": finished.map(|finished| finished.reason.as_str()),
        "error": error.map(|error| json!({
            "kind": format!("{:?}", error.kind), "status": error.status, "message": error.message,
        })),
        "usage": settlement.map(|settlement| usage(settlement.usage())),
        "usage_source": settlement.map(coach_core::ledger::Settlement::source),
        "cost_usd": spoken.entry.as_ref().and_then(|entry| entry.cost).map(|c| c as f64 / 1e6),
        "attempts": finished.map(|finished| finished.attempts),
        "t_rel_ms": message.created_at.since(spoken.began).as_millis() as u64,
        "ttft_ms": message.first_delta_at.filter(|_| model).map(after),
        "latency_ms": message.done_at.filter(|_| model).map(after),
        "at": message.done_at.unwrap_or(message.created_at).to_string(),
    })
}

/// Tokens as billed.
pub(crate) fn usage(usage: Usage) -> Value {
    json!({
        "input": usage.input,
        "cached": usage.cached_input,
        "cache_write": usage.cache_write,
        "output": usage.output,
        "reasoning": usage.reasoning,
    })
}
