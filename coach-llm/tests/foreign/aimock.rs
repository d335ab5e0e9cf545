//! aimock: scripted answers from `tests/fixtures/aimock.json`. It does not notice a client that disconnects, so
//! that is tested elsewhere.

use std::time::Duration;

use coach_core::ports::{FinishReason, ModelErrorKind as Kind};
use coach_llm::Provider;

use crate::support::{WIRES, listen, model, question, server};

fn aimock() -> String {
    server("COACH_TEST_AIMOCK")
}

#[tokio::test]
#[ignore = "needs the servers of `cargo xtask test foreign`"]
async fn scripted_answers_are_whole() {
    for provider in WIRES.into_iter().chain([Provider::Compatible]) {
        let model = model(provider, aimock());
        let (text, end) = listen(model.as_ref(), question("plain")).await;
        assert_eq!(text, "Not this Friday, I am afraid.", "{provider}");
        let usage = end.unwrap().usage.unwrap();
        assert_eq!((usage.input, usage.output), (10, 5), "{provider}");
        let (text, _) = listen(model.as_ref(), question("unicode")).await;
        assert_eq!(text, "Grüße dich, 😀 どうも.", "{provider}");
    }
}

#[tokio::test]
#[ignore = "needs the servers of `cargo xtask test foreign`"]
async fn finish_reasons_are_distinguished() {
    for provider in WIRES {
        let model = model(provider, aimock());
        let (_, end) = listen(model.as_ref(), question("length")).await;
        assert_eq!(end.unwrap().reason, FinishReason::Length, "{provider}");
        // aimock has no refusal in Anthropic's format.
        if provider != Provider::Anthropic {
            let (text, end) = listen(model.as_ref(), question("filtered")).await;
            assert_eq!((text.as_str(), end.unwrap().reason), ("Not", FinishReason::ContentFilter));
        }
    }
}

#[tokio::test]
#[ignore = "needs the servers of `cargo xtask test foreign`"]
async fn scripted_errors_are_distinguished() {
    let asked = Some(Duration::from_secs(11));
    for provider in WIRES {
        let model = model(provider, aimock());
        for (question_text, kind) in [
            ("limited", Kind::RateLimited(asked)),
            ("overloaded", Kind::Overloaded(None)),
            ("refused", Kind::Auth),
        ] {
            let (text, end) = listen(model.as_ref(), question(question_text)).await;
            assert_eq!(end.unwrap_err().kind, kind, "{provider}: {question_text}");
            assert_eq!(text, "", "{provider}: {question_text}");
        }
    }
}

#[tokio::test]
#[ignore = "needs the servers of `cargo xtask test foreign`"]
async fn a_cut_answer_is_not_finished() {
    for provider in WIRES {
        let (text, end) = listen(model(provider, aimock()).as_ref(), question("cut")).await;
        assert_eq!(end.unwrap_err().kind, Kind::CutMidStream, "{provider}");
        assert!("This answer is long enough".starts_with(&text[..8]), "{provider}: {text}");
    }
}
