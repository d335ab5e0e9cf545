//! Verifies the frames of one reader: each delta once, in order, unchanged, of its own conversation, and the partner's
//! answer done before the coach's begins.

use std::{borrow::Cow, fmt};

use serde::Deserialize;

use super::stamp::{Stamp, Voice};

/// What a reader has received so far.
#[derive(Debug)]
pub(crate) struct Checker {
    conversation: u32,
    turn: u32,
    voice: Voice,
    /// The number of the next delta.
    next: u32,
}

/// What a frame meant.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Deltas, with when each was sent.
    Deltas(Vec<u64>),
    /// The messages so far, which every connection begins with.
    History,
    /// The partner's answer is done.
    PartnerDone,
    /// The turn is done.
    TurnDone,
    /// Nothing that is measured.
    Other,
}

/// Why a run is no result.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    Lost(u32),
    Doubled(u32),
    Foreign(u32),
    OutOfOrder(String),
    Changed(String),
    Refused(String),
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(number) => write!(f, "delta {number} was lost"),
            Self::Doubled(number) => write!(f, "delta {number} arrived twice"),
            Self::Foreign(other) => write!(f, "a delta of conversation {other} arrived"),
            Self::OutOfOrder(what) => write!(f, "out of order: {what}"),
            Self::Changed(text) => write!(f, "not the text that was sent: {text}"),
            Self::Refused(text) => write!(f, "the server refused: {text}"),
        }
    }
}

impl std::error::Error for Wrong {}

#[derive(Deserialize)]
struct Frame<'a> {
    r#type: &'a str,
    #[serde(borrow)]
    content: Option<Cow<'a, str>>,
}

impl Checker {
    pub(crate) fn new(conversation: u32) -> Self {
        Self { conversation, turn: 1, voice: Voice::Partner, next: 0 }
    }

    pub(crate) fn conversation(&self) -> u32 {
        self.conversation
    }

    /// Returns the running turn, or the next one.
    pub(crate) fn turn(&self) -> u32 {
        self.turn
    }

    /// Checks the next frame. Every answer has `deltas` deltas.
    pub(crate) fn frame(&mut self, text: &str, deltas: u32) -> Result<Seen, Wrong> {
        let start = |text: &str| text.chars().take(200).collect::<String>();
        let frame: Frame<'_> =
            serde_json::from_str(text).map_err(|_| Wrong::Changed(start(text)))?;
        let content = frame.content.as_deref().unwrap_or_default();
        match frame.r#type {
            "partner:delta" => self.deltas(Voice::Partner, content),
            "coach:delta" => self.deltas(Voice::Coach, content),
            "partner:done" => {
                self.done(Voice::Partner, deltas)?;
                self.voice = Voice::Coach;
                Ok(Seen::PartnerDone)
            }
            "coach:done" => {
                self.done(Voice::Coach, deltas)?;
                self.voice = Voice::Partner;
                self.turn += 1;
                Ok(Seen::TurnDone)
            }
            "history" => Ok(Seen::History),
            "error" | "ended" | "coach:skipped" => Err(Wrong::Refused(start(text))),
            _ => Ok(Seen::Other),
        }
    }

    fn deltas(&mut self, voice: Voice, content: &str) -> Result<Seen, Wrong> {
        let mut sent = Vec::with_capacity(1);
        let mut rest = content;
        while !rest.is_empty() {
            let (stamp, after) =
                Stamp::read(rest).ok_or_else(|| Wrong::Changed(rest.chars().take(80).collect()))?;
            if stamp.conversation != self.conversation {
                return Err(Wrong::Foreign(stamp.conversation));
            }
            if (stamp.voice, stamp.turn) != (self.voice, self.turn) || voice != self.voice {
                return Err(Wrong::OutOfOrder(stamp.text()));
            }
            if stamp.number > self.next {
                return Err(Wrong::Lost(self.next));
            }
            if stamp.number < self.next {
                return Err(Wrong::Doubled(stamp.number));
            }
            self.next += 1;
            sent.push(stamp.sent);
            rest = after;
        }
        Ok(Seen::Deltas(sent))
    }

    fn done(&mut self, voice: Voice, deltas: u32) -> Result<(), Wrong> {
        if voice != self.voice {
            return Err(Wrong::OutOfOrder(format!("{voice:?} is done")));
        }
        if self.next < deltas {
            return Err(Wrong::Lost(self.next));
        }
        self.next = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::PAD_IN_JSON;

    fn delta(voice: Voice, conversation: u32, turn: u32, number: u32) -> String {
        let name = if voice == Voice::Partner { "partner" } else { "coach" };
        let stamp = Stamp { voice, conversation, turn, number, sent: 5 }.text();
        format!(r#"{{"type":"{name}:delta","content":"{stamp}{PAD_IN_JSON}","off":0}}"#)
    }

    fn checked(frames: &[String]) -> Result<Seen, Wrong> {
        let mut checker = Checker::new(1);
        frames.iter().try_fold(Seen::Other, |_, frame| checker.frame(frame, 2))
    }

    const PARTNER_DONE: &str = r#"{"type":"partner:done","messageId":1}"#;
    const COACH_DONE: &str = r#"{"type":"coach:done","messageId":2}"#;

    #[test]
    fn a_whole_turn_passes_and_the_next_one_begins() {
        let frames = [
            r#"{"type":"turn","turn":1,"state":"accepted"}"#.to_owned(),
            delta(Voice::Partner, 1, 1, 0),
            delta(Voice::Partner, 1, 1, 1),
            PARTNER_DONE.to_owned(),
            delta(Voice::Coach, 1, 1, 0),
            delta(Voice::Coach, 1, 1, 1),
            COACH_DONE.to_owned(),
        ];
        assert_eq!(checked(&frames), Ok(Seen::TurnDone));
        let next = [&frames[..], &[delta(Voice::Partner, 1, 2, 0)]].concat();
        assert_eq!(checked(&next), Ok(Seen::Deltas(vec![5])));
    }

    #[test]
    fn a_lost_a_doubled_and_a_foreign_delta_are_found() {
        let first = delta(Voice::Partner, 1, 1, 0);
        let second = delta(Voice::Partner, 1, 1, 1);
        assert_eq!(checked(&[second]), Err(Wrong::Lost(0)));
        assert_eq!(checked(&[first.clone(), PARTNER_DONE.to_owned()]), Err(Wrong::Lost(1)));
        assert_eq!(checked(&[first.clone(), first.clone()]), Err(Wrong::Doubled(0)));
        assert_eq!(checked(&[delta(Voice::Partner, 2, 1, 0)]), Err(Wrong::Foreign(2)));
    }

    #[test]
    fn a_coach_before_the_partner_is_done_and_changed_text_are_found() {
        let early = checked(&[delta(Voice::Coach, 1, 1, 0)]);
        assert!(matches!(early, Err(Wrong::OutOfOrder(_))), "{early:?}");
        let changed = checked(&[delta(Voice::Partner, 1, 1, 0).replace("Well", "well")]);
        assert!(matches!(changed, Err(Wrong::Changed(_))), "{changed:?}");
        let refused = checked(&[r#"{"type":"error","code":"busy"}"#.to_owned()]);
        assert!(matches!(refused, Err(Wrong::Refused(_))), "{refused:?}");
    }

    #[test]
    fn several_deltas_may_share_a_frame() {
        let stamp = |number| {
            Stamp { voice: Voice::Partner, conversation: 1, turn: 1, number, sent: 5 }.text()
                + PAD_IN_JSON
        };
        let both = format!(r#"{{"type":"partner:delta","content":"{}{}"}}"#, stamp(0), stamp(1));
        assert_eq!(checked(&[both]), Ok(Seen::Deltas(vec![5, 5])));
    }
}
