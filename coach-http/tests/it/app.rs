//! A host of a test's own: a port, a store, models that say what a test wrote.

use std::{path::PathBuf, sync::Arc, time::Duration};

use coach_core::{
    Coach, Settings,
    ids::UserId,
    memory::MemoryStore,
    model::Lane,
    people::{
        AccountRole, Identity, Principal, User,
        audit::{AuditAction, AuditEntry},
    },
    ports::{ChatModel, Clock, Linking, Stores, SystemClock},
};
use coach_http::{App, Config, Host, Limits, admin_link, app, keys::Keys, serve};
use coach_llm::DemoModel;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::person::Person;

pub(crate) const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A running host.
pub(crate) struct TestApp {
    pub(crate) host: App,
    pub(crate) url: String,
    pub(crate) stores: Arc<dyn Stores>,
    nobody: Person,
    stop: CancellationToken,
    tasks: tokio::task::JoinSet<()>,
    _folder: Folder,
}

/// What a test wants otherwise.
pub(crate) struct Wish {
    stores: Option<Arc<dyn Stores>>,
    settings: Vec<(&'static str, String)>,
    clock: Arc<dyn Clock>,
    partner: Arc<dyn ChatModel>,
    adjust: Box<dyn FnOnce(&mut Config) + Send>,
}

/// A folder that goes with its owner.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("coach-http-{}", unique()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn database(&self) -> String {
        format!("sqlite://{}", self.0.join("coach.db").display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays only takes room in the system's temporary one.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
        self.host.stop.cancel();
    }
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            stores: None,
            settings: Vec::new(),
            clock: Arc::new(SystemClock),
            partner: Arc::new(DemoModel::new(Duration::ZERO)),
            adjust: Box::new(|_| {}),
        }
    }
}

impl Wish {
    /// Nothing on disk: many hosts, quickly.
    pub(crate) fn in_memory(self) -> Self {
        self.stores(Arc::new(MemoryStore::new()))
    }

    pub(crate) fn stores(mut self, stores: Arc<dyn Stores>) -> Self {
        self.stores = Some(stores);
        self
    }

    /// A variable of the environment.
    pub(crate) fn set(mut self, name: &'static str, value: &str) -> Self {
        self.settings.push((name, value.to_owned()));
        self
    }

    /// What no variable says.
    pub(crate) fn adjusted(mut self, adjust: impl FnOnce(&mut Config) + Send + 'static) -> Self {
        self.adjust = Box::new(adjust);
        self
    }

    pub(crate) fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    pub(crate) fn partner(mut self, partner: Arc<dyn ChatModel>) -> Self {
        self.partner = partner;
        self
    }

    pub(crate) async fn start(self) -> TestApp {
        // Whoever is first installs it; for the others it is there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let folder = Folder::new();
        let mut config = Config::read(|name| {
            let set = self.settings.iter().rev().find(|(set, _)| *set == name);
            match (set, name) {
                (Some((_, value)), _) => Some(Ok(value.clone())),
                (None, "SESSION_KEY") => Some(Ok(KEY.to_owned())),
                (None, "DATABASE_URL") => Some(Ok(folder.database())),
                // Tests talk faster than people.
                (None, "COACH_MESSAGES_PER_MINUTE") => Some(Ok("0".to_owned())),
                (None, "PUBLIC_URL") => Some(Ok(url.clone())),
                _ => None,
            }
        })
        .unwrap();
        (self.adjust)(&mut config);
        let previous = config.session_key_previous.clone();
        let keys = Keys::new(config.session_key.clone().unwrap(), previous);
        let stores = match self.stores {
            Some(stores) => stores,
            None => open(&config.database_url).await,
        };
        let coach = Coach::builder()
            .shared_stores(stores.clone())
            .clock(self.clock)
            .link_keys(keys.links())
            .admin_emails(config.admin_emails.clone())
            .settings(Settings {
                messages_per_minute: config.messages_per_minute,
                staff_see_own_only: config.staff_see_own_only,
                ..Settings::default()
            })
            .model(Lane::Partner, self.partner)
            .model(Lane::Coach, Arc::new(DemoModel::new(Duration::ZERO)))
            .build();
        let metrics =
            metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder().handle();
        let host = Host::new(coach, keys, &config, metrics);
        let stop = CancellationToken::new();
        let mut tasks = tokio::task::JoinSet::new();
        let limits = Limits { connections: 1000, keep_alive: config.keep_alive };
        let serving = serve(listener, app(host.clone()), limits, stop.clone());
        tasks.spawn(async move { serving.await.unwrap() });
        let watched = host.clone();
        tasks.spawn(async move { watched.watch_logins().await });
        let nobody = Person::at(&url);
        TestApp { host, url, stores, nobody, stop, tasks, _folder: folder }
    }
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Wish::default().start().await
    }

    /// Ends the host and gives its database back.
    pub(crate) async fn end(mut self) {
        self.stop.cancel();
        self.host.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
    }

    /// Somebody whom nobody knows.
    pub(crate) fn visitor(&self) -> Person {
        self.nobody.stranger()
    }

    /// The administrator, signed in by the console's link.
    pub(crate) async fn admin(&self) -> Person {
        let admin = self.visitor();
        let token = admin_link::token(&self.host.keys, self.host.coach.now()).unwrap();
        let answer = admin.post("/api/auth/admin-link", json!({ "token": token })).await;
        assert_eq!(answer.status(), 204);
        admin
    }

    /// An invitation and its link's token.
    pub(crate) async fn invitation(&self, quota: u64) -> (Value, String) {
        self.admin().await.invite(quota).await
    }

    /// A guest who has claimed an invitation.
    pub(crate) async fn guest(&self) -> Person {
        let (_, token) = self.invitation(10_000_000).await;
        let guest = self.visitor();
        guest.claim(&token).await;
        guest
    }

    /// Somebody with an account of this role and an invitation, signed in.
    pub(crate) async fn somebody(&self, role: AccountRole) -> Person {
        let guest = self.guest().await;
        self.signs_in(&guest).await;
        self.plays(guest.user().await, role).await;
        guest
    }

    /// A guest links an identity, as a provider would have proven it, and is signed in with it.
    pub(crate) async fn signs_in(&self, guest: &Person) {
        let id = guest.user().await;
        let identity = Identity {
            issuer: "https://id.example.org".into(),
            subject: unique().to_string(),
            name: None,
            email: None,
            email_verified: false,
        };
        let by = Principal::new(id, AccountRole::Guest);
        let Linking::Linked(user) = self.host.coach.link(&by, &identity).await.unwrap() else {
            panic!("the identity was free");
        };
        self.give_login(guest, &user);
    }

    /// Signs `person`'s browser in as `user`.
    pub(crate) fn give_login(&self, person: &Person, user: &User) {
        let header = self.host.login_header(user);
        let (name, value) = header.split_once('=').unwrap();
        person.set_cookie(name, Some(value));
    }

    /// From now on `user` has this role.
    pub(crate) async fn plays(&self, user: UserId, role: AccountRole) {
        let line = self.line(user, AuditAction::RoleGiven(role));
        self.stores.give_role(user, role, line).await.unwrap();
    }

    /// From now on `user` may not sign in; somebody else can still administer.
    pub(crate) async fn disable(&self, user: UserId) {
        self.somebody(AccountRole::Admin).await;
        let line = self.line(user, AuditAction::Disabled);
        self.stores.disable(user, true, line).await.unwrap();
    }

    fn line(&self, actor: UserId, deed: AuditAction) -> AuditEntry {
        let at = self.host.coach.now();
        AuditEntry { at, actor: Some(actor), deed, subject: None, address: None }
    }

    /// A researcher.
    pub(crate) async fn staff(&self) -> Person {
        self.somebody(AccountRole::Staff).await
    }
}

impl Person {
    /// The account.
    pub(crate) async fn user(&self) -> UserId {
        let me: Value = self.get("/api/me").await.json().await.unwrap();
        me["id"].as_str().unwrap().parse().unwrap()
    }
}

/// Opens a database, as soon as whoever had it has given it back.
async fn open(url: &str) -> Arc<dyn Stores> {
    loop {
        match coach_store::connect(url, coach_store::Options::default()).await {
            Ok(stores) => return stores,
            Err(coach_store::ConnectError::InUse { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

fn unique() -> u128 {
    let mut bytes = [0; 16];
    rand::TryRngCore::try_fill_bytes(&mut rand::rngs::OsRng, &mut bytes).unwrap();
    u128::from_ne_bytes(bytes)
}
