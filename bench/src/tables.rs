//! The tables of a report, in Markdown, and their place in the document.

use anyhow::Context as _;

use super::{
    numbers::Spread,
    report::{Gate, Report},
};

impl Report {
    /// Returns the tables as Markdown whose columns are aligned.
    pub(crate) fn tables(&self) -> String {
        let rows = self.rows.iter().map(|row| {
            let cell = |spread: Option<Spread>| spread.map(spelled).unwrap_or_default();
            let unit = &row.unit;
            let gate = if row.gate == Gate::None { "" } else { "✓" };
            [
                row.group.clone(),
                format!("{}, {unit}", row.name),
                spelled(row.value),
                cell(row.reference),
                cell(row.ratio),
                gate.to_owned(),
            ]
        });
        let heads = ["scenario", "what", "host", "reference", "ratio", "checked"];
        let mut text = String::new();
        if !self.rows.is_empty() {
            text += &table(&heads, rows);
        }
        if !self.growth.is_empty() {
            let rows = self.growth.iter().map(|growth| {
                let points = |pick: fn(&(u32, f64, f64)) -> f64| {
                    let all = growth.points.iter().map(|point| short(pick(point)));
                    all.collect::<Vec<_>>().join(" · ")
                };
                [
                    growth.with.clone(),
                    growth.cost.clone(),
                    points(|point| f64::from(point.0)),
                    points(|point| point.1),
                    points(|point| point.2),
                    format!("{:.2}", growth.exponents.0),
                    format!("{:.2}", growth.exponents.1),
                ]
            });
            let heads = [
                "grows with",
                "cost",
                "sizes",
                "host",
                "floor",
                "host's exponent",
                "floor's exponent",
            ];
            text += &format!("{}{}", if text.is_empty() { "" } else { "\n" }, table(&heads, rows));
        }
        text
    }
}

/// The line before generated text in Markdown, and the line after it.
const BEGIN: &str = "<!-- begin: cargo xtask bench -->\n";
const END: &str = "<!-- end: cargo xtask bench -->\n";

/// Returns `document` with the baseline's tables in the place for them.
///
/// # Errors
/// An error if the document has no such place.
pub(crate) fn documented(document: &str, baseline: &Report) -> anyhow::Result<String> {
    let (before, rest) = document.split_once(BEGIN).context("the document has no begin mark")?;
    let (_, after) = rest.split_once(END).context("the document has no end mark")?;
    let (setting, tables) = (baseline.setting(), baseline.tables());
    Ok(format!("{before}{BEGIN}\n{setting}\n{tables}\n{END}{after}"))
}

fn spelled(spread: Spread) -> String {
    match spread.low == spread.high {
        true => short(spread.median),
        false => {
            format!("{} ({}–{})", short(spread.median), short(spread.low), short(spread.high))
        }
    }
}

/// Returns a number with three digits that count.
pub(crate) fn short(number: f64) -> String {
    let size = number.abs();
    if size >= 10_000.0 {
        let digits = format!("{number:.0}");
        let mut text = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        return text;
    }
    let places = match size {
        0.0..0.995 => 3,
        0.995..9.95 => 2,
        9.95..99.5 => 1,
        _ => 0,
    };
    let text = format!("{number:.places$}");
    match text.split_once('.') {
        Some((whole, part)) if part.bytes().all(|digit| digit == b'0') => whole.to_owned(),
        _ => text,
    }
}

fn table<const N: usize>(heads: &[&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let rows: Vec<[String; N]> = rows.collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([heads[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |cells: [&str; N]| {
        let cells = cells.iter().zip(widths).map(|(cell, width)| format!(" {cell:<width$} |"));
        format!("|{}\n", cells.collect::<String>())
    };
    let rule = widths.map(|width| "-".repeat(width));
    let mut text = line(*heads) + &line(std::array::from_fn(|column| rule[column].as_str()));
    for row in &rows {
        text += &line(std::array::from_fn(|column| row[column].as_str()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Figure;

    #[test]
    fn numbers_show_three_digits() {
        let shown = [0.1234, 1.0, 1.234, 12.34, 123.4, 9_999.4, 12_345.6, 1_234_567.0].map(short);
        let expected = ["0.123", "1", "1.23", "12.3", "123", "9999", "12,346", "1,234,567"];
        assert_eq!(shown, expected);
    }

    #[test]
    fn tables_stand_between_their_marks() {
        let document = format!("Before\n{BEGIN}old\n{END}After\n");
        let mut report = Report::new(1, false, None);
        report.add(&[Figure::new("flood", "CPU per delta", "µs", 3.0, Gate::Ratio).against(2.0)]);
        let new = documented(&document, &report).unwrap();
        assert!(new.starts_with("Before\n") && new.ends_with("After\n") && !new.contains("old"));
        assert!(new.contains("| flood    | CPU per delta, µs | 3    | 2         | 1.50"), "{new}");
        assert_eq!(documented(&new, &report).unwrap(), new);
        assert!(documented("no marks", &report).is_err());
    }
}
