//! The NUL character, which PostgreSQL cannot store, is refused by both databases.

use coach_core::{
    ports::Accept,
    testing::contract::fixture::{TestRoom as Room, opened},
};

use crate::folder::{Place, on_both};

on_both!(a_text_with_nul_is_refused_and_nothing_is_stored);

async fn a_text_with_nul_is_refused_and_nothing_is_stored(place: Place) {
    let store = place.fresh().await;
    let room = Room::new(&*store).await;
    let refused = store.accept(Accept { content: "a\0b", ..room.message(1) }).await;
    assert!(format!("{refused:?}").contains("NUL"), "{refused:?}");
    assert_eq!(room.messages().await, []);
    opened(room.accept(room.message(2)).await);
}
