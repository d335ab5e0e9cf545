//! The rules of turns, tokens, accounts and recovery, as pure functions that every store shares.
//!
//! A store's method runs one transaction: it loads the facts that a rule takes, calls the rule, and writes the
//! plan that the rule returns. A rule has no I/O, no clock and no randomness, so the same facts always give
//! the same plan. A store decides nothing itself: it never chooses a refusal, a skip reason or a status.
//!
//! To write a store:
//!
//! 1. Load the facts inside the transaction, and lock the rows that the plan changes: users, then
//!    conversations, turns, balances and days. Facts that another transaction could change before the commit
//!    make a plan wrong.
//! 2. Call the rule. It returns either the response, with nothing to write, or a plan.
//! 3. Write everything that the plan names, in the order of its fields, and commit.
//!
//! [`MemoryStore`](crate::memory::MemoryStore) is the shortest example, and
//! `testing::contract` has the tests.

pub mod admission;
pub mod conversations;
pub mod finish;
pub mod invitations;
pub mod looks;
pub mod messages;
pub mod notes;
pub mod presets;
pub mod recovery;
pub mod tokens;
pub mod users;
