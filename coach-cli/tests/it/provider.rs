//! Failures of providers: exit code, standard error and record.

use std::{io::Write as _, process::Stdio};

use crate::{
    harness::{Harness, scripted},
    stand_in::{self, against, command},
};

#[test]
fn a_refused_key_exits_with_6() {
    let address = stand_in::answering(stand_in::error("401 Unauthorized", "bad key \\u001b[2J"));
    let harness = Harness::new();
    let output = against(&harness, &address).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(6), "{out}");
    assert!(out.contains("[failed") && !out.contains('\u{1b}'), "{out}");
    assert!(harness.read("r/events.jsonl").contains("\"reason\":\"provider_error\""));
}

#[test]
fn a_failure_reaches_standard_error_even_if_quiet() {
    for (status, words, expected) in [
        (
            "401 Unauthorized",
            "bad key \\u001b[2J",
            "partner: compatible, auth (HTTP 401): bad key [2J; check OPENAI_COMPATIBLE_KEY\n",
        ),
        (
            "404 Not Found",
            "no model m",
            "partner: compatible, model not found (HTTP 404): no model m; choose another model: \
             --model partner=PROVIDER:MODEL\n",
        ),
    ] {
        let address = stand_in::answering(stand_in::error(status, words));
        for args in [&["-q"][..], &["-q", "--format", "jsonl"]] {
            let harness = Harness::new();
            let output = against(&harness, &address).args(args).output().unwrap();
            assert_eq!(output.status.code(), Some(6), "{args:?}");
            assert_eq!(String::from_utf8(output.stderr).unwrap(), expected, "{args:?}");
        }
        let harness = Harness::new();
        let lines = against(&harness, &address).args(["--format", "jsonl"]).output().unwrap();
        assert!(String::from_utf8(lines.stderr).unwrap().contains(expected));
    }
}

/// Also if the model that plays the participant starts to answer and is then cut off.
#[test]
fn a_refused_participant_reaches_standard_error() {
    let harness = Harness::new();
    let refused = stand_in::answering(stand_in::streamed("I w", "content_filter"));
    let mut command = against(&harness, &refused);
    let goes_on =
        "on_script_end = \"simulate\"\nprompt = \"You are Sam.\"\n[stop]\nmax_turns = 9\n";
    harness.write("s.toml", &scripted(goes_on));
    command.args(["-q", "--format", "jsonl", "--model", "user=compatible:m"]);
    let output = command.args(["--model", "partner=demo:demo"]).output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "user: content filtered\n");
    assert_eq!(output.status.code(), Some(4));
    let manifest = harness.manifest("r");
    assert_eq!((&manifest["stop_reason"], &manifest["failures"]), (&"refusal".into(), &1.into()));
}

#[test]
fn each_distinct_failure_is_reported_once() {
    let harness = Harness::new();
    let mut command = against(&harness, &stand_in::answering(stand_in::cut("half")));
    command.args(["-q", "--model", "partner=demo:demo", "--model", "coach=compatible:m"]);
    let stderr = String::from_utf8(command.output().unwrap().stderr).unwrap();
    assert_eq!(harness.manifest("r")["failures"], 2);
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with("coach: compatible, cut mid stream (HTTP 200): "), "{stderr}");
}

#[test]
fn a_failing_provider_exits_with_4() {
    let address = stand_in::answering(stand_in::error("400 Bad Request", "no"));
    let harness = Harness::new();
    let output = against(&harness, &address).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(harness.read("r/manifest.json").contains("\"status\": \"errored\""));
}

#[test]
fn a_cut_reply_exits_with_4_and_says_why() {
    let harness = Harness::new();
    let output = against(&harness, &stand_in::answering(stand_in::cut("half"))).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(4), "{out}");
    assert!(out.contains("half [interrupted: compatible, cut mid stream (HTTP 200): "), "{out}");
    let manifest = harness.read("r/manifest.json");
    assert!(manifest.contains("\"status\": \"errored\""), "{manifest}");
    assert!(manifest.contains("\"failures\": 1"), "{manifest}");
    assert!(harness.read("r/events.jsonl").contains("\"reason\":\"provider_error\""));
}

#[test]
fn a_cut_comment_does_not_end_the_run_and_exits_with_4() {
    let harness = Harness::new();
    let mut command = against(&harness, &stand_in::answering(stand_in::cut("half")));
    command.args(["--model", "partner=demo:demo", "--model", "coach=compatible:m"]);
    assert_eq!(command.output().unwrap().status.code(), Some(4));
    assert!(harness.read("r/manifest.json").contains("\"failures\": 2"));
    assert!(harness.read("r/events.jsonl").contains("\"reason\":\"max_turns\""));
}

#[test]
fn a_refusal_is_a_failure_and_a_length_limit_is_shown() {
    let harness = Harness::new();
    let refused = stand_in::streamed("decide", "content_filter");
    let rule = "when = [{ role = \"partner\", regex = 'decide', reason = \"goal_reached\" }]\n";
    let mut command = against(&harness, &stand_in::answering(refused));
    harness.write("s.toml", &scripted(&format!("[stop]\nmax_turns = 2\n{rule}")));
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("Ruth Keller: decide [cut off: filter]\n")
    );
    assert_eq!(harness.manifest("r")["stop_reason"], "refusal");
    let harness = Harness::new();
    let long = stand_in::answering(stand_in::streamed("and then", "length"));
    let output = against(&harness, &long).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("Ruth Keller: and then [cut off: length]\n"), "{out}");
}

#[test]
fn a_refused_key_exits_with_6_in_every_lane() {
    let harness = Harness::new();
    let address = stand_in::answering(stand_in::error("401 Unauthorized", "bad key"));
    let coach = ["--model", "partner=demo:demo", "--model", "coach=compatible:m"];
    let output = against(&harness, &address).args(coach).output().unwrap();
    assert_eq!(output.status.code(), Some(6));
    // The next turn would be refused too, so the run ends.
    assert_eq!(harness.manifest("r")["turns"], 1);
    let harness = Harness::new();
    let mut chat = command(&harness, "chat", &address);
    let mut child = chat.args(coach).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"Hello.\nAnd again.\n").unwrap();
    // A person may continue without the coach, and the exit code still reports it.
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(6));
    assert_eq!(harness.manifest("r")["turns"], 2);
}

#[test]
fn the_record_has_the_kind_of_a_failure_and_when_to_retry() {
    let harness = Harness::new();
    let busy = stand_in::error("429 Too Many Requests", "later");
    let busy = busy.replace("connection:", "retry-after: 120\r\nconnection:");
    assert_eq!(
        against(&harness, &stand_in::answering(busy)).output().unwrap().status.code(),
        Some(4)
    );
    let events = harness.events("r");
    assert_eq!(events[1]["error"]["kind"], "rate_limited");
    assert_eq!(events[1]["error"]["retry_after_ms"], 120_000);
}

#[test]
fn the_model_behind_a_tier_is_shown_before_the_first_call() {
    let harness = Harness::new();
    let list = r#"{"data":[{"id":"nomic-embed-text:latest"},{"id":"llama3.2:3b"}]}"#;
    let mut command = against(&harness, &stand_in::answering(stand_in::json("200 OK", list)));
    let output = command.args(["--model", "partner=Compatible:Balanced"]).output().unwrap();
    let shown = String::from_utf8(output.stderr).unwrap();
    assert!(
        shown.contains("partner compatible:balanced (llama3.2:3b), coach demo:demo"),
        "{shown}"
    );
}

#[test]
fn an_invalid_timeout_exits_with_2_and_names_its_variable() {
    let harness = Harness::new();
    let mut command = against(&harness, "http://127.0.0.1:1");
    let output = command.env("COACH_FIRST_TOKEN_SECONDS", "half a minute").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains(
            "COACH_FIRST_TOKEN_SECONDS: must be a whole number of seconds from 1 to 3600"
        ),
        "{said}"
    );
}
