//! Whether the store accepts writes: the answer of `/readyz`.

use std::time::Duration;

use coach_core::{Coach, ports::Deadline};
use tokio::{sync::Mutex, time::Instant};

/// How long an answer is cached: however often `/readyz` is called, the store is asked once in that time.
const FRESH: Duration = Duration::from_secs(1);

/// How long the test write may wait for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// The store's last answer, and when it came.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, bool)>>);

impl Readiness {
    /// Returns whether the store accepts writes now, by making one.
    pub(crate) async fn check(&self, coach: &Coach) -> bool {
        let mut last = self.0.lock().await;
        if let Some((_, ready)) = last.filter(|(at, _)| at.elapsed() < FRESH) {
            return ready;
        }
        let checked = Deadline::within(PATIENCE).scope(coach.check_store()).await;
        let was_ready = last.is_none_or(|(_, ready)| ready);
        match &checked {
            Err(error) if was_ready => tracing::error!(
                error = error as &dyn std::error::Error,
                "not ready: the store accepts no writes"
            ),
            Ok(()) if !was_ready => tracing::info!("ready: the store accepts writes again"),
            Ok(()) | Err(_) => {}
        }
        *last = Some((Instant::now(), checked.is_ok()));
        checked.is_ok()
    }
}
