//! Databases for tests, on one server of the whole test program.
//!
//! `COACH_TEST_POSTGRES` names another server instead, on which the tests may create databases.

use std::sync::{
    Mutex, OnceLock, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::sync::OnceCell;

use super::cluster::Cluster;
use crate::Options;

const TEMPLATE: &str = "coach_template";

static NEXT: AtomicU32 = AtomicU32::new(0);
/// Databases that no test uses any more.
static UNUSED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A database of the shared server, removed after its test.
#[derive(Debug)]
pub struct Database {
    name: String,
}

impl Database {
    /// Creates a database with the tables of this version.
    ///
    /// # Panics
    /// If there is no server.
    pub async fn migrated() -> Self {
        static MIGRATED: OnceCell<()> = OnceCell::const_new();
        MIGRATED
            .get_or_init(|| async {
                say(&format!("DROP DATABASE IF EXISTS {TEMPLATE}")).await;
                say(&format!("CREATE DATABASE {TEMPLATE} ENCODING 'UTF8' TEMPLATE template0"))
                    .await;
                let migrated = crate::connect(&server(TEMPLATE), Options::default()).await;
                drop(migrated.expect("the template can be migrated"));
            })
            .await;
        Self::create(&format!("TEMPLATE {TEMPLATE}")).await
    }

    /// Creates a database without tables; `how` is the end of the statement that creates it.
    ///
    /// # Panics
    /// If there is no server.
    pub async fn create(how: &str) -> Self {
        let unused = std::mem::take(&mut *UNUSED.lock().unwrap_or_else(PoisonError::into_inner));
        for name in unused {
            say(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("coach_{}_{number}", std::process::id());
        say(&format!("CREATE DATABASE {name} {how}")).await;
        Self { name }
    }

    /// Returns its address.
    pub fn url(&self) -> String {
        server(&self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.name);
        UNUSED.lock().unwrap_or_else(PoisonError::into_inner).push(name);
    }
}

/// Runs a statement on the shared server.
async fn say(words: &str) {
    let mut admin = PgConnection::connect(&server("postgres")).await.expect("the server runs");
    let said = sqlx::raw_sql(AssertSqlSafe(words.to_owned())).execute(&mut admin).await;
    said.unwrap_or_else(|error| panic!("{words}: {error}"));
    drop(admin.close().await);
}

/// Returns the address of a database of the shared server.
fn server(database: &str) -> String {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    #[expect(clippy::disallowed_methods, reason = "tests have no other configuration")]
    match std::env::var("COACH_TEST_POSTGRES") {
        Ok(server) => format!("{}/{database}", server.trim_end_matches('/')),
        Err(_) => SHARED.get_or_init(|| Cluster::start(false)).url(database),
    }
}
