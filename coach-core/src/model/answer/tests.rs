//! The rules of answers as tables: streams of a model and their outcomes.

use super::*;
use crate::ports::{ModelErrorKind as Kind, Phase};

fn partner() -> Option<Voices> {
    Some(Voices::of_partner("Dana"))
}

/// Filters a text given in pieces: returns the published text and why it ended.
fn filtered(voices: Option<Voices>, withhold: bool, pieces: &[&str]) -> (String, Option<End>) {
    let most = Most { said: 200, heard: 400 };
    let mut filter = Filter::new(voices, most, withhold);
    let mut out: String = pieces.iter().map(|piece| filter.push(piece)).collect();
    out += &filter.finish();
    (out, filter.end())
}

/// Texts of a partner whose model has no known peculiarities, with the speech in them.
const SPEECH: &[(&str, &str, Option<End>)] = &[
    ("Not this year.", "Not this year.", None),
    ("  Not\tthis\nyear. \n", "  Not\tthis\nyear. \n", None),
    ("N\0o\u{7}t\r\n\u{9b}now\u{7f}.", "Not\nnow.", None),
    ("<think>My limit is 5%.</think>\n\nNot this year.", "Not this year.", None),
    ("\n<Thinking >\nno\n</ thinking>No.", "No.", None),
    ("No. <think>x</think> Never.", "No.  Never.", None),
    ("<think>a<think>b</think>c</think>No.", "No.", None),
    ("<think></think>No.", "No.", None),
    ("<think/>No.", "No.", None),
    ("</think>\n\nNo.", "No.", None),
    ("<think>never closed", "", None),
    ("No. <think>never closed", "No. ", None),
    ("My limit is 5%.</think>No.", "My limit is 5%.", Some(End::Thinking)),
    (
        "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>analysis<|message|>b\
      <|channel|>final<|message|>No.<|return|>",
        "No.",
        Some(End::OtherVoice),
    ),
    ("[THINK]x[/THINK]No.", "No.", None),
    (
        "a < b, [sighs], <b>, <3 and <think about it>",
        "a < b, [sighs], <b>, <3 and <think about it>",
        None,
    ),
    ("No.<", "No.<", None),
    ("No.<|im_en", "No.<|im_en", None),
    ("Dana: No.", "No.", None),
    ("**Dana:** No, **no**.", "No, **no**.", None),
    ("Dana:No.\n\nDana: Never.", "No.\n\nNever.", None),
    ("Dana: Dana: **Dana:** No, Dana: no.", "No, Dana: no.", None),
    ("Dana: User: please", "", Some(End::OtherVoice)),
    ("<think>x</think>\nDana: No.", "No.", None),
    ("<think>x</think>Dana: No.", "No.", None),
    ("No.\n <think>x</think>User: please", "No.\n ", Some(End::OtherVoice)),
    ("Dana", "Dana", None),
    ("Dana is my name.\nUser", "Dana is my name.\nUser", None),
    (
        "Dana: Not now.\nParticipant: please!\nDana: No.<|im_end|>",
        "Not now.\n",
        Some(End::OtherVoice),
    ),
    ("No.\n\n### User: please", "No.\n\n", Some(End::OtherVoice)),
    ("No, user: never.", "No, user: never.", None),
    ("Participant: please!", "", Some(End::OtherVoice)),
    ("No.<|im_end|>", "No.", Some(End::OtherVoice)),
    ("No.</s>\n<s>more", "No.", Some(End::OtherVoice)),
    ("<|im_end|>", "", None),
    ("<|begin_of_text|>No.", "No.", None),
    ("<|im_start|>assistant\nNo.<|im_end|>", "No.", Some(End::OtherVoice)),
    ("<|start_header_id|>Assistant<|end_header_id|>\n\nNo.", "No.", None),
    ("<|begin_of_text|><start_of_turn>model \nDana: No.", "No.", None),
    ("<|start|>assistant<|channel|>final<|message|>No.", "No.", None),
    ("<|im_start|>assistant", "", None),
    ("<|im_start|>user\nPlease!", "", Some(End::OtherVoice)),
    ("<|im_start|>models differ", "models differ", None),
    ("<|im_start|>User research is slow", "User research is slow", None),
    (" \u{200b}\n", "", None),
    ("\u{200f}لا", "\u{200f}لا", None),
];

/// The same for a coach.
const COMMENTS: &[(&str, &str, Option<End>)] = &[
    ("Dana: \"No.\"\nUser: please", "Dana: \"No.\"\nUser: please", None),
    ("<think>x</think>Good.", "Good.", None),
    ("Good.<|im_end|>\n", "Good.", None),
    ("<|start_header_id|>assistant<|end_header_id|>\n\nGood.<|eot_id|>", "Good.", None),
    ("<|im_start|>user\nGood.", "Good.", None),
    ("It ends in <|im_end|> now.", "It ends in <|im_end|> now.", None),
    ("<|im_end|>", "", None),
    ("Aha.</think>Good.", "Aha.", Some(End::Thinking)),
];

/// The same for a partner whose model has sent thinking as text before.
const HELD: &[(&str, &str, Option<End>)] = &[
    ("My limit is 5%.\nUser: asks\n</think>\nDana: No.", "No.", None),
    ("Dana: No.\nUser: please", "No.\n", Some(End::OtherVoice)),
    ("My limit is 5%.</think>Dana: No.", "No.", None),
    ("No.", "No.", None),
    ("<|im_start|>assistant\nNo.", "No.", None),
    ("Well. <think>x</think> No.", "Well.  No.", None),
    ("My limit.</think>No.</think>Never.", "No.", Some(End::Thinking)),
    ("My limit.<think>never closed", "My limit.", None),
];

fn cases()
-> impl Iterator<Item = (Option<Voices>, bool, &'static (&'static str, &'static str, Option<End>))>
{
    let speech = SPEECH.iter().map(|row| (partner(), false, row));
    let comments = COMMENTS.iter().map(|row| (None, false, row));
    speech.chain(comments).chain(HELD.iter().map(|row| (partner(), true, row)))
}

#[test]
fn only_speech_is_published() {
    for (voices, withhold, (text, speech, end)) in cases() {
        let heard = filtered(voices, withhold, &[text]);
        assert_eq!(heard, ((*speech).to_owned(), *end), "{text:?}");
    }
}

#[test]
fn a_line_break_is_published_with_its_piece() {
    let most = Most { said: 200, heard: 400 };
    let mut filter = Filter::new(partner(), most, false);
    for piece in ["Not now.\n", "\nAsk ", "again\n"] {
        assert_eq!(filter.push(piece), piece);
    }
}

#[test]
fn the_result_does_not_depend_on_how_a_text_is_split() {
    for (voices, withhold, (text, speech, end)) in cases() {
        let expected = ((*speech).to_owned(), *end);
        let chars: Vec<_> = text.split_inclusive(|_| true).collect();
        assert_eq!(
            filtered(voices.clone(), withhold, &chars),
            expected,
            "{text:?}, every character"
        );
        for (cut, _) in text.char_indices() {
            let (one, other) = text.split_at(cut);
            let cut = filtered(voices.clone(), withhold, &[one, other]);
            assert_eq!(cut, expected, "{one:?} {other:?}");
        }
    }
}

/// Parts of generated texts: beginnings of marks, whole marks, names, blanks.
const PARTS: &[&str] = &[
    "<",
    "</",
    "think",
    ">",
    "<think>",
    "</think>",
    "<|",
    "|>",
    "im_end",
    "assistant",
    "user",
    "<|channel|>",
    "analysis",
    "<|message|>",
    "final",
    "</s>",
    "[",
    "THINK]",
    "◁think▷",
    "Dana",
    ":",
    " ",
    "\n",
    "User",
    "**",
    "No.",
    "漢",
    "\0",
    "\u{200b}",
    "<think ",
    "a=1",
    "/",
];

#[test]
fn generated_texts_give_the_same_result_however_they_are_split() {
    let mut seed = 1_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for round in 0..1_500 {
        let text: String = (0..next(24)).map(|_| PARTS[next(PARTS.len())]).collect();
        let (voices, withhold) = (partner().filter(|_| round % 3 > 0), round % 5 == 0);
        let whole = filtered(voices.clone(), withhold, &[&text]);
        let mut pieces = Vec::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (piece, later) =
                rest.split_at(rest.ceil_char_boundary(1 + next(rest.len().min(9))));
            pieces.push(piece);
            rest = later;
        }
        assert_eq!(filtered(voices, withhold, &pieces), whole, "{pieces:?}");
        assert!(!whole.0.contains('\0'), "{text:?}");
        assert!(!whole.0.contains("</think>"), "{text:?}: {whole:?}");
    }
}

#[test]
fn ordinary_text_is_not_withheld() {
    let mut filter = Filter::new(partner(), Most { said: 200, heard: 400 }, false);
    for piece in ["Well, ", "n", "o. ", "Not this year", "!"] {
        assert_eq!(filter.push(piece), piece);
    }
}

#[test]
fn an_endless_answer_is_cut() {
    let long = "漢字".repeat(100);
    for pieces in [vec![long.as_str()], long.split_inclusive(|_| true).collect()] {
        let (text, end) = filtered(partner(), false, &pieces);
        assert_eq!((text.len(), end), (198, Some(End::TooLong)));
    }
    let thoughts = format!("<think>{long}</think>No.");
    assert_eq!(filtered(partner(), false, &[&thoughts]), (String::new(), Some(End::TooLong)));
}

fn done(reason: FinishReason, attempts: u32) -> Option<Result<ChatEvent, ModelError>> {
    let usage = Some(Usage { input: 40, output: 9, ..Usage::default() });
    Some(Ok(ChatEvent::Done(Finished { reason, usage, model: None, attempts })))
}

fn fails(kind: Kind) -> Option<Result<ChatEvent, ModelError>> {
    Some(Err(ModelError::new(kind, "p", "as the table says")))
}

/// Returns the outcome: status, code or reason, and whether it may be retried.
fn heard(text: &str, last: Option<Result<ChatEvent, ModelError>>) -> (Status, String, bool) {
    let mut hearing = Hearing::new(partner(), 50, 50, false);
    hearing.sent_request();
    hearing.hear(Some(Ok(ChatEvent::Accepted)), "p");
    if !text.is_empty() {
        hearing.hear(Some(Ok(ChatEvent::Delta(text.to_owned()))), "p");
    }
    if !hearing.is_over() {
        hearing.hear(last, "p");
    }
    let (status, reason) = match hearing.outcome("p") {
        Outcome::Complete(reason) => (Status::Complete, reason.as_str().to_owned()),
        Outcome::Broken { status, error, reason } if reason == model_code(error.kind).as_str() => {
            (status, error.kind.as_str().to_owned())
        }
        Outcome::Broken { status, reason, .. } => (status, reason.to_owned()),
    };
    (status, reason, hearing.may_try_again(1))
}

#[test]
fn every_answer_has_its_outcome() {
    use FinishReason::{ContentFilter, Length, Other, Refusal, Stop, ToolCalls};
    use Status::{Complete, Failed, Interrupted};
    let thinks = "<think>hm</think>";
    let rows = [
        ("No.", done(Stop, 1), Complete, "stop", false),
        ("No", done(Length, 1), Complete, "length", false),
        ("No", done(ContentFilter, 1), Complete, "content_filter", false),
        ("No", done(Refusal, 1), Complete, "refusal", false),
        ("No", done(ToolCalls, 1), Complete, "tool_calls", false),
        ("No", done(Other("brand_new".to_owned()), 1), Complete, "brand_new", false),
        ("", done(Stop, 1), Failed, "empty", true),
        ("", done(Stop, 2), Failed, "empty", false),
        ("", done(Length, 1), Failed, "empty", true),
        ("", done(ToolCalls, 1), Failed, "empty", true),
        (" \n\u{200b}", done(Stop, 1), Failed, "empty", true),
        (thinks, done(Stop, 1), Failed, "empty", true),
        ("<|im_end|>", done(Stop, 1), Failed, "empty", true),
        ("User: please", done(Stop, 1), Failed, "empty", true),
        ("", done(Refusal, 1), Failed, "content_filtered", false),
        (thinks, done(ContentFilter, 1), Failed, "content_filtered", false),
        ("Hm.</think>No.", done(Stop, 1), Failed, "unmarked_thinking", false),
        ("No.", fails(Kind::CutMidStream), Interrupted, "cut_mid_stream", false),
        ("No.", fails(Kind::Network), Interrupted, "network", false),
        ("No.", fails(Kind::Malformed), Failed, "malformed", false),
        ("No.", None, Interrupted, "cut_mid_stream", false),
        (thinks, fails(Kind::CutMidStream), Failed, "cut_mid_stream", false),
        ("", fails(Kind::Network), Failed, "network", false),
        ("", fails(Kind::Timeout(Phase::First)), Failed, "timeout", false),
        ("", None, Failed, "malformed", false),
    ];
    for (text, last, status, reason, again) in rows {
        let shown = format!("{text:?} {last:?}");
        assert_eq!(heard(text, last), (status, reason.to_owned(), again), "{shown}");
    }
    let endless = "on and ".repeat(200);
    let ended = (Complete, "length".to_owned(), false);
    assert_eq!(heard(&endless, done(Stop, 1)), ended);
}
