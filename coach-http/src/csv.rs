//! CSV files (RFC 4180) for spreadsheets and survey panels. No cell can run as a formula.

/// A CSV file that is being built.
#[derive(Debug)]
pub(crate) struct File(String);

impl File {
    /// Starts a file with its header row. The byte order mark makes spreadsheets read it as UTF-8.
    pub(crate) fn new(head: &[&str]) -> Self {
        let mut file = Self("\u{feff}".to_owned());
        file.row(head);
        file
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: &[&str]) {
        let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
        self.0 += &cells.join(",");
        self.0 += "\r\n";
    }

    /// Returns the whole file.
    pub(crate) fn text(self) -> String {
        self.0
    }
}

/// Returns `text` as a cell. An apostrophe precedes text that could start a formula.
fn cell(text: &str) -> String {
    let first = text.trim_start().chars().next();
    let formula = text.starts_with(['\t', '\r', '\n'])
        || first.is_some_and(|first| "=+-@\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".contains(first));
    let guard = if formula { "'" } else { "" };
    if text.contains(['"', ',', '\r', '\n']) || formula || text != text.trim() {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_csv_cell_keeps_its_text_and_never_runs_as_a_formula() {
        for (text, expected) in [
            ("Pilot-01", "Pilot-01"),
            ("", ""),
            ("a, b", "\"a, b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("\u{1F525}", "\u{1F525}"),
            ("=cmd|'/c calc'!A1", "\"'=cmd|'/c calc'!A1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            (" =1+1", "\"' =1+1\""),
            ("\t=1+1", "\"'\t=1+1\""),
            ("\u{ff1d}1+1", "\"'\u{ff1d}1+1\""),
            ("=1,\"2\"", "\"'=1,\"\"2\"\"\""),
            ("a=b", "a=b"),
        ] {
            assert_eq!(cell(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_csv_file_has_a_header_and_ends_every_row() {
        let mut file = File::new(&["label", "url"]);
        file.row(&["a", "b"]);
        assert_eq!(file.text(), "\u{feff}label,url\r\na,b\r\n");
    }
}
