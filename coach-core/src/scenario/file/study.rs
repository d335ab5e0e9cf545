//! Parses the settings of a batch run: when to stop, what to vary.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    check::{Checker, compile},
    format::{keys_of, setting},
    part::{Part, scalar},
    parts::{Design, Factor, Level, Stop, StopRule},
    reader::Reader,
};
use crate::{
    conversation::Role,
    scenario::near::{did_you_mean, near},
};

impl<'a> Reader<'a> {
    pub(super) fn stop(&mut self, part: &Part<'a>) -> Stop {
        let stop = Stop {
            max_turns: part.whole("max_turns"),
            min_turns: part.whole("min_turns"),
            max_seconds: part.whole("max_seconds"),
            max_tokens: part.whole("max_tokens"),
            max_cost_usd: part.real("max_cost_usd"),
            when: part.parts("when").iter().filter_map(rule).collect(),
        };
        if let (Some(min), Some(max)) = (stop.min_turns, stop.max_turns)
            && min > max
        {
            let message = format!("min_turns = {min} is more than max_turns = {max}");
            self.findings.error(part.span("min_turns"), &part.path("min_turns"), message);
        }
        stop
    }

    pub(super) fn design(&mut self, part: &Part<'a>, root: &Part<'a>) -> Design {
        let factors = part.parts("factor");
        self.unique(&factors);
        let factors: Vec<Factor> =
            factors.iter().filter_map(|factor| self.factor(factor, root)).collect();
        let listed = part.str("cells") == Some("listed");
        if listed != part.has("cell") {
            let message = "`cells = \"listed\"` and `[[design.cell]]` belong together";
            self.findings.error(part.span("cells"), &part.path("cells"), message);
        }
        let cells: Vec<_> =
            part.parts("cell").iter().map(|cell| self.cell(cell, &factors)).collect();
        if listed {
            self.unreachable(part, &factors, &cells);
        }
        Design {
            repetitions: part.whole("repetitions").unwrap_or(1),
            seed: part.whole("seed"),
            factors,
            cells: listed.then_some(cells),
        }
    }

    fn factor(&mut self, part: &Part<'a>, root: &Part<'a>) -> Option<Factor> {
        let levels = part.parts("levels");
        self.unique(&levels);
        let levels = levels.iter().filter_map(|level| self.level(level, root)).collect();
        Some(Factor { id: part.text("id")?, levels })
    }

    fn level(&mut self, part: &Part<'a>, root: &Part<'a>) -> Option<Level> {
        let set = part.part("set")?;
        let mut values = BTreeMap::new();
        for (path, value) in set.entries() {
            let at = set.path(path);
            let (table, key) = path.split_once('.')?;
            if matches!(table, "coach" | "user") && !root.has(table) {
                let message = format!("`{path}` sets a key of [{table}], which is missing");
                self.findings.error(value.span(), &at, message);
            } else if table == "vars" {
                self.set_variable(key, value.get_ref(), value.span(), &at);
            } else if let Some(kind) = setting(path) {
                Checker { source: self.source, findings: &mut self.findings }.one(value, kind, &at);
            } else {
                let help = did_you_mean(&near(key, keys_of(table)));
                let message = format!("unknown setting `{path}`");
                self.findings.error_with_help(value.span(), &at, message, help);
            }
            values.extend(scalar(value.get_ref()).map(|value| (path.to_owned(), value)));
        }
        Some(Level { id: part.text("id")?, set: values })
    }

    fn set_variable(
        &mut self,
        name: &str,
        value: &toml::de::DeValue<'_>,
        span: std::ops::Range<usize>,
        path: &str,
    ) {
        let Some(variable) = self.vars.iter().find(|variable| variable.name == name) else {
            let known = self.vars.iter().map(|variable| variable.name.as_str());
            let help = did_you_mean(&near(name, known));
            return self.findings.error_with_help(
                span,
                path,
                format!("unknown variable `{name}`"),
                help,
            );
        };
        if let Some(Err(error)) = scalar(value).map(|value| variable.read(&value.to_string())) {
            self.findings.error(span, path, error.to_string());
        }
    }

    fn cell(&mut self, part: &Part<'a>, factors: &[Factor]) -> BTreeMap<String, String> {
        let mut cell = BTreeMap::new();
        for (factor, value) in part.entries() {
            let level = value.get_ref().as_str().unwrap_or_default();
            let path = part.path(factor);
            match factors.iter().find(|known| known.id == factor) {
                None => {
                    let help = did_you_mean(&near(factor, factors.iter().map(|f| f.id.as_str())));
                    let message = format!("unknown factor `{factor}`");
                    self.findings.error_with_help(value.span(), &path, message, help);
                }
                Some(known) if !known.levels.iter().any(|known| known.id == level) => {
                    let levels = known.levels.iter().map(|level| level.id.as_str());
                    let message = format!("the factor `{factor}` has no level `{level}`");
                    let help = did_you_mean(&near(level, levels));
                    self.findings.error_with_help(value.span(), &path, message, help);
                }
                Some(_) => {}
            }
            cell.insert(factor.to_owned(), level.to_owned());
        }
        for factor in factors.iter().filter(|factor| !cell.contains_key(&factor.id)) {
            let message = format!("this cell has no level for the factor `{}`", factor.id);
            self.findings.error(part.span.clone(), &part.path, message);
        }
        cell
    }

    fn unreachable(
        &mut self,
        part: &Part<'a>,
        factors: &[Factor],
        cells: &[BTreeMap<String, String>],
    ) {
        for factor in factors {
            for level in &factor.levels {
                if !cells.iter().any(|cell| cell.get(&factor.id) == Some(&level.id)) {
                    let message =
                        format!("no listed cell has the level `{}` of `{}`", level.id, factor.id);
                    self.findings.warning(part.span("cell"), &part.path("cell"), message);
                }
            }
        }
        let mut seen = BTreeSet::new();
        for (index, cell) in cells.iter().enumerate() {
            if !seen.insert(cell) {
                let path = format!("{}[{index}]", part.path("cell"));
                self.findings.warning(part.span("cell"), &path, "this cell is listed twice");
            }
        }
    }
}

fn rule(part: &Part<'_>) -> Option<StopRule> {
    Some(StopRule {
        role: Role::parse(part.str("role")?)?,
        regex: compile(part.str("regex")?).ok()?,
        reason: part.text("reason").unwrap_or_else(|| "goal_reached".to_owned()),
    })
}
