//! The report of a run: its rows, as JSON and as tables, and the comparison with the baseline.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Context as _;
use coach_core::ports::{Clock as _, SystemClock};
use serde::{Deserialize, Serialize};

use super::{numbers::Spread, tables::short};

/// By which factor a gated number may exceed the baseline's.
pub(crate) const LIMIT: f64 = 1.3;

/// What `--check` compares of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Gate {
    /// The ratio to the reference.
    Ratio,
    /// The value itself, which repeats on any machine: a number of instructions.
    Value,
    /// Nothing: it depends too much on what else the machine does.
    None,
}

/// One measured number of one repetition.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    group: String,
    name: String,
    unit: String,
    value: f64,
    reference: Option<f64>,
    gate: Gate,
}

impl Figure {
    pub(crate) fn new(group: &str, name: &str, unit: &str, value: f64, gate: Gate) -> Self {
        let owned = str::to_owned;
        let (group, name, unit) = (owned(group), owned(name), owned(unit));
        Self { group, name, unit, value, reference: None, gate }
    }

    /// Adds the same number of what ran at the same moment.
    pub(crate) fn against(self, reference: f64) -> Self {
        Self { reference: Some(reference), ..self }
    }
}

/// One number over all repetitions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) group: String,
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) value: Spread,
    /// The same of the floor or of another reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<Spread>,
    /// The value divided by the reference, within each repetition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ratio: Option<Spread>,
    pub(crate) gate: Gate,
}

/// How a cost grows with a size.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Growth {
    pub(crate) with: String,
    pub(crate) cost: String,
    /// Size, cost of the host, cost of the floor.
    pub(crate) points: Vec<(u32, f64, f64)>,
    /// The exponents of the host and of the floor.
    pub(crate) exponents: (f64, f64),
}

/// Where the numbers come from.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Machine {
    processor: String,
    cores: usize,
    kernel: String,
    memory_gib: u64,
    /// The load average over one minute, when the run began.
    load: String,
    database: String,
}

/// Everything that one run found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) at: String,
    pub(crate) machine: Machine,
    pub(crate) repetitions: u32,
    pub(crate) quick: bool,
    pub(crate) rows: Vec<Row>,
    pub(crate) growth: Vec<Growth>,
}

impl Report {
    /// Returns an empty report of this moment and machine.
    pub(crate) fn new(repetitions: u32, quick: bool, database: Option<&str>) -> Self {
        let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
        let field = |text: &str, name: &str| {
            let line = text.lines().find(|line| line.starts_with(name));
            line.and_then(|line| Some(line.split_once(':')?.1.trim().to_owned()))
                .unwrap_or_default()
        };
        let memory = field(&read("/proc/meminfo"), "MemTotal");
        let memory = memory.split(' ').next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0);
        let machine = Machine {
            processor: field(&read("/proc/cpuinfo"), "model name"),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            memory_gib: memory.div_ceil(1024 * 1024),
            load: read("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned(),
            database: match database {
                Some(_) => "PostgreSQL".to_owned(),
                None => "SQLite".to_owned(),
            },
        };
        let at = SystemClock.now().to_string();
        Self { at, machine, repetitions, quick, rows: Vec::new(), growth: Vec::new() }
    }

    /// Adds the figures of all repetitions, one row for each name.
    pub(crate) fn add(&mut self, figures: &[Figure]) {
        let mut groups: Vec<Vec<&Figure>> = Vec::new();
        for figure in figures {
            let same = |one: &&mut Vec<&Figure>| {
                one.first().is_some_and(|f| (&f.group, &f.name) == (&figure.group, &figure.name))
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.push(figure),
                None => groups.push(vec![figure]),
            }
        }
        self.rows.extend(groups.into_iter().filter_map(|group| {
            let first = *group.first()?;
            let all = |pick: fn(&Figure) -> Option<f64>| {
                Spread::of(group.iter().filter_map(|figure| pick(figure)).collect())
            };
            Some(Row {
                group: first.group.clone(),
                name: first.name.clone(),
                unit: first.unit.clone(),
                value: all(|figure| Some(figure.value))?,
                reference: all(|figure| figure.reference),
                ratio: all(|figure| Some(figure.value / figure.reference?)),
                gate: first.gate,
            })
        }));
    }

    pub(crate) fn read(file: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        serde_json::from_str(&text).with_context(|| file.display().to_string())
    }

    pub(crate) fn write(&self, file: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        fs::write(file, text).with_context(|| file.display().to_string())
    }

    /// Takes over everything of `newer`, and keeps what it has not measured.
    pub(crate) fn update(&mut self, newer: &Self) {
        let mut rows = newer.rows.clone();
        let mut growth = newer.growth.clone();
        let measured = |row: &Row| newer.rows.iter().any(|new| new.group == row.group);
        rows.extend(self.rows.drain(..).filter(|row| !measured(row)));
        growth.extend(
            self.growth.drain(..).filter(|old| !newer.growth.iter().any(|g| g.with == old.with)),
        );
        *self = Self { rows, growth, ..newer.clone() };
    }

    /// Returns what is more than [`LIMIT`] times its baseline, one line each, and how many rows were compared.
    pub(crate) fn compare(&self, baseline: &Self) -> (Vec<String>, usize) {
        let known: BTreeMap<_, _> =
            baseline.rows.iter().map(|row| ((&row.group, &row.name), row)).collect();
        let (mut worse, mut compared) = (Vec::new(), 0);
        for row in &self.rows {
            let gated = |row: &Row| match row.gate {
                Gate::Ratio => row.ratio.map(|ratio| ratio.median),
                Gate::Value => Some(row.value.median),
                Gate::None => None,
            };
            let Some(before) = known.get(&(&row.group, &row.name)) else { continue };
            let (Some(now), Some(before)) = (gated(row), gated(before)) else { continue };
            compared += 1;
            if now > LIMIT * before {
                let what = if row.gate == Gate::Ratio { "ratio" } else { row.unit.as_str() };
                worse.push(format!(
                    "{}, {}: {what} {} now, {} in the baseline: {:.2} times as much",
                    row.group,
                    row.name,
                    short(now),
                    short(before),
                    now / before,
                ));
            }
        }
        (worse, compared)
    }

    /// Returns the machine and the moment in a sentence.
    pub(crate) fn setting(&self) -> String {
        let Self { at, machine, repetitions, quick, .. } = self;
        let Machine { processor, cores, kernel, memory_gib, load, database } = machine;
        let form = if *quick { ", short form" } else { "" };
        format!(
            "Measured {at} on {cores} virtual cores ({processor}), {memory_gib} GiB, Linux {kernel}, \
             {database}; load average {load} when the run began; {repetitions} repetitions{form}.\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(figures: &[Figure]) -> Report {
        let mut report = Report::new(1, false, None);
        report.add(figures);
        report
    }

    fn cpu(value: f64, floor: f64) -> Figure {
        Figure::new("flood", "CPU per delta", "µs", value, Gate::Ratio).against(floor)
    }

    #[test]
    fn a_ratio_is_taken_within_each_repetition() {
        // The machine was twice as busy in the second one.
        let report = report(&[cpu(3.0, 2.0), cpu(6.0, 4.0), cpu(3.2, 2.0)]);
        let ratio = report.rows[0].ratio.unwrap();
        assert_eq!((ratio.median, ratio.low, ratio.high), (1.5, 1.5, 1.6));
    }

    #[test]
    fn a_ratio_1_3_times_the_baseline_passes_and_a_larger_one_is_named() {
        let baseline = report(&[cpu(2.0, 2.0)]);
        assert_eq!(report(&[cpu(2.6, 2.0)]).compare(&baseline), (vec![], 1));
        let (worse, _) = report(&[cpu(5.24, 4.0)]).compare(&baseline);
        let expected =
            "flood, CPU per delta: ratio 1.31 now, 1 in the baseline: 1.31 times as much";
        assert_eq!(worse, [expected]);
        // A busy machine makes both slower.
        assert_eq!(report(&[cpu(20.0, 18.0)]).compare(&baseline), (vec![], 1));
    }

    #[test]
    fn instructions_are_compared_themselves_and_times_not_at_all() {
        let count = |value| {
            let name = "read a delta";
            let time = Figure::new("micro", "time", "ns", value, Gate::None);
            [Figure::new("micro", name, "instructions", value, Gate::Value), time]
        };
        let (worse, compared) = report(&count(1400.0)).compare(&report(&count(1000.0)));
        let line = "micro, read a delta: instructions 1400 now, 1000 in the baseline: 1.40 times \
                    as much";
        assert_eq!((worse, compared), (vec![line.to_owned()], 1));
        assert_eq!(report(&count(1.0)).compare(&report(&[])), (vec![], 0), "nothing to compare");
    }

    #[test]
    fn a_partial_run_replaces_only_what_it_measured() {
        let long = Figure::new("long", "CPU per delta", "µs", 9.0, Gate::Ratio).against(3.0);
        let mut baseline = report(&[cpu(2.0, 2.0), long]);
        baseline.update(&report(&[cpu(4.0, 2.0)]));
        let found: Vec<(&str, f64)> =
            baseline.rows.iter().map(|row| (row.group.as_str(), row.value.median)).collect();
        assert_eq!(found, [("flood", 4.0), ("long", 9.0)]);
    }
}
