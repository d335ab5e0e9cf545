//! The models of a conversation's lanes, and whether their cost can be limited.

use std::sync::Arc;

use coach_core::{
    model::Lane,
    ports::{CallLimits, ChatModel},
    timestamp::Timestamp,
    turn::ledger::Usage,
};
use coach_llm::{ModelName, ModelRegistry, ModelSelector, Provider};

/// The models of one conversation.
#[derive(Debug, Default)]
pub struct LaneModels {
    pub chosen: Vec<ChosenModel>,
}

/// The model of one lane.
#[derive(Debug)]
pub struct ChosenModel {
    pub lane: Lane,
    pub model: Arc<dyn ChatModel>,
    name: ModelName,
    /// The id behind a tier, once looked up.
    stands_for: Option<String>,
}

/// A model with which a cost limit cannot be enforced.
#[derive(Clone, Debug, PartialEq)]
pub struct UnboundedCost {
    pub max_cost_usd: f64,
    pub lane: Lane,
    pub model: String,
    /// Whether the limit is 0 and the model is not free; otherwise its price is unknown.
    pub free_only: bool,
}

/// More tokens than one call uses: a model that costs nothing for them is free.
const MUCH: Usage =
    Usage { input: 1_000_000, cached_input: 0, cache_write: 0, output: 1_000_000, reasoning: 0 };

impl LaneModels {
    /// Adds the model of a lane.
    pub fn add(&mut self, lane: Lane, name: ModelName, model: Arc<dyn ChatModel>) {
        self.chosen.push(ChosenModel { lane, model, name, stands_for: None });
    }

    /// Looks up the model behind each tier, to show it before the first call.
    pub async fn look_up(&mut self, models: &ModelRegistry) {
        for chosen in &mut self.chosen {
            if matches!(chosen.name.selector, ModelSelector::Tier(_))
                && let Ok(choice) = models.choose(&chosen.name, &CallLimits::default()).await
                && choice.provider != Provider::Demo
            {
                chosen.stands_for = Some(choice.id);
            }
        }
    }

    /// Returns the lane's model for display: `compatible:balanced (llama3.2:3b)`.
    pub fn shown(&self, lane: Lane) -> Option<String> {
        let chosen = self.chosen.iter().find(|chosen| chosen.lane == lane)?;
        let name = chosen.model.name();
        Some(match &chosen.stands_for {
            Some(id) => format!("{name} ({id})"),
            None => name.to_owned(),
        })
    }

    /// Checks that a cost limit can be enforced: the price of every named model is known, and 0 under a limit
    /// of 0. The model behind a tier is known only after its first call.
    ///
    /// # Errors
    /// [`UnboundedCost`] names the first such model.
    pub fn within(&self, max_cost_usd: f64, at: Timestamp) -> Result<(), UnboundedCost> {
        for ChosenModel { lane, model, name, .. } in &self.chosen {
            let ModelSelector::Id(id) = &name.selector else { continue };
            let free_only = match model.cost(id, MUCH, at) {
                None => false,
                Some(cost) if cost > 0 && max_cost_usd == 0.0 => true,
                Some(_) => continue,
            };
            let model = model.name().to_owned();
            return Err(UnboundedCost { max_cost_usd, lane: *lane, model, free_only });
        }
        Ok(())
    }

    /// Returns whether some lane uses the demo model.
    pub fn has_demo(&self) -> bool {
        self.chosen.iter().any(|chosen| chosen.model.name().starts_with("demo:"))
    }
}
