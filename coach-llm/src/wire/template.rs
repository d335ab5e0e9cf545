//! `TextTemplate`: what the text events of an answer have in common.
//!
//! Most events of an answer equal the one before except for their text. Such an event is recognized by comparing bytes,
//! which takes a tenth of the instructions that its fields take. Never guesses: what stands in the place of the text
//! must be one JSON string and nothing else.

use std::borrow::Cow;

use serde::Deserialize;

/// The last text event that was read in full, without its text.
#[derive(Debug, Default)]
pub(crate) struct TextTemplate {
    /// Up to the text's opening quotation mark.
    before: String,
    /// From its closing quotation mark on.
    after: String,
}

#[derive(Deserialize)]
struct JsonString<'a>(#[serde(borrow)] Cow<'a, str>);

impl TextTemplate {
    /// Returns the text of an event that differs from the template in nothing else.
    pub(crate) fn text<'a>(&self, event: &'a str) -> Option<Cow<'a, str>> {
        let rest = event.strip_prefix(self.before.as_str())?;
        let text = rest.strip_suffix(self.after.as_str())?;
        let start = self.before.len().checked_sub(1)?;
        let string = event.get(start..start + text.len() + 2)?;
        serde_json::from_str(string).ok().map(|JsonString(text)| text)
    }

    /// Makes an event the template. Without effect if `text` is not a slice of it, because its escapes were read.
    pub(crate) fn set(&mut self, event: &str, text: &str) {
        let Some(start) = (text.as_ptr() as usize).checked_sub(event.as_ptr() as usize) else {
            return;
        };
        let (Some(before), Some(after)) = (event.get(..start), event.get(start + text.len()..))
        else {
            return;
        };
        if before.ends_with('"') && after.starts_with('"') {
            before.clone_into(&mut self.before);
            after.clone_into(&mut self.after);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str =
        r#"{"model":"m","choices":[{"delta":{"content":"No."},"finish_reason":null}]}"#;

    fn template() -> TextTemplate {
        let mut template = TextTemplate::default();
        let start = EVENT.find("No.").unwrap();
        template.set(EVENT, &EVENT[start..start + 3]);
        template
    }

    #[test]
    fn an_event_that_differs_only_in_its_text_is_recognized() {
        for (written, read) in [
            ("Yes.", "Yes."),
            ("", ""),
            (r#"\"Yes\",\n\ud83d\ude00 \\"#, "\"Yes\",\n\u{1f600} \\"),
            ("\u{1f600}", "\u{1f600}"),
        ] {
            let text = template().text(&EVENT.replace("No.", written)).map(Cow::into_owned);
            assert_eq!(text.as_deref(), Some(read), "{written}");
        }
    }

    #[test]
    fn any_other_event_is_not() {
        let template = template();
        for (old, new) in [
            ("null", "\"stop\""),
            ("\"m\"", "\"n\""),
            // The event has further fields where its text would be.
            ("No.", r#"No.","reasoning":"Hm."#),
            ("No.", r#"No.\"#),
            // Half a character.
            ("No.", r"\ud83d"),
            ("No.", "\n"),
            (r#""No.""#, "null"),
            ("content", "refusal"),
            ("}]}", "}]} "),
        ] {
            assert_eq!(template.text(&EVENT.replace(old, new)), None, "{old} {new}");
        }
        assert_eq!(template.text(&EVENT[..template.before.len()]), None);
        assert_eq!(template.text(""), None);
        assert_eq!(TextTemplate::default().text(EVENT), None);
        assert_eq!(TextTemplate::default().text(r#""No.""#), None);
    }

    #[test]
    fn a_text_with_escapes_makes_no_template() {
        let mut template = TextTemplate::default();
        let read = String::from("No.");
        template.set(EVENT, &read);
        template.set(EVENT, "elsewhere");
        assert_eq!(template.text(EVENT), None);
    }
}
