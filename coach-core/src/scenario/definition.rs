//! A scenario as the engine knows it: no file format, and nothing that only a batch would use.

use std::collections::BTreeMap;

use super::{
    CoachSees, CoachWhen, Script,
    template::{RenderError, Template, Value},
    variable::{VarError, Variable, settle},
};

/// Something to practise: a partner, a coach, a situation.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Its name in addresses and on command lines.
    pub slug: String,
    /// Its semantic version.
    pub version: String,
    /// Its name for people.
    pub title: String,
    /// The situation in a sentence or two; may be empty.
    pub card: String,
    /// BCP 47, as `en` or `de-CH`.
    pub language: String,
    /// How long it usually takes.
    pub minutes: Option<u32>,
    /// How hard it is.
    pub difficulty: Option<Difficulty>,
    /// What somebody should know before choosing it.
    pub content_note: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Participants are shown it.
    pub listed: bool,
    /// Where it stands among others; smaller comes first.
    pub order: i64,
    /// What may be filled in.
    pub vars: Vec<Variable>,
    /// The other person.
    pub partner: PartnerVoice,
    /// Who listens in.
    pub coach: CoachVoice,
    /// When the conversation ends by itself.
    pub limits: Caps,
    /// The file it was read from, word for word.
    pub source: String,
}

/// How hard a scenario is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Difficulty {
    /// A first try.
    Easy,
    /// Some resistance.
    Medium,
    /// Much resistance, or much at stake.
    Hard,
}

impl Difficulty {
    /// Every difficulty, easiest first.
    pub const ALL: [Self; 3] = [Self::Easy, Self::Medium, Self::Hard];

    /// The name in scenario files and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Easy => "easy",
            Self::Medium => "medium",
            Self::Hard => "hard",
        }
    }

    /// Reads what [`Difficulty::as_str`] writes.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|difficulty| difficulty.as_str() == name)
    }
}

/// The other person of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct PartnerVoice {
    /// The name as shown.
    pub name: String,
    /// The part it plays.
    pub prompt: Template,
    /// Its first words; absent = the participant begins.
    pub opening: Option<Template>,
    /// Sampling temperature; absent = the provider's own.
    pub temperature: Option<f32>,
    /// Tokens of text that one reply may have.
    pub max_output_tokens: u32,
}

/// The coach of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct CoachVoice {
    /// What it looks for and how it speaks.
    pub prompt: Template,
    /// When it speaks.
    pub when: CoachWhen,
    /// What it is told of.
    pub sees: CoachSees,
    /// Sampling temperature; absent = the provider's own.
    pub temperature: Option<f32>,
    /// Tokens of text that one comment may have.
    pub max_output_tokens: u32,
}

/// When a conversation ends by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    /// After this many turns.
    pub max_turns: Option<u32>,
    /// After this long.
    pub max_seconds: Option<u32>,
}

impl Scenario {
    /// The script of one conversation: every template filled in with `vars`, or with the defaults.
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

    /// A value for every declared variable: what was given, else the default.
    pub fn values(
        &self,
        given: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, Value>, VarError> {
        settle(&self.vars, given)
    }

    /// The partner's first words. An opening that comes out empty is none.
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
    fn a_script_has_the_values_and_else_the_defaults() {
        let script = cast(&[("mood", "cold"), ("child", "{{ mood }}")]).unwrap();
        assert_eq!(script.partner_prompt, "Be curt. {{ mood }}.");
        assert_eq!(cast(&[]).unwrap().opening.as_deref(), Some("How is Milo?"));
    }

    #[test]
    fn values_are_held_to_what_is_declared() {
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
        assert_eq!(scenario.cast(&vars).unwrap().partner_prompt, ".", "it is one of the values");
    }
}
