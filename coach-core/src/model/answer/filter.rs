//! Between a model and a room: what of a model's text is speech.
//!
//! Takes out control characters, thinking, the speaker's own label and control words, and ends where
//! another voice begins. Text is held back only while it may still become one of these, and what comes
//! out never depends on how the text was cut into pieces.

use super::{
    marks::{self, Mark},
    voices::{Label, Voices},
};
use crate::text::says_nothing;

/// Why nothing more is taken from a model although it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Another voice begins, or the model's template says that the answer is over.
    OtherVoice,
    /// A lone closing tag: what was published as speech was thinking.
    Thinking,
    /// The text is longer than any that keeps its limit.
    TooLong,
}

/// How much text is taken, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Most {
    /// Of speech.
    pub(crate) said: usize,
    /// Of everything, thinking included.
    pub(crate) heard: usize,
}

/// One answer's filter.
#[derive(Debug)]
pub(crate) struct Filter {
    voices: Option<Voices>,
    most: Most,
    heard: usize,
    said: usize,
    /// Not yet looked at, or not decided.
    pending: String,
    /// Blank text before the first word.
    blank: String,
    /// What comes before the first word is trimmed: it stood beside what was taken out.
    trims: bool,
    words: bool,
    /// Line breaks that are held until the next line is known to be speech.
    gap: String,
    /// Control words in a lane that may quote them: dropped if nothing follows.
    tail: String,
    line_start: bool,
    /// A control word came before the first word: the name of a role may follow.
    header: bool,
    /// Marks of emphasis that may still follow an own label; `None` = no label came just now.
    after_label: Option<usize>,
    /// How many thoughts are open.
    depth: u32,
    /// All text so far, of a model that is known to think without an opening tag.
    held: Option<String>,
    end: Option<End>,
}

impl Filter {
    /// A filter for a voice that plays a person, or for one that may quote others (`None`). With `hold`
    /// nothing is published before a closing tag or the end.
    pub(crate) fn new(voices: Option<Voices>, most: Most, hold: bool) -> Self {
        Self {
            voices,
            most,
            heard: 0,
            said: 0,
            pending: String::new(),
            blank: String::new(),
            trims: false,
            words: false,
            gap: String::new(),
            tail: String::new(),
            line_start: true,
            header: false,
            after_label: None,
            depth: 0,
            held: hold.then(String::new),
            end: None,
        }
    }

    /// Takes a piece of the model's text and returns what can be published.
    pub(crate) fn push(&mut self, piece: &str) -> String {
        let mut out = String::new();
        if self.end.is_none() {
            let room = self.most.heard.saturating_sub(self.heard);
            let taken = &piece[..piece.floor_char_boundary(room)];
            self.heard += taken.len();
            let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
            self.pending.extend(taken.chars().filter(kept));
            self.scan(false, &mut out);
            if taken.len() < piece.len() && self.end.is_none() {
                self.end = Some(End::TooLong);
            }
        }
        out
    }

    /// The model has ended well: returns what was held back and is speech after all.
    pub(crate) fn finish(&mut self) -> String {
        let mut out = String::new();
        if self.end.is_none() {
            self.scan(true, &mut out);
            if let Some(held) = self.held.take() {
                self.depth = 0;
                self.pending = held;
                self.scan(true, &mut out);
            }
            let gap = std::mem::take(&mut self.gap);
            if self.end.is_none() {
                self.publish(&gap, &mut out);
            }
        }
        out
    }

    /// Why nothing more is taken, if so.
    pub(crate) fn end(&self) -> Option<End> {
        self.end
    }

    /// Something was said: neither thinking, nor control words, nor blank text.
    pub(crate) fn has_words(&self) -> bool {
        self.words
    }

    /// Bytes of all text that came, thinking included.
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

    /// Decides about the beginning of `text`: how many bytes are dealt with, or `None` if it needs more.
    fn step(&mut self, text: &str, all: bool, out: &mut String) -> Option<usize> {
        let speaks = self.depth == 0 && self.held.is_none();
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
        let stops = |c: char| marks::BEGINS.contains(&c) || breaks && c == '\n';
        let plain = text.find(stops).unwrap_or(text.len());
        if plain > 0 {
            self.plain(&text[..plain], out);
            return Some(plain);
        }
        if breaks && text.starts_with('\n') {
            self.gap.push('\n');
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

    /// Decides about the beginning of a line: `Some(None)` if it is none or has no label.
    fn line(&mut self, text: &str, all: bool) -> Option<Option<usize>> {
        let Some(voices) = self.voices.as_ref().filter(|_| self.line_start) else {
            return Some(None);
        };
        match voices.label(text) {
            Label::More if !all => None,
            Label::More | Label::None => Some(None),
            Label::Own { length, stars } => {
                // What follows may be the same label again.
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

    /// Text without a mark.
    fn plain(&mut self, text: &str, out: &mut String) {
        if self.depth > 0 {
            return;
        }
        if let Some(held) = &mut self.held {
            held.push_str(text);
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
        // Blank text and thinking before a label leave it the beginning of its line.
        self.line_start &= text.trim_matches([' ', '\t']).is_empty();
        let gap = std::mem::take(&mut self.gap);
        self.publish(&gap, out);
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
                    && let Some(before) = self.held.take()
                {
                    // The model has opened its thought this time: what came before it is speech.
                    self.plain_again(&before, out);
                }
            }
            Mark::Closes | Mark::ClosesAll if self.held.is_some() => {
                self.held = None;
                self.trims = true;
            }
            Mark::Closes | Mark::ClosesAll if self.words => self.end = Some(End::Thinking),
            Mark::Closes | Mark::ClosesAll => {
                // Nothing was thought before it.
                self.blank.clear();
                self.trims = true;
            }
            Mark::Control if self.depth > 0 => {}
            Mark::Control if self.held.is_some() => self.plain(text, out),
            Mark::Control if !self.words => {
                self.trims = true;
                self.header = true;
            }
            Mark::Control if self.voices.is_none() => self.tail.push_str(text),
            Mark::Control => self.end = Some(End::OtherVoice),
        }
    }

    /// Text that was held and is looked at like text that comes now; nothing in it is thinking.
    fn plain_again(&mut self, text: &str, out: &mut String) {
        let mut done = 0;
        while self.end.is_none() && done < text.len() {
            match self.step(&text[done..], true, out) {
                Some(taken) => done += taken,
                None => break,
            }
        }
    }

    /// Publishes speech, from its first word on.
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
