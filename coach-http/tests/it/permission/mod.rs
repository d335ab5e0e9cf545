//! Who may do what: one table, every row of it tried by every role, and the rules beside it.

mod matrix;
mod rules;
mod table;
mod world;
