//! Parses the participant of a batch run: a script, a model, or a recorded conversation.

use std::ops::Range;

use serde_json::Value as Json;

use super::{
    part::Part,
    parts::{Line, ParticipantMode, ScriptEnd, SimulatedParticipant},
    reader::Reader,
};
use crate::scenario::template::Template;

/// Maximum number of lines of a scripted or recorded participant, files included.
const MAX_LINES: usize = 1000;

/// Default maximum tokens of text per message of a model that plays the participant.
const MAX_OUTPUT: u32 = 200;

impl<'a> Reader<'a> {
    pub(super) fn participant(&mut self, part: &Part<'a>) -> Option<SimulatedParticipant> {
        let mode = match part.str("mode")? {
            "scripted" => ParticipantMode::Scripted,
            "replay" => ParticipantMode::Replay,
            _ => ParticipantMode::Simulated,
        };
        let on_script_end = match part.str("on_script_end") {
            Some("simulate") => ScriptEnd::Simulate,
            _ => ScriptEnd::Stop,
        };
        let needed = match (mode, on_script_end) {
            (ParticipantMode::Simulated, _) => Some(": who is the simulated participant?"),
            (_, ScriptEnd::Simulate) => Some(": on_script_end = \"simulate\" needs one"),
            (_, ScriptEnd::Stop) => None,
        };
        let prompt = self.prompt(part, needed);
        let lines = match mode {
            ParticipantMode::Simulated => Vec::new(),
            ParticipantMode::Scripted => self.script(part),
            ParticipantMode::Replay => self.recorded(part),
        };
        self.only_for(part, mode);
        Some(SimulatedParticipant {
            name: part.text("name").unwrap_or_else(|| "Participant".to_owned()),
            mode,
            lines,
            on_script_end,
            prompt,
            goal: self.template(part, "goal"),
            end_marker: part.text("end_marker"),
            sees_coach: part.flag("sees_coach").unwrap_or(true),
            model: self.model(part),
            temperature: part.real32("temperature"),
            max_output_tokens: part.whole("max_output_tokens").unwrap_or(MAX_OUTPUT),
        })
    }

    fn only_for(&mut self, part: &Part<'a>, mode: ParticipantMode) {
        for (key, owner) in
            [("turns", ParticipantMode::Scripted), ("replay", ParticipantMode::Replay)]
        {
            let (span, path) = (part.span(key), part.path(key));
            if part.has(key) && mode != owner {
                let message = format!("`{key}` has no effect with this `mode`");
                self.findings.error(span, &path, message);
            } else if !part.has(key) && mode == owner {
                self.findings.error(span, &path, format!("`{key}` is missing in [user]"));
            }
        }
        if part.has("on_script_end") && mode == ParticipantMode::Simulated {
            let message = "`on_script_end` has no effect with mode = \"simulated\"";
            self.findings.error(part.span("on_script_end"), &part.path("on_script_end"), message);
        }
    }

    fn script(&mut self, part: &Part<'a>) -> Vec<Line> {
        let mut lines = Vec::new();
        let tables = part.parts("turns");
        self.unique(&tables);
        let mut tables = tables.into_iter();
        for (index, item) in part.list("turns").iter().enumerate() {
            if let Some(text) = item.get_ref().as_str() {
                let path = format!("{}[{index}]", part.path("turns"));
                let template = self.template_of(text, &item.span(), &path);
                lines.extend(template.map(|text| Line { id: None, text }));
            } else if let Some(line) = tables.next() {
                match (line.has("text"), line.has("file")) {
                    (true, false) => {
                        let text = self.template(&line, "text");
                        lines.extend(text.map(|text| Line { id: line.text("id"), text }));
                    }
                    (false, true) => lines.extend(self.script_file(&line)),
                    _ => {
                        let message = "a line has either `text` or `file`";
                        self.findings.error(line.span.clone(), &line.path, message);
                    }
                }
            }
        }
        self.not_too_many(lines.len(), part.span("turns"), &part.path("turns"));
        lines
    }

    fn script_file(&mut self, part: &Part<'a>) -> Vec<Line> {
        let (span, path) = (part.span("file"), part.path("file"));
        let name = part.str("file").unwrap_or_default();
        let mut lines = Vec::new();
        for (number, json) in self.json_lines(name, &span, &path) {
            let id = json.get("id").and_then(Json::as_str).map(str::to_owned);
            if let Some(text) = json.get("text").and_then(Json::as_str) {
                let text = self.foreign((name, number), text, &span, &path);
                lines.extend(text.map(|text| Line { id, text }));
            } else {
                let message = format!("{name}:{number}: expected {{\"text\": \"…\"}}");
                self.findings.error(span.clone(), &path, message);
            }
        }
        lines
    }

    /// Returns what the participant said to the partner in the first conversation of a transcript, verbatim;
    /// asides are left out.
    fn recorded(&mut self, part: &Part<'a>) -> Vec<Line> {
        let Some(name) = part.str("replay") else { return Vec::new() };
        let (span, path) = (part.span("replay"), part.path("replay"));
        let mut conversation = None;
        let mut lines = Vec::new();
        for (_, json) in self.json_lines(name, &span, &path) {
            let text = |key| json.get(key).and_then(Json::as_str);
            let (Some("user"), Some(content)) = (text("role"), text("content")) else { continue };
            if json.get("aside").and_then(Json::as_bool).unwrap_or(false) {
                // An aside was never said to the partner.
                continue;
            }
            let of = text("conv").unwrap_or_default().to_owned();
            if *conversation.get_or_insert_with(|| of.clone()) == of {
                lines.push(Line { id: None, text: Template::literal(content) });
            }
        }
        if lines.is_empty() && self.files.iter().any(|file| file.name == name) {
            let message = format!("{name}: no line has \"role\": \"user\" and a \"content\"");
            self.findings.error(span.clone(), &path, message);
        }
        self.not_too_many(lines.len(), span, &path);
        lines
    }

    fn json_lines(&mut self, name: &str, span: &Range<usize>, path: &str) -> Vec<(usize, Json)> {
        let Some(text) = self.file(name, span, path) else { return Vec::new() };
        let mut found = Vec::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match serde_json::from_str(line) {
                Ok(json) => found.push((index + 1, json)),
                Err(error) => {
                    let message = format!("{name}:{}: not JSON: {error}", index + 1);
                    self.findings.error(span.clone(), path, message);
                }
            }
        }
        found
    }

    fn not_too_many(&mut self, lines: usize, span: Range<usize>, path: &str) {
        if lines > MAX_LINES {
            self.findings.error(span, path, format!("{lines} lines are more than {MAX_LINES}"));
        }
    }
}
