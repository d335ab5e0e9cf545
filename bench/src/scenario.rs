//! The scenarios: what each one loads the servers with, and the figures it yields.

use std::{sync::Arc, time::Duration};

use super::{
    load::{self, Load, Measured},
    numbers::percentile,
    provider::Script,
    report::{Figure, Gate},
    server::{Servers, System},
};

/// A named load, in full and in the short form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) shows: &'static str,
    full: Size,
    quick: Size,
}

#[derive(Clone, Copy, Debug)]
struct Size {
    conversations: u32,
    observers: u32,
    deltas: u32,
    milliseconds: u64,
    phases: &'static [u32],
}

/// A size; the arguments are conversations, observers of each, deltas of an answer, milliseconds between deltas, and
/// the turns of each phase.
const fn size(
    conversations: u32,
    observers: u32,
    deltas: u32,
    milliseconds: u64,
    phases: &'static [u32],
) -> Size {
    Size { conversations, observers, deltas, milliseconds, phases }
}

pub(crate) const SCENARIOS: [Scenario; 6] = [
    Scenario {
        name: "paced",
        shows: "100 conversations, 50 deltas a second each",
        full: size(100, 0, 50, 20, &[3]),
        quick: size(100, 0, 50, 20, &[1]),
    },
    Scenario {
        name: "flood",
        shows: "32 conversations, no pauses",
        full: size(32, 0, 500, 0, &[6]),
        quick: size(32, 0, 500, 0, &[2]),
    },
    Scenario {
        name: "long",
        shows: "8 conversations, answers of 4,000 deltas, no pauses",
        full: size(8, 0, 4000, 0, &[2]),
        quick: size(8, 0, 4000, 0, &[1]),
    },
    Scenario {
        name: "history",
        shows: "8 conversations of 150 turns, no pauses",
        full: size(8, 0, 20, 0, &[30, 30, 30, 30, 30]),
        quick: size(8, 0, 20, 0, &[15, 15, 15, 15]),
    },
    Scenario {
        name: "fanout",
        shows: "one conversation, 200 observers",
        full: size(1, 200, 100, 10, &[3]),
        quick: size(1, 200, 100, 10, &[1]),
    },
    Scenario {
        name: "idle",
        shows: "1,000 open conversations, silent",
        full: size(1000, 0, 0, 0, &[]),
        quick: size(1000, 0, 0, 0, &[]),
    },
];

impl Scenario {
    fn load(&self, quick: bool) -> Load {
        let size = if quick { self.quick } else { self.full };
        Load {
            conversations: size.conversations,
            observers: size.observers,
            deltas: size.deltas,
            interval: Duration::from_millis(size.milliseconds),
            phases: size.phases.to_vec(),
        }
    }

    /// Measures the host and the floor one after the other, in alternating order.
    ///
    /// # Errors
    /// An error of either run: then there is no result.
    pub(crate) async fn measure(
        &self,
        servers: &Servers,
        script: &Arc<Script>,
        quick: bool,
        repetition: u32,
    ) -> anyhow::Result<Vec<Figure>> {
        let load = self.load(quick);
        let mut systems = [System::Host, System::Floor];
        if repetition % 2 == 1 {
            systems.reverse();
        }
        let (mut host, mut floor) = (Vec::new(), Vec::new());
        let mut figures = Vec::new();
        for system in systems {
            let mut measured = measure(servers, system, &load, script).await?;
            match system {
                System::Host => {
                    host = self.numbers(&mut measured);
                    figures.extend(self.growth_within(&measured));
                }
                System::Floor => floor = self.numbers(&mut measured),
            }
        }
        let both = host.into_iter().zip(floor).map(|(host, floor)| {
            let (name, unit, value, gate) = host;
            Figure::new(self.name, name, unit, value, gate).against(floor.2)
        });
        Ok(both.chain(figures).collect())
    }

    /// Returns name, unit and value of what is measured of both systems.
    fn numbers(&self, measured: &mut Measured) -> Vec<(&'static str, &'static str, f64, Gate)> {
        let total = measured.total();
        let [cold, open, peak] = measured.memory;
        if self.name == "idle" {
            let (cpu, opened) = (measured.opening.0, f64::from(measured.opening.1));
            return vec![
                ("memory of a connection", "KiB", (open - cold) / opened, Gate::Ratio),
                ("CPU of an opening", "µs", cpu / opened, Gate::Ratio),
                ("memory of the process, cold", "MiB", cold / 1024.0, Gate::None),
                ("memory of the process, all open", "MiB", open / 1024.0, Gate::None),
            ];
        }
        let mut numbers = vec![
            ("CPU per delta", "µs", total.cpu / f64::from(total.delivered), Gate::Ratio),
            ("CPU per turn", "ms", total.cpu / 1000.0 / f64::from(total.turns), Gate::None),
            ("deltas per second", "1/s", f64::from(total.delivered) / total.seconds, Gate::None),
        ];
        if matches!(self.name, "paced" | "fanout") {
            let delay = |share, delays: &mut [u64]| percentile(delays, share) as f64 / 1e6;
            numbers.push(("delta p50", "ms", delay(0.5, &mut measured.delays), Gate::None));
            numbers.push(("delta p99", "ms", delay(0.99, &mut measured.delays), Gate::None));
        }
        if self.name == "paced" {
            let middle = |pick: fn(&load::TurnTimes) -> u64| {
                let mut times: Vec<u64> = measured.turns.iter().map(pick).collect();
                percentile(&mut times, 0.5) as f64 / 1e6
            };
            numbers.push(("first delta p50", "ms", middle(|turn| turn.first), Gate::None));
            numbers.push(("hand-off p50", "ms", middle(|turn| turn.handoff), Gate::None));
            numbers.push(("turn overhead p50", "ms", middle(|turn| turn.overhead), Gate::None));
        }
        numbers.push(("memory of the process, peak", "MiB", peak / 1024.0, Gate::None));
        numbers
    }

    /// Returns what the last turns of a long conversation cost, against the first ones of the same run.
    fn growth_within(&self, measured: &Measured) -> Option<Figure> {
        let per_turn = |phase: &load::Phase| phase.cpu / 1000.0 / f64::from(phase.turns);
        let (first, last) = (measured.phases.first()?, measured.phases.last()?);
        (self.name == "history").then(|| {
            let name = "CPU of a late turn, against an early one";
            Figure::new(self.name, name, "ms", per_turn(last), Gate::Ratio).against(per_turn(first))
        })
    }
}

/// Measures one system, started fresh.
///
/// # Errors
/// An error of the run: then there is no result.
pub(crate) async fn measure(
    servers: &Servers,
    system: System,
    load: &Load,
    script: &Arc<Script>,
) -> anyhow::Result<Measured> {
    use anyhow::Context as _;
    let server = servers.start(system, load.conversations)?;
    load::run(&server, load, script).await.with_context(|| format!("{system:?}"))
}
