//! A socket from its first frame to its last: who receives what, in which order, and every way it ends.

mod cursors;
mod endings;
mod keeping_up;
mod line;
mod talk;
