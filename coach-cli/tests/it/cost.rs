//! The cost of a run, and its limit.

use insta::assert_snapshot;

use crate::{
    harness::{Harness, read_until, scripted, send},
    stand_in::{self, against},
};

/// A call that was cut before the provider named its model is priced as the requested model.
#[cfg(unix)]
#[test]
fn an_interrupted_call_has_a_cost() {
    let harness = Harness::new();
    let (address, say) = stand_in::streaming();
    let mut run = against(&harness, &address);
    run.args(["--model", "partner=openai:gpt-6-luna"]);
    run.env("OPENAI_API_KEY", "k").env("OPENAI_BASE_URL", &address);
    let mut child = run.spawn().unwrap();
    say.send(stand_in::piece("half ")).unwrap();
    let _out = read_until(&mut child, "half");
    send(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
    let events = harness.events("r");
    let reply = events.iter().find(|event| event["role"] == "partner").unwrap();
    assert_eq!(
        (&reply["status"], &reply["usage_source"]),
        (&"interrupted".into(), &"estimated".into())
    );
    assert!(reply["cost_usd"].as_f64().unwrap() > 0.0, "{reply}");
    assert_eq!(harness.manifest("r")["cost_usd"], reply["cost_usd"]);
}

#[test]
fn an_unenforceable_cost_limit_is_refused_before_anything_is_sent() {
    let harness = Harness::new();
    let (address, asked) = stand_in::silent();
    let limited = |limit: &str, models: [&str; 2]| {
        let mut command = against(&harness, &address);
        harness.write(
            "s.toml",
            &scripted(&format!("[stop]\nmax_turns = 2\nmax_cost_usd = {limit}\n")),
        );
        command.args(["-q", "--no-coach", "--model", models[0], "--model", models[1]]);
        command.env("OPENAI_API_KEY", "k").env("OPENAI_BASE_URL", &address);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, stderr) = limited("0.5", ["partner=compatible:m", "coach=demo:demo"]);
    assert_eq!(code, Some(2));
    assert_snapshot!(stderr, @"coach: cannot enforce max_cost_usd = 0.5 with compatible:m as the partner model: its price is unknown; remove the limit, or choose another model: --model partner=demo:demo");
    let (code, stderr) = limited("0", ["partner=openai:gpt-6-luna", "coach=demo:demo"]);
    assert_eq!(code, Some(2));
    assert_snapshot!(stderr, @"coach: cannot enforce max_cost_usd = 0 with openai:gpt-6-luna as the partner model: it is not free; raise the limit, or choose another model: --model partner=demo:demo");
    assert!(asked.try_recv().is_err());
    assert!(!harness.path().join("r").exists());
    assert_eq!(limited("0", ["partner=demo:demo", "coach=demo:demo"]).0, Some(0));
}

#[test]
fn a_tier_of_unknown_price_ends_a_limited_run_after_its_first_call() {
    let harness = Harness::new();
    let mut command = against(&harness, &stand_in::answering(stand_in::streamed("No.", "stop")));
    harness.write("s.toml", &scripted("[stop]\nmax_turns = 2\nmax_cost_usd = 1.0\n"));
    let output = command.args(["--model", "partner=compatible:fast"]).output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("max_cost_usd cannot be enforced"), "{stderr}");
    assert_eq!(harness.manifest("r")["turns"], 1);
}
