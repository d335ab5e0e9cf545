//! A host per test: its own port, its own store, and models that answer what the test scripts.

use std::{path::PathBuf, sync::Arc, time::Duration};

use coach_core::{
    Coach, Settings,
    ids::UserId,
    memory::MemoryStore,
    model::Lane,
    people::{
        Identity, Principal, User, UserRole,
        audit::{AuditAction, AuditEntry},
    },
    ports::{ChatModel, Clock, Linking, Stores, SystemClock},
};
use coach_http::{App, Config, Host, ServerLimits, admin_link, app, keys::Keys, serve};
use coach_llm::DemoModel;
use coach_store::testing::Database;
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
    visitor: Person,
    stop: CancellationToken,
    tasks: tokio::task::JoinSet<()>,
    _folder: Folder,
    _database: Option<Database>,
}

/// How a test's host differs from the default.
pub(crate) struct Wish {
    stores: Option<Arc<dyn Stores>>,
    settings: Vec<(&'static str, String)>,
    clock: Arc<dyn Clock>,
    partner: Arc<dyn ChatModel>,
    coach: Arc<dyn ChatModel>,
    adjust: Box<dyn FnOnce(&mut Config) + Send>,
}

/// A temporary folder, removed on drop.
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
        // A folder that cannot be removed only takes up space in the temporary directory.
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
            coach: Arc::new(DemoModel::new(Duration::ZERO)),
            adjust: Box::new(|_| {}),
        }
    }
}

impl Wish {
    /// Keeps everything in memory: faster, for tests that need no database.
    pub(crate) fn in_memory(self) -> Self {
        self.stores(Arc::new(MemoryStore::new()))
    }

    pub(crate) fn stores(mut self, stores: Arc<dyn Stores>) -> Self {
        self.stores = Some(stores);
        self
    }

    /// Sets an environment variable.
    pub(crate) fn set(mut self, name: &'static str, value: &str) -> Self {
        self.settings.push((name, value.to_owned()));
        self
    }

    /// Changes what no variable sets.
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

    pub(crate) fn coach(mut self, coach: Arc<dyn ChatModel>) -> Self {
        self.coach = coach;
        self
    }

    pub(crate) async fn start(self) -> TestApp {
        // Only the first call installs it; later calls find it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let folder = Folder::new();
        let database = match std::env::var_os("COACH_TEST_ON_POSTGRES") {
            Some(_) if self.stores.is_none() => Some(Database::migrated().await),
            _ => None,
        };
        let file = || folder.database();
        let database_url = database.as_ref().map_or_else(file, Database::url);
        let mut config = Config::read(|name| {
            let set = self.settings.iter().rev().find(|(set, _)| *set == name);
            match (set, name) {
                (Some((_, value)), _) => Some(Ok(value.clone())),
                (None, "SESSION_KEY") => Some(Ok(KEY.to_owned())),
                (None, "DATABASE_URL") => Some(Ok(database_url.clone())),
                // Tests send messages faster than people do.
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
        let coach = Coach::builder_over(stores.clone())
            .clock(self.clock)
            .link_keys(keys.links())
            .admin_emails(config.admin_emails.clone())
            .settings(Settings {
                messages_per_minute: config.messages_per_minute,
                staff_see_own_only: config.staff_see_own_only,
                ..Settings::default()
            })
            .model(Lane::Partner, self.partner)
            .model(Lane::Coach, self.coach)
            .build()
            .unwrap();
        let metrics =
            metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder().handle();
        let host = Host::new(coach, keys, &config, metrics);
        let stop = CancellationToken::new();
        let mut tasks = tokio::task::JoinSet::new();
        let limits = ServerLimits { connections: 1000, keep_alive: config.keep_alive };
        let serving = serve(listener, app(host.clone()), limits, stop.clone());
        tasks.spawn(async move { serving.await.unwrap() });
        let watched = host.clone();
        tasks.spawn(async move { watched.watch_logins().await });
        let visitor = Person::at(&url);
        TestApp { host, url, stores, visitor, stop, tasks, _folder: folder, _database: database }
    }
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Wish::default().start().await
    }

    /// Stops the host and releases its database.
    pub(crate) async fn end(mut self) {
        self.stop.cancel();
        self.host.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
    }

    /// A visitor with an empty cookie jar.
    pub(crate) fn visitor(&self) -> Person {
        self.visitor.stranger()
    }

    /// The administrator, signed in with the console's link.
    pub(crate) async fn admin(&self) -> Person {
        let admin = self.visitor();
        let token = admin_link::token(&self.host.keys, self.host.coach.now()).unwrap();
        let answer = admin.post("/api/auth/admin-link", json!({ "token": token })).await;
        assert_eq!(answer.status(), 204);
        admin
    }

    /// Creates an invitation; returns it and its link's token.
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

    /// A signed-in user with this role and an invitation.
    pub(crate) async fn user_with(&self, role: UserRole) -> Person {
        let guest = self.guest().await;
        self.signs_in(&guest).await;
        self.plays(guest.user().await, role).await;
        guest
    }

    /// Links an identity to a guest, as if a provider had proven it, and signs the guest in with it.
    pub(crate) async fn signs_in(&self, guest: &Person) {
        let id = guest.user().await;
        let identity = Identity {
            issuer: "https://id.example.org".into(),
            subject: unique().to_string(),
            name: None,
            email: None,
            email_verified: false,
        };
        let by = Principal::new(id, UserRole::Guest);
        let Linking::Linked(user) = self.host.coach.me(&by).link(&identity).await.unwrap() else {
            panic!("the identity belongs to another user");
        };
        self.give_login(guest, &user);
    }

    /// Signs `person`'s browser in as `user`.
    pub(crate) fn give_login(&self, person: &Person, user: &User) {
        let header = self.host.login_header(user);
        let (name, value) = header.split_once('=').unwrap();
        person.set_cookie(name, Some(value));
    }

    /// Gives `user` this role.
    pub(crate) async fn plays(&self, user: UserId, role: UserRole) {
        let line = self.line(user, AuditAction::RoleGiven(role));
        self.stores.give_role(user, role, line).await.unwrap();
    }

    /// Disables `user`, after adding another administrator.
    pub(crate) async fn disable(&self, user: UserId) {
        self.user_with(UserRole::Admin).await;
        let line = self.line(user, AuditAction::Disabled);
        self.stores.disable(user, true, line).await.unwrap();
    }

    fn line(&self, actor: UserId, action: AuditAction) -> AuditEntry {
        let at = self.host.coach.now();
        AuditEntry { at, actor: Some(actor), action, subject: None, address: None }
    }

    /// A researcher.
    pub(crate) async fn staff(&self) -> Person {
        self.user_with(UserRole::Staff).await
    }
}

impl Person {
    /// The user's id.
    pub(crate) async fn user(&self) -> UserId {
        let me: Value = self.get("/api/me").await.json().await.unwrap();
        me["id"].as_str().unwrap().parse().unwrap()
    }
}

/// Opens a database, once its previous host has released it.
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
