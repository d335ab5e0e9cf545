//! Picks and fills the demo model's phrase for each lane.

use coach_core::{model::Lane, ports::ChatRequest};

use super::{heard, phrases, schema};

/// The most characters of a message that are quoted back.
const QUOTE: usize = 60;

/// The fewest lines a simulated participant says before it ends the conversation.
const FEWEST_LINES: usize = 3;

/// Returns the whole answer to `request`.
pub(super) fn answer(request: &ChatRequest) -> String {
    let (prompt, words) = (&request.prompt, phrases::of(&request.speaker.language));
    if let Some(wanted) = &request.schema {
        return schema::answer(&wanted.json, heard::last_words(prompt), &request.speaker);
    }
    let turn = heard::turns(prompt);
    let said = heard::last_words(prompt);
    let start = heard::seed(prompt.system());
    // The first phrase introduces the demo; the order of the others depends on the prompt.
    let of = |phrases: &[&'static str], at: usize| phrases[at % phrases.len()];
    match prompt.lane() {
        Lane::Partner => match heard::weighty_word(said) {
            None => filled(words.opening, request, said),
            Some(_) if turn == 0 => filled(words.partner[0], request, said),
            Some(_) => filled(of(&words.partner[1..], turn - 1), request, said),
        },
        Lane::Coach => {
            let intro = if turn == 0 { words.coach_first } else { words.coach_again };
            let named = filled(of(&words.named, start + turn), request, said);
            format!("{intro}{named} {}", of(&words.next_move, start + turn))
        }
        Lane::Aside => filled(of(&words.aside, start + turn), request, said),
        Lane::SimulatedUser => simulated(request, turn, start, &words.simulated),
        Lane::Elaboration | Lane::Judge => words.other.to_owned(),
    }
}

fn simulated(request: &ChatRequest, turn: usize, start: usize, lines: &[&str]) -> String {
    match heard::end_marker(request.prompt.system()) {
        Some(marker) if turn >= FEWEST_LINES + start % 3 => marker.to_owned(),
        _ => lines[turn % lines.len()].to_owned(),
    }
}

fn filled(phrase: &str, request: &ChatRequest, said: &str) -> String {
    // The quote goes in last, so that no placeholder in it is filled.
    let name = &request.speaker.name;
    let phrase = phrase.replace("{name}", if name.is_empty() { "Demo" } else { name });
    let quote = if said.is_empty() { "…".to_owned() } else { heard::quote(said, QUOTE) };
    match phrase.split_once("{word}") {
        Some((before, after)) => {
            let word = heard::weighty_word(said).unwrap_or_else(|| "…".to_owned());
            format!("{before}{word}{after}")
        }
        None => phrase.replacen("{quote}", &quote, 1),
    }
}
