//! A database in a temporary folder, removed after the test.

use std::{
    ops::Deref,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use coach_core::ports::Stores;
use coach_store::{ConnectError, Options};
use sqlx::{ConnectOptions as _, sqlite::SqliteConnectOptions};

const HELD_BY_A_CLOSED_TURN: &str = "
    SELECT count(*) FROM reservations
    WHERE is_open = 1
        AND turn_id IS NOT NULL
        AND turn_id NOT IN (SELECT id FROM turns WHERE is_open = 1)";

const NOT_CLOSED_ONCE: &str = "
    SELECT count(*) FROM reservations AS c
    WHERE c.is_open = (SELECT count(*) FROM usage_entries AS e WHERE e.reservation_id = c.id)";

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

    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.database().display())
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

    /// Runs the database's own integrity checks.
    pub(crate) async fn check(&self) {
        let options = SqliteConnectOptions::new().filename(self.database()).read_only(true);
        let mut db = options.connect().await.unwrap();
        let whole: Vec<String> =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut db).await.unwrap();
        assert_eq!(whole, ["ok"]);
        let strays = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut db).await.unwrap();
        assert_eq!(strays.len(), 0, "dangling references");
        for statement in [HELD_BY_A_CLOSED_TURN, NOT_CLOSED_ONCE] {
            let strays: i64 = sqlx::query_scalar(statement).fetch_one(&mut db).await.unwrap();
            assert_eq!(strays, 0, "{statement}");
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// An empty store in its own folder.
pub(crate) struct Fresh {
    pub(crate) store: Arc<dyn Stores>,
    pub(crate) folder: Folder,
}

impl Deref for Fresh {
    type Target = dyn Stores;

    fn deref(&self) -> &Self::Target {
        &*self.store
    }
}

pub(crate) async fn fresh() -> Fresh {
    let folder = Folder::new();
    let store = coach_store::connect(&folder.url(), Options::default()).await.unwrap();
    Fresh { store, folder }
}
