//! A directory to work in, and the binary run there with an empty environment.

use std::{
    fs,
    io::{Read, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use serde_json::Value;

static NEXT: AtomicU32 = AtomicU32::new(0);

pub(crate) struct Harness(PathBuf);

/// A finished command.
pub(crate) struct Completed {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Harness {
    pub(crate) fn new() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("coach-cli-{}-{number}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    /// Returns every line of a run's record.
    pub(crate) fn events(&self, folder: &str) -> Vec<Value> {
        let text = self.read(&format!("{folder}/events.jsonl"));
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(crate) fn manifest(&self, folder: &str) -> Value {
        serde_json::from_str(&self.read(&format!("{folder}/manifest.json"))).unwrap()
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coach"));
        command.args(args).current_dir(&self.0).env_clear();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn coach(&self, args: &[&str]) -> Completed {
        Completed::of(self.command(args).output().unwrap())
    }

    pub(crate) fn coach_typed(&self, args: &[&str], typed: impl AsRef<[u8]>) -> Completed {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(typed.as_ref()).unwrap();
        Completed::of(child.wait_with_output().unwrap())
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        let _left = fs::remove_dir_all(&self.0);
    }
}

impl Completed {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Returns a scenario with two scripted lines, plus `more`.
pub(crate) fn scripted(more: &str) -> String {
    format!(
        "schema = \"coach.scenario/1\"\nid = \"small\"\nversion = \"1.0.0\"\ntitle = \"Small\"\n\
         [vars]\nchild = {{ default = \"Milo\" }}\n\
         [partner]\nname = \"Ruth Keller\"\nprompt = \"You are Ruth. {{{{ child }}}}.\"\n\
         [coach]\nprompt = \"Listen.\"\n\
         [user]\nmode = \"scripted\"\nname = \"Sam\"\n\
         turns = [\"{{{{ child }}}} goes to bed now.\", \"I decide that.\"]\n{more}"
    )
}

#[cfg(unix)]
pub(crate) fn send(child: &Child, signal: &str) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
}

/// Reads standard output until `words` arrive; returns it, still open.
pub(crate) fn read_until(child: &mut Child, words: &str) -> ChildStdout {
    read_up_to(child.stdout.take().unwrap(), words)
}

/// Reads until the output ends with `words`, and returns the rest.
pub(crate) fn read_up_to<R: Read>(mut out: R, words: &str) -> R {
    let mut read = Vec::new();
    while !read.ends_with(words.as_bytes()) {
        let mut byte = [0];
        out.read_exact(&mut byte).unwrap();
        read.extend(byte);
    }
    out
}

#[cfg(unix)]
pub(crate) fn wait_until(mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < until, "it did not happen in time");
        std::thread::sleep(Duration::from_millis(20));
    }
}
