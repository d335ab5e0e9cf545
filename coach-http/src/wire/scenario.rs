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

/// Something to practise. The prompts and the source are for researchers.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Scenario {
    pub(crate) slug: String,
    version: String,
    title: String,
    card: String,
    partner_name: String,
    opening: Option<String>,
    language: String,
    minutes: Option<u32>,
    /// A conversation has at most so many turns.
    max_turns: Option<u32>,
    difficulty: Option<Difficulty>,
    content_note: Option<String>,
    vars: Vec<ScenarioVar>,
    partner_prompt: Option<String>,
    coach_prompt: Option<String>,
    coach_when: Option<String>,
    limits: Option<ScenarioLimits>,
    source: Option<String>,
    /// About how many tokens a usual turn takes.
    tokens_per_turn: Option<u64>,
    /// The smallest number of tokens that lets a turn in, with a message of usual length.
    tokens_for_one_turn: Option<u64>,
}

/// What the participant may fill in.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct ScenarioVar {
    name: String,
    label: String,
    default: Option<String>,
    max_chars: Option<u32>,
    values: Option<Vec<String>>,
    /// What a value is.
    #[oai(rename = "type")]
    kind: VarType,
    /// A regular expression that every value fits; absent for a text.
    pattern: Option<String>,
}

/// What a variable's value is.
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
    max_turns: Option<u32>,
    max_seconds: Option<u32>,
}

/// A page of scenarios.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct ScenarioPage {
    pub(crate) items: Vec<Scenario>,
    pub(crate) next: Option<String>,
}

/// How an invitation stands for whoever opens its link.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "lowercase")]
pub(crate) enum LandingState {
    Open,
    Claimed,
    Yours,
    Preview,
    Expired,
    Revoked,
    /// Its participant's account was deleted or disabled.
    Closed,
    Replaced,
}

/// What the participant agrees to.
#[derive(Debug, Object)]
pub(crate) struct Consent {
    version: String,
    /// Markdown.
    text: String,
}

/// About how much practice a number of tokens pays for, turns getting dearer as a conversation goes on.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct Estimate {
    /// Whole conversations.
    conversations: u32,
    /// How many turns each of them has.
    turns_per_conversation: u32,
    /// Turns in all, those of a conversation that does not come to its end included.
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
    state: LandingState,
    /// Whom it is from.
    inviter: String,
    contact: Option<String>,
    /// What the invitation is called for its participant.
    title: Option<String>,
    /// What researchers call it; in their preview alone.
    label: Option<String>,
    scenario: Option<Scenario>,
    allow_custom_scenario: bool,
    /// The coach comments after every turn.
    coach: bool,
    /// The participant may ask the coach privately.
    aside: bool,
    consent: Consent,
    expires_at: Option<String>,
}

impl Scenario {
    /// A scenario as a researcher sees it, with its prompts and what a turn of it takes.
    pub(crate) fn for_staff(scenario: &scenario::Scenario, cost: Option<TurnCost>) -> Self {
        Self {
            tokens_per_turn: cost.map(|cost| cost.typical),
            tokens_for_one_turn: cost.map(|cost| cost.whole),
            ..Self::new(scenario, true)
        }
    }

    /// A scenario, with its prompts if a researcher asks.
    pub(crate) fn new(scenario: &scenario::Scenario, staff: bool) -> Self {
        let script = scenario.cast(&std::collections::BTreeMap::new()).ok();
        let for_staff = |text: fn(&scenario::Script) -> &String| {
            script.as_ref().filter(|_| staff).map(|script| text(script).clone())
        };
        let vars = scenario.vars.iter().filter(|var| var.web || staff);
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
            partner_prompt: for_staff(|script| &script.partner_prompt),
            coach_prompt: for_staff(|script| &script.coach_prompt),
            coach_when: script.as_ref().filter(|_| staff).map(|s| s.coach_when.as_str().to_owned()),
            limits: staff.then_some(ScenarioLimits {
                max_turns: scenario.limits.max_turns,
                max_seconds: scenario.limits.max_seconds,
            }),
            source: staff.then(|| scenario.source.clone()),
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
