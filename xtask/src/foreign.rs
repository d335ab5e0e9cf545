//! Third-party model servers: installed and started for the tests of `coach-llm`.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use crate::sh::{Done, Running, cargo, free_port, output, program, root, run, say, start, target};

const LLMOCK: &str = "llmock==0.2.2";
const AIMOCK: &str = "@copilotkit/aimock@1.43.0";

/// Runs the tests of `coach-llm` against both servers.
pub(crate) fn test() -> Done {
    let (llmock, llmock_url) = start_llmock()?;
    let (aimock, aimock_url) = start_aimock()?;
    // The packages and features are those of the `rust` step, so nothing is built twice.
    let mut tests =
        cargo(["test", "--workspace", "--all-features", "--test", "foreign", "--", "--ignored"]);
    let tested =
        run(tests.env("COACH_TEST_LLMOCK", llmock_url).env("COACH_TEST_AIMOCK", aimock_url));
    drop((llmock, aimock));
    tested
}

fn start_llmock() -> Done<(Running, String)> {
    let venv = tools().join("llmock");
    let binary = venv.join("bin/llmock");
    if !binary.exists() {
        say(&format!("installing {LLMOCK}"));
        let folder = venv.display().to_string();
        run(program("python3").args(["-m", "venv", &folder]))?;
        let pip = venv.join("bin/pip").display().to_string();
        run(program(&pip).args(["install", "--quiet", "--disable-pip-version-check", LLMOCK]))?;
    }
    let port = free_port()?;
    // Through its Python: the script's first line names the folder that it was installed in, which may have
    // been moved.
    let running = start(
        program(&venv.join("bin/python3").display().to_string())
            .arg(&binary)
            .args(["serve", "--host", "127.0.0.1", "--port", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    )?;
    wait_for(port, "/health")?;
    Ok((running, format!("http://127.0.0.1:{port}")))
}

fn start_aimock() -> Done<(Running, String)> {
    let binary = npm_tool("aimock", AIMOCK)?.join("node_modules/.bin/llmock");
    let port = free_port()?;
    let fixtures = root().join("coach-llm/tests/fixtures/aimock.json").display().to_string();
    let running = start(
        program(&binary.display().to_string())
            .args(["-p", &port.to_string(), "-f", &fixtures])
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    )?;
    wait_for(port, "/health")?;
    Ok((running, format!("http://127.0.0.1:{port}")))
}

/// Installs an npm package for tests only; returns its folder.
pub(crate) fn npm_tool(name: &str, package: &str) -> Done<PathBuf> {
    let folder = tools().join(name);
    if !folder.join("node_modules/.package-lock.json").exists() {
        say(&format!("installing {package}"));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let prefix = folder.display().to_string();
        output(program("npm").args([
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--prefix",
            &prefix,
            package,
        ]))?;
    }
    Ok(folder)
}

/// Returns the folder in which programs are installed for tests only.
pub(crate) fn tools() -> PathBuf {
    target().join("tools")
}

/// Waits up to three minutes until a server answers.
pub(crate) fn wait_for(port: u16, path: &str) -> Done {
    let until = Instant::now() + Duration::from_secs(180);
    while Instant::now() < until {
        if answers(port, path).is_some() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err(format!("no server answers on port {port} after three minutes"))
}

fn answers(port: u16, path: &str) -> Option<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n").ok()?;
    let mut answer = [0; 5];
    stream.read_exact(&mut answer).ok()?;
    (answer == *b"HTTP/").then_some(())
}
