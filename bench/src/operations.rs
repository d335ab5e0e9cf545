//! The hot path, one operation at a time: what every delta, every heartbeat and every call pays.
//!
//! Each runs in one thread a given number of times, so that its instructions can be counted: two counts of different
//! numbers cancel out what happens once. SQLite's writer and readers have threads of their own.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::ensure;
use coach_core::{
    Coach, Settings,
    conversation::{Message, PromptStyle, Role, Transcript},
    ids::MessageId,
    live::{Delta, Event, LogEntry, StartAt, Voice},
    memory::MemoryStore,
    model::{Lane, Prompt},
    people::{Principal, UserRole},
    ports::{
        ChatEvent, ChatModel, ChatRequest, ChatStream, ConversationStore as _, FinishReason,
        Finished, InvitationStore as _, Speaker,
    },
    testing::{
        ScriptedModel,
        contract::fixture::{START, a_conversation, an_invitation, made, person},
    },
    wire::Audience,
};
use coach_llm::testing::{Speech, read_answer, request_body};
use futures::{StreamExt as _, stream};

use super::store_operations::{heartbeat, settle, settle_in_sqlite, take_turns};

/// An operation that can be repeated any number of times.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) shows: &'static str,
    /// How often it runs for its two counts.
    pub(crate) counts: (u32, u32),
    /// How often it runs for its time.
    pub(crate) times: u32,
}

pub(crate) const OPERATIONS: [Operation; 10] = [
    Operation {
        name: "read-openai",
        shows: "read a delta of OpenAI's stream",
        counts: (1000, 3000),
        times: 4000,
    },
    Operation {
        name: "read-anthropic",
        shows: "read a delta of Anthropic's stream",
        counts: (1000, 3000),
        times: 4000,
    },
    Operation {
        name: "publish-1",
        shows: "publish a delta to 1 follower",
        counts: (1000, 3000),
        times: 5000,
    },
    Operation {
        name: "publish-200",
        shows: "publish a delta to 200 followers",
        counts: (200, 600),
        times: 1000,
    },
    Operation {
        name: "frame",
        shows: "encode a delta's frame",
        counts: (2000, 6000),
        times: 20_000,
    },
    Operation {
        name: "heartbeat-sqlite",
        shows: "save 100 growing answers and renew their leases, SQLite",
        counts: (10, 30),
        times: 60,
    },
    Operation {
        name: "turn-sqlite",
        shows: "accept a message and finish both answers, SQLite",
        counts: (50, 150),
        times: 200,
    },
    Operation {
        name: "settle-memory",
        shows: "reserve and settle a call, memory",
        counts: (200, 600),
        times: 2000,
    },
    Operation {
        name: "settle-sqlite",
        shows: "reserve and settle a call, SQLite",
        counts: (50, 150),
        times: 200,
    },
    Operation {
        name: "prompt",
        shows: "write the coach's request after 150 turns",
        counts: (10, 30),
        times: 200,
    },
];

/// How long an operation took, and what ran in turns with it in the same process to compare it with.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Took {
    pub(crate) time: Duration,
    pub(crate) reference: Option<Duration>,
}

/// Runs an operation that many times, for a count of its instructions.
///
/// # Errors
/// An unknown name, or an error of the operation.
pub(crate) fn run(name: &str, times: u32) -> anyhow::Result<()> {
    timed(name, times, false).map(drop)
}

/// Runs an operation that many times. With `compares`, an operation that writes to the disk takes turns with a plain
/// write of about the same kind.
///
/// # Errors
/// An unknown name, or an error of the operation.
pub(crate) fn timed(name: &str, times: u32, compares: bool) -> anyhow::Result<Took> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match name {
            "read-openai" => read(Speech::OpenAi, times).await,
            "read-anthropic" => read(Speech::Anthropic, times).await,
            "publish-1" => publish(1, times).await,
            "publish-200" => publish(200, times).await,
            "frame" => Ok(encode(times)),
            "heartbeat-sqlite" => heartbeat(times, compares).await,
            "turn-sqlite" => take_turns(times, compares).await,
            "settle-memory" => settle(&MemoryStore::new(), times, None).await,
            "settle-sqlite" => settle_in_sqlite(times, compares).await,
            "prompt" => prompt(times),
            other => anyhow::bail!("unknown operation: {other}"),
        }
    })
}

pub(crate) const PIECE: &str = " depends \"on\" what you have in mind,";

async fn read(speech: Speech, times: u32) -> anyhow::Result<Took> {
    // Made once: writing the events is no part of reading them.
    let mut chunks = vec![speech.start().into()];
    chunks.extend(std::iter::repeat_n(speech.text(PIECE).into(), times as usize));
    chunks.push((speech.finish("stop") + &speech.end()).into());
    let began = Instant::now();
    let pieces = read_answer(speech, chunks).await?;
    let took = Took { time: began.elapsed(), reference: None };
    ensure!(pieces.len() == times as usize, "{} of {times} pieces were read", pieces.len());
    Ok(took)
}

/// A model that lets the followers run between two deltas, as one on the network does.
#[derive(Debug)]
struct Talker {
    deltas: u32,
}

impl ChatModel for Talker {
    fn stream(&self, _request: ChatRequest) -> ChatStream {
        let deltas = stream::iter(0..self.deltas).then(async |_| {
            tokio::task::yield_now().await;
            Ok(ChatEvent::Delta(PIECE.to_owned()))
        });
        let model = Some("bench".to_owned());
        let done = Finished { reason: FinishReason::Stop, usage: None, model, attempts: 1 };
        stream::iter([Ok(ChatEvent::Accepted)])
            .chain(deltas)
            .chain(stream::iter([Ok(ChatEvent::Done(done))]))
            .boxed()
    }

    fn name(&self) -> &str {
        "bench:talker"
    }
}

async fn publish(followers: u32, times: u32) -> anyhow::Result<Took> {
    let store = MemoryStore::new();
    let invitation = an_invitation(1, u64::MAX / 8);
    store.invite(std::slice::from_ref(&invitation), made()).await?;
    let mut conversation = a_conversation(1, Some(invitation.id));
    conversation.script.partner_max_output = 1_000_000;
    store.start(&conversation).await?;
    let coach = Coach::builder(store)
        .model(Lane::Partner, Arc::new(Talker { deltas: times }))
        .model(Lane::Coach, ScriptedModel::playing("bench:coach", []))
        .settings(Settings { messages_per_minute: None, ..Settings::default() })
        .build()?;
    let participant = Principal::new(person(1), UserRole::Guest);
    let mut readers = Vec::new();
    for _ in 0..followers {
        let mut follower =
            coach.conversation(&participant, conversation.id).follow(StartAt::Nothing).await?;
        readers.push(tokio::spawn(async move {
            let mut pieces = 0;
            while let Some(entry) = follower.next().await {
                match &entry.event {
                    Event::Delta(delta) if delta.voice == Voice::Partner => pieces += 1,
                    Event::Done(done) if done.role == Role::Coach => break,
                    _ => {}
                }
            }
            pieces
        }));
    }
    let began = Instant::now();
    coach.conversation(&participant, conversation.id).say("May I have a raise?").await?;
    for reader in readers {
        let pieces: u32 = reader.await?;
        // Merged pieces would cost less than they claim.
        ensure!(pieces == times, "a follower received {times} deltas in {pieces} pieces");
    }
    Ok(Took { time: began.elapsed(), reference: None })
}

fn encode(times: u32) -> Took {
    let event = Event::Delta(Delta {
        voice: Voice::Partner,
        message: MessageId(1_234_567),
        turn: 7,
        replaces: None,
        off: 4321,
        text: PIECE.to_owned(),
    });
    let began = Instant::now();
    for _ in 0..times {
        let entry = LogEntry::new(event.clone());
        std::hint::black_box(entry.frame(Audience::Participant));
    }
    Took { time: began.elapsed(), reference: None }
}

fn prompt(times: u32) -> anyhow::Result<Took> {
    let messages = (1..=450_i64).map(|id| {
        let role = [Role::User, Role::Partner, Role::Coach][(id % 3) as usize];
        Message::new(
            MessageId(id),
            (id / 3) as u32 + 1,
            role,
            PIECE.repeat(if role == Role::User { 3 } else { 20 }),
            START,
        )
    });
    let transcript = Transcript::of(PromptStyle::named("Ms Keller"), messages.collect());
    let began = Instant::now();
    let mut bytes = 0;
    for _ in 0..times {
        // Without its hash: valgrind lacks the processor's instructions for it, and counts ten times as many.
        let prompt = Prompt::coach("You coach.", &transcript);
        let request = ChatRequest {
            speaker: Speaker { name: "Coach".to_owned(), language: "en".to_owned() },
            ..ChatRequest::new(prompt, 300)
        };
        bytes = request_body(Speech::OpenAi, &request).len();
    }
    ensure!(bytes > 100_000, "the request has only {bytes} bytes");
    Ok(Took { time: began.elapsed(), reference: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_runs() {
        for operation in OPERATIONS {
            let took = timed(operation.name, 2, true).unwrap();
            assert!(!took.time.is_zero(), "{}", operation.name);
            assert_eq!(took.reference.is_some(), operation.name.ends_with("-sqlite"));
        }
    }
}
