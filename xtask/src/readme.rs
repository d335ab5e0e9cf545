//! Runs every command of the README in its order, as a reader would type it, and compares its Rust code with
//! the example it comes from.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::{
    sh::{Done, free_port, program, root, say},
    web,
};

/// Commands that this step does not run, with the reason.
const NOT_RUN: [(&str, &str); 4] = [
    ("cargo xtask test", "it runs this step"),
    (
        "createdb --encoding UTF8 --template template0 coach",
        "it needs a PostgreSQL server; tests start their own",
    ),
    (
        "DATABASE_URL=postgres://coach:password@localhost:5432/coach SESSION_KEY=$(openssl rand -hex 32) cargo xtask up",
        "it needs a PostgreSQL server; tests start their own",
    ),
    (
        "BIND=0.0.0.0:8080 PUBLIC_URL=http://192.168.1.20:8080 cargo xtask up",
        "it needs the address of this computer and a phone",
    ),
];

/// Commands that run until they are stopped, with what they print when they are ready, and the argument
/// that gives them a free port.
const SERVERS: [(&str, &str, bool); 2] = [
    ("cargo xtask up", "/login#token=", false),
    ("cargo run --example axum_host", "listening on", true),
];

/// What a reader types into commands that read: only `chat` does.
const TYPED: &str = "Can we talk about my pay?\n";

/// The example that the README's Rust code is part of.
const EXAMPLE: &str = "examples/examples/embed_in_memory.rs";

pub(crate) fn test() -> Done {
    web::build()?;
    let readme = read(&root().join("README.md"))?;
    let commands = commands(&readme)?;
    rust_is_part_of_the_example(&readme)?;
    let reader = Reader::new()?;
    let mut servers = Vec::new();
    for command in &commands {
        if let Some((_, reason)) = NOT_RUN.iter().find(|(not_run, _)| not_run == command) {
            say(&format!("not run: {command}: {reason}"));
            continue;
        }
        say(&format!("$ {command}"));
        match SERVERS.iter().find(|(server, ..)| server == command) {
            Some((_, ready, takes_address)) => {
                servers.push(reader.serves(command, ready, *takes_address)?);
            }
            None => reader.runs(command)?,
        }
    }
    for (command, ..) in SERVERS {
        if !commands.contains(&command) {
            return Err(format!("the README no longer has `{command}`"));
        }
    }
    for (command, _) in NOT_RUN {
        if !commands.contains(&command) {
            return Err(format!("the README no longer has `{command}`"));
        }
    }
    drop(servers);
    reader.finish()
}

/// Programs that a reader may be told to run.
const PROGRAMS: [&str; 16] = [
    "apt-get", "bash", "cargo", "curl", "docker", "git", "hostname", "ip", "ipconfig", "node",
    "npm", "npx", "openssl", "podman", "python3", "rustup",
];

/// Returns the commands of all `sh` blocks, without their comments. A command that the text only mentions must be
/// in a block too, because nothing would run it otherwise.
fn commands(readme: &str) -> Done<Vec<&str>> {
    let commands: Vec<&str> = blocks(readme, "sh")
        .flat_map(str::lines)
        .map(|line| line.split(" #").next().unwrap_or_default().trim())
        .filter(|command| !command.is_empty())
        .collect();
    let text = readme.split("```").step_by(2).flat_map(|text| text.split('`').skip(1).step_by(2));
    for mentioned in text.filter(|code| is_command(code)) {
        if !commands.iter().any(|command| command.starts_with(mentioned)) {
            return Err(format!("the README mentions `{mentioned}` outside of a block"));
        }
    }
    Ok(commands)
}

/// Returns whether code in the text is a command: a program, and what it is to do.
fn is_command(code: &str) -> bool {
    code.split_once(' ').is_some_and(|(program, _)| PROGRAMS.contains(&program))
}

fn blocks<'a>(readme: &'a str, language: &'a str) -> impl Iterator<Item = &'a str> {
    let fenced = readme.split("```").skip(1).step_by(2);
    fenced.filter_map(move |block| block.strip_prefix(language)?.strip_prefix('\n'))
}

fn rust_is_part_of_the_example(readme: &str) -> Done {
    let example = lines(&read(&root().join(EXAMPLE))?);
    let mut any = false;
    for block in blocks(readme, "rust") {
        any = true;
        if !example.contains(&lines(block)) {
            return Err(format!("the README's Rust code is not part of {EXAMPLE}"));
        }
    }
    if any { Ok(()) } else { Err("the README has no Rust code".to_owned()) }
}

/// Lines without indentation, so that code compares wherever it stands.
fn lines(code: &str) -> String {
    code.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}

fn read(file: &Path) -> Done<String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

/// Follows the README in a new folder, with a free port and a new database.
struct Reader {
    folder: std::path::PathBuf,
    port: u16,
}

impl Reader {
    fn new() -> Done<Self> {
        let port = free_port()?;
        // Inside of the workspace, where cargo finds it.
        let folder = root().join("target").join(format!("readme-{port}"));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self { folder, port })
    }

    fn shell(&self, command: &str) -> Command {
        let mut shell = program("bash");
        shell
            .args(["-euo", "pipefail", "-c", command])
            .current_dir(&self.folder)
            .env("BIND", format!("127.0.0.1:{}", self.port))
            .env("PUBLIC_URL", format!("http://localhost:{}", self.port))
            .env("DATABASE_URL", format!("sqlite://{}", self.folder.join("coach.db").display()));
        for key in ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"] {
            shell.env_remove(key);
        }
        shell.env_remove("OPENAI_COMPATIBLE_URL");
        shell
    }

    /// Runs a command to its end; it must succeed and print something, here or into a file.
    fn runs(&self, command: &str) -> Done {
        let mut shell = self.shell(command);
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let failed = |error: std::io::Error| format!("{command}: {error}");
        let mut child = shell.spawn().map_err(failed)?;
        if let Some(mut stdin) = child.stdin.take() {
            // A command that reads nothing may have closed its input by now.
            let _ = stdin.write_all(TYPED.as_bytes());
        }
        let output = child.wait_with_output().map_err(failed)?;
        let silent = output.stdout.is_empty() && !command.contains('>');
        if output.status.success() && !silent {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("{command}: {}, silent: {silent}\n{said}", output.status))
    }

    /// Starts a command that serves, and returns when it is ready.
    fn serves(&self, command: &str, ready: &str, takes_address: bool) -> Done<Server> {
        let typed = if takes_address {
            format!("{command} -- 127.0.0.1:{}", free_port()?)
        } else {
            command.to_owned()
        };
        let mut shell = self.shell(&typed);
        shell.stdin(Stdio::null()).stdout(Stdio::piped()).process_group(0);
        let mut child = shell.spawn().map_err(|error| format!("{command}: {error}"))?;
        let stdout = child.stdout.take();
        let server = Server(child);
        let mut lines = BufReader::new(stdout.ok_or("no standard output")?).lines();
        if !lines.by_ref().map_while(Result::ok).any(|line| line.contains(ready)) {
            return Err(format!("{command}: ended without printing “{ready}”"));
        }
        // The rest is read so that the server never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(server)
    }

    fn finish(self) -> Done {
        fs::remove_dir_all(&self.folder)
            .map_err(|error| format!("{}: {error}", self.folder.display()))
    }
}

/// A command that serves, with all processes it started.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // If they have ended, there is nothing to stop.
        let _ = program("kill").args(["-TERM", "--", &format!("-{}", self.0.id())]).status();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn a_command_outside_of_a_block_is_refused() {
        let block = "```sh\ncargo run -- spec # prints it\n```\n";
        assert_eq!(commands(&format!("See `cargo run`.\n{block}")).unwrap(), ["cargo run -- spec"]);
        assert_eq!(commands(&format!("`cargo` and `BIND`\n{block}")).unwrap().len(), 1);
        for mentioned in ["cargo test", "hostname -I", "ipconfig getifaddr en0", "npm ci"] {
            let refused = commands(&format!("See `{mentioned}`.\n{block}")).unwrap_err();
            assert!(refused.contains(mentioned), "{refused}");
        }
    }
}
