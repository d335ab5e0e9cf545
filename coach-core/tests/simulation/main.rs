//! Deterministic simulation of the engine: one seed is one world of users, faults and crashes.
//!
//! `cargo test -p coach-core --all-features --test simulation -- --seeds 10000` runs more seeds than the
//! default; `--seed 7` runs one and prints every frame and every row. Each seed runs twice, and both runs
//! must be identical to the byte. A violated rule prints its seed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, reason = "a test without libtest prints its own report")]

mod client_model;
mod cursors;
mod model;
mod people;
mod restarts;
mod rng;
mod rules;
mod speaking;
mod tally;
mod tokens;
mod world;

use std::{
    panic::resume_unwind,
    process::ExitCode,
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use restarts::Report;

/// The default number of seeds: enough for every event to occur.
const SEEDS: u64 = 300;

/// A world that takes longer than this in real time is stuck in a loop.
const STUCK: Duration = Duration::from_secs(60);

/// How many failing seeds are shown.
const SHOWN: u64 = 3;

/// The last panic, because a panicking task ends silently.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

fn panicked() -> Option<String> {
    PANIC.lock().unwrap_or_else(PoisonError::into_inner).take()
}

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        *PANIC.lock().unwrap_or_else(PoisonError::into_inner) = Some(panic.to_string());
    }));
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse::<u64>().ok()
    };
    let is_name =
        |argument: &&String| !argument.starts_with('-') && argument.parse::<u64>().is_err();
    if arguments.iter().any(|argument| argument == "--list") {
        println!("simulation: test\n\n1 test, 0 benchmarks");
        return ExitCode::SUCCESS;
    }
    if arguments.iter().find(is_name).is_some_and(|name| !"simulation".contains(name.as_str())) {
        println!("\nrunning 0 tests\n");
        return ExitCode::SUCCESS;
    }
    match number("--seed") {
        Some(seed) => one(seed),
        None => many(number("--from").unwrap_or(0), number("--seeds").unwrap_or(SEEDS)),
    }
}

/// Runs one seed with full output.
fn one(seed: u64) -> ExitCode {
    let Some((report, broken)) = each(seed..seed + 1).next() else {
        return ExitCode::FAILURE;
    };
    println!("{}\n{}", report.trace.join("\n"), report.dump);
    println!("seed {seed}: {}", broken.as_deref().unwrap_or("no rule is violated"));
    ExitCode::from(u8::from(broken.is_some()))
}

fn many(from: u64, seeds: u64) -> ExitCode {
    let began = Instant::now();
    println!("\nrunning {seeds} seeds, each twice");
    let mut tally = tally::Tally::default();
    let (mut whole, mut failed) = (0, 0);
    for (seed, (report, broken)) in (from..).zip(each(from..from + seeds)) {
        tally.add(&report.tally);
        let Some(broken) = broken else {
            whole += 1;
            continue;
        };
        failed += 1;
        println!("seed {seed} ... FAILED");
        let tail = report.trace.len().saturating_sub(40);
        for line in report.trace[tail..].iter().chain([&broken]) {
            println!("{}", line.chars().take(1_000).collect::<String>());
        }
        println!(
            "again: cargo test -p coach-core --all-features --test simulation -- --seed {seed}\n"
        );
        if failed == SHOWN {
            break;
        }
    }
    let ended = whole + failed;
    println!("{}", tally.table());
    let missing = if ended >= SEEDS { tally.missing() } else { Vec::new() };
    if !missing.is_empty() {
        println!("never happened, so it was not tested: {missing:?}\n");
    }
    let good = whole == seeds && missing.is_empty();
    println!(
        "test result: {}. {whole} seeds passed; {failed} failed; {} not run; finished in {:.2}s",
        if good { "ok" } else { "FAILED" },
        seeds - ended,
        began.elapsed().as_secs_f64()
    );
    ExitCode::from(u8::from(!good))
}

/// Runs seeds one after the other, and detects one that never ends.
fn each(seeds: std::ops::Range<u64>) -> impl Iterator<Item = (Report, Option<String>)> {
    let (sender, reports) = mpsc::sync_channel(1);
    let mut next = seeds.clone();
    // Not joined, because a world that never ends would prevent the report about it.
    thread::spawn(move || seeds.map(twice).try_for_each(|report| sender.send(report)));
    std::iter::from_fn(move || {
        let seed = next.next()?;
        let report = reports.recv_timeout(STUCK);
        if report.is_err() {
            let why = panicked().unwrap_or_else(|| "it does not end".to_owned());
            println!("seed {seed} ... FAILED: {why}");
        }
        report.ok()
    })
}

/// Returns a seed's report and the rule it violates, which may be that both runs are identical.
fn twice(seed: u64) -> (Report, Option<String>) {
    let (report, again) = thread::scope(|both| {
        let again = both.spawn(|| restarts::run(seed));
        (restarts::run(seed), again.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    let broken = report.broken.clone().or_else(panicked).or_else(|| {
        let lines = report.trace.iter().zip(&again.trace);
        let differs = lines.enumerate().find(|(_, (one, other))| one != other);
        if let Some((line, (one, other))) = differs {
            return Some(format!("not the same twice, line {line}:\n{one}\n{other}"));
        }
        (report != again).then(|| "not the same twice at the end".to_owned())
    });
    (report, broken)
}
