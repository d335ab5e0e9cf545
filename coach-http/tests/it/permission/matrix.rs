//! Every row of the table, tried by everybody.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    table::{OPEN, ROWS, Who},
    world::World,
};

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let document: Value = serde_json::from_str(&coach_http::document()).unwrap();
    let mut operations = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let method = if path.starts_with("/ws/") { "ws" } else { method };
            operations.insert((method.to_owned(), path.clone()));
        }
    }
    let rows: BTreeSet<_> =
        ROWS.iter().map(|(method, path, ..)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(operations, rows);
    for (_, path, _, absent) in ROWS {
        assert_eq!(absent.is_some(), path.contains('{'), "{path}");
    }
}

#[tokio::test]
async fn everybody_is_answered_what_their_row_says() {
    for (column, who) in Who::ALL.into_iter().enumerate() {
        let mut world = World::of(who).await;
        for (method, path, answers, absent) in ROWS {
            if let Some(absent) = absent {
                let answer = world.answers_absent(method, path).await;
                assert_eq!(answer, absent[column], "{method} {path}, not there, as {who:?}");
            }
            let answer = world.answers(method, path).await;
            assert_eq!(answer, answers[column], "{method} {path} as {who:?}");
            if method == "post" {
                // Some of them end logins or conversations: the next one finds a world of its own.
                world = World::of(who).await;
            }
        }
    }
}

#[tokio::test]
async fn what_stands_open_is_open_for_everybody() {
    for who in Who::ALL {
        let world = World::of(who).await;
        for path in OPEN {
            assert_eq!(world.answers("get", path).await, 200, "{path} as {who:?}");
        }
    }
}

#[tokio::test]
async fn somebody_who_is_disabled_is_nobody() {
    for who in Who::ALL.into_iter().filter(|who| *who != Who::Nobody) {
        let world = World::of(who).await;
        world.app.cast.disable(world.person.user().await);
        let before = world.person.copy();
        for (method, path, ..) in ROWS.iter().filter(|(_, _, answers, _)| answers[0] == 401) {
            let answer = world.answers(method, path).await;
            assert_eq!(answer, 401, "{method} {path} as {who:?}");
            // A browser that is told so has forgotten its login.
            world.person.takes_cookies_of(&before);
        }
    }
}
