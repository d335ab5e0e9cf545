//! `Host`: the state that all requests share.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use coach_core::Coach;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    auth::{Logins, oidc::Oidc},
    config::Config,
    edge::limits::RateLimits,
    keys::Keys,
    network::Networks,
    public_url::PublicUrl,
    readiness::Readiness,
    ws::ConnectionLimits,
};

/// The host, shared by all requests.
pub type App = Arc<Host>;

/// The state that all requests share.
#[derive(Debug)]
pub struct Host {
    /// The core.
    pub coach: Coach,
    /// The keys that seal cookies and links.
    pub keys: Keys,
    /// How browsers reach this host.
    pub public_url: PublicUrl,
    /// The proxies whose `X-Forwarded-For` is trusted.
    pub proxies: Networks,
    /// The operator's consent text for invitations without their own; the built-in one if absent.
    pub consent: Option<String>,
    /// Whether only the demo model answers.
    pub demo: bool,
    /// The token that reads `/metrics` from any address.
    pub metrics_token: Option<crate::keys::Secret>,
    /// Canceled when the host shuts down; ends every socket.
    pub stop: CancellationToken,
    /// Whether the host is shutting down and turns new visitors away.
    pub draining: AtomicBool,
    /// Tracks sockets until they have ended.
    pub tasks: TaskTracker,
    pub(crate) connections: ConnectionLimits,
    pub(crate) logins: Logins,
    pub(crate) limits: RateLimits,
    pub(crate) readiness: Readiness,
    pub(crate) metrics: PrometheusHandle,
    /// The sign-in provider, if there is one.
    pub(crate) oidc: Option<Oidc>,
}

impl Host {
    /// Creates a host over a core.
    pub fn new(coach: Coach, keys: Keys, config: &Config, metrics: PrometheusHandle) -> App {
        let demo = coach_core::model::Lane::ALL
            .into_iter()
            .filter_map(|lane| coach.model_name(lane))
            .all(|name| name.starts_with("demo:"));
        Arc::new(Self {
            coach,
            keys,
            public_url: config.public_url.clone(),
            proxies: config.trusted_proxies.clone(),
            consent: config.consent.clone(),
            demo,
            metrics_token: config.metrics_token.clone(),
            stop: CancellationToken::new(),
            draining: AtomicBool::new(false),
            tasks: TaskTracker::new(),
            connections: ConnectionLimits::new(config.max_sockets, config.sockets_per_person),
            logins: Logins::default(),
            limits: RateLimits::new(),
            readiness: Readiness::default(),
            metrics,
            oidc: config.oidc.as_ref().map(|oidc| Oidc::new(oidc, &config.public_url)),
        })
    }

    /// Notes a refused sign-in in the audit log. A failure to write it never changes the answer.
    pub(crate) async fn note_refusal(&self, from: IpAddr) {
        if !self.limits.writes_refusal() {
            metrics::counter!("coach_unwritten_sign_in_refusals_total").increment(1);
            return;
        }
        if let Err(error) = self.coach.logins().refused(Some(from)).await {
            tracing::error!(%error, "a refused sign-in is not in the audit log");
        }
    }

    /// Checks the logins of open sockets until the host stops.
    pub async fn watch_logins(&self) {
        self.logins.check_regularly(&self.coach, &self.stop).await;
    }

    /// Returns whether the host is shutting down; `/readyz` then answers 503.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}
