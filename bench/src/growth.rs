//! How cost grows: the same measurement at several sizes, and the exponent that fits.

use std::{sync::Arc, time::Duration};

use super::{
    load::{Load, Measured, Phase},
    numbers::{Spread, exponent},
    provider::Script,
    report::Growth,
    scenario::measure,
    server::{Servers, System},
};

/// What grows, and which cost is measured.
struct Series {
    with: &'static str,
    cost: &'static str,
    sizes: &'static [u32],
    runs: Runs,
}

/// How the sizes become measurements.
enum Runs {
    /// One run for each size, with its cost.
    Each(fn(u32) -> Load, fn(&Measured, u32) -> f64),
    /// One run, whose phases reach each size in turn; its cost is per turn.
    Within,
}

const SERIES: [Series; 4] = [
    Series {
        with: "conversations",
        cost: "CPU of one turn of all, ms",
        sizes: &[25, 50, 100, 200],
        runs: Runs::Each(
            |size| load(size, 0, 50, 20, &[2]),
            |measured, _| measured.total().cpu / 2000.0,
        ),
    },
    Series {
        with: "observers",
        cost: "CPU of one delta to all, µs",
        sizes: &[30, 60, 120, 240],
        runs: Runs::Each(
            |size| load(1, size, 100, 10, &[2]),
            |measured, size| {
                let total = measured.total();
                total.cpu / f64::from(total.delivered / (size + 1))
            },
        ),
    },
    Series {
        with: "length of an answer",
        cost: "CPU of one turn, ms",
        sizes: &[250, 500, 1000, 2000, 4000],
        runs: Runs::Each(
            |size| load(8, 0, size, 0, &[4]),
            |measured, _| per_turn(&measured.total()),
        ),
    },
    Series {
        with: "turns so far",
        cost: "CPU of one turn, ms",
        sizes: &[10, 20, 40, 80, 160],
        runs: Runs::Within,
    },
];

/// The turns that are measured around each size.
const WINDOW: u32 = 8;

/// Measures every series on both systems.
///
/// # Errors
/// An error of any run.
pub(crate) async fn all(
    servers: &Servers,
    script: &Arc<Script>,
    repetitions: u32,
    say: fn(&str),
) -> anyhow::Result<Vec<Growth>> {
    let mut found = Vec::new();
    for series in SERIES {
        let (mut host, mut floor) = (Vec::new(), Vec::new());
        for repetition in 1..=repetitions {
            say(&format!("growth with {}, {repetition} of {repetitions}", series.with));
            for (system, costs) in [(System::Host, &mut host), (System::Floor, &mut floor)] {
                costs.push(series.costs(servers, system, script).await?);
            }
        }
        let (host, floor) = (series.medians(&host), series.medians(&floor));
        let points: Vec<(u32, f64, f64)> = series
            .sizes
            .iter()
            .zip(host)
            .zip(floor)
            .map(|((n, host), floor)| (*n, host, floor))
            .collect();
        let fit = |pick: fn(&(u32, f64, f64)) -> f64| {
            let points: Vec<_> = points.iter().map(|p| (f64::from(p.0), pick(p))).collect();
            exponent(&points)
        };
        let exponents = (fit(|point| point.1), fit(|point| point.2));
        let (with, cost) = (series.with.to_owned(), series.cost.to_owned());
        found.push(Growth { with, cost, points, exponents });
    }
    Ok(found)
}

impl Series {
    async fn costs(
        &self,
        servers: &Servers,
        system: System,
        script: &Arc<Script>,
    ) -> anyhow::Result<Vec<f64>> {
        match self.runs {
            Runs::Each(load, cost) => {
                let mut costs = Vec::new();
                for size in self.sizes {
                    let measured = measure(servers, system, &load(*size), script).await?;
                    costs.push(cost(&measured, *size));
                }
                Ok(costs)
            }
            Runs::Within => {
                let load = load(16, 0, 20, 0, &around(self.sizes));
                let measured = measure(servers, system, &load, script).await?;
                Ok(measured.phases.iter().skip(1).step_by(2).map(per_turn).collect())
            }
        }
    }

    fn medians(&self, repetitions: &[Vec<f64>]) -> Vec<f64> {
        let at = |size: usize| Spread::of(repetitions.iter().map(|costs| costs[size]).collect());
        (0..self.sizes.len()).filter_map(|size| Some(at(size)?.median)).collect()
    }
}

/// Returns phases whose second, fourth… one has each size in its middle, after one turn of warming up.
fn around(sizes: &[u32]) -> Vec<u32> {
    let mut phases = Vec::new();
    let mut taken = 1;
    for size in sizes {
        let until = size - WINDOW / 2;
        phases.extend([until - taken, WINDOW]);
        taken = until + WINDOW;
    }
    phases
}

fn per_turn(phase: &Phase) -> f64 {
    phase.cpu / 1000.0 / f64::from(phase.turns)
}

fn load(
    conversations: u32,
    observers: u32,
    deltas: u32,
    milliseconds: u64,
    phases: &[u32],
) -> Load {
    let (interval, phases) = (Duration::from_millis(milliseconds), phases.to_vec());
    Load { conversations, observers, deltas, interval, phases }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_size_lies_in_the_middle_of_a_measured_phase() {
        assert_eq!(around(&[10, 20, 40]), [5, 8, 2, 8, 12, 8]);
    }
}
