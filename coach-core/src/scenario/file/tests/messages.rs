//! Messages to scenario writers: the position, what is wrong, what was probably meant.

use insta::assert_snapshot;

use super::{NEWS, VISIT, beside, messages, small};
use crate::scenario::file::{ScenarioFile, Severity};

/// Returns the problems of the sample with one change.
fn changed(from: &str, to: &str) -> String {
    assert!(VISIT.contains(from), "the sample has no {from}");
    messages(&VISIT.replacen(from, to, 1))
}

#[test]
fn a_typo_is_reported_with_its_position() {
    assert_snapshot!(changed("opening =", "opneing ="), @"31:1: unknown field `opneing` in [partner]; did you mean `opening`?");
    assert_snapshot!(changed("when = \"after_partner\"", "when = \"after_partnr\""), @"42:8: `after_partnr` is not one of: after_partner | after_user | on_request | never; did you mean `after_partner`?");
    assert_snapshot!(changed("{{ point }}", "{{ piont }}"), @r"
    21:9: no template uses the variable `point`
    33:79: unknown variable `piont`; did you mean `point`?
    ");
    assert_snapshot!(changed("model = \"learner\"", "model = \"lerner\""), @"50:9: unknown model alias `lerner`; did you mean `learner`?");
    assert_snapshot!(changed("\"coach.when\" = \"never\"", "\"coach.wen\" = \"never\""), @"80:40: unknown setting `coach.wen`; did you mean `when`?");
    assert_snapshot!(changed("\"coach.when\" = \"never\"", "\"coach.when\" = \"nevr\""), @"80:41: `nevr` is not one of: after_partner | after_user | on_request | never; did you mean `never`?");
    assert_snapshot!(changed("\"vars.tone\"", "\"vars.tune\""), @"89:41: unknown variable `tune`; did you mean `tone`?");
}

#[test]
fn several_problems_are_reported_at_once() {
    let source = VISIT
        .replacen("version = \"1.2.0-rc.1\"", "version = \"1.2\"", 1)
        .replacen("name = \"Ruth Keller\"\n", "", 1)
        .replacen("temperature = 0.8", "temperature = 8", 1)
        .replacen("minutes = 10", "minutes = \"ten\"", 1)
        .replacen("difficulty = \"medium\"", "dificulty = \"medium\"", 1);
    assert_snapshot!(messages(&source), @r"
    4:11: `1.2` is not a semantic version such as 1.0.0
    14:11: expected a whole number, found text
    15:1: unknown field `dificulty` in [web]; did you mean `difficulty`?
    26:1: `name` is missing in [partner]
    28:15: must be between 0 and 2
    ");
}

#[test]
fn parts_must_agree_with_each_other() {
    assert_snapshot!(changed("min_turns = 2", "min_turns = 20"), @"60:13: min_turns = 20 is more than max_turns = 8");
    assert_snapshot!(changed("max_turns = 8\n", ""), @"47:1: `max_turns` is missing in [stop]: a batch run needs a limit");
    assert_snapshot!(changed("default = \"still up at nine\"", "default = \"late\""), @"21:21: the default `late` is not one of `values`");
    assert_snapshot!(changed("mode = \"simulated\"", "mode = \"scripted\""), @"47:1: `turns` is missing in [user]");
    assert_snapshot!(changed("id = \"ruth\"", "id = \"coaching\""), @"86:6: duplicate id `coaching`");
    assert_snapshot!(changed("use = \"user-fidelity@1\"\n", ""), @"104:1: a judge has either `use`, or `id` and `item`");
    assert_snapshot!(changed("not_regex = '(?i)\\b(as an ai|language model)\\b'\n", ""), @"92:1: this assertion checks nothing; add contains, regex, max_words, judge, …");
    assert_snapshot!(changed("range = [1, 5]", "range = [5, 1]"), @"116:3: `range` must be ascending");
    assert_snapshot!(changed("regex = '(?i)\\byou", "regex = '(?i\\byou"), @"64:37: not a regular expression: unrecognized flag");
}

#[test]
fn template_errors_have_their_position_in_the_file() {
    assert_snapshot!(changed("Speak as Ruth only.", "{% for n in nights %}x{% endfor %}"), @"37:1: `{% for %}` is not part of scenario templates: only `{{ name }}` and `{% if name %}` are");
    assert_snapshot!(changed("Speak as Ruth only.", "{% include 'x' %}"), @"37:1: `{% include %}` is not part of scenario templates: only `{{ name }}` and `{% if name %}` are");
    assert_snapshot!(changed("{% endif %}\n", ""), @"34:1: this `{% if %}` has no `{% endif %}`");
    assert_snapshot!(changed("Speak as Ruth only.", "{{ tone | upper }}"), @"37:1: `{{ tone | upper }}`: filters are not part of scenario templates");
}

#[test]
fn invalid_toml_is_reported_with_its_position() {
    assert_snapshot!(messages("schema = coach\n[partner\nname = 'x'\n"), @r"
    1:10: string values must be quoted, expected literal string
    2:9: unclosed table, expected `]`
    ");
    assert_snapshot!(messages(""), @r"
    1:1: `schema` is missing
    1:1: `id` is missing
    1:1: `version` is missing
    1:1: `title` is missing
    1:1: `partner` is missing
    ");
    assert_snapshot!(changed("id = \"weekend-visit\"", "id = \"a\"\nid = \"b\""), @"4:1: duplicate key");
}

#[test]
fn a_self_contained_source_names_no_files() {
    assert_snapshot!(messages(NEWS), @r"
    11:15: other files cannot be used here; write the text into the scenario file itself
    25:12: other files cannot be used here; write the text into the scenario file itself
    ");
}

#[test]
fn referenced_files_are_checked_too() {
    let outside =
        NEWS.replace("prompts/ada.md", "../ada.md").replace("scripts/tail.jsonl", "/etc/passwd");
    assert_snapshot!(beside(&outside, &[]).unwrap_err(), @r"
    11:15: `../ada.md` must be a path inside the scenario's folder, with `/`
    25:12: `/etc/passwd` must be a path inside the scenario's folder, with `/`
    ");
    let files = [
        ("prompts/ada.md", "You are Ada.\nYou hear of {{ findings }}."),
        ("scripts/tail.jsonl", "{\"text\": \"...\"}\n{\"txt\": 1}\nnot json\n{\"text\": \"{{ x\"}"),
    ];
    assert_snapshot!(beside(NEWS, &files).unwrap_err(), @r#"
    11:15: prompts/ada.md:2: unknown variable `findings`; did you mean `finding`?
    25:12: scripts/tail.jsonl:3: not JSON: expected ident at line 1 column 2
    25:12: scripts/tail.jsonl:2: expected {"text": "…"}
    25:12: scripts/tail.jsonl:4: `{{` has no closing `}}`
    "#);
    assert_snapshot!(beside(NEWS, &[]).unwrap_err(), @r"
    11:15: prompts/ada.md: no such file
    25:12: scripts/tail.jsonl: no such file
    ");
}

#[test]
fn listed_cells_must_exist_and_levels_be_reachable() {
    let files = [("prompts/ada.md", "Ada. {{ finding }}"), ("scripts/tail.jsonl", "")];
    let wrong = NEWS.replacen("coaching = \"each\" }", "coaching = \"eech\" }", 1);
    assert_snapshot!(beside(&wrong, &files).unwrap_err(), @r"
    35:8: no listed cell has the level `each` of `coaching`
    35:39: the factor `coaching` has no level `eech`; did you mean `each`?
    ");
    let one = NEWS.replacen(", { model = \"large\", coaching = \"never\" }", "", 1);
    let warnings = beside(&one, &files).unwrap().warnings;
    assert!(warnings.iter().all(|warning| warning.severity == Severity::Warning));
    let messages: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert_snapshot!(messages.join("\n"), @r"
    35:8: no listed cell has the level `large` of `model`
    35:8: no listed cell has the level `never` of `coaching`
    ");
}

#[test]
fn a_variable_that_nothing_uses_is_a_warning() {
    let file = ScenarioFile::parse(&small("[vars]\nchild = { default = \"Milo\" }\n")).unwrap();
    assert_snapshot!(file.warnings[0], @"9:9: no template uses the variable `child`");
    assert_snapshot!(messages(&small("[vars]\nnot = { default = 1 }\nName = { default = 1 }\n")), @"10:1: `Name` is not a variable name: lower-case letters, digits and `_`, at most 40, no digit first");
}

/// Returns the problems of a scenario with five variables whose prompt has `condition`.
fn when(condition: &str) -> String {
    let vars = "[vars]\ntone = { default = \"cold\", values = [\"cold\", \"warm\"] }\n\
                place = { default = \"Graz\", max_chars = 5 }\nmonths = { default = 3 }\n\
                open = { default = true }\nmood = { default = \"sad\", values = [\"sad\", \"glad\"] }\n";
    let uses = "{{ tone }}{{ place }}{{ months }}{{ open }}{{ mood }}";
    let source = small(vars).replace(
        "prompt = \"Be P.\"",
        &format!("prompt = '''{uses}{{% if {condition} %}}x{{% endif %}}'''"),
    );
    match ScenarioFile::parse(&source) {
        Ok(file) => format!("{:?}", file.warnings),
        Err(problems) => problems.to_string(),
    }
}

#[test]
fn a_comparison_that_never_holds_is_an_error() {
    for good in [
        "tone == 'warm'",
        "tone != 'cold'",
        "place == 'Wien'",
        "months == 4",
        "months == 3.0",
        "open == false",
        "tone == place",
        "not (open and months == 2)",
        "tone",
    ] {
        assert_eq!(when(good), "[]", "{good}");
    }
    assert_snapshot!(when("tone == 'hot'"), @r#"7:72: `tone` is never `"hot"`: it is cold | warm"#);
    assert_snapshot!(when("open and (months == 2 or tone != 'wram')"), @r#"7:97: `tone` is never `"wram"`: it is cold | warm; did you mean `warm`?"#);
    assert_snapshot!(when("months == '3'"), @r#"7:72: `months` is a whole number and is never `"3"`; write months == 3"#);
    assert_snapshot!(when("months == 2.5"), @r#"7:72: `months` can never be `2.5`"#);
    assert_snapshot!(when("place == 7"), @r#"7:72: `place` is text and is never `7`; write place == "7""#);
    assert_snapshot!(when("place == 'Innsbruck'"), @r#"7:72: `place` can never be `"Innsbruck"`; it may have at most 5 characters, on one line"#);
    assert_snapshot!(when("open == 'true'"), @r#"7:72: `open` is true or false and is never `"true"`; write open == true"#);
    assert_snapshot!(when("tone == mood"), @r#"7:72: `tone` and `mood` are never equal"#);
    assert_snapshot!(when("months == open"), @r#"7:72: `months` and `open` are never equal; one is a whole number, the other true or false"#);
    assert_snapshot!(when("'a' == 'b'"), @r#"7:72: `"a"` is compared with `"b"`, which always gives the same result; compare a variable"#);
    assert_snapshot!(changed("{% if stays %}", "{% if stays == 1 %}"), @r#"34:7: `stays` is true or false and is never `1`"#);
}

#[test]
fn comparisons_in_a_referenced_file_are_checked_too() {
    let files = [
        ("prompts/ada.md", "Ada.\n{% if finding == 4 %}Cry.{% endif %} {{ finding }}"),
        ("scripts/tail.jsonl", ""),
    ];
    assert_snapshot!(beside(NEWS, &files).unwrap_err(), @r#"11:15: prompts/ada.md:2: `finding` is text and is never `4`; write finding == "4""#);
}

#[test]
fn a_rule_that_cannot_be_met_is_an_error() {
    let deaf = small(
        "[coach]\nwhen = \"on_request\"\nprompt = \"Listen.\"\n[stop]\nmax_turns = 3\n\
                      when = [{ role = \"coach\", regex = 'done' }]\n",
    );
    assert_snapshot!(messages(&deaf), @r#"13:18: the coach never comments in this scenario, so this can never match; let it comment: [coach] when = "after_partner""#);
    assert!(ScenarioFile::parse(&deaf.replace("on_request", "after_user")).is_ok());
    let by_a_level = format!(
        "{deaf}[design]\n[[design.factor]]\nid = \"coaching\"\nlevels = [\n\
         {{ id = \"yes\", set = {{ \"coach.when\" = \"after_partner\" }} }},\n\
         {{ id = \"no\", set = {{ \"coach.when\" = \"never\" }} }},\n]\n"
    );
    assert!(ScenarioFile::parse(&by_a_level).is_ok(), "{}", messages(&by_a_level));
    let twice = "when = [{ role = \"user\", regex = 'bye', reason = \"left\" }, \
                 { role = \"user\", regex = 'bye', reason = \"gone\" }]\n";
    assert_snapshot!(messages(&small(&format!("[stop]\nmax_turns = 3\n{twice}"))), @r#"10:60: `stop.when[0]` has the same pattern and comes first"#);
    let late = "[stop]\nmax_turns = 3\n[[assert]]\nid = \"late\"\nrole = \"partner\"\nat = 4\n\
                contains = \"x\"\n";
    assert_snapshot!(messages(&small(late)), @r#"13:6: turn 4 is never reached: max_turns = 3"#);
}

#[test]
fn syntax_of_other_template_languages_gets_a_suggestion() {
    assert_snapshot!(changed("{% endif %}\n", "{% else if nights %}\nx\n{% endif %}\n"), @r#"36:1: write `{% elif nights %}` instead of `{% else if nights %}`"#);
    assert_snapshot!(changed("nights = { default = 2 }", "nights = 2"), @r#"23:10: expected a table, found a whole number; write nights = { default = 2 }"#);
    assert_snapshot!(changed("stays = { default = true }", "stays = \"yes\""), @r#"24:9: expected a table, found text; write stays = { default = "yes" }"#);
}
