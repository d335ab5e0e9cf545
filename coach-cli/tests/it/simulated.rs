//! The simulated participant's calls in the record.

use std::process::Command;

use crate::{
    harness::{Harness, scripted, send},
    stand_in,
};

fn simulated(harness: &Harness, address: &str) -> Command {
    let scripted = scripted("[stop]\nmax_turns = 2\nmin_turns = 1\n");
    let turns = "turns = [\"{{ child }} goes to bed now.\", \"I decide that.\"]\n";
    let simulated = "prompt = \"You are Sam.\"\nend_marker = \"[[END]]\"\n";
    assert!(scripted.contains(turns));
    let source = scripted.replace("\"scripted\"", "\"simulated\"").replace(turns, simulated);
    harness.write("s.toml", &source);
    let models = ["partner=demo:demo", "coach=demo:demo", "user=compatible:m"];
    let mut command = harness.command(&["run", "s.toml", "-o", "r"]);
    command.args(models.iter().flat_map(|model| ["--model", model]));
    command.env("OPENAI_COMPATIBLE_URL", address).env("NO_PROXY", "*");
    command
}

#[test]
fn every_call_of_a_simulated_participant_is_recorded() {
    let harness = Harness::new();
    let (address, say) = stand_in::streaming();
    // Too early to leave, then a line, then the end: one of three calls becomes a message.
    for words in ["[[END]]", "Milo sleeps.", "[[END]]"] {
        say.send(stand_in::piece(words) + &stand_in::end("stop")).unwrap();
    }
    let output = simulated(&harness, &address).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let events = harness.events("r");
    let kinds: Vec<&str> = events.iter().map(|event| event["ev"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["attempt", "message", "message", "message", "attempt", "stop"]);
    let said = &events[1];
    assert_eq!((&said["source"], &said["content"]), (&"simulated".into(), &"Milo sleeps.".into()));
    assert_eq!(said["model_requested"], "compatible:m");
    assert_eq!(said["finish_reason"], "stop");
    assert_eq!(said["usage"]["input"], 10);
    assert_eq!(said["attempts"], 1);
    assert!(said["model_returned"].is_null(), "the provider did not name the model: {said}");
    let manifest = harness.manifest("r");
    for kind in ["input", "output"] {
        let total = events.iter().filter_map(|event| event["usage"][kind].as_u64()).sum::<u64>();
        assert_eq!(manifest["tokens"][kind], total, "{kind}");
    }
    assert!(manifest["prices_as_of"].as_str().unwrap().starts_with("20"), "{manifest}");
}

#[test]
fn a_failing_simulated_participant_is_recorded_with_its_cause() {
    let harness = Harness::new();
    let error = stand_in::error("400 Bad Request", "not like this");
    let output = simulated(&harness, &stand_in::answering(error)).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8(output.stderr).unwrap().contains("not like this"));
    let events = harness.events("r");
    assert_eq!(events[0]["ev"], "error");
    assert_eq!(events[0]["role"], "user");
    assert_eq!(events[0]["error"]["status"], 400);
    assert_eq!(events[0]["error"]["message"], "not like this");
    assert_eq!(events[1]["reason"], "provider_error");
    assert_eq!(harness.manifest("r")["failures"], 1);
}

#[cfg(unix)]
#[test]
fn an_interrupted_simulated_participant_is_recorded_with_its_usage() {
    let harness = Harness::new();
    let (address, asked) = stand_in::silent();
    let child = simulated(&harness, &address).spawn().unwrap();
    asked.recv().unwrap();
    send(&child, "-INT");
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
    let events = harness.events("r");
    assert_eq!(events[0]["ev"], "attempt");
    assert_eq!(events[0]["usage_source"], "estimated");
    assert!(events[0]["cost_usd"].is_null(), "a model without a known price: {}", events[0]);
    assert_eq!(harness.manifest("r")["tokens"]["input"], events[0]["usage"]["input"]);
}
