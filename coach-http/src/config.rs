//! The host's configuration, read from the environment.

use std::{collections::HashMap, fmt, net::SocketAddr, ops::Deref, time::Duration};

use coach_core::model::Lane;
use coach_llm::ModelName;
use openidconnect::IssuerUrl;
use secrecy::SecretString;

use crate::{
    environment::{self, Env, WrongSetting, wrong},
    keys::Secret,
    network::Networks,
    public_url::PublicUrl,
};

/// The address of a database, which may contain a password and is therefore not printed.
#[derive(Clone)]
pub struct DatabaseUrl(String);

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.split_once("://").map_or("", |(scheme, _)| scheme);
        write!(f, "DatabaseUrl({scheme}://…)")
    }
}

impl Deref for DatabaseUrl {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// The host's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The database's URL.
    pub database_url: DatabaseUrl,
    /// The origin at which browsers reach this host.
    pub public_url: PublicUrl,
    /// The address to listen on.
    pub bind: SocketAddr,
    /// The key that seals cookies and links. With SQLite, a missing key is created beside the database.
    pub session_key: Option<Secret>,
    /// The previous key: opens what it sealed earlier, never seals.
    pub session_key_previous: Option<Secret>,
    /// The models and their providers.
    pub models: ModelConfig,
    /// The sign-in provider, if one is configured.
    pub oidc: Option<OidcConfig>,
    /// Email addresses that make their owners administrators once the provider has verified them.
    pub admin_emails: Vec<String>,
    /// Whether researchers see only the invitations they created.
    pub staff_see_own_only: bool,
    /// How long running answers may take to finish when the host stops.
    pub drain: Duration,
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Networks,
    /// The log filter, in the syntax of `RUST_LOG`.
    pub log: String,
    /// The token that grants access to `/metrics` from any address.
    pub metrics_token: Option<Secret>,
    /// Messages per minute in one conversation; `None` for no limit.
    pub messages_per_minute: Option<u32>,
    /// Maximum open sockets for the whole host.
    pub max_sockets: usize,
    /// Maximum open sockets of one user in one conversation.
    pub sockets_per_person: usize,
    /// How long a connection may be idle between two requests.
    pub keep_alive: Duration,
    /// Tokens per day for the whole host; `None` for no limit.
    pub tokens_per_day: Option<u64>,
    /// The operator's consent text for invitations without their own; `None` for the built-in text.
    pub consent: Option<String>,
    /// Warnings about unknown `COACH_` variables, one line each.
    pub strange: Vec<String>,
}

/// The providers' keys and addresses, and the model of each lane.
#[derive(Clone, Debug, Default)]
pub struct ModelConfig {
    /// Anthropic's key and, if set, base URL.
    pub anthropic: Option<(SecretString, Option<String>)>,
    /// OpenAI's key and, if set, base URL.
    pub openai: Option<(SecretString, Option<String>)>,
    /// Google's key and, if set, base URL.
    pub google: Option<(SecretString, Option<String>)>,
    /// An OpenAI-compatible server's base URL and optional key.
    pub compatible: Option<(String, Option<SecretString>)>,
    /// The models set for single lanes; the other lanes use the default.
    pub lanes: HashMap<Lane, ModelName>,
    /// Timeouts, and the token budget for thinking.
    pub settings: coach_llm::ModelSettings,
}

/// An OpenID Connect sign-in provider.
#[derive(Clone, Debug)]
pub struct OidcConfig {
    /// The provider's issuer URL.
    pub issuer: IssuerUrl,
    /// This host's client ID at the provider.
    pub client_id: String,
    /// The secret that authenticates this host to the provider.
    pub client_secret: SecretString,
    /// The time limit for all requests to the provider within one step of a sign-in.
    pub patience: Duration,
}

impl Config {
    /// Reads the configuration from the process's environment.
    ///
    /// # Errors
    ///
    /// [`WrongSetting`] names the invalid variable.
    pub fn from_env() -> Result<Self, WrongSetting> {
        let config = Self::read(environment::variable)?;
        Ok(Self { strange: environment::strange(environment::names()), ..config })
    }

    /// Reads the configuration through `look_up`, which returns `Err` for a value that is not UTF-8.
    ///
    /// # Errors
    ///
    /// [`WrongSetting`] names the invalid variable.
    pub fn read(
        look_up: impl Fn(&'static str) -> Option<Result<String, ()>>,
    ) -> Result<Self, WrongSetting> {
        let env = Env::new(&look_up);
        let database_url =
            env.text("DATABASE_URL")?.unwrap_or_else(|| "sqlite://./data/coach.db".to_owned());
        if !["sqlite://", "postgres://", "postgresql://"]
            .iter()
            .any(|s| database_url.starts_with(s))
        {
            return wrong("DATABASE_URL", "must begin with sqlite:// or postgres://");
        }
        let session_key = env.secret("SESSION_KEY")?;
        if session_key.is_none() && !database_url.starts_with("sqlite://") {
            return wrong("SESSION_KEY", "must be set with PostgreSQL (32 random bytes in hex)");
        }
        let staff_see_own_only = match env.text("STAFF_SCOPE")?.as_deref() {
            None | Some("all") => false,
            Some("own") => true,
            Some(_) => return wrong("STAFF_SCOPE", "must be all or own"),
        };
        let per_minute = env.number::<u32>("COACH_MESSAGES_PER_MINUTE")?.unwrap_or(30);
        Ok(Self {
            database_url: DatabaseUrl(database_url),
            public_url: env.parsed("PUBLIC_URL")?.unwrap_or_default(),
            bind: env.parsed("BIND")?.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            session_key,
            session_key_previous: env.secret("SESSION_KEY_PREVIOUS")?,
            models: ModelConfig::read(&env)?,
            oidc: OidcConfig::read(&env)?,
            admin_emails: env.emails("ADMIN_EMAILS")?,
            staff_see_own_only,
            drain: Duration::from_secs(env.number::<u32>("DRAIN_SECONDS")?.unwrap_or(30).into()),
            trusted_proxies: env.parsed("TRUSTED_PROXIES")?.unwrap_or_default(),
            log: env.log()?,
            metrics_token: env.secret("METRICS_TOKEN")?,
            messages_per_minute: (per_minute > 0).then_some(per_minute),
            max_sockets: env.at_least_one("COACH_MAX_SOCKETS")?.unwrap_or(10_000),
            sockets_per_person: env.at_least_one("COACH_SOCKETS_PER_PERSON")?.unwrap_or(5),
            keep_alive: Duration::from_secs(
                env.at_least_one::<u32>("COACH_KEEP_ALIVE_SECONDS")?.unwrap_or(75).into(),
            ),
            tokens_per_day: env.at_least_one("COACH_MAX_TOKENS_PER_DAY")?,
            consent: env.consent()?,
            strange: Vec::new(),
        })
    }
}

const MODELS: [(&str, Lane); 5] = [
    ("COACH_MODEL_PARTNER", Lane::Partner),
    ("COACH_MODEL_COACH", Lane::Coach),
    ("COACH_MODEL_ELABORATION", Lane::Elaboration),
    ("COACH_MODEL_ASIDE", Lane::Aside),
    ("COACH_MODEL_JUDGE", Lane::Judge),
];

/// Returns the variable that sets a lane's model, if there is one.
pub fn model_variable(lane: Lane) -> Option<&'static str> {
    MODELS.into_iter().find(|(_, of)| *of == lane).map(|(name, _)| name)
}

impl ModelConfig {
    fn read(env: &Env<'_>) -> Result<Self, WrongSetting> {
        let provider = |key, url| -> Result<_, WrongSetting> {
            Ok(env.key(key)?.zip(Some(env.address(url)?)))
        };
        let compatible_key = env.key("OPENAI_COMPATIBLE_KEY")?;
        let mut lanes = HashMap::new();
        for (name, lane) in MODELS {
            if let Some(model) = env.parsed(name)? {
                lanes.insert(lane, model);
            }
        }
        Ok(Self {
            anthropic: provider("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL")?,
            openai: provider("OPENAI_API_KEY", "OPENAI_BASE_URL")?,
            google: provider("GOOGLE_GENERATIVE_AI_API_KEY", "GOOGLE_GEMINI_BASE_URL")?,
            compatible: env.address("OPENAI_COMPATIBLE_URL")?.zip(Some(compatible_key)),
            lanes,
            settings: Self::settings(env)?,
        })
    }

    fn settings(env: &Env<'_>) -> Result<coach_llm::ModelSettings, WrongSetting> {
        let mut values = HashMap::new();
        for name in coach_llm::VARIABLES {
            values.insert(name, env.text(name)?);
        }
        coach_llm::ModelSettings::read(|name| values.get(name).cloned().flatten())
            .map_err(|wrong| WrongSetting { name: wrong.name, problem: wrong.problem })
    }
}

impl OidcConfig {
    const GOOGLE: &'static str = "https://accounts.google.com";
    const PATIENCE: Duration = Duration::from_secs(10);

    fn read(env: &Env<'_>) -> Result<Option<Self>, WrongSetting> {
        let issuer = env.text("OIDC_ISSUER")?;
        let ours = (env.text("GOOGLE_CLIENT_ID")?, env.key("GOOGLE_CLIENT_SECRET")?);
        let (client_id, client_secret) = match ours {
            (Some(id), Some(secret)) => (id, secret),
            (Some(_), None) => {
                return wrong("GOOGLE_CLIENT_SECRET", "must be set together with GOOGLE_CLIENT_ID");
            }
            (None, Some(_)) => {
                return wrong("GOOGLE_CLIENT_ID", "must be set together with GOOGLE_CLIENT_SECRET");
            }
            (None, None) if issuer.is_some() => {
                return wrong("GOOGLE_CLIENT_ID", "must be set together with OIDC_ISSUER");
            }
            (None, None) => return Ok(None),
        };
        let issuer = issuer_url(issuer.as_deref().unwrap_or(Self::GOOGLE))?;
        Ok(Some(Self { issuer, client_id, client_secret, patience: Self::PATIENCE }))
    }
}

/// Parses the issuer's URL. Plain HTTP is allowed only for a provider on this machine.
fn issuer_url(text: &str) -> Result<IssuerUrl, WrongSetting> {
    let issuer = IssuerUrl::new(text.to_owned()).ok().filter(|issuer| {
        let url = issuer.url();
        let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let safe = url.scheme() == "https" || (url.scheme() == "http" && here);
        safe && url.host_str().is_some() && url.query().is_none() && url.fragment().is_none()
    });
    issuer.map_or_else(|| wrong("OIDC_ISSUER", "must be a URL like https://id.example"), Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, String> {
        let of = |name: &str| pairs.iter().find(|(key, _)| *key == name);
        Config::read(|name| of(name).map(|(_, value)| Ok((*value).to_owned())))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn an_empty_environment_gives_the_defaults_for_one_machine() {
        let config = read(&[("SESSION_KEY", " ")]).unwrap();
        assert_eq!(config.bind.to_string(), "127.0.0.1:8080");
        assert_eq!(config.public_url.to_string(), "http://localhost:8080");
        assert_eq!(config.messages_per_minute, Some(30));
        assert_eq!(config.consent, None);
    }

    #[test]
    fn an_empty_value_is_the_default_for_every_variable() {
        let example = include_str!("../../.env.example");
        let names = example.lines().filter_map(|line| line.strip_prefix('#')?.split_once('='));
        let names: Vec<&str> = names.map(|(name, _)| name).collect();
        assert!(names.len() > 20, "{names:?}");
        let unset = format!("{:?}", read(&[]).unwrap());
        for nothing in ["", " \t"] {
            let empty: Vec<_> = names.iter().map(|name| (*name, nothing)).collect();
            assert_eq!(format!("{:?}", read(&empty).unwrap()), unset);
        }
    }

    #[test]
    fn a_wrong_value_names_its_variable() {
        for (name, value) in [
            ("DATABASE_URL", "mysql://x"),
            ("PUBLIC_URL", "localhost:8080"),
            ("BIND", "8080"),
            ("SESSION_KEY", "short"),
            ("STAFF_SCOPE", "some"),
            ("DRAIN_SECONDS", "-1"),
            ("TRUSTED_PROXIES", "10.0.0.0/33"),
            ("RUST_LOG", "coach=verbose=2"),
            ("COACH_MAX_SOCKETS", "many"),
            ("COACH_FIRST_TOKEN_SECONDS", "0"),
            ("COACH_ANSWER_SECONDS", "2m"),
            ("COACH_THINKING_TOKENS", "-1"),
            ("COACH_MAX_TOKENS_PER_DAY", "1.5"),
            ("COACH_MODEL_PARTNER", "gpt"),
            ("OPENAI_COMPATIBLE_URL", "127.0.0.1:11434"),
            ("COACH_CONSENT_FILE", "/nowhere/at/all.md"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(error.starts_with(&format!("{name}: ")), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
        let error = read(&[("DATABASE_URL", "postgres://localhost/coach")]).unwrap_err();
        assert!(error.starts_with("SESSION_KEY: must be set"), "{error}");
    }

    #[test]
    fn model_timeouts_are_read_from_the_environment() {
        let set = [("COACH_FIRST_TOKEN_SECONDS", "300"), ("COACH_ANSWER_SECONDS", "600")];
        let settings = read(&set).unwrap().models.settings;
        let seconds = |n| Some(Duration::from_secs(n));
        assert_eq!((settings.first_token, settings.answer), (seconds(300), seconds(600)));
    }

    #[test]
    fn a_sign_in_provider_is_google_or_named() {
        let ours = [("GOOGLE_CLIENT_ID", "us"), ("GOOGLE_CLIENT_SECRET", "hush")];
        let issuer = |more: &[(&str, &str)]| {
            let oidc = read(&[&ours, more].concat()).unwrap().oidc;
            oidc.unwrap().issuer.as_str().to_owned()
        };
        assert!(read(&[]).unwrap().oidc.is_none());
        assert_eq!(issuer(&[]), "https://accounts.google.com");
        for named in ["https://id.example/", "http://localhost:9000", "http://127.0.0.1:1/realm"] {
            assert_eq!(issuer(&[("OIDC_ISSUER", named)]), named);
        }
        for (pairs, name) in [
            (&ours[..1], "GOOGLE_CLIENT_SECRET"),
            (&ours[1..], "GOOGLE_CLIENT_ID"),
            (&[("OIDC_ISSUER", "https://id.example")][..], "GOOGLE_CLIENT_ID"),
            (&[ours[0], ours[1], ("OIDC_ISSUER", "http://id.example")][..], "OIDC_ISSUER"),
            (&[ours[0], ours[1], ("OIDC_ISSUER", "id.example")][..], "OIDC_ISSUER"),
            (&[ours[0], ours[1], ("OIDC_ISSUER", "https://id.example?x")][..], "OIDC_ISSUER"),
            (&[("ADMIN_EMAILS", "ada@example.org, bob")][..], "ADMIN_EMAILS"),
        ] {
            let problem = read(pairs).unwrap_err();
            assert!(problem.starts_with(name) && !problem.contains('\n'), "{problem}");
        }
        let admins = read(&[("ADMIN_EMAILS", "ada@example.org, ,bob@example.org,")]).unwrap();
        assert_eq!(admins.admin_emails, ["ada@example.org", "bob@example.org"]);
    }

    #[test]
    fn secrets_show_nothing() {
        let secret = "0123456789abcdef0123456789abcdef";
        let config = read(&[
            ("SESSION_KEY", secret),
            ("METRICS_TOKEN", secret),
            ("ANTHROPIC_API_KEY", "sk-secret"),
            ("GOOGLE_CLIENT_ID", "us"),
            ("GOOGLE_CLIENT_SECRET", "sk-secret"),
        ]);
        let shown = format!("{:?}", config.unwrap());
        assert!(!shown.contains(secret) && !shown.contains("sk-secret"), "{shown}");
    }
}
