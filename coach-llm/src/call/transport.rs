//! `Transport`: sends requests to one provider's endpoint.
//!
//! Keeps its address, headers and connections. Never follows a redirect (the key would go with it to another
//! server), never uses a proxy for this machine, and never retries.

use std::{
    fmt,
    sync::{
        Mutex, MutexGuard, Once, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use coach_core::ports::{CallLimits, ModelErrorKind, Phase};
use reqwest::{
    Client, Response, Url,
    header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName},
};
use secrecy::SecretString;
use serde_json::{Map, Value};
use tokio::time::{Instant, timeout_at};

use super::{
    address, body, classify,
    clocks::Clocks,
    fault::{CallFault, RetryAdvice},
};
use crate::{
    provider::Provider,
    providers::{Endpoint, EndpointPart, SetupError},
    wire::{
        dialect::{Dialect, RequestTarget},
        headers::secret_header,
        request_body::RequestBody,
        scrub,
    },
};

/// The largest page of a model list, in bytes.
const LONGEST_PAGE: usize = 8 * 1024 * 1024;

/// A client of one provider's endpoint.
pub(crate) struct Transport {
    pub(crate) provider: Provider,
    base: Url,
    headers: HeaderMap,
    extra_body: Map<String, Value>,
    secrets: Vec<SecretString>,
    /// One client for each connect limit in use; in practice one.
    clients: Mutex<Vec<(Duration, Client)>>,
    /// Whether this server closes connections that it announced to keep, as llama.cpp does. Its calls then use a new
    /// connection each, because one that is being closed costs an attempt.
    hangs_up: AtomicBool,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("provider", &self.provider).finish_non_exhaustive()
    }
}

impl Transport {
    /// Creates a client of `endpoint`; `version` is added to a path without one.
    pub(crate) fn new(
        provider: Provider,
        endpoint: &Endpoint,
        own: &str,
        version: &str,
        wire: &dyn Dialect,
    ) -> Result<Self, SetupError> {
        let wrong = |part| move |what| SetupError::Endpoint { provider, part, what };
        let mut headers = wire.headers(endpoint)?;
        for (name, value) in &endpoint.extra_headers {
            let name = HeaderName::try_from(name.as_str())
                .map_err(|_| "an extra header has an invalid name")
                .map_err(wrong(EndpointPart::Header))?;
            headers.insert(name, secret_header(value).map_err(wrong(EndpointPart::Header))?);
        }
        let secrets = endpoint.key.iter().chain(endpoint.extra_headers.iter().map(|(_, v)| v));
        Ok(Self {
            provider,
            base: address::base(endpoint.base_url.as_deref().unwrap_or(own), version)
                .map_err(wrong(EndpointPart::BaseUrl))?,
            headers,
            extra_body: endpoint.extra_body.clone(),
            secrets: secrets.cloned().collect(),
            clients: Mutex::default(),
            hangs_up: AtomicBool::new(false),
        })
    }

    /// Sends `body` and waits for an event stream to start.
    pub(crate) async fn send(
        &self,
        target: &RequestTarget,
        mut body: RequestBody,
        limits: &CallLimits,
        clocks: Clocks,
    ) -> Result<Response, CallFault> {
        body.set(&self.extra_body);
        let request = self
            .client(limits.connect)?
            .post(self.url(target))
            .headers(self.headers.clone())
            .header(ACCEPT, "text/event-stream")
            .header(CONTENT_TYPE, "application/json")
            .body(body.into_json());
        let response = self.start(request, clocks).await?;
        let header = |name| response.headers().get(name).and_then(|v| v.to_str().ok());
        let packed = header(CONTENT_ENCODING).is_some_and(|how| how != "identity");
        let media = header(CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase();
        // A 200 without a content type is read as a stream.
        let untyped = media.is_empty() && response.status() == 200;
        let is_stream = untyped || media.starts_with("text/event-stream");
        if response.status().is_success() && !packed && is_stream {
            return Ok(response);
        }
        Err(self.error_of(response).await)
    }

    /// Fetches JSON, such as a list of models.
    pub(crate) async fn fetch(
        &self,
        target: &RequestTarget,
        limits: &CallLimits,
    ) -> Result<Value, CallFault> {
        let clocks = Clocks::start(limits, None);
        let request =
            self.client(limits.connect)?.get(self.url(target)).headers(self.headers.clone());
        let response = self.start(request, clocks).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let (raw, whole) = body::read(response, LONGEST_PAGE, Instant::now() + limits.answer).await;
        match serde_json::from_slice(&raw) {
            _ if !status.is_success() => {
                let fault = classify::refusal(self.provider, status.as_u16(), &headers, &raw);
                Err(self.scrubbed(fault))
            }
            Ok(listed) if whole => Ok(listed),
            _ => Err(self.fault(ModelErrorKind::Malformed, "the list of models is not valid JSON")),
        }
    }

    /// Creates a fault of this provider with a scrubbed message.
    pub(crate) fn fault(&self, kind: ModelErrorKind, message: impl Into<String>) -> CallFault {
        self.scrubbed(CallFault::new(self.provider, kind, message))
    }

    /// Removes keys and URLs from the message of `fault`.
    pub(crate) fn scrubbed(&self, mut fault: CallFault) -> CallFault {
        fault.error.message = scrub::message(&fault.error.message, &self.secrets);
        fault
    }

    async fn start(
        &self,
        request: reqwest::RequestBuilder,
        clocks: Clocks,
    ) -> Result<Response, CallFault> {
        let request = request.header(ACCEPT_ENCODING, "identity");
        match timeout_at(clocks.next().0, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => {
                if self.base.scheme() == "http" && !error.is_connect() {
                    self.hangs_up.store(true, Ordering::Relaxed);
                    lock(&self.clients).clear();
                }
                let kind = if error.is_connect() && error.is_timeout() {
                    ModelErrorKind::Timeout(Phase::Connect)
                } else {
                    ModelErrorKind::Network
                };
                Err(self.fault(kind, body::causes(error)))
            }
            Err(_) => {
                let kind = ModelErrorKind::Timeout(clocks.next().1);
                Err(self.fault(kind, "no response started in time"))
            }
        }
    }

    /// Classifies a response that is not an event stream.
    async fn error_of(&self, response: Response) -> CallFault {
        let (status, headers) = (response.status(), response.headers().clone());
        let raw = body::beginning(response).await;
        let mut fault = classify::refusal(self.provider, status.as_u16(), &headers, &raw);
        let is_error = || {
            let body = serde_json::from_slice::<Value>(&raw).unwrap_or_default();
            classify::in_stream(self.provider, &body, false).is_some()
        };
        if status.is_success() && !is_error() {
            fault.error.kind = ModelErrorKind::Malformed;
            fault.error.message = "the response is not an event stream".to_owned();
            fault.again = RetryAdvice::Once;
        }
        self.scrubbed(fault)
    }

    fn url(&self, target: &RequestTarget) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(&target.segments);
        }
        if !target.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&target.query);
        }
        url
    }

    fn client(&self, connect: Duration) -> Result<Client, CallFault> {
        let mut clients = lock(&self.clients);
        if let Some((_, client)) = clients.iter().find(|(limit, _)| *limit == connect) {
            return Ok(client.clone());
        }
        let reuse = !self.hangs_up.load(Ordering::Relaxed);
        let client = client(&self.base, connect, reuse)
            .map_err(|error| self.fault(ModelErrorKind::Network, body::causes(error)))?;
        // A host whose limits keep changing must not accumulate clients.
        clients.truncate(3);
        clients.insert(0, (connect, client.clone()));
        Ok(client)
    }
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

fn client(base: &Url, connect: Duration, reuse: bool) -> reqwest::Result<Client> {
    static TLS: Once = Once::new();
    // A provider that the host installed earlier stays.
    TLS.call_once(|| {
        let _taken = rustls::crypto::ring::default_provider().install_default();
    });
    let mut builder = Client::builder()
        .user_agent(concat!("conversation-coach/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        // Detects dead connections before the next call hangs on one.
        .http2_keep_alive_interval(Duration::from_secs(15))
        .http2_keep_alive_timeout(Duration::from_secs(10))
        .connect_timeout(connect);
    if address::is_this_machine(base) {
        builder = builder.no_proxy();
    }
    if base.scheme() == "http" {
        // Without TLS no certificates are needed, so a system without any still reaches a local server.
        builder = builder.tls_certs_only([]);
    }
    if !reuse {
        builder = builder.pool_max_idle_per_host(0);
    }
    builder.build()
}
