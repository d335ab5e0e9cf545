//! Settings for all models of a host, and the environment variables that set them.

use std::{str::FromStr, time::Duration};

use coach_core::ports::CallLimits;
use thiserror::Error;

use crate::provider::Provider;

/// How long a compatible server may take for its first token; it may have to load the model first.
pub const COMPATIBLE_FIRST_TOKEN: Duration = Duration::from_secs(120);

/// Settings for all models of a host.
#[derive(Clone, Debug)]
pub struct ModelSettings {
    /// Output tokens added to the requested ones, for models that think before they answer.
    pub thinking_tokens: u32,
    /// The timeout for the first token. `None`: the request's own, and at least
    /// [`COMPATIBLE_FIRST_TOKEN`] for a compatible server.
    pub first_token: Option<Duration>,
    /// The timeout for the whole answer, from its first token. `None`: the request's own.
    pub answer: Option<Duration>,
    /// The wait before the first retry. Doubles with each retry up to 8 s, plus up to half of it at random.
    pub retry_wait: Duration,
    /// How long a provider's list of models is cached.
    pub listing_age: Duration,
    /// The demo model's pause before each word.
    pub demo_word: Duration,
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self {
            thinking_tokens: 4096,
            first_token: None,
            answer: None,
            retry_wait: Duration::from_millis(500),
            listing_age: Duration::from_secs(3600),
            demo_word: Duration::from_millis(25),
        }
    }
}

impl ModelSettings {
    /// Returns the limits of a call to `provider`, given the request's own.
    pub(crate) fn limits(&self, provider: Provider, wanted: CallLimits) -> CallLimits {
        let first = self.first_token.unwrap_or(match provider {
            Provider::Compatible => wanted.first.max(COMPATIBLE_FIRST_TOKEN),
            Provider::Anthropic | Provider::OpenAi | Provider::Google | Provider::Demo => {
                wanted.first
            }
        });
        CallLimits { first, answer: self.answer.unwrap_or(wanted.answer), ..wanted }
    }
}

const FIRST_TOKEN: &str = "COACH_FIRST_TOKEN_SECONDS";
const ANSWER: &str = "COACH_ANSWER_SECONDS";
const THINKING: &str = "COACH_THINKING_TOKENS";

/// The variables that [`ModelSettings::read`] looks up.
pub const VARIABLES: [&str; 3] = [FIRST_TOKEN, ANSWER, THINKING];

/// The largest timeout, in seconds.
const LONGEST: u64 = 3600;

/// The largest number of thinking tokens.
const MOST: u32 = 1_000_000;

/// A variable with an invalid value.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{name}: {problem}")]
pub struct InvalidVariable {
    /// The variable.
    pub name: &'static str,
    /// What is wrong, and which values are valid; never the value itself.
    pub problem: String,
}

impl ModelSettings {
    /// Reads [`VARIABLES`] through `look_up`, which returns `None` for an unset variable. Everything else keeps
    /// its default.
    ///
    /// # Errors
    /// [`InvalidVariable`] for the first invalid value.
    pub fn read(look_up: impl Fn(&'static str) -> Option<String>) -> Result<Self, InvalidVariable> {
        let seconds = |name| {
            let wanted = format!("must be a whole number of seconds from 1 to {LONGEST}");
            let read = number(name, look_up(name), 1..=LONGEST, wanted)?;
            Ok(read.map(Duration::from_secs))
        };
        let tokens = format!("must be a whole number of tokens from 0 to {MOST}");
        let thinking = number(THINKING, look_up(THINKING), 0..=MOST, tokens)?;
        let settings = Self::default();
        Ok(Self {
            first_token: seconds(FIRST_TOKEN)?,
            answer: seconds(ANSWER)?,
            thinking_tokens: thinking.unwrap_or(settings.thinking_tokens),
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
    fn timeouts_and_thinking_tokens_are_read() {
        let unset = ModelSettings::read(|_| None).unwrap();
        assert_eq!((unset.first_token, unset.answer, unset.thinking_tokens), (None, None, 4096));
        let seconds = |n| Some(Duration::from_secs(n));
        assert_eq!(read(FIRST_TOKEN, "300").unwrap().first_token, seconds(300));
        assert_eq!(read(ANSWER, " 45 ").unwrap().answer, seconds(45));
        assert_eq!(read(THINKING, "0").unwrap().thinking_tokens, 0);
    }

    #[test]
    fn an_invalid_value_names_its_variable_and_the_valid_range() {
        for name in [FIRST_TOKEN, ANSWER] {
            for value in ["0", "-1", "1.5", "30s", "3601", "soon", ""] {
                let said = read(name, value).unwrap_err();
                assert_eq!(
                    said,
                    format!("{name}: must be a whole number of seconds from 1 to 3600")
                );
            }
        }
        for value in ["-1", "1e3", "1000001", "many"] {
            let said = read(THINKING, value).unwrap_err();
            assert!(said.starts_with("COACH_THINKING_TOKENS: must be a whole number"), "{said}");
        }
    }
}
