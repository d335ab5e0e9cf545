//! Providers that fail, on a socket of this test's own.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    bench::{Bench, scripted},
    stand_in,
};

fn against(bench: &Bench, address: &str) -> Command {
    bench.write("s.toml", &scripted("[stop]\nmax_turns = 2\n"));
    let mut command = bench.command(&[
        "run",
        "s.toml",
        "-o",
        "r",
        "--model",
        "partner=compatible:m",
        "--model",
        "coach=demo:demo",
    ]);
    command.env("OPENAI_COMPATIBLE_URL", address).env("NO_PROXY", "*");
    command
}

#[test]
fn a_refused_key_is_6() {
    let address = stand_in::answering(stand_in::error("401 Unauthorized", "bad key \\u001b[2J"));
    let bench = Bench::new();
    let output = against(&bench, &address).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(6), "{out}");
    assert!(out.contains("[failed") && !out.contains('\u{1b}'), "{out}");
    assert!(bench.read("r/events.jsonl").contains("\"reason\":\"provider_error\""));
}

#[test]
fn a_provider_that_errs_is_4() {
    let address = stand_in::answering(stand_in::error("400 Bad Request", "no"));
    let bench = Bench::new();
    let output = against(&bench, &address).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(bench.read("r/manifest.json").contains("\"status\": \"errored\""));
}

#[test]
fn a_reply_that_is_cut_is_4_and_says_why() {
    let bench = Bench::new();
    let output = against(&bench, &stand_in::answering(stand_in::cut("half"))).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(4), "{out}");
    assert!(out.contains("half [interrupted: compatible CutMidStream"), "{out}");
    let manifest = bench.read("r/manifest.json");
    assert!(manifest.contains("\"status\": \"errored\""), "{manifest}");
    assert!(manifest.contains("\"failures\": 1"), "{manifest}");
    assert!(bench.read("r/events.jsonl").contains("\"reason\":\"provider_error\""));
}

#[test]
fn a_comment_that_is_cut_lets_the_talk_go_on_and_is_4() {
    let bench = Bench::new();
    let mut command = against(&bench, &stand_in::answering(stand_in::cut("half")));
    command.args(["--model", "partner=demo:demo", "--model", "coach=compatible:m"]);
    assert_eq!(command.output().unwrap().status.code(), Some(4));
    assert!(bench.read("r/manifest.json").contains("\"failures\": 2"));
    assert!(bench.read("r/events.jsonl").contains("\"reason\":\"max_turns\""));
}

#[cfg(unix)]
#[test]
fn an_interruption_is_130_and_what_was_said_is_kept() {
    let bench = Bench::new();
    let mut child = against(&bench, &stand_in::silent()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
    wait_until(|| {
        let events = std::fs::read_to_string(bench.path().join("r/events.jsonl"));
        events.is_ok_and(|text| text.contains("Milo goes to bed now."))
    });
    interrupt(&child);
    assert!(told.any(|line| line.unwrap().contains("Ctrl-C again drops it")));
    assert!(child.try_wait().unwrap().is_none(), "the first Ctrl-C waits for the answer");
    interrupt(&child);
    let mut code = None;
    wait_until(|| {
        code = child.try_wait().unwrap();
        code.is_some()
    });
    assert_eq!(code.unwrap().code(), Some(130));
    let events = bench.read("r/events.jsonl");
    assert!(events.contains("\"status\":\"interrupted\""), "{events}");
    assert!(events.contains("\"reason\":\"interrupted\""), "{events}");
}

#[cfg(unix)]
fn interrupt(child: &Child) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
}

#[cfg(unix)]
fn wait_until(mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < until, "it did not happen in time");
        std::thread::sleep(Duration::from_millis(20));
    }
}
