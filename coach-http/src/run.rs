//! Starts a host from its configuration, and shuts it down in order.

use std::{path::Path, time::Duration};

use anyhow::Context as _;
use coach_core::{Coach, Settings};
use coach_store::ConnectError;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{
    auth::admin_link,
    config::Config,
    descriptors::{self, Capacity},
    environment::WrongSetting,
    host::{App, Host},
    keys::{Keys, beside_database, key_path},
    lanes::Lanes,
    routes::app,
    serve::{ServerLimits, serve},
};

/// How often the host forgets old counts and moves the samples of histograms.
const UPKEEP: Duration = Duration::from_secs(5);

/// How long sockets may take to close when the host stops.
const GOODBYE: Duration = Duration::from_secs(3);

/// After a second stop signal, how long saving the text so far and then closing sockets may take: the host ends
/// within two seconds in all.
const STORE: Duration = Duration::from_secs(1);
const AT_ONCE: Duration = Duration::from_millis(500);

const WRITABLE: &str = "name a file in a folder that this user can write to";

/// Returns what the operator can do about a database that cannot be opened.
fn remedy(error: &ConnectError) -> Option<&'static str> {
    match error {
        ConnectError::InUse { .. } => Some("stop the other host, or name another database"),
        ConnectError::Open { .. } => Some(WRITABLE),
        ConnectError::Damaged { .. } => {
            // SQLite would replay the old `-wal` onto the backup.
            Some(
                "move it and the -wal and -shm files beside it away; then restore a backup, or a new database \
                 is created",
            )
        }
        ConnectError::Newer { .. } => Some("run the newer version, or name another database"),
        ConnectError::Unreachable { .. } => Some("start it, or correct the host and the port"),
        ConnectError::SignIn { .. } => {
            Some("correct the user, the password and the name; create the database first")
        }
        ConnectError::Tls { .. } => Some("correct sslmode, sslrootcert and the host"),
        ConnectError::Rights { .. } => {
            Some("make this user the owner of the database and its tables")
        }
        ConnectError::ReadOnly { .. } => Some("name the primary server"),
        ConnectError::Version { .. } => Some("use PostgreSQL 15 or newer"),
        ConnectError::Encoding { .. } => {
            Some("create the database with ENCODING 'UTF8' TEMPLATE template0")
        }
        ConnectError::Foreign { .. } => Some("name an empty database"),
        ConnectError::Pooler { .. } => {
            Some("name the server itself, or set the pooler to pool_mode = session")
        }
        ConnectError::Refused { .. } => Some("correct the address, or see the server's log"),
        // The error itself says what a valid URL looks like.
        _ => None,
    }
}

/// Returns the error for a database that cannot be opened: a wrong setting, because starting again would not help
/// without another value, or a change to what it names.
fn unusable(error: ConnectError) -> WrongSetting {
    let remedy = remedy(&error);
    let cause = anyhow::Error::new(error);
    let problem = match remedy {
        Some(remedy) => format!("{remedy}: {cause:#}"),
        None => format!("{cause:#}"),
    };
    WrongSetting { name: "DATABASE_URL", problem }
}

/// Returns the error for a key beside the database that can be neither read nor created.
fn no_key(error: &std::io::Error, key: &Path) -> WrongSetting {
    // The error about a damaged key file already says what to do.
    if error.kind() == std::io::ErrorKind::InvalidData {
        return WrongSetting { name: "SESSION_KEY", problem: error.to_string() };
    }
    let problem = format!("{WRITABLE}: cannot create the key {}: {error}", key.display());
    WrongSetting { name: "DATABASE_URL", problem }
}

/// Opens the configured store and models; returns the coach and the host's keys.
///
/// # Errors
/// An error for the operator: a setting that is wrong, or a database or key that cannot be opened.
pub async fn open(config: &Config) -> anyhow::Result<(Coach, Keys)> {
    open_with(config, &Lanes::choose(&config.models)?).await
}

async fn open_with(config: &Config, lanes: &Lanes) -> anyhow::Result<(Coach, Keys)> {
    let current = match &config.session_key {
        Some(key) => key.clone(),
        None => beside_database(&config.database_url)
            .map_err(|error| no_key(&error, &key_path(&config.database_url)))?,
    };
    let keys = Keys::new(current, config.session_key_previous.clone());
    let stores = coach_store::connect(&config.database_url, coach_store::Options::default())
        .await
        .map_err(unusable)?;
    let mut builder = Coach::builder_over(stores)
        .link_keys(keys.links())
        .settings(Settings {
            messages_per_minute: config.messages_per_minute,
            tokens_per_day: config.tokens_per_day,
            staff_see_own_only: config.staff_see_own_only,
            ..Settings::default()
        })
        .admin_emails(config.admin_emails.clone());
    for (lane, model) in lanes.resolved() {
        builder = builder.model(lane, model);
    }
    Ok((builder.build()?, keys))
}

/// Runs the host until it is asked to stop.
///
/// # Errors
/// An error for the operator: a setting that is wrong, or a database, key or address that cannot be opened.
pub async fn run(mut config: Config) -> anyhow::Result<()> {
    for strange in &config.strange {
        tracing::warn!("{strange}");
    }
    let descriptors = descriptors::raise();
    let capacity = Capacity::of(descriptors, config.max_sockets);
    if let Some(shortage) = capacity.shortage(descriptors, config.max_sockets) {
        tracing::warn!("{shortage}");
    }
    config.max_sockets = capacity.sockets;
    let metrics = crate::measurements::install()?;
    let lanes = Lanes::choose(&config.models)?;
    let (coach, keys) = open_with(&config, &lanes).await?;
    // Before recovery, so that recovered calls count.
    let measuring = tokio::spawn(crate::measurements::of_calls(coach.calls()));
    let recovered = coach.recover(true).await?;
    if recovered > 0 {
        tracing::info!(recovered, "closed turns whose host has stopped");
    }
    let host = Host::new(coach, keys, &config, metrics);
    let listener = tokio::net::TcpListener::bind(config.bind)
        .await
        .with_context(|| format!("BIND: cannot listen on {}; choose another port", config.bind))?;
    // Installed before the greeting, whose reader may send a signal at once.
    let mut signals = [signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?];
    greet(&host)?;
    let background = tokio::spawn(background_tasks(host.clone()));
    let naming = tokio::spawn(async move { lanes.log().await });
    let accepting = tokio_util::sync::CancellationToken::new();
    let limits = ServerLimits { connections: capacity.connections, keep_alive: config.keep_alive };
    let serving = tokio::spawn(serve(listener, app(host.clone()), limits, accepting.clone()));
    asked_to_stop(&mut signals).await;
    tracing::info!("stopping: waiting for running answers to finish");
    host.draining.store(true, std::sync::atomic::Ordering::Relaxed);
    let orderly = async {
        host.coach.drain(config.drain).await;
        if tokio::time::timeout(GOODBYE, goodbye(&host)).await.is_err() {
            tracing::warn!("some sockets did not close in time");
        }
        accepting.cancel();
        serving.await?
    };
    let ended = tokio::select! {
        ended = orderly => ended,
        () = asked_to_stop(&mut signals) => {
            tracing::info!("stopping at once: the text so far is saved");
            end_at_once(&host).await;
            Ok(())
        }
    };
    background.abort();
    measuring.abort();
    naming.abort();
    Ok(ended?)
}

async fn asked_to_stop([terminate, interrupt]: &mut [Signal; 2]) {
    tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
}

async fn end_at_once(host: &Host) {
    host.coach.cut();
    host.coach.drain(STORE).await;
    // Sockets that do not close in time are dropped.
    let _ = tokio::time::timeout(AT_ONCE, goodbye(host)).await;
}

/// Asks every client to reconnect, and waits until all sockets are closed.
async fn goodbye(host: &Host) {
    host.stop.cancel();
    host.tasks.close();
    host.tasks.wait().await;
}

async fn background_tasks(host: App) {
    let mut every = tokio::time::interval(UPKEEP);
    let logins = tokio::spawn({
        let host = host.clone();
        async move { host.watch_logins().await }
    });
    while !host.stop.is_cancelled() {
        every.tick().await;
        host.limits.forget();
        // Without it, the samples of histograms would wait in memory for the next scrape.
        host.metrics.run_upkeep();
    }
    logins.abort();
}

/// Prints the host's address and a one-time sign-in link.
#[expect(clippy::print_stdout, reason = "the sign-in link is only for the person at the console")]
fn greet(host: &Host) -> anyhow::Result<()> {
    let token = admin_link::token(&host.keys, host.coach.now())?;
    println!("Conversation Coach: {}", host.public_url);
    println!("Sign in (once, within 15 minutes): {}/login#token={token}", host.public_url);
    if host.demo {
        println!("No provider key is set: the built-in demo model answers. See .env.example.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    /// The core tests, also to the millisecond, how long the host may wait for the store beside this.
    #[tokio::test(start_paused = true)]
    async fn a_second_signal_leaves_silent_clients_half_a_second() {
        let config = Config::read(|_| None).unwrap();
        let model = std::sync::Arc::new(coach_llm::DemoModel::new(Duration::ZERO));
        let coach =
            Coach::builder(coach_core::memory::MemoryStore::new()).models(model).build().unwrap();
        let metrics = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        let keys = Keys::new(crate::keys::Secret::new("k".repeat(32)), None);
        let host = Host::new(coach, keys, &config, metrics.handle());
        host.tasks.spawn(std::future::pending::<()>());
        let began = Instant::now();
        end_at_once(&host).await;
        assert_eq!(began.elapsed(), AT_ONCE);
        assert!(host.stop.is_cancelled());
    }
}
