//! Scenarios, and what an invitation's link shows.

use coach_core::{Estimate as About, LandingState as State, TurnCost, scenario};
use poem_openapi::{Enum, Object};

/// How hard a scenario is.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "lowercase")]
pub(crate) enum Difficulty {
    Easy,
    Medium,
    Hard,
}

/// Something to practice. Only researchers see the prompts, the limits, the source and the token counts.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Scenario {
    /// The scenario's name in addresses and requests.
    pub(crate) slug: String,
    /// The version; it changes with the content.
    version: String,
    /// A name for participants.
    title: String,
    /// The situation in a sentence or two.
    card: String,
    /// What the partner is called.
    partner_name: String,
    /// The partner's first message; if absent, the participant begins.
    opening: Option<String>,
    /// The language as a BCP 47 tag, such as `en` or `de-CH`.
    language: String,
    /// How long a conversation usually takes, in minutes.
    minutes: Option<u32>,
    /// The maximum number of turns of a conversation.
    max_turns: Option<u32>,
    /// How hard it is.
    difficulty: Option<Difficulty>,
    /// A warning to read before choosing it.
    content_note: Option<String>,
    /// What the participant can fill in.
    vars: Vec<ScenarioVar>,
    /// The partner's prompt, with default values filled in.
    partner_prompt: Option<String>,
    /// The coach's prompt, with default values filled in.
    coach_prompt: Option<String>,
    /// When the coach comments: `after_partner`, `after_user`, `on_request` or `never`.
    coach_when: Option<String>,
    /// When a conversation ends by itself.
    limits: Option<ScenarioLimits>,
    /// The scenario file, in TOML.
    source: Option<String>,
    /// About how many tokens a typical turn takes.
    tokens_per_turn: Option<u64>,
    /// The fewest tokens that admit a turn with a message of typical length.
    tokens_for_one_turn: Option<u64>,
}

/// A variable of a scenario.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct ScenarioVar {
    /// The variable's name.
    name: String,
    /// What the participant is asked for.
    label: String,
    /// The value if none is sent.
    default: Option<String>,
    /// The maximum length of a value, in characters.
    max_chars: Option<u32>,
    /// The only allowed values; if absent, any value of the type.
    values: Option<Vec<String>>,
    /// The type of a value.
    #[oai(rename = "type")]
    kind: VarType,
    /// A regular expression that every value matches; absent for a text.
    pattern: Option<String>,
}

/// The type of a variable's value.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "lowercase")]
pub(crate) enum VarType {
    /// One line.
    Text,
    Integer,
    Number,
    /// `true` or `false`.
    Boolean,
}

impl VarType {
    fn of(value: &scenario::Value) -> Self {
        match value {
            scenario::Value::Text(_) => Self::Text,
            scenario::Value::Whole(_) => Self::Integer,
            scenario::Value::Real(_) => Self::Number,
            scenario::Value::Flag(_) => Self::Boolean,
        }
    }

    fn pattern(self) -> Option<&'static str> {
        match self {
            Self::Text => None,
            Self::Integer => Some(r"^\s*[+\-]?[0-9]+\s*$"),
            Self::Number => Some(r"^\s*[+\-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+\-]?[0-9]+)?\s*$"),
            Self::Boolean => Some(r"^\s*(true|false)\s*$"),
        }
    }
}

/// When a conversation ends by itself.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct ScenarioLimits {
    /// The maximum number of turns.
    max_turns: Option<u32>,
    /// The maximum time since the start, in seconds.
    max_seconds: Option<u32>,
}

/// A page of scenarios.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct ScenarioPage {
    /// In display order.
    pub(crate) items: Vec<Scenario>,
    /// The cursor of the next page; absent on the last.
    pub(crate) next: Option<String>,
}

/// The state of an invitation for the caller who opens its link.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "lowercase")]
pub(crate) enum LandingState {
    Open,
    Claimed,
    Yours,
    Preview,
    Expired,
    Revoked,
    /// The participant was erased or disabled.
    Closed,
    Replaced,
}

/// A consent text.
#[derive(Debug, Object)]
pub(crate) struct Consent {
    /// The version; it changes with the text.
    version: String,
    /// The text, in Markdown.
    text: String,
}

/// About how much practice a number of tokens pays for. Later turns of a conversation take more tokens.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct Estimate {
    /// Whole conversations.
    conversations: u32,
    /// Turns in each of them.
    turns_per_conversation: u32,
    /// Turns in all, including those of a last, incomplete conversation.
    turns: u32,
}

impl From<About> for Estimate {
    fn from(about: About) -> Self {
        Self {
            conversations: about.conversations,
            turns_per_conversation: about.turns_each,
            turns: about.turns,
        }
    }
}

/// What opening an invitation's link shows.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Landing {
    /// What the caller can do with the invitation.
    state: LandingState,
    /// The name of the researcher who created it.
    inviter: String,
    /// Whom the participant can turn to.
    contact: Option<String>,
    /// The name for the participant.
    title: Option<String>,
    /// The name for researchers; only in their preview.
    label: Option<String>,
    /// The only scenario to practice; if absent, the participant chooses.
    scenario: Option<Scenario>,
    /// Whether the participant may describe their own scenario.
    allow_custom_scenario: bool,
    /// Whether the coach comments after every turn.
    coach: bool,
    /// Whether the participant can send asides to the coach.
    aside: bool,
    /// The text that the participant must agree to.
    consent: Consent,
    /// When the invitation expires, in RFC 3339; absent for no expiry.
    expires_at: Option<String>,
}

impl Scenario {
    /// Returns all of a scenario, with its prompts and token counts.
    pub(crate) fn in_full(scenario: &scenario::Scenario, cost: Option<TurnCost>) -> Self {
        Self {
            tokens_per_turn: cost.map(|cost| cost.typical),
            tokens_for_one_turn: cost.map(|cost| cost.whole),
            ..Self::new(scenario, true)
        }
    }

    /// Returns a scenario: all of it, or only what participants see.
    pub(crate) fn new(scenario: &scenario::Scenario, in_full: bool) -> Self {
        let script = scenario.cast(&std::collections::BTreeMap::new()).ok();
        let prompt = |text: fn(&scenario::Script) -> &String| {
            script.as_ref().filter(|_| in_full).map(|script| text(script).clone())
        };
        let vars = scenario.vars.iter().filter(|var| var.web || in_full);
        Self {
            slug: scenario.slug.clone(),
            version: scenario.version.clone(),
            title: scenario.title.clone(),
            card: scenario.card.clone(),
            partner_name: scenario.partner.name.clone(),
            opening: script.as_ref().and_then(|script| script.opening.clone()),
            language: scenario.language.clone(),
            minutes: scenario.minutes,
            max_turns: scenario.limits.max_turns,
            difficulty: scenario.difficulty.map(|difficulty| match difficulty {
                scenario::Difficulty::Easy => Difficulty::Easy,
                scenario::Difficulty::Medium => Difficulty::Medium,
                scenario::Difficulty::Hard => Difficulty::Hard,
            }),
            content_note: scenario.content_note.clone(),
            vars: vars.map(ScenarioVar::from).collect(),
            partner_prompt: prompt(|script| &script.partner_prompt),
            coach_prompt: prompt(|script| &script.coach_prompt),
            coach_when: script
                .as_ref()
                .filter(|_| in_full)
                .map(|script| script.coach_when.as_str().to_owned()),
            limits: in_full.then_some(ScenarioLimits {
                max_turns: scenario.limits.max_turns,
                max_seconds: scenario.limits.max_seconds,
            }),
            source: in_full.then(|| scenario.source.clone()),
            tokens_per_turn: None,
            tokens_for_one_turn: None,
        }
    }
}

impl From<&scenario::Variable> for ScenarioVar {
    fn from(var: &scenario::Variable) -> Self {
        let values: Vec<String> = var.values.iter().map(ToString::to_string).collect();
        let kind = VarType::of(&var.default);
        Self {
            name: var.name.clone(),
            label: var.label.clone().unwrap_or_else(|| var.name.clone()),
            default: Some(var.default.to_string()),
            max_chars: Some(var.max_chars),
            values: (!values.is_empty()).then_some(values),
            kind,
            pattern: kind.pattern().map(ToOwned::to_owned),
        }
    }
}

impl Landing {
    pub(crate) fn new(landing: &coach_core::Landing) -> Self {
        let invitation = &landing.invitation;
        Self {
            state: match landing.state {
                State::Open => LandingState::Open,
                State::Claimed => LandingState::Claimed,
                State::Yours => LandingState::Yours,
                State::Preview => LandingState::Preview,
                State::Expired => LandingState::Expired,
                State::Revoked => LandingState::Revoked,
                State::Closed => LandingState::Closed,
                State::Replaced => LandingState::Replaced,
            },
            inviter: landing.inviter.clone(),
            contact: invitation.contact.clone(),
            title: invitation.title.clone(),
            label: matches!(landing.state, State::Preview).then(|| invitation.label.clone()),
            scenario: landing.scenario.as_ref().map(|scenario| Scenario::new(scenario, false)),
            allow_custom_scenario: invitation.allow_custom_scenario,
            coach: landing.coaching.comments,
            aside: landing.coaching.asides,
            consent: Consent {
                version: invitation.consent.version.clone(),
                text: invitation.consent.text.clone(),
            },
            expires_at: invitation.expires_at.map(|at| at.to_string()),
        }
    }
}
