//! The smoke journey in WebKit and Firefox, which the other browser tests leave out. Starts their drivers on a
//! separate display.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    foreign::{tools, wait_for},
    host,
    sh::{
        Done, Running, are_installed, cargo, free_port, output, program, run, say, start, target,
    },
    web,
};

const GECKODRIVER: &str = "geckodriver@0.37.1";
/// Programs from the system's package manager: the program, an argument that makes it exit, and its package.
pub(crate) const PROGRAMS: [(&str, &str, &str); 3] = [
    ("WebKitWebDriver", "--help", "webkit2gtk-driver"),
    ("firefox-esr", "--version", "firefox-esr"),
    ("Xvfb", "-help", "xvfb"),
];

/// Runs the journey in both engines, each with its own host.
pub(crate) fn test() -> Done {
    are_installed(&PROGRAMS, "these tests need WebKit, Firefox and an X server")?;
    let geckodriver = geckodriver()?;
    web::build()?;
    let display = Display::start()?;
    journey("webkit", || webkit(&display))?;
    journey("firefox", || firefox(&geckodriver, &display))
}

/// Runs the journey with two drivers, the researcher's and the participant's: a driver of either engine runs
/// only one browser.
fn journey(engine: &str, driver: impl Fn() -> Done<(Running, String)>) -> Done {
    say(&format!("── {engine}"));
    let host = host::start_for_test()?;
    let (researcher, researcher_url) = driver()?;
    let (participant, participant_url) = driver()?;
    let shots = target().join("engines");
    let tested = run(program("node")
        .arg("web/e2e/engines/smoke.mjs")
        .env("ENGINE", engine)
        .env("BASE_URL", &host.url)
        .env("ADMIN_LINK", &host.admin_link)
        .env("RESEARCHER_DRIVER", researcher_url)
        .env("PARTICIPANT_DRIVER", participant_url)
        .env("SHOTS", &shots));
    drop((researcher, participant));
    say(&format!("screenshots: {}", shots.display()));
    tested
}

fn webkit(display: &Display) -> Done<(Running, String)> {
    let port = free_port()?;
    let mut driver = program("WebKitWebDriver");
    driver.arg(format!("--port={port}"));
    // Its sandbox needs privileges that root and most containers lack; it opens only this host's page.
    driver.env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1");
    start_driver(driver, port, display)
}

fn firefox(geckodriver: &Path, display: &Display) -> Done<(Running, String)> {
    let port = free_port()?;
    let mut driver = program(&geckodriver.display().to_string());
    // 0 lets the driver choose free ports instead of defaults that another driver may use.
    driver.args(["--port", &port.to_string(), "--marionette-port", "0", "--websocket-port", "0"]);
    start_driver(driver, port, display)
}

fn start_driver(mut driver: Command, port: u16, display: &Display) -> Done<(Running, String)> {
    let running = start(
        driver
            .env("DISPLAY", &display.name)
            .env("LANG", "en_US.UTF-8")
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    )?;
    wait_for(port, "/status")?;
    Ok((running, format!("http://127.0.0.1:{port}")))
}

/// An X server without a screen.
#[derive(Debug)]
struct Display {
    name: String,
    _running: Running,
}

impl Display {
    fn start() -> Done<Self> {
        let mut server = start(
            program("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let stdout = server.0.stdout.take().ok_or("Xvfb has no standard output")?;
        let number = BufReader::new(stdout).lines().map_while(Result::ok).next();
        let number = number.ok_or("Xvfb ended without naming its display")?;
        Ok(Self { name: format!(":{}", number.trim()), _running: server })
    }
}

/// Returns the path of Firefox's driver; installs this version if it is missing.
fn geckodriver() -> Done<PathBuf> {
    let folder = tools().join("geckodriver");
    let binary = folder.join("bin/geckodriver");
    let version = GECKODRIVER.rsplit('@').next().unwrap_or_default();
    let installed = binary.exists()
        && output(program(&binary.display().to_string()).arg("--version"))?
            .starts_with(&format!("geckodriver {version}"));
    if !installed {
        say(&format!("installing {GECKODRIVER}"));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let folder = folder.display().to_string();
        run(&mut cargo(["install", "--locked", "--root", &folder, GECKODRIVER]))?;
    }
    Ok(binary)
}
