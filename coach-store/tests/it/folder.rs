//! A database of a test's own, gone with the test.

use std::{
    ops::Deref,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use coach_core::ports::Stores;
use coach_store::Options;

/// A folder that nobody else has.
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

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("coach.db")
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.database().display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// An empty store in a folder of its own.
pub(crate) struct Fresh {
    store: Arc<dyn Stores>,
    pub(crate) folder: Folder,
}

impl Deref for Fresh {
    type Target = dyn Stores;

    fn deref(&self) -> &Self::Target {
        &*self.store
    }
}

impl Fresh {
    pub(crate) fn share(&self) -> Arc<dyn Stores> {
        Arc::clone(&self.store)
    }
}

pub(crate) async fn fresh() -> Fresh {
    let folder = Folder::new();
    let store = coach_store::connect(&folder.url(), Options::default()).await.unwrap();
    Fresh { store, folder }
}
