//! Statements against the real tables.
