//! The host's secret, and the keys derived from it.

use std::{
    fmt, fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use coach_core::invitation::link::LinkKeys;
use hmac::{Hmac, Mac as _};
use poem::web::cookie::CookieKey;
use rand::TryRngCore as _;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

/// A secret that keys are derived from. Never appears in logs.
#[derive(Clone, Debug)]
pub struct Secret(SecretString);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into().into())
    }

    /// Returns whether `other` is the same text, compared in constant time.
    pub fn is(&self, other: &str) -> bool {
        let mac = |text: &str| self.mac("compare").chain_update(text.as_bytes()).finalize();
        mac(self.0.expose_secret()) == mac(other)
    }

    /// Derives 32 bytes for one purpose.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        self.mac(purpose).finalize().into_bytes().into()
    }

    /// Starts a message authentication code for one purpose.
    pub(crate) fn mac(&self, purpose: &str) -> Hmac<Sha256> {
        let key = self.0.expose_secret().as_bytes();
        let mut mac = Hmac::new_from_slice(key).expect("HMAC accepts keys of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac
    }
}

/// The current keys, and the previous ones for opening only.
#[derive(Clone, Debug)]
pub struct Keys {
    current: Secret,
    previous: Option<Secret>,
    cookies: CookieKeys,
}

#[derive(Clone)]
struct CookieKeys(Vec<CookieKey>);

impl fmt::Debug for CookieKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CookieKeys({})", self.0.len())
    }
}

impl Keys {
    /// Creates the keys: `current` seals, `previous` only opens what it sealed earlier.
    pub fn new(current: Secret, previous: Option<Secret>) -> Self {
        let cookies = CookieKeys(
            [Some(&current), previous.as_ref()].into_iter().flatten().map(cookie_key).collect(),
        );
        Self { current, previous, cookies }
    }

    /// Returns the cookie keys: the first one seals, any of them opens.
    pub(crate) fn cookies(&self) -> &[CookieKey] {
        &self.cookies.0
    }

    /// Returns the keys of invitation links.
    pub fn links(&self) -> LinkKeys {
        let derive = |secret: &Secret| secret.derive("invitation links");
        LinkKeys::new(derive(&self.current), self.previous.as_ref().map(derive))
    }

    /// Returns the key of one-time sign-in links.
    pub(crate) fn current(&self) -> &Secret {
        &self.current
    }
}

fn cookie_key(secret: &Secret) -> CookieKey {
    let halves = [secret.derive("cookie signing"), secret.derive("cookie encryption")];
    CookieKey::from(halves.as_flattened())
}

/// Reads the key file beside a SQLite database; on first use, creates it, readable only by its owner.
///
/// # Errors
///
/// `InvalidData` says what is wrong with an existing file and what to do; other kinds are the file system's.
pub fn beside_database(database_url: &str) -> io::Result<Secret> {
    let path = key_path(database_url);
    match read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(&path),
        key => key,
    }
}

fn read(path: &Path) -> io::Result<Secret> {
    match fs::read_to_string(path) {
        Ok(text) if text.trim().len() >= 32 => Ok(Secret::new(text.trim())),
        Ok(_) => Err(no_key(path)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(no_key(path)),
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => Err(folder(path)),
        Err(error) => Err(error),
    }
}

fn no_key(path: &Path) -> io::Error {
    no_key_since(
        path,
        "does not contain a key: restore it from a backup, or remove it to create a new key",
    )
}

fn folder(path: &Path) -> io::Error {
    no_key_since(
        path,
        "is a folder: move it away, then restore the key from a backup, or a new key is created",
    )
}

/// Returns an error that says what is wrong with the key file and what a new key would mean.
fn no_key_since(path: &Path, what: &str) -> io::Error {
    let words =
        format!("{what}; with a new key, all users sign in again and invitations need fresh links");
    io::Error::new(io::ErrorKind::InvalidData, format!("{} {words}", path.display()))
}

/// Returns the path at which [`beside_database`] keeps the key.
pub fn key_path(database_url: &str) -> PathBuf {
    let mut path = database_url.trim_start_matches("sqlite://").to_owned();
    path.push_str(".key");
    path.into()
}

fn make(path: &Path) -> io::Result<Secret> {
    let text = random_hex()?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = match options.open(path) {
        // Another process has created the key: use that one.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return read(path),
        file => file?,
    };
    match writeln!(file, "{text}").and_then(|()| file.sync_all()) {
        Ok(()) => Ok(Secret::new(text)),
        Err(error) => {
            // Leave no partial key for the next start. If this fails too, that start says what to do.
            let _ = fs::remove_file(path);
            Err(error)
        }
    }
}

/// Returns 32 random bytes in hexadecimal.
pub(crate) fn random_hex() -> io::Result<String> {
    let mut bytes = [0u8; 32];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(io::Error::other)?;
    Ok(hex::encode(bytes))
}
