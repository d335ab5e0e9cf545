//! The provider's keys: cached, and fetched again when one is missing, with a limit on how often.

use super::browser::World;

#[tokio::test]
async fn keys_are_kept_and_a_new_one_is_found() {
    let world = World::start().await;
    for _ in 0..3 {
        let mut alice = world.browser();
        assert_eq!(world.sign_in(&mut alice).await.status(), 302);
    }
    assert_eq!(world.provider.keys_asked(), 1);
    world.provider.behavior().kid = "two";
    world.provider.behavior().shown_kids = vec!["one", "two"];
    let mut alice = world.browser();
    assert_eq!(world.sign_in(&mut alice).await.status(), 302);
    assert_eq!(world.provider.keys_asked(), 2);
}

#[tokio::test]
async fn tokens_with_unknown_keys_do_not_trigger_repeated_key_requests() {
    let world = World::start().await;
    world.provider.behavior().kid = "nobodys";
    for _ in 0..5 {
        let mut browser = world.browser();
        let back = world.go(&mut browser, "/").await;
        world.assert_refused(&mut browser, &back, "an unknown key").await;
    }
    assert_eq!(world.provider.keys_asked(), 2);
}
