//! Providers that fail, on a socket of this test's own.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::bench::{Bench, scripted};

/// A server that answers every request with `answer`; its address.
fn server(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let Ok(mut socket) = socket else { continue };
            std::thread::spawn(move || {
                let mut request = [0; 65_536];
                let _read = socket.read(&mut request);
                let _written = socket.write_all(answer.as_bytes());
                if answer.is_empty() {
                    std::thread::sleep(Duration::from_secs(60));
                }
            });
        }
    });
    address
}

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
    let answer = "HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\ncontent-length: 36\r\nconnection: close\r\n\r\n{\"error\":{\"message\":\"bad key \u{1b}[2J\"}}";
    let bench = Bench::new();
    let output = against(&bench, &server(answer)).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(6), "{out}");
    assert!(out.contains("[failed") && !out.contains('\u{1b}'), "{out}");
    assert!(bench.read("r/events.jsonl").contains("\"reason\":\"provider_error\""));
}

#[test]
fn a_provider_that_errs_is_4() {
    let answer = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let bench = Bench::new();
    let output = against(&bench, &server(answer)).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(bench.read("r/manifest.json").contains("\"status\": \"errored\""));
}

#[cfg(unix)]
#[test]
fn an_interruption_is_130_and_what_was_said_is_kept() {
    let bench = Bench::new();
    let mut child = against(&bench, &server("")).stderr(Stdio::piped()).spawn().unwrap();
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
