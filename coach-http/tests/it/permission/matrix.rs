//! Tries every row of the table in every role.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    table::{About, BY_HAND, OPEN, ROWS, Who},
    world::{Body, World},
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
    for (_, path, _, about, _) in ROWS {
        assert_eq!(about != About::Nothing, path.contains('{'), "{path}");
    }
}

#[tokio::test]
async fn every_role_gets_the_answer_of_its_row() {
    for who in Who::ALL {
        let mut world = World::of(who).await;
        for row in ROWS {
            let (method, path, _, about, _) = row;
            if about != About::Nothing {
                let answer = world.answers_absent(method, path).await;
                let expected = who.answer_absent(row);
                assert_eq!(answer, expected, "{method} {path}, absent, as {who:?}");
            }
            let answer = world.answers(row).await;
            assert_eq!(answer, who.answer(row), "{method} {path} as {who:?}");
            if method != "get" && (answer < 300 || answer == 401) {
                // It may have ended a login or a conversation, so the next row starts in a new world.
                world = World::of(who).await;
            }
        }
    }
}

/// Expected statuses written by hand, because those of the table are computed from the policy under test.
#[tokio::test]
async fn the_most_important_cells_have_the_status_written_by_hand() {
    for who in Who::ALL {
        for (_, method, path, status) in BY_HAND.into_iter().filter(|cell| cell.0 == who) {
            let world = World::of(who).await;
            let row = ROWS.into_iter().find(|row| (row.0, row.1) == (method, path)).unwrap();
            assert_eq!(world.answers(row).await, status, "{method} {path} as {who:?}");
        }
    }
}

/// Permission is checked before the request's content, so that an invalid body or parameter reveals nothing.
#[tokio::test]
async fn a_missing_permission_is_answered_before_an_invalid_request() {
    for who in Who::ALL {
        let world = World::of(who).await;
        for row in ROWS {
            let (method, path, _, about, _) = row;
            for body in Body::WRONG {
                let absent = who.answer_absent(row);
                if about != About::Nothing && absent >= 400 {
                    let answer = world.answers_absent_to(method, path, body).await;
                    assert_eq!(answer, absent, "{method} {path}, absent, {body:?}, as {who:?}");
                }
                let expected = who.answer(row);
                if matches!(expected, 401 | 403 | 404) && expected != row.4 {
                    let answer = world.answers_to(row, body).await;
                    assert_eq!(answer, expected, "{method} {path} {body:?} as {who:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn open_operations_are_open_to_every_role() {
    for who in Who::ALL {
        let world = World::of(who).await;
        for path in OPEN {
            assert_eq!(world.try_it("get", path).await, 200, "{path} as {who:?}");
        }
    }
}

#[tokio::test]
async fn disabled_users_are_signed_out() {
    for who in Who::ALL.into_iter().filter(|who| *who != Who::SignedOut) {
        let world = World::of(who).await;
        world.app.disable(world.person.user().await).await;
        let before = world.person.copy();
        for row in ROWS.into_iter().filter(|row| Who::SignedOut.answer(*row) == 401) {
            assert_eq!(world.answers(row).await, 401, "{row:?} as {who:?}");
            // The 401 removed the login cookie, so restore it.
            world.person.takes_cookies_of(&before);
        }
    }
}
