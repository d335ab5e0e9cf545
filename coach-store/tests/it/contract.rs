//! SQLite sits the exam of the store ports.

use crate::folder::fresh;

coach_core::store_contract!(fresh);
