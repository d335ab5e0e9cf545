//! Reads settings from the environment. An invalid value is a one-line error that names the variable.
//!
//! The only module that reads the host's environment variables. The only file it opens is the consent text.

use std::{fmt, path::PathBuf};

use secrecy::SecretString;

use crate::keys::Secret;

/// An invalid setting.
#[derive(Debug)]
pub struct WrongSetting {
    /// The variable's name.
    pub name: &'static str,
    /// What is wrong with its value; never contains a secret.
    pub problem: String,
}

impl fmt::Display for WrongSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.problem)
    }
}

impl std::error::Error for WrongSetting {}

/// The largest edit distance at which a known name is suggested.
const TYPO: usize = 5;

/// The known `COACH_` variables, including the one that only the command line reads.
const OURS: [&str; 15] = [
    "COACH_MODEL_PARTNER",
    "COACH_MODEL_COACH",
    "COACH_MODEL_ELABORATION",
    "COACH_MODEL_ASIDE",
    "COACH_MODEL_JUDGE",
    "COACH_MODEL_USER",
    "COACH_MESSAGES_PER_MINUTE",
    "COACH_MAX_SOCKETS",
    "COACH_SOCKETS_PER_PERSON",
    "COACH_KEEP_ALIVE_SECONDS",
    "COACH_MAX_TOKENS_PER_DAY",
    "COACH_CONSENT_FILE",
    "COACH_FIRST_TOKEN_SECONDS",
    "COACH_ANSWER_SECONDS",
    "COACH_THINKING_TOKENS",
];

/// Reads a variable of the process's environment; `Err` is a value that is not UTF-8.
pub(crate) fn variable(name: &'static str) -> Option<Result<String, ()>> {
    std::env::var_os(name).map(|value| value.into_string().map_err(drop))
}

/// Returns the names of all variables.
pub(crate) fn names() -> impl Iterator<Item = String> {
    std::env::vars_os().filter_map(|(name, _)| name.into_string().ok())
}

/// Returns warnings about unknown `COACH_` variables. Never an error: a newer version may know them, and
/// Kubernetes sets some for a service named `coach`.
pub(crate) fn strange(names: impl Iterator<Item = String>) -> Vec<String> {
    let strange = |name: &String| {
        name.starts_with("COACH_") && !OURS.contains(&name.as_str()) && !is_of_a_service(name)
    };
    let mut lines: Vec<String> = names
        .filter(strange)
        .map(|name| {
            let far = |ours: &&str| strsim::levenshtein(ours, &name);
            // Only the command line reads `COACH_MODEL_USER`.
            let read = OURS.into_iter().filter(|ours| *ours != "COACH_MODEL_USER");
            match read.min_by_key(far).filter(|near| far(near) <= TYPO) {
                Some(near) => format!("Unknown setting {name}. Did you mean {near}?"),
                None => format!("Unknown setting {name}. See .env.example for all settings."),
            }
        })
        .collect();
    lines.sort_unstable();
    lines
}

/// Returns whether Kubernetes sets this variable for a service named `coach`.
fn is_of_a_service(name: &str) -> bool {
    let rest = name.strip_prefix("COACH_").unwrap_or_default();
    ["SERVICE_HOST", "SERVICE_PORT", "PORT"].iter().any(|of| {
        rest.strip_prefix(of).is_some_and(|more| more.is_empty() || more.starts_with('_'))
    })
}

type LookUp<'a> = &'a dyn Fn(&'static str) -> Option<Result<String, ()>>;

pub(crate) struct Env<'a>(LookUp<'a>);

pub(crate) fn wrong<T>(name: &'static str, problem: impl Into<String>) -> Result<T, WrongSetting> {
    Err(WrongSetting { name, problem: problem.into() })
}

impl<'a> Env<'a> {
    /// Reads variables through `look_up`, which returns `Err` for a value that is not UTF-8.
    pub(crate) fn new(look_up: LookUp<'a>) -> Self {
        Self(look_up)
    }

    /// Reads a variable and trims it. An empty value counts as not set.
    pub(crate) fn text(&self, name: &'static str) -> Result<Option<String>, WrongSetting> {
        match (self.0)(name) {
            None => Ok(None),
            Some(Err(())) => wrong(name, "is not valid UTF-8"),
            Some(Ok(value)) => Ok(Some(value.trim().to_owned()).filter(|value| !value.is_empty())),
        }
    }

    pub(crate) fn parsed<T>(&self, name: &'static str) -> Result<Option<T>, WrongSetting>
    where
        T: std::str::FromStr<Err: fmt::Display>,
    {
        let Some(text) = self.text(name)? else { return Ok(None) };
        text.parse().map(Some).or_else(|error: T::Err| wrong(name, error.to_string()))
    }

    pub(crate) fn number<T: std::str::FromStr>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, WrongSetting> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        text.parse().map(Some).or_else(|_| wrong(name, "must be a whole number, 0 or more"))
    }

    /// Reads a limit that must not be 0, because 0 would lock out all users.
    pub(crate) fn at_least_one<T>(&self, name: &'static str) -> Result<Option<T>, WrongSetting>
    where
        T: std::str::FromStr + PartialEq + Default,
    {
        let number = self.number::<T>(name)?;
        if number == Some(T::default()) {
            return wrong(name, "must be at least 1; leave it unset for the default");
        }
        Ok(number)
    }

    pub(crate) fn secret(&self, name: &'static str) -> Result<Option<Secret>, WrongSetting> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        if text.len() < 32 {
            return wrong(name, "is too short; use 32 random bytes in hex (openssl rand -hex 32)");
        }
        Ok(Some(Secret::new(text)))
    }

    pub(crate) fn key(&self, name: &'static str) -> Result<Option<SecretString>, WrongSetting> {
        let key = self.text(name)?;
        if key.as_ref().is_some_and(|key| !key.bytes().all(|byte| byte.is_ascii_graphic())) {
            return wrong(name, "contains spaces or other characters that a key cannot contain");
        }
        Ok(key.map(SecretString::from))
    }

    pub(crate) fn address(&self, name: &'static str) -> Result<Option<String>, WrongSetting> {
        let text = self.text(name)?;
        match &text {
            Some(url) if !url.starts_with("http://") && !url.starts_with("https://") => {
                wrong(name, "must begin with http:// or https://")
            }
            _ => Ok(text),
        }
    }

    pub(crate) fn emails(&self, name: &'static str) -> Result<Vec<String>, WrongSetting> {
        let text = self.text(name)?.unwrap_or_default();
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let emails: Vec<String> = parts.map(str::to_owned).collect();
        let plain = |email: &String| {
            let at = email.split_once('@');
            at.is_some_and(|(who, host)| !who.is_empty() && !host.is_empty() && !host.contains('@'))
        };
        match emails.iter().all(plain) {
            true => Ok(emails),
            false => wrong(name, "must be comma-separated addresses like ada@example.org"),
        }
    }

    pub(crate) fn log(&self) -> Result<String, WrongSetting> {
        let text = self.text("RUST_LOG")?.unwrap_or_else(|| "info".to_owned());
        match tracing_subscriber::EnvFilter::try_new(&text) {
            Ok(_) => Ok(text),
            Err(error) => wrong("RUST_LOG", error.to_string()),
        }
    }

    /// Reads the operator's consent text, if one is configured.
    pub(crate) fn consent(&self) -> Result<Option<String>, WrongSetting> {
        let name = "COACH_CONSENT_FILE";
        let Some(path) = self.text(name)?.map(PathBuf::from) else { return Ok(None) };
        match std::fs::read_to_string(&path) {
            Ok(text) if text.trim().is_empty() => wrong(name, "the file is empty"),
            Ok(text) => Ok(Some(text)),
            Err(error) => wrong(name, format!("cannot read {}: {error}", path.display())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(names: &[&str]) -> Vec<String> {
        strange(names.iter().map(|name| (*name).to_owned()))
    }

    #[test]
    fn a_misspelled_setting_gets_a_suggestion() {
        assert_eq!(
            said(&[
                "COACH_MAX_SOCKET",
                "COACH_MAX_SOCKETS",
                "PATH",
                "COACH_CONSENT",
                "COACH_SESSION_KEY"
            ]),
            [
                "Unknown setting COACH_CONSENT. Did you mean COACH_CONSENT_FILE?",
                "Unknown setting COACH_MAX_SOCKET. Did you mean COACH_MAX_SOCKETS?",
                "Unknown setting COACH_SESSION_KEY. See .env.example for all settings.",
            ]
        );
    }

    #[test]
    fn variables_that_kubernetes_sets_are_not_reported() {
        for name in [
            "COACH_PORT",
            "COACH_PORT_8080_TCP",
            "COACH_PORT_8080_TCP_ADDR",
            "COACH_SERVICE_HOST",
            "COACH_SERVICE_PORT_HTTP",
        ] {
            assert_eq!(said(&[name]), [""; 0], "{name}");
        }
        assert!(
            !OURS.iter().any(|ours| is_of_a_service(ours)),
            "Kubernetes would set one of our settings"
        );
    }

    #[test]
    fn the_example_lists_the_settings_that_are_known_and_no_others() {
        let example = include_str!("../../.env.example");
        let names = example.lines().filter_map(|line| line.strip_prefix('#')?.split('=').next());
        let names: Vec<&str> = names.collect();
        assert_eq!(said(&names), [""; 0]);
        for ours in OURS {
            assert!(names.contains(&ours), "{ours} is missing from .env.example");
        }
    }
}
