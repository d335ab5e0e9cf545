//! The scenario file format: every table and key, its allowed values and its meaning.

use std::sync::LazyLock;

use regex::Regex;

use super::shape::{
    Field,
    Kind::{
        self, Anything, Either, Flag, Line, List, Map, OneOf, Real, Regex as Pattern, Scalar,
        Table, Template, Text, Whole, Word as Spelled,
    },
    Shape, Word, may, must,
};

/// The required value of `schema`.
pub(super) const SCHEMA: &str = "coach.scenario/1";

macro_rules! word {
    ($name:ident, $wanted:literal, $pattern:literal) => {
        static $name: Word = Word {
            wanted: $wanted,
            pattern: $pattern,
            regex: LazyLock::new(|| Regex::new($pattern).ok()),
        };
    };
}

word!(
    SLUG,
    "id: lower-case letters, digits, `-` and `_`, at most 64, not beginning with `-` or `_`",
    r"^[a-z0-9][a-z0-9_-]{0,63}$"
);
word!(
    VERSION,
    "semantic version such as 1.0.0",
    r"^(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$"
);
word!(LANGUAGE, "language tag such as en or de-CH", r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$");
word!(
    NAME,
    "variable name: lower-case letters, digits and `_`, at most 40, no digit first",
    r"^[a-z_][a-z0-9_]{0,39}$"
);
word!(
    MODEL,
    "model: write an alias of [models], or provider:model",
    r"^([a-z0-9][a-z0-9_-]{0,63}|[a-z0-9][a-z0-9_-]{0,63}:[!-~]{1,200})$"
);
word!(
    FULL_MODEL,
    "model: write provider:model, such as openai:fast",
    r"^[a-z0-9][a-z0-9_-]{0,63}:[!-~]{1,200}$"
);
word!(
    RUBRIC,
    "rubric: write name@version, such as coach-quality@1",
    r"^[a-z0-9][a-z0-9_-]{0,63}@[1-9][0-9]{0,5}$"
);
word!(
    SETTING,
    "setting: write table.key, such as coach.when",
    r"^(partner|coach|user|stop|models|vars)\.[a-z_][a-z0-9_-]{0,63}$"
);

const PROMPT: u32 = 32_000;
const ROLES: Kind = OneOf(&["partner", "coach", "user"]);
const TEMPERATURE: Field = may("temperature", Real(0.0, 2.0), "Sampling temperature.");
const MODEL_FIELD: Field = may(
    "model",
    Spelled(&MODEL),
    "An alias of [models], or provider:model. The web host ignores it.",
);
const MAX_OUTPUT: Field =
    may("max_output_tokens", Whole(1, 8192), "Maximum tokens of text per message.");
const PROMPT_FIELD: Field =
    may("prompt", Template(PROMPT), "Instructions; {{ name }} and {% if name %} are rendered.");
const PROMPT_FILE: Field = may(
    "prompt_file",
    Line(260),
    "A file next to this one that replaces prompt. Command line only.",
);

pub(super) static FILE: Shape = Shape {
    about: "A scenario to practice: one file for the web host and for the command line.",
    fields: &[
        must("schema", OneOf(&[SCHEMA]), "The format of this file."),
        must("id", Spelled(&SLUG), "Its name in URLs and on command lines."),
        must("version", Spelled(&VERSION), "Semantic version of this scenario."),
        must("title", Line(120), "Its display name."),
        may(
            "language",
            Spelled(&LANGUAGE),
            "BCP 47 tag of the conversation's language; default en.",
        ),
        may("tags", List(&Line(40), 0, 20), "Tags for searching."),
        may("authors", List(&Line(120), 0, 40), "The authors."),
        may("license", Line(120), "SPDX expression."),
        may("web", Table(&WEB), "The card on the web page; a batch run ignores it."),
        may("vars", Map(&NAME, &Table(&VARIABLE)), "Variables that templates can use."),
        must("partner", Table(&PARTNER), "The partner: the person to talk with."),
        may("coach", Table(&COACH), "The coach; without this table there is none."),
        may("user", Table(&USER), "The participant in a batch run."),
        may("stop", Table(&STOP), "Limits that end a conversation."),
        may("models", Map(&SLUG, &Spelled(&FULL_MODEL)), "Aliases. The web host ignores them."),
        may("design", Table(&DESIGN), "An experiment: factors, levels and repetitions."),
        may("assert", List(&Table(&ASSERT), 0, 200), "Assertions about the messages."),
        may("judge", List(&Table(&JUDGE), 0, 50), "Scores that a model gives afterwards."),
        may("meta", Anything, "Any data to keep with the scenario; not interpreted."),
    ],
};

static WEB: Shape = Shape {
    about: "The card on the web page.",
    fields: &[
        may("listed", Flag, "Whether participants can choose it; default true."),
        may("order", Whole(-1_000_000, 1_000_000), "Sort key; smaller comes first."),
        may("minutes", Whole(1, 600), "The usual duration in minutes."),
        may("difficulty", OneOf(&["easy", "medium", "hard"]), "The difficulty."),
        may("card", Text(240), "The situation in a sentence or two."),
        may("content_note", Text(240), "A warning to read before choosing it."),
    ],
};

static VARIABLE: Shape = Shape {
    about: "One variable. Its default decides whether it is text, a number, or true or false.",
    fields: &[
        must("default", Scalar, "The value if none is given."),
        may("label", Line(120), "The label shown when asking for a value."),
        may("max_chars", Whole(1, 4000), "Maximum characters of a value; default 200."),
        may("values", List(&Scalar, 1, 100), "The allowed values."),
        may("web", Flag, "The web host may ask the participant for it."),
    ],
};

static PARTNER: Shape = Shape {
    about: "The partner: the person to talk with. It never sees the coach's comments.",
    fields: &[
        must("name", Line(60), "The display name."),
        MODEL_FIELD,
        TEMPERATURE,
        MAX_OUTPUT,
        may("opening", Template(4000), "Its first message; if absent, the participant begins."),
        PROMPT_FIELD,
        PROMPT_FILE,
    ],
};

static COACH: Shape = Shape {
    about: "The coach, whose comments only the participant sees.",
    fields: &[
        MODEL_FIELD,
        may(
            "when",
            OneOf(&["after_partner", "after_user", "on_request", "never"]),
            "When it comments; default after_partner.",
        ),
        may(
            "sees",
            OneOf(&["both", "partner_stream"]),
            "Whether it sees its own comments too; default both.",
        ),
        TEMPERATURE,
        MAX_OUTPUT,
        PROMPT_FIELD,
        PROMPT_FILE,
    ],
};

static USER: Shape = Shape {
    about: "The participant in a batch run. The web host ignores it.",
    fields: &[
        must(
            "mode",
            OneOf(&["scripted", "simulated", "replay"]),
            "Fixed lines, a model, or recorded lines.",
        ),
        may("name", Line(60), "The participant's name."),
        MODEL_FIELD,
        TEMPERATURE,
        MAX_OUTPUT,
        may(
            "sees_coach",
            Flag,
            "Whether a simulated participant sees the newest comment; default true.",
        ),
        may("goal", Template(2000), "The participant's private goal."),
        may(
            "end_marker",
            Line(40),
            "A text by which the model ends the conversation; removed from its message.",
        ),
        PROMPT_FIELD,
        PROMPT_FILE,
        may(
            "turns",
            List(&Either(&[Template(8000), Table(&LINE)]), 1, 1000),
            "The lines, in order.",
        ),
        may(
            "on_script_end",
            OneOf(&["stop", "simulate"]),
            "What follows the last line; default stop.",
        ),
        may(
            "replay",
            Line(260),
            "A recorded transcript (JSON lines) next to this file. Command line only.",
        ),
    ],
};

static LINE: Shape = Shape {
    about: "One scripted line with a name, or a file of lines.",
    fields: &[
        may("text", Template(8000), "The text."),
        may("id", Spelled(&SLUG), "A name for assertions."),
        may(
            "file",
            Line(260),
            "JSON lines {\"text\": \"…\"} next to this file. Command line only.",
        ),
    ],
};

static STOP: Shape = Shape {
    about: "Limits that end a conversation.",
    fields: &[
        may(
            "max_turns",
            Whole(1, 1000),
            "Maximum turns; a turn is a message, the reply and the comment.",
        ),
        may(
            "min_turns",
            Whole(1, 1000),
            "A simulated participant may not end the conversation earlier.",
        ),
        may("max_seconds", Whole(10, 86_400), "Maximum duration in seconds, by the host's clock."),
        may(
            "max_tokens",
            Whole(1, 1_000_000_000),
            "Maximum tokens of all voices together; batch only.",
        ),
        may(
            "max_cost_usd",
            Real(0.0, 100_000.0),
            "Maximum cost of all voices together; batch only.",
        ),
        may(
            "when",
            List(&Table(&RULE), 0, 50),
            "Rules that end the conversation when a message matches; batch only.",
        ),
    ],
};

static RULE: Shape = Shape {
    about: "Ends the conversation when a message matches.",
    fields: &[
        must("role", ROLES, "The role whose messages are searched."),
        must("regex", Pattern, "Matched anywhere in the message."),
        may("reason", Spelled(&SLUG), "The recorded reason; default goal_reached."),
    ],
};

static DESIGN: Shape = Shape {
    about: "An experiment over this scenario.",
    fields: &[
        may("repetitions", Whole(1, 100_000), "Conversations in each cell; default 1."),
        may("seed", Whole(0, i64::MAX), "Determines the order of the conversations."),
        may(
            "cells",
            OneOf(&["full", "listed"]),
            "All combinations, or only those under cell; default full.",
        ),
        may("factor", List(&Table(&FACTOR), 0, 12), "The factors that vary."),
        may(
            "cell",
            List(&Map(&SLUG, &Spelled(&SLUG)), 1, 1000),
            "factor = level, one table per cell.",
        ),
    ],
};

static FACTOR: Shape = Shape {
    about: "A factor that varies.",
    fields: &[
        must("id", Spelled(&SLUG), "Its name in result tables."),
        must("levels", List(&Table(&LEVEL), 2, 50), "Its levels."),
    ],
};

static LEVEL: Shape = Shape {
    about: "One setting of a factor.",
    fields: &[
        must("id", Spelled(&SLUG), "Its name in result tables."),
        must("set", Map(&SETTING, &Scalar), "\"table.key\" = value: the setting at this level."),
    ],
};

static ASSERT: Shape = Shape {
    about: "An assertion about messages.",
    fields: &[
        must("id", Spelled(&SLUG), "Its name in result tables."),
        must("role", ROLES, "The role whose messages are checked."),
        may(
            "at",
            Either(&[Spelled(&SLUG), Whole(1, 1000)]),
            "every, any, last, conversation, a turn's number or a scripted line's id; default every.",
        ),
        may("severity", OneOf(&["fail", "warn"]), "Default fail."),
        may("contains", Text(4000), "The message contains this text."),
        may("not_contains", Text(4000), "The message does not contain this text."),
        may("regex", Pattern, "The message matches."),
        may("not_regex", Pattern, "The message does not match."),
        may("max_words", Whole(1, 100_000), "Maximum number of words."),
        may("min_words", Whole(1, 100_000), "Minimum number of words."),
        may("max_latency_ms", Whole(1, 3_600_000), "Maximum time until the message was complete."),
        may("max_cost_usd", Real(0.0, 1000.0), "Maximum cost of the message."),
        may("judge", Text(4000), "A question to a model that answers PASS or FAIL."),
        MODEL_FIELD,
    ],
};

static JUDGE: Shape = Shape {
    about: "Scores that a model gives afterwards, by a built-in rubric or by your own items.",
    fields: &[
        may("use", Spelled(&RUBRIC), "A built-in rubric."),
        may("id", Spelled(&SLUG), "The name of a rubric of your own."),
        may("role", ROLES, "The role whose messages are scored."),
        may(
            "target",
            OneOf(&["conversation", "turn"]),
            "What one verdict covers; default conversation.",
        ),
        MODEL_FIELD,
        may("samples", Whole(1, 25), "Verdicts for each target; default 1."),
        may(
            "blind",
            List(&OneOf(&["model", "condition", "coach", "repetition"]), 0, 4),
            "What is hidden from the judge.",
        ),
        may("prompt", Text(PROMPT), "Additional instructions for the judge."),
        may("item", List(&Table(&ITEM), 1, 50), "The items to score."),
    ],
};

static ITEM: Shape = Shape {
    about: "One item to score.",
    fields: &[
        must("id", Spelled(&SLUG), "Its name in result tables."),
        may("kind", OneOf(&["ordinal", "boolean", "nominal", "numeric"]), "Default ordinal."),
        may("question", Text(2000), "The question for the judge."),
        may("range", List(&Whole(-1000, 1000), 2, 2), "Lowest and highest score."),
        may("labels", List(&Line(60), 2, 50), "The answers of a nominal item."),
        may("anchors", Map(&ANCHOR, &Text(1000)), "The meaning of each score."),
    ],
};

word!(ANCHOR, "score", r"^-?[0-9]{1,4}$");

/// Returns the kind of a setting such as `coach.when`; `None` if it does not exist.
pub(super) fn setting(path: &str) -> Option<&'static Kind> {
    let (table, key) = path.split_once('.')?;
    match &FILE.field(table)?.kind {
        Table(shape) => shape.field(key).map(|field| &field.kind),
        Map(_, of) => Some(of),
        _ => None,
    }
}

/// Returns the keys of a table of the file.
pub(super) fn keys_of(table: &str) -> Vec<&'static str> {
    match FILE.field(table).map(|field| &field.kind) {
        Some(Table(shape)) => shape.keys().collect(),
        _ => Vec::new(),
    }
}
