//! Opening a PostgreSQL database: its address, what must be true of it, and its tables.

use std::{io::ErrorKind, str::FromStr as _, time::Duration};

use sqlx::{
    ConnectOptions as _, Connection as _, Error, PgConnection, Row as _,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::{Instant, sleep};

use super::{Postgres, state};
use crate::{ConnectError, Options, pool::Connections};

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// The oldest version that the statements are tested on.
const OLDEST: i32 = 15;

/// The parameters of an address that are understood; others may contain a secret and are not repeated.
const PARAMETERS: [&str; 13] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// How long the server lets a statement run and wait for a lock (`$1`), and a transaction wait for its client. Plans do
/// not depend on parameters: planning again for each call took a third of the server's time.
const SETTINGS: &str = "
    SELECT
        set_config('lock_timeout', $1, FALSE),
        set_config('statement_timeout', '30s', FALSE),
        set_config('idle_in_transaction_session_timeout', '60s', FALSE),
        set_config('client_min_messages', 'warning', FALSE),
        set_config('plan_cache_mode', 'force_generic_plan', FALSE),
        set_config(
            'synchronous_commit',
            CASE current_setting('synchronous_commit')
                WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit')
            END,
            FALSE
        )";

const PAUSE: Duration = Duration::from_millis(250);

/// How long one attempt to connect may take while the program waits for the server.
const ATTEMPT: Duration = Duration::from_secs(3);

/// An address without its secrets, as errors and logs show it.
fn shown(options: &PgConnectOptions) -> String {
    let server = match options.get_socket() {
        Some(socket) => format!("{}:{}", socket.display(), options.get_port()),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    format!("PostgreSQL at {server}, database {database}, user {}", options.get_username())
}

/// Parses an address. No error repeats a part of it that could be a password.
fn parse(url: &str) -> Result<PgConnectOptions, ConnectError> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let key = parameter.split_once('=').map_or(parameter, |(key, _)| key);
        if !PARAMETERS.contains(&key) && !key.starts_with("options[") {
            return Err(ConnectError::Address(format!(
                "unknown parameter {key}; known ones are {}",
                PARAMETERS.join(", ")
            )));
        }
    }
    let options = PgConnectOptions::from_str(url).map_err(|error| {
        ConnectError::Address(match error {
            Error::Configuration(cause) => {
                format!("not a PostgreSQL address ({cause}); expected {EXAMPLE}")
            }
            _ => format!("not a PostgreSQL address; expected {EXAMPLE}"),
        })
    })?;
    let name = options.get_application_name().unwrap_or("conversation-coach").to_owned();
    Ok(options
        .application_name(&name)
        // A pooler may know no such parameter, and no column needs it.
        .extra_float_digits(None)
        .statement_cache_capacity(256)
        .disable_statement_logging())
}

const EXAMPLE: &str = "one such as postgres://coach:password@localhost:5432/coach?sslmode=require";

impl Postgres {
    /// Connects to a database, waiting for it to be there, and migrates its tables.
    pub(crate) async fn open(url: &str, options: Options) -> Result<Self, ConnectError> {
        let address = parse(url)?;
        let target = Target { name: shown(&address), address };
        let mut first = target.reach(options.unreachable).await?;
        target.prepare(&mut first).await?;
        drop(first.close().await);
        let patience = options.patience.as_millis().max(1).to_string();
        let pool = PgPoolOptions::new()
            .max_connections(options.connections.max(1))
            .acquire_timeout(options.patience)
            // A lost connection is replaced when it is used.
            .test_before_acquire(false)
            .after_connect(move |connection, _| {
                let patience = patience.clone();
                Box::pin(async move {
                    sqlx::query(SETTINGS).bind(patience).execute(connection).await?;
                    Ok(())
                })
            })
            .connect_lazy_with(target.address);
        Ok(Self { pool: Connections::of(pool), patience: options.patience })
    }
}

struct Target {
    name: String,
    address: PgConnectOptions,
}

impl Target {
    /// Connects, and waits for a server that is not there yet.
    async fn reach(&self, patience: Duration) -> Result<PgConnection, ConnectError> {
        let until = Instant::now() + patience;
        let mut told = false;
        loop {
            let attempt = until.min(Instant::now() + ATTEMPT);
            let attempt = tokio::time::timeout_at(attempt, self.address.connect()).await;
            let cause = match attempt {
                Ok(Ok(connection)) => return Ok(connection),
                Ok(Err(error)) if is_absent(&error) => error,
                Ok(Err(error)) => return Err(self.refused(error)),
                Err(_) => Error::Io(ErrorKind::TimedOut.into()),
            };
            if Instant::now() + PAUSE >= until {
                let database = self.name.clone();
                return Err(ConnectError::Unreachable { database, patience, cause: cause.into() });
            }
            if !told {
                told = true;
                tracing::warn!(%cause, "waiting up to {} s for {}", patience.as_secs(), self.name);
            }
            sleep(PAUSE).await;
        }
    }

    /// Checks what must be true of the database, and migrates its tables.
    async fn prepare(&self, db: &mut PgConnection) -> Result<(), ConnectError> {
        let database = self.name.clone();
        if self.is_pooled(db).await.map_err(|error| self.refused(error))? {
            return Err(ConnectError::Pooler { database });
        }
        let facts = Facts::of(db).await.map_err(|error| self.refused(error))?;
        facts.check(&database)?;
        MIGRATIONS.run(&mut *db).await.map_err(|error| self.not_migrated(error))?;
        let missing: Option<(String,)> = sqlx::query_as(MISSING_RIGHT)
            .fetch_optional(&mut *db)
            .await
            .map_err(|error| self.refused(error))?;
        match missing {
            Some((table,)) => Err(ConnectError::Rights {
                database,
                cause: format!("no right to use {table}").into(),
            }),
            None => Ok(()),
        }
    }

    /// Returns whether two of our connections share a session of the server, or one of ours changes its session.
    async fn is_pooled(&self, db: &mut PgConnection) -> Result<bool, Error> {
        let before = session(db).await?;
        let mut other = self.address.connect().await?;
        sqlx::raw_sql("BEGIN").execute(&mut other).await?;
        let theirs = session(&mut other).await?;
        let after = session(db).await?;
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await?;
        drop(other.close().await);
        Ok(theirs == before || after != before)
    }

    fn refused(&self, error: Error) -> ConnectError {
        let (database, state) = (self.name.clone(), state(&error).unwrap_or_default());
        let text = error.to_string();
        let by_pooler =
            ["startup parameter", "pooling mode"].iter().any(|said| text.contains(said));
        if state == "08P01" && by_pooler || state == "26000" {
            return ConnectError::Pooler { database };
        }
        // The server requires TLS of this user.
        let is_plain = state == "28000" && text.contains("no encryption");
        if is_plain || is_tls(&error) {
            return ConnectError::Tls { database, cause: words(error) };
        }
        match state.as_str() {
            "28000" | "28P01" | "3D000" => ConnectError::SignIn { database, cause: words(error) },
            "42501" => ConnectError::Rights { database, cause: words(error) },
            "25006" => ConnectError::ReadOnly { database },
            _ => ConnectError::Refused { database, cause: words(error) },
        }
    }

    fn not_migrated(&self, error: MigrateError) -> ConnectError {
        let database = self.name.clone();
        match error {
            MigrateError::VersionMissing(migration) => ConnectError::Newer { database, migration },
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
                self.refused(error)
            }
            error => ConnectError::Refused { database, cause: error.into() },
        }
    }
}

/// Returns what the server said, without the line of its source that the driver adds, and without repeating it.
fn words(error: Error) -> Box<dyn std::error::Error + Send + Sync> {
    match error.as_database_error() {
        Some(said) => said.message().to_owned().into(),
        None => error.into(),
    }
}

/// Returns the process of the server that answers.
async fn session(db: &mut PgConnection) -> Result<i32, Error> {
    sqlx::raw_sql("SELECT pg_backend_pid()").fetch_one(db).await?.try_get(0)
}

/// Returns whether the two sides do not agree on TLS. The handshake reports a certificate as invalid data.
fn is_tls(error: &Error) -> bool {
    match error {
        Error::Tls(_) => true,
        Error::Io(error) => error.kind() == ErrorKind::InvalidData,
        _ => false,
    }
}

/// Returns whether the server is not there, still starts, or has no connection left: it may be there soon.
fn is_absent(error: &Error) -> bool {
    match error {
        Error::Io(_) => !is_tls(error),
        error => state(error).is_some_and(|state| ["53300", "57P03"].contains(&state.as_str())),
    }
}

/// What must be true of a database.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Facts {
    pub(super) version: i32,
    encoding: String,
    is_read_only: bool,
    schema: Option<String>,
    /// A table that is there, not of an extension, when our list of migrations is not.
    table: Option<String>,
    /// Whether there is a list of migrations.
    is_migrated: bool,
}

impl Facts {
    pub(super) async fn of(db: &mut PgConnection) -> Result<Self, Error> {
        let mut facts: Self = sqlx::query_as(FACTS).fetch_one(&mut *db).await?;
        if facts.is_migrated {
            let first: Option<(Vec<u8>,)> =
                sqlx::query_as("SELECT checksum FROM _sqlx_migrations ORDER BY version LIMIT 1")
                    .fetch_optional(&mut *db)
                    .await?;
            let ours = MIGRATIONS.iter().next().map(|first| first.checksum.to_vec());
            // An empty list: another host may be making the first one.
            let is_ours = first.is_none_or(|(first,)| Some(first) == ours);
            facts.table = facts.table.filter(|_| !is_ours);
        }
        Ok(facts)
    }

    pub(super) fn check(&self, database: &str) -> Result<(), ConnectError> {
        let database = database.to_owned();
        if self.version / 10_000 < OLDEST {
            return Err(ConnectError::Version { database, version: self.version / 10_000 });
        }
        if self.encoding != "UTF8" {
            return Err(ConnectError::Encoding { database, encoding: self.encoding.clone() });
        }
        if self.is_read_only {
            return Err(ConnectError::ReadOnly { database });
        }
        if self.schema.is_none() {
            return Err(ConnectError::Rights {
                database,
                cause: "no right to use any schema of the search path".into(),
            });
        }
        match &self.table {
            Some(table) => Err(ConnectError::Foreign { database, table: table.clone() }),
            None => Ok(()),
        }
    }
}

const FACTS: &str = "
    SELECT
        current_setting('server_version_num')::int AS version,
        current_setting('server_encoding') AS encoding,
        pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS is_read_only,
        current_schema()::text AS schema,
        (
            SELECT c.relname::text FROM pg_class AS c
            WHERE c.relnamespace = current_schema()::regnamespace
                AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                AND c.relname <> '_sqlx_migrations'
                AND NOT EXISTS (
                    SELECT 1 FROM pg_depend AS d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
                )
            ORDER BY c.relname
            LIMIT 1
        ) AS \"table\",
        to_regclass(quote_ident(current_schema()) || '._sqlx_migrations') IS NOT NULL AS is_migrated";

/// The first table that this user cannot read and write, or sequence that gives them no number.
const MISSING_RIGHT: &str = "
    SELECT c.relname::text FROM pg_class AS c
    WHERE c.relnamespace = current_schema()::regnamespace
        AND c.relkind IN ('r', 'S')
        AND NOT CASE c.relkind WHEN 'S' THEN has_sequence_privilege(c.oid, 'USAGE') ELSE
            has_table_privilege(c.oid, 'SELECT')
            AND has_table_privilege(c.oid, 'INSERT')
            AND (
                c.relname = '_sqlx_migrations'
                OR has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE')
            )
        END
    ORDER BY c.relname
    LIMIT 1";
