//! Talking oneself.

use insta::assert_snapshot;

use crate::bench::Bench;

#[test]
fn a_person_talks_asks_and_ends() {
    let bench = Bench::new();
    let typed = "\nThe machine broke again.\n/ask What should I say?\n/nonsense\n/retry\n//quoted\n/end\nnever said\n";
    let ran = bench.coach_typed(&["chat", "refund", "-o", "r"], typed);
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
    let events = bench.read("r/events.jsonl");
    assert!(events.contains("\"source\":\"human\""));
    assert!(events.contains("\"reason\":\"participant\""));
    assert!(!events.contains("never said"));
}

#[test]
fn without_a_coach_nobody_can_be_asked() {
    let ran = Bench::new().coach_typed(&["chat", "refund", "-q", "--no-coach"], "/ask Hello?\n");
    assert_eq!(ran.code, 0);
    assert_snapshot!(ran.err, @"nobody coaches here: the coach is left out");
    assert_eq!(ran.out, "");
}

#[test]
fn the_scenarios_last_turn_ends_the_talk() {
    let bench = Bench::new();
    let ran =
        bench.coach_typed(&["chat", "refund", "--turns", "2", "-o", "r"], "One.\nTwo.\nThree.\n");
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("ended: max_turns after 2 turns"), "{}", ran.err);
    assert!(!ran.out.contains("Three."));
}
