//! The library behind `coach`: runs conversations from scenario files, without a terminal.
//!
//! The binary `coach` of this crate adds arguments, the terminal and signals.

pub mod lab;
