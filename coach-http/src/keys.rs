//! The host's one secret, and the keys that are derived from it.

use std::{
    fmt, fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use coach_core::invitation::link::LinkKeys;
use hmac::{Hmac, Mac as _};
use poem::web::cookie::CookieKey;
use rand::TryRngCore as _;
use sha2::Sha256;

/// A secret text. Shows nothing of itself.
#[derive(Clone)]
pub struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The same text, found out in a time that tells nothing.
    pub fn is(&self, other: &str) -> bool {
        let mac = |text: &str| self.mac("compare").chain_update(text.as_bytes()).finalize();
        mac(&self.0) == mac(other)
    }

    /// 32 bytes for one purpose.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        self.mac(purpose).finalize().into_bytes().into()
    }

    /// An authenticator for one purpose.
    pub(crate) fn mac(&self, purpose: &str) -> Hmac<Sha256> {
        let mut mac =
            Hmac::new_from_slice(self.0.as_bytes()).expect("HMAC takes a key of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac
    }
}

/// All keys, newest first.
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
    /// `current` seals; `previous` only opens what was sealed before.
    pub fn new(current: Secret, previous: Option<Secret>) -> Self {
        let cookies = CookieKeys(
            [Some(&current), previous.as_ref()].into_iter().flatten().map(cookie_key).collect(),
        );
        Self { current, previous, cookies }
    }

    /// What cookies are sealed with (the first) and opened with (any).
    pub(crate) fn cookies(&self) -> &[CookieKey] {
        &self.cookies.0
    }

    /// What invitation links are made with.
    pub fn links(&self) -> LinkKeys {
        let derive = |secret: &Secret| secret.derive("invitation links");
        LinkKeys::new(derive(&self.current), self.previous.as_ref().map(derive))
    }

    /// What one-time sign-in links are made with.
    pub(crate) fn current(&self) -> &Secret {
        &self.current
    }
}

fn cookie_key(secret: &Secret) -> CookieKey {
    let halves = [secret.derive("cookie signing"), secret.derive("cookie encryption")];
    CookieKey::from(halves.as_flattened())
}

/// The key beside a SQLite database: made on first use, for its owner's eyes only.
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
        "has no key in it: put a backup in its place, or remove it and a new key is made",
    )
}

fn folder(path: &Path) -> io::Error {
    no_key_since(
        path,
        "is a folder: move it away, and put a backup of the key in its place, or a new key is made",
    )
}

/// What is in the key's place, and what a new key would mean.
fn no_key_since(path: &Path, what: &str) -> io::Error {
    let words = format!("{what}; then everybody signs in again, and invitations need fresh links");
    io::Error::new(io::ErrorKind::InvalidData, format!("{} {words}", path.display()))
}

/// Where [`beside_database`] keeps the key.
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
        // Somebody was faster: theirs it is.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return read(path),
        file => file?,
    };
    match writeln!(file, "{text}").and_then(|()| file.sync_all()) {
        Ok(()) => Ok(Secret::new(text)),
        Err(error) => {
            // The next start shall find no half of a key; if this fails, it says what to do.
            let _ = fs::remove_file(path);
            Err(error)
        }
    }
}

/// 32 bytes that nobody guesses, in hexadecimal.
pub(crate) fn random_hex() -> io::Result<String> {
    let mut bytes = [0u8; 32];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
