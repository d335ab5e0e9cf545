//! Every server frame, verbatim, for both audiences. Changing this snapshot means changing the protocol.

use coach_core::{
    CoachError,
    conversation::{Cut, EndReason, Message, Role, SkipReason, Status},
    ids::MessageId,
    live::{Delta, Event, LogEntry, Quota, TurnState, Voice},
    model::TurnLane,
    ports::{ModelErrorKind, Refusal, StoreError},
    testing::MORNING,
    turn::TurnLimit,
    wire::{Audience, ErrorFrame, ServerFrame},
};
use std::{fmt::Write as _, sync::Arc, time::Duration};

fn message(id: i64, role: Role, content: &str) -> Message {
    Message {
        done_at: Some(MORNING.after(Duration::from_millis(1_234))),
        model: Some("never:shown".to_owned()),
        ..Message::new(MessageId(id), 7, role, content, MORNING)
    }
}

fn said() -> Message {
    Message { client_id: Some("c-1".to_owned()), ..message(122, Role::User, "Well?") }
}

fn reply() -> Message {
    let first_delta_at = Some(MORNING.after(Duration::from_millis(300)));
    Message { replaces: Some(MessageId(121)), first_delta_at, ..message(123, Role::Partner, "No.") }
}

fn cut() -> Message {
    let finish_reason = Some("length".to_owned());
    Message { finish_reason, ..message(125, Role::Coach, "Ask") }
}

fn skipped() -> Message {
    let skipped = Some(SkipReason::Quota);
    Message { status: Status::Skipped, skipped, ..message(124, Role::Coach, "") }
}

fn delta(voice: Voice, replaces: Option<i64>) -> Event {
    Event::Delta(Delta {
        voice,
        message: MessageId(123),
        turn: 7,
        replaces: replaces.map(MessageId),
        off: 4,
        text: "No, \"Ü\".\n".to_owned(),
    })
}

fn ended(voice: Voice, status: Status, replaces: Option<i64>) -> Message {
    let role = if voice == Voice::Partner { Role::Partner } else { Role::Coach };
    let (aside, replaces) = (voice == Voice::Aside, replaces.map(MessageId));
    Message { aside, status, replaces, ..message(123, role, "Never in this frame.") }
}

fn done(voice: Voice, status: Status, replaces: Option<i64>) -> Event {
    Event::Done(Arc::new(ended(voice, status, replaces)))
}

fn events() -> Vec<Event> {
    let history = |reset| Event::History {
        messages: [said(), reply(), cut(), skipped()].map(Arc::new).into(),
        more: true,
        reset,
    };
    let mut events = vec![
        history(false),
        history(true),
        Event::History { messages: Vec::new(), more: false, reset: false },
        Event::Resumed,
        Event::Said(said().into()),
        Event::AsideQuestion(Message { aside: true, ..said() }.into()),
    ];
    for voice in [Voice::Partner, Voice::Coach, Voice::Aside] {
        events.push(delta(voice, None));
        events.push(delta(voice, Some(121)));
        events.push(done(voice, Status::Complete, None));
    }
    for status in [Status::Stopped, Status::Interrupted, Status::Failed] {
        events.push(done(Voice::Partner, status, Some(121)));
    }
    let turn = 7;
    events
        .extend(SkipReason::ALL.map(|reason| {
            Event::Skipped(Arc::new(Message { skipped: Some(reason), ..skipped() }))
        }));
    for (reason, cut) in
        [("length", Cut::Length), ("content_filter", Cut::Filter), ("refusal", Cut::Refusal)]
    {
        let finish_reason = Some(reason.to_owned());
        let whole = Message { finish_reason, ..ended(Voice::Partner, Status::Complete, None) };
        assert_eq!(whole.cut(), Some(cut));
        events.push(Event::Done(Arc::new(whole)));
    }
    let states = [
        TurnState::Accepted,
        TurnState::Partner,
        TurnState::Coach,
        TurnState::Aside,
        TurnState::Idle,
    ];
    events.extend(states.map(|state| Event::Turn { turn, state }));
    events.push(Event::Quota(Quota::default()));
    events.extend([TurnLimit::Quota, TurnLimit::Conversation].map(|limit| {
        let (turns_left, limit) = (Some(5), Some(limit));
        Event::Quota(Quota { turns_left, limit, used: Some(1_200), left: Some(800) })
    }));
    events.extend(EndReason::ALL.map(Event::Ended));
    let kind = ModelErrorKind::Overloaded(None);
    events.push(Event::Failed { lane: TurnLane::Partner, turn, kind });
    events.push(Event::Failed { lane: TurnLane::Aside, turn, kind: ModelErrorKind::Auth });
    events.push(Event::StorageTrouble { turn });
    events
}

#[test]
fn an_event_serializes_to_the_frame_of_an_observer() {
    for event in events() {
        let frame = ServerFrame::new(&event, Audience::Observer).text();
        assert_eq!(serde_json::to_string(&event).unwrap(), frame);
        let held = match &event {
            Event::Said(message) | Event::AsideQuestion(message) => {
                serde_json::json!({ "message": **message })["message"].clone()
            }
            Event::Delta(delta) => serde_json::to_value(delta).unwrap(),
            Event::Quota(quota) => serde_json::to_value(quota).unwrap(),
            _ => continue,
        };
        let frame: serde_json::Value = serde_json::from_str(&frame).unwrap();
        assert_eq!(held, *frame.get("message").unwrap_or(&frame));
    }
}

/// Prints one line if both audiences receive the same, else two.
#[test]
fn every_event_has_its_frame() {
    let mut frames = String::new();
    for event in events() {
        let received = LogEntry::new(event);
        let [participant, observer] =
            [Audience::Participant, Audience::Observer].map(|audience| received.frame(audience));
        for frame in [&participant, &observer] {
            let read: ServerFrame = serde_json::from_str(frame).unwrap();
            assert_eq!(*read.text(), **frame, "frames survive a round trip");
        }
        if participant == observer {
            writeln!(frames, "both        {participant}").unwrap();
        } else {
            writeln!(frames, "participant {participant}\nobserver    {observer}").unwrap();
        }
    }
    insta::assert_snapshot!(frames);
}

#[test]
fn acks_refusals_and_errors_have_their_frames() {
    let storage = CoachError::Store(StoreError::new("the disk is full"));
    let wait = Duration::from_millis(1_500);
    let refused = [
        Refusal::Busy,
        Refusal::NoSuchTurn,
        Refusal::IdempotencyConflict,
        Refusal::QuotaExhausted { left: 3, for_now: false },
        Refusal::QuotaExhausted { left: 3, for_now: true },
        Refusal::DaySpent { wait, for_now: false },
        Refusal::InvitationExpired,
        Refusal::InvitationRevoked,
        Refusal::Ended(EndReason::Staff),
        Refusal::Draining,
        Refusal::RateLimited { wait },
    ];
    let mut errors = vec![
        CoachError::Empty,
        CoachError::TooLong,
        CoachError::NotFound,
        CoachError::Forbidden,
        CoachError::BadRequest("so not"),
        storage,
    ];
    errors.extend(refused.map(CoachError::Refused));
    let mut frames = vec![
        ServerFrame::Ack { client_id: "c-1".to_owned(), message_id: 122, turn: 7 },
        ServerFrame::Pong {},
    ];
    frames.extend(errors.iter().map(|error| ServerFrame::Error(ErrorFrame::of(error))));
    let lines: String = frames.iter().map(|frame| frame.text() + "\n").collect();
    for (line, frame) in lines.lines().zip(&frames) {
        assert_eq!(&serde_json::from_str::<ServerFrame>(line).unwrap(), frame);
    }
    assert!(!lines.contains("disk"), "a store's error text is only logged");
    insta::assert_snapshot!(lines);
}

#[test]
fn a_client_that_waits_as_long_as_asked_is_never_early() {
    for (wait, retry_after) in [(0, 0), (1, 1), (1_000, 1), (1_001, 2)] {
        let wait = Duration::from_micros(wait);
        let error = CoachError::Refused(Refusal::RateLimited { wait });
        assert_eq!(ErrorFrame::of(&error).retry_after_ms, Some(retry_after));
    }
}

/// Pieces are serialized by a faster code path, which must produce the same text.
#[test]
fn text_is_escaped_as_serde_json_does() {
    let controls: String = (0..=0xa0_u8).map(char::from).collect();
    let texts = [
        "",
        "plain",
        "\"quoted\" \\ / back",
        "line\nline\r\n\ttab",
        "👩\u{200d}🚀 😀",
        "\u{2028}\u{2029}",
        "\u{feff}\u{202e}rtl\u{0301}\u{0}",
        "<script>&amp;</script>",
        &controls,
    ];
    for text in texts {
        for voice in [Voice::Partner, Voice::Coach, Voice::Aside] {
            let message = MessageId(1);
            let event = Event::Delta(Delta {
                voice,
                message,
                turn: 1,
                replaces: None,
                off: 0,
                text: text.to_owned(),
            });
            let slow = ServerFrame::new(&event, Audience::Participant).text();
            let frame = LogEntry::new(event).frame(Audience::Participant);
            assert_eq!(*slow, *frame);
            let escaped = serde_json::to_string(text).unwrap();
            assert!(frame.contains(&format!(r#""content":{escaped},"#)), "{frame}");
            let read: serde_json::Value = serde_json::from_str(&frame).unwrap();
            assert_eq!(read["content"], text);
        }
    }
}

#[test]
fn a_frame_is_encoded_once_for_all_followers() {
    let received = LogEntry::new(delta(Voice::Coach, None));
    let first = received.frame(Audience::Observer);
    assert!(Arc::ptr_eq(&first, &received.frame(Audience::Participant)));
    let received = LogEntry::new(Event::Said(said().into()));
    assert_ne!(received.frame(Audience::Observer), received.frame(Audience::Participant));
}
