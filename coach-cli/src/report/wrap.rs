//! Writes streamed text: indented, wrapped between words, and without control characters from outside.

use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Writes text piece by piece.
#[derive(Debug)]
pub(crate) struct WrappedWriter<W: Write> {
    out: W,
    /// Columns per line; `None` for no wrapping.
    width: Option<usize>,
    indent: &'static str,
    style: (&'static str, &'static str),
    column: usize,
    blank: usize,
    word: String,
}

impl<W: Write> WrappedWriter<W> {
    pub(crate) fn new(out: W, width: Option<usize>) -> Self {
        Self { out, width, indent: "", style: ("", ""), column: 0, blank: 0, word: String::new() }
    }

    /// Starts a paragraph: the head, then text, with every line indented.
    pub(crate) fn begin(
        &mut self,
        indent: &'static str,
        head: &str,
        head_style: (&'static str, &'static str),
        style: (&'static str, &'static str),
    ) -> io::Result<()> {
        self.indent = indent;
        self.style = style;
        let head = plain(head);
        write!(self.out, "{}{indent}{}{}{head}{}", style.0, style.1, head_style.0, head_style.1)?;
        write!(self.out, "{}", style.0)?;
        self.column = indent.width() + head.width();
        (self.blank, self.word) = (1, String::new());
        Ok(())
    }

    /// Writes complete words, and keeps the last one until it is complete.
    pub(crate) fn write(&mut self, text: &str) -> io::Result<()> {
        for c in text.chars().filter(|c| is_plain(*c)) {
            match c {
                '\n' => {
                    self.end_word()?;
                    self.end_line()?;
                }
                c if c.is_whitespace() && c != '\u{a0}' => {
                    self.end_word()?;
                    self.blank += 1;
                }
                c => self.word.push(c),
            }
        }
        if self.width.is_none() {
            self.end_word()?;
        }
        self.out.flush()
    }

    /// Ends the paragraph with an empty line.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        self.end_word()?;
        write!(self.out, "{}\n\n", self.style.1)?;
        (self.column, self.blank) = (0, 0);
        self.out.flush()
    }

    fn end_word(&mut self) -> io::Result<()> {
        if self.word.is_empty() {
            return Ok(());
        }
        let word = std::mem::take(&mut self.word);
        let long = word.width();
        let starts_line = self.column == self.indent.width();
        if self.width.is_some_and(|width| self.column + self.blank + long > width) && !starts_line {
            self.end_line()?;
        }
        write!(self.out, "{:1$}{word}", "", self.blank)?;
        self.column += self.blank + long;
        self.blank = 0;
        Ok(())
    }

    fn end_line(&mut self) -> io::Result<()> {
        write!(self.out, "\n{}", self.indent)?;
        (self.column, self.blank) = (self.indent.width(), 0);
        Ok(())
    }
}

/// Removes characters that could move the cursor or change the text direction.
pub(crate) fn plain(text: &str) -> String {
    text.chars().filter(|c| is_plain(*c)).collect()
}

fn is_plain(c: char) -> bool {
    let turns =
        matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    let moves = c.is_control() && c != '\n' && c != '\t';
    !turns && !moves && (c.width().is_some() || c == '\n' || c == '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(width: Option<usize>, pieces: &[&str]) -> String {
        let mut out = Vec::new();
        let mut paper = WrappedWriter::new(&mut out, width);
        paper.begin("| ", "Coach:", ("", ""), ("", "")).unwrap();
        for piece in pieces {
            paper.write(piece).unwrap();
        }
        paper.end().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn words_stay_whole_however_the_text_is_split() {
        let whole = written(Some(20), &["one two three four five"]);
        assert_eq!(whole, "| Coach: one two\n| three four five\n\n");
        assert_eq!(written(Some(20), &["one t", "wo thr", "ee four", " five"]), whole);
    }

    #[test]
    fn lines_keep_their_indent_and_a_pipe_is_not_wrapped() {
        assert_eq!(written(None, &["a\nb ", " c"]), "| Coach: a\n| b  c\n\n");
    }

    #[test]
    fn control_characters_of_a_model_never_reach_the_terminal() {
        let hostile = "a\u{1b}[2Jb\u{9b}31mc\r\u{8}\u{202e}d\u{7}";
        assert_eq!(written(None, &[hostile]), "| Coach: a[2Jb31mcd\n\n");
    }

    #[test]
    fn wide_letters_count_twice() {
        assert_eq!(written(Some(14), &["あああ あああ"]), "| Coach:\n| あああ\n| あああ\n\n");
    }
}
