//! Consent texts: the built-in texts, one for each kind of coaching, and the version of any text.
//!
//! The built-in texts are frozen, because people have agreed to them word for word. A test pins their
//! versions.

use sha2::{Digest as _, Sha256};

use crate::scenario::{CoachWhen, Scenario};

const WITH_COACH: &str = include_str!("consent/with-coach.md");
const COACH_WHEN_ASKED: &str = include_str!("consent/coach-when-asked.md");
const WITHOUT_COACH: &str = include_str!("consent/without-coach.md");

/// The coaching that a participant gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coaching {
    /// The coach comments after every turn.
    pub comments: bool,
    /// The participant may ask the coach privately.
    pub asides: bool,
}

impl Coaching {
    /// Returns the coaching of an invitation with these settings; with a fixed scenario, at most what its
    /// coach does.
    pub fn new(comments: bool, asides: bool, fixed: Option<&Scenario>) -> Self {
        let when = fixed.map(|scenario| scenario.coach.when);
        Self {
            comments: comments && !matches!(when, Some(CoachWhen::OnRequest | CoachWhen::Never)),
            asides: asides && when != Some(CoachWhen::Never),
        }
    }

    /// Returns whether the participant has a coach at all.
    pub fn any(self) -> bool {
        self.comments || self.asides
    }
}

/// A consent text and its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Shortened hexadecimal hash of the text.
    pub version: String,
    /// The text, in Markdown.
    pub text: String,
}

impl Consent {
    /// Returns a consent text with its version.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let version = hex::encode(&Sha256::digest(text.as_bytes())[..8]);
        Self { version, text }
    }

    /// Returns the built-in text that is true for this coaching.
    pub fn built_in(coaching: Coaching) -> Self {
        Self::new(match coaching {
            Coaching { comments: true, .. } => WITH_COACH,
            Coaching { comments: false, asides: true } => COACH_WHEN_ASKED,
            Coaching { comments: false, asides: false } => WITHOUT_COACH,
        })
    }

    /// Returns whether the text mentions a coach although the participant will have none.
    pub fn promises_a_coach(&self, coaching: Coaching) -> bool {
        !coaching.any() && self.text.to_lowercase().contains("coach")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [(bool, bool, &str); 4] = [
        (true, true, "3ea233f00ad4bda1"),
        (true, false, "3ea233f00ad4bda1"),
        (false, true, "39b6e72c79e37c48"),
        (false, false, "41147566ed00c519"),
    ];

    #[test]
    fn the_built_in_texts_are_frozen() {
        for (comments, asides, version) in ALL {
            let text = Consent::built_in(Coaching { comments, asides });
            assert_eq!(text.version, version, "people have agreed to this text: {}", text.text);
        }
    }

    #[test]
    fn each_built_in_text_is_true_for_its_coaching() {
        for (comments, asides, _) in ALL {
            let coaching = Coaching { comments, asides };
            let text = Consent::built_in(coaching).text;
            assert_eq!(text.contains("two AI voices"), comments);
            assert_eq!(text.contains("only when you ask"), !comments && asides);
            assert_eq!(text.contains("coach"), coaching.any());
            assert!(!Consent::built_in(coaching).promises_a_coach(coaching));
        }
    }

    #[test]
    fn a_custom_consent_text_that_mentions_an_absent_coach_is_warned_about() {
        let promises = |text: &str, comments, asides| {
            Consent::new(text).promises_a_coach(Coaching { comments, asides })
        };
        assert!(promises("A COACH reads along.", false, false));
        assert!(promises("Eine Coachin liest mit.", false, false));
        assert!(!promises("A coach reads along.", true, false));
        assert!(!promises("A coach answers you.", false, true));
        assert!(!promises("You talk with one AI voice.", false, false));
    }
}
