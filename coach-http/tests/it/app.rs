//! A host of a test's own: a port, a database, the demo model without its pauses.

use std::{path::PathBuf, sync::Arc, time::Duration};

use coach_core::{Coach, Settings, ports::Lane};
use coach_http::{App, Config, Host, admin_link, app, keys::Keys, serve};
use coach_llm::DemoModel;
use futures::{SinkExt as _, StreamExt as _};
use reqwest::{Client, Method, Response, header};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest as _},
};
use tokio_util::sync::CancellationToken;

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A running host.
pub(crate) struct TestApp {
    pub(crate) host: App,
    pub(crate) url: String,
    folder: PathBuf,
    stop: CancellationToken,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
        self.host.stop.cancel();
        // A folder that stays only takes room in the system's temporary one.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Somebody with a cookie, or without.
#[derive(Clone)]
pub(crate) struct Person {
    client: Client,
    url: String,
    pub(crate) cookie: Option<String>,
}

/// A socket's client.
pub(crate) struct Socket(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[], |_| {}).await
    }

    /// A host with settings of the test's own.
    pub(crate) async fn start_with(
        settings: &[(&str, &str)],
        adjust: impl FnOnce(&mut Config),
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let folder = std::env::temp_dir().join(format!("coach-http-{}", unique()));
        std::fs::create_dir_all(&folder).unwrap();
        let database = format!("sqlite://{}", folder.join("coach.db").display());
        let public_url = url.clone();
        let mut config = Config::read(|name| match name {
            "SESSION_KEY" => Some(Ok(KEY.to_owned())),
            "DATABASE_URL" => Some(Ok(database.clone())),
            "PUBLIC_URL" => Some(Ok(public_url.clone())),
            _ => settings.iter().find(|(key, _)| *key == name).map(|(_, text)| Ok((*text).into())),
        })
        .unwrap();
        adjust(&mut config);
        let keys = Keys::new(config.session_key.clone().unwrap(), None);
        let stores = coach_store::connect(&config.database_url, coach_store::Options::default());
        let demo = Arc::new(DemoModel::new(Duration::ZERO));
        let coach = Coach::builder()
            .shared_stores(stores.await.unwrap())
            .link_keys(keys.links())
            .settings(Settings { messages_per_minute: None, ..Settings::default() })
            .model(Lane::Partner, demo.clone())
            .model(Lane::Coach, demo)
            .admin_emails(config.admin_emails.clone())
            .build();
        let metrics =
            metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder().handle();
        let host = Host::new(coach, keys, &config, metrics);
        let stop = CancellationToken::new();
        tokio::spawn(serve(listener, app(host.clone()), 1000, stop.clone()));
        Self { host, url, folder, stop }
    }

    /// Somebody whom nobody knows.
    pub(crate) fn visitor(&self) -> Person {
        // Whoever is first installs it; for the others it is there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build().unwrap();
        Person { client, url: self.url.clone(), cookie: None }
    }

    /// The administrator, signed in by the console's link.
    pub(crate) async fn admin(&self) -> Person {
        let mut admin = self.visitor();
        let token = admin_link::token(&self.host.keys, self.host.coach.now()).unwrap();
        let answer = admin.post("/api/auth/admin-link", json!({ "token": token })).await;
        assert_eq!(answer.status(), 204);
        admin.keep_cookie(&answer, "coach=");
        admin
    }

    /// An invitation and its link's token.
    pub(crate) async fn invitation(&self, quota: u64) -> (Value, String) {
        let body = json!({ "label": "P", "tokenQuota": quota });
        let answer = self.admin().await.post("/api/invitations", body).await;
        assert_eq!(answer.status(), 201);
        let invitation = answer.json::<Value>().await.unwrap()["items"][0].clone();
        let token = invitation["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        (invitation, token)
    }

    /// A guest who has claimed an invitation.
    pub(crate) async fn guest(&self) -> Person {
        let (_, token) = self.invitation(10_000_000).await;
        let mut guest = self.visitor();
        guest.claim(&token).await;
        guest
    }
}

impl Person {
    pub(crate) async fn claim(&mut self, token: &str) -> Response {
        let landing: Value = self.get(&format!("/api/invite/{token}")).await.json().await.unwrap();
        let body = json!({ "consentVersion": landing["consent"]["version"] });
        let answer = self.post(&format!("/api/invite/{token}/claim"), body).await;
        self.keep_cookie(&answer, "coach=");
        answer
    }

    pub(crate) fn keep_cookie(&mut self, answer: &Response, name: &str) {
        let set = answer.headers().get_all(header::SET_COOKIE).iter();
        let mut pairs = set.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        if let Some(pair) = pairs.find(|pair| pair.starts_with(name)) {
            self.cookie = Some(pair.to_owned());
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.ask(Method::GET, path, None, &[]).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Response {
        self.ask(Method::POST, path, Some(body), &[]).await
    }

    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Response {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    /// Starts a conversation and answers its id.
    pub(crate) async fn start(&self) -> String {
        let answer = self.post("/api/conversations", json!({ "scenario": "raise" })).await;
        assert_eq!(answer.status(), 201);
        answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// Opens a socket, or answers the status that refuses it.
    pub(crate) async fn socket(&self, path: &str, origin: Option<&str>) -> Result<Socket, u16> {
        let url = self.url.replacen("http", "ws", 1);
        let mut request = format!("{url}{path}").into_client_request().unwrap();
        for (name, value) in [("cookie", self.cookie.as_deref()), ("origin", origin)] {
            if let Some(value) = value {
                request.headers_mut().insert(name, value.parse().unwrap());
            }
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => {
                Err(answer.status().as_u16())
            }
            Err(error) => panic!("{error}"),
        }
    }
}

impl Socket {
    pub(crate) async fn send(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// The next frame.
    pub(crate) async fn frame(&mut self) -> Value {
        loop {
            match self.0.next().await.unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// All frames up to the first that `last` says yes to.
    pub(crate) async fn until(&mut self, last: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            frames.push(self.frame().await);
            if last(&frames[frames.len() - 1]) {
                return frames;
            }
        }
    }

    /// The close code that the socket ends with.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
                Some(Ok(_)) => {}
                other => panic!("ended without a close frame: {other:?}"),
            }
        }
    }
}

pub(crate) fn is_idle(frame: &Value) -> bool {
    frame["type"] == "turn" && frame["state"] == "idle"
}

pub(crate) fn unique() -> u128 {
    let mut bytes = [0; 16];
    rand::TryRngCore::try_fill_bytes(&mut rand::rngs::OsRng, &mut bytes).unwrap();
    u128::from_ne_bytes(bytes)
}
