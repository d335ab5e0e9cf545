//! A database of either kind, used by one test and removed after it.

use std::{
    ops::Deref,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use coach_core::ports::Stores;
use coach_store::{ConnectError, Options, testing::Database};
use sqlx::{
    ConnectOptions as _, Connection as _, FromRow, PgConnection, SqliteConnection,
    postgres::PgRow,
    sqlite::{SqliteConnectOptions, SqliteRow},
};

const HELD_BY_A_CLOSED_TURN: &str = "
    SELECT count(*) FROM reservations
    WHERE is_open
        AND turn_id IS NOT NULL
        AND turn_id NOT IN (SELECT id FROM turns WHERE is_open)";

const NOT_CLOSED_ONCE: &str = "
    SELECT count(*) FROM reservations AS c
    WHERE c.is_open = EXISTS (SELECT 1 FROM usage_entries AS e WHERE e.reservation_id = c.id)";

/// Generates a module with one test for each database, which runs the function of the same name.
macro_rules! on_both {
    ($($test:ident)+) => {
        $(mod $test {
            use crate::folder::Place;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$test(Place::file()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$test(Place::server().await).await;
            }
        })+
    };
}

pub(crate) use on_both;

/// A folder used by one test only.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("store-{}-{next}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        drop(std::fs::remove_dir_all(&path));
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("coach.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Where a database is.
#[derive(Debug)]
pub(crate) enum Place {
    File(Folder),
    Server(Database),
}

impl Place {
    pub(crate) fn file() -> Self {
        Self::File(Folder::new())
    }

    pub(crate) async fn server() -> Self {
        Self::Server(Database::migrated().await)
    }

    /// Returns an empty database of the same kind.
    pub(crate) async fn another(&self) -> Self {
        match self {
            Self::File(_) => Self::file(),
            Self::Server(_) => Self::server().await,
        }
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::File(folder) => format!("sqlite://{}", folder.database().display()),
            Self::Server(database) => database.url(),
        }
    }

    /// The folder of a file.
    pub(crate) fn folder(&self) -> &Folder {
        let Self::File(folder) = self else { panic!("not a file") };
        folder
    }

    /// Opens the database as soon as its previous owner has released it.
    pub(crate) async fn open(url: &str) -> Arc<dyn Stores> {
        loop {
            match coach_store::connect(url, Options::default()).await {
                Ok(store) => return store,
                Err(ConnectError::InUse { .. }) => tokio::task::yield_now().await,
                Err(error) => panic!("{error:?}"),
            }
        }
    }

    /// An empty store that waits longer for its turn than a host does: a busy machine fails no test.
    pub(crate) async fn fresh(self) -> Fresh {
        let mut options = Options::default();
        options.patience = Duration::from_secs(60);
        self.fresh_with(options).await
    }

    pub(crate) async fn fresh_with(self, options: Options) -> Fresh {
        let store = coach_store::connect(&self.url(), options).await.unwrap();
        Fresh { store, place: self }
    }

    /// Opens another connection to the database.
    pub(crate) async fn look(&self) -> Look {
        match self {
            Self::File(folder) => {
                let options = SqliteConnectOptions::new().filename(folder.database());
                Look::Sqlite(options.read_only(true).connect().await.unwrap())
            }
            Self::Server(database) => {
                Look::Postgres(PgConnection::connect(&database.url()).await.unwrap())
            }
        }
    }

    /// Runs the database's own integrity checks.
    pub(crate) async fn check(&self) {
        let mut db = self.look().await;
        if let Look::Sqlite(db) = &mut db {
            let whole: Vec<String> =
                sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut *db).await.unwrap();
            assert_eq!(whole, ["ok"]);
            let strays = sqlx::query("PRAGMA foreign_key_check").fetch_all(db).await.unwrap();
            assert_eq!(strays.len(), 0, "dangling references");
        }
        for statement in [HELD_BY_A_CLOSED_TURN, NOT_CLOSED_ONCE] {
            let strays: Vec<(i64,)> = db.rows(statement).await;
            assert_eq!(strays, [(0,)], "{statement}");
        }
    }
}

/// A connection that reads beside the store.
#[derive(Debug)]
pub(crate) enum Look {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Look {
    pub(crate) async fn rows<T>(&mut self, statement: &'static str) -> Vec<T>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        match self {
            Self::Sqlite(db) => sqlx::query_as(statement).fetch_all(db).await,
            Self::Postgres(db) => sqlx::query_as(statement).fetch_all(db).await,
        }
        .unwrap()
    }
}

/// An empty store in its own database.
pub(crate) struct Fresh {
    pub(crate) store: Arc<dyn Stores>,
    pub(crate) place: Place,
}

impl Deref for Fresh {
    type Target = dyn Stores;

    fn deref(&self) -> &Self::Target {
        &*self.store
    }
}

pub(crate) async fn fresh() -> Fresh {
    Place::file().fresh().await
}

pub(crate) async fn fresh_on_server() -> Fresh {
    Place::server().await.fresh().await
}
