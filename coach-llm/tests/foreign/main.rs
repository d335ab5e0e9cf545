//! Tests against mock servers that others wrote, so that our reading of the wires is not only our own.
//!
//! `cargo xtask test` installs and starts both, and says where they are: `COACH_TEST_LLMOCK` (`llmock` 0.2.2
//! from the Python index) and `COACH_TEST_AIMOCK` (`@copilotkit/aimock` 1.43.0 from npm, with
//! `tests/fixtures/aimock.json`). Without them these tests fail; they never skip.

#![expect(clippy::unwrap_used, reason = "a helper that panics fails its test")]

mod aimock;
mod llmock;
mod support;
