//! Which model speaks in which lane, and on whose word.

use std::sync::Arc;

use coach_core::{
    ledger::Usage,
    ports::{ChatModel, Lane, Limits},
    scenario::ScenarioFile,
    timestamp::Timestamp,
};
use coach_llm::{ModelName, ModelRegistry, ModelSelector, Provider, SetupError};

use crate::{
    args::LaneName,
    config::Config,
    exit::Exit,
    failure::{Failure, flag_of},
    watched::{Outcomes, Watched},
};

/// The models of one conversation.
#[derive(Debug)]
pub(crate) struct Lanes {
    pub(crate) chosen: Vec<Chosen>,
    pub(crate) outcomes: Outcomes,
}

/// The model of one lane.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) lane: Lane,
    pub(crate) model: Arc<dyn ChatModel>,
    name: ModelName,
    /// The id behind a tier, as far as it was looked up.
    stands_for: Option<String>,
}

/// More of everything than one call uses: what costs nothing then is free.
const MUCH: Usage =
    Usage { input: 1_000_000, cached_input: 0, cache_write: 0, output: 1_000_000, reasoning: 0 };

impl Lanes {
    /// Chooses: the flag, else the environment, else the scenario, else the first provider with a key.
    pub(crate) fn choose(
        config: &Config,
        flags: &[(LaneName, ModelName)],
        file: &ScenarioFile,
        wanted: &[Lane],
    ) -> Result<Self, Failure> {
        let outcomes = Outcomes::default();
        let mut chosen = Vec::new();
        for lane in wanted {
            let name = name_of(*lane, config, flags, file)?;
            let model = config.models.resolve(&name).map_err(|error| missing(*lane, &error))?;
            let model = Arc::new(Watched { model, outcomes: outcomes.clone() });
            chosen.push(Chosen { lane: *lane, model, name, stands_for: None });
        }
        Ok(Self { chosen, outcomes })
    }

    /// Looks up which model each tier stands for, so that it can be shown before the first call.
    pub(crate) async fn look_up(&mut self, models: &ModelRegistry) {
        for chosen in &mut self.chosen {
            if matches!(chosen.name.selector, ModelSelector::Tier(_))
                && let Ok(choice) = models.choose(&chosen.name, &Limits::default()).await
                && choice.provider != Provider::Demo
            {
                chosen.stands_for = Some(choice.id);
            }
        }
    }

    /// The lane's model as people read it: `compatible:balanced (llama3.2:3b)`.
    pub(crate) fn shown(&self, lane: Lane) -> Option<String> {
        let chosen = self.chosen.iter().find(|chosen| chosen.lane == lane)?;
        let name = chosen.model.name();
        Some(match &chosen.stands_for {
            Some(id) => format!("{name} ({id})"),
            None => name.to_owned(),
        })
    }

    /// Refuses a limit of cost that could not be kept: a model that is named and whose price is not known,
    /// or any price at all under a limit of nothing. What a tier stands for is known after its first call.
    pub(crate) fn within(&self, max_cost_usd: f64, at: Timestamp) -> Result<(), Failure> {
        for Chosen { lane, model, name, .. } in &self.chosen {
            let ModelSelector::Id(id) = &name.selector else { continue };
            let why = match model.cost(id, MUCH, at) {
                None => "its price is not known; leave the limit out",
                Some(cost) if cost > 0 && max_cost_usd == 0.0 => "it is not free; raise the limit",
                Some(_) => continue,
            };
            let flag = flag_of(*lane);
            return Err(Failure::usage(format!(
                "max_cost_usd = {max_cost_usd} cannot be kept with {}, the {flag}'s model: {why}, \
                 or name another model: --model {flag}=demo:demo",
                model.name()
            )));
        }
        Ok(())
    }

    /// What the lane's model was asked for.
    pub(crate) fn name(&self, lane: Lane) -> Option<&str> {
        self.chosen.iter().find(|chosen| chosen.lane == lane).map(|chosen| chosen.model.name())
    }

    /// The demo model speaks in some lane.
    pub(crate) fn has_demo(&self) -> bool {
        self.chosen.iter().any(|chosen| chosen.model.name().starts_with("demo:"))
    }
}

fn name_of(
    lane: Lane,
    config: &Config,
    flags: &[(LaneName, ModelName)],
    file: &ScenarioFile,
) -> Result<ModelName, Failure> {
    let flag = |wanted| flags.iter().rev().find(|(of, _)| *of == wanted).map(|(_, name)| name);
    let (flag, variable, written) = match lane {
        Lane::Partner => (flag(LaneName::Partner), &config.partner, &file.partner_model),
        Lane::Aside => {
            let variable = config.aside.as_ref().or(config.coach.as_ref());
            return own(flag(LaneName::Coach).or(variable), &file.coach_model, config, file);
        }
        Lane::SimulatedUser => {
            let learner = file.user.as_ref().map(|user| &user.model);
            let written = learner.unwrap_or(&None);
            return own(flag(LaneName::User).or(config.user.as_ref()), written, config, file);
        }
        Lane::Coach | Lane::Elaboration | Lane::Judge => {
            (flag(LaneName::Coach), &config.coach, &file.coach_model)
        }
    };
    own(flag.or(variable.as_ref()), written, config, file)
}

fn own(
    said: Option<&ModelName>,
    written: &Option<String>,
    config: &Config,
    file: &ScenarioFile,
) -> Result<ModelName, Failure> {
    if let Some(name) = said {
        return Ok(name.clone());
    }
    let Some(written) = written else { return Ok(config.models.default_name()) };
    // An alias without an entry is only a place for --model to name.
    let meant = if written.contains(':') { Some(written) } else { file.models.get(written) };
    let Some(meant) = meant else { return Ok(config.models.default_name()) };
    meant.parse().map_err(Failure::usage)
}

fn missing(lane: Lane, error: &SetupError) -> Failure {
    let (SetupError::NotConfigured(_), Some(variable)) = (error, error.variable()) else {
        return Failure::usage(error);
    };
    let flag = flag_of(lane);
    let message = format!(
        "the {flag}'s model: {error}; set {variable}, or name another model: --model {flag}=demo:demo"
    );
    Failure { exit: Exit::Refused, message }
}
