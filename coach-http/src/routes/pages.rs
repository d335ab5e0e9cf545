//! Paging of lists: the size of a page and the cursor of the next.

use crate::{problem::Failure, wire::bounds::PageSize};

/// Returns the size of a page: 50 if absent, at most 200.
pub(super) fn page_size(limit: Option<PageSize>) -> Result<u32, Failure> {
    match limit.map_or(50, |limit| limit.0) {
        0 => Err(Failure::invalid("limit", "must be at least 1")),
        limit => Ok(limit.min(200)),
    }
}

/// Returns a page and the cursor of the next one. `found` was asked for one more than `limit`.
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
