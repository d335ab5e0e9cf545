//! Contract tests of `Clock` and `Ids`.

use std::collections::BTreeSet;

use crate::{
    ports::{Clock, Ids},
    timestamp::Timestamp,
};

/// The years 2020 and 2100, in microseconds since 1970.
const NOW_IS_BETWEEN: (Timestamp, Timestamp) =
    (Timestamp(1_577_836_800_000_000), Timestamp(4_102_444_800_000_000));

/// A clock returns microseconds since 1970 and does not go backwards between two calls.
pub fn time_is_in_this_century_and_moves_forward(clock: &dyn Clock) {
    let looks: Vec<_> = std::iter::repeat_with(|| clock.now()).take(1_000).collect();
    assert!(looks.is_sorted());
    let (from, to) = NOW_IS_BETWEEN;
    assert!(from < looks[0] && looks[999] < to, "{:?}", looks[0]);
}

/// Ids are unique, of version 7, and sorted by age, because lists are ordered by them.
pub fn names_are_new_and_sort_by_age(ids: &dyn Ids) {
    let made: Vec<_> = std::iter::repeat_with(|| ids.next()).take(10_000).collect();
    assert!(made.is_sorted());
    assert_eq!(made.iter().collect::<BTreeSet<_>>().len(), made.len());
    assert!(made.iter().all(|id| id.get_version_num() == 7), "{}", made[0]);
}
