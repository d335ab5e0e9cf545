//! The command line. Its comments are the help that people read.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use coach_llm::ModelName;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  something inside, or the disk, failed
  2  the command line or a file is wrong; nothing was sent
  4  done, but a model failed after its retries
  5  the scenario's budget was reached
  6  a provider refuses: key, credit or model
  130, 143  interrupted, also when the reader of standard output leaves; what was said is saved";

const MODELS: &str = "\
Models:
  Without a key the built-in demo model answers: offline, free, and no judge of anything.
  Set one of ANTHROPIC_API_KEY, OPENAI_API_KEY, GOOGLE_GENERATIVE_AI_API_KEY, or
  OPENAI_COMPATIBLE_URL (Ollama, llama.cpp, vLLM, LM Studio; with OPENAI_COMPATIBLE_KEY if it
  wants one) for real ones. A model is named provider:model or provider:fast|balanced|best.
  Providers: anthropic, openai, google, compatible (Ollama, vLLM, LM Studio), demo.
  Whose word counts: --model, then COACH_MODEL_PARTNER, COACH_MODEL_COACH, COACH_MODEL_USER,
  then the scenario, then the first provider that has a key.";

/// Practise hard conversations, and run them by the file.
///
/// A scenario is one TOML file: who the partner is, what the coach looks for, who plays the participant
/// when nobody is there.
///
///   coach scenarios                  what comes built in
///   coach chat raise                 talk yourself, in this terminal
///   coach run raise                  let the scenario's own participant talk
///   coach scenarios raise > my.toml  begin a scenario of your own
///   coach validate my.toml           is it good?
#[derive(Debug, Parser)]
#[command(name = "coach", version, verbatim_doc_comment, after_long_help = EXIT_CODES)]
#[command(arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Colours on the terminal; the variables `NO_COLOR` and `CLICOLOR_FORCE` are respected.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: When,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a scenario: its own participant talks with the partner, the coach comments.
    ///
    /// The transcript goes to standard output as it is spoken, everything else to standard error. The
    /// record is kept in a folder: manifest.json, events.jsonl (one line a message), inputs/.
    ///
    ///   coach run raise
    ///   coach run my.toml --var child=Ada --turns 4
    ///   coach run raise --model partner=anthropic:balanced --model user=openai:fast
    ///   coach run raise --format jsonl | jq -r 'select(.role == "coach").content'
    #[command(verbatim_doc_comment, after_long_help = MODELS)]
    Run(RunArgs),
    /// Talk with the partner yourself; the coach comments beside.
    ///
    /// Type what you say and press Enter. /ask asks the coach privately, /help shows the rest.
    ///
    ///   coach chat raise
    ///   coach chat my.toml --var child=Ada --no-coach
    #[command(verbatim_doc_comment, after_long_help = MODELS)]
    Chat(TalkArgs),
    /// Check scenario files: every problem with its line, column and a suggestion.
    ///
    ///   coach validate my.toml
    ///   coach validate scenarios/            every .toml file in a folder
    ///   coach validate my.toml --format json
    #[command(verbatim_doc_comment)]
    Validate(ValidateArgs),
    /// List the built-in scenarios, or print one to begin your own from.
    ///
    ///   coach scenarios
    ///   coach scenarios raise > my-raise.toml
    #[command(verbatim_doc_comment)]
    Scenarios(ScenariosArgs),
    /// Print the JSON Schema of scenario files, for your editor.
    ///
    ///   coach schema > coach-scenario.v1.schema.json
    ///
    /// A scenario whose first line is "#:schema ./coach-scenario.v1.schema.json" then has completion
    /// and checks in editors with Taplo or Tombi.
    #[command(verbatim_doc_comment)]
    Schema,
}

#[derive(Debug, Args)]
pub(crate) struct TalkArgs {
    /// A scenario file, or the name of a built-in scenario.
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: String,

    /// A value for one of the scenario's variables; may be repeated.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) var: Vec<(String, String)>,

    /// Who speaks for partner, coach or user, as partner=openai:fast; may be repeated.
    #[arg(long, value_name = "LANE=MODEL", value_parser = lane_model)]
    pub(crate) model: Vec<(LaneName, ModelName)>,

    /// End after this many turns, whatever the scenario says.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) turns: Option<u32>,

    /// Leave the coach out.
    #[arg(long)]
    pub(crate) no_coach: bool,

    /// Where to keep the record; must not exist yet [default: runs/TIME-SCENARIO-ID]
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,

    /// Nothing on standard error but errors.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) talk: TalkArgs,

    /// What standard output is: the transcript to read, or one JSON line for each event.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: RunFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// Scenario files, or folders of them.
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,

    /// What standard output is: lines to read, or one JSON list.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ScenariosArgs {
    /// Print this built-in scenario's file.
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// What the list is: a table to read, or JSON.
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

/// The voices that a model can be chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum LaneName {
    Partner,
    Coach,
    User,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

fn lane_model(text: &str) -> Result<(LaneName, ModelName), String> {
    let (lane, model) = text.split_once('=').ok_or("write LANE=MODEL, as partner=openai:fast")?;
    let lane = LaneName::from_str(lane.trim(), true)
        .map_err(|_| format!("`{lane}` is not one of: partner | coach | user"))?;
    Ok((lane, model.parse().map_err(|error: coach_llm::ModelNameError| error.to_string())?))
}
