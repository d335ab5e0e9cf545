//! Counts the instructions of the hot path with callgrind, and measures its times.
//!
//! Instructions repeat where times do not: one thread, on any load of the machine. What waits for the disk is compared
//! with a plain write in the same process.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, ensure};

use super::{
    operations::{OPERATIONS, Operation, timed},
    report::{Figure, Gate},
};

/// Measures all operations.
///
/// # Errors
/// An error of an operation or of callgrind.
pub(crate) fn all(program: &Path, quick: bool, say: fn(&str)) -> anyhow::Result<Vec<Figure>> {
    let callgrind = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    let counts = callgrind.is_ok_and(|status| status.success());
    if !counts {
        say(
            "valgrind is missing: times only, no instructions. To count them: apt-get install valgrind",
        );
    }
    let mut figures = Vec::new();
    for operation in OPERATIONS {
        say(&format!("micro: {}", operation.shows));
        if counts {
            let (few, many) = operation.counts;
            let more = instructions(program, &operation, many)?
                .saturating_sub(instructions(program, &operation, few)?);
            let each = more as f64 / f64::from(many - few);
            figures.push(Figure::new("micro", operation.shows, "instructions", each, Gate::Value));
        }
        for _ in 0..if quick { 1 } else { 5 } {
            let took = timed(operation.name, operation.times, true)?;
            let each =
                |time: std::time::Duration| time.as_secs_f64() * 1e6 / f64::from(operation.times);
            let name = format!("{}: time", operation.shows);
            let figure = Figure::new("micro", &name, "µs", each(took.time), Gate::None);
            figures.push(match took.reference {
                Some(reference) => figure.against(each(reference)),
                None => figure,
            });
        }
    }
    Ok(figures)
}

/// Returns the instructions of a process that runs the operation that many times.
fn instructions(program: &Path, operation: &Operation, times: u32) -> anyhow::Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["operation", operation.name, &times.to_string()])
        .output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "callgrind, {}: {told}", operation.name);
    collected(&told).with_context(|| format!("callgrind counted nothing: {told}"))
}

/// Returns the count in what callgrind printed.
fn collected(told: &str) -> Option<u64> {
    let (_, count) = told.lines().find_map(|line| line.split_once("Collected : "))?;
    count.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_found_in_what_callgrind_prints() {
        let told = "==7== Events    : Ir\n==7== Collected : 1234567\n==7==\n";
        assert_eq!(collected(told), Some(1_234_567));
        assert_eq!(collected("==7== error"), None);
    }
}
