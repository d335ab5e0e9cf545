//! One message of a transcript with what it adds to prompts, each determined once.

use std::sync::{Arc, OnceLock};

use super::transcript::{Message, Role};
use crate::{
    model::{PromptText, SaidBy, block, block_weight, plain, plain_weight},
    scenario::Script,
};

/// What decides how messages enter the prompts of a conversation: the same from its first turn to its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptStyle {
    partner_name: Arc<str>,
    partner_max_output: u32,
    coach_max_output: u32,
}

impl Default for PromptStyle {
    fn default() -> Self {
        Self::named("")
    }
}

impl PromptStyle {
    /// Returns the style of a script's prompts.
    pub fn of(script: &Script) -> Self {
        Self {
            partner_name: script.partner_name.as_str().into(),
            partner_max_output: script.partner_max_output,
            coach_max_output: script.coach_max_output,
        }
    }

    /// Returns a style without a limit of length, for a partner of this name.
    pub fn named(partner_name: &str) -> Self {
        Self {
            partner_name: partner_name.into(),
            partner_max_output: u32::MAX,
            coach_max_output: u32::MAX,
        }
    }
}

/// An upper bound on the tokens that messages add to prompts, by what the prompt shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PromptWeights {
    /// To the partner's.
    pub(crate) partner: u64,
    /// To those of a coach that sees both streams.
    pub(crate) both: u64,
    /// To those of a coach that sees the partner conversation only.
    pub(crate) partner_stream: u64,
}

impl PromptWeights {
    pub(crate) fn add(&mut self, more: Self) {
        self.partner += more.partner;
        self.both += more.both;
        self.partner_stream += more.partner_stream;
    }

    pub(super) fn subtract(&mut self, less: Self) {
        self.partner -= less.partner;
        self.both -= less.both;
        self.partner_stream -= less.partner_stream;
    }
}

/// A message and what it adds to prompts.
#[derive(Debug)]
pub(crate) struct Line {
    message: Arc<Message>,
    partner_name: Arc<str>,
    /// How much of the text enters prompts, in bytes: see [`Message::prompted`].
    prompted: usize,
    weights: PromptWeights,
    to_partner: OnceLock<PromptText>,
    to_coach: OnceLock<PromptText>,
}

impl Line {
    pub(super) fn new(message: Arc<Message>, style: &PromptStyle) -> Self {
        let max_output = match message.role {
            Role::Partner => style.partner_max_output,
            Role::User | Role::Coach => style.coach_max_output,
        };
        let prompted = message.prompted(max_output).len();
        let mut line = Self {
            message,
            partner_name: style.partner_name.clone(),
            prompted,
            weights: PromptWeights::default(),
            to_partner: OnceLock::new(),
            to_coach: OnceLock::new(),
        };
        let listening = block_weight(line.text(), &line.partner_name);
        line.weights.both = listening;
        if line.reaches_partner() {
            line.weights.partner = plain_weight(line.text());
            line.weights.partner_stream = listening;
        }
        line
    }

    pub(crate) fn message(&self) -> &Message {
        &self.message
    }

    pub(super) fn shared(&self) -> Arc<Message> {
        self.message.clone()
    }

    /// Returns the part of the text that enters prompts.
    pub(crate) fn text(&self) -> &str {
        &self.message.content[..self.prompted]
    }

    /// Returns whether the partner sees it: part of the partner conversation, never the coach, never an aside.
    pub(super) fn reaches_partner(&self) -> bool {
        !self.message.aside
            && match self.message.role {
                Role::User => true,
                Role::Partner => self.prompted > 0,
                Role::Coach => false,
            }
    }

    pub(crate) fn weights(&self) -> PromptWeights {
        self.weights
    }

    /// Returns the text as it stands in the partner's prompt.
    pub(crate) fn to_partner(&self) -> PromptText {
        self.to_partner.get_or_init(|| plain(self.text()).into()).clone()
    }

    /// Returns the text as it stands in a coach's prompt: what others said as one labeled block.
    pub(crate) fn to_coach(&self) -> PromptText {
        let by = match (self.message.role, self.message.aside) {
            (Role::Coach, _) => None,
            (Role::User, true) => Some(SaidBy::ParticipantPrivately),
            (Role::User, false) => Some(SaidBy::Participant),
            (Role::Partner, _) => Some(SaidBy::Partner(&self.partner_name)),
        };
        let text = || match by {
            None => plain(self.text()).into(),
            Some(by) => block(by, self.text()).into(),
        };
        self.to_coach.get_or_init(text).clone()
    }
}
