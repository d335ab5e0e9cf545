//! The demo model says that it is one, quotes the participant, and is deterministic.

use std::{sync::Arc, time::Duration};

use coach_core::{
    conversation::{Message, PromptStyle, Role, Transcript},
    model::{Lane, Prompt, PromptMessage, StandaloneLane},
    ports::{AnswerSchema, ChatEvent, ChatRequest, FinishReason},
    timestamp::Timestamp,
};
use coach_llm::DemoModel;
use futures::StreamExt as _;
use serde_json::Value;

use crate::support::{listen, request_for};

const DEMO: fn() -> DemoModel = || DemoModel::new(Duration::ZERO);

fn said(id: i64, role: Role, text: &str, aside: bool) -> Message {
    Message {
        aside,
        done_at: None,
        ..Message::new(coach_core::ids::MessageId(id), 1, role, text, Timestamp(0))
    }
}

/// Returns the demo's answer after each of `lines`, in one lane.
async fn talk(lane: Lane, language: &str, lines: &[&str]) -> Vec<String> {
    let mut messages = Vec::new();
    let mut answers = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let id = 10 * n as i64;
        messages.push(said(id, Role::User, line, lane == Lane::Aside));
        if lane == Lane::Coach {
            messages.push(said(id + 1, Role::Partner, "No way.", false));
        }
        let transcript = Transcript::of(PromptStyle::named("Ruth"), messages.clone());
        let prompt = match lane {
            Lane::Partner => Prompt::partner("Be Ruth.", &transcript.partner_view()),
            Lane::Coach => Prompt::coach("Coach.", &transcript),
            _ => Prompt::aside("Coach.", &transcript),
        };
        let answer = answer(prompt, language).await;
        let role = if lane == Lane::Partner { Role::Partner } else { Role::Coach };
        messages.push(said(id + 2, role, &answer, lane == Lane::Aside));
        answers.push(answer);
    }
    answers
}

async fn answer(prompt: Prompt, language: &str) -> String {
    let mut request = request_for(prompt);
    request.speaker.language = language.to_owned();
    listen(&DEMO(), request).await.text()
}

#[tokio::test]
async fn the_coach_comments_on_the_conversation_and_not_on_an_aside() {
    let messages = vec![
        said(1, Role::User, "Can I have Friday off?", false),
        said(2, Role::Partner, "No way.", false),
        said(3, Role::User, "What now?", true),
    ];
    let transcript = Transcript::of(PromptStyle::named("Ruth"), messages);
    let comment = answer(Prompt::coach("Coach.", &transcript), "en").await;
    assert!(comment.contains("Friday") && !comment.contains("What now"), "{comment}");
    let aside = answer(Prompt::aside("Coach.", &transcript), "en").await;
    assert!(aside.contains("What now?"), "{aside}");
}

#[tokio::test]
async fn the_partner_gives_its_name_quotes_a_word_and_does_not_repeat_itself() {
    let lines = ["Can I have Friday off?"; 6];
    for (language, demo) in
        [("en", "demo"), ("de-CH", "Demo"), ("fr", "démonstration"), ("ja", "demo")]
    {
        let answers = talk(Lane::Partner, language, &lines).await;
        assert!(answers[0].contains("Ruth") && answers[0].contains(demo), "{answers:?}");
        assert!(answers.iter().all(|answer| answer.contains("Friday")), "{answers:?}");
        let mut different = answers.clone();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), answers.len(), "{answers:?}");
        assert_eq!(talk(Lane::Partner, language, &lines).await, answers);
    }
    let [german, french] = ["de", "fr"].map(|l| talk(Lane::Partner, l, &["Hallo"]));
    assert_ne!(german.await, french.await);
}

#[tokio::test]
async fn every_comment_says_that_it_is_a_demo_quotes_and_suggests_a_next_move() {
    let answers = talk(Lane::Coach, "en", &["I want Friday off.", "Please.", "Why not?"]).await;
    assert!(answers[0].starts_with("This is the demo model"), "{answers:?}");
    for (answer, quote) in answers.iter().zip(["I want Friday off.", "Please.", "Why not?"]) {
        assert!(answer.to_lowercase().contains("demo"), "{answer}");
        assert!(answer.contains(quote) && answer.contains("Next move:"), "{answer}");
        assert!(!answer.contains("said by"), "{answer}");
    }
    let mut different = answers.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), 3);
}

#[tokio::test]
async fn an_aside_is_answered_as_a_demo() {
    let answers = talk(Lane::Aside, "de", &["Bin ich zu direkt?"]).await;
    assert!(answers[0].starts_with("(Demo)"), "{answers:?}");
    assert!(answers[0].contains("Bin ich zu direkt?"), "{answers:?}");
}

fn simulated(system: &str, own_lines: usize) -> Prompt {
    let talk = (0..own_lines)
        .flat_map(|n| [PromptMessage::user("Well?"), PromptMessage::assistant(format!("{n}"))])
        .chain([PromptMessage::user("Well?")])
        .collect();
    Prompt::free(StandaloneLane::SimulatedUser, system, talk)
}

#[tokio::test]
async fn a_simulated_participant_ends_only_if_its_instructions_name_a_marker() {
    let mut ended_after = None;
    for turn in 0..8 {
        let asked =
            answer(simulated("You are Sam. When done write [[END]] alone.", turn), "en").await;
        let never = answer(simulated("You are Sam.", turn), "en").await;
        assert!(!never.contains("[["), "{never}");
        if asked == "[[END]]" && ended_after.is_none() {
            ended_after = Some(turn);
        }
    }
    assert!((3..=5).contains(&ended_after.unwrap()), "{ended_after:?}");
}

#[tokio::test]
async fn an_answer_follows_its_schema() {
    let schema = r#"{"type":"object","required":["score","why"],"properties":{
        "score":{"type":"integer","minimum":1,"maximum":5},"why":{"type":"string"}}}"#;
    let described = vec![PromptMessage::user("My mother calls every day.")];
    for lane in [StandaloneLane::Elaboration, StandaloneLane::Judge] {
        let mut request = request_for(Prompt::free(lane, "Fill in.", described.clone()));
        request.schema = Some(AnswerSchema { name: "x".to_owned(), json: Arc::from(schema) });
        let made: Value = serde_json::from_str(&listen(&DEMO(), request).await.text()).unwrap();
        assert!((1..=5).contains(&made["score"].as_u64().unwrap()));
        assert!(made["why"].as_str().unwrap().contains("My mother calls every day."));
    }
}

fn greeting() -> ChatRequest {
    let said = vec![PromptMessage::user("Hello!!!")];
    request_for(Prompt::free(StandaloneLane::SimulatedUser, "12345", said))
}

#[tokio::test]
async fn usage_is_a_quarter_of_the_bytes_rounded_up() {
    let call = listen(&DEMO(), greeting()).await;
    let usage = call.finished().usage.unwrap();
    assert_eq!(usage.input, 4);
    assert_eq!(usage.output, call.text().len().div_ceil(4) as u64);
    assert_eq!(call.count(&ChatEvent::Used(usage)), 1);
}

#[tokio::test]
async fn an_answer_over_its_limit_is_cut_between_characters_and_says_so() {
    let mut request = greeting();
    request.speaker.language = "fr".to_owned();
    request.max_output_tokens = 3;
    let call = listen(&DEMO(), request).await;
    assert!(call.text().len() <= 12);
    assert_eq!(call.finished().reason, FinishReason::Length);
}

#[tokio::test(start_paused = true)]
async fn words_arrive_one_by_one_at_the_set_pace() {
    let model = DemoModel::new(Duration::from_millis(25));
    let begun = tokio::time::Instant::now();
    let mut stream = coach_core::ports::ChatModel::stream(&model, greeting());
    let mut words = 0;
    while let Some(event) = stream.next().await {
        words += u32::from(matches!(event.unwrap(), ChatEvent::Delta(_)));
    }
    assert!(words > 5);
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(25) * words, "{took:?} for {words} words");
    assert!(took < Duration::from_millis(30) * words, "{took:?} for {words} words");
}
