//! The finished text that a conversation is played from.
//!
//! A script is a scenario whose variables have been filled in: it contains no templates, and its text is
//! never parsed as one. It is stored with the conversation, so that a later version of the scenario does not
//! affect conversations already started.

/// Default maximum tokens of text per partner reply.
pub const PARTNER_MAX_OUTPUT: u32 = 400;

/// Default maximum tokens of text per coach comment.
pub const COACH_MAX_OUTPUT: u32 = 300;

/// The instructions of one conversation's models, and the rules it is played by.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// The conversation's title.
    pub title: String,
    /// The situation in a sentence or two; may be empty.
    pub card: String,
    /// BCP 47 language tag, such as `en` or `de-CH`.
    pub language: String,
    /// The partner's display name.
    pub partner_name: String,
    /// The partner's instructions.
    pub partner_prompt: String,
    /// The partner's sampling temperature; the provider's default if absent.
    pub partner_temperature: Option<f32>,
    /// Maximum tokens of text per reply.
    pub partner_max_output: u32,
    /// The partner's first message, of turn 0; if absent, the participant begins.
    pub opening: Option<String>,
    /// The coach's instructions; empty for [`CoachWhen::Never`].
    pub coach_prompt: String,
    /// The coach's sampling temperature; the provider's default if absent.
    pub coach_temperature: Option<f32>,
    /// Maximum tokens of text per comment.
    pub coach_max_output: u32,
    /// When the coach comments.
    pub coach_when: CoachWhen,
    /// What the coach sees of the conversation.
    pub coach_sees: CoachSees,
    /// Maximum number of turns.
    pub max_turns: Option<u32>,
    /// Maximum duration in seconds.
    pub max_seconds: Option<u32>,
}

/// A script in English without title, partner or text, whose coach comments after each reply: to fill in with
/// `Script { partner_name, partner_prompt, coach_prompt, ..Script::default() }`.
impl Default for Script {
    fn default() -> Self {
        Self {
            title: String::new(),
            card: String::new(),
            language: "en".to_owned(),
            partner_name: String::new(),
            partner_prompt: String::new(),
            partner_temperature: None,
            partner_max_output: PARTNER_MAX_OUTPUT,
            opening: None,
            coach_prompt: String::new(),
            coach_temperature: None,
            coach_max_output: COACH_MAX_OUTPUT,
            coach_when: CoachWhen::default(),
            coach_sees: CoachSees::default(),
            max_turns: None,
            max_seconds: None,
        }
    }
}

impl Script {
    /// Returns the script of an erased conversation: its rules, without any text of the participant. Title
    /// and partner name of a `predefined` scenario stay, because they belong to the scenario.
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

/// When the coach comments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CoachWhen {
    /// After the partner's reply.
    #[default]
    AfterPartner,
    /// After the participant's message, before the partner replies.
    AfterUser,
    /// Only in answers to asides.
    OnRequest,
    /// Never.
    Never,
}

impl CoachWhen {
    /// Every value, in the order of the scenario file's documentation.
    pub const ALL: [Self; 4] = [Self::AfterPartner, Self::AfterUser, Self::OnRequest, Self::Never];

    /// Returns the name in scenario files, SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AfterPartner => "after_partner",
            Self::AfterUser => "after_user",
            Self::OnRequest => "on_request",
            Self::Never => "never",
        }
    }

    /// Returns whether the coach comments on turns without being asked.
    pub fn comments(self) -> bool {
        matches!(self, Self::AfterPartner | Self::AfterUser)
    }

    /// Parses the output of [`CoachWhen::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|when| when.as_str() == name)
    }
}

/// What the coach sees of the conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CoachSees {
    /// The partner conversation, its own comments, and asides.
    #[default]
    Both,
    /// Only the partner conversation: it makes every comment as if it were the first.
    PartnerStream,
}

impl CoachSees {
    /// Every value.
    pub const ALL: [Self; 2] = [Self::Both, Self::PartnerStream];

    /// Returns the name in scenario files, SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::PartnerStream => "partner_stream",
        }
    }

    /// Parses the output of [`CoachSees::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sees| sees.as_str() == name)
    }
}
