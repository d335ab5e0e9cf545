//! Checks every statement against the real tables.
