//! Usage is counted whenever it is reported, and hostile numbers do no harm.

use coach_core::{ports::ChatEvent, turn::ledger::Usage};
use coach_llm::testing::{FaultServer, Mishap, Reply, Speech};
use serde_json::{Value, json};

use crate::support::{ObservedCall, listen, model, request, retrying};

fn reported(call: &ObservedCall) -> Vec<Usage> {
    let used = |event: &ChatEvent| match event {
        ChatEvent::Used(usage) => Some(*usage),
        _ => None,
    };
    call.events.iter().filter_map(used).collect()
}

async fn observe(speech: Speech, events: &str) -> ObservedCall {
    let server = FaultServer::start().await;
    server.push(Reply::stream().send(events).end());
    listen(model(speech, &server).as_ref(), request()).await
}

/// Returns counts under the format's names for input and output.
fn counts(speech: Speech, input: &Value, output: &Value) -> Value {
    match speech {
        Speech::Anthropic => json!({"input_tokens": input, "output_tokens": output}),
        Speech::OpenAi => json!({"prompt_tokens": input, "completion_tokens": output}),
        Speech::Google => json!({"promptTokenCount": input, "candidatesTokenCount": output}),
    }
}

/// Returns a clean end without counts.
fn ending(speech: Speech) -> String {
    speech.finish_uncounted("stop") + &speech.end()
}

#[tokio::test]
async fn all_kinds_of_tokens_are_counted_in_every_format() {
    for speech in Speech::ALL {
        let script = speech.start() + &speech.text("No.") + &speech.finish("stop") + &speech.end();
        let call = observe(speech, &script).await;
        assert_eq!(call.finished().usage, Some(speech.usage()), "{speech:?}");
        assert_eq!(reported(&call).last(), Some(&speech.usage()), "{speech:?}");
    }
}

#[tokio::test]
async fn counts_in_any_event_are_reported_at_once() {
    for speech in Speech::ALL {
        let early = speech.usage_event(&counts(speech, &json!(50), &json!(1)));
        let script = early + &speech.text("No.") + &ending(speech);
        let call = observe(speech, &script).await;
        let usage = Usage { input: 50, output: 1, ..Usage::default() };
        assert_eq!(reported(&call), [usage], "{speech:?}");
        assert_eq!(call.finished().usage, Some(usage), "{speech:?}");
    }
}

#[tokio::test]
async fn missing_counts_are_unknown_and_not_zero() {
    for speech in Speech::ALL {
        let call = observe(speech, &(speech.text("No.") + &ending(speech))).await;
        assert_eq!(call.finished().usage, None, "{speech:?}");
        assert_eq!(reported(&call), [], "{speech:?}");
    }
}

#[tokio::test]
async fn hostile_counts_are_bounded() {
    let most = (1_u64 << 53) - 1;
    for speech in Speech::ALL {
        for sent in [json!(9_223_372_036_854_775_808_u64), json!(1e30)] {
            let event = speech.usage_event(&counts(speech, &sent, &sent));
            let call = observe(speech, &(event + &ending(speech))).await;
            let usage = call.finished().usage.unwrap();
            assert_eq!((usage.input, usage.output), (most, most), "{speech:?}: {sent}");
            assert!(i64::try_from(usage.total()).is_ok(), "{speech:?}: {sent}");
        }
    }
}

#[tokio::test]
async fn each_invalid_count_is_ignored_separately() {
    for speech in Speech::ALL {
        for odd in [json!(-7), json!("many"), json!("40"), json!(null), json!({}), json!([1])] {
            let event = |input: &Value, output: &Value| {
                speech.text("No.")
                    + &speech.usage_event(&counts(speech, input, output))
                    + &ending(speech)
            };
            let told_both = observe(speech, &event(&odd, &odd)).await;
            assert_eq!(told_both.finished().usage, None, "{speech:?}: {odd}");
            assert_eq!(reported(&told_both), [], "{speech:?}: {odd}");
            let input = observe(speech, &event(&json!(40), &odd)).await.finished().usage.unwrap();
            assert_eq!((input.input, input.output), (40, 0), "{speech:?}: {odd}");
            let output = observe(speech, &event(&odd, &json!(9))).await.finished().usage.unwrap();
            assert_eq!((output.input, output.output), (0, 9), "{speech:?}: {odd}");
        }
        let none = speech.text("No.") + &speech.usage_event(&json!({})) + &ending(speech);
        assert_eq!(observe(speech, &none).await.finished().usage, None, "{speech:?}");
    }
}

#[tokio::test]
async fn shrinking_counts_are_ignored() {
    for speech in Speech::ALL {
        let count = |n: u64| speech.usage_event(&counts(speech, &json!(n), &json!(n)));
        let call = observe(speech, &(count(90) + &count(30) + &ending(speech))).await;
        let usage = Usage { input: 90, output: 90, ..Usage::default() };
        assert_eq!(call.finished().usage, Some(usage), "{speech:?}");
    }
}

#[tokio::test]
async fn the_usage_of_an_accepted_attempt_is_added_to_the_next() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        let counted = speech.usage_event(&counts(speech, &json!(40), &json!(2)));
        let fault = speech.mishap_event(Mishap::Overloaded);
        server.push(Reply::stream().send(counted).send(fault).end());
        server.push(speech.answer(["No."]));
        let call = listen(model(speech, &server).as_ref(), retrying(1)).await;
        let both = call.finished().usage.unwrap();
        assert_eq!((both.input, both.output), (156, 24), "{speech:?}");
        let call = reported(&call);
        assert!(call.is_sorted_by_key(|usage| usage.total()), "{speech:?}: {call:?}");
    }
}
