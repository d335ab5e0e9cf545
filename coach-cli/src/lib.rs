//! The laboratory of `coach`: runs conversations from scenario files, without a terminal.
//!
//! The command line is the binary `coach` of this crate; it adds arguments, the terminal and signals.

pub mod lab;
