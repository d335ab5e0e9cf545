//! `coach run`: transcript, record and exit code agree.

use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use insta::assert_snapshot;

use crate::harness::{Harness, scripted};

fn stop_reason(harness: &Harness, folder: &str) -> String {
    let events = harness.events(folder);
    let last = events.last().unwrap();
    assert_eq!(last["ev"], "stop");
    assert_eq!(harness.manifest(folder)["stop_reason"], last["reason"]);
    last["reason"].as_str().unwrap().to_owned()
}

#[test]
fn every_built_in_scenario_runs_and_repeats_exactly() {
    for name in ["raise", "sharing-care", "doctor-visit", "group-project", "refund"] {
        let harness = Harness::new();
        let ran = harness.coach(&["run", name, "-q", "-o", "r"]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name}");
        assert_eq!(harness.coach(&["run", name, "-q"]).out, ran.out, "{name}");
        assert_snapshot!(format!("run_{name}"), ran.out);
    }
}

#[test]
fn the_record_matches_the_transcript() {
    let harness = Harness::new();
    let ran = harness.coach(&["run", "raise", "-o", "r"]);
    let events = harness.events("r");
    let mut transcript = String::new();
    for event in events.iter().filter(|event| event["ev"] == "message") {
        let (speaker, content) = (&event["speaker"], event["content"].as_str().unwrap());
        let indent = if event["role"] == "coach" { "  | " } else { "" };
        transcript += &format!("{indent}{}: {content}\n\n", speaker.as_str().unwrap());
    }
    assert_eq!(transcript, ran.out);
    let seqs: Vec<u64> = events.iter().filter_map(|event| event["seq"].as_u64()).collect();
    assert_eq!(seqs, (0..seqs.len() as u64).collect::<Vec<_>>());
    let sources: Vec<&str> = events.iter().filter_map(|event| event["source"].as_str()).collect();
    assert_eq!(sources[..4], ["fixed", "simulated", "model", "model"]);
    assert!(events.iter().all(|event| event["v"] == 1));
    let input = harness.read("r/inputs/scenario.toml");
    assert_eq!(input, harness.coach(&["scenarios", "raise"]).out);
}

#[test]
fn standard_output_can_be_the_record() {
    let harness = Harness::new();
    let ran = harness.coach(&["run", "refund", "--format", "jsonl", "-o", "r"]);
    assert_eq!(ran.out, harness.read("r/events.jsonl"));
    assert!(ran.err.contains("Demo model: replies are canned"), "{}", ran.err);
}

#[test]
fn the_coach_comments_when_the_scenario_says() {
    let harness = Harness::new();
    harness.coach(&["run", "doctor-visit", "--turns", "1", "-o", "after_user"]);
    harness.coach(&["run", "refund", "--turns", "1", "-o", "after_partner"]);
    harness.coach(&["run", "refund", "--turns", "1", "--no-coach", "-o", "never"]);
    let roles = |folder| {
        let events = harness.events(folder);
        let said = events.iter().filter(|e| e["turn"] == 1 && e["status"] == "complete");
        said.map(|event| event["role"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(roles("after_user"), ["user", "coach", "partner"]);
    assert_eq!(roles("after_partner"), ["user", "partner", "coach"]);
    assert_eq!(roles("never"), ["user", "partner"]);
    assert_eq!(stop_reason(&harness, "never"), "max_turns");
}

#[test]
fn a_stop_rule_ends_a_run_under_its_own_name() {
    let harness = Harness::new();
    let rule = "[stop]\nmax_turns = 5\nwhen = [{ role = \"user\", regex = 'bed', reason = \"said_bed\" }]\n";
    harness.write("s.toml", &scripted(rule));
    assert_eq!(harness.coach(&["run", "s.toml", "--var", "child=Ada", "-o", "r"]).code, 0);
    assert_eq!(stop_reason(&harness, "r"), "said_bed");
    let events = harness.events("r");
    assert_eq!(events[0]["content"], "Ada goes to bed now.");
    assert_eq!(events.last().unwrap()["rule"], "stop.when[0]");
    harness.write("s.toml", &scripted("[stop]\nmax_turns = 5\n"));
    harness.coach(&["run", "s.toml", "-o", "script"]);
    assert_eq!(stop_reason(&harness, "script"), "script_end");
    harness.write("s.toml", &scripted("[stop]\nmax_turns = 5\nmax_tokens = 1\n"));
    harness.coach(&["run", "s.toml", "-o", "tokens"]);
    assert_eq!(stop_reason(&harness, "tokens"), "max_tokens");
}

#[test]
fn a_simulated_participant_stays_for_the_minimum_of_turns() {
    let harness = Harness::new();
    let raise = harness.coach(&["scenarios", "raise"]).out;
    harness.write("s.toml", &raise.replace("min_turns = 3", "min_turns = 12"));
    harness.coach(&["run", "s.toml", "-q", "-o", "r"]);
    // The demo model repeats its end marker when reminded, and is then allowed to leave.
    assert_eq!(stop_reason(&harness, "r"), "learner_end");
    assert!(!harness.read("r/events.jsonl").contains("[[END]]"));
}

#[test]
fn a_missing_key_exits_with_6_and_names_the_variable() {
    let harness = Harness::new();
    let ran = harness.coach(&["run", "raise", "--model", "coach=anthropic:fast"]);
    assert_eq!(ran.code, 6);
    assert_snapshot!(ran.err, @"coach: the coach model: anthropic is not configured; set ANTHROPIC_API_KEY, or choose another model: --model coach=demo:demo");
    let source = scripted("[stop]\nmax_turns = 2\n[models]\nboss = \"openai:fast\"\n")
        .replace("name = \"Ruth Keller\"", "name = \"Ruth Keller\"\nmodel = \"boss\"");
    harness.write("s.toml", &source);
    assert_eq!(harness.coach(&["run", "s.toml"]).code, 6);
    assert_eq!(harness.coach(&["run", "s.toml", "--model", "partner=demo:demo"]).code, 0);
}

#[test]
fn a_record_is_never_overwritten() {
    let harness = Harness::new();
    assert_eq!(harness.coach(&["run", "refund", "-o", "r"]).code, 0);
    let before = harness.read("r/events.jsonl");
    let again = harness.coach(&["run", "refund", "-o", "r"]);
    assert_eq!(again.code, 2);
    assert_snapshot!(again.err, @"coach: r already exists; choose a new directory");
    assert_eq!(harness.read("r/events.jsonl"), before);
    let inside = harness.coach(&["run", "refund", "-o", "r/manifest.json/x"]);
    assert_eq!(inside.code, 2);
    assert_snapshot!(inside.err, @"coach: r/manifest.json/x: r/manifest.json is a file, not a directory");
}

#[test]
fn a_scenario_without_a_participant_needs_a_person() {
    let harness = Harness::new();
    let source = scripted("");
    let source = source.split("[user]").next().unwrap();
    harness.write("s.toml", source);
    let ran = harness.coach(&["run", "s.toml"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("coach chat"), "{}", ran.err);
}

#[test]
fn a_closed_pipe_interrupts_a_run_but_not_a_list() {
    let harness = Harness::new();
    let mut child = harness.command(&["run", "raise", "-q", "-o", "r"]).spawn().unwrap();
    let mut line = String::new();
    // The reader takes one line and leaves; the run may be at any point by then.
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let output = child.wait_with_output().unwrap();
    let code = match stop_reason(&harness, "r").as_str() {
        "interrupted" => 130,
        // The run had ended before the reader left.
        "learner_end" => 0,
        other => panic!("{other}"),
    };
    assert_eq!(output.status.code(), Some(code));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    let mut child = harness.command(&["schema"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_command_line_that_makes_a_rule_impossible_is_refused() {
    let harness = Harness::new();
    let rules = "[stop]\nmax_turns = 5\nwhen = [\n  { role = \"user\", regex = 'bed' },\n  \
                 { role = \"coach\", regex = 'well done' },\n]\n";
    harness.write("s.toml", &scripted(rules));
    let ran = harness.coach(&["run", "s.toml", "--no-coach", "-o", "r"]);
    assert_eq!(ran.code, 2);
    assert_snapshot!(ran.err, @"coach: --no-coach turns off the coach, so stop.when[1] could never match; omit --no-coach, or remove the rule");
    assert!(!harness.path().join("r").exists(), "nothing was started");
    assert_eq!(harness.coach(&["run", "s.toml"]).code, 0);
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let example = include_str!("../../../.env.example");
    let names = example.lines().filter_map(|line| line.strip_prefix('#')?.split_once('='));
    let names: Vec<&str> = names.map(|(name, _)| name).chain(["COACH_MODEL_USER"]).collect();
    assert!(names.len() > 20, "{names:?}");
    let harness = Harness::new();
    let run = ["run", "refund", "-q"];
    let plain = harness.coach(&run);
    for nothing in ["", " "] {
        let mut command = harness.command(&run);
        let output = command.envs(names.iter().map(|name| (name, nothing))).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), plain.out);
    }
}
