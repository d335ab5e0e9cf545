//! `coach validate`: what a scenario author sees.

use insta::assert_snapshot;
use serde_json::Value;

use crate::harness::{Harness, scripted};

#[test]
fn every_problem_has_a_position_and_a_suggestion() {
    let harness = Harness::new();
    let wrong = scripted("[stop]\nmax_turns = 5\nmin_turns = 9\n")
        .replace("[coach]", "[coach]\nwhen = \"after_partnr\"")
        .replace("name = \"Ruth", "nmae = \"Ruth");
    harness.write("wrong.toml", &wrong);
    let ran = harness.coach(&["validate", "wrong.toml"]);
    assert_eq!((ran.code, ran.err.as_str()), (2, ""));
    assert_snapshot!(ran.out, @r#"
    wrong.toml:7:1: error: `name` is missing in [partner]
        7 | [partner]
          | ^
    wrong.toml:8:1: error: unknown field `nmae` in [partner]; did you mean `name`?
        8 | nmae = "Ruth Keller"
          | ^
    wrong.toml:11:8: error: `after_partnr` is not one of: after_partner | after_user | on_request | never; did you mean `after_partner`?
       11 | when = "after_partnr"
          |        ^
    "#);
}

#[test]
fn a_directory_means_all_its_files() {
    let harness = Harness::new();
    let good = scripted("[stop]\nmax_turns = 5\n");
    harness.write("all/b.toml", &good.replace("\"I decide that.\"", "{ file = \"tail.jsonl\" }"));
    harness.write("all/tail.jsonl", "{\"text\": \"I decide that.\"}\n");
    harness.write("all/a.toml", "id = ");
    harness.write("all/c.toml", &good.replace("{{ child }}", "Milo"));
    harness.write("all/notes.md", "no scenario");
    let ran = harness.coach(&["validate", "all"]);
    assert_eq!(ran.code, 2);
    assert_snapshot!(ran.out, @r#"
    all/a.toml:1:6: error: string values must be quoted, expected literal string
        1 | id =
          |      ^
    all/b.toml: ok (small 1.0.0)
    all/c.toml:6:9: warning: no template uses the variable `child`
        6 | child = { default = "Milo" }
          |         ^
    all/c.toml: ok (small 1.0.0)
    "#);
    let ran = harness.coach(&["validate", "all", "--format", "json"]);
    let list: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (ran.code, list[0]["ok"].as_bool(), list[1]["ok"].as_bool()),
        (2, Some(false), Some(true))
    );
    assert_eq!(list[2]["problems"][0]["severity"], "warning");
}

#[test]
fn names_and_problems_stay_on_one_line() {
    let harness = Harness::new();
    let wrong = scripted("[stop]\nmax_turns = 5\n")
        .replace("id = \"small\"", "id = \"small\\u001b[31m\\nred\"")
        .replace("name = \"Ruth Keller\"", "name = \"Ruth\\nKeller\"");
    harness.write("wrong.toml", &wrong);
    let ran = harness.coach(&["validate", "wrong.toml"]);
    assert_eq!(ran.code, 2);
    let problems: Vec<_> = ran.out.lines().filter(|line| line.contains(": error: ")).collect();
    assert_eq!(problems.len(), 2, "{}", ran.out);
    assert!(problems[0].contains(r"small[31m\nred"), "{}", ran.out);
    assert!(problems[1].ends_with("must be one line, without control characters"), "{}", ran.out);
}

#[test]
fn binary_data_is_reported_with_its_line_and_endless_files_are_not_read() {
    let harness = Harness::new();
    std::fs::write(harness.path().join("latin.toml"), b"id = \"a\"\ntitle = \"caf\xe9\"\n")
        .unwrap();
    let ran = harness.coach(&["validate", "latin.toml"]);
    assert_eq!((ran.code, &*ran.out), (2, "latin.toml: error: not UTF-8 text (line 2)\n"));
    #[cfg(unix)]
    {
        let ran = harness.coach(&["validate", "/dev/zero"]);
        assert_eq!((ran.code, &*ran.out), (2, "/dev/zero: error: larger than 512 KiB\n"));
    }
}

#[test]
fn an_invalid_setting_names_its_variable() {
    let harness = Harness::new();
    for (name, value) in [("OPENAI_COMPATIBLE_URL", "nonsense"), ("OPENAI_API_KEY", "two\nlines")] {
        let output = harness.command(&["run", "raise"]).env(name, value).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(&format!("{name}: ")) && !stderr.contains(value), "{stderr}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_directory_is_not_followed() {
    let harness = Harness::new();
    harness.write("secret.txt", "You are someone else.");
    let source = scripted("[stop]\nmax_turns = 5\n")
        .replace("prompt = \"You are Ruth. {{ child }}.\"", "prompt_file = \"link.md\"");
    harness.write("in/scenario.toml", &source);
    std::os::unix::fs::symlink(
        harness.path().join("secret.txt"),
        harness.path().join("in/link.md"),
    )
    .unwrap();
    let ran = harness.coach(&["validate", "in/scenario.toml"]);
    assert_eq!(ran.code, 2);
    assert!(ran.out.contains("link.md: is outside the scenario's directory"), "{}", ran.out);
}

#[test]
fn color_appears_only_when_requested() {
    let harness = Harness::new();
    harness.write("wrong.toml", "id = ");
    let esc = |args: &[&str], var: Option<(&str, &str)>| {
        let output = harness.command(args).envs(var).output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(!esc(&["validate", "wrong.toml"], None));
    assert!(esc(&["validate", "wrong.toml", "--color", "always"], None));
    assert!(esc(&["validate", "wrong.toml"], Some(("CLICOLOR_FORCE", "1"))));
    assert!(!esc(&["validate", "wrong.toml", "--color", "never"], Some(("CLICOLOR_FORCE", "1"))));
    assert!(!esc(&["validate", "wrong.toml"], Some(("NO_COLOR", "1"))));
}
