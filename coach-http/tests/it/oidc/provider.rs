//! A sign-in provider for tests: conforms to the standard unless a test changes its behavior.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, SystemTime},
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use coach_http::ServerLimits;
use openidconnect::{
    JsonWebKeySet,
    url::{Url, form_urlencoded},
};
use poem::{Endpoint, Request, Response, http::StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::token::{Signature, elliptic_public, public, token};

pub(crate) const CLIENT: &str = "conversation-coach";
pub(crate) const SECRET: &str = "canary-client-secret";

/// The answer of the token endpoint to a code.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Tokens {
    #[default]
    Right,
    /// A redirect to another host.
    Redirect,
    /// An HTML page.
    Html,
    /// The right tokens, labeled as plain text.
    AsText,
    /// The right tokens, with the status 201.
    Created,
    /// Invalid JSON labeled as JSON.
    Garbage,
    /// An answer that is too large.
    Endless,
    /// A server error.
    Broken,
    /// No answer.
    Silent,
    /// An access token that a header cannot carry.
    OddAccessToken,
    /// An answer without an ID token.
    WithoutIdToken,
}

/// How the provider behaves.
#[derive(Debug, Default)]
pub(super) struct Behavior {
    /// Claims that replace or extend the right ones; `null` omits one.
    pub(super) claims: HashMap<&'static str, Value>,
    /// Fields of the token answer that replace or extend the right ones.
    pub(super) answer: HashMap<&'static str, Value>,
    /// Fields of the discovery document that replace or extend the right ones.
    pub(super) document: HashMap<&'static str, Value>,
    /// What the userinfo endpoint returns in addition to the subject.
    pub(super) info: Value,
    pub(super) signature: Signature,
    pub(super) tokens: Tokens,
    /// The signing algorithms that the discovery document names.
    pub(super) algorithms: Vec<&'static str>,
    /// The key ID in tokens.
    pub(super) kid: &'static str,
    /// The key IDs that the key endpoint publishes.
    pub(super) shown_kids: Vec<&'static str>,
    /// The issuer that the token endpoint redirects to.
    pub(super) elsewhere: String,
    /// Whether discovery names another issuer.
    pub(super) other_issuer: bool,
    /// Whether no endpoint answers.
    pub(super) silent: bool,
    /// Whether discovery promises `iss` in callbacks.
    pub(super) promises_iss: bool,
}

#[derive(Debug, Default)]
struct Counts {
    keys: usize,
    tokens: usize,
}

#[derive(Debug)]
struct Code {
    nonce: String,
    challenge: String,
    redirect: String,
}

#[derive(Debug)]
struct Inner {
    issuer: String,
    behavior: Mutex<Behavior>,
    codes: Mutex<HashMap<String, Code>>,
    counts: Mutex<Counts>,
}

/// A running provider.
#[derive(Clone, Debug)]
pub(crate) struct Provider {
    inner: Arc<Inner>,
    _stop: Arc<Stop>,
}

#[derive(Debug)]
struct Stop(CancellationToken);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

struct Answers(Arc<Inner>);

impl Endpoint for Answers {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        Ok(self.0.answer(request).await)
    }
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let behavior = Behavior {
            kid: "one",
            shown_kids: vec!["one"],
            // The document offers all of these; the host must not accept them all.
            algorithms: vec!["RS256", "HS256", "none"],
            ..Behavior::default()
        };
        let inner = Arc::new(Inner {
            issuer: format!("http://{}", listener.local_addr().unwrap()),
            behavior: Mutex::new(behavior),
            codes: Mutex::default(),
            counts: Mutex::default(),
        });
        let stop = CancellationToken::new();
        let limits = ServerLimits { connections: 100, keep_alive: Duration::from_secs(75) };
        tokio::spawn(coach_http::serve(listener, Answers(inner.clone()), limits, stop.clone()));
        Self { inner, _stop: Arc::new(Stop(stop)) }
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.inner.issuer
    }

    /// Gives access to the behavior, for changes.
    pub(super) fn behavior(&self) -> MutexGuard<'_, Behavior> {
        self.inner.behavior.lock().unwrap()
    }

    /// Returns how often its keys were fetched.
    pub(super) fn keys_asked(&self) -> usize {
        self.inner.counts.lock().unwrap().keys
    }

    /// Returns how often the token endpoint received a code.
    pub(super) fn codes_brought(&self) -> usize {
        self.inner.counts.lock().unwrap().tokens
    }

    /// Consents as the user on the provider's page; returns a code and the state.
    pub(crate) fn consent(&self, asked: &str) -> (String, String) {
        let url = Url::parse(asked).unwrap();
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(url.origin().ascii_serialization(), self.issuer());
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT);
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["scope"], "openid email profile");
        let mut codes = self.inner.codes.lock().unwrap();
        let code = format!("canary-code-{}", codes.len());
        codes.insert(
            code.clone(),
            Code {
                nonce: asked["nonce"].clone(),
                challenge: asked["code_challenge"].clone(),
                redirect: asked["redirect_uri"].clone(),
            },
        );
        (code, asked["state"].clone())
    }
}

impl Inner {
    async fn answer(&self, mut request: Request) -> Response {
        if self.behavior.lock().unwrap().silent {
            std::future::pending::<()>().await;
        }
        match request.uri().path() {
            "/.well-known/openid-configuration" => json_answer(&self.discovery()),
            "/keys" => {
                self.counts.lock().unwrap().keys += 1;
                let shown = self.behavior.lock().unwrap().shown_kids.clone();
                let keys = shown.into_iter().flat_map(|kid| [public(kid), elliptic_public(kid)]);
                let keys = JsonWebKeySet::new(keys.collect());
                json_answer(&serde_json::to_value(keys).unwrap())
            }
            "/token" => {
                self.counts.lock().unwrap().tokens += 1;
                let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
                assert_eq!(request.header("authorization"), Some(basic.as_str()));
                let body = request.take_body().into_bytes().await.unwrap();
                let form = form_urlencoded::parse(&body).into_owned().collect();
                self.tokens(&form).await
            }
            "/userinfo" => {
                assert_eq!(request.header("authorization"), Some("Bearer canary-access-token"));
                let mut info = self.behavior.lock().unwrap().info.clone();
                if info.is_null() {
                    return refusal("invalid_token");
                }
                if info["sub"].is_null() {
                    info["sub"] = json!("alice");
                }
                json_answer(&info)
            }
            _ => Response::builder().status(StatusCode::NOT_FOUND).finish(),
        }
    }

    fn discovery(&self) -> Value {
        let behavior = self.behavior.lock().unwrap();
        let issuer = &self.issuer;
        let mut document = json!({
            "issuer": if behavior.other_issuer { "https://evil.example" } else { issuer },
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "userinfo_endpoint": format!("{issuer}/userinfo"),
            "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": behavior.algorithms,
            "authorization_response_iss_parameter_supported": behavior.promises_iss,
        });
        replace(&mut document, &behavior.document);
        document
    }

    async fn tokens(&self, form: &HashMap<String, String>) -> Response {
        // A code works once, with the verifier and the redirect URL that belong to it.
        let code = self.codes.lock().unwrap().remove(&form["code"]);
        let Some(code) = code else { return refusal("invalid_grant") };
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"]));
        if challenge != code.challenge || form["redirect_uri"] != code.redirect {
            return refusal("invalid_grant");
        }
        let (tokens, elsewhere, id_token, odd) = {
            let behavior = self.behavior.lock().unwrap();
            let claims = self.claims(&code, &behavior);
            let token = token(&claims, behavior.kid, SECRET, behavior.signature);
            (behavior.tokens, behavior.elsewhere.clone(), token, behavior.answer.clone())
        };
        let answer = |access: &str| {
            let mut answer = json!({
                "access_token": access, "token_type": "Bearer", "expires_in": 60,
                "refresh_token": "canary-refresh-token", "id_token": id_token,
            });
            replace(&mut answer, &odd);
            answer
        };
        let page = |kind: &str, text: String| Response::builder().content_type(kind).body(text);
        match tokens {
            Tokens::Right => json_answer(&answer("canary-access-token")),
            Tokens::AsText => page("text/plain", answer("canary-access-token").to_string()),
            Tokens::Created => Response::builder()
                .status(StatusCode::CREATED)
                .content_type("application/json")
                .body(answer("canary-access-token").to_string()),
            Tokens::OddAccessToken => json_answer(&answer("line\nend")),
            Tokens::WithoutIdToken => json_answer(
                &json!({ "access_token": "canary-access-token", "token_type": "Bearer" }),
            ),
            Tokens::Redirect => Response::builder()
                .status(StatusCode::TEMPORARY_REDIRECT)
                .header("location", format!("{elsewhere}/token"))
                .finish(),
            Tokens::Html => page("text/html", "<h1>canary-code</h1>".to_owned()),
            Tokens::Garbage => page("application/json", "{\"access_token\": canary".to_owned()),
            Tokens::Endless => page("application/json", " ".repeat(2 * 1024 * 1024)),
            Tokens::Broken => {
                Response::builder().status(StatusCode::BAD_GATEWAY).body("canary-access-token")
            }
            Tokens::Silent => std::future::pending().await,
        }
    }

    fn claims(&self, code: &Code, behavior: &Behavior) -> Value {
        let now = now();
        let mut claims = json!({
            "iss": self.issuer, "aud": CLIENT, "sub": "alice", "nonce": code.nonce,
            "iat": now, "exp": now + 300,
            "name": "Alice Liddell", "email": "alice@example.org", "email_verified": true,
        });
        replace(&mut claims, &behavior.claims);
        claims
    }
}

/// Replaces or adds values; `null` omits one.
fn replace(object: &mut Value, by: &HashMap<&'static str, Value>) {
    for (name, value) in by {
        object[name] = value.clone();
    }
    object.as_object_mut().unwrap().retain(|_, value| !value.is_null());
}

/// The seconds since 1970 on the provider's clock.
#[expect(clippy::disallowed_methods, reason = "the provider's clock is not the host's")]
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or(Duration::ZERO).as_secs()
}

fn json_answer(value: &Value) -> Response {
    Response::builder().content_type("application/json").body(value.to_string())
}

fn refusal(error: &str) -> Response {
    let body = json!({ "error": error, "error_description": "canary-description" });
    Response::builder()
        .status(StatusCode::BAD_REQUEST)
        .content_type("application/json")
        .body(body.to_string())
}
