//! What `run` and `chat` share: from arguments to a conversation that may begin, and to its end.

use std::{
    collections::BTreeMap,
    io::{self, IsTerminal as _, Write as _},
    time::Duration,
};

use anyhow::{Context as _, Result};
use coach_cli::lab::{
    CommandFailure, ConversationRun, Exit, Interrupt, JsonLines, LaneModels, Player, RunDir,
    RunEnd, StopReason, Stopped, TokenCounts,
};
use coach_core::{
    conversation::Role,
    model::Lane,
    scenario::{CoachWhen, ScenarioFile, Script, Value},
};
use serde_json::{Map, json};

use crate::{
    args::TalkArgs,
    config::CliConfig,
    load::{self, LoadError},
    models,
    report::{FailureLines, Style, problems_as_text},
};

/// The demo model's pause before each word, where somebody watches.
const WORD: Duration = Duration::from_millis(25);

/// Who plays the participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParticipantKind {
    /// Whoever sits at the terminal.
    Person,
    /// The scenario's own participant.
    Scenario,
}

/// A conversation that may begin.
pub(crate) struct Session {
    pub(crate) file: ScenarioFile,
    pub(crate) values: BTreeMap<String, Value>,
    pub(crate) conversation: ConversationRun,
    folder: RunDir,
    quiet: bool,
}

impl Session {
    /// Reads the scenario, chooses models, makes the folder, begins the conversation.
    pub(crate) async fn set(args: &TalkArgs, style: Style, cast: ParticipantKind) -> Result<Self> {
        let file = load::load(&args.scenario).map_err(|error| unusable(error, style))?;
        let vars: BTreeMap<String, String> = args.var.iter().cloned().collect();
        let scenario = file.scenario();
        let values = scenario.values(&vars).map_err(CommandFailure::usage)?;
        let participant = cast.participant(&file)?;
        let script = script(&file, &vars, args)?;
        if cast == ParticipantKind::Scenario {
            never_met(&file, args)?;
        }
        let lanes = cast.lanes(&file, &script, args).await?;
        let settings = settings(&script, &values, &lanes);
        let which = (scenario.slug.clone(), scenario.version.clone());
        let mut conversation = ConversationRun::begin(script, which, lanes, participant).await?;
        if let (ParticipantKind::Scenario, Some(most)) = (cast, file.stop.max_cost_usd) {
            conversation
                .lanes
                .within(most, conversation.began)
                .map_err(|found| models::unbounded_cost(&found))?;
        }
        let folder = RunDir::create(args.output.as_deref(), &file, conversation.began, &settings)?;
        let events = folder.events().context("the record cannot be written")?;
        let record = JsonLines::new(events, &folder.run, &folder.conversation);
        conversation.listeners.record = Some(Box::new(record));
        let mut failures = FailureLines::default();
        conversation.listeners.failures =
            Some(Box::new(move |lane, kind, error| failures.write(lane, kind, error)));
        let session = Self { file, values, conversation, folder, quiet: args.quiet };
        session.introduce();
        Ok(session)
    }

    /// The names of the record: of the run and of the conversation.
    pub(crate) fn names(&self) -> (&str, &str) {
        (&self.folder.run, &self.folder.conversation)
    }

    fn introduce(&self) {
        let (scenario, lanes) = (self.file.scenario(), &self.conversation.lanes);
        let partner = lanes.shown(Lane::Partner).unwrap_or_default();
        let coach = lanes.shown(Lane::Coach).unwrap_or_else(|| "none".to_owned());
        self.tell(&format!("{} ({} {})", scenario.title, scenario.slug, scenario.version));
        let turns = self
            .conversation
            .script
            .max_turns
            .map_or_else(String::new, |n| format!(", turns at most: {n}"));
        let user =
            lanes.shown(Lane::SimulatedUser).map_or_else(String::new, |m| format!(", user {m}"));
        self.tell(&format!("partner {partner}, coach {coach}{user}{turns}"));
        if let Some(note) = &scenario.content_note {
            self.tell(&format!("Note: {note}"));
        }
        if lanes.has_demo() {
            self.tell("The demo model answers: prepared sentences, no judgement.");
            self.tell("Set a provider's key for a real one: `coach run --help` names them.");
        }
        for warning in &self.file.warnings {
            self.tell(&format!("warning: {warning}"));
        }
        self.tell("");
    }

    /// A line for whoever watches, beside the result.
    pub(crate) fn tell(&self, line: &str) {
        if !self.quiet {
            // Nobody may be reading; that is no reason to stop.
            let _unread = writeln!(io::stderr(), "{line}");
        }
    }

    /// Ends the conversation as it came to its end, or did not: the record is closed in any case.
    pub(crate) async fn end(self, end: Result<RunEnd>, interrupt: &Interrupt) -> Result<Exit> {
        let error = match end {
            Ok(end) if end.reason == StopReason::Interrupted => {
                self.close(end).await?;
                return Ok(interrupt.exit());
            }
            Ok(end) => return self.close(end).await,
            Err(error) => error,
        };
        self.conversation.coach.cut();
        if CommandFailure::is_closed_pipe(&error) {
            // The reader left: the first Ctrl-C, and not a run that is done.
            self.close(StopReason::Interrupted.into()).await?;
            return Ok(interrupt.exit());
        }
        if interrupt.is_wanted() && CommandFailure::is_io(&error) {
            self.close(StopReason::Interrupted.into()).await?;
            return Ok(interrupt.exit());
        }
        // What went wrong first is what is told.
        let _closed = self.close(StopReason::Internal.into()).await;
        Err(error)
    }

    /// Closes the record and says what came of it.
    async fn close(mut self, end: RunEnd) -> Result<Exit> {
        let stopped =
            Stopped { end, turn: self.conversation.turn, at: self.conversation.coach.now() };
        let told = self.conversation.stopped(&stopped).await;
        let exit = match stopped.end.reason.exit() {
            Exit::Done if self.conversation.turned_away => Exit::Refused,
            Exit::Done if self.conversation.failures > 0 => Exit::Errored,
            exit => exit,
        };
        let fields = self.outcome(&stopped, exit);
        self.folder.close(fields)?;
        self.farewell(&stopped);
        told?;
        Ok(exit)
    }

    /// What the manifest says of the end.
    fn outcome(&self, stopped: &Stopped, exit: Exit) -> serde_json::Value {
        json!({
            "status": match exit {
                Exit::Done => "done",
                Exit::Interrupted | Exit::Terminated => "interrupted",
                Exit::Budget => "budget",
                Exit::Internal | Exit::Usage | Exit::Errored | Exit::Refused => "errored",
            },
            "stop_reason": stopped.end.reason.as_str(),
            "turns": stopped.turn,
            "messages": self.conversation.said.len(),
            "failures": self.conversation.failures,
            "tokens": TokenCounts::from(self.conversation.account.used),
            "cost_usd": self.conversation.account.cost(),
            "ended_at": stopped.at.to_string(),
        })
    }

    fn farewell(&self, stopped: &Stopped) {
        if stopped.end.reason == StopReason::Budget && self.conversation.account.unpriced > 0 {
            self.tell(
                "max_cost_usd cannot be kept: the price of a model that answered is not known",
            );
        }
        let turns = if stopped.turn == 1 { "turn" } else { "turns" };
        let account = &self.conversation.account;
        let price = match account.cost() {
            Some(cost) => format!(", {cost:.4} USD"),
            None => ", price not known".to_owned(),
        };
        self.tell(&format!(
            "ended: {} after {} {turns}, {} tokens{price}",
            stopped.end.reason.as_str(),
            stopped.turn,
            account.used.total()
        ));
        self.tell(&format!("saved in {}", self.folder.path.display()));
    }
}

impl ParticipantKind {
    /// What the participant is called.
    fn participant(self, file: &ScenarioFile) -> Result<String, CommandFailure> {
        match self {
            Self::Person => Ok("You".to_owned()),
            Self::Scenario => Ok(file.user.as_ref().ok_or_else(no_participant)?.name.clone()),
        }
    }

    /// The models of the voices that will speak.
    async fn lanes(
        self,
        file: &ScenarioFile,
        script: &Script,
        args: &TalkArgs,
    ) -> Result<LaneModels, CommandFailure> {
        let word = if io::stdout().is_terminal() { WORD } else { Duration::ZERO };
        let config = CliConfig::from_env(word).map_err(CommandFailure::usage)?;
        let mut wanted = vec![Lane::Partner];
        if script.coach_when != CoachWhen::Never {
            wanted.extend([Lane::Coach, Lane::Aside]);
        }
        if self == Self::Scenario && file.user.as_ref().is_some_and(Player::needs_model) {
            wanted.push(Lane::SimulatedUser);
        }
        let mut lanes = models::choose(&config, &args.model, file, &wanted)?;
        lanes.look_up(&config.models).await;
        Ok(lanes)
    }
}

/// The script, as the command line wants it.
fn script(
    file: &ScenarioFile,
    vars: &BTreeMap<String, String>,
    args: &TalkArgs,
) -> Result<Script, CommandFailure> {
    let mut script = file.scenario().cast(vars).map_err(CommandFailure::usage)?;
    script.max_turns = args.turns.or(script.max_turns);
    if args.no_coach {
        script.coach_when = CoachWhen::Never;
    }
    Ok(script)
}

/// Refuses a command line under which a rule of the scenario can never be met.
fn never_met(file: &ScenarioFile, args: &TalkArgs) -> Result<(), CommandFailure> {
    let rules = &file.stop.when;
    let deaf = rules.iter().position(|rule| rule.role == Role::Coach).filter(|_| args.no_coach);
    match deaf {
        None => Ok(()),
        Some(index) => Err(CommandFailure::usage(format!(
            "--no-coach leaves out the coach that stop.when[{index}] waits for, so this rule can never end the \
             run; leave out --no-coach, or the rule"
        ))),
    }
}

/// What the manifest says this conversation was set to.
fn settings(
    script: &Script,
    values: &BTreeMap<String, Value>,
    lanes: &LaneModels,
) -> serde_json::Value {
    let models = lanes.chosen.iter();
    let models: Map<String, serde_json::Value> = models
        .map(|chosen| (chosen.lane.as_str().to_owned(), json!(chosen.model.name())))
        .collect();
    let vars: Map<String, serde_json::Value> =
        values.iter().map(|(name, value)| (name.clone(), json!(value.to_string()))).collect();
    json!({
        "vars": vars,
        "models": models,
        "max_turns": script.max_turns,
        "max_seconds": script.max_seconds,
        "coach_when": script.coach_when.as_str(),
    })
}

pub(crate) fn no_participant() -> CommandFailure {
    CommandFailure::usage(
        "the scenario has no [user], so nobody can play the participant; add one, or talk yourself \
         with `coach chat`",
    )
}

fn unusable(error: LoadError, style: Style) -> CommandFailure {
    match &error {
        LoadError::Invalid { path, source_text, problems } => {
            let text = problems_as_text(path, source_text, &problems.0, style);
            CommandFailure::usage(format!("{error}\n{}", text.trim_end()))
        }
        LoadError::Nothing(_) | LoadError::Unreadable { .. } => CommandFailure::usage(error),
    }
}
