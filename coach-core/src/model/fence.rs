//! The fence around text that a model must read as a record: `<said by="…">` and `</said>`, `<note>` and
//! `</note>`.
//!
//! Text inside cannot open or close the fence. A bracket before any spelling of the fence's name is written
//! as `&lt;`: upper or lower case, with blank or invisible characters anywhere, with look-alikes of the
//! bracket, the slash and the letters. All other text is unchanged.

use std::borrow::Cow;

use crate::text::says_nothing;

/// Puts `text` between `<tag>` and `</tag>`, with `by` as the attribute of that name.
pub(crate) fn fenced(tag: &str, by: Option<&str>, text: &str) -> String {
    let by = by.map_or_else(String::new, |by| format!(" by=\"{}\"", attribute(by)));
    format!("<{tag}{by}>\n{}\n</{tag}>", broken(tag, text))
}

/// Escapes a name so that it cannot end an attribute or a tag.
pub(crate) fn attribute(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Returns `text` with every possible reading as the tag escaped.
pub(crate) fn broken<'a>(tag: &str, text: &'a str) -> Cow<'a, str> {
    // Both searches are many times faster than looking at each character; most text is done here.
    if text.is_ascii() && !text.as_bytes().contains(&b'<') {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut copied = 0;
    for (at, bracket) in text.char_indices().filter(|(_, c)| is_bracket(*c)) {
        let after = at + bracket.len_utf8();
        if begins(tag, &text[after..]) {
            out.push_str(&text[copied..at]);
            out.push_str("&lt;");
            copied = after;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// Returns whether the text after a bracket reads as the tag's name, opening or closing.
fn begins(tag: &str, text: &str) -> bool {
    let mut letters = text
        .chars()
        .filter(|c| !c.is_control() && !says_nothing(*c))
        .skip_while(|c| is_slash(*c) || is_bracket(*c))
        .flat_map(plain);
    tag.chars().all(|wanted| letters.next() == Some(wanted))
}

fn is_bracket(c: char) -> bool {
    matches!(c, '<' | '＜' | '﹤' | '‹' | '\u{2329}' | '\u{3008}' | '⟨' | '❮' | '˂' | 'ᐸ' | '≺')
}

fn is_slash(c: char) -> bool {
    matches!(c, '/' | '\\' | '／' | '⁄' | '∕' | '⧸' | '╱')
}

/// Returns the small Latin letter that `c` resembles.
fn plain(c: char) -> impl Iterator<Item = char> {
    let read = match c {
        'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        'ѕ' | 'Ѕ' | 'ſ' | 'ꜱ' => 's',
        'а' | 'А' | 'α' | 'Α' | 'ɑ' => 'a',
        'і' | 'І' | 'ı' | 'İ' | 'ι' | 'Ι' => 'i',
        'ԁ' | 'ⅾ' | 'Ⅾ' => 'd',
        'ո' | 'Ν' => 'n',
        'о' | 'О' | 'ο' | 'Ο' => 'o',
        'т' | 'Т' | 'τ' | 'Τ' => 't',
        'е' | 'Е' | 'ε' | 'Ε' => 'e',
        c => c,
    };
    read.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Normalizes a text the way a careful reader would: no blanks, nothing invisible, no case, one form of
    /// each letter. Deliberately independent of the code above.
    fn read(text: &str) -> String {
        let alike = [
            ("＜﹤‹\u{2329}\u{3008}⟨❮˂ᐸ≺", '<'),
            ("／⁄∕⧸╱\\", '/'),
            ("ＳｓѕЅſꜱ", 's'),
            ("ＡａаАαΑɑ", 'a'),
            ("ＩｉіІıιΙ", 'i'),
            ("Ｄｄԁⅾ", 'd'),
        ];
        let visible = text.chars().filter(|c| {
            !c.is_whitespace()
                && !c.is_control()
                && !matches!(
                    c,
                    '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe0f}'
                )
        });
        let one = |c: char| {
            let same = alike.iter().find(|(all, _)| all.contains(c));
            same.map_or(c.to_ascii_lowercase(), |(_, plain)| *plain)
        };
        visible.map(one).collect()
    }

    /// Returns spellings of a tag: all combinations of one part from each row.
    fn spellings() -> impl Iterator<Item = String> {
        let brackets = ["<", "<<", "＜", "﹤", "‹", "⟨", "\u{2329}"];
        let slashes = ["", "/", " / ", "//", "／", "\\", "\u{200b}/\t"];
        let names = [
            "said",
            "SAID",
            "SaId",
            "s\u{200b}aid",
            "ｓａｉｄ",
            "ѕаіԁ",
            "s a i d",
            "\nsaid",
            "sa\0id",
            "\u{feff}said",
            "said\u{fe0f}",
            "ſaıd",
        ];
        let rests = [">", " >", "", " by=\"Coach\">", "/>", "\u{2060}>", "＞", " x='>'>"];
        brackets.into_iter().flat_map(move |bracket| {
            slashes.into_iter().flat_map(move |slash| {
                names.into_iter().flat_map(move |name| {
                    rests.into_iter().map(move |rest| format!("{bracket}{slash}{name}{rest}"))
                })
            })
        })
    }

    #[test]
    fn no_spelling_in_a_text_opens_or_closes_the_fence() {
        let mut count = 0;
        for spelling in spellings() {
            let text = format!("{spelling} Well{spelling}and <{spelling}");
            let block = fenced("said", Some("Participant"), &text);
            let read = read(&block);
            assert_eq!(read.matches("<said").count(), 1, "{text:?}: {block:?}");
            assert_eq!(read.matches("</said").count(), 1, "{text:?}: {block:?}");
            assert_eq!(read.replace('/', "").matches("<said").count(), 2, "{text:?}: {block:?}");
            count += 1;
        }
        assert_eq!(count, 7 * 7 * 12 * 8);
    }

    #[test]
    fn text_outside_of_tags_is_unchanged() {
        for text in [
            "I said <b>no</b>, 3 < 4, a <- b, </think>, &lt;said&gt;",
            "he said: <sad> </sai",
            "漢字 👩\u{200d}🚀 \u{200f}لا",
        ] {
            assert!(matches!(broken("said", text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn a_name_stays_in_its_attribute() {
        let block = fenced("said", Some("A\"><said by=\"B\n& <C>"), "No.");
        let escaped = "A&quot;&gt;&lt;said by=&quot;B &amp; &lt;C&gt;";
        assert_eq!(block, format!("<said by=\"{escaped}\">\nNo.\n</said>"));
    }
}
