//! Interrupted runs: by a signal, a closed terminal, a reader that left.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
};

use crate::{
    harness::{Harness, read_until, read_up_to, send, wait_until},
    stand_in::{self, against, command},
};

#[test]
fn a_closed_pipe_during_a_reply_leaves_a_whole_record() {
    for name in ["run", "chat"] {
        let harness = Harness::new();
        let (address, say) = stand_in::streaming();
        let (reader, mut writer) = std::io::pipe().unwrap();
        let mut command = command(&harness, name, &address);
        command.stdin(Stdio::piped()).stdout(writer.try_clone().unwrap());
        let mut child = command.spawn().unwrap();
        drop(command);
        child.stdin.take().unwrap().write_all(b"Hello.\n").unwrap();
        say.send(stand_in::piece("first ")).unwrap();
        drop(read_up_to(reader, "first"));
        // A process that another test is starting at this moment has a copy of the reader until its program begins.
        wait_until(|| writer.write_all(b" ").is_err());
        drop(writer);
        say.send(stand_in::piece("second ")).unwrap();
        // As after the first Ctrl-C: the current answer may finish, and no other starts.
        say.send(stand_in::piece("third ") + &stand_in::end("stop")).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{name}: {output:?}");
        assert!(!String::from_utf8(output.stderr).unwrap().contains("Ctrl-C"), "{name}");
        let events = harness.events("r");
        let reply = events.iter().find(|event| event["role"] == "partner").unwrap();
        assert_eq!(reply["content"], "first second third ");
        assert_eq!(reply["status"], "complete");
        assert_eq!(events.last().unwrap()["reason"], "interrupted");
        let manifest = harness.manifest("r");
        assert_eq!(manifest["status"], "interrupted");
        assert_eq!(manifest["turns"], 1);
        let paid = events.iter().filter_map(|event| event["usage"]["input"].as_u64()).sum::<u64>();
        assert_eq!(manifest["tokens"]["input"], paid);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_exits_with_1_and_closes_the_record() {
    for format in ["text", "jsonl"] {
        let harness = Harness::new();
        let full = std::fs::File::create("/dev/full").unwrap();
        let mut command = harness.command(&["run", "raise", "-q", "-o", "r", "--format", format]);
        let output = command.stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(stderr, "coach: standard output: No space left on device (os error 28)\n");
        assert_eq!(harness.manifest("r")["status"], "errored");
        assert_eq!(harness.events("r").last().unwrap()["reason"], "internal");
    }
}

#[cfg(unix)]
#[test]
fn an_interruption_exits_with_130_and_keeps_what_was_said() {
    let harness = Harness::new();
    let mut child =
        against(&harness, &stand_in::silent().0).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
    wait_until(|| {
        let events = std::fs::read_to_string(harness.path().join("r/events.jsonl"));
        events.is_ok_and(|text| text.contains("Milo goes to bed now."))
    });
    send(&child, "-INT");
    assert!(stderr.any(|line| line.unwrap().contains("Ctrl-C again")));
    assert!(child.try_wait().unwrap().is_none(), "the first Ctrl-C waits for the answer");
    send(&child, "-INT");
    let mut code = None;
    wait_until(|| {
        code = child.try_wait().unwrap();
        code.is_some()
    });
    assert_eq!(code.unwrap().code(), Some(130));
    let events = harness.read("r/events.jsonl");
    assert!(events.contains("\"status\":\"interrupted\""), "{events}");
    assert!(events.contains("\"reason\":\"interrupted\""), "{events}");
}

#[cfg(target_os = "linux")]
#[test]
fn sigterm_and_sighup_end_a_run_at_once_and_keep_what_was_said() {
    for signal in ["-HUP", "-TERM"] {
        let harness = Harness::new();
        let (address, say) = stand_in::streaming();
        // Also if the test runner ignores SIGHUP, as `nohup` does.
        let run = against(&harness, &address);
        let mut listening = Command::new("env");
        listening.arg("--default-signal=HUP").arg(run.get_program()).args(run.get_args());
        listening.current_dir(harness.path()).env_clear();
        listening.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
        listening.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = listening.spawn().unwrap();
        say.send(stand_in::piece("half ")).unwrap();
        let _out = read_until(&mut child, "half");
        send(&child, signal);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(143), "{signal}");
        assert!(!String::from_utf8(output.stderr).unwrap().contains("Ctrl-C"), "{signal}");
        let events = harness.events("r");
        let reply = events.iter().find(|event| event["role"] == "partner").unwrap();
        assert_eq!((&reply["content"], &reply["status"]), (&"half ".into(), &"interrupted".into()));
        assert_eq!(harness.manifest("r")["status"], "interrupted");
    }
}

#[cfg(unix)]
#[test]
fn an_interruption_between_turns_mentions_no_answer() {
    let harness = Harness::new();
    let mut command = harness.command(&["chat", "refund", "-o", "r"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let _open = child.stdin.take();
    let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(stderr.any(|line| line.contains("Type your message")));
    send(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let rest: Vec<String> = stderr.filter(|line| !line.is_empty()).collect();
    assert!(rest[0].starts_with("ended: interrupted after 0 turns"), "{rest:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_under_nohup_outlives_its_terminal() {
    let harness = Harness::new();
    let (address, say) = stand_in::streaming();
    let run = against(&harness, &address);
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]).arg(run.get_program());
    shell.args(run.get_args()).current_dir(harness.path()).env_clear();
    shell.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut child = shell.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    say.send(stand_in::piece("first ")).unwrap();
    let _out = read_until(&mut child, "first");
    send(&child, "-HUP");
    say.send(stand_in::piece("second") + &stand_in::end("stop")).unwrap();
    say.send(stand_in::piece("third") + &stand_in::end("stop")).unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(harness.events("r")[1]["content"], "first second");
}
