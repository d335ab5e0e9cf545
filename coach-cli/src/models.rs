//! Chooses the model of each lane from flags, environment and scenario.

use coach_cli::lab::{CommandFailure, Exit, LaneModels, UnboundedCost};
use coach_core::{model::Lane, scenario::ScenarioFile};
use coach_llm::{ModelName, SetupError};

use crate::{args::LaneName, config::CliConfig, report::flag_of};

/// Chooses the model of each lane: the flag, else the environment, else the scenario, else the first provider
/// with a key.
pub(crate) fn choose(
    config: &CliConfig,
    flags: &[(LaneName, ModelName)],
    file: &ScenarioFile,
    wanted: &[Lane],
) -> Result<LaneModels, CommandFailure> {
    let mut lanes = LaneModels::default();
    for lane in wanted {
        let name = name_of(*lane, config, flags, file)?;
        let model = config.models.resolve(&name).map_err(|error| missing(*lane, &error))?;
        lanes.add(*lane, name, model);
    }
    Ok(lanes)
}

fn name_of(
    lane: Lane,
    config: &CliConfig,
    flags: &[(LaneName, ModelName)],
    file: &ScenarioFile,
) -> Result<ModelName, CommandFailure> {
    let flag = |wanted| flags.iter().rev().find(|(of, _)| *of == wanted).map(|(_, name)| name);
    let (flag, variable, written) = match lane {
        Lane::Partner => (flag(LaneName::Partner), &config.partner, &file.partner_model),
        Lane::Aside => {
            let variable = config.aside.as_ref().or(config.coach.as_ref());
            return own(flag(LaneName::Coach).or(variable), &file.coach_model, config, file);
        }
        Lane::SimulatedUser => {
            let participant = file.user.as_ref().map(|user| &user.model);
            let written = participant.unwrap_or(&None);
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
    config: &CliConfig,
    file: &ScenarioFile,
) -> Result<ModelName, CommandFailure> {
    if let Some(name) = said {
        return Ok(name.clone());
    }
    let Some(written) = written else { return Ok(config.models.default_name()) };
    // An alias without an entry is only a name for --model to fill.
    let meant = if written.contains(':') { Some(written) } else { file.models.get(written) };
    let Some(meant) = meant else { return Ok(config.models.default_name()) };
    meant.parse().map_err(CommandFailure::usage)
}

fn missing(lane: Lane, error: &SetupError) -> CommandFailure {
    let (SetupError::NotConfigured(_), Some(variable)) = (error, error.variable()) else {
        return CommandFailure::usage(error);
    };
    let flag = flag_of(lane);
    let message = format!(
        "the {flag} model: {error}; set {variable}, or choose another model: --model {flag}=demo:demo"
    );
    CommandFailure { exit: Exit::Refused, message }
}

/// Explains a cost limit that cannot be enforced.
pub(crate) fn unbounded_cost(found: &UnboundedCost) -> CommandFailure {
    let UnboundedCost { max_cost_usd, lane, model, free_only } = found;
    let why = match free_only {
        false => "its price is unknown; remove the limit",
        true => "it is not free; raise the limit",
    };
    let flag = flag_of(*lane);
    CommandFailure::usage(format!(
        "cannot enforce max_cost_usd = {max_cost_usd} with {model} as the {flag} model: {why}, or choose another \
         model: --model {flag}=demo:demo"
    ))
}
