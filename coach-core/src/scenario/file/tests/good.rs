//! Valid files are parsed completely.

use std::collections::BTreeMap;

use super::{NEWS, VISIT, beside, small};
use crate::{
    conversation::Role,
    scenario::{
        CoachWhen, Difficulty, Value,
        file::{At, Check, ParticipantMode, Rubric, ScenarioFile, ScriptEnd},
    },
};

#[test]
fn a_scenario_has_what_its_file_says() {
    let file = ScenarioFile::parse(VISIT).unwrap_or_else(|problems| panic!("{problems}"));
    let scenario = file.scenario();
    assert_eq!(file.warnings, []);
    assert_eq!(
        (scenario.slug.as_str(), scenario.version.as_str()),
        ("weekend-visit", "1.2.0-rc.1")
    );
    assert_eq!(scenario.difficulty, Some(Difficulty::Medium));
    assert_eq!((scenario.listed, scenario.order, scenario.minutes), (false, 10, Some(10)));
    assert_eq!(scenario.source, VISIT);
    let vars = BTreeMap::from([("child".to_owned(), "Ada".to_owned())]);
    let script = scenario.cast(&vars).unwrap();
    assert_eq!(script.opening.as_deref(), Some("Well. At Ada's age mine were asleep by seven."));
    assert_eq!(
        script.partner_prompt,
        "You are Ruth Keller, 63, a retired head teacher. You mean well and it comes out as \
         correction. Today's point: still up at nine.\nYou stay for 2 nights.\nSpeak as Ruth only.\n"
    );
    assert_eq!(script.coach_when, CoachWhen::AfterPartner);
    assert_eq!((script.partner_max_output, script.coach_max_output), (160, 120));
    assert_eq!((script.max_turns, script.max_seconds), (Some(8), Some(900)));
}

#[test]
fn a_batch_has_its_participant_rules_design_and_judges() {
    let file = ScenarioFile::parse(VISIT).unwrap();
    let user = file.user.unwrap();
    assert_eq!(
        (user.mode, user.sees_coach, user.name.as_str()),
        (ParticipantMode::Simulated, true, "Sam")
    );
    assert_eq!(user.end_marker.as_deref(), Some("[[END]]"));
    assert_eq!(file.stop.when[0].role, Role::Partner);
    assert!(file.stop.when[0].regex.is_match("All right. YOU decide."));
    assert_eq!(file.models["learner"], "openai:fast");
    let design = file.design.unwrap();
    assert_eq!((design.repetitions, design.seed, design.cells), (5, Some(20_261_122), None));
    assert_eq!(design.factors[0].levels[1].set["user.sees_coach"], Value::Flag(false));
    assert!(matches!(file.asserts[0].checks[..], [Check::MatchesNot(_)]));
    assert!(file.asserts[1].warn_only);
    assert_eq!(file.judges[0].rubric, Rubric::Shipped("user-fidelity@1".to_owned()));
    let Rubric::Own { items, .. } = &file.judges[1].rubric else { panic!("no items") };
    assert_eq!(
        (items[0].range, items[0].anchors[&5].as_str()),
        (Some((1, 5)), "one request without blame")
    );
}

#[test]
fn long_text_may_be_in_a_file_of_its_own() {
    let files = [
        ("prompts/ada.md", "You are Ada. You will hear of {{ finding }}.\n"),
        (
            "scripts/tail.jsonl",
            "{\"text\": \"...\"}\n\n{\"text\": \"I am sorry.\", \"id\": \"sorry\"}\n",
        ),
    ];
    let file = beside(NEWS, &files).unwrap_or_else(|problems| panic!("{problems}"));
    let user = file.user.as_ref().unwrap();
    let lines: Vec<&str> = user.lines.iter().map(|line| line.text.source()).collect();
    assert_eq!(
        lines,
        [
            "Hello, I am one of the doctors. May I sit down?",
            "The scan shows {{ finding }}.",
            "...",
            "I am sorry."
        ]
    );
    assert_eq!((user.mode, user.on_script_end), (ParticipantMode::Scripted, ScriptEnd::Stop));
    assert_eq!(file.asserts[0].at, At::Line("news".to_owned()));
    assert_eq!(file.asserts[1].at, At::Turn(2));
    assert_eq!(file.design.as_ref().unwrap().cells.as_ref().unwrap().len(), 2);
    let read: Vec<&str> = file.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(read, ["prompts/ada.md", "scripts/tail.jsonl"]);
    let script = file.scenario().cast(&BTreeMap::new()).unwrap();
    assert_eq!(
        script.partner_prompt,
        "You are Ada. You will hear of a large bleed that cannot be operated on.\n"
    );
}

#[test]
fn recorded_lines_are_never_templates() {
    let source =
        small("[user]\nmode = \"replay\"\nreplay = \"old.jsonl\"\n[stop]\nmax_turns = 3\n");
    let old = r#"{"ev":"message","conv":"c1","role":"partner","content":"Yes?"}
{"ev":"message","conv":"c1","role":"user","content":"Hi {{ name }}"}
{"ev":"message","conv":"c1","role":"user","content":"What should I say?","aside":true}
{"ev":"message","conv":"c1","role":"user","content":"Bye.","aside":false}
{"ev":"message","conv":"c2","role":"user","content":"Someone else"}
{"ev":"stop","conv":"c1"}"#;
    let file =
        beside(&source, &[("old.jsonl", old)]).unwrap_or_else(|problems| panic!("{problems}"));
    let lines = file.user.unwrap().lines;
    let said: Vec<String> =
        lines.iter().map(|line| line.text.render(&BTreeMap::new()).unwrap()).collect();
    assert_eq!(said, ["Hi {{ name }}", "Bye."], "an aside is not said to the partner");
}

#[test]
fn the_smallest_file_has_no_coach() {
    let file = ScenarioFile::parse(&small("")).unwrap();
    let script = file.scenario().cast(&BTreeMap::new()).unwrap();
    assert_eq!((script.coach_when, script.partner_max_output), (CoachWhen::Never, 400));
    assert_eq!(script.language, "en");
}
