//! The scenario file, described: every table, every key, what it may hold and what it means.

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

/// What `schema` must say.
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
    "semantic version, as 1.0.0",
    r"^(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$"
);
word!(LANGUAGE, "language tag, as en or de-CH", r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$");
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
    "model: write provider:model, as openai:fast",
    r"^[a-z0-9][a-z0-9_-]{0,63}:[!-~]{1,200}$"
);
word!(
    RUBRIC,
    "rubric: write name@version, as coach-quality@1",
    r"^[a-z0-9][a-z0-9_-]{0,63}@[1-9][0-9]{0,5}$"
);
word!(
    SETTING,
    "setting: write table.key, as coach.when",
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
    may("max_output_tokens", Whole(1, 8192), "At most this many tokens of text each time.");
const PROMPT_FIELD: Field =
    may("prompt", Template(PROMPT), "Instructions. {{ name }} and {% if name %} are filled in.");
const PROMPT_FILE: Field =
    may("prompt_file", Line(260), "A file beside this one, instead of prompt. Command line only.");

pub(super) static FILE: Shape = Shape {
    about: "A scenario to practise: one file for the web host and for the command line.",
    fields: &[
        must("schema", OneOf(&[SCHEMA]), "The format of this file."),
        must("id", Spelled(&SLUG), "Its name in addresses and on command lines."),
        must("version", Spelled(&VERSION), "Semantic version of this scenario."),
        must("title", Line(120), "Its name for people."),
        may(
            "language",
            Spelled(&LANGUAGE),
            "BCP 47 tag of the conversation's language; en if absent.",
        ),
        may("tags", List(&Line(40), 0, 20), "Words to find it by."),
        may("authors", List(&Line(120), 0, 40), "Who wrote it."),
        may("license", Line(120), "SPDX expression."),
        may("web", Table(&WEB), "The card on the web page; a batch run ignores it."),
        may("vars", Map(&NAME, &Table(&VARIABLE)), "What may be filled in."),
        must("partner", Table(&PARTNER), "The other person."),
        may("coach", Table(&COACH), "Who listens in and comments; absent = nobody."),
        may("user", Table(&USER), "Who plays the participant when no person is there."),
        may("stop", Table(&STOP), "When a conversation ends by itself."),
        may("models", Map(&SLUG, &Spelled(&FULL_MODEL)), "Aliases. The web host ignores them."),
        may("design", Table(&DESIGN), "An experiment: factors, levels and repetitions."),
        may("assert", List(&Table(&ASSERT), 0, 200), "What must be true of the messages."),
        may("judge", List(&Table(&JUDGE), 0, 50), "What a model scores afterwards."),
        may("meta", Anything, "Whatever you want to keep with the scenario."),
    ],
};

static WEB: Shape = Shape {
    about: "The card on the web page.",
    fields: &[
        may("listed", Flag, "Participants are shown it; true if absent."),
        may("order", Whole(-1_000_000, 1_000_000), "Smaller comes first."),
        may("minutes", Whole(1, 600), "How long it usually takes."),
        may("difficulty", OneOf(&["easy", "medium", "hard"]), "How hard it is."),
        may("card", Text(240), "The situation in a sentence or two."),
        may("content_note", Text(240), "What somebody should know before choosing it."),
    ],
};

static VARIABLE: Shape = Shape {
    about: "One variable. Its default decides whether it is text, a number, or true or false.",
    fields: &[
        must("default", Scalar, "Its value where nobody says another."),
        may("label", Line(120), "What a person is asked for."),
        may("max_chars", Whole(1, 4000), "Characters that a value may have; 200 if absent."),
        may("values", List(&Scalar, 1, 100), "The only values it may have."),
        may("web", Flag, "The web host may ask the participant for it."),
    ],
};

static PARTNER: Shape = Shape {
    about: "The other person. It never hears the coach.",
    fields: &[
        must("name", Line(60), "The name as shown."),
        MODEL_FIELD,
        TEMPERATURE,
        MAX_OUTPUT,
        may("opening", Template(4000), "Its first words; absent = the participant begins."),
        PROMPT_FIELD,
        PROMPT_FILE,
    ],
};

static COACH: Shape = Shape {
    about: "Who listens in and comments to the participant alone.",
    fields: &[
        MODEL_FIELD,
        may(
            "when",
            OneOf(&["after_partner", "after_user", "on_request", "never"]),
            "When it speaks; after_partner if absent.",
        ),
        may(
            "sees",
            OneOf(&["both", "partner_stream"]),
            "Its own comments too, or not; both if absent.",
        ),
        TEMPERATURE,
        MAX_OUTPUT,
        PROMPT_FIELD,
        PROMPT_FILE,
    ],
};

static USER: Shape = Shape {
    about: "Who plays the participant in a batch. The web host ignores it.",
    fields: &[
        must(
            "mode",
            OneOf(&["scripted", "simulated", "replay"]),
            "Fixed lines, a model, or recorded lines.",
        ),
        may("name", Line(60), "What this person is called."),
        MODEL_FIELD,
        TEMPERATURE,
        MAX_OUTPUT,
        may(
            "sees_coach",
            Flag,
            "A model reads the newest comment before it speaks; true if absent.",
        ),
        may("goal", Template(2000), "What this person privately wants to reach."),
        may("end_marker", Line(40), "A model writes this when it is done; it is taken out."),
        PROMPT_FIELD,
        PROMPT_FILE,
        may(
            "turns",
            List(&Either(&[Template(8000), Table(&LINE)]), 1, 1000),
            "The lines, in order.",
        ),
        may("on_script_end", OneOf(&["stop", "simulate"]), "After the last line; stop if absent."),
        may(
            "replay",
            Line(260),
            "A recorded transcript (JSON lines) beside this file. Command line only.",
        ),
    ],
};

static LINE: Shape = Shape {
    about: "One scripted line with a name, or a file of lines.",
    fields: &[
        may("text", Template(8000), "The words."),
        may("id", Spelled(&SLUG), "A name for assertions."),
        may("file", Line(260), "JSON lines {\"text\": \"…\"} beside this file. Command line only."),
    ],
};

static STOP: Shape = Shape {
    about: "When a conversation ends by itself.",
    fields: &[
        may("max_turns", Whole(1, 1000), "A turn is the participant, the partner and the coach."),
        may("min_turns", Whole(1, 1000), "A simulated participant may not leave before."),
        may("max_seconds", Whole(10, 86_400), "By the host's clock."),
        may("max_tokens", Whole(1, 1_000_000_000), "Of all voices together; batch only."),
        may("max_cost_usd", Real(0.0, 100_000.0), "Of all voices together; batch only."),
        may("when", List(&Table(&RULE), 0, 50), "Ends when a message matches; batch only."),
    ],
};

static RULE: Shape = Shape {
    about: "Ends the conversation when a message matches.",
    fields: &[
        must("role", ROLES, "Whose messages are looked at."),
        must("regex", Pattern, "Looked for anywhere in the message."),
        may("reason", Spelled(&SLUG), "What the record says; goal_reached if absent."),
    ],
};

static DESIGN: Shape = Shape {
    about: "An experiment over this scenario.",
    fields: &[
        may("repetitions", Whole(1, 100_000), "Conversations in each cell; 1 if absent."),
        may("seed", Whole(0, i64::MAX), "Decides the order of the conversations."),
        may(
            "cells",
            OneOf(&["full", "listed"]),
            "All combinations, or those under cell; full if absent.",
        ),
        may("factor", List(&Table(&FACTOR), 0, 12), "What is varied."),
        may(
            "cell",
            List(&Map(&SLUG, &Spelled(&SLUG)), 1, 1000),
            "Factor = level, one table a cell.",
        ),
    ],
};

static FACTOR: Shape = Shape {
    about: "Something that is varied.",
    fields: &[
        must("id", Spelled(&SLUG), "Its name in tables."),
        must("levels", List(&Table(&LEVEL), 2, 50), "What it can be."),
    ],
};

static LEVEL: Shape = Shape {
    about: "One setting of a factor.",
    fields: &[
        must("id", Spelled(&SLUG), "Its name in tables."),
        must(
            "set",
            Map(&SETTING, &Scalar),
            "\"table.key\" = value: what is different at this level.",
        ),
    ],
};

static ASSERT: Shape = Shape {
    about: "Something that must be true of messages.",
    fields: &[
        must("id", Spelled(&SLUG), "Its name in tables."),
        must("role", ROLES, "Whose messages."),
        may(
            "at",
            Either(&[Spelled(&SLUG), Whole(1, 1000)]),
            "every, any, last, conversation, a turn's number or a scripted line's id; every if absent.",
        ),
        may("severity", OneOf(&["fail", "warn"]), "fail if absent."),
        may("contains", Text(4000), "This text is in it."),
        may("not_contains", Text(4000), "This text is not in it."),
        may("regex", Pattern, "It matches."),
        may("not_regex", Pattern, "It does not match."),
        may("max_words", Whole(1, 100_000), "At most this many words."),
        may("min_words", Whole(1, 100_000), "At least this many words."),
        may("max_latency_ms", Whole(1, 3_600_000), "It was there within this time."),
        may("max_cost_usd", Real(0.0, 1000.0), "It cost at most this."),
        may("judge", Text(4000), "A question to a model that answers PASS or FAIL."),
        MODEL_FIELD,
    ],
};

static JUDGE: Shape = Shape {
    about: "What a model scores afterwards: a shipped rubric, or items of your own.",
    fields: &[
        may("use", Spelled(&RUBRIC), "A shipped rubric."),
        may("id", Spelled(&SLUG), "The name of a rubric of your own."),
        may("role", ROLES, "Whose messages."),
        may(
            "target",
            OneOf(&["conversation", "turn"]),
            "What one verdict is about; conversation if absent.",
        ),
        MODEL_FIELD,
        may("samples", Whole(1, 25), "Verdicts for each; 1 if absent."),
        may(
            "blind",
            List(&OneOf(&["model", "condition", "coach", "repetition"]), 0, 4),
            "What the judge is not shown.",
        ),
        may("prompt", Text(PROMPT), "What the judge is told besides."),
        may("item", List(&Table(&ITEM), 1, 50), "What is scored."),
    ],
};

static ITEM: Shape = Shape {
    about: "One thing that is scored.",
    fields: &[
        must("id", Spelled(&SLUG), "Its name in tables."),
        may("kind", OneOf(&["ordinal", "boolean", "nominal", "numeric"]), "ordinal if absent."),
        may("question", Text(2000), "What the judge is asked."),
        may("range", List(&Whole(-1000, 1000), 2, 2), "Lowest and highest score."),
        may("labels", List(&Line(60), 2, 50), "The answers of a nominal item."),
        may("anchors", Map(&ANCHOR, &Text(1000)), "What a score means."),
    ],
};

word!(ANCHOR, "score", r"^-?[0-9]{1,4}$");

/// The kind of a setting such as `coach.when`; `None` where there is none.
pub(super) fn setting(path: &str) -> Option<&'static Kind> {
    let (table, key) = path.split_once('.')?;
    match &FILE.field(table)?.kind {
        Table(shape) => shape.field(key).map(|field| &field.kind),
        Map(_, of) => Some(of),
        _ => None,
    }
}

/// The keys of a table of the file.
pub(super) fn keys_of(table: &str) -> Vec<&'static str> {
    match FILE.field(table).map(|field| &field.kind) {
        Some(Table(shape)) => shape.keys().collect(),
        _ => Vec::new(),
    }
}
