//! Which model speaks in which lane, and on whose word.

use std::sync::Arc;

use coach_core::{
    ports::{ChatModel, Lane},
    scenario::ScenarioFile,
};
use coach_llm::{ModelName, SetupError};

use crate::{
    args::LaneName,
    config::Config,
    exit::Exit,
    failure::Failure,
    watched::{Outcomes, Watched},
};

/// The models of one conversation.
#[derive(Debug)]
pub(crate) struct Lanes {
    pub(crate) models: Vec<(Lane, Arc<dyn ChatModel>)>,
    pub(crate) outcomes: Outcomes,
}

impl Lanes {
    /// Chooses: the flag, else the environment, else the scenario, else the first provider with a key.
    pub(crate) fn choose(
        config: &Config,
        flags: &[(LaneName, ModelName)],
        file: &ScenarioFile,
        wanted: &[Lane],
    ) -> Result<Self, Failure> {
        let outcomes = Outcomes::default();
        let mut models = Vec::new();
        for lane in wanted {
            let name = name_of(*lane, config, flags, file)?;
            let model = config.models.resolve(&name).map_err(|error| missing(*lane, &error))?;
            let watched = Watched { model, outcomes: outcomes.clone() };
            models.push((*lane, Arc::new(watched) as Arc<dyn ChatModel>));
        }
        Ok(Self { models, outcomes })
    }

    /// What the lane's model was asked for.
    pub(crate) fn name(&self, lane: Lane) -> Option<&str> {
        self.models.iter().find(|(of, _)| *of == lane).map(|(_, model)| model.name())
    }

    /// The demo model speaks in some lane.
    pub(crate) fn has_demo(&self) -> bool {
        self.models.iter().any(|(_, model)| model.name().starts_with("demo:"))
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
    let flag = match lane {
        Lane::Partner => "partner",
        Lane::SimulatedUser => "user",
        Lane::Coach | Lane::Aside | Lane::Elaboration | Lane::Judge => "coach",
    };
    let message = format!(
        "the {flag}'s model: {error}; set {variable}, or name another model: --model {flag}=demo:demo"
    );
    Failure { exit: Exit::Refused, message }
}
