//! From a configuration to a running host, and its orderly end.

use std::time::Duration;

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
    serve::{Limits, serve},
};

/// How often turns are looked for whose owner is gone.
const RECOVER: Duration = Duration::from_secs(5);

/// How long sockets may take to end when the host stops.
const GOODBYE: Duration = Duration::from_secs(3);

/// How long storing what was said, and then goodbyes, may take when the host is told twice to stop: two
/// seconds are left to it in all.
const STORE: Duration = Duration::from_secs(1);
const AT_ONCE: Duration = Duration::from_millis(500);

const WRITABLE: &str = "name a file in a folder that this user may write";

/// What an operator can do about a database that cannot be opened.
fn remedy(error: &ConnectError) -> Option<&'static str> {
    match error {
        ConnectError::InUse { .. } => Some("stop the other host, or name another database"),
        ConnectError::Open { .. } => Some(WRITABLE),
        ConnectError::Damaged { .. } => {
            // What is in the `-wal` would be played onto the backup.
            Some(
                "move it, and the -wal and -shm beside it, away; then put a backup in its place, or a new \
                 one is made",
            )
        }
        ConnectError::Newer { .. } => Some("run the newer version, or name another database"),
        // It says itself what an address looks like.
        _ => None,
    }
}

/// A coach over the configured store and models, and the host's keys.
pub async fn open(config: &Config) -> anyhow::Result<(Coach, Keys)> {
    open_with(config, &Lanes::choose(&config.models)?).await
}

async fn open_with(config: &Config, lanes: &Lanes) -> anyhow::Result<(Coach, Keys)> {
    let current = match &config.session_key {
        Some(key) => key.clone(),
        None => beside_database(&config.database_url).map_err(|error| {
            // What is there and is no key says itself what to do about it.
            let damaged = error.kind() == std::io::ErrorKind::InvalidData;
            let key = key_path(&config.database_url);
            let missing =
                format!("DATABASE_URL: {WRITABLE}: cannot keep the key {}", key.display());
            let remedy = if damaged { "SESSION_KEY".to_owned() } else { missing };
            anyhow::Error::new(error).context(remedy)
        })?,
    };
    let keys = Keys::new(current, config.session_key_previous.clone());
    let stores = coach_store::connect(&config.database_url, coach_store::Options::default())
        .await
        .map_err(|error| match remedy(&error) {
            None if matches!(error, ConnectError::Address(_)) => {
                WrongSetting { name: "DATABASE_URL", problem: error.to_string() }.into()
            }
            Some(remedy) => anyhow::Error::new(error).context(format!("DATABASE_URL: {remedy}")),
            None => anyhow::Error::new(error).context("DATABASE_URL"),
        })?;
    let mut builder = Coach::builder()
        .shared_stores(stores)
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
    Ok((builder.build(), keys))
}

/// Runs the host until it is asked to stop.
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
    let lanes = Lanes::choose(&config.models)?;
    let (coach, keys) = open_with(&config, &lanes).await?;
    let recovered = coach.recover(true).await?;
    if recovered > 0 {
        tracing::info!(recovered, "turns that an earlier run left open are closed");
    }
    let metrics = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder()?;
    let host = Host::new(coach, keys, &config, metrics);
    let listener = tokio::net::TcpListener::bind(config.bind)
        .await
        .with_context(|| format!("BIND: cannot listen on {}; name another port", config.bind))?;
    // Whoever reads the greeting may ask it to stop.
    let mut signals = [signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?];
    greet(&host)?;
    let background = tokio::spawn(background_tasks(host.clone()));
    let naming = tokio::spawn(async move { lanes.log().await });
    let accepting = tokio_util::sync::CancellationToken::new();
    let limits = Limits { connections: capacity.connections, keep_alive: config.keep_alive };
    let serving = tokio::spawn(serve(listener, app(host.clone()), limits, accepting.clone()));
    asked_to_stop(&mut signals).await;
    tracing::info!("stopping: running answers may finish");
    host.draining.store(true, std::sync::atomic::Ordering::Relaxed);
    let orderly = async {
        host.coach.drain(config.drain).await;
        if tokio::time::timeout(GOODBYE, goodbye(&host)).await.is_err() {
            tracing::warn!("some sockets did not say goodbye");
        }
        accepting.cancel();
        serving.await?
    };
    let ended = tokio::select! {
        ended = orderly => ended,
        () = asked_to_stop(&mut signals) => {
            tracing::info!("stopping at once: what was said is kept");
            end_at_once(&host).await;
            Ok(())
        }
    };
    background.abort();
    naming.abort();
    Ok(ended?)
}

async fn asked_to_stop([terminate, interrupt]: &mut [Signal; 2]) {
    tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
}

async fn end_at_once(host: &Host) {
    host.coach.cut();
    host.coach.drain(STORE).await;
    // Whoever does not answer a goodbye now goes without.
    let _ = tokio::time::timeout(AT_ONCE, goodbye(host)).await;
}

/// Every socket is told to come back, and ends.
async fn goodbye(host: &Host) {
    host.stop.cancel();
    host.tasks.close();
    host.tasks.wait().await;
}

async fn background_tasks(host: App) {
    let mut every = tokio::time::interval(RECOVER);
    let logins = tokio::spawn({
        let host = host.clone();
        async move { host.watch_logins().await }
    });
    while !host.stop.is_cancelled() {
        every.tick().await;
        host.limits.forget();
        if let Err(error) = host.coach.recover(false).await {
            tracing::warn!(%error, "looking for turns whose owner is gone");
        }
    }
    logins.abort();
}

/// What stands on the console: where to go, and how to sign in.
#[expect(clippy::print_stdout, reason = "the sign-in link is for the person at the console alone")]
fn greet(host: &Host) -> anyhow::Result<()> {
    let token = admin_link::token(&host.keys, host.coach.now())?;
    println!("Conversation Coach: {}", host.public_url);
    println!("Sign in (once, within 15 minutes): {}/login#token={token}", host.public_url);
    if host.demo {
        println!("No provider's key is set: the demo model answers. See .env.example.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    /// What it may wait for the store beside this is the core's to test, to the millisecond, too.
    #[tokio::test(start_paused = true)]
    async fn told_twice_it_waits_half_a_second_for_those_who_say_no_goodbye() {
        let config = Config::read(|_| None).unwrap();
        let coach = Coach::builder().stores(coach_core::memory::MemoryStore::new()).build();
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
