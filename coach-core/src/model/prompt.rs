//! The prompts of model calls.
//!
//! A prompt knows its lane. A partner's prompt can only be made from a [`PartnerView`], which only
//! [`Transcript::partner_view`](crate::conversation::Transcript::partner_view) creates, so no coach text can
//! reach a partner, in any lane. From turn to turn, prompts only grow at the end, so that providers can cache
//! their beginning.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::{
    prompt_hash::PromptHash,
    prompt_text::{AROUND, LISTENING, PromptText, fenced_plain},
};
use crate::{
    conversation::{Line, PartnerView, Role, Transcript},
    model::{Lane, StandaloneLane, TurnLane},
};

/// A complete prompt: instructions, then the conversation so far. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    lane: Lane,
    system: Arc<str>,
    messages: Arc<Vec<PromptMessage>>,
}

/// One message of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptMessage {
    /// Who it is from, as seen by the model.
    pub role: PromptRole,
    /// The text; may be empty (adapters leave empty messages out).
    pub text: PromptText,
}

/// The two sides of a prompt, as seen by the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptRole {
    /// Sent to the model.
    User,
    /// Written by the model.
    Assistant,
}

impl Prompt {
    /// Builds the partner's prompt: its role and its own conversation.
    pub fn partner(instructions: &str, view: &PartnerView<'_>) -> Self {
        let mut messages = Vec::with_capacity(view.lines().count());
        messages.extend(view.lines().map(|line| match line.message().role {
            Role::User => PromptMessage::user(line.to_partner()),
            Role::Partner | Role::Coach => PromptMessage::assistant(line.to_partner()),
        }));
        Self { lane: Lane::Partner, system: instructions.into(), messages: messages.into() }
    }

    /// Builds the prompt for the coach's comment: both streams, each message as one labeled block, and the
    /// coach's own messages.
    pub fn coach(instructions: &str, transcript: &Transcript) -> Self {
        Self::listening(TurnLane::Coach, instructions, transcript.said_lines())
    }

    /// Builds the prompt of a coach that sees only the partner conversation.
    pub fn coach_of_partner_stream(instructions: &str, view: &PartnerView<'_>) -> Self {
        Self::listening(TurnLane::Coach, instructions, view.lines())
    }

    /// Builds the prompt for the coach's answer to an aside, whose question is the transcript's last message.
    pub fn aside(instructions: &str, transcript: &Transcript) -> Self {
        Self::listening(TurnLane::Aside, instructions, transcript.said_lines())
    }

    /// Builds a prompt for a lane whose messages do not come from a transcript.
    pub fn free(
        lane: StandaloneLane,
        system: impl Into<Arc<str>>,
        messages: Vec<PromptMessage>,
    ) -> Self {
        Self { lane: lane.into(), system: system.into(), messages: messages.into() }
    }

    fn listening<'a>(
        lane: TurnLane,
        instructions: &str,
        lines: impl Iterator<Item = &'a Line> + Clone,
    ) -> Self {
        let lines = lines.filter(|line| !line.text().is_empty());
        let mut messages = Vec::with_capacity(lines.clone().count());
        messages.extend(lines.map(|line| match line.message().role {
            Role::Coach => PromptMessage::assistant(line.to_coach()),
            Role::User | Role::Partner => PromptMessage::user(line.to_coach()),
        }));
        let system = format!("{instructions}\n\n{LISTENING}").into();
        Self { lane: lane.into(), system, messages: messages.into() }
    }

    /// Returns the prompt's lane.
    pub fn lane(&self) -> Lane {
        self.lane
    }

    /// Returns the instructions.
    pub fn system(&self) -> &str {
        &self.system
    }

    /// Returns the conversation so far, oldest first. May begin with the assistant, have consecutive messages
    /// of one role, or be empty: adapters normalize it for their provider.
    pub fn messages(&self) -> &[PromptMessage] {
        &self.messages
    }

    /// Returns the hash of everything the model reads: of the line `coach.prompt/2`, then of the instructions (`s`) and
    /// each message (`u` to the model, `a` by it), each as this letter and the SHA-256 of its text (32 bytes).
    pub fn hash(&self) -> PromptHash {
        let mut hash = Sha256::new_with_prefix("coach.prompt/2\n");
        let mut add = |side: u8, text: [u8; 32]| {
            hash.update([side]);
            hash.update(text);
        };
        add(b's', Sha256::digest(self.system.as_bytes()).into());
        for message in self.messages.iter() {
            let side = match message.role {
                PromptRole::User => b'u',
                PromptRole::Assistant => b'a',
            };
            add(side, message.text.hash());
        }
        PromptHash(hash.finalize().into())
    }

    /// Returns the UTF-8 bytes of the prompt plus 16 per message for the provider's framing: an upper bound
    /// on its tokens.
    pub fn weight(&self) -> u64 {
        let bytes =
            self.system.len() + self.messages.iter().map(|m| m.text.len() + AROUND).sum::<usize>();
        (bytes + AROUND) as u64
    }
}

impl Prompt {
    /// Returns the weight of the instructions.
    pub(crate) fn weight_of_system(listens: bool, instructions: &str) -> u64 {
        let listening = if listens { LISTENING.len() + 2 } else { 0 };
        (instructions.len() + listening + AROUND) as u64
    }
}

impl PromptMessage {
    /// Returns a message to the model.
    pub fn user(text: impl Into<PromptText>) -> Self {
        Self { role: PromptRole::User, text: text.into() }
    }

    /// Returns a message by the model.
    pub fn assistant(text: impl Into<PromptText>) -> Self {
        Self { role: PromptRole::Assistant, text: text.into() }
    }

    /// Returns a message with a record inside `<tag>` and `</tag>`, which its text cannot open or close.
    pub fn fenced(tag: &str, text: &str) -> Self {
        Self::user(fenced_plain(tag, text))
    }
}
