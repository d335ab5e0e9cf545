//! A plain HTML page for a browser that navigated to an API address and got an error. Has no scripts or
//! styles.

use poem::Request;

/// What happened, and where to continue.
pub(crate) struct Page<'a> {
    pub(crate) title: &'a str,
    pub(crate) words: &'a str,
    /// The link's address and text.
    pub(crate) onward: (&'a str, &'a str),
}

impl Page<'_> {
    /// Returns the page as HTML.
    pub(crate) fn html(&self) -> String {
        let Self { title, words, onward: (address, link) } = self;
        let (title, words) = (escaped(title), escaped(words));
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
             <title>{title} · Conversation Coach</title></head><body><main><h1>{title}</h1><p>{words}</p>\
             <p><a href=\"{address}\">{link}</a></p></main></body></html>"
        )
    }
}

/// Returns text that HTML shows as it is.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Returns whether a browser is navigating to the address, rather than a program fetching it.
pub(crate) fn is_navigation(request: &Request) -> bool {
    match request.header("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => request.header("accept").is_some_and(|kinds| {
            kinds.split(',').any(|kind| kind.split(';').next().unwrap_or("").trim() == "text/html")
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn navigation_is_distinguished_from_a_programs_request() {
        let html = "text/html,application/xhtml+xml,*/*;q=0.8";
        for (mode, accept, expected) in [
            (Some("navigate"), "*/*", true),
            (Some("cors"), html, false),
            (Some("websocket"), "*/*", false),
            (None, html, true),
            (None, "*/*", false),
            (None, "application/json", false),
        ] {
            let mut request = Request::builder().header("accept", accept);
            if let Some(mode) = mode {
                request = request.header("sec-fetch-mode", mode);
            }
            assert_eq!(is_navigation(&request.finish()), expected, "{mode:?} {accept}");
        }
    }

    #[test]
    fn text_is_never_markup() {
        let page = Page { title: "<b>", words: "a & \"b\"", onward: ("/", "Home") };
        let html = page.html();
        assert!(html.contains("<h1>&lt;b&gt;</h1><p>a &amp; &quot;b&quot;</p>"), "{html}");
    }
}
