//! A browser that a test drives: keeps cookies like a browser, and sends nothing on its own.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use reqwest::{Client, Method, RequestBuilder, Response, header};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{self, client::IntoClientRequest as _};

use crate::{contract, socket::Socket};

/// A person with a browser.
#[derive(Clone)]
pub(crate) struct Person {
    client: Client,
    url: String,
    jar: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Person {
    /// A person with an empty cookie jar.
    pub(crate) fn at(url: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let redirects = reqwest::redirect::Policy::none();
        let client = Client::builder().no_proxy().redirect(redirects);
        // No test speaks TLS; parsing the system's certificates takes most of a client's time.
        let client = client.tls_certs_only([]).build().unwrap();
        Self { client, url: url.to_owned(), jar: Arc::default() }
    }

    /// Returns the `Cookie` header that the browser sends, if it has cookies.
    pub(crate) fn cookies(&self) -> Option<String> {
        let jar = self.jar.lock().unwrap();
        let pairs: Vec<String> =
            jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Puts a cookie into the jar, or removes it.
    pub(crate) fn set_cookie(&self, name: &str, value: Option<&str>) {
        let mut jar = self.jar.lock().unwrap();
        match value {
            Some(value) => jar.insert(name.to_owned(), value.to_owned()),
            None => jar.remove(name),
        };
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.jar.lock().unwrap().get(name).cloned()
    }

    /// Another person with an empty cookie jar. Shares only the connection pool, which the host cannot observe.
    pub(crate) fn stranger(&self) -> Self {
        Self { jar: Arc::default(), ..self.clone() }
    }

    /// Another browser with the same cookies.
    pub(crate) fn copy(&self) -> Self {
        let jar = self.jar.lock().unwrap().clone();
        Self { jar: Arc::new(Mutex::new(jar)), ..self.clone() }
    }

    /// Takes over another browser's cookies.
    pub(crate) fn takes_cookies_of(&self, other: &Self) {
        let jar = other.jar.lock().unwrap().clone();
        *self.jar.lock().unwrap() = jar;
    }

    fn keep_cookies(&self, answer: &Response) {
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (pair, attributes) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let over = attributes.split(';').any(|attribute| attribute.trim() == "Max-Age=0");
            self.set_cookie(name, (!over).then_some(value));
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
        let mut request = self.request(method, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.send(request).await
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// Sends a request with the jar's cookies and stores those that the answer sets. The answer must be in the
    /// document.
    pub(crate) async fn send(&self, mut request: RequestBuilder) -> Response {
        if let Some(cookies) = self.cookies() {
            request = request.header(header::COOKIE, cookies);
        }
        let request = request.build().unwrap();
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let answer = self.client.execute(request).await.unwrap();
        self.keep_cookies(&answer);
        contract::checked(&method, &path, answer).await
    }

    /// Claims an invitation with the consent text that its link shows.
    pub(crate) async fn claim(&self, token: &str) -> Response {
        let landing: Value = self.get(&format!("/api/invite/{token}")).await.json().await.unwrap();
        let body = json!({ "consentVersion": landing["consent"]["version"] });
        self.post(&format!("/api/invite/{token}/claim"), body).await
    }

    /// Creates an invitation; returns it and its link's token.
    pub(crate) async fn invite(&self, quota: u64) -> (Value, String) {
        let body = json!({ "label": "P", "tokenQuota": quota });
        let answer = self.post("/api/invitations", body).await;
        assert_eq!(answer.status(), 201);
        let invitation = answer.json::<Value>().await.unwrap()["items"][0].clone();
        let token = invitation["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        (invitation, token)
    }

    /// Writes a note on an invitation; returns it.
    pub(crate) async fn notes(&self, invitation: &str, note: Value) -> Value {
        let answer = self.post(&format!("/api/invitations/{invitation}/notes"), note).await;
        assert_eq!(answer.status(), 201);
        answer.json().await.unwrap()
    }

    /// Starts a conversation; returns its id.
    pub(crate) async fn start(&self) -> String {
        let answer = self.post("/api/conversations", json!({ "scenario": "raise" })).await;
        assert_eq!(answer.status(), 201);
        answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// The finished messages of a conversation.
    pub(crate) async fn record(&self, id: &str) -> Vec<Value> {
        let answer = self.get(&format!("/api/conversations/{id}/messages?limit=200")).await;
        let page: Value = answer.json().await.unwrap();
        page["items"].as_array().unwrap().clone()
    }

    /// The ids of the person's conversations, newest first.
    pub(crate) async fn conversations(&self) -> Vec<String> {
        let page: Value = self.get("/api/conversations").await.json().await.unwrap();
        let items = page["items"].as_array().unwrap().iter();
        items.map(|talk| talk["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Opens a socket, or returns the status of the refusal.
    pub(crate) async fn socket(&self, path: &str, origin: Option<&str>) -> Result<Socket, u16> {
        let url = self.url.replacen("http", "ws", 1);
        let mut request = format!("{url}{path}").into_client_request().unwrap();
        for (name, value) in [("cookie", self.cookies().as_deref()), ("origin", origin)] {
            if let Some(value) = value {
                request.headers_mut().insert(name, value.parse().unwrap());
            }
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(tungstenite::Error::Http(answer)) => {
                let status = answer.status().as_u16();
                contract::check_status("GET", path.split('?').next().unwrap(), status);
                Err(status)
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// Opens a socket and reads its first frames.
    pub(crate) async fn talk(&self, id: &str) -> Socket {
        let mut socket = self.socket(&format!("/ws/conversation/{id}"), None).await.unwrap();
        socket.until(|frame| frame["type"] == "quota").await;
        socket
    }
}
