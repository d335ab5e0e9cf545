//! Makes any list of messages one that every provider takes.
//!
//! Empty messages are left out, neighbours of one role are joined by a blank line, and a list that does
//! not begin with the user gets a fixed first message, so that prefixes stay cacheable. Nobody's words
//! are changed.

use coach_core::model::{PromptMessage, PromptRole};

/// Said for the user where nobody has spoken yet.
pub(crate) const OPENING: &str = "(The scene begins.)";

/// `messages` as a list that begins with the user and alternates.
pub(crate) fn normalized(messages: &[PromptMessage]) -> Vec<PromptMessage> {
    let mut normalized: Vec<PromptMessage> = Vec::with_capacity(messages.len() + 1);
    for message in messages.iter().filter(|message| !message.text.trim().is_empty()) {
        match normalized.last_mut() {
            Some(last) if last.role == message.role => {
                last.text.push_str("\n\n");
                last.text.push_str(&message.text);
            }
            Some(_) => normalized.push(message.clone()),
            None => {
                if message.role == PromptRole::Assistant {
                    normalized.push(PromptMessage::user(OPENING));
                }
                normalized.push(message.clone());
            }
        }
    }
    if normalized.is_empty() {
        normalized.push(PromptMessage::user(OPENING));
    }
    normalized
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(messages: &[PromptMessage]) -> Vec<String> {
        let role = |m: &PromptMessage| if m.role == PromptRole::User { "u" } else { "a" };
        normalized(messages).iter().map(|m| format!("{}:{}", role(m), m.text)).collect()
    }

    #[test]
    fn a_partner_who_opens_is_given_a_scene() {
        let opening = [PromptMessage::assistant("You are late."), PromptMessage::user("Sorry.")];
        assert_eq!(shown(&opening), ["u:(The scene begins.)", "a:You are late.", "u:Sorry."]);
        assert_eq!(shown(&[]), ["u:(The scene begins.)"]);
        assert_eq!(shown(&[PromptMessage::assistant(" \n")]), ["u:(The scene begins.)"]);
    }

    #[test]
    fn what_failed_in_between_leaves_no_gap() {
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
    fn a_longer_talk_begins_like_the_shorter_one() {
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
