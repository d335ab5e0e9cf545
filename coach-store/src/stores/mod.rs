//! The store functions, one file per subject, each written once for both databases.
//!
//! They run within a transaction that [`Store`](crate::store::Store) begins and commits.

mod admissions;
mod audit;
mod changes;
mod conversation_rows;
mod conversations;
mod entries;
mod health;
mod invitation_lists;
mod invitations;
mod leases;
mod ledger;
mod looks;
mod names;
mod note_rows;
mod notes;
mod payment;
mod presets;
mod recovery;
mod rows;
mod scenarios;
mod turns;
mod users;
