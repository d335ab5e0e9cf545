//! Chooses a provider's model for each tier: fast, balanced, best.
//!
//! In this order: the operator's choice, the newest available model of the line in the embedded table, the
//! embedded default. Never hides a model that the table does not know, and never guesses from sizes in names.
//! On a compatible server every tier is the loaded model, else the first of the list that can chat.

use std::fmt;

use super::chat_capable::chat_capable;
use crate::{model_info::ModelInfo, provider::Provider};

/// How capable, and how expensive, a model should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Cheap and fast.
    Fast,
    /// The usual choice.
    Balanced,
    /// The provider's most capable chat model.
    Best,
}

impl Tier {
    /// Every tier, cheapest first.
    pub const ALL: [Self; 3] = [Self::Fast, Self::Balanced, Self::Best];

    /// Returns the tier's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Balanced => "balanced",
            Self::Best => "best",
        }
    }

    /// Parses the output of [`Tier::as_str`], ignoring case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.as_str().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The operator's model ids; a missing one is chosen from the provider's list.
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
    /// Returns the id for `tier`.
    pub fn of(&self, tier: Tier) -> Option<&str> {
        match tier {
            Tier::Fast => self.fast.as_deref(),
            Tier::Balanced => self.balanced.as_deref(),
            Tier::Best => self.best.as_deref(),
        }
    }
}

/// The model chosen for a name, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelChoice {
    /// The provider.
    pub provider: Provider,
    /// The model's id.
    pub id: String,
    /// What chose it.
    pub source: ChoiceSource,
}

/// What chose a model for a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChoiceSource {
    /// The operator's configuration.
    Operator,
    /// The provider's list.
    Listed,
    /// The embedded table: the list is unavailable, or has no model that the table knows.
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

/// One line of models: the text around the version in an id, and Anthropic's name for the line.
struct ModelLine {
    before: &'static str,
    after: &'static str,
    name: &'static str,
}

/// Returns the default model of a tier (as of 2026-11).
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
        // A local server with one loaded model accepts any name.
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

/// Chooses the newest available model for `tier`; `None` if the list has none that the table knows.
pub(crate) fn choose<'a>(
    provider: Provider,
    tier: Tier,
    listed: &'a [ModelInfo],
) -> Option<&'a ModelInfo> {
    let Some(line) = line(provider, tier) else {
        let first = |models: &mut dyn Iterator<Item = &'a ModelInfo>| {
            models.min_by_key(|model| !model.loaded)
        };
        // Names are only a guess: if no name fits, the first model is used.
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

/// Returns the version in an id of this line: `gpt-6.1-sol` → 6.1; `None` for `gpt-6.1-sol-preview`.
fn version(id: &str, line: &ModelLine) -> Option<Vec<u32>> {
    let middle = id.strip_prefix(line.before)?.strip_suffix(line.after)?;
    let legal =
        !middle.is_empty() && middle.chars().all(|c| c.is_ascii_digit() || "-.".contains(c));
    legal.then(|| digits(middle)).filter(|version| !version.is_empty())
}

/// Returns the numbers in an id, without dates.
fn digits(id: &str) -> Vec<u32> {
    id.split(|c: char| !c.is_ascii_digit())
        .filter(|part| (1..6).contains(&part.len()))
        .filter_map(|part| part.parse().ok())
        .collect()
}

/// Returns whether an id has no date; such ids follow the provider's updates.
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
    fn the_newest_of_the_line_is_chosen_anywhere_in_the_list() {
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
    fn an_undated_name_is_preferred_to_its_dated_copy() {
        let ids = ["claude-haiku-4-5-20251001", "claude-haiku-4-5"];
        let haiku = chosen(Provider::Anthropic, Tier::Fast, &ids);
        assert_eq!(haiku.as_deref(), Some("claude-haiku-4-5"));
    }

    #[test]
    fn anthropics_line_field_overrides_the_id_and_retiring_models_are_skipped() {
        let mut models = listed(&["claude-nova-6", "claude-sonnet-5-5", "claude-nova-7"]);
        models[0].line = Some("sonnet".to_owned());
        models[2].line = Some("sonnet".to_owned());
        models[2].retiring = true;
        let sonnet = choose(Provider::Anthropic, Tier::Balanced, &models).unwrap();
        assert_eq!(sonnet.id, "claude-nova-6");
    }

    #[test]
    fn a_local_server_uses_its_loaded_model_for_every_tier() {
        let mut models = listed(&["a", "b"]);
        assert_eq!(choose(Provider::Compatible, Tier::Best, &models).unwrap().id, "a");
        models[1].loaded = true;
        assert_eq!(choose(Provider::Compatible, Tier::Fast, &models).unwrap().id, "b");
        assert_eq!(choose(Provider::Compatible, Tier::Fast, &[]), None);
    }

    #[test]
    fn a_local_servers_model_that_cannot_chat_is_skipped() {
        let chosen = |ids: &[&str]| chosen(Provider::Compatible, Tier::Balanced, ids).unwrap();
        assert_eq!(chosen(&["nomic-embed-text:latest", "llama3.2:3b"]), "llama3.2:3b");
        assert_eq!(chosen(&["whisper-large-v3", "bge-reranker-v2", "qwen3:8b"]), "qwen3:8b");
        // A guess from the name never leaves a tier without a model.
        assert_eq!(chosen(&["my-embedder"]), "my-embedder");
        let mut models = listed(&["embed-chat", "plain"]);
        (models[0].chats, models[1].chats) = (Some(true), Some(false));
        assert_eq!(choose(Provider::Compatible, Tier::Best, &models).unwrap().id, "embed-chat");
        models[0].chats = Some(false);
        assert_eq!(choose(Provider::Compatible, Tier::Best, &models), None);
        // Even if it is loaded.
        let mut models = listed(&["llama3.2:3b", "nomic-embed-text"]);
        models[1].loaded = true;
        assert_eq!(choose(Provider::Compatible, Tier::Best, &models).unwrap().id, "llama3.2:3b");
    }

    #[test]
    fn a_list_of_unknown_models_chooses_nothing() {
        assert_eq!(chosen(Provider::OpenAi, Tier::Fast, &["gpt-4o-mini", "gpt--luna"]), None);
    }
}
