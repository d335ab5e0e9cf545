//! Writes the record: one JSON line per event, flushed at once.

use std::{
    io::{self, Write},
    time::Duration,
};

use coach_core::{
    conversation::{Cut, Role, SkipReason},
    live::Voice,
    model::{CallEnded, CallReport},
    ports::{ModelError, ModelErrorKind},
    turn::ledger::Usage,
};
use serde::Serialize;

use super::{Listener, MessageSource, RecordedMessage, Stopped, UnspokenCall};

/// Writes events as JSON lines. Append-only.
#[derive(Debug)]
pub struct JsonLines<W: Write> {
    out: W,
    run: String,
    conversation: String,
}

/// The fields at the start of every line, in the order written.
#[derive(Serialize)]
struct EventLine<'a, T> {
    v: u32,
    ev: &'static str,
    run: &'a str,
    conv: &'a str,
    #[serde(flatten)]
    fields: T,
}

#[derive(Serialize)]
struct MessageFields<'a> {
    seq: u32,
    turn: u32,
    role: &'static str,
    stream: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    aside: Option<bool>,
    speaker: &'a str,
    source: &'static str,
    content: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cut: Option<&'static str>,
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<i64>,
    #[serde(flatten)]
    call: Option<CallFields<'a>>,
    t_rel_ms: u64,
    #[serde(flatten)]
    effort: Option<EffortFields>,
    at: String,
}

/// A call that became no message.
#[derive(Serialize)]
struct UnsaidFields<'a> {
    turn: u32,
    role: &'static str,
    speaker: &'a str,
    source: &'static str,
    #[serde(flatten)]
    call: CallFields<'a>,
    t_rel_ms: u64,
    #[serde(flatten)]
    effort: EffortFields,
    at: String,
}

#[derive(Serialize)]
struct StopFields<'a> {
    turn: u32,
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    at: String,
}

#[derive(Serialize)]
struct CallFields<'a> {
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_requested: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_returned: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finish_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorFields<'a>>,
    usage: TokenCounts,
    usage_source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_usd: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_sha256: Option<String>,
}

#[derive(Serialize)]
struct EffortFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    ttft_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency_ms: Option<u64>,
    attempts: u32,
    retry_wait_ms: u64,
}

#[derive(Serialize)]
struct ErrorFields<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    message: &'a str,
}

/// Tokens as billed.
#[derive(Debug, Serialize)]
pub struct TokenCounts {
    input: u64,
    cached: u64,
    cache_write: u64,
    output: u64,
    reasoning: u64,
}

impl<W: Write> JsonLines<W> {
    pub fn new(out: W, run: &str, conversation: &str) -> Self {
        Self { out, run: run.to_owned(), conversation: conversation.to_owned() }
    }

    fn line(&mut self, ev: &'static str, fields: impl Serialize) -> io::Result<()> {
        let line = EventLine { v: 1, ev, run: &self.run, conv: &self.conversation, fields };
        let mut text = serde_json::to_string(&line)?;
        text.push('\n');
        // One write per line: however this process ends, at most the last line is torn.
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

impl<W: Write + Send> Listener for JsonLines<W> {
    fn piece(&mut self, _speaker: &str, _voice: Voice, _text: &str) -> io::Result<()> {
        Ok(())
    }

    fn message(&mut self, spoken: &RecordedMessage) -> io::Result<()> {
        let RecordedMessage { seq, speaker, source, message, call, began } = spoken;
        self.line(
            "message",
            MessageFields {
                seq: *seq,
                turn: message.turn,
                role: message.role.as_str(),
                stream: match message.role {
                    Role::Coach => "coach",
                    Role::User if message.aside => "coach",
                    Role::User | Role::Partner => "partner",
                },
                aside: message.aside.then_some(true),
                speaker,
                source: source.as_str(),
                content: &message.content,
                status: message.status.as_str(),
                skipped: message.skipped.map(SkipReason::as_str),
                cut: message.cut().map(Cut::as_str),
                id: message.id.0,
                replaces: message.replaces.map(|id| id.0),
                call: call.as_deref().map(CallFields::of),
                t_rel_ms: millis(message.created_at.since(*began)),
                effort: call.as_ref().map(|call| EffortFields::of(&call.entry.call)),
                at: message.done_at.unwrap_or(message.created_at).to_string(),
            },
        )
    }

    fn unspoken(&mut self, call: &UnspokenCall) -> io::Result<()> {
        let UnspokenCall { turn, speaker, call, began, at } = call;
        let role = call.entry.lane.in_turn().map(Role::of);
        let fields = UnsaidFields {
            turn: *turn,
            role: role.unwrap_or(Role::User).as_str(),
            speaker,
            source: role.map_or(MessageSource::Simulated, |_| MessageSource::Model).as_str(),
            call: CallFields::of(call),
            t_rel_ms: millis(at.since(*began)),
            effort: EffortFields::of(&call.entry.call),
            at: at.to_string(),
        };
        self.line(if call.error.is_some() { "error" } else { "attempt" }, fields)
    }

    fn stopped(&mut self, stopped: &Stopped) -> io::Result<()> {
        let fields = StopFields {
            turn: stopped.turn,
            reason: stopped.end.reason.as_str(),
            rule: stopped.end.rule.as_deref(),
            at: stopped.at.to_string(),
        };
        self.line("stop", fields)
    }
}

impl<'a> CallFields<'a> {
    fn of(call: &'a CallEnded) -> Self {
        let CallEnded { entry, error, .. } = call;
        Self {
            outcome: entry.call.outcome.as_str(),
            model_requested: entry.call.requested.as_deref(),
            model_returned: entry.call.answered.as_deref(),
            finish_reason: entry.call.finish_reason.as_deref(),
            error: error.as_ref().map(ErrorFields::of),
            usage: entry.settlement.usage().into(),
            usage_source: entry.settlement.source(),
            cost_usd: entry.cost.map(|cost| cost as f64 / 1e6),
            request_id: entry.call.request_id.as_deref(),
            prompt_sha256: entry.call.prompt.map(|prompt| prompt.to_string()),
        }
    }
}

impl EffortFields {
    fn of(call: &CallReport) -> Self {
        Self {
            ttft_ms: call.first_token.map(millis),
            latency_ms: call.elapsed.map(millis),
            attempts: call.retries + 1,
            retry_wait_ms: millis(call.waited),
        }
    }
}

impl<'a> ErrorFields<'a> {
    fn of(error: &'a ModelError) -> Self {
        let wait = match error.kind {
            ModelErrorKind::RateLimited(wait) | ModelErrorKind::Overloaded(wait) => wait,
            _ => None,
        };
        Self {
            kind: error.kind.as_str(),
            retry_after_ms: wait.map(millis),
            status: error.status,
            message: &error.message,
        }
    }
}

impl From<Usage> for TokenCounts {
    fn from(usage: Usage) -> Self {
        Self {
            input: usage.input,
            cached: usage.cached_input,
            cache_write: usage.cache_write,
            output: usage.output,
            reasoning: usage.reasoning,
        }
    }
}

fn millis(time: Duration) -> u64 {
    time.as_millis() as u64
}
