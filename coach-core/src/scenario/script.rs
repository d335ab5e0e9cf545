//! The finished text that a conversation is played from.
//!
//! A script is what is left when a scenario's variables have their values: no template is in it, and
//! nothing in it is ever read as one again. It stays on the conversation, so that a later version of the
//! scenario changes nothing that was already begun.

/// Tokens of text that a partner's reply may have, where nothing else is said.
pub const PARTNER_MAX_OUTPUT: u32 = 400;

/// Tokens of text that a coach's comment may have, where nothing else is said.
pub const COACH_MAX_OUTPUT: u32 = 300;

/// Everything that is said to the models of one conversation, and how it is played.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// What the conversation is called.
    pub title: String,
    /// The situation in a sentence or two; may be empty.
    pub card: String,
    /// BCP 47, as `en` or `de-CH`.
    pub language: String,
    /// The partner's name as shown.
    pub partner_name: String,
    /// The partner's instructions.
    pub partner_prompt: String,
    /// The partner's sampling temperature; absent = the provider's own.
    pub partner_temperature: Option<f32>,
    /// Tokens of text that one reply may have.
    pub partner_max_output: u32,
    /// The partner's first words, of turn 0; absent = the participant begins.
    pub opening: Option<String>,
    /// The coach's instructions; empty where [`CoachWhen::Never`].
    pub coach_prompt: String,
    /// The coach's sampling temperature; absent = the provider's own.
    pub coach_temperature: Option<f32>,
    /// Tokens of text that one comment may have.
    pub coach_max_output: u32,
    /// When the coach speaks.
    pub coach_when: CoachWhen,
    /// What the coach is told of.
    pub coach_sees: CoachSees,
    /// The conversation ends after this many turns.
    pub max_turns: Option<u32>,
    /// The conversation ends after this long.
    pub max_seconds: Option<u32>,
}

impl Script {
    /// What is left of a script when its conversation is erased: how it was played, and no words of the
    /// participant. Title and partner of a `predefined` scenario stay: they are the scenario's own.
    #[must_use]
    pub fn erased(self, predefined: bool) -> Self {
        let kept = |text: String| if predefined { text } else { String::new() };
        Self {
            title: kept(self.title),
            partner_name: kept(self.partner_name),
            card: String::new(),
            partner_prompt: String::new(),
            opening: None,
            coach_prompt: String::new(),
            ..self
        }
    }
}

/// When the coach speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CoachWhen {
    /// After the partner's reply.
    #[default]
    AfterPartner,
    /// After the participant's message, before the partner replies.
    AfterUser,
    /// Only when asked privately.
    OnRequest,
    /// Not at all.
    Never,
}

impl CoachWhen {
    /// Every way, in the order of the scenario file's documentation.
    pub const ALL: [Self; 4] = [Self::AfterPartner, Self::AfterUser, Self::OnRequest, Self::Never];

    /// The name in scenario files, SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AfterPartner => "after_partner",
            Self::AfterUser => "after_user",
            Self::OnRequest => "on_request",
            Self::Never => "never",
        }
    }

    /// The coach comments on turns without being asked.
    pub fn comments(self) -> bool {
        matches!(self, Self::AfterPartner | Self::AfterUser)
    }

    /// Reads what [`CoachWhen::as_str`] writes.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|when| when.as_str() == name)
    }
}

/// What the coach is told of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CoachSees {
    /// The partner conversation, its own comments, and what was asked of it privately.
    #[default]
    Both,
    /// The partner conversation alone: every comment as if it were the first.
    PartnerStream,
}

impl CoachSees {
    /// Every way.
    pub const ALL: [Self; 2] = [Self::Both, Self::PartnerStream];

    /// The name in scenario files, SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::PartnerStream => "partner_stream",
        }
    }

    /// Reads what [`CoachSees::as_str`] writes.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sees| sees.as_str() == name)
    }
}
