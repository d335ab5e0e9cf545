//! A scenario as the engine uses it: independent of the file format, without batch-only parts.

use std::collections::BTreeMap;

use super::{
    CoachSees, CoachWhen, Script,
    template::{RenderError, Template, Value},
    variable::{VarError, Variable, settle},
};

/// A situation to practice: a partner, a coach and a setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Its name in URLs and on command lines.
    pub slug: String,
    /// Its semantic version.
    pub version: String,
    /// Its display name.
    pub title: String,
    /// The situation in a sentence or two; may be empty.
    pub card: String,
    /// BCP 47 language tag, such as `en` or `de-CH`.
    pub language: String,
    /// The usual duration in minutes.
    pub minutes: Option<u32>,
    /// Its difficulty.
    pub difficulty: Option<Difficulty>,
    /// A warning to read before choosing it.
    pub content_note: Option<String>,
    /// Tags for searching.
    pub tags: Vec<String>,
    /// Whether participants can choose it.
    pub listed: bool,
    /// Its sort key; smaller comes first.
    pub order: i64,
    /// Its variables.
    pub vars: Vec<Variable>,
    /// The partner.
    pub partner: PartnerVoice,
    /// The coach.
    pub coach: CoachVoice,
    /// The limits that end a conversation.
    pub limits: Caps,
    /// The file's text, verbatim.
    pub source: String,
}

/// The difficulty of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Difficulty {
    /// For a first try.
    Easy,
    /// With some resistance.
    Medium,
    /// With much resistance, or with much at stake.
    Hard,
}

impl Difficulty {
    /// Every difficulty, easiest first.
    pub const ALL: [Self; 3] = [Self::Easy, Self::Medium, Self::Hard];

    /// Returns the name in scenario files and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Easy => "easy",
            Self::Medium => "medium",
            Self::Hard => "hard",
        }
    }

    /// Parses the output of [`Difficulty::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|difficulty| difficulty.as_str() == name)
    }
}

/// The partner of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct PartnerVoice {
    /// The display name.
    pub name: String,
    /// Its instructions.
    pub prompt: Template,
    /// Its first message; if absent, the participant begins.
    pub opening: Option<Template>,
    /// Sampling temperature; the provider's default if absent.
    pub temperature: Option<f32>,
    /// Maximum tokens of text per reply.
    pub max_output_tokens: u32,
}

/// The coach of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct CoachVoice {
    /// Its instructions.
    pub prompt: Template,
    /// When it comments.
    pub when: CoachWhen,
    /// What it sees of the conversation.
    pub sees: CoachSees,
    /// Sampling temperature; the provider's default if absent.
    pub temperature: Option<f32>,
    /// Maximum tokens of text per comment.
    pub max_output_tokens: u32,
}

/// The limits that end a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    /// Maximum number of turns.
    pub max_turns: Option<u32>,
    /// Maximum duration in seconds.
    pub max_seconds: Option<u32>,
}

impl Scenario {
    /// Returns the script of one conversation, with every template rendered with `vars` or the defaults.
    ///
    /// # Errors
    /// [`VarError`] if a variable is unknown or its value invalid, or if a template cannot be rendered.
    pub fn cast(&self, vars: &BTreeMap<String, String>) -> Result<Script, VarError> {
        let values = self.values(vars)?;
        let say = |template: &Template| template.render(&values).map_err(VarError::from);
        Ok(Script {
            title: self.title.clone(),
            card: self.card.clone(),
            language: self.language.clone(),
            partner_name: self.partner.name.clone(),
            partner_prompt: say(&self.partner.prompt)?,
            partner_temperature: self.partner.temperature,
            partner_max_output: self.partner.max_output_tokens,
            opening: self.opening(&values)?,
            coach_prompt: say(&self.coach.prompt)?,
            coach_temperature: self.coach.temperature,
            coach_max_output: self.coach.max_output_tokens,
            coach_when: self.coach.when,
            coach_sees: self.coach.sees,
            max_turns: self.limits.max_turns,
            max_seconds: self.limits.max_seconds,
        })
    }

    /// Returns a value for every declared variable: the given one, else the default.
    ///
    /// # Errors
    /// [`VarError`] if a value is invalid, belongs to no declared variable, or is missing.
    pub fn values(
        &self,
        given: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, Value>, VarError> {
        settle(&self.vars, given)
    }

    /// Renders the partner's first message. An empty result counts as no opening.
    fn opening(&self, values: &BTreeMap<String, Value>) -> Result<Option<String>, VarError> {
        let Some(template) = &self.partner.opening else { return Ok(None) };
        let opening = template.render(values)?;
        Ok((!opening.trim().is_empty()).then_some(opening))
    }
}

impl From<RenderError> for VarError {
    fn from(error: RenderError) -> Self {
        Self::Template(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario() -> Scenario {
        Scenario {
            slug: "visit".to_owned(),
            version: "1.0.0".to_owned(),
            title: "The visit".to_owned(),
            card: String::new(),
            language: "en".to_owned(),
            minutes: None,
            difficulty: None,
            content_note: None,
            tags: Vec::new(),
            listed: true,
            order: 0,
            vars: vec![
                Variable {
                    name: "child".to_owned(),
                    label: None,
                    default: Value::Text("Milo".to_owned()),
                    max_chars: 10,
                    values: Vec::new(),
                    web: true,
                },
                Variable {
                    name: "mood".to_owned(),
                    label: None,
                    default: Value::Text("warm".to_owned()),
                    max_chars: 10,
                    values: vec![Value::Text("warm".to_owned()), Value::Text("cold".to_owned())],
                    web: false,
                },
            ],
            partner: PartnerVoice {
                name: "Ruth Keller".to_owned(),
                prompt: Template::parse("{% if mood == 'cold' %}Be curt. {% endif %}{{ child }}.")
                    .unwrap(),
                opening: Some(Template::parse("How is {{ child }}?").unwrap()),
                temperature: Some(0.8),
                max_output_tokens: 160,
            },
            coach: CoachVoice {
                prompt: Template::literal("Listen."),
                when: CoachWhen::AfterUser,
                sees: CoachSees::Both,
                temperature: None,
                max_output_tokens: 120,
            },
            limits: Caps { max_turns: Some(8), max_seconds: None },
            source: String::new(),
        }
    }

    fn cast(vars: &[(&str, &str)]) -> Result<Script, String> {
        let vars = vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        scenario().cast(&vars).map_err(|error| error.to_string())
    }

    #[test]
    fn a_script_has_the_given_values_and_else_the_defaults() {
        let script = cast(&[("mood", "cold"), ("child", "{{ mood }}")]).unwrap();
        assert_eq!(script.partner_prompt, "Be curt. {{ mood }}.");
        assert_eq!(cast(&[]).unwrap().opening.as_deref(), Some("How is Milo?"));
    }

    #[test]
    fn values_must_fit_their_declaration() {
        let refused = |name, value| cast(&[(name, value)]).unwrap_err();
        assert_eq!(
            refused("chidl", "Ada"),
            "the scenario has no variable `chidl`; did you mean `child`?"
        );
        assert_eq!(refused("zzz", "Ada"), "the scenario has no variable `zzz`; it has child, mood");
        assert_eq!(refused("mood", "hot"), "`mood` must be one of: warm | cold");
        assert_eq!(refused("child", "Maximiliana"), "`child` may have at most 10 characters");
        assert_eq!(refused("child", "A\nB"), "`child` must be one line of text");
    }

    #[test]
    fn an_empty_value_is_the_default() {
        for nothing in ["", " ", "\t"] {
            let script = cast(&[("child", nothing), ("mood", nothing)]).unwrap();
            assert_eq!(script.partner_prompt, "Milo.");
        }
        let mut scenario = scenario();
        scenario.vars[0].values = vec![Value::Text("Milo".to_owned()), Value::Text(String::new())];
        let vars = [("child".to_owned(), String::new())].into();
        assert_eq!(
            scenario.cast(&vars).unwrap().partner_prompt,
            ".",
            "the empty text is an allowed value"
        );
    }
}
