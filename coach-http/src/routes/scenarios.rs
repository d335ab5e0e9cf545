//! Scenarios: what can be practiced.

use coach_core::scenario::ScenarioView;
use poem::web::Data;
use poem_openapi::{
    OpenApi,
    param::{Path, Query},
    payload::Json,
};

use super::tags::Tag;
use crate::{
    auth::SignedIn,
    host::App,
    problem::Failure,
    wire::{
        bounds::PageSize,
        scenario::{Scenario, ScenarioPage},
    },
};

pub(super) struct Scenarios;

#[OpenApi(prefix_path = "/api", tag = "Tag::Scenarios")]
impl Scenarios {
    /// Lists scenarios in display order.
    ///
    /// Researchers also see unlisted scenarios, prompts and the tokens that a turn takes.
    #[oai(path = "/scenarios", method = "get", operation_id = "listScenarios")]
    async fn list(
        &self,
        app: Data<&App>,
        caller: SignedIn,
        /// Scenarios on a page: 1 to 200; 50 if absent.
        limit: Query<Option<PageSize>>,
        /// `next` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Json<ScenarioPage>, Failure> {
        let limit = super::pages::page_size(limit.0)? as usize;
        let scenarios = app.coach.scenarios(&caller.0.principal()).list().await?;
        let mut shown = scenarios.iter().peekable();
        if let Some(cursor) = &cursor.0 {
            while shown.next().is_some_and(|view| view.scenario.slug != *cursor) {}
        }
        let items: Vec<Scenario> =
            shown.by_ref().take(limit).map(|view| show(&app, view)).collect();
        let next = shown.peek().and(items.last()).map(|last| last.slug.clone());
        Ok(Json(ScenarioPage { items, next }))
    }

    /// Returns a scenario.
    ///
    /// Researchers also see its prompts and the tokens that a turn takes.
    #[oai(path = "/scenarios/:slug", method = "get", operation_id = "getScenario")]
    async fn one(
        &self,
        app: Data<&App>,
        caller: SignedIn,
        /// The scenario's slug.
        slug: Path<String>,
    ) -> Result<Json<Scenario>, Failure> {
        let view = app.coach.scenarios(&caller.0.principal()).get(&slug).await?;
        Ok(Json(show(&app, &view.ok_or_else(Failure::not_found)?)))
    }
}

fn show(app: &App, view: &ScenarioView) -> Scenario {
    match view.in_full {
        true => Scenario::in_full(&view.scenario, app.coach.turn_cost(&view.scenario, true)),
        false => Scenario::new(&view.scenario, false),
    }
}
