//! The command line. Its doc comments are the help text.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use coach_llm::ModelName;

const EXIT_CODES: &str = "\
Exit codes:
  0         success
  1         internal error, or a read or write failed
  2         invalid command line or file; nothing was sent
  4         finished, but a model failed after its retries
  5         the scenario's budget was reached
  6         a provider refused: key, credit or model
  130, 143  interrupted, also when the reader of standard output exits; the record is saved";

const MODELS: &str = "\
Models:
  Without an API key, the built-in demo model answers: offline, free, canned replies.
  For real models, set ANTHROPIC_API_KEY, OPENAI_API_KEY or GOOGLE_GENERATIVE_AI_API_KEY.
  For Ollama, llama.cpp, vLLM or LM Studio, set OPENAI_COMPATIBLE_URL, and
  OPENAI_COMPATIBLE_KEY if the server requires a key.
  Name a model as provider:model or provider:tier.
  Providers: anthropic, openai, google, compatible, demo. Tiers: fast, balanced, best.
  Precedence: --model, then COACH_MODEL_PARTNER, COACH_MODEL_COACH, COACH_MODEL_ASIDE (private
  questions) and COACH_MODEL_USER, then the scenario, then the first provider with a key.

Timeouts and thinking:
  COACH_FIRST_TOKEN_SECONDS  longest wait for the first token
                             [default: 30, for a compatible server 120]
  COACH_ANSWER_SECONDS       longest wait for the whole answer after that [default: 120]
  COACH_THINKING_TOKENS      output tokens added for a model's thinking [default: 4096]";

/// Practice hard conversations, or run them in batches from scenario files.
///
/// A scenario is one TOML file. It describes the partner, what the coach looks for, and the participant
/// that plays your part in runs without a person.
///
///   coach scenarios                  list the built-in scenarios
///   coach chat raise                 practice in this terminal
///   coach run raise                  run it with the scenario's participant
///   coach scenarios raise > my.toml  start your own scenario from a built-in one
///   coach validate my.toml           check a scenario file
#[derive(Debug, Parser)]
#[command(name = "coach", version, verbatim_doc_comment, after_long_help = EXIT_CODES)]
#[command(arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// When to use color; `NO_COLOR` and `CLICOLOR_FORCE` are respected.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: When,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a scenario: its participant talks to the partner, and the coach comments.
    ///
    /// The participant is scripted, simulated by a model, or both, as the scenario says. The transcript
    /// goes to standard output as it happens, everything else to standard error. The record is saved in
    /// a directory: manifest.json, events.jsonl (one line per event) and inputs/.
    ///
    ///   coach run raise
    ///   coach run my.toml --var child=Ada --turns 4
    ///   coach run raise --model partner=anthropic:balanced --model user=openai:fast
    ///   coach run raise --format jsonl | jq -r 'select(.role == "coach").content'
    #[command(verbatim_doc_comment, after_long_help = MODELS)]
    Run(RunArgs),
    /// Practice a conversation yourself; the coach comments on it.
    ///
    /// Type your message and press Enter. /ask asks the coach privately; /help lists all commands.
    ///
    ///   coach chat raise
    ///   coach chat my.toml --var child=Ada --no-coach
    #[command(verbatim_doc_comment, after_long_help = MODELS)]
    Chat(TalkArgs),
    /// Check scenario files: show every problem with its line, column and a suggestion.
    ///
    ///   coach validate my.toml
    ///   coach validate scenarios/            every .toml file in a directory
    ///   coach validate my.toml --format json
    #[command(verbatim_doc_comment)]
    Validate(ValidateArgs),
    /// List the built-in scenarios, or print one as a starting point for your own.
    ///
    ///   coach scenarios
    ///   coach scenarios raise > my-raise.toml
    #[command(verbatim_doc_comment)]
    Scenarios(ScenariosArgs),
    /// Print the JSON Schema of scenario files, for editor support.
    ///
    ///   coach schema > coach-scenario.v1.schema.json
    ///
    /// Editors with Taplo or Tombi then offer completion and checks in a scenario whose first line is
    /// "#:schema ./coach-scenario.v1.schema.json".
    #[command(verbatim_doc_comment)]
    Schema,
}

#[derive(Debug, Args)]
pub(crate) struct TalkArgs {
    /// A scenario file, or the name of a built-in scenario.
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: String,

    /// Set one of the scenario's variables; repeatable.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) var: Vec<(String, String)>,

    /// Choose the model for partner, coach or user, such as partner=openai:fast; repeatable.
    #[arg(long, value_name = "LANE=MODEL", value_parser = lane_model)]
    pub(crate) model: Vec<(LaneName, ModelName)>,

    /// End after this many turns; overrides the scenario's limit.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) turns: Option<u32>,

    /// Turn the coach off.
    #[arg(long)]
    pub(crate) no_coach: bool,

    /// Save the record in this new directory [default: runs/TIME-SCENARIO-ID]
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,

    /// Write only errors to standard error.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) talk: TalkArgs,

    /// Format of standard output: the transcript, or one JSON line per event.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: RunFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// Scenario files, or directories of them.
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,

    /// Format of standard output: text, or one JSON list.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ScenariosArgs {
    /// Print this built-in scenario.
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// Format of the list: text, or JSON.
    #[arg(long, value_name = "FORMAT", default_value = "text", conflicts_with = "name")]
    pub(crate) format: ListFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RunFormat {
    Text,
    Jsonl,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    Text,
    Json,
}

/// The voices with a model of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum LaneName {
    Partner,
    Coach,
    User,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

fn lane_model(text: &str) -> Result<(LaneName, ModelName), String> {
    let (lane, model) =
        text.split_once('=').ok_or("expected LANE=MODEL, such as partner=openai:fast")?;
    let lane = LaneName::from_str(lane.trim(), true)
        .map_err(|_| format!("`{lane}` is not one of: partner | coach | user"))?;
    Ok((lane, model.parse().map_err(|error: coach_llm::ModelNameError| error.to_string())?))
}
