//! Lists come in pages: how long one is, and what the next one begins after.

use crate::{problem::Failure, wire::bounds::PageSize};

/// The size of a list's page.
pub(super) fn page_size(limit: Option<PageSize>) -> Result<u32, Failure> {
    match limit.map_or(50, |limit| limit.0) {
        0 => Err(Failure::invalid("limit", "at least 1")),
        limit => Ok(limit.min(200)),
    }
}

/// A page of what was found, of which one more than `limit` was asked for, and the cursor of the next.
pub(super) fn page<T, C: ToString>(
    mut found: Vec<T>,
    limit: u32,
    cursor: impl Fn(&T) -> C,
) -> (Vec<T>, Option<String>) {
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|last| cursor(last).to_string());
    (found, next)
}
