//! What `run` and `chat` share: from arguments to a conversation that may begin, and to its end.

use std::{
    collections::BTreeMap,
    io::{self, IsTerminal as _, Write as _},
    time::Duration,
};

use anyhow::{Context as _, Result};
use coach_core::{
    ports::Lane,
    scenario::{CoachWhen, ScenarioFile, Script, Value},
    transcript::Role,
};
use serde_json::{Map, json};

use crate::{
    args::TalkArgs,
    config::Config,
    exit::Exit,
    failure::Failure,
    folder::RunFolder,
    interrupt::Interrupt,
    lanes::Lanes,
    learner::Player,
    report::{JsonLines, Style, Tokens, problems_as_text},
    source::{self, SourceError},
    stop::{End, Reason, Stopped},
    talk::Talk,
};

/// The demo model's pause before each word, where somebody watches.
const WORD: Duration = Duration::from_millis(25);

/// Who plays the participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cast {
    /// Whoever sits at the terminal.
    Person,
    /// The scenario's own participant.
    Scenario,
}

/// A conversation that may begin.
pub(crate) struct Stage {
    pub(crate) file: ScenarioFile,
    pub(crate) values: BTreeMap<String, Value>,
    pub(crate) talk: Talk,
    folder: RunFolder,
    quiet: bool,
}

impl Stage {
    /// Reads the scenario, chooses models, makes the folder, begins the conversation.
    pub(crate) async fn set(args: &TalkArgs, style: Style, cast: Cast) -> Result<Self> {
        let file = source::load(&args.scenario).map_err(|error| unusable(error, style))?;
        let vars: BTreeMap<String, String> = args.var.iter().cloned().collect();
        let scenario = file.scenario();
        let values = scenario.values(&vars).map_err(Failure::usage)?;
        let participant = cast.participant(&file)?;
        let script = script(&file, &vars, args)?;
        if cast == Cast::Scenario {
            never_met(&file, args)?;
        }
        let lanes = cast.lanes(&file, &script, args).await?;
        let settings = settings(&script, &values, &lanes);
        let which = (scenario.slug.clone(), scenario.version.clone());
        let mut talk = Talk::begin(script, which, lanes, participant).await?;
        if let (Cast::Scenario, Some(most)) = (cast, file.stop.max_cost_usd) {
            talk.lanes.within(most, talk.began)?;
        }
        let folder = RunFolder::create(args.output.as_deref(), &file, talk.began, &settings)?;
        let events = folder.events().context("the record cannot be written")?;
        let record = JsonLines::new(events, &folder.run, &folder.conversation);
        talk.listeners.record = Some(Box::new(record));
        let stage = Self { file, values, talk, folder, quiet: args.quiet };
        stage.introduce();
        Ok(stage)
    }

    /// The names of the record: of the run and of the conversation.
    pub(crate) fn names(&self) -> (&str, &str) {
        (&self.folder.run, &self.folder.conversation)
    }

    fn introduce(&self) {
        let (scenario, lanes) = (self.file.scenario(), &self.talk.lanes);
        let partner = lanes.shown(Lane::Partner).unwrap_or_default();
        let coach = lanes.shown(Lane::Coach).unwrap_or_else(|| "none".to_owned());
        self.tell(&format!("{} ({} {})", scenario.title, scenario.slug, scenario.version));
        let turns = self
            .talk
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
    pub(crate) async fn end(self, end: Result<End>, interrupt: &Interrupt) -> Result<Exit> {
        let error = match end {
            Ok(end) if end.reason == Reason::Interrupted => {
                self.close(end).await?;
                return Ok(interrupt.exit());
            }
            Ok(end) => return self.close(end).await,
            Err(error) => error,
        };
        self.talk.coach.cut();
        if Failure::is_closed_pipe(&error) {
            // The reader left: the first Ctrl-C, and not a run that is done.
            self.close(Reason::Interrupted.into()).await?;
            return Ok(interrupt.exit());
        }
        if interrupt.is_wanted() && Failure::is_io(&error) {
            self.close(Reason::Interrupted.into()).await?;
            return Ok(interrupt.exit());
        }
        // What went wrong first is what is told.
        let _closed = self.close(Reason::Internal.into()).await;
        Err(error)
    }

    /// Closes the record and says what came of it.
    async fn close(mut self, end: End) -> Result<Exit> {
        let stopped = Stopped { end, turn: self.talk.turn, at: self.talk.coach.now() };
        let told = self.talk.stopped(&stopped).await;
        let exit = match stopped.end.reason.exit() {
            Exit::Done if self.talk.turned_away => Exit::Refused,
            Exit::Done if self.talk.failures > 0 => Exit::Errored,
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
            "messages": self.talk.said.len(),
            "failures": self.talk.failures,
            "tokens": Tokens::from(self.talk.account.used),
            "cost_usd": self.talk.account.cost(),
            "ended_at": stopped.at.to_string(),
        })
    }

    fn farewell(&self, stopped: &Stopped) {
        if stopped.end.reason == Reason::Budget && self.talk.account.unpriced > 0 {
            self.tell(
                "max_cost_usd cannot be kept: the price of a model that answered is not known",
            );
        }
        let turns = if stopped.turn == 1 { "turn" } else { "turns" };
        let account = &self.talk.account;
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

impl Cast {
    /// What the participant is called.
    fn participant(self, file: &ScenarioFile) -> Result<String, Failure> {
        match self {
            Self::Person => Ok("You".to_owned()),
            Self::Scenario => Ok(file.user.as_ref().ok_or_else(nobody)?.name.clone()),
        }
    }

    /// The models of the voices that will speak.
    async fn lanes(
        self,
        file: &ScenarioFile,
        script: &Script,
        args: &TalkArgs,
    ) -> Result<Lanes, Failure> {
        let word = if io::stdout().is_terminal() { WORD } else { Duration::ZERO };
        let config = Config::from_env(word).map_err(Failure::usage)?;
        let mut wanted = vec![Lane::Partner];
        if script.coach_when != CoachWhen::Never {
            wanted.extend([Lane::Coach, Lane::Aside]);
        }
        if self == Self::Scenario && file.user.as_ref().is_some_and(Player::needs_model) {
            wanted.push(Lane::SimulatedUser);
        }
        let mut lanes = Lanes::choose(&config, &args.model, file, &wanted)?;
        lanes.look_up(&config.models).await;
        Ok(lanes)
    }
}

/// The script, as the command line wants it.
fn script(
    file: &ScenarioFile,
    vars: &BTreeMap<String, String>,
    args: &TalkArgs,
) -> Result<Script, Failure> {
    let mut script = file.scenario().cast(vars).map_err(Failure::usage)?;
    script.max_turns = args.turns.or(script.max_turns);
    if args.no_coach {
        script.coach_when = CoachWhen::Never;
    }
    Ok(script)
}

/// Refuses a command line under which a rule of the scenario can never be met.
fn never_met(file: &ScenarioFile, args: &TalkArgs) -> Result<(), Failure> {
    let rules = &file.stop.when;
    let deaf = rules.iter().position(|rule| rule.role == Role::Coach).filter(|_| args.no_coach);
    match deaf {
        None => Ok(()),
        Some(index) => Err(Failure::usage(format!(
            "--no-coach leaves out the coach that stop.when[{index}] waits for, so this rule can never end the \
             run; leave out --no-coach, or the rule"
        ))),
    }
}

/// What the manifest says this conversation was set to.
fn settings(script: &Script, values: &BTreeMap<String, Value>, lanes: &Lanes) -> serde_json::Value {
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

pub(crate) fn nobody() -> Failure {
    Failure::usage(
        "the scenario has no [user], so nobody can play the participant; add one, or talk yourself \
         with `coach chat`",
    )
}

fn unusable(error: SourceError, style: Style) -> Failure {
    match &error {
        SourceError::Invalid { path, source_text, problems } => {
            let text = problems_as_text(path, source_text, &problems.0, style);
            Failure::usage(format!("{error}\n{}", text.trim_end()))
        }
        SourceError::Nothing(_) | SourceError::Unreadable { .. } => Failure::usage(error),
    }
}
