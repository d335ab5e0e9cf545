//! The committed document is the one that this host has, and the host keeps to it.

use serde_json::{Value, json};

use crate::app::TestApp;

#[test]
fn the_committed_document_is_this_hosts() {
    let committed = include_str!("../../openapi.json");
    assert!(
        committed.trim_end() == coach_http::document(),
        "coach-http/openapi.json is not this host's document any more: \
         `cargo run -p coach-http -- spec > coach-http/openapi.json`, look at the difference, commit it"
    );
}

/// What the document says of a body's field is what the host holds clients to.
#[tokio::test]
async fn what_the_document_bounds_is_refused_beyond() {
    let document: Value = serde_json::from_str(&coach_http::document()).unwrap();
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let mut tried = 0;
    for (path, schema, good) in [
        ("/api/invitations", "NewInvitation", json!({ "label": "P", "tokenQuota": 1 })),
        ("/api/quota-presets", "NewPreset", json!({ "label": "P", "tokens": 1 })),
        (&*format!("/api/conversations/{id}/messages"), "NewMessage", json!({ "content": "Hi" })),
    ] {
        let fields = document["components"]["schemas"][schema]["properties"].as_object().unwrap();
        for (field, bounds) in fields {
            for value in beyond(bounds) {
                let mut body = good.clone();
                body[field] = value;
                let person = if schema == "NewMessage" { &guest } else { &admin };
                let answer = person.post(path, body.clone()).await;
                assert!([400, 422].contains(&answer.status().as_u16()), "{field}: {answer:?}");
                let problem = answer.text().await.unwrap();
                let named = problem.contains(&format!("\"field\":\"{field}\""));
                assert!(named || problem.contains("bad_request"), "{field}: {problem}");
                tried += 1;
            }
        }
    }
    assert!(tried >= 20, "{tried}");
}

/// Values just outside of what a field's description allows.
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
