//! Which problems an operation can answer, as the document lists them: one response for each status, with
//! the codes it can carry.
//!
//! What an operation's shape decides (a cookie, a body, parameters) is derived from the document; what its
//! own rules decide is in [`own_codes`]. The tests' client compares every answer it gets with this list.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::problem::KINDS;

/// Responses that many operations share: the component's name, the status and the codes.
const SHARED: [(&str, u16, &[&str]); 12] = [
    ("BadRequest", 400, &["bad_request"]),
    ("BadBody", 400, &["bad_json", "bad_request"]),
    ("NotSignedIn", 401, &["login"]),
    ("Forbidden", 403, &["forbidden"]),
    ("NotFound", 404, &["not_found"]),
    ("RequestTimeout", 408, &["bad_request"]),
    ("TooLarge", 413, &["too_large"]),
    ("UnsupportedMediaType", 415, &["unsupported_media_type"]),
    ("Invalid", 422, &["invalid"]),
    ("RateLimited", 429, &["rate_limited"]),
    ("Internal", 500, &["internal"]),
    ("Unavailable", 503, &["storage"]),
];

/// Meanings that differ from [`KINDS`] for these operations.
const MEANINGS: [(&[&str], u16, &str, &str); 3] = [
    (
        &["sendMessage", "sendAside", "retryAnswer"],
        429,
        "rate_limited",
        "Too many messages in a minute, or the server has used up its tokens for today. Nothing was kept or charged.",
    ),
    (
        &["followConversation", "observeConversation"],
        429,
        "rate_limited",
        "Too many handshakes in a short time, or too many open sockets.",
    ),
    (
        &["followConversation", "observeConversation"],
        503,
        "draining",
        "The server is full or restarting; try again in a few seconds.",
    ),
];

/// Operations that never ask the store.
const WITHOUT_STORE: [&str; 2] = ["getSignInOptions", "startSignIn"];

/// Returns the codes that an operation's own rules answer.
fn own_codes(operation: &str) -> &'static [&'static str] {
    match operation {
        "signInWithAdminLink" => &["login", "rate_limited"],
        "startSignIn" | "finishSignIn" => &["not_found", "rate_limited"],
        "startIdentityLink" => &["not_found", "rate_limited", "provider"],
        "chooseAccount" => &["not_found", "conflict"],
        "exportMe" => &["not_found"],
        "eraseMe" => &["conflict"],
        "openInvitation" => &["rate_limited"],
        "claimInvitation" => &[
            "claimed",
            "consent_changed",
            "conflict",
            "invitation_expired",
            "invitation_revoked",
            "rate_limited",
        ],
        "startConversation" => {
            &["not_found", "quota_exhausted", "invitation_expired", "invitation_revoked"]
        }
        "getConversation" | "listMessages" | "endConversation" => &["erased"],
        "sendMessage" | "sendAside" => &[
            "quota_exhausted",
            "busy",
            "idempotency_conflict",
            "ended",
            "invitation_expired",
            "invitation_revoked",
            "erased",
            "empty",
            "too_long",
            "rate_limited",
            "draining",
        ],
        "stopAnswer" => &["no_such_turn", "erased"],
        "retryAnswer" => &[
            "quota_exhausted",
            "busy",
            "no_such_turn",
            "ended",
            "invitation_expired",
            "invitation_revoked",
            "erased",
            "rate_limited",
            "draining",
        ],
        "followConversation" => &["erased", "rate_limited", "draining"],
        "observeConversation" => &["rate_limited", "draining"],
        "eraseParticipant" | "deletePreset" | "updateUser" | "replaceTags" => &["conflict"],
        "getInvitationQrSvg" | "getInvitationQrPng" => &["forbidden", "conflict"],
        "createNote" => &["idempotency_conflict", "erased"],
        "updateNote" => &["conflict", "erased"],
        "deleteNote" => &["erased"],
        "listInvitations"
        | "downloadInvitationLinks"
        | "getInvitation"
        | "listInvitationConversations"
        | "getDesk"
        | "listObservers"
        | "listNotes"
        | "listUnreadNotes"
        | "getNoteHistory"
        | "listTags"
        | "listPresets"
        | "listUsers"
        | "getUser"
        | "listAuditEntries" => &["forbidden"],
        _ => &[],
    }
}

/// Returns the status of a problem that has one of its own.
fn status(code: &str) -> u16 {
    KINDS.iter().find(|kind| kind.1 == code).map_or(500, |kind| kind.0)
}

/// Lists in the document every problem that each operation can answer.
pub(super) fn add(document: &mut Value) {
    for (path, operations) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in operations.as_object_mut().into_iter().flatten() {
            let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
            let problems = problems(path, method, operation);
            let statuses: BTreeSet<u16> = problems.iter().map(|(status, _)| *status).collect();
            let Some(responses) = operation["responses"].as_object_mut() else { continue };
            // It stands for any problem at all.
            responses.remove("default");
            for status in statuses {
                let of_status = problems.iter().filter(|(other, _)| *other == status);
                let codes: Vec<&str> = of_status.map(|(_, code)| *code).collect();
                list(&id, responses, status, &codes);
            }
        }
    }
    let shared = SHARED.map(|(name, status, codes)| (name.to_owned(), response("", status, codes)));
    document["components"]["responses"] = Map::from_iter(shared).into();
}

fn list(id: &str, responses: &mut Map<String, Value>, status: u16, codes: &[&str]) {
    let own = codes.iter().any(|code| own_meaning(id, status, code).is_some());
    let mut shared = SHARED.iter().filter(|_| !own);
    let shared = shared.find(|(_, other, same)| *other == status && *same == codes);
    let problem = match shared {
        Some((name, ..)) => json!({ "$ref": format!("#/components/responses/{name}") }),
        None => response(id, status, codes),
    };
    // A page for people may be answered with the same status.
    match responses.get_mut(&status.to_string()) {
        Some(page) => {
            let mut problem = response(id, status, codes);
            let words =
                |response: &Value| response["description"].as_str().unwrap_or("").to_owned();
            page["description"] = format!("{}\n\n{}", words(page), words(&problem)).into();
            let kind = &mut page["content"]["application/problem+json"];
            *kind = problem["content"]["application/problem+json"].take();
        }
        None => drop(responses.insert(status.to_string(), problem)),
    }
}

/// Returns the statuses and codes of an operation's problems, in order.
fn problems(path: &str, method: &str, operation: &Value) -> BTreeSet<(u16, &'static str)> {
    let id = operation["operationId"].as_str().unwrap_or_default();
    let body = operation["requestBody"].is_object();
    let parameters = || operation["parameters"].as_array().into_iter().flatten();
    let socket = path.starts_with("/ws/");
    let mut all: BTreeSet<_> = own_codes(id).iter().map(|code| (status(code), *code)).collect();
    all.extend([(400, "bad_request"), (500, "internal")]);
    if !WITHOUT_STORE.contains(&id) {
        all.insert((503, "storage"));
    }
    if operation["security"].as_array().is_some_and(|schemes| !schemes.is_empty()) {
        all.insert((401, "login"));
    }
    if socket || method != "get" {
        // Another site's page.
        all.insert((403, "forbidden"));
    }
    if socket {
        all.insert((426, "bad_request"));
    }
    if method != "get" {
        let edge = [(408, "bad_request"), (413, "too_large"), (415, "unsupported_media_type")];
        all.extend(edge);
    }
    if body {
        all.insert((400, "bad_json"));
    }
    if parameters().any(|parameter| parameter["in"] == "path") {
        all.insert((404, "not_found"));
    }
    // Any text fits a parameter that is just a text.
    let bounded = |schema: &Value| *schema != json!({ "type": "string" });
    let mut queries = parameters().filter(|parameter| parameter["in"] == "query");
    if body || queries.any(|parameter| bounded(&parameter["schema"])) {
        all.insert((422, "invalid"));
    }
    all
}

fn own_meaning(id: &str, status: u16, code: &str) -> Option<&'static str> {
    let own =
        |row: &&(&[&str], u16, &str, &str)| row.0.contains(&id) && (row.1, row.2) == (status, code);
    MEANINGS.iter().find(own).map(|row| row.3)
}

/// Returns a response that lists the codes of a status and what each means for an operation.
fn response(id: &str, status: u16, codes: &[&str]) -> Value {
    let meaning = |code: &&str| {
        let kind = KINDS.iter().find(|kind| kind.0 == status && kind.1 == *code);
        let shared = kind.map_or("", |kind| kind.2);
        format!("`{code}`: {}", own_meaning(id, status, code).unwrap_or(shared))
    };
    let lines: Vec<String> = codes.iter().map(meaning).collect();
    let mut response = json!({
        "description": lines.join("\n\n"),
        "content": { "application/problem+json": {
            "schema": { "$ref": "#/components/schemas/Problem" },
        } },
    });
    if matches!(status, 429 | 503) {
        response["headers"] = json!({ "retry-after": {
            "description": "Seconds to wait before the next attempt.",
            "schema": { "type": "integer", "minimum": 0 },
        } });
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_an_operation_has_a_meaning() {
        let document: Value = serde_json::from_str(&crate::document()).unwrap();
        for (path, operations) in document["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                for (status, code) in problems(path, method, operation) {
                    let known = KINDS.iter().any(|kind| (kind.0, kind.1) == (status, code));
                    assert!(known, "{method} {path}: {status} {code}");
                }
            }
        }
    }
}
