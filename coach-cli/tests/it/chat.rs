//! Talking oneself.

use insta::assert_snapshot;

use crate::harness::Harness;

#[test]
fn a_person_talks_asks_and_ends() {
    let harness = Harness::new();
    let typed = "\nThe machine broke again.\n/ask What should I say?\n/nonsense\n/retry\n//quoted\n/end\nnever said\n";
    let ran = harness.coach_typed(&["chat", "refund", "-o", "r"], typed);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_snapshot!("chat", ran.out);
    assert_snapshot!(ran.err, @r"
    Getting your money back (refund 1.0.0)
    partner demo:demo, coach demo:demo, turns at most: 8
    The demo model answers: prepared sentences, no judgement.
    Set a provider's key for a real one: `coach run --help` names them.

    Type what you say. /ask asks the coach privately, /help shows the rest.

    there is no /nonsense; /help shows what there is

    there is nothing to stop or to try again

    ended: participant after 2 turns, 1844 tokens, 0.0000 USD
    saved in r
    ");
    let events = harness.read("r/events.jsonl");
    assert!(events.contains("\"source\":\"human\""));
    assert!(events.contains("\"reason\":\"participant\""));
    assert!(!events.contains("never said"));
}

#[test]
fn without_a_coach_nobody_can_be_asked() {
    let ran = Harness::new().coach_typed(&["chat", "refund", "-q", "--no-coach"], "/ask Hello?\n");
    assert_eq!(ran.code, 0);
    assert_snapshot!(ran.err, @"nobody coaches here: the coach is left out");
    assert_eq!(ran.out, "");
}

#[test]
fn the_scenarios_last_turn_ends_the_talk() {
    let harness = Harness::new();
    let ran =
        harness.coach_typed(&["chat", "refund", "--turns", "2", "-o", "r"], "One.\nTwo.\nThree.\n");
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("ended: max_turns after 2 turns"), "{}", ran.err);
    assert!(!ran.out.contains("Three."));
}

#[test]
fn a_line_that_cannot_be_read_is_told_and_the_talk_goes_on() {
    let harness = Harness::new();
    let typed = b"One.\ncaf\xe9 au lait\nTwo.\n/end now\n";
    let ran = harness.coach_typed(&["chat", "refund", "-q", "-o", "r"], typed);
    assert_eq!(ran.code, 0);
    assert_snapshot!(ran.err, @r"
    that line was not UTF-8, and was not sent

    /end stands alone on its line
    ");
    assert!(ran.out.contains("You: Two."), "{}", ran.out);
    assert!(!harness.read("r/events.jsonl").contains("lait"));
}

#[test]
fn an_input_that_fails_is_1_and_the_record_is_closed() {
    let harness = Harness::new();
    let folder = std::fs::File::open(harness.path()).unwrap();
    let output =
        harness.command(&["chat", "refund", "-q", "-o", "r"]).stdin(folder).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("coach: standard input: "), "{told}");
    assert_eq!(harness.manifest("r")["status"], "errored");
    assert_eq!(harness.events("r").last().unwrap()["reason"], "internal");
}

#[test]
fn what_comes_through_a_pipe_comes_in_its_order() {
    let harness = Harness::new();
    // However fast the lines come, /stop finds nothing to stop: the answer before it was heard out.
    for _ in 0..5 {
        let ran = harness.coach_typed(&["chat", "refund", "-q"], "One.\nTwo.\n/stop\nThree.\n");
        assert_eq!(ran.err, "there is nothing to stop or to try again\n\n");
        assert!(!ran.out.contains("[stopped]"), "{}", ran.out);
        assert_eq!(ran.out.matches("You: ").count(), 3);
    }
}

#[test]
fn a_byte_order_mark_is_not_part_of_the_first_message() {
    let harness = Harness::new();
    let typed = "\u{feff}/ask Why?\n\u{feff}One.\n";
    harness.coach_typed(&["chat", "refund", "-q", "-o", "asked"], typed);
    let said: Vec<_> =
        harness.events("asked").into_iter().filter(|event| event["role"] == "user").collect();
    assert_eq!((&said[0]["content"], &said[0]["aside"]), (&"Why?".into(), &true.into()));
    assert_eq!(
        said[1]["content"], "\u{feff}One.",
        "only the beginning of the input can have a byte order mark"
    );
    harness.coach_typed(&["chat", "refund", "-q", "-o", "said"], "\u{feff}One.\n");
    let said = harness.events("said").into_iter().find(|event| event["role"] == "user").unwrap();
    assert_eq!(said["content"], "One.");
}
