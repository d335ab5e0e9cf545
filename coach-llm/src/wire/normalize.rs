//! Normalizes a list of messages to one that every provider accepts.
//!
//! Drops empty messages, joins neighbors of the same role with a blank line, and puts a fixed message before a
//! list that does not start with the user, so that prefixes stay cacheable. Never changes anyone's words.

use std::borrow::Cow;

use coach_core::model::{PromptMessage, PromptRole};

/// The user message that opens a list without one.
pub(crate) const OPENING: &str = "(The scene begins.)";

/// One message of a normalized list. Its text is copied only if neighbors were joined.
#[derive(Clone, Debug)]
pub(crate) struct NormalMessage<'a> {
    pub(crate) role: PromptRole,
    pub(crate) text: Cow<'a, str>,
}

impl NormalMessage<'_> {
    const OPENING: Self = Self { role: PromptRole::User, text: Cow::Borrowed(OPENING) };
}

/// Returns `messages` as a list that starts with the user and alternates.
pub(crate) fn normalized(messages: &[PromptMessage]) -> Vec<NormalMessage<'_>> {
    let mut normalized: Vec<NormalMessage<'_>> = Vec::with_capacity(messages.len() + 1);
    for message in messages.iter().filter(|message| !message.text.trim().is_empty()) {
        match normalized.last_mut() {
            Some(last) if last.role == message.role => {
                let joined = last.text.to_mut();
                joined.push_str("\n\n");
                joined.push_str(&message.text);
                continue;
            }
            None if message.role == PromptRole::Assistant => {
                normalized.push(NormalMessage::OPENING);
            }
            Some(_) | None => {}
        }
        normalized.push(NormalMessage { role: message.role, text: Cow::Borrowed(&message.text) });
    }
    if normalized.is_empty() {
        normalized.push(NormalMessage::OPENING);
    }
    normalized
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(messages: &[PromptMessage]) -> Vec<String> {
        let role = |m: &NormalMessage<'_>| if m.role == PromptRole::User { "u" } else { "a" };
        normalized(messages).iter().map(|m| format!("{}:{}", role(m), m.text)).collect()
    }

    #[test]
    fn a_list_that_starts_with_the_partner_gets_an_opening() {
        let opening = [PromptMessage::assistant("You are late."), PromptMessage::user("Sorry.")];
        assert_eq!(shown(&opening), ["u:(The scene begins.)", "a:You are late.", "u:Sorry."]);
        assert_eq!(shown(&[]), ["u:(The scene begins.)"]);
        assert_eq!(shown(&[PromptMessage::assistant(" \n")]), ["u:(The scene begins.)"]);
    }

    #[test]
    fn an_empty_message_leaves_no_gap() {
        let messages = [
            PromptMessage::user("One."),
            PromptMessage::assistant(""),
            PromptMessage::user("Two."),
            PromptMessage::assistant("Three."),
            PromptMessage::assistant("Four."),
        ];
        assert_eq!(shown(&messages), ["u:One.\n\nTwo.", "a:Three.\n\nFour."]);
    }

    #[test]
    fn a_longer_conversation_starts_like_the_shorter_one() {
        let talk: Vec<_> = (0..6)
            .map(|n| match n % 2 {
                0 => PromptMessage::assistant(format!("{n}")),
                _ => PromptMessage::user(format!("{n}")),
            })
            .collect();
        for end in 1..talk.len() {
            assert_eq!(shown(&talk[..end]), shown(&talk)[..=end]);
        }
    }
}
