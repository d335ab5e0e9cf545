//! Erased text is in no file of the database.

use coach_core::{
    people::audit::AuditAction,
    ports::{ConversationFilter, NextStep},
    testing::contract::fixture::{TestRoom as Room, line, opened, person},
};

use crate::folder::{Fresh, fresh, fresh_on_server};

/// PostgreSQL keeps them in its files until it needs the space, and in its log until it recycles that.
#[tokio::test]
async fn erased_words_are_in_no_table_of_postgres() {
    let store = fresh_on_server().await;
    let mut db = store.place.look().await;
    let room = Room::new(&*store).await;
    let message = coach_core::ports::Accept { content: "canary words", ..room.message(1) };
    let open = opened(room.accept(message).await);
    room.beat(&open, "canary half").await;
    room.finish(room.answer(&open, "canary answer", NextStep::Close)).await;
    const FOUND: &str = "
        SELECT count(*) FROM pg_tables AS t
        WHERE t.schemaname = 'public'
            AND query_to_xml(format('SELECT * FROM %I', t.tablename), TRUE, TRUE, '')::text LIKE '%canary%'";
    assert_ne!(db.rows::<(i64,)>(FOUND).await, [(0,)], "the text was there before");
    erase_owner(&store, &room).await;
    assert_eq!(db.rows::<(i64,)>(FOUND).await, [(0,)]);
}

#[tokio::test]
async fn erased_text_is_in_no_file() {
    let store = fresh().await;
    let room = Room::new(&*store).await;
    let message = coach_core::ports::Accept { content: "canary words", ..room.message(1) };
    let open = opened(room.accept(message).await);
    room.beat(&open, "canary half").await;
    room.finish(room.answer(&open, "canary answer", NextStep::Close)).await;
    let files = || {
        let names = std::fs::read_dir(store.place.folder().path()).unwrap();
        names.map(|entry| entry.unwrap().path()).filter(|path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(6).any(|window| window == b"canary")
        })
    };
    assert_ne!(files().count(), 0, "the text was there before");
    erase_owner(&store, &room).await;
    assert_eq!(files().collect::<Vec<_>>(), Vec::<std::path::PathBuf>::new());
}

async fn erase_owner(store: &Fresh, room: &Room<'_>) {
    // The user to erase must exist.
    let admin = store.local_admin(person(77), None, coach_core::timestamp::Timestamp(1)).await;
    assert!(admin.is_ok());
    let owner = store.present(room.id).await.unwrap().unwrap().conversation.owner;
    let invitation = coach_core::ports::Claim {
        invitation: room.invitation,
        user: owner,
        new_guest: true,
        consent_version: "c1",
        audit: line(owner, AuditAction::Claimed, 1),
    };
    store.claim(invitation).await.unwrap();
    store.erase(owner, line(owner, AuditAction::Erased, 2)).await.unwrap();
    assert_eq!(
        store.conversations(ConversationFilter::User(owner), None, 9).await.unwrap().len(),
        1
    );
}
