//! Fast, balanced, best: which model of a provider stands for each.
//!
//! In this order: the operator's own choice, else the newest live model of the line that the embedded
//! table names, else the embedded default. The table only chooses; it never hides a model it does not
//! know. Sizes guessed from names decide nothing. A compatible server's tiers are all the model it has
//! loaded, else the first of its list that can chat.

use std::fmt;

use super::chat_capable::chat_capable;
use crate::{model_info::ModelInfo, provider::Provider};

/// How good, and how dear, a model should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Cheap and quick.
    Fast,
    /// The usual choice.
    Balanced,
    /// The provider's strongest for talk.
    Best,
}

impl Tier {
    /// Every tier, cheapest first.
    pub const ALL: [Self; 3] = [Self::Fast, Self::Balanced, Self::Best];

    /// The tier's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Balanced => "balanced",
            Self::Best => "best",
        }
    }

    /// Reads what [`Tier::as_str`] writes, in small or capital letters.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.as_str().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The operator's own choice of model ids; an absent one is chosen from what the provider lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tiers {
    /// See [`Tier::Fast`].
    pub fast: Option<String>,
    /// See [`Tier::Balanced`].
    pub balanced: Option<String>,
    /// See [`Tier::Best`].
    pub best: Option<String>,
}

impl Tiers {
    /// The id chosen for `tier`.
    pub fn of(&self, tier: Tier) -> Option<&str> {
        match tier {
            Tier::Fast => self.fast.as_deref(),
            Tier::Balanced => self.balanced.as_deref(),
            Tier::Best => self.best.as_deref(),
        }
    }
}

/// The model that stands for a name, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelChoice {
    /// Whose model it is.
    pub provider: Provider,
    /// Its id.
    pub id: String,
    /// Who chose it.
    pub source: ChoiceSource,
}

/// Who chose a model for a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChoiceSource {
    /// The operator's configuration.
    Operator,
    /// What the provider lists now.
    Listed,
    /// The embedded table: the list could not be had, or names nothing that the table knows.
    Embedded,
}

impl fmt::Display for ModelChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.provider, self.id)
    }
}

impl fmt::Display for ChoiceSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Operator => "named by the configuration",
            Self::Listed => "chosen from the provider's list",
            Self::Embedded => "built-in default",
        })
    }
}

/// One line of models: where its version stands in the id, and what Anthropic calls it.
struct ModelLine {
    before: &'static str,
    after: &'static str,
    name: &'static str,
}

/// The model to ask when nothing better is known (as of 2026-11).
pub(crate) fn default_id(provider: Provider, tier: Tier) -> &'static str {
    match (provider, tier) {
        (Provider::Anthropic, Tier::Fast) => "claude-haiku-5-5",
        (Provider::Anthropic, Tier::Balanced) => "claude-sonnet-5-5",
        (Provider::Anthropic, Tier::Best) => "claude-opus-5-5",
        (Provider::OpenAi, Tier::Fast) => "gpt-6-luna",
        (Provider::OpenAi, Tier::Balanced) => "gpt-6.1-terra",
        (Provider::OpenAi, Tier::Best) => "gpt-6.1-sol",
        (Provider::Google, Tier::Fast) => "gemini-3.5-flash-lite",
        (Provider::Google, Tier::Balanced) => "gemini-3.8-flash",
        (Provider::Google, Tier::Best) => "gemini-4-argon",
        // A local server with one model loaded answers to any name.
        (Provider::Compatible, _) => "default",
        (Provider::Demo, _) => "demo",
    }
}

fn line(provider: Provider, tier: Tier) -> Option<ModelLine> {
    let (before, after, name) = match (provider, tier) {
        (Provider::Anthropic, Tier::Fast) => ("claude-haiku-", "", "haiku"),
        (Provider::Anthropic, Tier::Balanced) => ("claude-sonnet-", "", "sonnet"),
        (Provider::Anthropic, Tier::Best) => ("claude-opus-", "", "opus"),
        (Provider::OpenAi, Tier::Fast) => ("gpt-", "-luna", ""),
        (Provider::OpenAi, Tier::Balanced) => ("gpt-", "-terra", ""),
        (Provider::OpenAi, Tier::Best) => ("gpt-", "-sol", ""),
        (Provider::Google, Tier::Fast) => ("gemini-", "-flash-lite", ""),
        (Provider::Google, Tier::Balanced) => ("gemini-", "-flash", ""),
        (Provider::Google, Tier::Best) => ("gemini-", "-argon", ""),
        (Provider::Compatible | Provider::Demo, _) => return None,
    };
    Some(ModelLine { before, after, name })
}

/// The newest live model for `tier`; `None` if the list has none that the table knows.
pub(crate) fn choose<'a>(
    provider: Provider,
    tier: Tier,
    listed: &'a [ModelInfo],
) -> Option<&'a ModelInfo> {
    let Some(line) = line(provider, tier) else {
        let first = |models: &mut dyn Iterator<Item = &'a ModelInfo>| {
            models.min_by_key(|model| !model.loaded)
        };
        // A name is only a guess: a list of nothing but odd names still has a first one.
        let known = first(&mut listed.iter().filter(|model| chat_capable(model)));
        return known
            .or_else(|| first(&mut listed.iter().filter(|model| model.chats != Some(false))));
    };
    let live = || listed.iter().filter(|model| !model.retiring);
    let said = |model: &&ModelInfo| !line.name.is_empty() && model.line == Some(line.name.into());
    if live().any(|model| said(&model)) {
        return live().filter(said).max_by_key(|model| (digits(&model.id), undated(&model.id)));
    }
    live()
        .filter_map(|model| Some((version(&model.id, &line)?, model)))
        .max_by_key(|(version, model)| (version.clone(), undated(&model.id)))
        .map(|(_, model)| model)
}

/// The version in an id of this line: `gpt-6.1-sol` → 6.1; `None` for `gpt-6.1-sol-preview`.
fn version(id: &str, line: &ModelLine) -> Option<Vec<u32>> {
    let middle = id.strip_prefix(line.before)?.strip_suffix(line.after)?;
    let legal =
        !middle.is_empty() && middle.chars().all(|c| c.is_ascii_digit() || "-.".contains(c));
    legal.then(|| digits(middle)).filter(|version| !version.is_empty())
}

/// The numbers of an id that are no date.
fn digits(id: &str) -> Vec<u32> {
    id.split(|c: char| !c.is_ascii_digit())
        .filter(|part| (1..6).contains(&part.len()))
        .filter_map(|part| part.parse().ok())
        .collect()
}

/// Ids without a date follow the provider's corrections.
fn undated(id: &str) -> bool {
    id.split(|c: char| !c.is_ascii_digit()).all(|part| part.len() < 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(ids: &[&str]) -> Vec<ModelInfo> {
        ids.iter().map(|id| ModelInfo::named(id)).collect()
    }

    fn chosen(provider: Provider, tier: Tier, ids: &[&str]) -> Option<String> {
        choose(provider, tier, &listed(ids)).map(|model| model.id.clone())
    }

    #[test]
    fn the_newest_of_the_line_is_chosen_wherever_it_stands_in_the_list() {
        let anthropic =
            ["claude-opus-4-1", "claude-sonnet-5-5", "claude-sonnet-10", "claude-opus-5"];
        let sonnet = chosen(Provider::Anthropic, Tier::Balanced, &anthropic);
        assert_eq!(sonnet.as_deref(), Some("claude-sonnet-10"));
        let openai =
            ["gpt-6-luna", "gpt-6.2-sol", "gpt-6.10-sol", "gpt-6.2-sol-audio", "whisper-1"];
        assert_eq!(chosen(Provider::OpenAi, Tier::Best, &openai).as_deref(), Some("gpt-6.10-sol"));
        let google = ["gemini-3.8-flash-lite", "gemini-3.8-flash", "gemini-4-flash-preview"];
        let flash = chosen(Provider::Google, Tier::Balanced, &google);
        assert_eq!(flash.as_deref(), Some("gemini-3.8-flash"));
    }

    #[test]
    fn a_dated_copy_is_no_newer_than_its_undated_name() {
        let ids = ["claude-haiku-4-5-20251001", "claude-haiku-4-5"];
        let haiku = chosen(Provider::Anthropic, Tier::Fast, &ids);
        assert_eq!(haiku.as_deref(), Some("claude-haiku-4-5"));
    }

    #[test]
    fn the_line_that_anthropic_names_beats_the_id_and_what_retires_is_passed_over() {
        let mut models = listed(&["claude-nova-6", "claude-sonnet-5-5", "claude-nova-7"]);
        models[0].line = Some("sonnet".to_owned());
        models[2].line = Some("sonnet".to_owned());
        models[2].retiring = true;
        let sonnet = choose(Provider::Anthropic, Tier::Balanced, &models).unwrap();
        assert_eq!(sonnet.id, "claude-nova-6");
    }

    #[test]
    fn a_local_server_answers_every_tier_with_what_it_has_loaded() {
        let mut models = listed(&["a", "b"]);
        assert_eq!(choose(Provider::Compatible, Tier::Best, &models).unwrap().id, "a");
        models[1].loaded = true;
        assert_eq!(choose(Provider::Compatible, Tier::Fast, &models).unwrap().id, "b");
        assert_eq!(choose(Provider::Compatible, Tier::Fast, &[]), None);
    }

    #[test]
    fn a_local_servers_model_that_cannot_chat_is_passed_over() {
        let chosen = |ids: &[&str]| chosen(Provider::Compatible, Tier::Balanced, ids).unwrap();
        assert_eq!(chosen(&["nomic-embed-text:latest", "llama3.2:3b"]), "llama3.2:3b");
        assert_eq!(chosen(&["whisper-large-v3", "bge-reranker-v2", "qwen3:8b"]), "qwen3:8b");
        // A guess from the name is not enough to ask for nothing.
        assert_eq!(chosen(&["my-embedder"]), "my-embedder");
        let mut models = listed(&["embed-chat", "plain"]);
        (models[0].chats, models[1].chats) = (Some(true), Some(false));
        assert_eq!(choose(Provider::Compatible, Tier::Best, &models).unwrap().id, "embed-chat");
        models[0].chats = Some(false);
        assert_eq!(choose(Provider::Compatible, Tier::Best, &models), None);
        // Also one that is loaded.
        let mut models = listed(&["llama3.2:3b", "nomic-embed-text"]);
        models[1].loaded = true;
        assert_eq!(choose(Provider::Compatible, Tier::Best, &models).unwrap().id, "llama3.2:3b");
    }

    #[test]
    fn an_unknown_list_chooses_nothing() {
        assert_eq!(chosen(Provider::OpenAi, Tier::Fast, &["gpt-4o-mini", "gpt--luna"]), None);
    }
}
