//! Tests against third-party mock servers, as a second reading of the providers' formats.
//!
//! `cargo xtask test` installs and starts both, and passes their addresses in `COACH_TEST_LLMOCK` (`llmock` 0.2.2
//! from the Python index) and `COACH_TEST_AIMOCK` (`@copilotkit/aimock` 1.43.0 from npm, with
//! `tests/fixtures/aimock.json`). Without them these tests fail; they are never skipped.

#![expect(clippy::unwrap_used, reason = "a helper that panics fails its test")]

mod aimock;
mod llmock;
mod support;
