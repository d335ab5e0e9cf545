//! One measurement: readers connect to a server, take their turns in phases, and the server's CPU time is read between
//! the phases.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use futures::{StreamExt as _, TryStreamExt as _, future::try_join_all, stream};

use super::{provider::Script, reader::Reader, server::Server, stamp};

/// How long one phase may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// How many connections are opened at once.
const AT_ONCE: usize = 32;

pub(crate) use super::reader::TurnTimes;

/// What the readers of one measurement do.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    pub(crate) conversations: u32,
    /// Observers of each conversation.
    pub(crate) observers: u32,
    /// Deltas of each answer; every turn has two answers.
    pub(crate) deltas: u32,
    /// The time between two deltas; zero is as fast as they are read.
    pub(crate) interval: Duration,
    /// How many turns each conversation takes in each phase.
    pub(crate) phases: Vec<u32>,
}

/// What one measurement found.
#[derive(Debug)]
pub(crate) struct Measured {
    /// The server's memory before the first connection, with all open, and at its peak, in KiB.
    pub(crate) memory: [f64; 3],
    /// Its CPU time for opening, in microseconds, and how many connections that were.
    pub(crate) opening: (f64, u32),
    pub(crate) phases: Vec<Phase>,
    /// Nanoseconds from the provider's write to the read, of each delta.
    pub(crate) delays: Vec<u64>,
    pub(crate) turns: Vec<TurnTimes>,
}

/// One phase in numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Phase {
    /// Turns of all conversations.
    pub(crate) turns: u32,
    /// Deltas that all readers received.
    pub(crate) delivered: u32,
    /// The server's CPU time, in microseconds.
    pub(crate) cpu: f64,
    pub(crate) seconds: f64,
}

impl Measured {
    /// Returns the sum of all phases.
    pub(crate) fn total(&self) -> Phase {
        self.phases.iter().fold(Phase::default(), |sum, phase| Phase {
            turns: sum.turns + phase.turns,
            delivered: sum.delivered + phase.delivered,
            cpu: sum.cpu + phase.cpu,
            seconds: sum.seconds + phase.seconds,
        })
    }
}

/// Runs one measurement.
///
/// # Errors
/// Any frame or request that is not as it must be: then there is no result.
pub(crate) async fn run(
    server: &Server,
    load: &Load,
    script: &Arc<Script>,
) -> anyhow::Result<Measured> {
    let cold = server.memory()?.0;
    let before = server.cpu()?;
    let numbered = || server.conversations.iter().zip(1..);
    let mut speakers: Vec<Reader> = stream::iter(numbered())
        .map(|(conversation, number)| Reader::open(&conversation.speak, number, script.clone()))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let observers = numbered().flat_map(|each| (0..load.observers).map(move |_| each));
    let mut observers: Vec<Reader> = stream::iter(observers)
        .map(|(conversation, number)| Reader::open(&conversation.observe, number, script.clone()))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let readers = (speakers.len() + observers.len()) as u32;
    let opening = (server.cpu()? - before, readers);
    let open = server.memory()?.0;
    if !load.phases.is_empty() {
        // A short turn that is not measured: connections to the provider, first allocations.
        script.set(load.deltas.min(5), Duration::ZERO);
        take_turns(&mut speakers, &mut observers, 1, Duration::ZERO).await?;
        for reader in speakers.iter_mut().chain(&mut observers) {
            reader.delays.clear();
            reader.turns.clear();
        }
    }
    script.set(load.deltas, load.interval);
    let mut phases = Vec::new();
    for turns in &load.phases {
        let (cpu, began) = (server.cpu()?, stamp::now());
        take_turns(&mut speakers, &mut observers, *turns, load.interval).await?;
        phases.push(Phase {
            turns: turns * load.conversations,
            delivered: turns * 2 * load.deltas * readers,
            cpu: server.cpu()? - cpu,
            seconds: (stamp::now() - began) as f64 / 1e9,
        });
    }
    let peak = server.memory()?.1;
    let wrong = script.take_wrong();
    if let Some(first) = wrong.first() {
        bail!("{} requests to the provider were wrong; the first: {first}", wrong.len());
    }
    let mut delays = Vec::new();
    let mut turns = Vec::new();
    for reader in speakers.iter_mut().chain(&mut observers) {
        delays.append(&mut reader.delays);
        turns.append(&mut reader.turns);
    }
    Ok(Measured { memory: [cold, open, peak], opening, phases, delays, turns })
}

/// Lets every conversation take its turns, all at once; the first messages are spread over `spread`.
async fn take_turns(
    speakers: &mut [Reader],
    observers: &mut [Reader],
    turns: u32,
    spread: Duration,
) -> anyhow::Result<()> {
    let count = speakers.len().max(1) as u32;
    let speak = speakers.iter_mut().zip(0..).map(async |(reader, number): (&mut Reader, u32)| {
        if !spread.is_zero() {
            tokio::time::sleep(spread * number / count).await;
        }
        for _ in 0..turns {
            reader.take_turn().await?;
        }
        anyhow::Ok(())
    });
    let observe = observers.iter_mut().map(async |reader: &mut Reader| {
        for _ in 0..turns {
            reader.read_turn().await?;
        }
        anyhow::Ok(())
    });
    let all = futures::future::try_join(try_join_all(speak), try_join_all(observe));
    tokio::time::timeout(PATIENCE, all).await.context("the answers did not end in time")??;
    Ok(())
}
