//! The template parser: text, `{{ name }}`, `{% if … %}`, `{# a comment #}`.
//!
//! A tag alone on its line removes the whole line, so that prompts have no blank lines in its place.

use super::{
    Node, TemplateError,
    condition::{Condition, References},
};

/// Maximum nesting of `{% if %}`.
const MAX_DEPTH: usize = 16;

/// An `{% if %}` whose `{% endif %}` has not been reached.
struct Open {
    at: usize,
    arms: Vec<(Condition, Vec<Node>)>,
    /// The condition of the current arm; absent after `{% else %}`.
    condition: Option<Condition>,
    /// The nodes before this `if`.
    before: Vec<Node>,
}

pub(super) fn template(source: &str) -> Result<(Vec<Node>, References), TemplateError> {
    let mut reader = Reader { nodes: Vec::new(), open: Vec::new(), seen: References::default() };
    let mut from = 0;
    while let Some((at, closing)) = next_tag(source, from) {
        let Some(length) = source[at + 2..].find(closing) else {
            return Err(error(at, format!("`{}` has no closing `{closing}`", &source[at..at + 2])));
        };
        let end = at + 2 + length;
        let inner = &source[at + 2..end];
        let block = closing != "}}";
        reader.text(before(source, from, at, block));
        match closing {
            "}}" => reader.value(inner, at)?,
            "%}" => reader.tag(inner, at)?,
            _ => {}
        }
        from = end + 2;
        if block && source[from..].starts_with('\n') {
            from += 1;
        } else if block && source[from..].starts_with("\r\n") {
            from += 2;
        }
    }
    reader.text(&source[from..]);
    match reader.open.last() {
        Some(open) => Err(error(open.at, "this `{% if %}` has no `{% endif %}`")),
        None => Ok((reader.nodes, reader.seen)),
    }
}

/// Returns whether `word` consists of letters, digits and underscores and does not start with a digit.
pub(super) fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn next_tag(source: &str, from: usize) -> Option<(usize, &'static str)> {
    let rest = &source[from..];
    rest.char_indices().zip(rest.chars().skip(1)).find_map(|((at, first), second)| {
        match (first, second) {
            ('{', '{') => Some((from + at, "}}")),
            ('{', '%') => Some((from + at, "%}")),
            ('{', '#') => Some((from + at, "#}")),
            _ => None,
        }
    })
}

/// Returns the text before a tag; before a block, without its indentation.
fn before(source: &str, from: usize, at: usize, block: bool) -> &str {
    let text = &source[from..at];
    let indent = text.trim_end_matches([' ', '\t']);
    let alone = indent.ends_with('\n') || (indent.is_empty() && starts_line(source, from));
    if block && alone { indent } else { text }
}

fn starts_line(source: &str, at: usize) -> bool {
    at == 0 || source[..at].ends_with('\n')
}

struct Reader {
    nodes: Vec<Node>,
    open: Vec<Open>,
    seen: References,
}

impl Reader {
    fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.nodes.push(Node::Text(text.to_owned()));
        }
    }

    fn value(&mut self, inner: &str, at: usize) -> Result<(), TemplateError> {
        let name = inner.trim();
        if !is_name(name) {
            let shown: String = name.chars().take(40).collect();
            let why = if name.contains('|') {
                "filters are not part of scenario templates"
            } else {
                "only a variable's name is allowed here"
            };
            return Err(error(at, format!("`{{{{ {shown} }}}}`: {why}")));
        }
        self.seen.names.push((name.to_owned(), at + 2 + inner.len() - inner.trim_start().len()));
        self.nodes.push(Node::Value(name.to_owned()));
        Ok(())
    }

    fn tag(&mut self, inner: &str, at: usize) -> Result<(), TemplateError> {
        let words = inner.trim();
        let (verb, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
        let rest_at = at + 2 + inner.trim_end().len() - rest.len();
        match verb {
            "if" => {
                let condition = Condition::parse(rest, rest_at, &mut self.seen)?;
                self.begin(condition, at)
            }
            "elif" => {
                let condition = Condition::parse(rest, rest_at, &mut self.seen)?;
                self.next_arm(Some(condition), "elif", at)
            }
            "else" if rest.is_empty() => self.next_arm(None, "else", at),
            "endif" if rest.is_empty() => self.end(at),
            "else" if rest.starts_with("if ") => {
                let wanted = rest.trim_start_matches("if ").trim();
                Err(error(
                    at,
                    format!("write `{{% elif {wanted} %}}` instead of `{{% {words} %}}`"),
                ))
            }
            "else" | "endif" => Err(error(at, format!("`{{% {verb} %}}` takes no condition"))),
            _ => {
                let shown: String = verb.chars().take(20).collect();
                Err(error(
                    at,
                    format!(
                        "`{{% {shown} %}}` is not part of scenario templates: \
                         only `{{{{ name }}}}` and `{{% if name %}}` are"
                    ),
                ))
            }
        }
    }

    fn begin(&mut self, condition: Condition, at: usize) -> Result<(), TemplateError> {
        if self.open.len() == MAX_DEPTH {
            return Err(error(at, format!("more than {MAX_DEPTH} `{{% if %}}` inside each other")));
        }
        let before = std::mem::take(&mut self.nodes);
        self.open.push(Open { at, arms: Vec::new(), condition: Some(condition), before });
        Ok(())
    }

    fn next_arm(
        &mut self,
        next: Option<Condition>,
        verb: &str,
        at: usize,
    ) -> Result<(), TemplateError> {
        let Some(open) = self.open.last_mut() else {
            return Err(error(at, format!("`{{% {verb} %}}` without an `{{% if %}}`")));
        };
        let Some(condition) = std::mem::replace(&mut open.condition, next) else {
            return Err(error(at, format!("`{{% {verb} %}}` after `{{% else %}}`")));
        };
        open.arms.push((condition, std::mem::take(&mut self.nodes)));
        Ok(())
    }

    fn end(&mut self, at: usize) -> Result<(), TemplateError> {
        let Some(mut open) = self.open.pop() else {
            return Err(error(at, "`{% endif %}` without an `{% if %}`"));
        };
        let nodes = std::mem::replace(&mut self.nodes, open.before);
        let otherwise = match open.condition {
            Some(condition) => {
                open.arms.push((condition, nodes));
                Vec::new()
            }
            None => nodes,
        };
        self.nodes.push(Node::If { arms: open.arms, otherwise });
        Ok(())
    }
}

fn error(at: usize, message: impl Into<String>) -> TemplateError {
    TemplateError { at, message: message.into() }
}
