//! The database file: its path, its creation, and the lock that restricts it to one host.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use crate::ConnectError;

/// The lock on a database, held until dropped.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "closing the file releases the lock")] File);

/// Parses the path of `sqlite://path`.
pub(crate) fn path(url: &str) -> Result<PathBuf, ConnectError> {
    let address = |text: &str| Err(ConnectError::Address(text.into()));
    match url.split_once("://") {
        Some(("sqlite", path)) if path.contains('?') => {
            address("a database address takes no options; remove everything from the ? on")
        }
        Some(("sqlite", "" | ":memory:")) => {
            address("sqlite:// needs the path of a file, such as sqlite://data/coach.db")
        }
        Some(("sqlite", path)) => Ok(path.into()),
        _ => address(
            "not a database address; expected one such as sqlite://data/coach.db or \
             postgres://user:password@host:5432/database",
        ),
    }
}

/// Creates the folder and the file if missing, readable only by their owner, and locks the database.
pub(crate) fn claim(path: &Path) -> Result<Lock, ConnectError> {
    let failed = |cause: io::Error| ConnectError::Open { path: path.into(), cause: cause.into() };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder).map_err(failed)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    let mut file = private().open(&beside).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            let read = file.read_to_string(&mut pid);
            let pid = read.ok().map(|_| pid.trim().to_owned()).filter(|pid| !pid.is_empty());
            return Err(ConnectError::InUse { path: path.into(), pid });
        }
        Err(TryLockError::Error(cause)) => return Err(failed(cause)),
    }
    file.set_len(0).map_err(failed)?;
    file.rewind().map_err(failed)?;
    writeln!(file, "{}", std::process::id()).map_err(failed)?;
    private().open(path).map_err(failed)?;
    Ok(Lock(file))
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}
