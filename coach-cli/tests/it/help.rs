//! The help text is documentation, so it is compared with a snapshot.

use insta::assert_snapshot;

use crate::harness::Harness;

#[test]
fn every_command_explains_itself() {
    for command in ["", "run", "chat", "validate", "scenarios", "schema"] {
        let args: Vec<&str> = [command, "--help"].into_iter().filter(|a| !a.is_empty()).collect();
        let ran = Harness::new().coach(&args);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        assert!(ran.out.lines().all(|line| line.chars().count() <= 100), "{}", ran.out);
        let name = if command.is_empty() { "coach" } else { command };
        assert_snapshot!(format!("help_{name}"), ran.out);
        let args: Vec<&str> = ["help", command].into_iter().filter(|a| !a.is_empty()).collect();
        assert_eq!(Harness::new().coach(&args).out, ran.out);
    }
}

#[test]
fn an_invalid_command_line_exits_with_2() {
    let harness = Harness::new();
    for args in [
        &["run"][..],
        &["rnu", "raise"],
        &["run", "raise", "--turns", "0"],
        &["run", "raise", "--var", "child"],
        &["run", "raise", "--model", "partner=acme:x"],
        &["run", "raise", "--model", "boss=demo:demo"],
        &["run", "raise", "--var", "jbo=cook"],
        &["run", "rise"],
        &["run", "nothing.toml"],
        &["scenarios", "rise"],
        &["validate", "nothing.toml"],
    ] {
        let ran = harness.coach(args);
        assert_eq!(ran.code, 2, "{args:?} {}", ran.err);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
    }
    assert_snapshot!(harness.coach(&["run", "raise", "--var", "jbo=cook"]).err, @"coach: the scenario has no variable `jbo`; did you mean `job`?");
    assert_snapshot!(harness.coach(&["run", "rise"]).err, @"coach: no file or built-in scenario is called `rise`; run `coach scenarios` to list the built-in ones");
}

#[test]
fn the_list_names_the_built_in_scenarios() {
    let harness = Harness::new();
    assert_snapshot!("scenarios", harness.coach(&["scenarios"]).out);
    let json: serde_json::Value =
        serde_json::from_str(&harness.coach(&["scenarios", "--format", "json"]).out).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 5);
    assert_eq!(json[0]["partnerName"], "Dana Whitfield");
}

#[test]
fn printed_files_can_be_used() {
    let harness = Harness::new();
    let printed = harness.coach(&["scenarios", "refund"]);
    harness.write("mine.toml", &printed.out);
    assert_eq!(harness.coach(&["validate", "mine.toml"]).code, 0);
    let schema = harness.coach(&["schema"]).out;
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
}
