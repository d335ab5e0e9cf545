//! The mock provider: an OpenAI-compatible server whose answers are stamped deltas, at a fixed pace or as fast as they
//! are read. Verifies what it is asked.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use tokio::{
    io::AsyncWriteExt as _,
    net::TcpListener,
    time::{MissedTickBehavior, interval},
};

use super::{
    http::{Connection, header},
    stamp::{self, PAD_IN_JSON, Stamp, Voice},
};

/// What the provider answers, and what it saw. Readers share it.
#[derive(Debug, Default)]
pub(crate) struct Script {
    deltas: AtomicU32,
    interval: AtomicU64,
    log: Mutex<Log>,
}

#[derive(Debug, Default)]
struct Log {
    turns: BTreeMap<u32, ProviderTurn>,
    wrong: Vec<String>,
}

/// When the provider worked on a conversation's newest turn: the request's arrival, and the last byte of the answer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ProviderTurn {
    pub(crate) partner: (u64, u64),
    pub(crate) coach: (u64, u64),
}

impl Script {
    /// Sets the length of the next answers and the time between their deltas.
    pub(crate) fn set(&self, deltas: u32, interval: Duration) {
        self.deltas.store(deltas, Ordering::Relaxed);
        self.interval.store(interval.as_micros() as u64, Ordering::Relaxed);
    }

    pub(crate) fn deltas(&self) -> u32 {
        self.deltas.load(Ordering::Relaxed)
    }

    fn interval(&self) -> Duration {
        Duration::from_micros(self.interval.load(Ordering::Relaxed))
    }

    /// Returns what is known about a conversation's newest turn.
    pub(crate) fn turn(&self, conversation: u32) -> ProviderTurn {
        self.log().turns.get(&conversation).copied().unwrap_or_default()
    }

    /// Takes what was wrong with the requests so far.
    pub(crate) fn take_wrong(&self) -> Vec<String> {
        std::mem::take(&mut self.log().wrong)
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, conversation: u32, voice: Voice, change: impl FnOnce(&mut (u64, u64))) {
        let mut log = self.log();
        let turn = log.turns.entry(conversation).or_default();
        change(match voice {
            Voice::Partner => &mut turn.partner,
            Voice::Coach => &mut turn.coach,
        });
    }
}

/// Starts the provider in a thread of its own, which lives as long as the process. Returns its address.
pub(crate) fn start(script: Arc<Script>) -> anyhow::Result<String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?.to_string();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("provider".to_owned()).spawn(move || {
        let _ended = runtime.block_on(serve(listener, script));
    })?;
    Ok(address)
}

async fn serve(listener: std::net::TcpListener, script: Arc<Script>) -> anyhow::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        let (connection, script) = (Connection::new(stream)?, script.clone());
        tokio::spawn(async move {
            // A host that is killed after its measurement resets its connections.
            let _ended = answer_all(connection, &script).await;
        });
    }
}

async fn answer_all(mut connection: Connection, script: &Script) -> anyhow::Result<()> {
    while let Some(head) = connection.head().await? {
        let length = header(&head, "content-length").map_or(Ok(0), str::parse)?;
        let body = connection.body(length).await?;
        if head.starts_with("POST") {
            answer(&mut connection, script, &body).await?;
        } else {
            let list = r#"{"object":"list","data":[{"id":"bench","object":"model"}]}"#;
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                list.len()
            );
            connection.stream.write_all((head + list).as_bytes()).await?;
        }
    }
    Ok(())
}

async fn answer(connection: &mut Connection, script: &Script, body: &str) -> anyhow::Result<()> {
    let begun = stamp::now();
    let (conversation, turn) = stamp::last_message(body).context("a request without a message")?;
    let voice = match body.contains("You are the coach.") {
        true => Voice::Coach,
        false => Voice::Partner,
    };
    if let Some(wrong) = wrong(body, voice, conversation, turn) {
        script.log().wrong.push(format!("{voice:?} of turn {conversation}.{turn}: {wrong}"));
    }
    script.note(conversation, voice, |at| *at = (begun, 0));
    let (deltas, pause) = (script.deltas(), script.interval());
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: \
                chunked\r\n\r\n";
    connection.stream.write_all(head.as_bytes()).await?;
    let mut ticks = (!pause.is_zero()).then(|| interval(pause));
    if let Some(ticks) = &mut ticks {
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    }
    for number in 0..deltas {
        if let Some(ticks) = &mut ticks {
            ticks.tick().await;
        }
        let stamp = Stamp { voice, conversation, turn, number, sent: stamp::now() };
        let event = event(&format!(
            r#"[{{"index":0,"delta":{{"content":"{}{PAD_IN_JSON}"}},"finish_reason":null}}]"#,
            stamp.text()
        ));
        connection.stream.write_all(event.as_bytes()).await?;
    }
    let usage = format!(
        r#"[],"usage":{{"prompt_tokens":{},"completion_tokens":{deltas}}}"#,
        body.len() / 4
    );
    let end = event(r#"[{"index":0,"delta":{},"finish_reason":"stop"}]"#)
        + &event(&usage)
        + &chunk("data: [DONE]\n\n")
        + "0\r\n\r\n";
    script.note(conversation, voice, |at| at.1 = stamp::now());
    connection.stream.write_all(end.as_bytes()).await?;
    Ok(())
}

/// Returns what a request has that it must not have, or lacks.
fn wrong(body: &str, voice: Voice, conversation: u32, turn: u32) -> Option<&'static str> {
    let own = format!("~p.{conversation}.");
    if body.matches("~p.").count() != body.matches(&own).count() {
        return Some("it has text of another conversation");
    }
    match voice {
        Voice::Partner if body.contains("~c.") => Some("the partner reads the coach"),
        Voice::Coach if !body.contains(&format!("~p.{conversation}.{turn}.0.")) => {
            Some("the coach cannot read the partner's answer")
        }
        _ if !body.contains(r#""stream":true"#) => Some("it asks for no stream"),
        Voice::Partner | Voice::Coach => None,
    }
}

fn event(choices: &str) -> String {
    chunk(&format!(
        "data: {{\"id\":\"b\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"bench\",\
         \"choices\":{choices}}}\n\n"
    ))
}

fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_that_break_a_promise_are_found() {
        let stream = r#"{"stream":true}"#;
        let partner = |body: &str| wrong(body, Voice::Partner, 3, 2);
        assert_eq!(partner(&format!("{stream} ~p.3.1.0.9~")), None);
        assert!(partner(&format!("{stream} ~p.4.1.0.9~")).is_some(), "another conversation");
        assert!(partner(&format!("{stream} ~c.3.1.0.9~")).is_some(), "text of the coach");
        assert!(partner("{}").is_some(), "no stream");
        let coach = |body: &str| wrong(body, Voice::Coach, 3, 2);
        assert_eq!(coach(&format!("{stream} ~p.3.2.0.9~")), None);
        assert!(coach(&format!("{stream} ~p.3.1.0.9~")).is_some(), "an old answer only");
    }
}
