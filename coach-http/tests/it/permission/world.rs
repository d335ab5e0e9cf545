//! A world with one invitation, claimed, and one conversation under it.

use coach_core::{ids::UserId, people::UserRole};
use reqwest::Method;
use serde_json::json;

use super::table::{About, Row, Who};
use crate::{
    app::{TestApp, Wish},
    person::Person,
};

/// What is nowhere: an id, and good as a token or a slug that nothing has.
const ABSENT: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A preset that every store is shipped with.
const PRESET: &str = "00000000-0000-0000-0000-000000000002";

/// What is sent with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// Everything that any operation needs.
    Right,
    /// Fields and parameters of other kinds.
    Wrong,
    /// No JSON at all.
    Broken,
}

impl Body {
    pub(super) const WRONG: [Self; 2] = [Self::Wrong, Self::Broken];

    fn text(self) -> String {
        let body = match self {
            Self::Right => json!({
                "token": "x", "consentVersion": "x", "scenario": "raise", "content": "Hello.",
                "label": "x", "tokenQuota": 50_000, "tokens": 50_000, "choice": "keep",
                "body": "Hm.", "version": 1, "items": [], "act": "links", "ids": [ABSENT],
            }),
            Self::Wrong => json!({
                "token": 7, "consentVersion": 7, "scenario": 7, "content": "", "label": 7,
                "tokenQuota": "x", "tokens": "x", "choice": "x", "addTokens": -1, "role": "x",
                "body": 7, "version": "x", "items": 7, "act": "x", "ids": 7, "tags": 7, "notes": 7,
            }),
            Self::Broken => return "{".to_owned(),
        };
        body.to_string()
    }

    fn query(self) -> &'static str {
        match self {
            Self::Right => "",
            Self::Wrong => "?limit=0&before=-1&cursor=x&actor=x&role=x&size=1&tag=x",
            Self::Broken => "?limit=x&before=x&cursor=&actor=&role=&size=x&tag=",
        }
    }
}

pub(super) struct World {
    pub(super) app: TestApp,
    pub(super) person: Person,
    pub(super) invitation: String,
    pub(super) token: String,
    pub(super) talk: String,
    /// A note of the researcher on the invitation.
    note: String,
    /// Whose invitation and conversation they are.
    pub(super) owner: UserId,
}

impl World {
    /// A world as `who` finds it.
    pub(super) async fn of(who: Who) -> Self {
        let scope = if who == Who::Colleague { "all" } else { "own" };
        let app = Wish::default().in_memory().set("STAFF_SCOPE", scope).start().await;
        let researcher = app.staff().await;
        let (invitation, token) = researcher.invite(10_000_000).await;
        let owner = app.visitor();
        owner.claim(&token).await;
        if who == Who::User {
            app.signs_in(&owner).await;
        }
        let talk = owner.start().await;
        let owner_id = owner.user().await;
        let invitation = invitation["id"].as_str().unwrap().to_owned();
        let note = researcher.notes(&invitation, json!({ "body": "Hm." })).await;
        let note = note["id"].as_str().unwrap().to_owned();
        let person = match who {
            Who::SignedOut => app.visitor(),
            Who::Guest | Who::User => owner.clone(),
            Who::OtherGuest => app.guest().await,
            Who::OtherUser => app.user_with(UserRole::User).await,
            Who::Staff => researcher,
            Who::OtherStaff | Who::Colleague => app.staff().await,
            Who::Admin => app.admin().await,
        };
        Self { app, person, invitation, token, talk, note, owner: owner_id }
    }

    /// What a row answers, with this world's names in its path.
    pub(super) async fn answers(&self, row: Row) -> u16 {
        self.answers_to(row, Body::Right).await
    }

    /// The same, of a request with this body.
    pub(super) async fn answers_to(&self, (method, path, _, about, _): Row, body: Body) -> u16 {
        let id = match about {
            About::Invitation => self.invitation.clone(),
            About::Note => self.note.clone(),
            About::Person => self.owner.to_string(),
            About::Preset => PRESET.to_owned(),
            About::Talk | About::Nothing | About::Link | About::Scenario => self.talk.clone(),
        };
        let path = path.replace("{token}", &self.token).replace("{slug}", "raise");
        self.ask(method, &path.replace("{id}", &id), body).await
    }

    /// What a path answers that names what is not there.
    pub(super) async fn answers_absent(&self, method: &str, path: &str) -> u16 {
        self.answers_absent_to(method, path, Body::Right).await
    }

    /// The same, of a request with this body.
    pub(super) async fn answers_absent_to(&self, method: &str, path: &str, body: Body) -> u16 {
        let named = ["{id}", "{token}", "{slug}"];
        let path = named.into_iter().fold(path.to_owned(), |path, name| path.replace(name, ABSENT));
        self.ask(method, &path, body).await
    }

    /// What exactly this path answers.
    pub(super) async fn try_it(&self, method: &str, path: &str) -> u16 {
        self.ask(method, path, Body::Right).await
    }

    async fn ask(&self, method: &str, path: &str, body: Body) -> u16 {
        let path = format!("{path}{}", body.query());
        if method == "ws" {
            return self.person.socket(&path, None).await.err().unwrap_or(101);
        }
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let mut request = self.person.request(method.clone(), &path);
        if method != Method::GET {
            request = request.header("content-type", "application/json").body(body.text());
        }
        self.person.send(request).await.status().as_u16()
    }
}
