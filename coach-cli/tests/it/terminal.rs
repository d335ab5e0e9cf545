//! `coach chat` on a pseudoterminal.

use std::{
    fs::File,
    io::{BufReader, Read as _, Write as _},
    process::{Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use insta::assert_snapshot;
use rustix::{
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{LocalModes, tcgetattr},
};

use crate::{
    harness::{Harness, send},
    stand_in::{self, command},
};

struct Terminal {
    person: File,
    program: File,
    screen: Receiver<u8>,
    seen: String,
}

impl Terminal {
    fn open() -> Self {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap().into_string().unwrap();
        let program = File::options().read(true).write(true).open(name).unwrap();
        let person = File::from(person);
        let (show, screen) = channel();
        let mut bytes = BufReader::new(person.try_clone().unwrap()).bytes();
        std::thread::spawn(move || {
            while let Some(Ok(byte)) = bytes.next() {
                let _unseen = show.send(byte);
            }
        });
        Self { person, program, screen, seen: String::new() }
    }

    fn lend(&self, command: &mut Command) {
        let side = || Stdio::from(self.program.try_clone().unwrap());
        command.stdin(side()).stdout(side()).stderr(Stdio::null());
    }

    fn types(&mut self, text: &str) {
        self.person.write_all(text.as_bytes()).unwrap();
    }

    /// Waits until the screen shows `words`.
    fn sees(&mut self, words: &str) {
        let from = self.seen.len();
        while !self.seen[from..].contains(words) {
            let byte = self.screen.recv_timeout(Duration::from_secs(20));
            self.seen.push(char::from(byte.expect("it did not come in time")));
        }
    }
}

#[test]
fn typing_during_an_answer_appears_after_it() {
    let harness = Harness::new();
    let (address, say) = stand_in::streaming();
    let mut terminal = Terminal::open();
    let mut chat = command(&harness, "chat", &address);
    chat.args(["--color", "never"]);
    terminal.lend(&mut chat);
    let mut child = chat.spawn().unwrap();
    terminal.sees("> ");
    terminal.types("First.\n");
    say.send(stand_in::piece("one ")).unwrap();
    terminal.sees("one");
    // The answer stops, so both lines were read while it was written.
    terminal.types("Second.\n/stop\n");
    terminal.sees("> Second.\r\n");
    send(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert_snapshot!(terminal.seen.replace('\r', ""), @r"
    > First.
    Ruth Keller: one  [stopped]

      | Coach: [no comment: stopped]

    > Second.
    ");
    assert!(tcgetattr(&terminal.program).unwrap().local_modes.contains(LocalModes::ECHO));
}

#[test]
fn an_unanswered_prompt_ends_its_line() {
    let harness = Harness::new();
    let mut terminal = Terminal::open();
    let mut chat = harness.command(&["chat", "refund", "-q"]);
    terminal.lend(&mut chat);
    let mut child = chat.spawn().unwrap();
    terminal.sees("> ");
    terminal.types("\u{4}");
    terminal.sees("\r\n");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
