//! A connection to either database, and queries that mean the same on both.
//!
//! Columns are integers of 64 bits, flags, text, ids and bytes, so that a row type reads them from both.

use sqlx::{
    Arguments as _, AssertSqlSafe, Error, FromRow, PgConnection, SqlSafeStr as _, SqlStr,
    SqliteConnection,
    error::BoxDynError,
    postgres::{PgArguments, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};
use tokio::time::Instant;
use uuid::Uuid;

/// A borrowed connection.
#[derive(Debug)]
pub(crate) enum Connection<'c> {
    Sqlite(Framed<'c>),
    Postgres(&'c mut PgConnection),
}

impl<'c> Connection<'c> {
    /// Returns a connection to SQLite on which nothing but the statements themselves is sent.
    pub(crate) fn sqlite(connection: &'c mut SqliteConnection) -> Self {
        Self::Sqlite(Framed { connection, frame: Frame::default() })
    }
}

/// A connection to SQLite with what is still to be sent around the statements of a write.
#[derive(Debug)]
pub(crate) struct Framed<'c> {
    pub(crate) connection: &'c mut SqliteConnection,
    pub(crate) frame: Frame,
}

/// What opens and closes a write in SQLite; empty once it is sent. It is sent in one trip to the connection's thread with
/// the write's first and last statement, because a trip costs more than most statements.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Frame {
    pub(crate) first: &'static str,
    pub(crate) last: &'static str,
    /// When `last` was sent.
    pub(crate) closing: Option<Instant>,
}

impl Framed<'_> {
    /// Sends what opens the write by itself: a number of changed rows would count those of an earlier statement.
    async fn open(&mut self) -> Result<(), Error> {
        match std::mem::take(&mut self.frame.first) {
            "" => Ok(()),
            first => sqlx::query(first).execute(&mut *self.connection).await.map(drop),
        }
    }

    /// Returns the text to send for a statement.
    fn text(&mut self, statement: &'static str) -> SqlStr {
        match std::mem::take(&mut self.frame.first) {
            "" => SqlStr::from_static(statement),
            first => AssertSqlSafe(format!("{first};{statement}")).into_sql_str(),
        }
    }
}

/// The text of a statement for each database; mostly the same. An empty text does nothing on its database.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Statement {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// A row type that can be read from both databases.
pub(crate) trait Record:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static
{
}

impl<T> Record for T where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static
{
}

/// A parameter of a query. An absent value keeps its type, which PostgreSQL wants to know.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Integer(Option<i64>),
    Real(Option<f32>),
    Flag(bool),
    Text(Option<String>),
    Id(Option<Uuid>),
    Bytes(Vec<u8>),
    /// A JSON array of ids in hexadecimal in SQLite, an array in PostgreSQL.
    Ids(Vec<Uuid>),
    /// A JSON array in SQLite, an array in PostgreSQL.
    Integers(Vec<i64>),
    /// A JSON array in SQLite, an array in PostgreSQL.
    Texts(Vec<Option<String>>),
}

macro_rules! values {
    ($($from:ty => |$value:ident| $to:expr;)*) => {
        $(impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $to
            }
        })*
    };
}

values! {
    i64 => |value| Self::Integer(Some(value));
    Option<i64> => |value| Self::Integer(value);
    Option<f32> => |value| Self::Real(value);
    bool => |value| Self::Flag(value);
    String => |value| Self::Text(Some(value));
    &String => |value| Self::Text(Some(value.clone()));
    &str => |value| Self::Text(Some(value.to_owned()));
    Option<String> => |value| Self::Text(value);
    &Option<String> => |value| Self::Text(value.clone());
    Option<&str> => |value| Self::Text(value.map(ToOwned::to_owned));
    Uuid => |value| Self::Id(Some(value));
    Option<Uuid> => |value| Self::Id(value);
    &[u8] => |value| Self::Bytes(value.to_vec());
    Vec<Uuid> => |value| Self::Ids(value);
    Vec<i64> => |value| Self::Integers(value);
    Vec<Option<String>> => |value| Self::Texts(value);
}

/// A statement with its parameters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Query {
    statement: Statement,
    values: Vec<Value>,
}

pub(crate) fn query(statement: Statement) -> Query {
    Query { statement, values: Vec::new() }
}

impl Query {
    /// Adds the next parameter.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Returns the number of rows that were changed.
    pub(crate) async fn execute(self, db: &mut Connection<'_>) -> Result<u64, Error> {
        Ok(match db {
            Connection::Sqlite(_) if self.statement.sqlite.is_empty() => 0,
            Connection::Postgres(_) if self.statement.postgres.is_empty() => 0,
            Connection::Sqlite(db) => {
                db.open().await?;
                let query = sqlx::query_with(self.statement.sqlite, sqlite(self.values)?);
                query.execute(&mut *db.connection).await?.rows_affected()
            }
            Connection::Postgres(db) => {
                let query = sqlx::query_with(self.statement.postgres, postgres(self.values)?);
                query.execute(&mut **db).await?.rows_affected()
            }
        })
    }

    pub(crate) async fn fetch_all<T: Record>(
        self,
        db: &mut Connection<'_>,
    ) -> Result<Vec<T>, Error> {
        match db {
            Connection::Sqlite(db) => {
                let text = db.text(self.statement.sqlite);
                let query = sqlx::query_as_with(text, sqlite(self.values)?);
                query.fetch_all(&mut *db.connection).await
            }
            Connection::Postgres(db) => {
                let query = sqlx::query_as_with(self.statement.postgres, postgres(self.values)?);
                query.fetch_all(&mut **db).await
            }
        }
    }

    pub(crate) async fn fetch_optional<T: Record>(
        self,
        db: &mut Connection<'_>,
    ) -> Result<Option<T>, Error> {
        match db {
            Connection::Sqlite(db) => {
                let text = db.text(self.statement.sqlite);
                let query = sqlx::query_as_with(text, sqlite(self.values)?);
                query.fetch_optional(&mut *db.connection).await
            }
            Connection::Postgres(db) => {
                let query = sqlx::query_as_with(self.statement.postgres, postgres(self.values)?);
                query.fetch_optional(&mut **db).await
            }
        }
    }

    pub(crate) async fn fetch_one<T: Record>(self, db: &mut Connection<'_>) -> Result<T, Error> {
        self.fetch_optional(db).await?.ok_or(Error::RowNotFound)
    }
}

/// Statements that are sent together.
///
/// None of them sees what another one writes, and no two change the same row: PostgreSQL runs them as one statement,
/// SQLite one after the other.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    queries: Vec<Query>,
    /// The positions of the statements whose rows are wanted.
    returning: Vec<usize>,
    /// Whether the write ends with them.
    is_last: bool,
}

impl Batch {
    /// Returns an empty batch with which a write ends: it sends no further statement.
    pub(crate) fn last() -> Self {
        Self { is_last: true, ..Self::default() }
    }

    pub(crate) fn push(&mut self, query: Query) {
        self.queries.push(query);
    }

    pub(crate) fn extend(&mut self, queries: impl IntoIterator<Item = Query>) {
        self.queries.extend(queries);
    }

    /// Adds a statement whose rows are wanted. All such statements of a batch return the same columns.
    pub(crate) fn push_returning(&mut self, query: Query) {
        self.returning.push(self.queries.len());
        self.queries.push(query);
    }

    pub(crate) async fn execute(self, db: &mut Connection<'_>) -> Result<(), Error> {
        let rows: Vec<(i64,)> = self.fetch_all(db).await?;
        debug_assert!(rows.is_empty(), "nobody asked for rows");
        Ok(())
    }

    /// Returns the rows of the statements that were added for theirs, in any order.
    pub(crate) async fn fetch_all<T: Record>(
        self,
        db: &mut Connection<'_>,
    ) -> Result<Vec<T>, Error> {
        if self.queries.is_empty() {
            return Ok(Vec::new());
        }
        let mut text = String::new();
        let (mut values, mut all) = (Vec::new(), Vec::new());
        for query in self.queries {
            let statement = match db {
                Connection::Sqlite(_) => query.statement.sqlite,
                Connection::Postgres(_) => query.statement.postgres,
            };
            all.push((statement, values.len()));
            values.extend(query.values);
        }
        match db {
            Connection::Sqlite(Framed { connection, frame }) => {
                text.push_str(std::mem::take(&mut frame.first));
                text.push(';');
                for (statement, offset) in all {
                    renumbered(statement, offset, &mut text);
                    text.push(';');
                }
                let values = sqlite(values)?;
                if self.is_last {
                    text.push_str(std::mem::take(&mut frame.last));
                    frame.closing = Some(Instant::now());
                }
                let query = sqlx::query_as_with(AssertSqlSafe(text), values);
                query.fetch_all(&mut **connection).await
            }
            Connection::Postgres(db) => {
                for (n, (statement, offset)) in all.into_iter().enumerate() {
                    text.push_str(if n == 0 { "WITH " } else { ", " });
                    text.push_str(&format!("q{n} AS ("));
                    renumbered(statement, offset, &mut text);
                    text.push(')');
                }
                match &self.returning[..] {
                    [] => text.push_str(" SELECT 0::bigint WHERE FALSE"),
                    wanted => {
                        let wanted: Vec<_> =
                            wanted.iter().map(|n| format!("SELECT * FROM q{n}")).collect();
                        text.push(' ');
                        text.push_str(&wanted.join(" UNION ALL "));
                    }
                }
                let query = sqlx::query_as_with(AssertSqlSafe(text), postgres(values)?);
                query.fetch_all(&mut **db).await
            }
        }
    }
}

/// Appends a statement whose parameters are counted from `offset`.
fn renumbered(statement: &str, offset: usize, text: &mut String) {
    let mut rest = statement;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at + 1);
        text.push_str(before);
        let digits = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let (number, after) = from.split_at(digits);
        match number.parse::<usize>() {
            Ok(number) => text.push_str(&(number + offset).to_string()),
            Err(_) => text.push_str(number),
        }
        rest = after;
    }
    text.push_str(rest);
}

fn sqlite(values: Vec<Value>) -> Result<SqliteArguments, Error> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        let added = match value {
            Value::Integer(value) => arguments.add(value),
            Value::Real(value) => arguments.add(value),
            Value::Flag(value) => arguments.add(value),
            Value::Text(value) => whole(value).and_then(|value| arguments.add(value)),
            Value::Id(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Ids(value) => arguments.add(json(&value)),
            Value::Integers(value) => arguments.add(json_integers(&value)),
            Value::Texts(value) => {
                all_whole(value).and_then(|value| arguments.add(json_texts(&value)))
            }
        };
        added.map_err(Error::Encode)?;
    }
    Ok(arguments)
}

fn postgres(values: Vec<Value>) -> Result<PgArguments, Error> {
    let mut arguments = PgArguments::default();
    for value in values {
        let added = match value {
            Value::Integer(value) => arguments.add(value),
            Value::Real(value) => arguments.add(value),
            Value::Flag(value) => arguments.add(value),
            Value::Text(value) => whole(value).and_then(|value| arguments.add(value)),
            Value::Id(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Ids(value) => arguments.add(value),
            Value::Integers(value) => arguments.add(value),
            Value::Texts(value) => all_whole(value).and_then(|value| arguments.add(value)),
        };
        added.map_err(Error::Encode)?;
    }
    Ok(arguments)
}

/// Refuses text with a NUL character, which PostgreSQL cannot store and SQLite would cut in some functions.
fn whole(text: Option<String>) -> Result<Option<String>, BoxDynError> {
    match text.as_ref().is_some_and(|text| text.contains('\0')) {
        true => Err("a text contains the NUL character".into()),
        false => Ok(text),
    }
}

fn all_whole(texts: Vec<Option<String>>) -> Result<Vec<Option<String>>, BoxDynError> {
    texts.into_iter().map(whole).collect()
}

/// Returns a list of ids as a JSON array, in hexadecimal.
fn json(ids: &[Uuid]) -> String {
    let ids: Vec<_> = ids.iter().map(|id| format!("\"{}\"", id.simple())).collect();
    format!("[{}]", ids.join(","))
}

fn json_integers(integers: &[i64]) -> String {
    let integers: Vec<_> = integers.iter().map(ToString::to_string).collect();
    format!("[{}]", integers.join(","))
}

fn json_texts(texts: &[Option<String>]) -> String {
    let mut json = String::from("[");
    for (n, text) in texts.iter().enumerate() {
        json.push_str(if n == 0 { "" } else { "," });
        match text {
            Some(text) => push_quoted(&mut json, text),
            None => json.push_str("null"),
        }
    }
    json.push(']');
    json
}

/// Appends a text as a JSON string.
fn push_quoted(json: &mut String, text: &str) {
    json.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => json.extend(['\\', char]),
            '\0'..' ' => json.push_str(&format!("\\u{:04x}", u32::from(char))),
            char => json.push(char),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::renumbered;

    #[test]
    fn the_parameters_of_a_statement_in_a_batch_are_counted_on() {
        let mut text = String::from("a;");
        renumbered("UPDATE t SET a = $1, b = b + $12 WHERE c LIKE '$' || $2", 9, &mut text);
        assert_eq!(text, "a;UPDATE t SET a = $10, b = b + $21 WHERE c LIKE '$' || $11");
    }
}
