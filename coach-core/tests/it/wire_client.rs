//! Valid client frames, the errors for all others, and cursors.

use coach_core::{
    conversation::{Seen, SeenHow},
    ids::MessageId,
    live::{Position, StartAt},
    wire::{BadFrame, ClientFrame, cursor},
};

fn code(text: &str) -> Result<ClientFrame, &'static str> {
    ClientFrame::parse(text).map_err(|bad| bad.code.as_str())
}

#[test]
fn every_frame_is_read() {
    let message = |content: &str, client_id: Option<&str>| ClientFrame::Message {
        content: content.to_owned(),
        client_id: client_id.map(str::to_owned),
    };
    let aside = ClientFrame::Aside { content: "Why?".to_owned(), client_id: Some("a".to_owned()) };
    let seen =
        |how, share, ms| ClientFrame::Seen { message_id: 124, seen: Seen::new(how, share, ms) };
    let table = [
        (r#"{"type":"message","content":"Hi"}"#, message("Hi", None)),
        (r#" { "content" : "Hi" , "type" : "message" } "#, message("Hi", None)),
        (r#"{"type":"message","content":"Hi","clientId":"c-1"}"#, message("Hi", Some("c-1"))),
        // The content is passed on unchanged; the core validates it.
        (
            r#"{"type":"message","content":" \u0000\ufeff\u202e "}"#,
            message(" \0\u{feff}\u{202e} ", None),
        ),
        (r#"{"type":"message","content":""}"#, message("", None)),
        (
            r#"{"type":"message","content":"\ud83d\ude00","clientId":"a b"}"#,
            message("😀", Some("a b")),
        ),
        // A client cannot choose another role.
        (
            r#"{"type":"message","content":"Hi","role":"coach","messageId":1,"turn":9,"userId":null}"#,
            message("Hi", None),
        ),
        (r#"{"type":"aside","content":"Why?","clientId":"a"}"#, aside),
        (r#"{"type":"stop"}"#, ClientFrame::Stop),
        (r#"{"type":"stop","content":7,"clientId":7}"#, ClientFrame::Stop),
        (r#"{"type":"retry"}"#, ClientFrame::Retry),
        (r#"{"type":"seen","messageId":124}"#, seen(SeenHow::Shown, None, None)),
        (
            r#"{"type":"seen","messageId":124,"how":"shown","share":80,"ms":4200}"#,
            seen(SeenHow::Shown, Some(80), Some(4_200)),
        ),
        (
            r#"{"type":"seen","messageId":124,"how":"opened","share":0}"#,
            seen(SeenHow::Opened, Some(0), None),
        ),
        (
            r#"{"type":"seen","messageId":124,"share":101,"ms":9223372036854775807}"#,
            seen(SeenHow::Shown, Some(100), Some(86_400_000)),
        ),
        (r#"{"type":"ping"}"#, ClientFrame::Ping),
        (r#"{"\u0074ype":"ping"}"#, ClientFrame::Ping),
        (
            r#"{"type":"ping","x":[{"y":1,"z":-0.5e3},{"y":[true,null,18446744073709551615]}]}"#,
            ClientFrame::Ping,
        ),
    ];
    for (text, frame) in table {
        assert_eq!(code(text), Ok(frame), "{text}");
    }
}

#[test]
fn a_frame_that_is_not_an_object_is_bad_json() {
    let deep = "[".repeat(10_000);
    let deep_value = format!(r#"{{"type":"ping","x":{deep}}}"#);
    let long = format!(r#"{{"type":"ping","x":{}}}"#, "7".repeat(200));
    let nested = format!(r#"{{"type":"ping","x":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    let huge = format!(r#"{{"type":"ping","x":1{}}}"#, "0".repeat(400));
    let table = [
        "",
        " ",
        "hello",
        "[]",
        r#"[{"type":"ping"}]"#,
        "7",
        "null",
        "true",
        r#""ping""#,
        r#"{"type":"ping""#,
        r#"{"type":"ping"}}"#,
        r#"{"type":"ping"} {"type":"ping"}"#,
        "\u{feff}{\"type\":\"ping\"}",
        "{'type':'ping'}",
        r#"{"type":"ping",}"#,
        // Invalid strings.
        r#"{"type":"message","content":"\ud800"}"#,
        r#"{"type":"message","content":"\udc00\ud800"}"#,
        "{\"type\":\"message\",\"content\":\"a\nb\"}",
        // Invalid numbers.
        r#"{"type":"ping","x":1e999}"#,
        r#"{"type":"ping","x":NaN}"#,
        &huge,
        &long,
        &nested,
        &deep,
        &deep_value,
        // Ambiguous duplicates.
        r#"{"type":"ping","type":"stop"}"#,
        r#"{"type":"ping","type":"ping"}"#,
        r#"{"type":"message","content":"a","content":"b"}"#,
        r#"{"type":"message","content":"a","\u0063ontent":"b"}"#,
        r#"{"type":"ping","x":1,"x":2}"#,
        r#"{"type":"ping","x":[{"y":1,"y":2}]}"#,
    ];
    for text in table {
        assert_eq!(code(text), Err("bad_json"), "{text:.60}");
    }
}

#[test]
fn a_frame_that_cannot_be_obeyed_is_answered_with_an_error() {
    for text in [
        "{}",
        r#"{"content":"Hi"}"#,
        r#"{"type":null}"#,
        r#"{"type":7}"#,
        r#"{"type":["ping"]}"#,
        r#"{"type":"Ping"}"#,
        r#"{"type":"ping "}"#,
        r#"{"type":"history","messages":[]}"#,
        r#"{"type":""}"#,
    ] {
        assert_eq!(code(text), Err("unknown_type"), "{text}");
    }
    for text in [
        r#"{"type":"message"}"#,
        r#"{"type":"message","content":null}"#,
        r#"{"type":"message","content":7}"#,
        r#"{"type":"message","content":{"text":"Hi"}}"#,
        r#"{"type":"message","content":["Hi"]}"#,
        r#"{"type":"aside"}"#,
        r#"{"type":"message","content":"Hi","clientId":7}"#,
        r#"{"type":"message","content":"Hi","clientId":null}"#,
        r#"{"type":"seen"}"#,
        r#"{"type":"seen","messageId":"124"}"#,
        r#"{"type":"seen","messageId":1.5}"#,
        r#"{"type":"seen","messageId":1,"how":"read"}"#,
        r#"{"type":"seen","messageId":1,"how":1}"#,
        r#"{"type":"seen","messageId":1,"how":null}"#,
        r#"{"type":"seen","messageId":1,"share":-1}"#,
        r#"{"type":"seen","messageId":1,"share":79.5}"#,
        r#"{"type":"seen","messageId":1,"share":"80"}"#,
        r#"{"type":"seen","messageId":1,"ms":-4200}"#,
        r#"{"type":"seen","messageId":1,"ms":18446744073709551615}"#,
        r#"{"type":"seen","messageId":9223372036854775808}"#,
    ] {
        assert_eq!(code(text), Err("bad_request"), "{text}");
    }
}

/// The page finds a draft again by its client id.
#[test]
fn a_bad_frame_is_reported_under_its_own_code() {
    let named = |text: &str| ClientFrame::parse(text).err().and_then(|bad: BadFrame| bad.client_id);
    assert_eq!(named(r#"{"type":"message","clientId":"c-1"}"#), Some("c-1".to_owned()));
    assert_eq!(named(r#"{"type":"shout","clientId":"c-1"}"#), Some("c-1".to_owned()));
    assert_eq!(named(r#"{"type":"message","clientId":1}"#), None);
    assert_eq!(named(r#"{"clientId":"c-1""#), None);
    // An error is never larger than the frame that caused it.
    let long = format!(r#"{{"type":"shout","clientId":"{}"}}"#, "c".repeat(65));
    assert_eq!(named(&long), None);
}

#[test]
fn a_cursor_is_a_position_or_nothing_or_wrong() {
    assert_eq!(cursor(None), StartAt::Nothing);
    let position = Position { message: MessageId(123), bytes: 17 };
    assert_eq!(cursor(Some("123.17")), StartAt::Position(position));
    for text in ["", "123", "123.-1", "garbage", "9223372036854775808.0", "1.18446744073709551616"]
    {
        assert_eq!(cursor(Some(text)), StartAt::Invalid, "{text}");
    }
}
