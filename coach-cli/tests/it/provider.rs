//! Providers that fail, on a socket of this test's own.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use insta::assert_snapshot;

use crate::{
    bench::{Bench, scripted},
    stand_in,
};

fn against(bench: &Bench, address: &str) -> Command {
    command(bench, "run", address)
}

/// A command whose partner is the provider at `address`.
pub(crate) fn command(bench: &Bench, name: &str, address: &str) -> Command {
    bench.write("s.toml", &scripted("[stop]\nmax_turns = 2\n"));
    let mut command = bench.command(&[
        name,
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
fn a_failure_reaches_standard_error_whatever_is_quiet() {
    for (status, words, told) in [
        (
            "401 Unauthorized",
            "bad key \\u001b[2J",
            "partner: compatible, auth (HTTP 401): bad key [2J; check OPENAI_COMPATIBLE_KEY\n",
        ),
        (
            "404 Not Found",
            "no model m",
            "partner: compatible, model not found (HTTP 404): no model m; name another model: \
             --model partner=PROVIDER:MODEL\n",
        ),
    ] {
        let address = stand_in::answering(stand_in::error(status, words));
        for args in [&["-q"][..], &["-q", "--format", "jsonl"]] {
            let bench = Bench::new();
            let output = against(&bench, &address).args(args).output().unwrap();
            assert_eq!(output.status.code(), Some(6), "{args:?}");
            assert_eq!(String::from_utf8(output.stderr).unwrap(), told, "{args:?}");
        }
        let bench = Bench::new();
        let lines = against(&bench, &address).args(["--format", "jsonl"]).output().unwrap();
        assert!(String::from_utf8(lines.stderr).unwrap().contains(told));
    }
}

#[test]
fn each_distinct_failure_is_told_once() {
    let bench = Bench::new();
    let mut command = against(&bench, &stand_in::answering(stand_in::cut("half")));
    command.args(["-q", "--model", "partner=demo:demo", "--model", "coach=compatible:m"]);
    let told = String::from_utf8(command.output().unwrap().stderr).unwrap();
    assert_eq!(bench.manifest("r")["failures"], 2);
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(told.starts_with("coach: compatible, cut mid stream (HTTP 200): "), "{told}");
}

/// Nobody said which model answered before the call was cut: it is priced as the one that was asked for.
#[cfg(unix)]
#[test]
fn what_an_interrupted_call_costs_is_known() {
    let bench = Bench::new();
    let (address, say) = stand_in::streaming();
    let mut run = against(&bench, &address);
    run.args(["--model", "partner=openai:gpt-6-luna"]);
    run.env("OPENAI_API_KEY", "k").env("OPENAI_BASE_URL", &address);
    let mut child = run.spawn().unwrap();
    say.send(stand_in::piece("half ")).unwrap();
    let _out = read_until(&mut child, "half");
    send(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
    let events = bench.events("r");
    let reply = events.iter().find(|event| event["role"] == "partner").unwrap();
    assert_eq!(
        (&reply["status"], &reply["usage_source"]),
        (&"interrupted".into(), &"estimated".into())
    );
    assert!(reply["cost_usd"].as_f64().unwrap() > 0.0, "{reply}");
    assert_eq!(bench.manifest("r")["cost_usd"], reply["cost_usd"]);
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
    assert!(out.contains("half [interrupted: compatible, cut mid stream (HTTP 200): "), "{out}");
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

#[test]
fn a_refusal_is_no_success_and_a_length_is_shown() {
    let bench = Bench::new();
    let refused = stand_in::streamed("decide", "content_filter");
    let rule = "when = [{ role = \"partner\", regex = 'decide', reason = \"goal_reached\" }]\n";
    let mut command = against(&bench, &stand_in::answering(refused));
    bench.write("s.toml", &scripted(&format!("[stop]\nmax_turns = 2\n{rule}")));
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("Ruth Keller: decide [cut off: filter]\n")
    );
    assert_eq!(bench.manifest("r")["stop_reason"], "refusal");
    let bench = Bench::new();
    let long = stand_in::answering(stand_in::streamed("and then", "length"));
    let output = against(&bench, &long).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("Ruth Keller: and then [cut off: length]\n"), "{out}");
}

#[test]
fn a_refused_key_is_6_whosever_it_is() {
    let bench = Bench::new();
    let address = stand_in::answering(stand_in::error("401 Unauthorized", "bad key"));
    let coach = ["--model", "partner=demo:demo", "--model", "coach=compatible:m"];
    let output = against(&bench, &address).args(coach).output().unwrap();
    assert_eq!(output.status.code(), Some(6));
    // The next turn would be refused too: there is none.
    assert_eq!(bench.manifest("r")["turns"], 1);
    let bench = Bench::new();
    let mut chat = command(&bench, "chat", &address);
    let mut child = chat.args(coach).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"Hello.\nAnd again.\n").unwrap();
    // A person may go on without the coach, and a script learns of it.
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(6));
    assert_eq!(bench.manifest("r")["turns"], 2);
}

#[test]
fn a_limit_of_cost_that_cannot_be_kept_is_refused_before_anything_is_sent() {
    let bench = Bench::new();
    let (address, asked) = stand_in::silent();
    let limited = |limit: &str, models: [&str; 2]| {
        let mut command = against(&bench, &address);
        bench.write(
            "s.toml",
            &scripted(&format!("[stop]\nmax_turns = 2\nmax_cost_usd = {limit}\n")),
        );
        command.args(["-q", "--no-coach", "--model", models[0], "--model", models[1]]);
        command.env("OPENAI_API_KEY", "k").env("OPENAI_BASE_URL", &address);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, told) = limited("0.5", ["partner=compatible:m", "coach=demo:demo"]);
    assert_eq!(code, Some(2));
    assert_snapshot!(told, @"coach: max_cost_usd = 0.5 cannot be kept with compatible:m, the partner's model: its price is not known; leave the limit out, or name another model: --model partner=demo:demo");
    let (code, told) = limited("0", ["partner=openai:gpt-6-luna", "coach=demo:demo"]);
    assert_eq!(code, Some(2));
    assert_snapshot!(told, @"coach: max_cost_usd = 0 cannot be kept with openai:gpt-6-luna, the partner's model: it is not free; raise the limit, or name another model: --model partner=demo:demo");
    assert!(asked.try_recv().is_err());
    assert!(!bench.path().join("r").exists());
    assert_eq!(limited("0", ["partner=demo:demo", "coach=demo:demo"]).0, Some(0));
}

#[test]
fn a_tier_whose_price_is_not_known_ends_a_limited_run_after_its_first_call() {
    let bench = Bench::new();
    let mut command = against(&bench, &stand_in::answering(stand_in::streamed("No.", "stop")));
    bench.write("s.toml", &scripted("[stop]\nmax_turns = 2\nmax_cost_usd = 1.0\n"));
    let output = command.args(["--model", "partner=compatible:fast"]).output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("max_cost_usd cannot be kept"), "{told}");
    assert_eq!(bench.manifest("r")["turns"], 1);
}

#[test]
fn the_record_names_a_failure_by_a_word_and_says_when_to_come_back() {
    let bench = Bench::new();
    let busy = stand_in::error("429 Too Many Requests", "later");
    let busy = busy.replace("connection:", "retry-after: 120\r\nconnection:");
    assert_eq!(
        against(&bench, &stand_in::answering(busy)).output().unwrap().status.code(),
        Some(4)
    );
    let events = bench.events("r");
    assert_eq!(events[1]["error"]["kind"], "rate_limited");
    assert_eq!(events[1]["error"]["retry_after_ms"], 120_000);
}

#[test]
fn a_reader_who_leaves_in_mid_reply_leaves_a_whole_record() {
    for name in ["run", "chat"] {
        let bench = Bench::new();
        let (address, say) = stand_in::streaming();
        let mut child = command(&bench, name, &address).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"Hello.\n").unwrap();
        say.send(stand_in::piece("first ")).unwrap();
        drop(read_until(&mut child, "first"));
        say.send(stand_in::piece("second ")).unwrap();
        // As after the first Ctrl-C: what is on its way may finish, and nothing more is begun.
        say.send(stand_in::piece("third ") + &stand_in::end("stop")).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{name}: {output:?}");
        assert!(!String::from_utf8(output.stderr).unwrap().contains("Ctrl-C"), "{name}");
        let events = bench.events("r");
        let reply = events.iter().find(|event| event["role"] == "partner").unwrap();
        assert_eq!(reply["content"], "first second third ");
        assert_eq!(reply["status"], "complete");
        assert_eq!(events.last().unwrap()["reason"], "interrupted");
        let manifest = bench.manifest("r");
        assert_eq!(manifest["status"], "interrupted");
        assert_eq!(manifest["turns"], 1);
        let paid = events.iter().filter_map(|event| event["usage"]["input"].as_u64()).sum::<u64>();
        assert_eq!(manifest["tokens"]["input"], paid);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_1_and_the_record_is_closed() {
    for format in ["text", "jsonl"] {
        let bench = Bench::new();
        let full = std::fs::File::create("/dev/full").unwrap();
        let mut command = bench.command(&["run", "raise", "-q", "-o", "r", "--format", format]);
        let output = command.stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(told, "coach: standard output: No space left on device (os error 28)\n");
        assert_eq!(bench.manifest("r")["status"], "errored");
        assert_eq!(bench.events("r").last().unwrap()["reason"], "internal");
    }
}

fn simulated(bench: &Bench, address: &str) -> Command {
    let scripted = scripted("[stop]\nmax_turns = 2\nmin_turns = 1\n");
    let turns = "turns = [\"{{ child }} goes to bed now.\", \"I decide that.\"]\n";
    let simulated = "prompt = \"You are Sam.\"\nend_marker = \"[[END]]\"\n";
    assert!(scripted.contains(turns));
    let source = scripted.replace("\"scripted\"", "\"simulated\"").replace(turns, simulated);
    bench.write("s.toml", &source);
    let models = ["partner=demo:demo", "coach=demo:demo", "user=compatible:m"];
    let mut command = bench.command(&["run", "s.toml", "-o", "r"]);
    command.args(models.iter().flat_map(|model| ["--model", model]));
    command.env("OPENAI_COMPATIBLE_URL", address).env("NO_PROXY", "*");
    command
}

#[test]
fn the_simulated_participants_calls_are_on_record_to_the_last_token() {
    let bench = Bench::new();
    let (address, say) = stand_in::streaming();
    // Too early to leave, then a line, then the end: one of three calls becomes a message.
    for words in ["[[END]]", "Milo sleeps.", "[[END]]"] {
        say.send(stand_in::piece(words) + &stand_in::end("stop")).unwrap();
    }
    let output = simulated(&bench, &address).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let events = bench.events("r");
    let kinds: Vec<&str> = events.iter().map(|event| event["ev"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["attempt", "message", "message", "message", "attempt", "stop"]);
    let said = &events[1];
    assert_eq!((&said["source"], &said["content"]), (&"simulated".into(), &"Milo sleeps.".into()));
    assert_eq!(said["model_requested"], "compatible:m");
    assert_eq!(said["finish_reason"], "stop");
    assert_eq!(said["usage"]["input"], 10);
    assert_eq!(said["attempts"], 1);
    assert!(said["model_returned"].is_null(), "nobody named the model that answered: {said}");
    let manifest = bench.manifest("r");
    for kind in ["input", "output"] {
        let told = events.iter().filter_map(|event| event["usage"][kind].as_u64()).sum::<u64>();
        assert_eq!(manifest["tokens"][kind], told, "{kind}");
    }
    assert!(manifest["prices_as_of"].as_str().unwrap().starts_with("20"), "{manifest}");
}

#[test]
fn a_simulated_participant_that_fails_is_on_record_with_its_cause() {
    let bench = Bench::new();
    let error = stand_in::error("400 Bad Request", "not like this");
    let output = simulated(&bench, &stand_in::answering(error)).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8(output.stderr).unwrap().contains("not like this"));
    let events = bench.events("r");
    assert_eq!(events[0]["ev"], "error");
    assert_eq!(events[0]["role"], "user");
    assert_eq!(events[0]["error"]["status"], 400);
    assert_eq!(events[0]["error"]["message"], "not like this");
    assert_eq!(events[1]["reason"], "provider_error");
    assert_eq!(bench.manifest("r")["failures"], 1);
}

#[cfg(unix)]
#[test]
fn a_simulated_participant_that_is_interrupted_is_paid_for_on_record() {
    let bench = Bench::new();
    let (address, asked) = stand_in::silent();
    let child = simulated(&bench, &address).spawn().unwrap();
    asked.recv().unwrap();
    send(&child, "-INT");
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
    let events = bench.events("r");
    assert_eq!(events[0]["ev"], "attempt");
    assert_eq!(events[0]["usage_source"], "estimated");
    assert!(events[0]["cost_usd"].is_null(), "a model whose price is in no table: {}", events[0]);
    assert_eq!(bench.manifest("r")["tokens"]["input"], events[0]["usage"]["input"]);
}

#[cfg(unix)]
#[test]
fn an_interruption_is_130_and_what_was_said_is_kept() {
    let bench = Bench::new();
    let mut child = against(&bench, &stand_in::silent().0).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
    wait_until(|| {
        let events = std::fs::read_to_string(bench.path().join("r/events.jsonl"));
        events.is_ok_and(|text| text.contains("Milo goes to bed now."))
    });
    send(&child, "-INT");
    assert!(told.any(|line| line.unwrap().contains("Ctrl-C again drops it")));
    assert!(child.try_wait().unwrap().is_none(), "the first Ctrl-C waits for the answer");
    send(&child, "-INT");
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

#[cfg(target_os = "linux")]
#[test]
fn whoever_is_told_to_go_goes_at_once_with_what_was_said() {
    for signal in ["-HUP", "-TERM"] {
        let bench = Bench::new();
        let (address, say) = stand_in::streaming();
        // Also where whatever runs the tests ignores hang-ups, as `nohup` does.
        let run = against(&bench, &address);
        let mut listening = Command::new("env");
        listening.arg("--default-signal=HUP").arg(run.get_program()).args(run.get_args());
        listening.current_dir(bench.path()).env_clear();
        listening.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
        listening.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = listening.spawn().unwrap();
        say.send(stand_in::piece("half ")).unwrap();
        let _out = read_until(&mut child, "half");
        send(&child, signal);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(143), "{signal}");
        assert!(!String::from_utf8(output.stderr).unwrap().contains("Ctrl-C"), "{signal}");
        let events = bench.events("r");
        let reply = events.iter().find(|event| event["role"] == "partner").unwrap();
        assert_eq!((&reply["content"], &reply["status"]), (&"half ".into(), &"interrupted".into()));
        assert_eq!(bench.manifest("r")["status"], "interrupted");
    }
}

#[cfg(unix)]
#[test]
fn where_nobody_speaks_an_interruption_claims_no_answer() {
    let bench = Bench::new();
    let mut command = bench.command(&["chat", "refund", "-o", "r"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let _open = child.stdin.take();
    let mut told = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(told.any(|line| line.contains("Type what you say")));
    send(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let rest: Vec<String> = told.filter(|line| !line.is_empty()).collect();
    assert!(rest[0].starts_with("ended: interrupted after 0 turns"), "{rest:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn whoever_shall_outlive_the_terminal_does() {
    let bench = Bench::new();
    let (address, say) = stand_in::streaming();
    let run = against(&bench, &address);
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]).arg(run.get_program());
    shell.args(run.get_args()).current_dir(bench.path()).env_clear();
    shell.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut child = shell.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    say.send(stand_in::piece("first ")).unwrap();
    let _out = read_until(&mut child, "first");
    send(&child, "-HUP");
    say.send(stand_in::piece("second") + &stand_in::end("stop")).unwrap();
    say.send(stand_in::piece("third") + &stand_in::end("stop")).unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(bench.events("r")[1]["content"], "first second");
}

#[cfg(unix)]
pub(crate) fn send(child: &Child, signal: &str) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
}

/// Reads standard output until `words` are there; gives it back, still open.
fn read_until(child: &mut Child, words: &str) -> ChildStdout {
    let mut out = child.stdout.take().unwrap();
    let mut read = Vec::new();
    while !read.ends_with(words.as_bytes()) {
        let mut byte = [0];
        out.read_exact(&mut byte).unwrap();
        read.extend(byte);
    }
    out
}

#[cfg(unix)]
fn wait_until(mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < until, "it did not happen in time");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_model_behind_a_tier_is_shown_before_the_first_call() {
    let bench = Bench::new();
    let list = r#"{"data":[{"id":"nomic-embed-text:latest"},{"id":"llama3.2:3b"}]}"#;
    let mut command = against(&bench, &stand_in::answering(stand_in::json("200 OK", list)));
    let output = command.args(["--model", "partner=Compatible:Balanced"]).output().unwrap();
    let shown = String::from_utf8(output.stderr).unwrap();
    assert!(
        shown.contains("partner compatible:balanced (llama3.2:3b), coach demo:demo"),
        "{shown}"
    );
}

#[test]
fn a_wait_that_cannot_work_is_2_and_names_its_variable() {
    let bench = Bench::new();
    let mut command = against(&bench, "http://127.0.0.1:1");
    let output = command.env("COACH_FIRST_TOKEN_SECONDS", "half a minute").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("COACH_FIRST_TOKEN_SECONDS: must be whole seconds from 1 to 3600"),
        "{said}"
    );
}
