//! The SQL statements, complete, one file per subject.
//!
//! Placeholders are `$1`, instants are microseconds, a flag is a condition of its own, so that one text works
//! for both databases. Where it cannot, both texts stand side by side. At run time nothing is assembled but batches
//! of whole statements.

/// The text for PostgreSQL, if it has one of its own, or the common one.
macro_rules! last {
    ($text:expr) => {
        $text
    };
    ($text:expr, $postgres:expr) => {
        $postgres
    };
}

macro_rules! statements {
    ($($name:ident = $text:expr $(, postgres = $postgres:expr)?;)*) => {
        $(pub(crate) const $name: crate::connection::Statement = crate::connection::Statement {
            sqlite: $text,
            postgres: last!($text $(, $postgres)?),
        };)*

        #[cfg(test)]
        pub(crate) const ALL: &[(&str, crate::connection::Statement)] =
            &[$((stringify!($name), $name)),*];
    };
}

pub(crate) mod admissions;
pub(crate) mod audit;
pub(crate) mod conversations;
pub(crate) mod dialect;
pub(crate) mod invitation_lists;
pub(crate) mod invitations;
pub(crate) mod ledger;
pub(crate) mod locks;
pub(crate) mod looks;
pub(crate) mod notes;
pub(crate) mod presets;
pub(crate) mod scenarios;
pub(crate) mod turns;
pub(crate) mod users;

#[cfg(test)]
use crate::connection::Statement;

/// Returns every statement with its name, for the tests that prepare and explain them.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = (&'static str, Statement)> {
    [
        users::ALL,
        audit::ALL,
        conversations::ALL,
        dialect::ALL,
        invitation_lists::ALL,
        invitations::ALL,
        ledger::ALL,
        locks::ALL,
        admissions::ALL,
        looks::ALL,
        notes::ALL,
        presets::ALL,
        scenarios::ALL,
        turns::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}
