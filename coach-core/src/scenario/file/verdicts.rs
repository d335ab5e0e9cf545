//! Parses the evaluation of finished conversations: assertions and judges.

use std::collections::BTreeSet;

use super::{
    check::compile,
    part::Part,
    parts::{Assertion, At, Check, Item, Judge, Rubric, SimulatedParticipant},
    reader::Reader,
};
use crate::{
    conversation::Role,
    scenario::near::{did_you_mean, near},
};

const PLACES: [&str; 4] = ["every", "any", "last", "conversation"];

impl<'a> Reader<'a> {
    pub(super) fn assertions(
        &mut self,
        parts: &[Part<'a>],
        participant: Option<&SimulatedParticipant>,
    ) -> Vec<Assertion> {
        self.unique(parts);
        let lines: BTreeSet<&str> = participant
            .iter()
            .flat_map(|participant| &participant.lines)
            .filter_map(|line| line.id.as_deref())
            .collect();
        parts.iter().filter_map(|part| self.assertion(part, &lines)).collect()
    }

    fn assertion(&mut self, part: &Part<'a>, lines: &BTreeSet<&str>) -> Option<Assertion> {
        let text = |key| part.text(key);
        let regex = |key| part.str(key).and_then(|text| compile(text).ok());
        let model = self.model(part);
        let checks: Vec<Check> = [
            text("contains").map(Check::Contains),
            text("not_contains").map(Check::Lacks),
            regex("regex").map(Check::Matches),
            regex("not_regex").map(Check::MatchesNot),
            part.whole("max_words").map(Check::MaxWords),
            part.whole("min_words").map(Check::MinWords),
            part.whole("max_latency_ms").map(Check::MaxLatencyMs),
            part.real("max_cost_usd").map(Check::MaxCostUsd),
            text("judge").map(|question| Check::Judge { question, model }),
        ]
        .into_iter()
        .flatten()
        .collect();
        if checks.is_empty() {
            let message = "this assertion checks nothing; add contains, regex, max_words, judge, …";
            self.findings.error(part.span.clone(), &part.path, message);
        }
        Some(Assertion {
            id: part.text("id")?,
            role: Role::parse(part.str("role")?)?,
            at: self.at(part, lines),
            warn_only: part.str("severity") == Some("warn"),
            checks,
        })
    }

    fn at(&mut self, part: &Part<'a>, lines: &BTreeSet<&str>) -> At {
        if let Some(turn) = part.whole("at") {
            return At::Turn(turn);
        }
        match part.str("at") {
            None | Some("every") => At::Every,
            Some("any") => At::Any,
            Some("last") => At::Last,
            Some("conversation") => At::Conversation,
            Some(id) => {
                if !lines.contains(id) {
                    let known = PLACES.into_iter().chain(lines.iter().copied());
                    let help = did_you_mean(&near(id, known));
                    let message = format!("no scripted line has the id `{id}`");
                    self.findings.error_with_help(part.span("at"), &part.path("at"), message, help);
                }
                At::Line(id.to_owned())
            }
        }
    }

    pub(super) fn judges(&mut self, parts: &[Part<'a>]) -> Vec<Judge> {
        self.unique(parts);
        parts.iter().filter_map(|part| self.judge(part)).collect()
    }

    fn judge(&mut self, part: &Part<'a>) -> Option<Judge> {
        let items = part.parts("item");
        self.unique(&items);
        let rubric = match (part.text("use"), part.text("id")) {
            (Some(shipped), None) if items.is_empty() => Rubric::Shipped(shipped),
            (None, Some(id)) if !items.is_empty() => {
                Rubric::Own { id, items: items.iter().filter_map(|item| self.item(item)).collect() }
            }
            _ => {
                let message = "a judge has either `use`, or `id` and `item`";
                self.findings.error(part.span.clone(), &part.path, message);
                return None;
            }
        };
        Some(Judge {
            rubric,
            role: part.str("role").and_then(Role::parse),
            each_turn: part.str("target") == Some("turn"),
            model: self.model(part),
            samples: part.whole("samples").unwrap_or(1),
            blind: part.texts("blind"),
            prompt: part.text("prompt"),
        })
    }

    fn item(&mut self, part: &Part<'a>) -> Option<Item> {
        let numbers: Vec<i64> =
            part.list("range").iter().filter_map(|n| super::check::whole(n.get_ref())).collect();
        let range = match numbers[..] {
            [low, high] => Some((low, high)),
            _ => None,
        };
        let kind = part.text("kind").unwrap_or_else(|| "ordinal".to_owned());
        let labels = part.texts("labels");
        let wrong = match kind.as_str() {
            _ if range.is_some_and(|(low, high)| low >= high) => Some("`range` must be ascending"),
            "ordinal" | "numeric" if range.is_none() => Some("`range` is missing"),
            "nominal" if labels.is_empty() => Some("`labels` is missing"),
            _ => None,
        };
        if let Some(wrong) = wrong {
            self.findings.error(part.span.clone(), &part.path, wrong);
        }
        let anchors = part.part("anchors").map(|anchors| {
            let anchor = |(score, text): (&str, &toml::Spanned<toml::de::DeValue<'_>>)| {
                Some((score.parse().ok()?, text.get_ref().as_str()?.to_owned()))
            };
            anchors.entries().filter_map(anchor).collect()
        });
        Some(Item {
            id: part.text("id")?,
            kind,
            question: part.text("question"),
            range,
            labels,
            anchors: anchors.unwrap_or_default(),
        })
    }
}
