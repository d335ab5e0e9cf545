//! What the metrics say of heartbeats, which run without a transaction around them.

use coach_core::ports::StoreError;
use futures::FutureExt as _;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::{Options, postgres::Postgres, testing::Database};

const RUNNING: &str = r#"coach_store_calls{state="running"} "#;
const COMMITS: &str = "coach_store_commit_seconds_count ";

/// Returns the value of a series, 0 if there is none.
fn value(metrics: &PrometheusHandle, series: &str) -> f64 {
    let text = metrics.render();
    let value = text.lines().find_map(|line| line.strip_prefix(series));
    value.map_or(0.0, |value| value.parse().unwrap())
}

#[tokio::test]
async fn a_heartbeat_counts_like_any_other_write() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let metrics = recorder.handle();
    let _local = metrics::set_default_local_recorder(&recorder);
    let database = Database::migrated().await;
    let postgres = Postgres::open(&database.url(), Options::default()).await.unwrap();
    let during = postgres.write_at_once(metrics.clone(), |_, metrics| {
        async move { Ok(value(metrics, RUNNING)) }.boxed()
    });
    assert_eq!(during.await.unwrap(), 1.0);
    assert_eq!((value(&metrics, RUNNING), value(&metrics, COMMITS)), (0.0, 1.0));

    let panics = postgres.write_at_once((), |_, ()| async { panic!("as the test says") }.boxed());
    let error: StoreError = Result::<(), _>::unwrap_err(panics.await);
    assert_eq!(error.0.to_string(), "a write panicked");
    assert_eq!((value(&metrics, RUNNING), value(&metrics, COMMITS)), (0.0, 1.0));
}
