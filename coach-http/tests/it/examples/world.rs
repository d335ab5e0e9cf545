//! The host that the examples are sent to: what is there at the start, and what an operation needs before it.

use coach_core::{
    ids::ConversationId,
    live::{Event, Follower, StartAt},
    people::{Principal, UserRole},
    testing::{ScriptedModel, Step, answer},
};
use coach_http::admin_link;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    app::{TestApp, Wish},
    oidc::provider::{CLIENT, Provider, SECRET},
    person::Person,
    socket::Socket,
};

/// Who sends an example.
#[derive(Clone, Copy)]
pub(super) enum Caller {
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

use Caller::{Admin, Guest, OtherGuest, Researcher};

pub(super) struct World {
    app: TestApp,
    provider: Provider,
    callers: [Person; 7],
    /// What the examples say, and what it is here.
    pub(super) names: Vec<(&'static str, String)>,
    /// The address at the provider that a sign-in or a link went to.
    pub(super) left_to: String,
    /// Sockets that stay open.
    sockets: Vec<Socket>,
}

/// A text as the examples write it.
pub(super) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl World {
    pub(super) async fn start() -> Self {
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
        let mut world =
            Self { app, provider, callers, names, left_to: String::new(), sockets: Vec::new() };
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
        let tags = json!({ "version": 1, "items": [{ "name": "hesitates 😬", "key": "h" }] });
        let tags = self.caller(Researcher).ask(Method::PUT, "/api/tags", Some(tags), &[]).await;
        let tags: Value = tags.json().await.unwrap();
        self.name("01998f3a-6d10-7c55-9a41-5be0c3d7e601", &tags["items"][0]["id"]);
        let invitation = self.real("01998f3a-6d10-7c55-9a41-5be0c3d7a101");
        let note = json!({ "body": "Ask her about the second reply.", "conversationId": talk });
        let note = self.caller(Admin).notes(&invitation, note).await;
        self.name("01998f3a-6d10-7c55-9a41-5be0c3d7f601", &note["id"]);
        let note = json!({ "body": "Reads the consent text carefully." });
        let note = self.caller(Researcher).notes(&invitation, note).await;
        self.name("01998f3a-6d10-7c55-9a41-5be0c3d7f602", &note["id"]);
        let alice = self.app.visitor();
        let left = alice.get("/api/auth/login").await;
        let (code, state) = self.provider.consent(left.headers()["location"].to_str().unwrap());
        alice.get(&format!("/api/auth/callback?code={code}&state={state}")).await;
        self.name("01998f3a-6d10-7c55-9a41-5be0c3d7d401", &json!(alice.user().await.to_string()));
        let later = self.app.user_with(UserRole::User).await;
        self.name("01998f3a-6d10-7c55-9a41-5be0c3d7d402", &json!(later.user().await.to_string()));
        let researcher = self.caller(Researcher).user().await;
        self.name("01998f3a-6d10-7c55-9a41-5be0c3d7d403", &json!(researcher.to_string()));
    }

    /// Brings about what an operation needs that is not there yet.
    pub(super) async fn prepare(&mut self, id: &str) {
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
                let mut follower = self.follower().await;
                self.caller(Guest).post(&format!("/api/conversations/{talk}/messages"), said).await;
                // An answer without text would be charged differently.
                while !matches!(follower.next().await.unwrap().event, Event::Delta(_)) {}
            }
            "listObservers" => {
                let talk = self.real("01998f3a-6d10-7c55-9a41-5be0c3d7b201");
                let path = format!("/ws/observe/{talk}");
                let mut socket = self.caller(Researcher).socket(&path, None).await.unwrap();
                socket.frame().await;
                self.sockets.push(socket);
            }
            "getDesk" => {
                let talk = self.real("01998f3a-6d10-7c55-9a41-5be0c3d7b202");
                let socket = self.caller(Guest).talk(&talk).await;
                self.sockets.push(socket);
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

    pub(super) fn caller(&self, caller: Caller) -> &Person {
        &self.callers[caller as usize]
    }

    fn name(&mut self, example: &'static str, real: &Value) {
        self.names.push((example, text(real)));
    }

    pub(super) fn real(&self, example: &str) -> String {
        let found = self.names.iter().find(|(name, _)| *name == example);
        found.map_or_else(|| example.to_owned(), |(_, real)| real.clone())
    }

    /// Waits until no answer runs in the conversation.
    async fn idle(&self) {
        let mut follower = self.follower().await;
        while !follower.next().await.unwrap().event.is_idle() {}
    }

    async fn follower(&self) -> Follower {
        let talk = self.real("01998f3a-6d10-7c55-9a41-5be0c3d7b201").parse().unwrap();
        let guest = Principal::new(self.caller(Guest).user().await, UserRole::Guest);
        self.app
            .host
            .coach
            .conversation(&guest, ConversationId(talk))
            .follow(StartAt::Nothing)
            .await
            .unwrap()
    }
}
