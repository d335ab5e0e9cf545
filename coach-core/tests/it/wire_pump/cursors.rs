//! What a socket with a cursor receives: everything after it, or everything from the start. Never a gap.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use coach_core::{
    conversation::Status,
    memory::MemoryStore,
    ports::ModelErrorKind,
    testing::{
        Step, Take, answer,
        contract::fixture::{TestRoom, an_invitation},
    },
    wire::{ServerFrame, cursor},
};

use super::line::{Line, Setup, SocketRole, types};

const IDLE: &str = r#"{"type":"turn","turn":1,"state":"idle"}"#;

/// Opens a conversation with one turn: the partner plays this take, and the coach says `Hm.`
async fn setup(partner: Take) -> Setup {
    Setup::with(vec![partner], vec![answer("Hm.")], |store| Arc::new(store)).await
}

/// Opens a conversation without followers whose messages are written to the store directly.
async fn silent_setup() -> (Setup, MemoryStore) {
    let mut kept = None;
    let stores = |store: MemoryStore| {
        kept = Some(store.clone());
        Arc::new(store) as Arc<_>
    };
    let setup = Setup::with(vec![], vec![], stores).await;
    (setup, kept.unwrap())
}

impl Setup {
    async fn at(&self, after: &str) -> Line {
        self.line_of(SocketRole::Participant, cursor(Some(after)), 1_000).await
    }

    /// Sends message 1; the reply is message 2, the comment message 3.
    async fn talk(&self) {
        self.coach.conversation(&self.participant(), self.id).say("Hello").await.unwrap();
    }
}

async fn types_until(line: &mut Line, last: &str) -> Vec<String> {
    types(&line.until(last).await).into_iter().map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn a_cursor_is_followed_by_the_same_frames_as_live() {
    let setup = setup(answer("Nö, nein.")).await;
    let mut live = setup.line().await;
    setup.talk().await;
    let received = live.until(IDLE).await;
    assert!(
        received.contains(
            &r#"{"type":"partner:delta","content":"Nö, nein.","messageId":2,"off":0,"turn":1}"#
                .to_owned()
        )
    );
    let stand = ["turn", "quota"];
    for (after, follows) in [
        ("1.0", &["message", "partner:delta", "partner:done", "coach:delta", "coach:done"][..]),
        ("1.5", &["partner:delta", "partner:done", "coach:delta", "coach:done"]),
        ("2.0", &["partner:delta", "partner:done", "coach:delta", "coach:done"]),
        ("2.3", &["partner:delta", "partner:done", "coach:delta", "coach:done"]),
        ("2.10", &["partner:done", "coach:delta", "coach:done"]),
        ("3.3", &["coach:done"]),
    ] {
        let mut line = setup.at(after).await;
        let expected = [&["resumed"], follows, &stand].concat();
        assert_eq!(types_until(&mut line, r#"{"type":"quota""#).await, expected, "{after}");
    }
    let mut line = setup.at("2.3").await;
    let rest = line.until(r#"{"type":"partner:delta""#).await;
    assert_eq!(
        rest[1],
        r#"{"type":"partner:delta","content":", nein.","messageId":2,"off":3,"turn":1}"#
    );
}

#[tokio::test(start_paused = true)]
async fn an_unknown_cursor_replays_everything() {
    let setup = setup(answer("Nö, nein.")).await;
    let mut live = setup.line().await;
    setup.talk().await;
    live.until(IDLE).await;
    for after in [
        "",
        "garbage",
        "-1.0",
        "2",
        "2.-1",
        "2.2",
        "2.11",
        "4.0",
        "0.0",
        "9999.0",
        "1.6",
        "9223372036854775808.0",
        "2.18446744073709551615",
        "2.99999999999999999999",
    ] {
        let mut line = setup.at(after).await;
        let ServerFrame::History { messages, more: false, reset: Some(true) } = line.frame().await
        else {
            panic!("{after} was honored")
        };
        assert_eq!(messages.len(), 3, "{after}");
        let stand = types_until(&mut line, r#"{"type":"quota""#).await;
        assert_eq!(stand, ["turn", "quota"], "{after}");
    }
}

/// A client received more of a text from a previous host than this host has.
#[tokio::test(start_paused = true)]
async fn a_cursor_ahead_of_a_growing_text_waits_for_it() {
    let wait = || Step::Wait(Duration::from_secs(1));
    let say = |text: &str| Step::Say(text.to_owned());
    let slow =
        vec![Step::Accept, wait(), say("Well, "), wait(), say("no."), wait(), Step::Done(None)];
    let setup = setup(slow).await;
    setup.talk().await;
    let mut line = setup.at("2.8").await;
    let received = line.until(r#"{"type":"partner:done""#).await;
    assert_eq!(types(&received), ["resumed", "turn", "quota", "partner:delta", "partner:done"]);
    assert_eq!(
        received[3],
        r#"{"type":"partner:delta","content":".","messageId":2,"off":8,"turn":1}"#
    );
}

#[tokio::test(start_paused = true)]
async fn a_cursor_inside_a_later_character_replays_everything() {
    let wait = || Step::Wait(Duration::from_secs(1));
    let setup =
        setup(vec![Step::Accept, wait(), Step::Say("Nö.".into()), wait(), Step::Done(None)]).await;
    setup.talk().await;
    let mut line = setup.at("2.2").await;
    let received = line.until(r#"{"type":"partner:delta""#).await;
    assert_eq!(types(&received), ["resumed", "turn", "quota", "history", "partner:delta"]);
    assert!(received[3].ends_with(r#""more":false,"reset":true}"#), "{}", received[3]);
    assert_eq!(
        received[4],
        r#"{"type":"partner:delta","content":"Nö.","messageId":2,"off":0,"turn":1}"#
    );
}

/// The failure and the end are published together; handling the first must not lose the second.
#[tokio::test(start_paused = true)]
async fn a_cursor_ahead_of_a_finished_text_replays_everything() {
    let wait = Step::Wait(Duration::from_secs(1));
    let setup = setup(vec![Step::Accept, wait, Step::Fail(ModelErrorKind::Provider)]).await;
    setup.talk().await;
    let mut line = setup.at("2.99").await;
    let received = line.until(r#"{"type":"history""#).await;
    assert_eq!(types(&received), ["resumed", "turn", "quota", "error", "history"]);
    let ServerFrame::History { messages, reset: Some(true), .. } =
        serde_json::from_str(&received[4]).unwrap()
    else {
        panic!("no reset")
    };
    assert_eq!(messages[1].status, Status::Failed);
}

#[tokio::test(start_paused = true)]
async fn a_follower_without_a_cursor_gets_a_growing_text_as_one_piece() {
    let say = |text: &str| Step::Say(text.to_owned());
    let (pause, end) = (Step::Wait(Duration::from_secs(9)), Step::Done(None));
    let setup = setup(vec![Step::Accept, say("Nö, "), say("nein"), pause, say("."), end]).await;
    let mut live = setup.line().await;
    setup.talk().await;
    live.until(r#"{"type":"partner:delta""#).await;
    let mut line = setup.line().await;
    let received = line.until(r#"{"type":"partner:done""#).await;
    assert_eq!(
        types(&received),
        ["history", "partner:delta", "turn", "quota", "partner:delta", "partner:done"]
    );
    assert!(
        !received[0].contains("reset") && received[0].contains(r#""content":"Hello""#),
        "{}",
        received[0]
    );
    assert_eq!(
        received[1],
        r#"{"type":"partner:delta","content":"Nö, nein","messageId":2,"off":0,"turn":1}"#
    );
    assert_eq!(
        received[4],
        r#"{"type":"partner:delta","content":".","messageId":2,"off":9,"turn":1}"#
    );
}

/// All conversations share one sequence of message ids, so those of another conversation look valid.
#[tokio::test(start_paused = true)]
async fn a_cursor_of_another_conversation_replays_everything() {
    let (setup, store) = silent_setup().await;
    let here = TestRoom { store: &store, id: setup.id, invitation: an_invitation(1, 0).id };
    here.take_turn(1).await;
    TestRoom::under(&store, 2, here.invitation).await.take_turn(2).await;
    here.take_turn(3).await;
    // Messages 4 to 6, between the two turns here, belong to another conversation.
    for after in ["4.0", "4.19", "5.0", "5.3", "6.0"] {
        let mut line = setup.at(after).await;
        let ServerFrame::History { messages, reset: Some(true), .. } = line.frame().await else {
            panic!("{after} was honored")
        };
        let ids: Vec<_> = messages.iter().map(|message| message.id).collect();
        assert_eq!(ids, [1, 2, 3, 7, 8, 9], "{after}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_and_fifty_messages_follow_a_cursor_and_no_more() {
    let (setup, store) = silent_setup().await;
    let room = TestRoom { store: &store, id: setup.id, invitation: an_invitation(1, 0).id };
    for turn in 1..=51 {
        room.take_turn(turn).await;
    }
    // Message 3 is the first comment.
    let received = types_until(&mut setup.at("3.8").await, r#"{"type":"quota""#).await;
    let messages = received.iter().filter(|kind| *kind == "message").count();
    assert_eq!((&*received[0], &*received[1], messages), ("resumed", "coach:done", 50));
    for after in ["2.3", "1.19"] {
        let mut line = setup.at(after).await;
        let ServerFrame::History { messages, more: true, reset: Some(true) } = line.frame().await
        else {
            panic!("{after} was honored")
        };
        assert_eq!((messages.len(), messages[0].id), (150, 4), "{after}");
    }
}
