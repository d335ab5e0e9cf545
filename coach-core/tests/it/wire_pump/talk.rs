//! Requests of a participant, and who receives the results.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use coach_core::{
    live::StartAt,
    testing::{Fault, FaultyStore, Step, answer},
    wire::ServerFrame,
};

use super::line::{Line, Setup, SocketRole, types};

const IDLE: &str = r#"{"type":"turn","turn":1,"state":"idle"}"#;

#[tokio::test(start_paused = true)]
async fn a_client_without_client_ids_sees_a_whole_turn() {
    let setup = Setup::open().await;
    let mut line = setup.line().await;
    line.send(r#"{"type":"message","content":"May I have a raise?"}"#);
    insta::assert_snapshot!(line.until(IDLE).await.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn only_the_sender_gets_the_ack_and_gets_it_before_its_message() {
    let setup = Setup::open().await;
    let mut line = setup.line().await.greeted().await;
    let mut other = setup.line().await.greeted().await;
    let mut observer =
        setup.line_of(SocketRole::Observer, StartAt::Nothing, 1_000).await.greeted().await;
    line.say("Hello", "c-1");
    let ServerFrame::Ack { client_id, message_id: 1, turn: 1 } = line.frame().await else {
        panic!("no ack")
    };
    assert_eq!(client_id, "c-1");
    let ServerFrame::Message { message } = line.frame().await else { panic!("no message") };
    assert_eq!(message.client_id.as_deref(), Some("c-1"));
    assert_eq!(other.frame().await, ServerFrame::Message { message: message.clone() });
    let mut unnamed = message;
    unnamed.client_id = None;
    assert_eq!(observer.frame().await, ServerFrame::Message { message: unnamed });
    let rest = line.until(IDLE).await;
    assert_eq!(other.until(IDLE).await, rest);
    assert_eq!(types(&observer.until(IDLE).await), types(&rest));
}

#[tokio::test(start_paused = true)]
async fn a_slow_store_delays_requests_but_not_events() {
    let stores = |store| {
        let late = |method| match method {
            "note_seen" => Fault::LateAnswer(Duration::from_secs(50)),
            _ => Fault::None,
        };
        Arc::new(FaultyStore::new(store, late)) as Arc<_>
    };
    let setup = Setup::with(vec![answer("No.")], vec![answer("Ask why.")], stores).await;
    let mut line = setup.line().await.greeted().await;
    line.say("Hello", "c-1");
    line.until(r#"{"type":"message""#).await;
    line.send(r#"{"type":"seen","messageId":1}"#);
    line.send(r#"{"type":"ping"}"#);
    let received = line.until(IDLE).await;
    assert_eq!(types(&received)[..3], ["turn", "turn", "partner:delta"]);
    // It does not read pongs meanwhile, and expects none.
    line.idle(Duration::from_secs(49)).await;
    assert_eq!(line.text().await, r#"{"type":"pong"}"#);
    line.idle(Duration::from_secs(120)).await;
}

/// Two windows of a user send one draft; the second receives the message event before its own response.
#[tokio::test(start_paused = true)]
async fn a_message_waits_for_its_ack_however_late_it_arrives() {
    let stores = |store| {
        let accepts = AtomicU32::new(0);
        let late = move |method| match method {
            "accept" if accepts.fetch_add(1, Ordering::Relaxed) == 1 => {
                Fault::Late(Duration::from_secs(5))
            }
            _ => Fault::None,
        };
        Arc::new(FaultyStore::new(store, late)) as Arc<_>
    };
    let slow = vec![Step::Accept, Step::Say("N".into()), Step::Wait(Duration::from_secs(9))];
    let setup = Setup::with(vec![slow], vec![], stores).await;
    let mut first = setup.line().await.greeted().await;
    let mut second = setup.line().await.greeted().await;
    first.say("Hello", "c-1");
    second.say("Hello", "c-1");
    assert_eq!(types(&first.until(r#"{"type":"message""#).await), ["ack", "message"]);
    second.idle(Duration::from_secs(4)).await;
    let received = second.until(r#"{"type":"partner:delta""#).await;
    assert_eq!(types(&received), ["ack", "message", "turn", "turn", "partner:delta"]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_sent_with_its_code_and_the_socket_stays_open() {
    let hang = vec![Step::Accept, Step::Say("Well".into()), Step::Hang];
    let setup =
        Setup::with(vec![hang], vec![answer("It was short.")], |store| Arc::new(store)).await;
    let mut line = setup.line().await.greeted().await;
    let long = "😀".repeat(8_001);
    let escaped = r"\ud83d\ude00".repeat(8_000);
    let (id_65, id_64) = ("a".repeat(65), "a".repeat(64));
    for (content, id, code) in [
        (" \u{200b}", "c", "empty"),
        (&long, "c", "too_long"),
        (r"a\u0000b", "c", "bad_request"),
        ("Hi", &id_65, "bad_request"),
        ("Hi", "c d", "bad_request"),
        ("Hi", "", "bad_request"),
    ] {
        line.say(content, id);
        assert_eq!(line.error().await, code, "{content:.20} {id}");
    }
    line.send(r#"{"type":"stop"}"#);
    assert_eq!(line.error().await, "no_such_turn");
    line.send(r#"{"type":"retry"}"#);
    assert_eq!(line.error().await, "no_such_turn");

    line.say(&escaped, &id_64);
    line.until(r#"{"type":"partner:delta""#).await;
    line.say("Hello?", "c-2");
    let ServerFrame::Error(busy) = line.frame().await else { panic!("no error") };
    assert_eq!(
        (busy.code.as_str(), busy.retryable, busy.client_id.as_deref()),
        ("busy", true, Some("c-2"))
    );
    line.say("Something else", &id_64);
    assert_eq!(line.error().await, "idempotency_conflict");
    line.say(&escaped, &id_64);
    assert!(
        line.text().await.starts_with(r#"{"type":"ack""#),
        "a repeated message is acknowledged again"
    );

    line.send(r#"{"type":"stop"}"#);
    let stopped = line.until(IDLE).await;
    assert_eq!(types(&stopped), ["partner:done", "coach:skipped", "quota", "turn"]);
    assert!(stopped[0].contains(r#""status":"stopped""#));
    line.send(r#"{"type":"aside","content":"Was that rude?","clientId":"a-1"}"#);
    let aside = line.until(r#"{"type":"turn","turn":1,"state":"idle""#).await;
    assert_eq!(types(&aside)[..3], ["ack", "aside:question", "turn"]);
    assert_eq!(types(&aside)[4], "aside:delta");
}

#[tokio::test(start_paused = true)]
async fn a_rate_limited_message_gets_the_time_to_wait() {
    let setup = Setup::open().await;
    let mut line = setup.line().await.greeted().await;
    for turn in 1..=3 {
        line.say("Again", &format!("c-{turn}"));
        line.until(&format!(r#"{{"type":"turn","turn":{turn},"state":"idle"}}"#)).await;
    }
    line.say("Again", "c-4");
    let ServerFrame::Error(error) = line.frame().await else { panic!("no error") };
    assert_eq!((error.code.as_str(), error.retryable), ("rate_limited", true));
    let wait = Duration::from_millis(error.retry_after_ms.unwrap());
    line.idle(wait).await;
    line.say("Again", "c-4");
    assert!(line.text().await.starts_with(r#"{"type":"ack""#));
}

#[tokio::test(start_paused = true)]
async fn observers_may_ping_and_send_nothing_else() {
    let setup = Setup::open().await;
    let observer = || setup.line_of(SocketRole::Observer, StartAt::Nothing, 1_000);
    let mut line = observer().await.greeted().await;
    line.send(r#"{"type":"ping"}"#);
    assert_eq!(line.text().await, r#"{"type":"pong"}"#);
    let closed = async |line: Line, text: &str| {
        line.send(text);
        line.closed().await
    };
    assert_eq!(closed(line, r#"{"type":"message","content":"Hi"}"#).await, 1008);
    for text in [r#"{"type":"stop"}"#, "{}", "nonsense"] {
        assert_eq!(closed(observer().await, text).await, 1008, "{text}");
    }
    let by = setup.participant();
    let page = setup.coach.conversation(&by, setup.id).messages(None, 10).await.unwrap();
    assert_eq!(page.messages, []);
}
