//! Two requests of one person at the same time.

use futures::future::join;
use reqwest::Method;
use serde_json::json;

use crate::app::TestApp;

/// A start that races with an erasure: started before it, the conversation is erased with the rest; after it, the
/// start is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_started_during_an_erasure_leaves_nothing() {
    let app = TestApp::start().await;
    let mut started = 0;
    for round in 0..60u32 {
        let guest = app.guest().await;
        let user = guest.user().await;
        let other = guest.copy();
        let start = other.post("/api/conversations", json!({ "scenario": "raise" }));
        let erase = async {
            // Sometimes before the start, sometimes after it.
            for _ in 0..round % 6 {
                assert_eq!(guest.get("/api/me").await.status(), 200);
            }
            guest.ask(Method::DELETE, "/api/me", None, &[]).await
        };
        let (start, erased) = join(start, erase).await;
        assert_eq!(erased.status(), 204);
        match start.status().as_u16() {
            201 => started += 1,
            // Already signed out, or erased in between.
            401 | 403 | 404 | 410 => {}
            other => panic!("{other}: {}", start.text().await.unwrap()),
        }
        let of = coach_core::ports::ConversationFilter::User(user);
        let left = app.stores.conversations(of, None, 100).await.unwrap();
        for talk in &left {
            let present = app.stores.present(talk.id).await.unwrap().unwrap();
            assert_eq!(
                present.conversation.ended.map(|(reason, _)| reason),
                Some(coach_core::conversation::EndReason::Erased)
            );
            assert_eq!(present.conversation.script.opening, None, "the opening was not erased");
            assert_eq!(app.stores.messages(talk.id, None, 100).await.unwrap(), []);
        }
    }
    assert!(started > 0, "every start was refused");
}
