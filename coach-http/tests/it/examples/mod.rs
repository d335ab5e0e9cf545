//! Every operation's example, sent to a running host on SQLite: the status is the documented success, and
//! the answer is the example's.
//!
//! Ids, tokens and addresses in the examples stand for what the [`World`] has: its names hold the pairs, and
//! each is replaced by the real one in a request, and back in an answer. Then ids, times and links are masked
//! in both answers; all else must be equal.

mod mask;
mod send;
mod world;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use self::{
    mask::masked,
    world::{
        Caller::{self, Admin, Console, Guest, Invited, OtherGuest, Researcher, Visitor},
        World,
    },
};
use crate::{
    contract::{operations, resolve},
    shape,
};

/// Every operation and who sends its example, in an order in which each finds what it needs.
const ORDER: [(&str, Caller); 58] = [
    ("getSignInOptions", Visitor),
    ("startSignIn", Visitor),
    ("finishSignIn", Visitor),
    ("signInWithAdminLink", Console),
    ("openInvitation", Invited),
    ("claimInvitation", Invited),
    ("getMe", Guest),
    ("listScenarios", Guest),
    ("getScenario", Guest),
    ("getConversation", Guest),
    ("listMessages", Guest),
    ("startConversation", Guest),
    ("listConversations", Guest),
    ("exportMe", Guest),
    ("listInvitations", Researcher),
    ("downloadInvitationLinks", Researcher),
    ("getInvitation", Researcher),
    ("listInvitationConversations", Researcher),
    ("previewInvitation", Researcher),
    ("createInvitations", Researcher),
    ("listPresets", Researcher),
    ("changeInvitations", Researcher),
    ("getInvitationQrSvg", Researcher),
    ("getInvitationQrPng", Researcher),
    ("listTags", Researcher),
    ("replaceTags", Researcher),
    ("createNote", Researcher),
    ("updateNote", Researcher),
    ("getNoteHistory", Researcher),
    ("listNotes", Researcher),
    ("listUnreadNotes", Researcher),
    ("observeConversation", Researcher),
    ("listObservers", Researcher),
    ("followConversation", Guest),
    ("sendMessage", Guest),
    ("sendAside", Guest),
    ("stopAnswer", Guest),
    ("retryAnswer", Guest),
    ("endConversation", Guest),
    ("updateInvitation", Researcher),
    ("createFreshLink", Researcher),
    ("revokeInvitation", Researcher),
    ("getDesk", Researcher),
    ("markNotesRead", Researcher),
    ("deleteNote", Researcher),
    ("eraseParticipant", Researcher),
    ("createPreset", Admin),
    ("updatePreset", Admin),
    ("deletePreset", Admin),
    ("listUsers", Admin),
    ("getUser", Admin),
    ("listAuditEntries", Admin),
    ("startIdentityLink", OtherGuest),
    ("chooseAccount", OtherGuest),
    ("updateUser", Admin),
    ("signOutUser", Admin),
    ("eraseMe", OtherGuest),
    ("signOut", Invited),
];

/// Parameters without an example: one that excludes another.
const WITHOUT_EXAMPLE: [(&str, &str); 1] = [("finishSignIn", "error")];

/// An operation, and the request and the answer that its examples describe.
struct Example {
    id: &'static str,
    method: &'static str,
    path: &'static str,
    parameters: Vec<(&'static str, &'static str, &'static Value)>,
    /// The request's schema and example.
    body: Option<(&'static Value, &'static Value)>,
    status: u16,
    /// The answer's schema and example.
    answer: Option<(&'static Value, &'static Value)>,
    headers: Vec<(&'static str, &'static Value)>,
}

#[test]
fn every_operation_is_tried_and_has_every_example() {
    let tried: BTreeSet<&str> = ORDER.iter().map(|(id, _)| *id).collect();
    let all: BTreeSet<&str> = operations()
        .into_iter()
        .map(|(_, path, operation)| operation["operationId"].as_str().unwrap_or(path))
        .collect();
    assert_eq!(tried, all, "the operations with an example, and all");
    let mut without = Vec::new();
    for (_, _, operation) in operations() {
        let id = operation["operationId"].as_str().unwrap();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            match parameter.get("example") {
                Some(example) => shape::check(id, &parameter["schema"], example),
                None => without.push((id, parameter["name"].as_str().unwrap())),
            }
        }
        let example = Example::of(id);
        let has_body = operation["requestBody"].is_object();
        assert_eq!(has_body, example.body.is_some(), "{id}: the body's example");
        if let Some((schema, sent)) = example.body {
            shape::check(id, schema, sent);
        }
        if let Some((schema, answer)) = example.answer {
            shape::check(id, schema, answer);
        }
    }
    assert_eq!(without, WITHOUT_EXAMPLE);
}

#[tokio::test]
async fn every_example_is_answered_as_the_document_says() {
    let mut world = World::start().await;
    let mut wrong = Vec::new();
    for (id, caller) in ORDER {
        world.prepare(id).await;
        let example = Example::of(id);
        let got = match example.method == "get" && example.path.starts_with("/ws/") {
            true => world.frames(&example, caller).await,
            false => world.answer(&example, caller).await,
        };
        let shown = masked(&example.shown());
        if masked(&got) != shown {
            wrong.push(format!("{id}\n  example: {shown}\n  answer:  {got}"));
        }
    }
    assert!(wrong.is_empty(), "examples that are not the host's answers:\n{}", wrong.join("\n"));
}

impl Example {
    fn of(id: &str) -> Self {
        let all = operations();
        let (method, path, operation) =
            all.into_iter().find(|(.., operation)| operation["operationId"] == id).unwrap();
        let id = operation["operationId"].as_str().unwrap();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let parameters = parameters.filter_map(|parameter| {
            let place = parameter["in"].as_str().unwrap();
            Some((place, parameter["name"].as_str().unwrap(), parameter.get("example")?))
        });
        let mut responses = operation["responses"].as_object().unwrap().iter();
        let success = |status: &str| status.parse::<u16>().is_ok_and(|status| status < 400);
        let (status, response) = responses.find(|(status, _)| success(status)).unwrap();
        let response = resolve(response);
        let headers = response["headers"].as_object().into_iter().flatten();
        let headers = headers.map(|(name, header)| {
            let example = header.get("example").unwrap_or_else(|| panic!("{id}: {name}"));
            (name.as_str(), example)
        });
        Self {
            id,
            method,
            path,
            parameters: parameters.collect(),
            body: content(&operation["requestBody"]),
            status: status.parse().unwrap(),
            answer: content(response),
            headers: headers.collect(),
        }
    }

    /// What the document shows of the answer.
    fn shown(&self) -> Value {
        let headers =
            self.headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).clone()));
        let headers: Map<String, Value> = headers.collect();
        json!({ "headers": headers, "body": self.answer.map(|(_, answer)| answer) })
    }
}

/// Returns the schema and the example of a body, if it has a body.
fn content(body: &'static Value) -> Option<(&'static Value, &'static Value)> {
    let media = body["content"].as_object()?.values().next().unwrap();
    let example = media.get("example").unwrap_or_else(|| panic!("no example beside {media}"));
    Some((&media["schema"], example))
}
