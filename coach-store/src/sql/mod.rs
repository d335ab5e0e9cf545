//! The SQL statements, complete, one file per subject.
//!
//! Placeholders are `$1`, instants are microseconds, ids are 16 bytes, flags are 0 and 1, so that one text
//! works for every database, except for those in [`dialect`]. No statement is assembled at run time.

macro_rules! statements {
    ($($name:ident = $text:expr;)*) => {
        $(pub(crate) const $name: &str = $text;)*

        #[cfg(test)]
        pub(crate) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

pub(crate) mod admissions;
pub(crate) mod audit;
pub(crate) mod conversations;
pub(crate) mod dialect;
pub(crate) mod invitation_lists;
pub(crate) mod invitations;
pub(crate) mod ledger;
pub(crate) mod presets;
pub(crate) mod scenarios;
pub(crate) mod turns;
pub(crate) mod users;

/// Returns every statement with its name, for the tests that prepare and explain them.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    [
        users::ALL,
        audit::ALL,
        conversations::ALL,
        dialect::ALL,
        invitation_lists::ALL,
        invitations::ALL,
        ledger::ALL,
        admissions::ALL,
        presets::ALL,
        scenarios::ALL,
        turns::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}
