//! Tests against mock servers that others wrote.

fn main() {}
