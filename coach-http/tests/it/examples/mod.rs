//! Every operation's example, sent to a running host on SQLite: the status is the documented success, and
//! the answer is the example's.
//!
//! Ids, tokens and addresses in the examples stand for what the world below has: [`World::names`] holds the
//! pairs, and each is replaced by the real one in a request, and back in an answer. Then ids, times and links
//! are masked in both answers; all else must be equal.

use std::{collections::BTreeSet, time::Duration};

use coach_core::{
    people::UserRole,
    testing::{ScriptedModel, Step, answer},
};
use coach_http::admin_link;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::{
    app::{TestApp, Wish},
    contract::{operations, resolve},
    oidc::provider::{CLIENT, Provider, SECRET},
    person::Person,
    shape,
};

/// Who sends an example.
#[derive(Clone, Copy)]
enum Caller {
    /// Signs in with the provider.
    Visitor,
    /// Has the console's link.
    Console,
    /// Has the link of an invitation that is open.
    Invited,
    /// Has claimed an invitation and practices.
    Guest,
    /// Another guest, who links an identity and leaves.
    OtherGuest,
    Researcher,
    Admin,
}

use Caller::{Admin, Console, Guest, Invited, OtherGuest, Researcher, Visitor};

/// Every operation and who sends its example, in an order in which each finds what it needs.
const ORDER: [(&str, Caller); 44] = [
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
    ("observeConversation", Researcher),
    ("followConversation", Guest),
    ("sendMessage", Guest),
    ("sendAside", Guest),
    ("stopAnswer", Guest),
    ("retryAnswer", Guest),
    ("endConversation", Guest),
    ("updateInvitation", Researcher),
    ("createFreshLink", Researcher),
    ("revokeInvitation", Researcher),
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

struct World {
    app: TestApp,
    provider: Provider,
    callers: [Person; 7],
    /// What the examples say, and what it is here.
    names: Vec<(&'static str, String)>,
    /// The address at the provider that a sign-in or a link went to.
    left_to: String,
}

#[test]
fn every_operation_is_tried_and_has_every_example() {
    let tried: BTreeSet<&str> = ORDER.iter().map(|(id, _)| *id).collect();
    let all = operations();
    let all: BTreeSet<&str> =
        all.iter().map(|(.., operation)| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(tried, all);
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

/// A text as the examples write it.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl World {
    async fn start() -> Self {
        let provider = Provider::start().await;
        let hanging = vec![Step::Accept, Step::Say("Let me think".to_owned()), Step::Hang];
        let partner = ScriptedModel::playing(
            "demo:partner",
            [
                answer("Sure. What makes you bring it up now?"),
                answer("I see. What number do you have in mind?"),
                answer("That is more than I expected. How did you get there?"),
                hanging,
                answer("Fair point. Send me your three examples by Friday."),
            ],
        );
        let app = Wish::default()
            .set("OIDC_ISSUER", provider.issuer())
            .set("GOOGLE_CLIENT_ID", CLIENT)
            .set("GOOGLE_CLIENT_SECRET", SECRET)
            .partner(partner)
            .start()
            .await;
        let callers = [
            app.visitor(),
            app.visitor(),
            app.visitor(),
            app.visitor(),
            app.guest().await,
            app.staff().await,
            app.admin().await,
        ];
        let issuer = provider.issuer().to_owned();
        let host = issuer.trim_start_matches("http://").to_owned();
        let names = vec![
            ("https://accounts.google.com", issuer),
            ("accounts.google.com", host),
            ("https://coach.example.org", app.url.clone()),
            ("203.0.113.7", "127.0.0.1".to_owned()),
        ];
        let mut world = Self { app, provider, callers, names, left_to: String::new() };
        world.furnish().await;
        world
    }

    /// Three invitations, two of them claimed; a conversation with one turn; a preset; an account.
    async fn furnish(&mut self) {
        let body = json!({
            "label": "Pilot", "title": "Practice asking for a raise", "tokenQuota": 200_000,
            "scenario": "raise", "contact": "ada@example.org", "copies": 3,
            "consent": "We study how people practice hard conversations. You can stop at any time.",
        });
        let made = self.caller(Researcher).post("/api/invitations", body).await;
        let made: Value = made.json().await.unwrap();
        let token =
            |n: usize| text(&made["items"][n]["url"]).rsplit('/').next().unwrap().to_owned();
        self.caller(Guest).claim(&token(1)).await;
        self.app.visitor().claim(&token(2)).await;
        self.name("01998f3a-6d10-7c55-9a41-5be0c3d7a101", &made["items"][1]["id"]);
        self.name("01998f3a-6d10-7c55-9a41-5be0c3d7a102", &made["items"][2]["id"]);
        self.name("01998f3a-6d10-7c55-9a41-5be0c3d7a103", &made["items"][0]["id"]);
        self.name("AZmPOm0QfFWaQVvgw9ehA3kTqW5rLZxB", &json!(token(0)));
        let talk = self.caller(Guest).start().await;
        self.name("01998f3a-6d10-7c55-9a41-5be0c3d7b201", &json!(talk));
        let said = json!({ "content": "Can we talk about my pay?", "clientId": "a1" });
        self.caller(Guest).post(&format!("/api/conversations/{talk}/messages"), said).await;
        self.idle().await;
        let record = self.caller(Guest).record(&talk).await;
        let newest = record.last().unwrap()["id"].clone();
        self.name("1042", &newest);
        self.name("1042.0", &json!(format!("{newest}.0")));
        let preset = json!({ "label": "Long", "tokens": 500_000 });
        let preset = self.caller(Admin).post("/api/quota-presets", preset).await;
        self.name(
            "01998f3a-6d10-7c55-9a41-5be0c3d7c301",
            &preset.json::<Value>().await.unwrap()["id"],
        );
        let alice = self.app.visitor();
        let left = alice.get("/api/auth/login").await;
        let (code, state) = self.provider.consent(left.headers()["location"].to_str().unwrap());
        alice.get(&format!("/api/auth/callback?code={code}&state={state}")).await;
        self.name("01998f3a-6d10-7c55-9a41-5be0c3d7d401", &json!(alice.user().await.to_string()));
        let later = self.app.somebody(UserRole::User).await;
        self.name("01998f3a-6d10-7c55-9a41-5be0c3d7d402", &json!(later.user().await.to_string()));
        let researcher = self.caller(Researcher).user().await;
        self.name("01998f3a-6d10-7c55-9a41-5be0c3d7d403", &json!(researcher.to_string()));
    }

    /// Brings about what an operation needs that is not there yet.
    async fn prepare(&mut self, id: &str) {
        match id {
            "finishSignIn" => {
                let (code, state) = self.provider.consent(&self.left_to);
                self.name("4/0AVMBsJh5Qy8", &json!(code));
                self.name("q1Zr8PXo0mJ2", &json!(state));
            }
            "signInWithAdminLink" => {
                let token = admin_link::token(&self.app.host.keys, self.app.host.coach.now());
                self.name("Xb7tQ2mVd0kR", &json!(token.unwrap()));
            }
            "listConversations" => {
                let later = self.caller(Guest).conversations().await[0].clone();
                self.name("01998f3a-6d10-7c55-9a41-5be0c3d7b202", &json!(later));
            }
            "sendMessage" | "sendAside" | "retryAnswer" | "endConversation" => self.idle().await,
            "stopAnswer" => {
                self.idle().await;
                let said = json!({ "content": "I do the work of two people." });
                let talk = self.real("01998f3a-6d10-7c55-9a41-5be0c3d7b201");
                self.caller(Guest).post(&format!("/api/conversations/{talk}/messages"), said).await;
            }
            "listAuditEntries" => {
                let actor = self.real("01998f3a-6d10-7c55-9a41-5be0c3d7d403");
                let log =
                    self.caller(Admin).get(&format!("/api/audit?actor={actor}&limit=1")).await;
                let newest = log.json::<Value>().await.unwrap()["items"][0]["id"].as_u64().unwrap();
                self.name("2311", &json!(newest + 1));
            }
            "chooseAccount" => {
                let (code, state) = self.provider.consent(&self.left_to);
                let back = format!("/api/auth/callback?code={code}&state={state}");
                assert_eq!(self.caller(OtherGuest).get(&back).await.status(), 302);
            }
            _ => {}
        }
    }

    fn caller(&self, caller: Caller) -> &Person {
        &self.callers[caller as usize]
    }

    fn name(&mut self, example: &'static str, real: &Value) {
        self.names.push((example, text(real)));
    }

    fn real(&self, example: &str) -> String {
        let found = self.names.iter().find(|(name, _)| *name == example);
        found.map_or_else(|| example.to_owned(), |(_, real)| real.clone())
    }

    /// Waits until no answer runs in the conversation.
    async fn idle(&self) {
        let talk = self.real("01998f3a-6d10-7c55-9a41-5be0c3d7b201");
        let path = format!("/api/conversations/{talk}");
        loop {
            let talk: Value = self.caller(Guest).get(&path).await.json().await.unwrap();
            if talk["turn"]["state"] == "idle" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The example's address, with real ids in it.
    fn address(&self, example: &Example) -> String {
        let (mut path, mut query) = (example.path.to_owned(), Vec::new());
        for (place, name, value) in &example.parameters {
            let real = self.real(&text(value));
            match *place {
                "path" => path = path.replace(&format!("{{{name}}}"), &real),
                _ => query.push(((*name).to_owned(), real)),
            }
        }
        let mut url = reqwest::Url::parse("http://x").unwrap();
        url.set_path(&path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url.as_str().trim_start_matches("http://x").to_owned()
    }

    /// Sends an example; returns the answer as the examples would write it.
    async fn answer(&mut self, example: &Example, caller: Caller) -> Value {
        let body = example.body.map(|(_, body)| self.with_real(body));
        let method = Method::from_bytes(example.method.to_uppercase().as_bytes()).unwrap();
        let path = self.address(example);
        let answer = self.caller(caller).ask(method, &path, body, &[]).await;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes = answer.bytes().await.unwrap();
        let said = String::from_utf8_lossy(&bytes);
        assert_eq!(status, example.status, "{}: {said}", example.id);
        let body = match (example.answer, serde_json::from_slice::<Value>(&bytes)) {
            (None, _) => Value::Null,
            (Some(_), Ok(body)) => body,
            (Some(_), Err(_)) => json!(said.trim_start_matches('\u{feff}')),
        };
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        let headers =
            example.headers.iter().map(|(name, _)| ((*name).to_owned(), json!(header(name))));
        let headers: Map<String, Value> = headers.collect();
        if let Some(url) = headers.get("LOCATION").or(body.get("url")) {
            self.left_to = text(url);
        }
        self.as_shown(json!({ "headers": headers, "body": body }))
    }

    /// Opens a socket, reads the first frame and sends the example's.
    async fn frames(&self, example: &Example, caller: Caller) -> Value {
        let mut socket = self.caller(caller).socket(&self.address(example), None).await.unwrap();
        let server = socket.frame().await;
        let client = &example.answer.unwrap().1["client"];
        socket.send(client.clone()).await;
        socket.until(|frame| frame["type"] == "ack" || frame["type"] == "pong").await;
        self.as_shown(json!({ "headers": {}, "body": { "server": server, "client": client } }))
    }

    /// A body with the real ids in the place of the example's.
    fn with_real(&self, body: &Value) -> Value {
        let mut body = body.clone();
        each_text(&mut body, &|text| self.real(text));
        body
    }

    /// An answer with the example's names in the place of the real ones.
    fn as_shown(&self, mut answer: Value) -> Value {
        each_text(&mut answer, &|text| {
            // A short number may stand anywhere.
            let names = self.names.iter().filter(|(_, real)| real.len() > 8);
            names.fold(text.to_owned(), |text, (example, real)| text.replace(real, example))
        });
        answer
    }
}

fn each_text(value: &mut Value, change: &impl Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, change)),
        Value::Object(fields) => fields.values_mut().for_each(|field| each_text(field, change)),
        _ => {}
    }
}

/// A value without ids, cursors, times and links.
fn masked(value: &Value) -> Value {
    let mut value = value.clone();
    each_text(&mut value, &|text| {
        let words = text.split_inclusive([' ', ',', '"', '\r', '\n']).map(|word| {
            let bare = word.trim_end_matches([' ', ',', '"', '\r', '\n']);
            let mask = match bare {
                _ if uuid::Uuid::try_parse(bare).is_ok() => "ID",
                _ if coach_core::timestamp::Timestamp::parse(bare).is_some() => "TIME",
                _ if bare.starts_with("http://") || bare.starts_with("https://") => "LINK",
                _ => bare,
            };
            format!("{mask}{}", &word[bare.len()..])
        });
        words.collect()
    });
    mask_numbers(&mut value);
    value
}

fn mask_numbers(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(mask_numbers),
        Value::Object(fields) => {
            for (name, field) in fields {
                let is_id = matches!(name.as_str(), "id" | "messageId" | "replaces");
                match is_id && field.is_number() || name == "next" {
                    true => *field = json!("ID"),
                    false => mask_numbers(field),
                }
            }
        }
        _ => {}
    }
}
