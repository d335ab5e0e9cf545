//! The committed document is this host's, and the host keeps to it: every answer that the tests' clients get is
//! compared with it.

use std::{collections::BTreeSet, sync::LazyLock};

use reqwest::{Method, Response, header};
use serde_json::{Value, json};

use crate::{app::TestApp, shape};

/// Returns the committed document.
pub(crate) fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
        serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
    });
    &DOCUMENT
}

/// Returns what a reference names, or the value itself.
pub(crate) fn resolve(value: &Value) -> &Value {
    match value["$ref"].as_str() {
        Some(name) => document().pointer(name.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

/// Returns every operation of the document: its method, path and description.
pub(crate) fn operations() -> Vec<(&'static str, &'static str, &'static Value)> {
    let paths = document()["paths"].as_object().unwrap().iter();
    let methods =
        paths.flat_map(|(path, all)| all.as_object().unwrap().iter().map(move |one| (path, one)));
    methods.map(|(path, (method, operation))| (method.as_str(), path.as_str(), operation)).collect()
}

/// Returns the operation that a request reaches; of two that fit, the one without a parameter.
fn operation(method: &str, path: &str) -> Option<&'static Value> {
    // A socket takes no HEAD.
    let is_read = method == "HEAD" && !path.starts_with("/ws/");
    let method = if is_read { "get".to_owned() } else { method.to_lowercase() };
    let parts: Vec<&str> = path.split('/').collect();
    let reaches = |pattern: &str| {
        let pattern: Vec<&str> = pattern.split('/').collect();
        let fits = |(want, part): (&&str, &&str)| want == part || want.starts_with('{');
        pattern.len() == parts.len() && pattern.iter().zip(&parts).all(fits)
    };
    let of_method = operations().into_iter().filter(|one| one.0 == method && reaches(one.1));
    of_method.min_by_key(|one| one.1.matches('{').count()).map(|one| one.2)
}

/// Panics if the document does not list this status for the operation that the request reached.
pub(crate) fn check_status(method: &str, path: &str, status: u16) -> Option<&'static Value> {
    let operation = operation(method, path)?;
    let listed = resolve(&operation["responses"][status.to_string()]);
    let id = &operation["operationId"];
    assert!(listed.is_object(), "{id} answers {status}, which the document does not list");
    Some(listed)
}

/// Panics if the document does not list this answer: its status, its kind of content, the shape of its body
/// and the code of its problem. Returns the answer.
pub(crate) async fn checked(method: &Method, path: &str, answer: Response) -> Response {
    let status = answer.status();
    let Some(listed) = check_status(method.as_str(), path, status.as_u16()) else { return answer };
    let (version, headers) = (answer.version(), answer.headers().clone());
    let body = answer.bytes().await.unwrap();
    let kind = headers.get(header::CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap());
    // A browser that goes to an address is shown any error as a page.
    let is_page = status.as_u16() >= 400 && kind.starts_with("text/html");
    let is_bare = *method == Method::HEAD || headers.contains_key(header::CONTENT_ENCODING);
    if !is_page && !is_bare {
        check_body(&format!("{method} {path}: {status}"), listed, kind, &body);
    }
    let mut whole = poem::http::Response::new(body);
    *whole.status_mut() = status;
    *whole.version_mut() = version;
    *whole.headers_mut() = headers;
    whole.into()
}

fn check_body(what: &str, listed: &'static Value, kind: &str, body: &[u8]) {
    let Some(content) = listed["content"].as_object() else {
        assert!(body.is_empty(), "{what}: the document has no body");
        return;
    };
    let same = |(listed, _): &(&String, &Value)| {
        let bare = |kind: &str| kind.split(';').next().unwrap_or_default().to_owned();
        bare(listed) == bare(kind)
    };
    let (_, media) = content.iter().find(same).unwrap_or_else(|| panic!("{what}: {kind}"));
    if !kind.contains("json") {
        return;
    }
    let value: Value = serde_json::from_slice(body).unwrap();
    shape::check(what, &media["schema"], &value);
    if let (true, Some(code)) = (kind.contains("problem"), value["code"].as_str()) {
        let description = listed["description"].as_str().unwrap();
        assert!(description.contains(&format!("`{code}`")), "{what}: {code} is not listed");
    }
}

/// Fails for a new route without an operation id, a group or a description.
#[test]
fn every_operation_is_named_and_described() {
    let tags = document()["tags"].as_array().unwrap();
    let tags: Vec<&str> = tags.iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let order = [
        "sign-in",
        "me",
        "scenarios",
        "conversations",
        "invitations",
        "desk",
        "notes",
        "presets",
        "users",
        "audit-log",
    ];
    assert_eq!(tags, order);
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations() {
        let id = operation["operationId"].as_str().unwrap_or_default();
        let is_camel = id.starts_with(|first: char| first.is_ascii_lowercase())
            && id.contains(|letter: char| letter.is_ascii_uppercase())
            && id.chars().all(|letter| letter.is_ascii_alphanumeric());
        assert!(is_camel, "{method} {path} has no operation id such as `listUsers`: {id:?}");
        assert!(ids.insert(id), "two operations are called {id}");
        let groups = operation["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
        let grouped = matches!(groups, [group] if tags.contains(&group.as_str().unwrap()));
        assert!(grouped, "{id} needs exactly one tag");
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(summary.ends_with('.') && summary.len() <= 120, "{id}: {summary:?}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["description"].is_string(), "{id}: what is {}?", parameter["name"]);
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            let about = resolve(response)["description"].as_str().unwrap_or_default();
            assert!(!about.trim().is_empty(), "{id}: what does {status} say?");
        }
    }
    for tag in document()["tags"].as_array().unwrap() {
        let about = tag["description"].as_str().unwrap_or_default();
        assert!(about.ends_with('.'), "the tag {} has no description: {about:?}", tag["name"]);
    }
    for (name, schema) in document()["components"]["schemas"].as_object().unwrap() {
        assert!(schema["description"].is_string(), "what is a {name}?");
    }
}

#[tokio::test]
async fn the_documentation_lists_every_operation_in_its_group() {
    let app = TestApp::start().await;
    let answer = app.visitor().get("/api/docs").await;
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self'"), "{policy}");
    let page = answer.text().await.unwrap();
    for foreign in ["<script", "<style", " style=", "http://", "https://"] {
        assert!(!page.contains(foreign), "{foreign}: the page must need nothing else");
    }
    let tags = document()["tags"].as_array().unwrap();
    let place = |tag: &Value| page.find(&format!("<h2 id={tag}>")).unwrap();
    assert!(tags.iter().map(|tag| place(&tag["name"])).is_sorted());
    for (_, path, operation) in operations() {
        let (id, tag) = (operation["operationId"].as_str().unwrap(), &operation["tags"][0]);
        let group = &page[place(tag)..];
        let group = &group[..group.find("</section>").unwrap()];
        assert!(group.contains(&format!("id=\"{id}\"")) && group.contains(path), "{id}");
        assert_eq!(page.matches(&format!("<tr id=\"{id}\">")).count(), 1);
    }
}

#[test]
fn the_committed_document_is_this_hosts() {
    let committed = include_str!("../../openapi.json");
    assert!(
        committed.trim_end() == coach_http::document(),
        "coach-http/openapi.json is not this host's document any more: \
         `cargo run -- spec > coach-http/openapi.json`, look at the difference, commit it"
    );
}

/// The host enforces the bounds that the document states for the fields of a body.
#[tokio::test]
async fn values_beyond_the_documented_bounds_are_refused() {
    let document: Value = serde_json::from_str(&coach_http::document()).unwrap();
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let invitation = admin.invite(1_000_000).await.0["id"].as_str().unwrap().to_owned();
    let mut tried = 0;
    for (path, schema, good) in [
        ("/api/invitations", "NewInvitation", json!({ "label": "P", "tokenQuota": 1_000_000 })),
        ("/api/quota-presets", "NewPreset", json!({ "label": "P", "tokens": 1_000_000 })),
        (&*format!("/api/invitations/{invitation}/notes"), "NewNote", json!({ "body": "Hm." })),
        (&*format!("/api/conversations/{id}/messages"), "NewMessage", json!({ "content": "Hi" })),
    ] {
        let person = if schema == "NewMessage" { &guest } else { &admin };
        let accepted = person.post(path, good.clone()).await;
        assert!(accepted.status().is_success(), "{path}: {accepted:?}");
        let fields = document["components"]["schemas"][schema]["properties"].as_object().unwrap();
        for (field, bounds) in fields {
            for value in beyond(bounds) {
                let mut body = good.clone();
                body[field] = value;
                let answer = person.post(path, body.clone()).await;
                assert!([400, 422].contains(&answer.status().as_u16()), "{field}: {answer:?}");
                let problem = answer.text().await.unwrap();
                let named = [format!("\"field\":\"{field}\""), format!("\"detail\":\"{field}: ")];
                assert!(named.iter().any(|part| problem.contains(part)), "{field}: {problem}");
                tried += 1;
            }
        }
    }
    assert!(tried >= 20, "{tried}");
}

/// Returns values just outside of a field's documented bounds.
fn beyond(bounds: &Value) -> Vec<Value> {
    let mut values = Vec::new();
    if let Some(most) = bounds["maxLength"].as_u64() {
        values.push(json!("a".repeat(usize::try_from(most).unwrap() + 1)));
        values.push(json!("a\0b"));
    }
    if bounds["minLength"].is_u64() {
        values.push(json!(""));
    }
    if bounds["pattern"].as_str().is_some_and(|pattern| pattern.contains("\\s")) {
        values.push(json!(" \n"));
    }
    if let Some(most) = bounds["maximum"].as_f64().filter(|most| *most < 1e15) {
        values.push(json!(most as u64 + 1));
        values.push(json!(bounds["minimum"].as_f64().unwrap() as i64 - 1));
    }
    values
}
