//! Named steps of tests, which run in their order; one command each runs all of them, or only those named.

use std::time::Instant;

use crate::sh::{Done, say};

/// A step: its name, what it verifies, and its function.
pub(crate) type Step = (&'static str, &'static str, fn() -> Done);

/// Runs `cargo xtask <command> …`: all steps, those named, or `--list`.
pub(crate) fn run_or_list(command: &str, steps: &[Step], arguments: &[&str]) -> Done {
    if arguments == ["--list"] {
        for (name, shows, _) in steps {
            say(&format!("{name:<12} {shows}"));
        }
        return Ok(());
    }
    for name in arguments {
        if !steps.iter().any(|(step, ..)| step == name) {
            return Err(format!(
                "unknown step: {name}; `cargo xtask {command} --list` lists all steps"
            ));
        }
    }
    let began = Instant::now();
    for (name, shows, step) in steps {
        if !arguments.is_empty() && !arguments.contains(name) {
            continue;
        }
        say(&format!("\n── {name}: {shows}"));
        let step_began = Instant::now();
        step().map_err(|error| {
            format!("step `{name}`: {error}\nto repeat it: cargo xtask {command} {name}")
        })?;
        say(&format!("── {name}: {} s", step_began.elapsed().as_secs()));
    }
    say(&format!("\nall steps passed in {} s", began.elapsed().as_secs()));
    Ok(())
}
