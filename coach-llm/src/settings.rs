//! The variables of the environment that [`ModelSettings`] come from: one reading for every host.

use std::{str::FromStr, time::Duration};

use coach_core::ports::Limits;
use thiserror::Error;

use crate::provider::Provider;

/// How long a compatible server may take for its first token: it may have to load the model first.
pub const COMPATIBLE_FIRST_TOKEN: Duration = Duration::from_secs(120);

/// What holds for all models of a host.
#[derive(Clone, Debug)]
pub struct ModelSettings {
    /// Output tokens on top of the wanted ones, for models that think before they speak.
    pub thinking_room: u32,
    /// How long the first token is waited for; absent = what the caller wants, and
    /// [`COMPATIBLE_FIRST_TOKEN`] for a compatible server.
    pub first_token: Option<Duration>,
    /// How long a whole answer may take from its first token; absent = what the caller wants.
    pub answer: Option<Duration>,
    /// The wait before a second try; doubles with each further one, up to 8 s, plus up to half
    /// of it by chance.
    pub retry_wait: Duration,
    /// How long a provider's list of models is believed.
    pub listing_age: Duration,
    /// The demo model's pause before each word.
    pub demo_word: Duration,
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self {
            thinking_room: 4096,
            first_token: None,
            answer: None,
            retry_wait: Duration::from_millis(500),
            listing_age: Duration::from_secs(3600),
            demo_word: Duration::from_millis(25),
        }
    }
}

impl ModelSettings {
    /// The limits of a call of `provider`, where the caller wants `wanted`.
    pub(crate) fn limits(&self, provider: Provider, wanted: Limits) -> Limits {
        let first = self.first_token.unwrap_or(match provider {
            Provider::Compatible => wanted.first.max(COMPATIBLE_FIRST_TOKEN),
            Provider::Anthropic | Provider::OpenAi | Provider::Google | Provider::Demo => {
                wanted.first
            }
        });
        Limits { first, answer: self.answer.unwrap_or(wanted.answer), ..wanted }
    }
}

const FIRST_TOKEN: &str = "COACH_FIRST_TOKEN_SECONDS";
const ANSWER: &str = "COACH_ANSWER_SECONDS";
const THINKING: &str = "COACH_THINKING_TOKENS";

/// The names that [`ModelSettings::read`] looks up.
pub const VARIABLES: [&str; 3] = [FIRST_TOKEN, ANSWER, THINKING];

/// The longest wait that can be set, in seconds.
const LONGEST: u64 = 3600;

/// The most tokens of thinking that can be set.
const MOST: u32 = 1_000_000;

/// A variable with a value that cannot work.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{name}: {problem}")]
pub struct InvalidVariable {
    /// The variable.
    pub name: &'static str,
    /// What is wrong with it, and what would be right; never its value.
    pub problem: String,
}

impl ModelSettings {
    /// Reads [`VARIABLES`] through `look_up`, which answers `None` for a variable that is not set; the
    /// rest are the defaults.
    ///
    /// # Errors
    /// [`InvalidVariable`] for the first value that cannot work.
    pub fn read(look_up: impl Fn(&'static str) -> Option<String>) -> Result<Self, InvalidVariable> {
        let seconds = |name| {
            let wanted = format!("must be whole seconds from 1 to {LONGEST}");
            let read = number(name, look_up(name), 1..=LONGEST, wanted)?;
            Ok(read.map(Duration::from_secs))
        };
        let tokens = format!("must be a whole number of tokens from 0 to {MOST}");
        let thinking = number(THINKING, look_up(THINKING), 0..=MOST, tokens)?;
        let settings = Self::default();
        Ok(Self {
            first_token: seconds(FIRST_TOKEN)?,
            answer: seconds(ANSWER)?,
            thinking_room: thinking.unwrap_or(settings.thinking_room),
            ..settings
        })
    }
}

fn number<T: FromStr + PartialOrd>(
    name: &'static str,
    value: Option<String>,
    legal: std::ops::RangeInclusive<T>,
    problem: String,
) -> Result<Option<T>, InvalidVariable> {
    let Some(value) = value else { return Ok(None) };
    match value.trim().parse() {
        Ok(number) if legal.contains(&number) => Ok(Some(number)),
        Ok(_) | Err(_) => Err(InvalidVariable { name, problem }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, value: &str) -> Result<ModelSettings, String> {
        ModelSettings::read(|asked| (asked == name).then(|| value.to_owned()))
            .map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn waits_and_room_are_read() {
        let unset = ModelSettings::read(|_| None).unwrap();
        assert_eq!((unset.first_token, unset.answer, unset.thinking_room), (None, None, 4096));
        let seconds = |n| Some(Duration::from_secs(n));
        assert_eq!(read(FIRST_TOKEN, "300").unwrap().first_token, seconds(300));
        assert_eq!(read(ANSWER, " 45 ").unwrap().answer, seconds(45));
        assert_eq!(read(THINKING, "0").unwrap().thinking_room, 0);
    }

    #[test]
    fn a_value_that_cannot_work_names_its_variable_and_what_would() {
        for name in [FIRST_TOKEN, ANSWER] {
            for value in ["0", "-1", "1.5", "30s", "3601", "soon", ""] {
                let said = read(name, value).unwrap_err();
                assert_eq!(said, format!("{name}: must be whole seconds from 1 to 3600"));
            }
        }
        for value in ["-1", "1e3", "1000001", "many"] {
            let said = read(THINKING, value).unwrap_err();
            assert!(said.starts_with("COACH_THINKING_TOKENS: must be a whole number"), "{said}");
        }
    }
}
