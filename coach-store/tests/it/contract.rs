//! SQLite passes the contract tests of the store ports.

use crate::folder::fresh;

coach_core::store_contract!(fresh);
