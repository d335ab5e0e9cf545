//! The filter between a model and a room: which part of a model's text is speech.
//!
//! Removes control characters, thinking, the speaker's own label and control tokens, and ends the answer
//! where another voice begins. Text is buffered only while it may still become one of these, and the output
//! never depends on how the text was split into pieces.

use super::{
    marks::{self, Mark},
    voices::{Label, Voices},
};
use crate::text::says_nothing;

/// Why the filter accepts no more text from a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Another voice begins, or the model's template marks the end of the answer.
    OtherVoice,
    /// An unmatched closing tag: the text published as speech was thinking.
    Thinking,
    /// The text is longer than any text within the token limit.
    TooLong,
}

/// The maximum amount of text, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Most {
    /// Maximum of speech.
    pub(crate) said: usize,
    /// Maximum of all text, thinking included.
    pub(crate) heard: usize,
}

/// The filter of one answer.
#[derive(Debug)]
pub(crate) struct Filter {
    voices: Option<Voices>,
    most: Most,
    heard: usize,
    said: usize,
    /// Text not examined or not decided yet.
    pending: String,
    /// Blank text before the first visible character.
    blank: String,
    /// Trim leading blanks, because they were next to removed text.
    trims: bool,
    words: bool,
    /// Control tokens in a lane that may quote them: dropped if nothing follows.
    tail: String,
    line_start: bool,
    /// A control token came before any speech, so a role name may follow.
    header: bool,
    /// Emphasis marks that may still follow the own label; `None` if no label was just removed.
    after_label: Option<usize>,
    /// Number of open thinking tags.
    depth: u32,
    /// All text so far of a model that is known to think without an opening tag.
    withheld: Option<String>,
    end: Option<End>,
}

impl Filter {
    /// Returns a filter for a voice that plays a person, or (`None`) for one that may quote others. With
    /// `withhold`, nothing is published before a closing tag or the end.
    pub(crate) fn new(voices: Option<Voices>, most: Most, withhold: bool) -> Self {
        Self {
            voices,
            most,
            heard: 0,
            said: 0,
            pending: String::new(),
            blank: String::new(),
            trims: false,
            words: false,
            tail: String::new(),
            line_start: true,
            header: false,
            after_label: None,
            depth: 0,
            withheld: withhold.then(String::new),
            end: None,
        }
    }

    /// Accepts a piece of the model's text and returns the text to publish.
    pub(crate) fn push(&mut self, piece: &str) -> String {
        let mut out = String::new();
        if self.end.is_none() {
            let room = self.most.heard.saturating_sub(self.heard);
            let taken = &piece[..piece.floor_char_boundary(room)];
            self.heard += taken.len();
            // Most pieces have no control character, and are copied whole.
            match taken.bytes().any(may_begin_control) {
                true => self.pending.extend(taken.chars().filter(is_kept)),
                false => self.pending.push_str(taken),
            }
            self.scan(false, &mut out);
            if taken.len() < piece.len() && self.end.is_none() {
                self.end = Some(End::TooLong);
            }
        }
        out
    }

    /// Ends a successful stream: returns buffered text that turned out to be speech.
    pub(crate) fn finish(&mut self) -> String {
        let mut out = String::new();
        if self.end.is_none() {
            self.scan(true, &mut out);
            if let Some(withheld) = self.withheld.take() {
                self.depth = 0;
                self.pending = withheld;
                self.scan(true, &mut out);
            }
        }
        out
    }

    /// Returns why no more text is accepted, if so.
    pub(crate) fn end(&self) -> Option<End> {
        self.end
    }

    /// Returns whether there was speech: not only thinking, control tokens or blanks.
    pub(crate) fn has_words(&self) -> bool {
        self.words
    }

    /// Returns the bytes of all text received, thinking included.
    pub(crate) fn heard(&self) -> usize {
        self.heard
    }

    fn scan(&mut self, all: bool, out: &mut String) {
        let mut text = std::mem::take(&mut self.pending);
        let mut done = 0;
        while self.end.is_none() && done < text.len() {
            match self.step(&text[done..], all, out) {
                Some(taken) => done += taken,
                None => break,
            }
        }
        if self.end.is_none() {
            text.drain(..done);
            self.pending = text;
        }
    }

    /// Handles the beginning of `text`: returns the number of bytes handled, or `None` if more text is
    /// needed.
    fn step(&mut self, text: &str, all: bool, out: &mut String) -> Option<usize> {
        let speaks = self.depth == 0 && self.withheld.is_none();
        if speaks {
            if let Some(stars) = self.after_label {
                let next = text.chars().next()?;
                self.after_label = match next {
                    '*' | '_' if stars > 0 => Some(stars - 1),
                    ' ' | '\t' => Some(0),
                    _ => None,
                };
                if self.after_label.is_some() {
                    return Some(next.len_utf8());
                }
            }
            if self.header {
                let role = marks::role(text);
                if role.more && !all {
                    return None;
                }
                self.header = false;
                if let Some(length) = role.length {
                    let foreign = self.voices.as_ref().is_some_and(|v| v.is_other(&text[..length]));
                    self.end = foreign.then_some(End::OtherVoice);
                    return Some(length);
                }
            }
            if let Some(taken) = self.line(text, all)? {
                return Some(taken);
            }
        }
        let breaks = speaks && self.voices.is_some();
        let plain = marks::first(text, breaks).unwrap_or(text.len());
        if plain > 0 {
            self.plain(&text[..plain], out);
            return Some(plain);
        }
        if breaks && text.starts_with('\n') {
            // Not withheld until the next line is known to be speech: a piece is published as it came.
            self.publish("\n", out);
            self.line_start = true;
            return Some(1);
        }
        let seen = marks::look(text);
        if seen.more && !all {
            return None;
        }
        if let Some((mark, length)) = seen.mark {
            self.mark(mark, &text[..length], out);
            return Some(length);
        }
        let first = text.chars().next().map_or(0, char::len_utf8);
        self.plain(&text[..first], out);
        Some(first)
    }

    /// Handles a label at the beginning of a line: `Some(None)` if this is not a line start or has no label.
    fn line(&mut self, text: &str, all: bool) -> Option<Option<usize>> {
        let Some(voices) = self.voices.as_ref().filter(|_| self.line_start) else {
            return Some(None);
        };
        match voices.label(text) {
            Label::More if !all => None,
            Label::More | Label::None => Some(None),
            Label::Own { length, stars } => {
                // The same label may be repeated.
                self.after_label = Some(stars);
                self.trims |= !self.words;
                Some(Some(length))
            }
            Label::Foreign => {
                self.end = Some(End::OtherVoice);
                Some(Some(text.len()))
            }
        }
    }

    /// Handles text without a mark.
    fn plain(&mut self, text: &str, out: &mut String) {
        if self.depth > 0 {
            return;
        }
        if let Some(withheld) = &mut self.withheld {
            withheld.push_str(text);
            return;
        }
        if !self.tail.is_empty() {
            if text.chars().all(char::is_whitespace) {
                self.tail.push_str(text);
                return;
            }
            let quoted = std::mem::take(&mut self.tail);
            self.publish(&quoted, out);
        }
        // Blanks and thinking before a label still count as the beginning of the line.
        self.line_start = self.line_start && text.trim_matches([' ', '\t']).is_empty();
        self.publish(text, out);
    }

    fn mark(&mut self, mark: Mark, text: &str, out: &mut String) {
        match mark {
            Mark::Empty => self.trims |= !self.words,
            Mark::Opens => {
                self.trims |= !self.words;
                self.depth += 1;
            }
            Mark::Closes | Mark::ClosesAll if self.depth > 0 => {
                self.depth = if mark == Mark::ClosesAll { 0 } else { self.depth - 1 };
                if self.depth == 0
                    && let Some(before) = self.withheld.take()
                {
                    // The model has opened its thinking this time, so the text before it is speech.
                    self.plain_again(&before, out);
                }
            }
            Mark::Closes | Mark::ClosesAll if self.withheld.is_some() => {
                self.withheld = None;
                self.trims = true;
            }
            Mark::Closes | Mark::ClosesAll if self.words => self.end = Some(End::Thinking),
            Mark::Closes | Mark::ClosesAll => {
                // There was no thinking before the tag.
                self.blank.clear();
                self.trims = true;
            }
            Mark::Control if self.depth > 0 => {}
            Mark::Control if self.withheld.is_some() => self.plain(text, out),
            Mark::Control if !self.words => {
                self.trims = true;
                self.header = true;
            }
            Mark::Control if self.voices.is_none() => self.tail.push_str(text),
            Mark::Control => self.end = Some(End::OtherVoice),
        }
    }

    /// Handles buffered text again as if it had just arrived; none of it is thinking.
    fn plain_again(&mut self, text: &str, out: &mut String) {
        let mut done = 0;
        while self.end.is_none() && done < text.len() {
            match self.step(&text[done..], true, out) {
                Some(taken) => done += taken,
                None => break,
            }
        }
    }

    /// Publishes speech, starting with its first visible character.
    fn publish(&mut self, text: &str, out: &mut String) {
        if !self.words {
            self.blank.push_str(text);
            if self.blank.chars().all(says_nothing) {
                return;
            }
            self.words = true;
            let first = std::mem::take(&mut self.blank);
            let first = if self.trims { first.trim_start() } else { &first };
            self.append(first, out);
            return;
        }
        self.append(text, out);
    }

    fn append(&mut self, text: &str, out: &mut String) {
        let room = self.most.said.saturating_sub(self.said);
        let taken = &text[..text.floor_char_boundary(room)];
        self.said += taken.len();
        out.push_str(taken);
        if taken.len() < text.len() {
            self.end = Some(End::TooLong);
        }
    }
}

fn is_kept(c: &char) -> bool {
    !c.is_control() || matches!(c, '\n' | '\t')
}

/// Returns whether a byte may begin a character that is not kept.
fn may_begin_control(byte: u8) -> bool {
    matches!(byte, 0..=8 | 11..=31 | 127 | 0xc2)
}
